#ifndef CORE_OS_TREE_H
#define CORE_OS_TREE_H

#include <stdint.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/base/own.h"

/* A folder and what lies below it, never reached through a link: the folder
 * itself may be named by one, below it every part of a path must be real
 * (openat2 of Linux 5.6 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS; where
 * that is not to be had, part by part with O_NOFOLLOW).  So no link that
 * somebody puts there, before or meanwhile, leads out of it.
 *
 * Paths below are relative, clean, without ".."; "" is the folder. */
struct tree;

struct tree_item {
	const char *name;       /* in its folder; any bytes but NUL and '/' */
	const char *link;       /* a symbolic link's target, or NULL */
	mode_t mode;            /* st_mode */
	uint64_t size;
	uint64_t dev, ino;
	int64_t mtime_ns, ctime_ns;
	bool readable;          /* by us; a link always is */
};

/* NULL when it is absent or cannot be opened.  A single file is a tree too: its
 * path is "". */
struct tree *tree_open(const char *dir, struct error *);
void tree_free(struct tree *);
OWN_DEFINE(tree)
/* What `path` leads to where `root` is the root of all, links and all: the file system of a
 * container, whose links mean nothing here.  An fd (O_PATH) for "/proc/self/fd/N", the
 * caller's to close; -1: err (ERROR_MISSING: there is none). */
int tree_within(const char *root, const char *path, struct error *err);
/* As asked for at tree_open; lives with the tree. */
const char *tree_dir(const struct tree *);
/* The folder (or file) itself; name is "". */
struct tree_item tree_root(const struct tree *);

/* item is lent for the call; false ends the listing, err being set. */
typedef bool tree_item_fn(void *data, const struct tree_item *item, struct error *);
/* A folder open for listing, the caller's to close; -1 on failure. */
int tree_open_folder(struct tree *, const char *dir, struct stat *ret_stat, struct error *);
/* Every name in it, in no order; fd is closed.  A name that vanishes meanwhile is left
 * out. */
bool tree_list_folder(struct tree *, const char *dir, int fd, tree_item_fn *, void *data,
                      struct error *);
/* Both. */
bool tree_list(struct tree *, const char *dir, tree_item_fn *, void *data, struct error *);

/* A regular file open for reading. */
struct tree_file {
	int fd;
	uint64_t size;          /* when it was opened */
	int64_t mtime_ns;
};

/* Refuses what is no regular file, without waiting for it. */
bool tree_file_open(struct tree *, const char *path, struct tree_file *ret_file, struct error *);
/* Up to room bytes in order; 0 at the end.  false: errno says why. */
bool tree_file_read(struct tree_file *, char *at, size_t room, size_t *ret_n);
/* Whether size or time are others than at opening. */
bool tree_file_has_changed(const struct tree_file *);
void tree_file_close(struct tree_file *);

/* Makes things below, for unpacking.  Folders on the way are made with 0755.  Modes
 * are taken as they are, whatever the umask. */
bool tree_make_dir(struct tree *, const char *path, struct error *);
/* A new empty file, open for writing; a file or link of that path is replaced, never
 * written through. The fd is the caller's. */
bool tree_make_file(struct tree *, const char *path, mode_t mode, int *ret_fd, struct error *);
/* A symbolic link; target is not looked at.  Replaces as tree_make_file does. */
bool tree_make_link(struct tree *, const char *path, const char *target, struct error *);
/* A second name for the regular file `of` of this tree. */
bool tree_make_name(struct tree *, const char *path, const char *of, struct error *);

/* All of bytes, whatever write(2) takes at a time. */
bool tree_write(int fd, struct str bytes, struct error *);
/* A new folder (0700) beside where `dir` is or shall be; its path, the caller's to
 * free, or NULL.  Folders above are made. */
char *tree_make_beside(const char *dir, struct error *);
/* Puts the folder `made` where dir is, at once; what was there is removed. */
bool tree_make_place(const char *made, const char *dir, struct error *);

#endif
