#include "core/context/context.h"

#include <stdio.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/context_scan.h"
#include "core/os/files.h"

struct context {
	struct arena *arena;            /* of the additions */
	struct addition *additions;
	size_t nadditions, cap;
	struct listings *listings;      /* borrowed, or NULL */
	struct error bad;               /* the first addition that cannot be */
	struct arena *scanned;          /* of the entries; NULL before */
	struct entry **entries;
	size_t n;
	uint64_t size;
};

struct context *context_new(void)
{
	struct context *c = xcalloc(1, sizeof *c);
	c->arena = arena_new();
	return c;
}

void context_free(struct context *c)
{
	if (!c)
		return;
	free(c->additions);
	free(c->entries);
	arena_free(c->scanned);
	arena_free(c->arena);
	free(c);
}

/* Relative and clean; "" for the context itself. */
static const char *context_path(struct context *c, const char *path)
{
	while (*path == '/')
		path++;
	const char *clean = files_clean(c->arena, path);
	if (!strcmp(clean, "."))
		return "";
	if ((!strcmp(clean, "..") || !strncmp(clean, "../", 3)) && !c->bad.code)
		error_set(&c->bad, ERROR_PROJECT,
		          "'%s' leads out of the build context; paths in it are relative and "
		          "without '..'", path);
	return clean;
}

static struct addition *context_add(struct context *c, enum addition_kind kind, const char *path)
{
	if (c->nadditions == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 16;
		c->additions = xrealloc(c->additions, c->cap, sizeof *c->additions);
	}
	struct addition *a = &c->additions[c->nadditions++];
	*a = (struct addition){ .kind = kind, .path = context_path(c, path) };
	return a;
}

void context_add_tree(struct context *c, const char *dir, const char *prefix,
                      const struct ignore *ignore)
{
	struct addition *a = context_add(c, ADDITION_TREE, prefix);
	struct str trimmed = str_of(dir);
	while (str_has_suffix(trimmed, STR("/")))
		trimmed.n--;
	if (trimmed.n == 0)
		trimmed = dir[0] == '/' ? STR("/.") : STR(".");
	a->dir = arena_text(c->arena, trimmed);
	a->ignore = ignore;
}

/* A generated thing needs a name. */
static struct addition *context_add_named(struct context *c, enum addition_kind kind,
                                          const char *path, mode_t mode)
{
	struct addition *a = context_add(c, kind, path);
	a->mode = mode & 07777;
	if (a->path[0] == '\0' && !c->bad.code)
		error_set(&c->bad, ERROR_PROJECT, "'%s' names no file in the build context", path);
	return a;
}

void context_add_bytes(struct context *c, const char *path, mode_t mode, struct str bytes)
{
	struct addition *a = context_add_named(c, ADDITION_BYTES, path, mode);
	a->bytes = arena_str(c->arena, bytes);
}

void context_add_dir(struct context *c, const char *path, mode_t mode)
{
	context_add_named(c, ADDITION_DIR, path, mode);
}

void context_drop(struct context *c, const char *path)
{
	context_add(c, ADDITION_DROP, path);
}

void context_remember(struct context *c, struct listings *listings)
{
	c->listings = listings;
}

bool record_append(struct record_list *l, const struct entry *e, uint32_t rank, struct error *err)
{
	if (l->n == CONTEXT_ENTRIES_MAX)
		return error_set(err, ERROR_LIMIT,
		                 "the build context has more than %d entries; a .dockerignore can "
		                 "leave out what the build does not need", CONTEXT_ENTRIES_MAX);
	if (l->n == l->cap)
		l->items = xrealloc(l->items, l->cap += l->cap / 2 + 64, sizeof *l->items);
	struct record *r = l->items[l->n++] = arena_alloc(l->arena, sizeof *r);
	*r = (struct record){ *e, rank };
	return true;
}

static bool context_look(const struct context *c, struct arena *a, struct record_list *records,
                         struct error *err)
{
	for (size_t i = 0; i < c->nadditions; i++) {
		const struct addition *add = &c->additions[i];
		struct entry e = { .path = add->path };
		if (add->kind == ADDITION_TREE &&
		    !context_scan_tree(c->additions, c->nadditions, i, c->listings, a, records, err))
			return false;
		if (add->kind != ADDITION_BYTES && add->kind != ADDITION_DIR)
			continue;
		e.mode = add->mode | (add->kind == ADDITION_DIR ? S_IFDIR : S_IFREG);
		e.bytes = add->bytes;
		e.size = add->bytes.n;
		if (!record_append(records, &e, RECORD_GENERATED | (uint32_t)i, err))
			return false;
	}
	return true;
}

bool context_scan(struct context *c, struct error *err)
{
	struct record_list records = { 0 };
	struct entry **entries = NULL;
	size_t n = 0;
	if (c->bad.code)
		return error_set(err, c->bad.code, "%s", c->bad.text);
	owned(arena) struct arena *a = arena_new();
	records.arena = a;
	bool ok = context_look(c, a, &records, err) && context_merge(&records, &entries, &n, err);
	free(records.items);
	if (!ok)
		return false;
	free(c->entries);
	arena_free(c->scanned);
	c->scanned = take(a);
	c->entries = entries;
	c->n = n;
	c->size = 0;
	for (size_t i = 0; i < n; i++)
		if (S_ISREG(entries[i]->mode))
			c->size += entries[i]->size;
	return true;
}

/* One is the other, or lies below it. */
static bool context_overlaps(struct str a, struct str b)
{
	struct str outer = a.n < b.n ? a : b, inner = a.n < b.n ? b : a;
	return outer.n == 0 || (str_has_prefix(inner, outer) &&
	                        (inner.n == outer.n || inner.p[outer.n] == '/'));
}

void context_describe(const struct context *c, const char *path, struct buf *out)
{
	owned(arena) struct arena *scratch = arena_new();
	const char *clean = files_clean(scratch, path);
	struct str place = str_of(strcmp(clean, ".") == 0 ? "" : clean);
	for (size_t i = 0; i < c->nadditions; i++) {
		const struct addition *a = &c->additions[i];
		if (!context_overlaps(str_of(a->path), place))
			continue;
		buf_printf(out, "%d %o %zu %s %zu ", (int)a->kind, (unsigned)a->mode, strlen(a->path),
		           a->path, a->dir ? strlen(a->dir) : 0);
		buf_append_text(out, a->dir ? a->dir : "");
		buf_printf(out, " %zu ", a->bytes.n);
		buf_append(out, a->bytes);
	}
}

bool context_is_scanned(const struct context *c)
{
	return c->scanned;
}

size_t context_count(const struct context *c)
{
	return c->n;
}

const struct entry *context_entry(const struct context *c, size_t i)
{
	CHECK(i < c->n);
	return c->entries[i];
}

size_t context_index(const struct context *c, const char *path)
{
	size_t low = 0, high = c->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = context_order(path, c->entries[middle]->path);
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return c->n;
}

const struct entry *context_find(const struct context *c, const char *path)
{
	size_t i = context_index(c, path);
	return i < c->n ? c->entries[i] : NULL;
}

uint64_t context_size(const struct context *c)
{
	return c->size;
}
