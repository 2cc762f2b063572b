#include "core/context/context_scan.h"

#include <sys/stat.h>

#include "core/base/check.h"
#include "core/os/tree.h"

/* A folder that is still to be listed. */
struct scan_folder {
	char *path;                     /* below the tree's folder; owned */
	size_t depth;
	mode_t mode;
	int64_t mtime_ns;
	bool kept;                      /* it is an entry by itself, not only for what it holds */
};

/* Folders are listed one at a time, deepest first, so only one is open and the
 * patterns' hits are kept for the folders above alone. */
struct scan {
	const struct addition *additions;
	size_t nadditions, at;
	const struct addition *add;
	struct arena *arena;
	struct record_list *records;
	struct tree *tree;
	struct buf path;                /* in the context */
	size_t below;                   /* where in it the part below the tree's folder begins */
	struct scan_folder *waiting;
	size_t nwaiting, waiting_cap;
	struct scan_folder *above;      /* the folders to the one being listed, by depth */
	size_t depth, above_cap;
	bool *hits;                     /* ignore_count for each of them */
};

static bool scan_is_at_or_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);
	return n == 0 || (!strncmp(path, folder, n) && (path[n] == '\0' || path[n] == '/'));
}

static bool scan_is_dropped(struct scan *s)
{
	for (size_t i = s->at + 1; i < s->nadditions; i++)
		if (s->additions[i].kind == ADDITION_DROP &&
		    scan_is_at_or_below(buf_text(&s->path), s->additions[i].path))
			return true;
	return false;
}

/* Makes s->path that of this place below the tree's folder. */
static void scan_set_path(struct scan *s, const char *folder, const char *name)
{
	s->path.n = s->below;
	buf_append_text(&s->path, folder);
	if (*folder && *name)
		buf_append_char(&s->path, '/');
	buf_append_text(&s->path, name);
	/* A tree's own folder has no '/' behind it. */
	if (s->path.n == s->below && s->below)
		s->path.n--;
}

static struct str scan_below(const struct scan *s)
{
	return str_slice(buf_str(&s->path), s->below, s->path.n);
}

static bool *scan_hits(const struct scan *s, size_t depth)
{
	return s->hits + depth * ignore_count(s->add->ignore);
}

static bool scan_is_ignored(const struct scan *s)
{
	const struct ignore *g = s->add->ignore;
	return g && ignore_matches_below(g, scan_hits(s, s->depth), scan_below(s));
}

static bool scan_append_folder(struct scan *s, const char *path, const struct scan_folder *f,
                               struct error *err)
{
	struct entry e = {
		.path = arena_text(s->arena, str_of(path)), .mode = f->mode, .mtime_ns = f->mtime_ns,
	};
	return record_append(s->records, &e, (uint32_t)s->at, err);
}

/* An ignored folder becomes an entry when something in it is kept. */
static bool scan_keep_above(struct scan *s, struct error *err)
{
	owned_buf struct buf path = { 0 };
	for (size_t i = 0; i <= s->depth; i++) {
		struct scan_folder *f = &s->above[i];
		if (f->kept)
			continue;
		buf_clear(&path);
		buf_append(&path, str_slice(buf_str(&s->path), 0, s->below));
		buf_append_text(&path, f->path);
		if (!scan_append_folder(s, buf_text(&path), f, err))
			return false;
		f->kept = true;
	}
	return true;
}

