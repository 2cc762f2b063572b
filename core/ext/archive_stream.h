#ifndef CORE_EXT_ARCHIVE_STREAM_H
#define CORE_EXT_ARCHIVE_STREAM_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/own.h"

/* A tar (plain or gzip) as it comes, entry by entry, nothing written and nothing kept: for
 * looking at what nobody will unpack, such as the layers of an image.  So names, links and
 * types are told as they are, any bytes; who wants to unpack takes archive.h. */
struct archive_stream;

/* The next bytes of the archive, lent until the next call; n 0: its end. */
typedef bool archive_more_fn(void *data, struct str *ret_bytes, struct error *err);

/* name is for messages and lent. */
struct archive_stream *archive_stream_new(archive_more_fn *, void *data, const char *name);
void archive_stream_free(struct archive_stream *);
OWN_DEFINE(archive_stream)

/* Lent until the next entry. */
struct archive_entry_facts {
	const char *path;               /* "" where it cannot be said */
	const char *link;               /* a symbolic link's target, or NULL */
	const char *same_as;            /* a hard link: the other path, or NULL */
	mode_t mode;                    /* type and permission bits */
	uint64_t size;
};

enum archive_next { ARCHIVE_NEXT_ENTRY, ARCHIVE_NEXT_END, ARCHIVE_NEXT_FAILED };
/* NEXT_FAILED: err is set (ERROR_PROTOCOL: it is no such archive, or is broken). */
enum archive_next archive_stream_next(struct archive_stream *, struct archive_entry_facts *ret,
                                      struct error *err);
/* Bytes of the entry, lent until the next call, and where in it they stand; n 0: its end.
 * Holes are left out. */
bool archive_stream_read(struct archive_stream *, struct str *ret_bytes, uint64_t *ret_at,
                         struct error *err);

#endif
