#include "core/context/stat_cache.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/context/context_scan.h"
#include "core/context/entry_reader.h"
#include "core/ext/crypto.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"

enum { STAT_CACHE_CHUNK = 256 * 1024, STAT_CACHE_SLOTS = 1024, STAT_CACHE_RAW = 32 };

/* As in the file, of this machine's byte order: numbers alone, without gaps. */
struct stat_record {
	uint64_t path;                  /* its hash: finds, and tells links to one inode apart */
	uint64_t dev, ino, size;
	int64_t mtime_ns, ctime_ns;
	unsigned char digest[STAT_CACHE_RAW];
};

struct stat_head {
	char magic[16];
	uint64_t order;                 /* STAT_CACHE_ORDER: another machine's order shows */
	uint64_t records, check;        /* check: of their bytes */
};
static const char stat_cache_magic[16] = "mortar digests 1";
#define STAT_CACHE_ORDER 0x0102030405060708u

struct stat_cache {
	char *path;                     /* of its file; NULL: nothing is kept */
	struct stat_record *records;
	bool *used;                     /* asked for since it was opened, one a record */
	size_t n, cap, nused;
	uint32_t *slots;                /* index + 1 into records; 0: free */
	size_t nslots;
	bool is_dirty;
	struct stat_cache_counts counts;
	struct sha256 *hash;
	struct entry_reader *reader;
	char *chunk;
};

/* ---- finding ---- */

static uint64_t stat_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static uint64_t stat_hash(uint64_t h, struct str bytes)
{
	uint64_t word;
	for (; bytes.n >= sizeof word; bytes = str_slice(bytes, sizeof word, bytes.n)) {
		memcpy(&word, bytes.p, sizeof word);
		h = stat_mix(h, word);
	}
	word = 0;
	if (bytes.n)
		memcpy(&word, bytes.p, bytes.n);
	return stat_mix(h, word + ((uint64_t)bytes.n << 56));
}

static uint64_t stat_path(const struct entry *e)
{
	return stat_hash(stat_hash(1, str_of(e->dir)), str_of(e->path + e->below));
}

/* The slot of this path and file, or the free one where it belongs. */
static size_t stat_slot(const struct stat_cache *c, uint64_t path, uint64_t dev, uint64_t ino)
{
	size_t at = (size_t)path & (c->nslots - 1);
	for (; c->slots[at]; at = (at + 1) & (c->nslots - 1)) {
		const struct stat_record *r = &c->records[c->slots[at] - 1];
		if (r->path == path && r->dev == dev && r->ino == ino)
			break;
	}
	return at;
}

static void stat_index(struct stat_cache *c)
{
	c->nslots = STAT_CACHE_SLOTS;
	while (c->nslots < 2 * c->cap)
		c->nslots *= 2;
	free(c->slots);
	c->slots = xcalloc(c->nslots, sizeof *c->slots);
	for (size_t i = 0; i < c->n; i++) {
		const struct stat_record *r = &c->records[i];
		c->slots[stat_slot(c, r->path, r->dev, r->ino)] = (uint32_t)i + 1;
	}
}

static void stat_reserve(struct stat_cache *c, size_t n)
{
	c->cap = n + n / 2 + 256;
	c->records = xrealloc(c->records, c->cap, sizeof *c->records);
	c->used = xrealloc(c->used, c->cap, sizeof *c->used);
	stat_index(c);
}

static void stat_note(struct stat_cache *c, size_t slot, const struct stat_record *r)
{
	size_t at = c->slots[slot];
	if (!at && c->n == STAT_CACHE_MAX)
		return;
	if (!at && c->n == c->cap) {
		stat_reserve(c, c->n);
		slot = stat_slot(c, r->path, r->dev, r->ino);
	}
	if (!at) {
		at = c->slots[slot] = (uint32_t)++c->n;
		c->used[at - 1] = false;
	}
	c->nused += !c->used[at - 1];
	c->used[at - 1] = true;
	c->records[at - 1] = *r;
	c->is_dirty = true;
}

/* ---- the file ---- */

static uint64_t stat_check(const struct stat_cache *c)
{
	return stat_hash(c->n, (struct str){ (const char *)c->records, c->n * sizeof *c->records });
}

static bool stat_read_all(int fd, void *at, size_t n)
{
	struct str rest = { at, n };
	while (rest.n) {
		ssize_t got = read(fd, (char *)at + (n - rest.n), rest.n);
		if (got <= 0)
			return false;
		rest = str_slice(rest, (size_t)got, rest.n);
	}
	return true;
}

/* false: the file is none that we have written. */
static bool stat_load(struct stat_cache *c, int fd, const struct stat *st)
{
	struct stat_head head;
	if (st->st_uid != geteuid() || (st->st_mode & 022) || !stat_read_all(fd, &head, sizeof head))
		return false;
	if (memcmp(head.magic, stat_cache_magic, sizeof head.magic) || head.order != STAT_CACHE_ORDER ||
	    head.records > STAT_CACHE_MAX ||
	    (uint64_t)st->st_size != sizeof head + head.records * sizeof *c->records)
		return false;
	stat_reserve(c, (size_t)head.records);
	if (!stat_read_all(fd, c->records, (size_t)head.records * sizeof *c->records))
		return false;
	c->n = (size_t)head.records;
	if (stat_check(c) == head.check)
		return true;
	c->n = 0;
	return false;
}

