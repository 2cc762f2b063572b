#include "core/context/tar_header.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Fields of POSIX.1-1988, without a NUL where they are full. */
struct tar_header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char link[100], magic[6], version[2], uname[32], gname[32], major[8], minor[8];
	char prefix[155], unused[12];
};
_Static_assert(sizeof(struct tar_header) == TAR_BLOCK, "a header is one block");

enum { TAR_NAME_MAX = 100, TAR_PREFIX_MAX = 155 };

/* Octal with a NUL; what is too large or negative as a big-endian number of two's
 * complement with the top bit set (all bits of a negative one). */
static void tar_header_number(char *field, size_t size, int64_t number)
{
	int64_t most = (int64_t)1 << 3 * (size - 1);
	if (number >= 0 && number < most) {
		field[size - 1] = '\0';
		for (size_t i = size - 1; i > 0; i--, number >>= 3)
			field[i - 1] = (char)('0' + (number & 7));
		return;
	}
	uint64_t bits = (uint64_t)number;
	memset(field, number < 0 ? 0xff : 0, size);
	for (size_t i = size; i > size - 8; i--, bits >>= 8)
		field[i - 1] = (char)(bits & 0xff);
	field[0] = (char)(field[0] | 0x80);
}

/* Where the prefix ends ('/' there), 0: no prefix needed, STR_NONE: it does not fit. */
static size_t tar_header_split(struct str name)
{
	if (name.n <= TAR_NAME_MAX)
		return 0;
	if (name.n > TAR_PREFIX_MAX + 1 + TAR_NAME_MAX)
		return STR_NONE;
	/* The last '/' of a folder is no place to split. */
	struct str front = str_slice(name, 0, TAR_PREFIX_MAX + 1);
	if (front.n == name.n)
		front.n--;
	size_t at = str_find_last(front, '/');
	if (at == STR_NONE || at == 0 || name.n - at - 1 > TAR_NAME_MAX)
		return STR_NONE;
	return at;
}

static void tar_header_name(struct buf *name, const struct entry *e)
{
	buf_append_text(name, e->path);
	if (S_ISDIR(e->mode))
		buf_append_char(name, '/');
}

static size_t tar_header_link_size(const struct entry *e)
{
	return e->link ? strlen(e->link) : 0;
}

bool tar_header_is_plain(const struct entry *e)
{
	owned_buf struct buf name = { 0 };
	tar_header_name(&name, e);
	return tar_header_split(buf_str(&name)) != STR_NONE && tar_header_link_size(e) <= TAR_NAME_MAX;
}

static void tar_header_seal(struct buf *out, struct tar_header *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	unsigned sum = 0;
	memset(h->checksum, ' ', sizeof h->checksum);
	for (size_t i = 0; i < sizeof *h; i++)
		sum += bytes[i];
	tar_header_number(h->checksum, 7, sum);
	buf_append(out, (struct str){ (const char *)h, sizeof *h });
}

static void tar_header_gnu(struct tar_header *h)
{
	memcpy(h->magic, "ustar ", 6);
	memcpy(h->version, " ", 2);
}

/* A text too long for its field, as an entry of its own. */
static void tar_header_long(struct buf *out, char type, struct str text)
{
	struct tar_header h = { .name = "././@LongLink", .type = type };
	tar_header_gnu(&h);
	tar_header_number(h.mode, sizeof h.mode, 0644);
	tar_header_number(h.uid, sizeof h.uid, 0);
	tar_header_number(h.gid, sizeof h.gid, 0);
	tar_header_number(h.size, sizeof h.size, (int64_t)text.n + 1);
	tar_header_number(h.mtime, sizeof h.mtime, 0);
	tar_header_seal(out, &h);
	buf_append(out, text);
	buf_append_fill(out, '\0', 1 + -(text.n + 1) % TAR_BLOCK);
}

static void tar_header_text(char *field, size_t size, struct str text)
{
	memcpy(field, text.p, text.n < size ? text.n : size);
}

/* Floor, so that a time before 1970 does not become a later one. */
static int64_t tar_header_seconds(int64_t ns)
{
	int64_t seconds = ns / 1000000000;
	return ns % 1000000000 < 0 ? seconds - 1 : seconds;
}

static void tar_header_numbers(struct tar_header *h, const struct entry *e)
{
	tar_header_number(h->mode, sizeof h->mode, e->mode & 07777);
	tar_header_number(h->uid, sizeof h->uid, 0);
	tar_header_number(h->gid, sizeof h->gid, 0);
	tar_header_number(h->size, sizeof h->size, S_ISREG(e->mode) ? (int64_t)e->size : 0);
	tar_header_number(h->mtime, sizeof h->mtime, tar_header_seconds(e->mtime_ns));
	h->type = S_ISDIR(e->mode) ? '5' : S_ISLNK(e->mode) ? '2' : '0';
}

void tar_header_append(struct buf *out, const struct entry *e)
{
	owned_buf struct buf text = { 0 };
	struct tar_header h = { 0 };
	tar_header_name(&text, e);
	struct str name = buf_str(&text), link = str_of(e->link);
	size_t split = tar_header_split(name);
	bool plain = split != STR_NONE && link.n <= TAR_NAME_MAX;
	if (link.n > TAR_NAME_MAX)
		tar_header_long(out, 'K', link);
	if (!plain && name.n > TAR_NAME_MAX)
		tar_header_long(out, 'L', name);
	if (plain && split) {
		tar_header_text(h.prefix, sizeof h.prefix, str_slice(name, 0, split));
		name = str_slice(name, split + 1, name.n);
	}
	tar_header_text(h.name, sizeof h.name, name);
	if (link.n)
		tar_header_text(h.link, sizeof h.link, link);
	tar_header_numbers(&h, e);
	if (plain) {
		memcpy(h.magic, "ustar", 6);
		memcpy(h.version, "00", 2);
	} else {
		tar_header_gnu(&h);
	}
	tar_header_seal(out, &h);
}
