#ifndef CORE_CONTEXT_STAT_CACHE_H
#define CORE_CONTEXT_STAT_CACHE_H

#include "core/context/context.h"

/* Digests of files by what stat(2) says of them, so that what has not been touched is
 * not read again.  A digest is known for a path as long as device, inode, size and the
 * times of the last change of content and of anything are what they were when it was
 * read.  One changed so shortly before that a further change might have left the same
 * times is read again each time (git calls that racily clean): 100 ms where times have
 * fractions of seconds, 2 s where they have none (FAT).
 *
 * Kept in $XDG_CACHE_HOME/mortar/digests, one file for each root, written by a rename.
 * Processes that write it at once each write a whole one, the last stays; what is lost
 * thereby is read again.  A file that is broken, too large, somebody else's or of
 * another version counts as none. */
struct stat_cache;

/* More digests than this are not kept. */
enum { STAT_CACHE_MAX = 1 << 20 };

/* Reads what is kept for the root (an absolute path).  Never NULL: without a cache
 * folder nothing is kept. */
struct stat_cache *stat_cache_open(const char *root);
void stat_cache_free(struct stat_cache *);
OWN_DEFINE(stat_cache)

/* Hex SHA-256 of a file's content, of a link's target, or, of a folder, of nothing.  false
 * when the file cannot be read or is not the one that was listed any more. */
bool stat_cache_digest(struct stat_cache *, const struct entry *, char ret_hex[65],
                       struct error *);
/* Writes what has become known since; nothing to write is success.  What was not asked
 * for since stat_cache_open is forgotten when most of what is kept was not. */
bool stat_cache_save(struct stat_cache *, struct error *);

/* Since stat_cache_open: digests that were known, files that had to be read. */
struct stat_cache_counts {
	size_t known, read;
};
struct stat_cache_counts stat_cache_counts(const struct stat_cache *);

#endif