static const char *scan_type(mode_t mode)
{
	return S_ISFIFO(mode) ? "a named pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

static bool scan_append(struct scan *s, const struct tree_item *item, struct error *err)
{
	struct entry e = {
		.path = buf_text(&s->path), .dir = s->add->dir, .mode = item->mode,
		.below = (uint32_t)(s->path.n < s->below ? s->path.n : s->below),
		.size = item->size, .mtime_ns = item->mtime_ns, .ctime_ns = item->ctime_ns,
		.dev = item->dev, .ino = item->ino,
	};
	owned_buf struct buf file = { 0 };
	if (!S_ISREG(item->mode) && !S_ISLNK(item->mode))
		return error_set(err, ERROR_PROJECT,
		                 "'%s' is %s; a build context holds files, folders and links: add it "
		                 "to .dockerignore", entry_file(&e, &file), scan_type(item->mode));
	if (!item->readable)
		return error_set(err, ERROR_PROJECT,
		                 "'%s' may not be read by you; change its mode or add it to "
		                 ".dockerignore", entry_file(&e, &file));
	e.path = arena_text(s->arena, buf_str(&s->path));
	if (S_ISLNK(item->mode)) {
		e.link = arena_text(s->arena, str_of(item->link));
		e.dir = NULL;
		e.size = e.below = 0;
	}
	return record_append(s->records, &e, (uint32_t)s->at, err);
}

static void scan_wait(struct scan *s, const struct tree_item *item, size_t depth, bool kept)
{
	if (s->nwaiting == s->waiting_cap) {
		s->waiting_cap = s->waiting_cap ? s->waiting_cap * 2 : 64;
		s->waiting = xrealloc(s->waiting, s->waiting_cap, sizeof *s->waiting);
	}
	struct str below = scan_below(s);
	s->waiting[s->nwaiting++] = (struct scan_folder){
		.path = xstrndup(below.n ? below.p : "", below.n), .depth = depth,
		.mode = item->mode, .mtime_ns = item->mtime_ns, .kept = kept,
	};
}

/* A folder in the one being listed. */
static bool scan_folder_found(struct scan *s, const struct tree_item *item, struct error *err)
{
	const struct ignore *g = s->add->ignore;
	bool ignored = scan_is_ignored(s);
	if (ignored) {
		bool *hits = scan_hits(s, s->depth + 1);
		ignore_enter(g, scan_below(s), scan_hits(s, s->depth), hits);
		if (ignore_prunes_below(g, hits, scan_below(s)))
			return true;
	}
	scan_wait(s, item, s->depth + 1, !ignored);
	if (ignored)
		return true;
	return scan_keep_above(s, err) &&
	       scan_append_folder(s, buf_text(&s->path), &s->waiting[s->nwaiting - 1], err);
}

static bool scan_item(void *data, const struct tree_item *item, struct error *err)
{
	struct scan *s = data;
	scan_set_path(s, s->above[s->depth].path, item->name);
	if (scan_is_dropped(s))
		return true;
	if (S_ISDIR(item->mode))
		return scan_folder_found(s, item, err);
	return scan_is_ignored(s) || (scan_keep_above(s, err) && scan_append(s, item, err));
}

/* Makes f, which is taken, the folder being listed. */
static void scan_enter(struct scan *s, struct scan_folder f)
{
	const struct ignore *g = s->add->ignore;
	if (f.depth + 2 > s->above_cap) {
		size_t cap = (f.depth + 2) * 2;
		s->above = xrealloc(s->above, cap, sizeof *s->above);
		memset(s->above + s->above_cap, 0, (cap - s->above_cap) * sizeof *s->above);
		if (g)
			s->hits = xrealloc(s->hits, cap * (ignore_count(g) + 1), sizeof *s->hits);
		s->above_cap = cap;
	}
	free(s->above[f.depth].path);
	s->above[f.depth] = f;
	s->depth = f.depth;
	if (!g)
		return;
	if (f.depth)
		ignore_enter(g, str_of(f.path), scan_hits(s, f.depth - 1), scan_hits(s, f.depth));
	else
		memset(s->hits, 0, ignore_count(g) * sizeof *s->hits);
}

static bool scan_folders(struct scan *s, struct error *err)
{
	struct tree_item root = tree_root(s->tree);
	scan_set_path(s, "", "");
	/* The context's own folder is no entry. */
	scan_wait(s, &root, 0, true);
	if (s->add->path[0] && !scan_append_folder(s, s->add->path, &s->waiting[0], err))
		return false;
	while (s->nwaiting) {
		scan_enter(s, s->waiting[--s->nwaiting]);
		if (!tree_list(s->tree, s->above[s->depth].path, scan_item, s, err))
			return false;
	}
	return true;
}

static bool scan_single_file(struct scan *s, struct error *err)
{
	struct tree_item root = tree_root(s->tree);
	if (s->add->path[0] == '\0')
		return error_set(err, ERROR_PROJECT,
		                 "'%s' is a file, so it needs a name in the build context", s->add->dir);
	scan_set_path(s, "", "");
	return scan_append(s, &root, err);
}

static void scan_finish(struct scan *s)
{
	for (size_t i = 0; i < s->nwaiting; i++)
		free(s->waiting[i].path);
	for (size_t i = 0; i < s->above_cap; i++)
		free(s->above[i].path);
	free(s->waiting);
	free(s->above);
	free(s->hits);
	buf_finish(&s->path);
	tree_free(s->tree);
}

bool context_scan_tree(const struct addition *additions, size_t n, size_t at, struct arena *a,
                       struct record_list *records, struct error *err)
{
	struct scan s = {
		.additions = additions, .nadditions = n, .at = at, .add = &additions[at],
		.arena = a, .records = records,
	};
	buf_append_text(&s.path, s.add->path);
	if (scan_is_dropped(&s)) {
		scan_finish(&s);
		return true;
	}
	if (s.add->path[0])
		buf_append_char(&s.path, '/');
	s.below = s.path.n;
	s.tree = tree_open(s.add->dir, err);
	bool ok = s.tree && (S_ISDIR(tree_root(s.tree).mode) ? scan_folders(&s, err)
	                                                      : scan_single_file(&s, err));
	scan_finish(&s);
	return ok;
}
