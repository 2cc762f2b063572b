#ifndef CORE_CONTEXT_CONTEXT_H
#define CORE_CONTEXT_CONTEXT_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/own.h"
#include "core/context/ignore.h"

/* A build context: entries first, bytes pulled later.  Several folders and
 * generated files make one tree: what is generated wins over trees, a later tree
 * over an earlier one, also where one has a file and the other a folder.  Folders
 * on the way to an entry are entries.  Entries are sorted by bytes with '/' lowest
 * (BuildKit's order), so a folder stands right before what it holds.  Adding only
 * notes; context_scan looks at the disk.
 *
 * Paths given are relative and cleaned here; one that leaves the context is an
 * error of context_scan. */
struct context;

/* More entries than this are refused (ERROR_LIMIT). */
enum { CONTEXT_ENTRIES_MAX = 10000000 };

struct entry {
	const char *path;       /* in the context, relative, no trailing '/' */
	const char *link;       /* a symbolic link's target, or NULL */
	const char *dir;        /* the tree the file is read from, below which no link is
	                         * followed, or NULL: bytes, a folder or a link */
	struct str bytes;
	mode_t mode;            /* type and permission bits as in st_mode */
	uint32_t below;         /* where in path the part below dir begins; "": dir is a file */
	uint64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;       /* of a tree's file, as are these: */
	uint64_t dev, ino;
};

struct context *context_new(void);
void context_free(struct context *);
OWN_DEFINE(context)

/* The tree of files below dir under prefix ("" for the context's root).  ignore
 * is borrowed until the context is freed, NULL: nothing; its patterns are
 * relative to dir.  A dir that is a single file is added as prefix itself.  dir may
 * be named by a link; links below it stay links and are never followed. */
void context_add_tree(struct context *, const char *dir, const char *prefix,
                      const struct ignore *ignore);
/* A generated file; bytes copied; wins over a tree's file of the same path and is
 * never ignored.  Its mtime is fixed (the epoch), so that it never spoils a cache. */
void context_add_bytes(struct context *, const char *path, mode_t mode, struct str bytes);
void context_add_dir(struct context *, const char *path, mode_t mode);
/* Leaves out path and what is below it of trees added so far (generated replaces). */
void context_drop(struct context *, const char *path);

/* Scans remember what they saw in there; borrowed until the context is freed. */
struct listings;
void context_remember(struct context *, struct listings *);

/* Looks at the disk and fixes the list of entries.  What cannot be a context
 * (unreadable, a socket, a path that leaves it) is an error that names it; what is
 * ignored is not looked at.  Again: the list is made anew, entries lent before die. */
bool context_scan(struct context *, struct error *);
/* Appends what was added that can be at `path` ("" for everything), below it or around
 * it, without a look at the disk: where two contexts say the same of a path they hold the
 * same there.  That they say something else proves nothing. */
void context_describe(const struct context *, const char *path, struct buf *out);
bool context_is_scanned(const struct context *);
size_t context_count(const struct context *);
const struct entry *context_entry(const struct context *, size_t);
/* NULL when there is none of this path. */
const struct entry *context_find(const struct context *, const char *path);
/* The order of paths here: by bytes, '/' lowest; <0, 0 or >0. */
int context_order(const char *a, const char *b);
/* Bytes of all regular files together. */
uint64_t context_size(const struct context *);

enum pull { PULL_DATA, PULL_DONE, PULL_FAILED };        /* FAILED: cut the stream */

/* The bytes of one entry.  Exactly entry->size of them come: a file that has
 * vanished, shrunk or grown since the scan is PULL_FAILED naming it. */
struct entry_reader;
/* Borrows the entry until freed. */
struct entry_reader *entry_reader_new(const struct entry *);
void entry_reader_free(struct entry_reader *);
OWN_DEFINE(entry_reader)
/* *ret_bytes is lent until the next pull (at most 256 KiB). */
enum pull entry_pull(struct entry_reader *, struct str *ret_bytes, struct error *);

/* SHA-256 over the entries whose path equals or lies below `path` ("" for all):
 * paths, types, modes, link targets and contents, not times: what a builder's
 * cache compares.  hex: 64 digits and NUL; with no such entry that of nothing.
 * false when a file cannot be read. */
bool context_digest(const struct context *, const char *path, char ret_hex[65], struct error *);

#endif
