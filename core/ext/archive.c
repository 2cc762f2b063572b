#include "core/ext/archive.h"

#include <errno.h>
#include <locale.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/base/own.h"
#include "core/ext/lazy.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/tree.h"

#define ARCHIVE_CALLS(CALL) CALL(entry_filetype) CALL(entry_hardlink) \
	CALL(entry_hardlink_utf8) CALL(entry_is_encrypted) CALL(entry_mtime) CALL(entry_pathname) \
	CALL(entry_pathname_utf8) CALL(entry_perm) CALL(entry_size) CALL(entry_size_is_set) \
	CALL(entry_symlink) CALL(entry_symlink_utf8) CALL(error_string) CALL(read_data_block) \
	CALL(read_free) CALL(read_new) CALL(read_next_header) CALL(read_open_fd) \
	CALL(read_open_memory) CALL(read_support_filter_bzip2) CALL(read_support_filter_gzip) \
	CALL(read_support_filter_xz) CALL(read_support_format_tar) CALL(read_support_format_zip)
static LAZY_TABLE(archive, ARCHIVE_CALLS) archive;

/* Longer names are refused (Linux: PATH_MAX). */
enum { ARCHIVE_NAME_MAX = 4095, ARCHIVE_BLOCK = 64 * 1024 };

struct archive_reader {
	struct archive *archive;
	struct archive_entry *entry;
	const char *name;               /* for messages */
	struct archive_limits left;
	struct arena *arena;            /* of the item at hand */
	struct archive_item item;
	locale_t utf8, before;
};

/* What becomes of an entry.  bytes.p NULL: the entry has begun; else its next
 * bytes, at = where in the file they stand. */
typedef bool archive_sink_fn(void *data, const struct archive_item *, struct str bytes,
                             int64_t at, struct error *);

static bool archive_failed(const struct archive_reader *r, struct error *err)
{
	const char *why = archive.error_string(r->archive);
	return error_set(err, ERROR_PROJECT, "cannot unpack '%s': %s", r->name,
	                 why ? why : "it is no tar or zip archive");
}

static bool archive_refuse(const struct archive_reader *r, const char *name, const char *why,
                           struct error *err)
{
	return error_set(err, ERROR_PROJECT, "'%s' is not unpacked: its entry '%s' %s", r->name, name,
	                 why);
}

/* Only what is asked for: every further format is one more parser to attack. */
static void archive_reader_init(struct archive_reader *r, const char *name,
                                struct archive_limits limits)
{
	*r = (struct archive_reader){ .name = name, .left = limits };
	/* libarchive drops names that the locale cannot say, and mortar runs in any. */
	r->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (r->utf8)
		r->before = uselocale(r->utf8);
	LAZY_LOAD(archive, ARCHIVE_CALLS, &archive);
	r->archive = archive.read_new();
	CHECK(r->archive);
	archive.read_support_format_tar(r->archive);
	archive.read_support_format_zip(r->archive);
	archive.read_support_filter_gzip(r->archive);
	archive.read_support_filter_xz(r->archive);
	archive.read_support_filter_bzip2(r->archive);
}

static void archive_reader_finish(struct archive_reader *r)
{
	archive.read_free(r->archive);
	arena_free(r->arena);
	if (r->utf8) {
		uselocale(r->before);
		freelocale(r->utf8);
	}
}

/* Bytes as they stand; for pax and zip, whose names are UTF-8, also where there is no
 * locale that can say them. */
static const char *archive_text(const char *plain, const char *utf8)
{
	return plain ? plain : utf8;
}

