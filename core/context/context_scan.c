#include "core/context/context_scan.h"

#include <sys/stat.h>

#include "core/base/check.h"
#include "core/context/listing.h"

/* A folder that is being walked through. */
struct scan_folder {
	size_t n;                       /* of scan.path: its own */
	mode_t mode;
	int64_t mtime_ns;
	bool kept;                      /* it is an entry by itself, not only for what it holds */
	struct listing listing;
	size_t next;                    /* of its items */
	struct arena *arena;            /* of a listing that is not kept, or NULL */
};

/* Each folder is walked through where it stands, so entries come in order.  The
 * patterns' hits are kept for the folders above alone. */
struct scan {
	const struct addition *additions;
	size_t nadditions, at;
	const struct addition *add;
	struct arena *arena;
	struct record_list *records;
	struct listings *listings;
	struct tree *tree;
	struct buf path;                /* in the context */
	size_t below;                   /* where in it the part below the tree's folder begins */
	struct scan_folder *above;      /* the folders to the one being walked through, by depth */
	size_t depth, nabove, above_cap;
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

/* Makes s->path that of this name in the folder. */
static void scan_set_path(struct scan *s, const struct scan_folder *folder, const char *name)
{
	s->path.n = folder->n;
	if (folder->n)
		buf_append_char(&s->path, '/');
	buf_append_text(&s->path, name);
}

/* That of the tree's own, which has no '/' behind it. */
static void scan_set_own_path(struct scan *s)
{
	s->path.n = s->below ? s->below - 1 : 0;
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
		buf_append(&path, str_slice(buf_str(&s->path), 0, f->n));
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

static bool scan_list(struct scan *s, const char *dir, struct scan_folder *f, struct error *err)
{
	struct stat st;
	if (s->listings) {
		const struct listing *kept = listings_get(s->listings, s->tree, dir, err);
		f->listing = kept ? *kept : (struct listing){ 0 };
		return kept;
	}
	f->arena = arena_new();
	int fd = tree_open_folder(s->tree, dir, &st, err);
	return fd >= 0 && listing_read(s->tree, dir, fd, f->arena, &f->listing, err);
}

/* The folder at s->path becomes the one being walked through. */
static bool scan_enter(struct scan *s, size_t depth, struct scan_folder f, struct error *err)
{
	const struct ignore *g = s->add->ignore;
	const char *below = buf_text(&s->path) + (s->path.n < s->below ? s->path.n : s->below);
	if (depth + 2 > s->above_cap) {
		s->above_cap = (depth + 2) * 2;
		s->above = xrealloc(s->above, s->above_cap, sizeof *s->above);
		if (g)
			s->hits = xrealloc(s->hits, s->above_cap * (ignore_count(g) + 1),
			                   sizeof *s->hits);
	}
	if (g && depth)
		ignore_enter(g, str_of(below), scan_hits(s, depth - 1), scan_hits(s, depth));
	else if (g)
		memset(s->hits, 0, ignore_count(g) * sizeof *s->hits);
	bool ok = scan_list(s, below, &f, err);
	s->above[depth] = f;
	s->nabove = depth + 1;
	s->depth = depth;
	return ok;
}

/* A folder in the one being walked through. */
static bool scan_folder_found(struct scan *s, const struct tree_item *item, struct error *err)
{
	const struct ignore *g = s->add->ignore;
	bool ignored = scan_is_ignored(s);
	struct scan_folder f = {
		.n = s->path.n, .mode = item->mode, .mtime_ns = item->mtime_ns, .kept = !ignored,
	};
	if (ignored) {
		bool *hits = scan_hits(s, s->depth + 1);
		ignore_enter(g, scan_below(s), scan_hits(s, s->depth), hits);
		if (ignore_prunes_below(g, hits, scan_below(s)))
			return true;
	}
	if (!ignored && (!scan_keep_above(s, err) ||
	                 !scan_append_folder(s, buf_text(&s->path), &f, err)))
		return false;
	return scan_enter(s, s->depth + 1, f, err);
}

static bool scan_item(struct scan *s, const struct tree_item *item, struct error *err)
{
	scan_set_path(s, &s->above[s->depth], item->name);
	if (scan_is_dropped(s))
		return true;
	if (S_ISDIR(item->mode))
		return scan_folder_found(s, item, err);
	return scan_is_ignored(s) || (scan_keep_above(s, err) && scan_append(s, item, err));
}

static void scan_leave(struct scan *s)
{
	arena_free(s->above[--s->nabove].arena);
	s->depth = s->nabove ? s->nabove - 1 : 0;
}

static bool scan_folders(struct scan *s, struct error *err)
{
	struct tree_item root = tree_root(s->tree);
	scan_set_own_path(s);
	/* The context's own folder is no entry. */
	struct scan_folder f = { .n = s->path.n, .mode = root.mode, .mtime_ns = root.mtime_ns,
	                         .kept = true };
	if (s->add->path[0] && !scan_append_folder(s, s->add->path, &f, err))
		return false;
	bool ok = scan_enter(s, 0, f, err);
	while (ok && s->nabove) {
		struct scan_folder *top = &s->above[s->depth];
		if (top->next == top->listing.n)
			scan_leave(s);
		else
			ok = scan_item(s, &top->listing.items[top->next++], err);
	}
	return ok;
}

static bool scan_single_file(struct scan *s, struct error *err)
{
	struct tree_item root = tree_root(s->tree);
	if (s->add->path[0] == '\0')
		return error_set(err, ERROR_PROJECT,
		                 "'%s' is a file, so it needs a name in the build context", s->add->dir);
	scan_set_own_path(s);
	return scan_append(s, &root, err);
}

static void scan_finish(struct scan *s)
{
	while (s->nabove)
		scan_leave(s);
	free(s->above);
	free(s->hits);
	buf_finish(&s->path);
	tree_free(s->tree);
}

bool context_scan_tree(const struct addition *additions, size_t n, size_t at,
                       struct listings *listings, struct arena *a, struct record_list *records,
                       struct error *err)
{
	struct scan s = {
		.additions = additions, .nadditions = n, .at = at, .add = &additions[at],
		.arena = a, .records = records, .listings = listings,
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