struct stat_cache *stat_cache_open(const char *root)
{
	struct stat_cache *c = xcalloc(1, sizeof *c);
	struct error none;
	struct stat st;
	owned_fd int fd = -1;
	char hex[SHA256_HEX_SIZE];
	const char *dir = save_cache_dir("digests", &none);
	sha256_hex(str_of(root), hex);
	if (dir) {
		owned_buf struct buf path = { 0 };
		buf_printf(&path, "%s/%.32s", dir, hex);
		c->path = buf_take(&path);
		if (files_open(c->path, &fd, &st, &none) == FILES_OK && stat_load(c, fd, &st))
			memset(c->used, 0, c->n * sizeof *c->used);
	}
	if (!c->records)
		stat_reserve(c, 0);
	stat_index(c);
	c->hash = sha256_new();
	c->reader = entry_reader_new(NULL);
	c->chunk = xmalloc(STAT_CACHE_CHUNK);
	return c;
}

void stat_cache_free(struct stat_cache *c)
{
	if (!c)
		return;
	sha256_free(c->hash);
	entry_reader_free(c->reader);
	free(c->path);
	free(c->records);
	free(c->used);
	free(c->slots);
	free(c->chunk);
	free(c);
}

static void stat_forget_unused(struct stat_cache *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		if (c->used[i])
			c->records[n++] = c->records[i];
	memset(c->used, 1, n * sizeof *c->used);
	c->n = n;
	stat_index(c);
}

bool stat_cache_save(struct stat_cache *c, struct error *err)
{
	if (!c->is_dirty || !c->path)
		return true;
	if (c->nused < c->n / 2)
		stat_forget_unused(c);
	owned_buf struct buf text = { 0 };
	struct stat_head head = { .order = STAT_CACHE_ORDER, .records = c->n, .check = stat_check(c) };
	memcpy(head.magic, stat_cache_magic, sizeof head.magic);
	buf_append(&text, (struct str){ (const char *)&head, sizeof head });
	buf_append(&text, (struct str){ (const char *)c->records, c->n * sizeof *c->records });
	if (!save_derived(c->path, buf_str(&text), 0600, err))
		return false;
	c->is_dirty = false;
	return true;
}

/* ---- digests ---- */

/* A change made from now on is seen in the times: they are older than the clock's grain. */
static bool stat_is_settled(const struct entry *e)
{
	enum { NS_PER_S = 1000000000, FINE_NS = 100000000 };
	int64_t last = e->mtime_ns > e->ctime_ns ? e->mtime_ns : e->ctime_ns;
	int64_t grain = e->mtime_ns % NS_PER_S || e->ctime_ns % NS_PER_S ? FINE_NS : 2ll * NS_PER_S;
	return clock_now() * 1e9 - (double)last > (double)grain;
}

static void stat_hex(const unsigned char raw[STAT_CACHE_RAW], char ret_hex[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < STAT_CACHE_RAW; i++) {
		ret_hex[2 * i] = digits[raw[i] >> 4];
		ret_hex[2 * i + 1] = digits[raw[i] & 15];
	}
	ret_hex[2 * STAT_CACHE_RAW] = '\0';
}

static unsigned char stat_digit(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void stat_raw(const char hex[SHA256_HEX_SIZE], unsigned char ret_raw[STAT_CACHE_RAW])
{
	for (size_t i = 0; i < STAT_CACHE_RAW; i++)
		ret_raw[i] = (unsigned char)(stat_digit(hex[2 * i]) << 4 | stat_digit(hex[2 * i + 1]));
}

static bool stat_read_entry(struct stat_cache *c, const struct entry *e, char ret_hex[65],
                            struct error *err)
{
	enum pull pull;
	size_t n = 0;
	entry_reader_start(c->reader, e);
	while ((pull = entry_reader_read(c->reader, c->chunk, STAT_CACHE_CHUNK, &n, err)) == PULL_DATA)
		sha256_append(c->hash, (struct str){ c->chunk, n });
	sha256_finish_hex(c->hash, ret_hex);
	return pull == PULL_DONE;
}

static bool stat_digest_file(struct stat_cache *c, const struct entry *e, char ret_hex[65],
                             struct error *err)
{
	struct stat_record r = { .path = stat_path(e), .dev = e->dev, .ino = e->ino, .size = e->size,
	                         .mtime_ns = e->mtime_ns, .ctime_ns = e->ctime_ns };
	size_t slot = stat_slot(c, r.path, r.dev, r.ino);
	const struct stat_record *known = c->slots[slot] ? &c->records[c->slots[slot] - 1] : NULL;
	if (known && !memcmp(known, &r, offsetof(struct stat_record, digest))) {
		bool *used = &c->used[c->slots[slot] - 1];
		c->nused += !*used;
		*used = true;
		c->counts.known++;
		stat_hex(known->digest, ret_hex);
		return true;
	}
	/* Before it is read: whatever changes it later changes its times too. */
	bool settled = stat_is_settled(e);
	c->counts.read++;
	if (!stat_read_entry(c, e, ret_hex, err))
		return false;
	stat_raw(ret_hex, r.digest);
	if (settled)
		stat_note(c, slot, &r);
	return true;
}

bool stat_cache_digest(struct stat_cache *c, const struct entry *e, char ret_hex[65],
                       struct error *err)
{
	if (S_ISREG(e->mode) && e->dir)
		return stat_digest_file(c, e, ret_hex, err);
	sha256_append(c->hash, S_ISLNK(e->mode) ? str_of(e->link)
	                                         : S_ISREG(e->mode) ? e->bytes : (struct str){ 0 });
	sha256_finish_hex(c->hash, ret_hex);
	return true;
}

struct stat_cache_counts stat_cache_counts(const struct stat_cache *c)
{
	return c->counts;
}
