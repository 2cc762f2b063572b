#ifndef CORE_OS_APPEND_H
#define CORE_OS_APPEND_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/str.h"

/* A file of ours that only grows, by whole pieces: what could not be written in
 * full is taken back, so readers never meet half a piece followed by another. */
struct append {
	int fd;                         /* owned; -1 when closed */
	uint64_t size;                  /* of the file: where the next piece begins */
	const char *path;               /* interned */
};

/* Makes the file, mode 0600; one that is there already is an error. */
bool append_create(struct append *, const char *path, struct error *);
/* One write(2).  On failure (a full disk) the file is as it was before. */
bool append_write(struct append *, struct str piece, struct error *);
/* To the disk. */
bool append_sync(struct append *, struct error *);
void append_close(struct append *);

/* One write(2) to the end of a file that other processes append to as well; made with
 * mode 0600.  On failure a part of the piece may be there. */
bool append_shared(const char *path, struct str piece, struct error *);

#endif
