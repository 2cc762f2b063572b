#include "core/base/check.h"
#include "core/base/map.h"
#include "core/os/files.h"

struct memory_text {
	const char *path;
	char *text;             /* NULL: said to be absent */
	size_t n;
};

struct files_memory {
	struct files files;
	struct files *under;    /* borrowed; may be NULL */
	struct arena *arena;    /* the memory_text and their paths */
	struct map texts;
};

void files_memory_put(struct files *f, const char *path, struct str text)
{
	struct files_memory *m = (struct files_memory *)f;
	owned(arena) struct arena *scratch = arena_new();
	const char *joined = f->root ? files_join(scratch, f->root, path) : path;
	const char *clean = files_clean(scratch, joined);
	struct memory_text *t = map_get(&m->texts, str_of(clean));
	if (!t) {
		t = arena_alloc(m->arena, sizeof *t);
		t->path = arena_text(m->arena, str_of(clean));
		map_set(&m->texts, str_of(t->path), t);
	}
	char *copy = text.p ? xmalloc(text.n + 1) : NULL;
	if (copy && text.n)
		memcpy(copy, text.p, text.n);
	if (copy)
		copy[text.n] = '\0';
	free(t->text);
	t->text = copy;
	t->n = copy ? text.n : 0;
}

/* What is said here of the path, or of the nearest folder above it of which
 * something is said; NULL when nothing is. */
static const struct memory_text *files_memory_find(const struct files_memory *m, struct str path)
{
	const struct memory_text *t = map_get(&m->texts, path);
	while (!t && path.n > 1) {
		size_t slash = str_find_last(path, '/');
		if (slash == STR_NONE)
			return NULL;
		path.n = slash;
		t = map_get(&m->texts, path);
	}
	return t;
}

/* Whether the text lies below dir; then *ret_rest is its path from there. */
static bool files_memory_below(const struct memory_text *t, struct str dir, struct str *ret_rest)
{
	struct str path = str_of(t->path);
	if (str_eq(dir, STR("."))) {
		*ret_rest = path;
		return path.p[0] != '/';
	}
	bool at_root = str_eq(dir, STR("/"));
	if (path.n <= dir.n || !str_has_prefix(path, dir) || (!at_root && path.p[dir.n] != '/'))
		return false;
	*ret_rest = str_slice(path, dir.n + !at_root, path.n);
	return true;
}

static bool files_memory_is_dir(const struct files_memory *m, struct str path)
{
	struct str rest;
	for (size_t i = 0; i < m->texts.n; i++) {
		const struct memory_text *t = m->texts.items[i].value;
		if (t->text && files_memory_below(t, path, &rest))
			return true;
	}
	return false;
}

static bool files_memory_has(struct files *f, const char *path)
{
	struct files_memory *m = (struct files_memory *)f;
	const struct memory_text *t = files_memory_find(m, str_of(path));
	bool under = m->under && files_has(m->under, path);
	return t ? t->text && !strcmp(t->path, path) : under;
}

static enum files_result files_memory_read(struct files *f, const char *path, struct arena *a,
                                           struct str *ret_text, struct error *err)
{
	struct files_memory *m = (struct files_memory *)f;
	const struct memory_text *t = files_memory_find(m, str_of(path));
	if (t && m->under)
		files_has(m->under, path);      /* asked there too: its watcher must know */
	if (t && t->text && !strcmp(t->path, path)) {
		*ret_text = arena_str(a, (struct str){ t->text, t->n });
		return FILES_OK;
	}
	if (files_memory_is_dir(m, str_of(path))) {
		error_set(err, ERROR_SYSTEM, "cannot read '%s': it is a folder, not a file", path);
		return FILES_FAILED;
	}
	if (t || !m->under)
		return FILES_ABSENT;
	return files_read(m->under, path, a, ret_text, err);
}

static int files_memory_order(const void *a, const void *b)
{
	return strcmp(((const struct files_entry *)a)->name, ((const struct files_entry *)b)->name);
}

/* Names of texts below dir, and of the folders they imply. */
static void files_memory_merge(const struct files_memory *m, struct str dir, struct map *names,
                               struct arena *a)
{
	for (size_t i = 0; i < m->texts.n; i++) {
		const struct memory_text *t = m->texts.items[i].value;
		struct str name;
		if (!t->text || !files_memory_below(t, dir, &name))
			continue;
		size_t slash = str_find(name, '/');
		struct files_entry *e = arena_alloc(a, sizeof *e);
		e->is_dir = slash != STR_NONE;
		e->name = arena_text(a, str_slice(name, 0, slash));
		const struct files_entry *known = map_get(names, str_of(e->name));
		if (!known || !known->is_dir)
			map_set(names, str_of(e->name), e);
	}
}

static struct files_list files_memory_sorted(const struct map *names, struct arena *a)
{
	struct files_entry *entries = arena_array(a, names->n, sizeof *entries);
	for (size_t i = 0; i < names->n; i++)
		entries[i] = *(struct files_entry *)names->items[i].value;
	if (names->n)
		qsort(entries, names->n, sizeof *entries, files_memory_order);
	return (struct files_list){ entries, names->n };
}

/* The list of what is under, without the names said to be absent here. */
static enum files_result files_memory_under(struct files_memory *m, const char *dir,
                                            struct map *names, struct arena *a,
                                            struct error *err)
{
	struct files_list list = { 0 };
	if (!m->under)
		return FILES_ABSENT;
	enum files_result result = files_list(m->under, dir, a, &list, err);
	if (result != FILES_OK)
		return result;
	for (size_t i = 0; i < list.n; i++) {
		const char *path = files_clean(a, files_join(a, dir, list.entries[i].name));
		if (!map_has(&m->texts, str_of(path)))
			map_set(names, str_of(list.entries[i].name), (void *)&list.entries[i]);
	}
	return FILES_OK;
}

static enum files_result files_memory_list(struct files *f, const char *dir, struct arena *a,
                                           struct files_list *ret_list, struct error *err)
{
	struct files_memory *m = (struct files_memory *)f;
	owned_map struct map names = { 0 };
	const struct memory_text *t = files_memory_find(m, str_of(dir));
	bool is_dir = files_memory_is_dir(m, str_of(dir));
	if (t && t->text && !strcmp(t->path, dir)) {
		error_set(err, ERROR_SYSTEM, "cannot list '%s': it is not a folder", dir);
		return FILES_FAILED;
	}
	enum files_result result = FILES_ABSENT;
	if (!t)
		result = files_memory_under(m, dir, &names, a, err);
	else if (m->under)
		files_has(m->under, dir);
	if (result == FILES_FAILED || (result == FILES_ABSENT && !is_dir))
		return result;
	files_memory_merge(m, str_of(dir), &names, a);
	*ret_list = files_memory_sorted(&names, a);
	return FILES_OK;
}

static void files_memory_free(struct files *f)
{
	struct files_memory *m = (struct files_memory *)f;
	for (size_t i = 0; i < m->texts.n; i++)
		free(((struct memory_text *)m->texts.items[i].value)->text);
	map_finish(&m->texts);
	arena_free(m->arena);
	free(m);
}

static const struct files_ops files_memory_ops = {
	.read = files_memory_read,
	.list = files_memory_list,
	.free = files_memory_free,
	.has = files_memory_has,
};

struct files *files_memory(struct files *under)
{
	struct files_memory *m = xcalloc(1, sizeof *m);
	m->files.ops = &files_memory_ops;
	m->files.root = under ? under->root : NULL;
	m->under = under;
	m->arena = arena_new();
	return &m->files;
}
