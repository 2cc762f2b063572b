#ifndef CORE_CONTEXT_CONTEXT_SCAN_H
#define CORE_CONTEXT_CONTEXT_SCAN_H

#include "core/base/arena.h"
#include "core/context/context.h"

/* Private to context: what was added, and what looking at the disk makes of it. */
enum addition_kind { ADDITION_TREE, ADDITION_BYTES, ADDITION_DIR, ADDITION_DROP };

struct addition {
	enum addition_kind kind;
	const char *path;               /* in the context; a tree's prefix */
	const char *dir;                /* a tree's, without '/' at the end */
	const struct ignore *ignore;
	struct str bytes;
	mode_t mode;
};

/* An entry and how strong it is: the higher rank wins a path. */
struct record {
	struct entry entry;
	uint32_t rank;
};
#define RECORD_GENERATED ((uint32_t)1 << 31)

/* The records stand in the arena and are moved about by their pointers. */
struct record_list {
	struct arena *arena;
	struct record **items;
	size_t n, cap;
};

/* Copies the entry, not its texts. */
bool record_append(struct record_list *, const struct entry *, uint32_t rank, struct error *);
/* The entries of additions[at], a tree; texts in the arena.  Listings NULL: none are
 * kept. */
bool context_scan_tree(const struct addition *additions, size_t n, size_t at,
                       struct listings *, struct arena *, struct record_list *,
                       struct error *);
/* One entry a path, sorted, with the folders they stand in: those of the records and, in
 * their arena, others.  The list is the caller's to free.  Sorts the records. */
bool context_merge(struct record_list *, struct entry ***ret_entries, size_t *ret_n,
                   struct error *);
/* Its path on the disk, for messages; e->dir is set. */
const char *entry_file(const struct entry *, struct buf *scratch);
/* Where the entry of this path stands; context_count when there is none. */
size_t context_index(const struct context *, const char *path);

#endif
