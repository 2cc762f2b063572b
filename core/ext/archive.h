#ifndef CORE_EXT_ARCHIVE_H
#define CORE_EXT_ARCHIVE_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"

/* The door to libarchive, for reading only: tar (plain, gzip, xz, bzip2) and zip.
 * Archives are hostile: every name must stay below the folder, whatever the order
 * of entries.  Refused with ERROR_PROJECT: absolute names, "..", a name that goes
 * through a link, links that lead out, devices, pipes, sockets, encrypted entries. */

struct archive_item {
	const char *path;       /* relative, clean; as in the archive, any bytes */
	const char *link;       /* a symbolic link's target, or NULL */
	const char *same_as;    /* a hard link: the path whose second name it is, or NULL */
	mode_t mode;            /* type, and 0755 or 0644 for what the archive says */
	uint64_t size;          /* 0 when the archive does not say beforehand */
	int64_t mtime;          /* seconds since the epoch */
};

/* What one archive may bring; more is ERROR_LIMIT. */
struct archive_limits {
	uint64_t bytes;         /* of all files, unpacked */
	size_t entries;
};
#define ARCHIVE_LIMITS ((struct archive_limits){ .bytes = (uint64_t)64 << 30, .entries = 1000000 })

/* Unpacks file, which messages call by name, beneath dir, which holds either what it
 * held or the whole archive: everything is made in a new folder beside it that then
 * takes its place.  Owners are ours, modes 0755 or 0644, files keep their times. */
bool archive_unpack(const char *file, const char *name, const char *dir, struct error *);
bool archive_unpack_within(const char *file, const char *name, const char *dir,
                           struct archive_limits, struct error *);

/* item is lent for the call; false ends the listing, err being set. */
typedef bool archive_item_fn(void *data, const struct archive_item *item, struct error *);
/* Each entry that unpacking would make, in order, contents read to the end, nothing
 * written. Fails as unpacking would, but for what two entries of one name do. */
bool archive_list(const char *file, archive_item_fn *, void *data, struct error *);
bool archive_list_bytes(struct str bytes, struct archive_limits, archive_item_fn *, void *data,
                        struct error *);

#endif
