#ifndef CORE_CONTEXT_LISTING_H
#define CORE_CONTEXT_LISTING_H

#include "core/base/arena.h"
#include "core/os/tree.h"

/* What is in a folder, in the order of names, so that a walk that enters each folder
 * where it stands meets paths in the order of a context. */
struct listing {
	const struct tree_item *items;
	size_t n;
};

/* fd: of the folder, as tree_open_folder gives it; closed.  Texts in the arena. */
bool listing_read(struct tree *, const char *dir, int fd, struct arena *,
                  struct listing *ret_listing, struct error *);

/* Listings that are kept for as long as nothing has happened in their folder, for who
 * scans the same trees again and again: of 100,000 files only those are looked at again
 * whose folders were touched.  By the folder's inode, so that one that moves, and what
 * is below it, is told from what stands in its place now. */
struct listings;

struct listings *listings_new(void);
void listings_free(struct listings *);
OWN_DEFINE(listings)
/* Lent until the next listings_update.  A folder that cannot be watched is read anew each
 * time. */
const struct listing *listings_get(struct listings *, struct tree *, const char *dir,
                                   struct error *);
/* Readable when something has happened in a folder that was listed; -1: never. */
int listings_fd(const struct listings *);
/* Takes in what has happened; true when anything has.  To be called before each scan. */
bool listings_update(struct listings *);
/* Whether all folders listed since the last listings_update are watched: else somebody has
 * to look now and then. */
bool listings_sees_all(const struct listings *);

#endif