/* Clean and inside, or NULL, err set. "" is the folder itself. */
static const char *archive_clean(struct archive_reader *r, const char *name, struct error *err)
{
	struct str rest = str_of(name), part;
	owned_buf struct buf out = { 0 };
	if (rest.n > ARCHIVE_NAME_MAX) {
		error_set(err, ERROR_PROJECT, "'%s' is not unpacked: a name in it has %zu bytes",
		          r->name, rest.n);
		return NULL;
	}
	if (name[0] == '/') {
		archive_refuse(r, name, "has an absolute path", err);
		return NULL;
	}
	while (str_next(&rest, '/', &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (str_eq(part, STR(".."))) {
			archive_refuse(r, name, "has '..' in its path", err);
			return NULL;
		}
		if (out.n)
			buf_append_char(&out, '/');
		buf_append(&out, part);
	}
	return arena_text(r->arena, buf_str(&out));
}

/* Where links cannot be walked through when writing, a link stays inside when it
 * first goes up at most to the top and then only down; what it meets on the way
 * down is either real or such a link again. */
static bool archive_link_stays(const char *path, const char *target)
{
	size_t depth = 0;
	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		depth++;
	struct str rest = str_of(target), part;
	bool down = false;
	if (target[0] == '/' || target[0] == '\0')
		return false;
	while (str_next(&rest, '/', &part)) {
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (!str_eq(part, STR("..")))
			down = true;
		else if (down || depth-- == 0)
			return false;
	}
	return true;
}

static bool archive_item_link(struct archive_reader *r, struct archive_item *item,
                              struct error *err)
{
	const char *target = archive_text(archive.entry_symlink(r->entry),
	                                  archive.entry_symlink_utf8(r->entry));
	if (!target || strlen(target) > ARCHIVE_NAME_MAX || !archive_link_stays(item->path, target))
		return archive_refuse(r, item->path, "is a link that leads out of the folder, or may",
		                      err);
	item->mode = S_IFLNK | 0777;
	item->link = arena_text(r->arena, str_of(target));
	return true;
}

static bool archive_item_type(struct archive_reader *r, struct archive_item *item,
                              struct error *err)
{
	mode_t perm = archive.entry_perm(r->entry);
	switch (archive.entry_filetype(r->entry)) {
	case AE_IFREG:
		item->mode = S_IFREG | (perm & 0111 ? 0755 : 0644);
		if (archive.entry_size_is_set(r->entry) && archive.entry_size(r->entry) > 0)
			item->size = (uint64_t)archive.entry_size(r->entry);
		return true;
	case AE_IFDIR:
		item->mode = S_IFDIR | 0755;
		return true;
	case AE_IFLNK:
		return archive_item_link(r, item, err);
	default:
		return archive_refuse(r, item->path, "is a device, pipe or socket", err);
	}
}

/* Makes the item of the entry just read. */
static bool archive_item_read(struct archive_reader *r, struct error *err)
{
	struct archive_item item = { 0 };
	const char *name = archive_text(archive.entry_pathname(r->entry),
	                                archive.entry_pathname_utf8(r->entry));
	const char *same = archive_text(archive.entry_hardlink(r->entry),
	                                archive.entry_hardlink_utf8(r->entry));
	arena_free(r->arena);
	r->arena = arena_new();
	if (!name)
		return error_set(err, ERROR_PROJECT, "cannot unpack '%s': an entry has no name",
		                 r->name);
	item.path = archive_clean(r, name, err);
	if (!item.path)
		return false;
	if (archive.entry_is_encrypted(r->entry))
		return archive_refuse(r, name, "is encrypted", err);
	item.mtime = archive.entry_mtime(r->entry);
	if (same) {
		item.mode = S_IFREG | 0644;
		item.same_as = archive_clean(r, same, err);
		if (!item.same_as)
			return false;
	} else if (!archive_item_type(r, &item, err)) {
		return false;
	}
	if (!item.path[0] && !S_ISDIR(item.mode))
		return archive_refuse(r, name, "is no folder but has a folder's name", err);
	r->item = item;
	return true;
}

static bool archive_limit_failed(const struct archive_reader *r, struct error *err)
{
	return error_set(err, ERROR_LIMIT,
	                 "'%s' is not unpacked: it holds more bytes or entries than one archive may",
	                 r->name);
}

static bool archive_read_bytes(struct archive_reader *r, archive_sink_fn *sink, void *data,
                               struct error *err)
{
	for (;;) {
		const void *p = NULL;
		size_t n = 0;
		int64_t at = 0;
		int status = archive.read_data_block(r->archive, &p, &n, &at);
		if (status == ARCHIVE_EOF)
			return true;
		if (status == ARCHIVE_RETRY)
			continue;
		if (status != ARCHIVE_OK)
			return archive_failed(r, err);
		/* A hole counts as well: reading the file would yield its zeros. */
		if (at < 0 || (uint64_t)at > r->left.bytes || n > r->left.bytes - (uint64_t)at)
			return archive_limit_failed(r, err);
		r->item.size = (uint64_t)at + n;
		if (!sink(data, &r->item, (struct str){ p ? p : "", n }, at, err))
			return false;
	}
}

static bool archive_read_entry(struct archive_reader *r, archive_sink_fn *sink, void *data,
                               struct error *err)
{
	if (!archive_item_read(r, err))
		return false;
	if (r->left.entries-- == 0 || r->item.size > r->left.bytes)
		return archive_limit_failed(r, err);
	if (!sink(data, &r->item, (struct str){ 0 }, 0, err))
		return false;
	if (!S_ISREG(r->item.mode) || r->item.same_as)
		return true;
	if (!archive_read_bytes(r, sink, data, err))
		return false;
	r->left.bytes -= r->item.size;
	return true;
}

static bool archive_read_all(struct archive_reader *r, archive_sink_fn *sink, void *data,
                             struct error *err)
{
	bool any = false;
	for (;;) {
		int status = archive.read_next_header(r->archive, &r->entry);
		if (status == ARCHIVE_EOF && any)
			return true;
		if (status == ARCHIVE_EOF)
			return error_set(err, ERROR_PROJECT, "cannot unpack '%s': it holds nothing, or is "
			                 "no tar or zip archive", r->name);
		if (status == ARCHIVE_RETRY)
			continue;
		if (status < ARCHIVE_WARN)
			return archive_failed(r, err);
		any = true;
		if (!archive_read_entry(r, sink, data, err))
			return false;
	}
}

static bool archive_read_file(const char *file, const char *name, struct archive_limits limits,
                              archive_sink_fn *sink, void *data, struct error *err)
{
	owned_fd int fd = -1;
	struct stat st;
	struct archive_reader r;
	enum files_result opened = files_open(file, &fd, &st, err);
	if (opened == FILES_ABSENT)
		return error_set(err, ERROR_MISSING, "there is no archive '%s'", file);
	if (opened != FILES_OK)
		return false;
	archive_reader_init(&r, name, limits);
	bool ok = archive.read_open_fd(r.archive, fd, ARCHIVE_BLOCK) == ARCHIVE_OK
	                  ? archive_read_all(&r, sink, data, err)
	                  : archive_failed(&r, err);
	archive_reader_finish(&r);
	return ok;
}

struct archive_listing {
	archive_item_fn *each;
	void *data;
};

static bool archive_list_sink(void *data, const struct archive_item *item, struct str bytes,
                              int64_t at, struct error *err)
{
	struct archive_listing *l = data;
	(void)at;
	return bytes.p || !item->path[0] || l->each(l->data, item, err);
}

bool archive_list(const char *file, archive_item_fn *each, void *data, struct error *err)
{
	struct archive_listing l = { each, data };
	return archive_read_file(file, file, ARCHIVE_LIMITS, archive_list_sink, &l, err);
}

bool archive_list_bytes(struct str bytes, struct archive_limits limits, archive_item_fn *each,
                        void *data, struct error *err)
{
	struct archive_listing l = { each, data };
	struct archive_reader r;
	archive_reader_init(&r, "archive", limits);
	bool ok = archive.read_open_memory(r.archive, bytes.p, bytes.n) == ARCHIVE_OK
	                  ? archive_read_all(&r, archive_list_sink, &l, err)
	                  : archive_failed(&r, err);
	archive_reader_finish(&r);
	return ok;
}

/* The folder being filled, and the file in it being written. */
struct archive_unpacking {
	struct tree *tree;
	int fd;
	int64_t mtime;
	int64_t size;
};

/* Ends the file at hand. */
static bool archive_unpack_end(struct archive_unpacking *u, struct error *err)
{
	if (u->fd < 0)
		return true;
	struct timespec times[2] = { { .tv_sec = u->mtime }, { .tv_sec = u->mtime } };
	owned_fd int fd = take_fd(u->fd);
	/* A hole at the end has no bytes that would make the file as long as it is. */
	return (ftruncate(fd, u->size) == 0 && futimens(fd, times) == 0) ||
	       error_set_errno(err, "cannot finish a file in '%s'", tree_dir(u->tree));
}

static bool archive_unpack_begin(struct archive_unpacking *u, const struct archive_item *item,
                                 struct error *err)
{
	if (!archive_unpack_end(u, err))
		return false;
	if (S_ISDIR(item->mode))
		return tree_make_dir(u->tree, item->path, err);
	if (item->link)
		return tree_make_link(u->tree, item->path, item->link, err);
	if (item->same_as)
		return tree_make_name(u->tree, item->path, item->same_as, err);
	u->mtime = item->mtime;
	u->size = 0;
	return tree_make_file(u->tree, item->path, item->mode & 07777, &u->fd, err);
}

static bool archive_unpack_sink(void *data, const struct archive_item *item, struct str bytes,
                                int64_t at, struct error *err)
{
	struct archive_unpacking *u = data;
	if (!bytes.p)
		return archive_unpack_begin(u, item, err);
	u->size = at + (int64_t)bytes.n;
	if (lseek(u->fd, at, SEEK_SET) != at)
		return error_set_errno(err, "cannot write '%s/%s'", tree_dir(u->tree), item->path);
	return tree_write(u->fd, bytes, err) ||
	       error_prefix(err, "'%s/%s'", tree_dir(u->tree), item->path);
}

static bool archive_unpack_into(const char *file, const char *name, const char *dir,
                                struct archive_limits limits, struct error *err)
{
	owned(tree) struct tree *tree = tree_open(dir, err);
	struct archive_unpacking u = { .tree = tree, .fd = -1 };
	bool ok = tree && archive_read_file(file, name, limits, archive_unpack_sink, &u, err) &&
	          archive_unpack_end(&u, err);
	if (u.fd >= 0)
		close(u.fd);
	return ok;
}

bool archive_unpack_within(const char *file, const char *name, const char *dir,
                           struct archive_limits limits, struct error *err)
{
	owned_memory char *made = tree_make_beside(dir, err);
	if (!made)
		return false;
	if (archive_unpack_into(file, name, made, limits, err) && tree_make_place(made, dir, err))
		return true;
	struct error ignored = { 0 };
	save_remove(made, &ignored);
	return false;
}

bool archive_unpack(const char *file, const char *name, const char *dir, struct error *err)
{
	return archive_unpack_within(file, name, dir, ARCHIVE_LIMITS, err);
}
