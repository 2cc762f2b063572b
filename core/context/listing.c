#include "core/context/listing.h"

#include <sys/stat.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/os/touch.h"

/* Folders kept; beyond that all are forgotten. */
enum { LISTINGS_MAX = 200000 };

/* ---- one folder ---- */

struct listing_growing {
	struct arena *arena;
	struct tree_item *items;
	size_t n, cap;
};

static bool listing_append(void *data, const struct tree_item *item, struct error *err)
{
	struct listing_growing *g = data;
	(void)err;
	if (g->n == g->cap) {
		g->cap = g->cap ? 2 * g->cap : 32;
		g->items = xrealloc(g->items, g->cap, sizeof *g->items);
	}
	g->items[g->n] = *item;
	g->items[g->n].name = arena_text(g->arena, str_of(item->name));
	if (item->link)
		g->items[g->n].link = arena_text(g->arena, str_of(item->link));
	g->n++;
	return true;
}

static int listing_order(const void *a, const void *b)
{
	const struct tree_item *x = a, *y = b;
	return strcmp(x->name, y->name);
}

bool listing_read(struct tree *tree, const char *dir, int fd, struct arena *arena,
                  struct listing *ret_listing, struct error *err)
{
	struct listing_growing g = { .arena = arena };
	bool ok = tree_list_folder(tree, dir, fd, listing_append, &g, err);
	if (ok) {
		struct tree_item *items = arena_array(arena, g.n + 1, sizeof *items);
		if (g.n)
			memcpy(items, g.items, g.n * sizeof *items);
		qsort(items, g.n, sizeof *items, listing_order);
		*ret_listing = (struct listing){ items, g.n };
	}
	free(g.items);
	return ok;
}

/* ---- kept ones ---- */

struct listing_inode {
	uint64_t dev, ino;
};

struct listing_kept {
	struct listing_inode inode;
	int folder;                     /* touch's name for it; 0: not watched */
	bool is_fresh;
	struct arena *arena;            /* NULL while nothing is kept */
	struct listing listing;
};

struct listings {
	struct touch *touch;
	struct map by_inode;            /* of struct listing_kept */
	struct listing_kept **folders;  /* by touch's names; NULL: none */
	size_t nfolders;
	struct arena *lent;             /* listings that were replaced since the last update */
	bool sees_all;
};

struct listings *listings_new(void)
{
	struct listings *l = xcalloc(1, sizeof *l);
	*l = (struct listings){ .touch = touch_new(), .lent = arena_new(), .sees_all = true };
	return l;
}

static void listings_clear(struct listings *l)
{
	for (size_t i = 0; i < l->by_inode.n; i++) {
		struct listing_kept *k = l->by_inode.items[i].value;
		arena_free(k->arena);
		free(k);
	}
	map_finish(&l->by_inode);
	free(l->folders);
	arena_free(l->lent);
	touch_free(l->touch);
}

void listings_free(struct listings *l)
{
	if (!l)
		return;
	listings_clear(l);
	free(l);
}

static struct str listing_key(const struct listing_inode *inode)
{
	return (struct str){ (const char *)inode, sizeof *inode };
}

static struct listing_kept *listings_find(struct listings *l, const struct stat *st)
{
	struct listing_inode inode = { st->st_dev, st->st_ino };
	struct listing_kept *k = map_get(&l->by_inode, listing_key(&inode));
	if (k)
		return k;
	k = xcalloc(1, sizeof *k);
	k->inode = inode;
	map_set(&l->by_inode, listing_key(&k->inode), k);
	return k;
}

/* Before it is read, so that nothing is missed. */
static void listings_watch(struct listings *l, struct listing_kept *k, int fd)
{
	if (!k->folder && (k->folder = touch_add(l->touch, fd)) > 0) {
		size_t n = (size_t)k->folder + 1;
		if (n > l->nfolders) {
			l->folders = xrealloc(l->folders, 2 * n, sizeof(struct listing_kept *));
			memset(l->folders + l->nfolders, 0, (2 * n - l->nfolders) * sizeof *l->folders);
			l->nfolders = 2 * n;
		}
		l->folders[k->folder] = k;
	}
	l->sees_all = l->sees_all && k->folder > 0;
}

const struct listing *listings_get(struct listings *l, struct tree *tree, const char *dir,
                                   struct error *err)
{
	struct stat st;
	owned_fd int fd = tree_open_folder(tree, dir, &st, err);
	if (fd < 0)
		return NULL;
	struct listing_kept *k = listings_find(l, &st);
	if (k->is_fresh)
		return &k->listing;
	listings_watch(l, k, fd);
	owned(arena) struct arena *arena = arena_new();
	struct listing listing;
	if (!listing_read(tree, dir, take_fd(fd), arena, &listing, err))
		return NULL;
	/* The same folder may stand in a tree twice (bind mounts), one in the other. */
	if (k->arena)
		arena_keep(l->lent, k->arena);
	k->arena = take(arena);
	k->listing = listing;
	k->is_fresh = k->folder > 0;
	return &k->listing;
}

int listings_fd(const struct listings *l)
{
	return touch_fd(l->touch);
}

struct listings_told {
	struct listings *listings;
	bool any;
};

static void listings_touched(void *data, int folder, bool gone)
{
	struct listings_told *told = data;
	struct listings *l = told->listings;
	struct listing_kept *k = (size_t)folder < l->nfolders ? l->folders[folder] : NULL;
	told->any = true;
	if (!k)
		return;
	k->is_fresh = false;
	if (gone) {
		k->folder = 0;
		l->folders[folder] = NULL;
	}
}

bool listings_update(struct listings *l)
{
	struct listings_told told = { .listings = l };
	bool is_whole = touch_read(l->touch, listings_touched, &told);
	if (!is_whole || l->by_inode.n > LISTINGS_MAX || l->nfolders > 8 * LISTINGS_MAX) {
		listings_clear(l);
		*l = (struct listings){ .touch = touch_new() };
	} else {
		arena_free(l->lent);
	}
	l->lent = arena_new();
	l->sees_all = true;
	return told.any || !is_whole;
}

bool listings_sees_all(const struct listings *l)
{
	return l->sees_all;
}
