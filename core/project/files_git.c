#include "core/project/files_git.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/ext/git_revision.h"

/* As the kernel counts links on the way to one file. */
enum { FILES_GIT_LINKS = 40 };

struct files_git {
	struct files files;
	struct files *elsewhere;        /* borrowed */
	struct git_repo *repo;
	struct git_revision *revision;
	struct arena *arena;
	const char *dir, *prefix;       /* the folder as paths name it, and where it lies inside */
	const char *top;                /* the work tree as paths name it, or the folder where links
	                                 * lead there */
	const char *real_top;
	const char *name;               /* of the revision */
};

/* ---- where a path leads ---- */

/* Below the folder: its path from there, "" for itself; NULL when it is elsewhere. */
static const char *files_git_below(const char *top, const char *path)
{
	size_t n = top && strcmp(top, "/") != 0 ? strlen(top) : 0;
	if (!top || strncmp(path, top, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return path[n] ? path + n + 1 : "";
}

/* From the work tree's top, or NULL. */
static const char *files_git_inside(const struct files_git *g, struct arena *a, const char *path)
{
	const char *whole = files_absolute(a, path), *inside = files_git_below(g->dir, whole);
	if (inside)
		return files_clean(a, arena_printf(a, "%s/%s", g->prefix, inside)) + 1;
	inside = g->top == g->dir ? NULL : files_git_below(g->top, whole);
	return inside ? inside : files_git_below(g->real_top, whole);
}

const char *files_git_top(const struct files *f)
{
	const struct files_git *g = (const struct files_git *)f;
	return g->top;
}

bool files_git_holds(const struct files *f, const char *path)
{
	owned(arena) struct arena *a = arena_new();
	return files_git_inside((const struct files_git *)f, a, path) != NULL;
}

/* A path taken apart: what was walked, the entry there, and what is left. */
struct files_git_place {
	const char *path;               /* from the top, when it is inside */
	const char *outside;            /* a link led out to this path; NULL: it did not */
	enum git_entry entry;
};

/* The link at `at` with the rest of the path behind it; false: it cannot be read. */
static bool files_git_link(struct files_git *g, struct arena *a, const char *at, const char *rest,
                           const char **ret_path, struct error *err)
{
	struct str target;
	if (!git_revision_read(g->revision, at, a, &target, err))
		return false;
	const char *slash = strrchr(at, '/');
	const char *dir = slash ? arena_text(a, (struct str){ at, (size_t)(slash - at) }) : "";
	const char *link = arena_text(a, target);
	if (link[0] != '/')
		link = arena_printf(a, "%s/%s/%s", g->real_top, dir, link);
	*ret_path = rest[0] ? arena_printf(a, "%s/%s", link, rest) : link;
	return true;
}

/* Walks until a link, a file or the end; *ret_rest is what is left behind that. */
static enum git_entry files_git_walk(struct files_git *g, struct arena *a, const char *path,
                                     const char **ret_at, const char **ret_rest)
{
	const char *slash = path;
	enum git_entry entry = GIT_ENTRY_FOLDER;
	*ret_at = path;
	*ret_rest = "";
	while (path[0] && slash) {
		slash = strchr(slash + (slash != path), '/');
		*ret_at = slash ? arena_text(a, (struct str){ path, (size_t)(slash - path) }) : path;
		*ret_rest = slash ? slash + 1 : "";
		entry = git_revision_find(g->revision, *ret_at);
		if (entry != GIT_ENTRY_FOLDER)
			break;
	}
	return entry;
}

static bool files_git_find(struct files_git *g, struct arena *a, const char *path,
                           struct files_git_place *ret_place, struct error *err)
{
	struct files_git_place place = { 0 };
	const char *at, *rest;
	for (int links = 0; links <= FILES_GIT_LINKS; links++) {
		const char *inside = files_git_inside(g, a, path);
		if (!inside) {
			place.outside = path;
			*ret_place = place;
			return true;
		}
		place.entry = files_git_walk(g, a, inside, &at, &rest);
		place.path = at;
		if (place.entry == GIT_ENTRY_MODULE && rest[0])
			return error_set(err, ERROR_SYSTEM, "cannot read '%s' as of %s: it lies in the git "
			                 "submodule '%s', another repository", path, g->name, at);
		if (place.entry != GIT_ENTRY_LINK) {
			if (rest[0])
				place.entry = GIT_ENTRY_NONE;
			*ret_place = place;
			return true;
		}
		if (!files_git_link(g, a, at, rest, &path, err))
			return false;
	}
	return error_set(err, ERROR_SYSTEM, "cannot read '%s' as of %s: too many links", path, g->name);
}

/* ---- the operations ---- */

static enum files_result files_git_read(struct files *f, const char *path, struct arena *a,
                                        struct str *ret_text, struct error *err)
{
	struct files_git *g = (struct files_git *)f;
	struct files_git_place at;
	if (!files_git_find(g, a, path, &at, err))
		return FILES_FAILED;
	if (at.outside)
		return files_read(g->elsewhere, at.outside, a, ret_text, err);
	if (at.entry == GIT_ENTRY_NONE)
		return FILES_ABSENT;
	if (at.entry != GIT_ENTRY_FILE) {
		error_set(err, ERROR_SYSTEM, "cannot read '%s' as of %s: it is a folder, not a file",
		          path, g->name);
		return FILES_FAILED;
	}
	if (!git_revision_read(g->revision, at.path, a, ret_text, err)) {
		error_prefix(err, "cannot read '%s' as of %s", path, g->name);
		return FILES_FAILED;
	}
	return FILES_OK;
}

struct files_git_listing {
	struct files_git *files;
	struct arena *arena;
	const char *dir;
	struct files_entry *entries;
	size_t n, cap;
};

static bool files_git_leads_to_folder(struct files_git *g, struct arena *a, const char *path)
{
	struct files_git_place at;
	struct files_list list;
	struct error ignored;
	if (!files_git_find(g, a, path, &at, &ignored))
		return false;
	return at.outside ? files_list(g->elsewhere, at.outside, a, &list, &ignored) == FILES_OK
	                  : at.entry == GIT_ENTRY_FOLDER;
}

static void files_git_add(void *data, const char *name, enum git_entry entry)
{
	struct files_git_listing *l = data;
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->entries = xrealloc(l->entries, l->cap, sizeof *l->entries);
	}
	struct files_entry *e = &l->entries[l->n++];
	*e = (struct files_entry){
		.name = arena_text(l->arena, str_of(name)), .is_link = entry == GIT_ENTRY_LINK,
		.is_dir = entry == GIT_ENTRY_FOLDER || entry == GIT_ENTRY_MODULE,
	};
	if (e->is_link)
		e->is_dir = files_git_leads_to_folder(l->files, l->arena,
			arena_printf(l->arena, "%s/%s/%s", l->files->real_top, l->dir, name));
}

static int files_git_order(const void *a, const void *b)
{
	return strcmp(((const struct files_entry *)a)->name, ((const struct files_entry *)b)->name);
}

static enum files_result files_git_list(struct files *f, const char *dir, struct arena *a,
                                        struct files_list *ret_list, struct error *err)
{
	struct files_git *g = (struct files_git *)f;
	struct files_git_place at;
	if (!files_git_find(g, a, dir, &at, err))
		return FILES_FAILED;
	if (at.outside)
		return files_list(g->elsewhere, at.outside, a, ret_list, err);
	if (at.entry == GIT_ENTRY_NONE)
		return FILES_ABSENT;
	struct files_git_listing l = { .files = g, .arena = a, .dir = at.path };
	if (at.entry == GIT_ENTRY_FILE) {
		error_set(err, ERROR_SYSTEM, "cannot list '%s': it is not a folder", dir);
		return FILES_FAILED;
	}
	/* A submodule's folder is there, with nothing that is known of it. */
	bool ok = at.entry == GIT_ENTRY_MODULE ||
	          git_revision_list(g->revision, at.path, files_git_add, &l, err);
	struct files_entry *entries = arena_array(a, l.n, sizeof *entries);
	if (l.n) {
		qsort(l.entries, l.n, sizeof *l.entries, files_git_order);
		memcpy(entries, l.entries, l.n * sizeof *entries);
	}
	free(l.entries);
	if (ok)
		*ret_list = (struct files_list){ entries, l.n };
	return ok ? FILES_OK : FILES_FAILED;
}

static void files_git_free(struct files *f)
{
	struct files_git *g = (struct files_git *)f;
	git_revision_free(g->revision);
	git_repo_free(g->repo);
	arena_free(g->arena);
	free(g);
}

static const struct files_ops files_git_ops = {
	.read = files_git_read, .list = files_git_list, .free = files_git_free,
};

/* "/x" of "/x/a/b" where git knows the folder as "a/b/", unless links led there. */
static void files_git_tops(struct files_git *g, const char *dir)
{
	struct str whole = str_of(files_absolute(g->arena, dir));
	struct str prefix = str_of(git_repo_prefix(g->repo));
	g->dir = g->top = arena_text(g->arena, whole);
	g->prefix = arena_printf(g->arena, "/%.*s", STR_ARG(prefix));
	g->real_top = git_repo_top(g->repo);
	size_t under = prefix.n ? whole.n - prefix.n : 0;
	if (prefix.n && whole.n > prefix.n && whole.p[under] == '/' &&
	    str_eq(str_slice(whole, under + 1, whole.n), str_slice(prefix, 0, prefix.n - 1)))
		g->top = arena_text(g->arena, str_slice(whole, 0, under));
}

static bool files_git_open(struct files_git *g, const char *dir, struct error *err)
{
	switch (git_repo_open(dir, &g->repo, err)) {
	case GIT_FAILED:
		return false;
	case GIT_NONE:
		return error_set(err, ERROR_PROJECT, "'%s' is in no git repository, so there is no %s",
		                 dir, g->name);
	case GIT_OPENED:
		break;
	}
	if (!git_repo_prefix(g->repo))
		return error_set(err, ERROR_PROJECT, "the git repository of '%s' is bare: it has no "
		                 "work tree that this project could lie in", dir);
	files_git_tops(g, dir);
	g->revision = git_revision_open(g->repo, g->name, err);
	return g->revision != NULL;
}

struct files *files_git(const char *dir, const char *revision, struct files *elsewhere,
                        struct error *err)
{
	struct files_git *g = xcalloc(1, sizeof *g);
	g->files.ops = &files_git_ops;
	g->files.root = elsewhere->root;
	g->elsewhere = elsewhere;
	g->arena = arena_new();
	g->name = arena_text(g->arena, str_of(revision));
	if (files_git_open(g, dir, err))
		return &g->files;
	files_free(&g->files);
	return NULL;
}
