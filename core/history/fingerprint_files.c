#include "core/history/fingerprint_files.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/ext/crypto.h"
#include "core/os/files.h"

/* Links that lead to links. */
enum { FINGERPRINT_LINKS_MAX = 16 };

void fingerprint_files_init(struct fingerprint_files *f, struct arena *a,
                            const struct context *context, struct stat_cache *digests)
{
	size_t n = context ? context_count(context) : 0;
	*f = (struct fingerprint_files){ .arena = a, .context = context, .digests = digests,
	                                 .known = arena_array(a, n + 1, sizeof *f->known) };
}

void fingerprint_taken_finish(struct fingerprint_taken *t)
{
	free(t->entries);
	*t = (struct fingerprint_taken){ 0 };
}

static void taken_add(struct fingerprint_taken *t, size_t entry)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->entries = xrealloc(t->entries, t->cap, sizeof *t->entries);
	}
	t->entries[t->n++] = (uint32_t)entry;
}

/* The first entry that does not stand before the path. */
static size_t files_lower(const struct context *c, const char *path)
{
	size_t low = 0, high = context_count(c);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (context_order(context_entry(c, middle)->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool files_is_below(const char *path, const char *dir, size_t n)
{
	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* "src/../lib/" and "/lib" are "lib"; "" is the context's root. */
static const char *files_clean_source(struct arena *a, struct str source)
{
	const char *clean = files_clean(a, arena_printf(a, "/%.*s", STR_ARG(source)));
	return clean[0] == '/' ? clean + 1 : clean;
}

static void files_take_path(const struct fingerprint_files *f, const char *path,
                            struct fingerprint_taken *t, unsigned depth)
{
	const struct context *c = f->context;
	size_t n = strlen(path), count = context_count(c);
	for (size_t i = n ? files_lower(c, path) : 0; i < count; i++) {
		const struct entry *e = context_entry(c, i);
		if (n && !files_is_below(e->path, path, n))
			break;
		taken_add(t, i);
		if (!e->link || e->path[n] || depth == FINGERPRINT_LINKS_MAX)
			continue;
		/* A link that is named itself is followed. */
		const char *slash = strrchr(e->path, '/');
		const char *dir = slash ? arena_text(f->arena, (struct str){ e->path,
		                  (size_t)(slash - e->path) }) : "";
		const char *to = e->link[0] == '/' ? e->link
		                 : arena_printf(f->arena, "%s/%s", dir, e->link);
		files_take_path(f, files_clean_source(f->arena, str_of(to)), t, depth + 1);
	}
}

void fingerprint_take(const struct fingerprint_files *f, struct str source,
                      struct fingerprint_taken *t)
{
	if (!f->context)
		return;
	const char *path = files_clean_source(f->arena, source);
	if (!strpbrk(path, "*?[\\")) {
		files_take_path(f, path, t, 0);
		return;
	}
	for (size_t i = 0; i < context_count(f->context); i++) {
		const struct entry *e = context_entry(f->context, i);
		if (fnmatch(path, e->path, FNM_PATHNAME) == 0)
			files_take_path(f, e->path, t, 0);
	}
}

static int taken_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

void fingerprint_taken_sort(struct fingerprint_taken *t)
{
	size_t n = 0;
	if (t->n)
		qsort(t->entries, t->n, sizeof *t->entries, taken_order);
	for (size_t i = 0; i < t->n; i++)
		if (!n || t->entries[i] != t->entries[n - 1])
			t->entries[n++] = t->entries[i];
	t->n = n;
}

static bool files_digest(struct fingerprint_files *f, uint32_t i, struct error *err)
{
	char hex[SHA256_HEX_SIZE];
	const struct entry *e = context_entry(f->context, i);
	if (f->known[i].n)
		return true;
	if (!stat_cache_digest(f->digests, e, hex, err))
		return false;
	f->known[i] = arena_str(f->arena, str_of(hex));
	return true;
}

bool fingerprint_taken_hash(struct fingerprint_files *f, const struct fingerprint_taken *t,
                            struct sha256 *hash, struct error *err)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct entry *e = context_entry(f->context, t->entries[i]);
		char mode[16];
		if (!files_digest(f, t->entries[i], err))
			return false;
		snprintf(mode, sizeof mode, "%o", (unsigned)e->mode);
		fingerprint_hash(hash, str_of(e->path));
		fingerprint_hash(hash, str_of(mode));
		fingerprint_hash(hash, f->known[t->entries[i]]);
	}
	return true;
}

const struct fingerprint_file *fingerprint_files_list(const struct fingerprint_files *f,
                                                      uint32_t **ret_index, size_t *ret_n)
{
	size_t count = f->context ? context_count(f->context) : 0, n = 0;
	uint32_t *index = arena_array(f->arena, count + 1, sizeof *index);
	for (size_t i = 0; i < count; i++)
		n += f->known[i].n > 0;
	struct fingerprint_file *list = arena_array(f->arena, n + 1, sizeof *list);
	n = 0;
	for (size_t i = 0; i < count; i++) {
		const struct entry *e = context_entry(f->context, i);
		index[i] = (uint32_t)n;
		if (f->known[i].n)
			/* The context may be scanned again before this is written. */
			list[n++] = (struct fingerprint_file){ arena_str(f->arena, str_of(e->path)),
			                                       f->known[i], e->mode, e->size };
	}
	*ret_index = index;
	*ret_n = n;
	return list;
}
