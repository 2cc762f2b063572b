#ifndef CORE_OS_FILES_H
#define CORE_OS_FILES_H

#include <sys/stat.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/str.h"

/* Where bytes come from.  Readers and kinds never open(): so every path asked
 * for, absent ones too, is known and watched, unsaved edits are seen, and git
 * HEAD, a test or a fuzzer stands in for the disk.
 *
 * Paths are absolute or relative to the root given at birth, with '/'. */
struct files;

enum files_result { FILES_OK, FILES_ABSENT, FILES_FAILED };

struct files_entry {
	const char *name;       /* in its folder */
	bool is_dir, is_link;   /* is_dir follows a link */
};

struct files_list {
	const struct files_entry *entries;      /* by bytes of the name */
	size_t n;
};

/* First member of every implementation. */
struct files_ops {
	enum files_result (*read)(struct files *, const char *path, struct arena *,
	                          struct str *ret_text, struct error *);
	enum files_result (*list)(struct files *, const char *dir, struct arena *,
	                          struct files_list *ret_list, struct error *);
	void (*free)(struct files *);
	/* NULL: told by reading. */
	bool (*has)(struct files *, const char *path);
};

/* The operations get cleaned paths, relative ones joined to root if there is one. */
struct files_asked;
struct files {
	const struct files_ops *ops;
	struct files_asked *asked;      /* made at the first question */
	const char *root;               /* interned, or NULL */
	bool keeps_no_texts;
};

/* A whole configuration file larger than this is refused with ERROR_LIMIT. */
#define FILES_SIZE_MAX ((size_t)1 << 30)

/* Reading a folder, a device or a fifo is FILES_FAILED with a sentence. */
struct files *files_disk(const char *root);
/* Its own texts (files_memory_put) over those of `under`, which it borrows and
 * which may be NULL.  Relative paths mean those of under; what is asked here
 * counts as asked there too. */
struct files *files_memory(struct files *under);
/* Copies the text; text.p NULL makes the path absent whatever is under. */
void files_memory_put(struct files *memory, const char *path, struct str text);
void files_free(struct files *);
OWN_DEFINE(files)

/* The whole text, in the arena.  err is set only for FILES_FAILED. */
enum files_result files_read(struct files *, const char *path, struct arena *,
                             struct str *ret_text, struct error *);
enum files_result files_list(struct files *, const char *dir, struct arena *,
                             struct files_list *ret_list, struct error *);
/* True when path is there and is a file (or a link to one) that can be read. */
bool files_has(struct files *, const char *path);

/* Every path asked for since birth, once each, in order of asking: cleaned, and
 * below the root if relative, so fit for watch_add. */
void files_asked(const struct files *, void (*each)(void *data, const char *path), void *data);
/* The texts read so far as pairs of path (as above) and text, in the arena: what a
 * request carries so that what was shown is what is built.  A path read twice has
 * the text of its last reading; one that was not there has p NULL. */
struct pair *files_texts(const struct files *, struct arena *, size_t *ret_count);
/* What is read from now on is not kept for that: whoever sends no request saves a copy
 * of every text. */
void files_keep_no_texts(struct files *);

/* The same for a path that may be a pipe, a terminal or a device: reads to its end, so it
 * waits for whoever writes there.  For a command that was given the path, never for the
 * screen or for what a project names. */
enum files_result files_drain(const char *path, struct arena *, struct str *ret_text,
                              struct error *);

/* Opens a regular file for reading, close-on-exec, for those who pull bytes; the fd
 * is the caller's.  Never waits: a folder, device, fifo or socket is FILES_FAILED. */
enum files_result files_open(const char *path, int *ret_fd, struct stat *ret_stat,
                             struct error *);

/* "a/b" from "a" and "b"; an absolute name wins; in the arena. */
const char *files_join(struct arena *, const char *dir, const char *name);
/* Lexically without ".", "..", doubled and trailing '/'; "." for nothing left; what
 * leads out of a relative path stays in front ("../a"); in the arena. */
const char *files_clean(struct arena *, const char *path);
/* Made absolute against the working directory, then cleaned. */
const char *files_absolute(struct arena *, const char *path);

#endif
