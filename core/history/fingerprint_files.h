#ifndef CORE_HISTORY_FINGERPRINT_FILES_H
#define CORE_HISTORY_FINGERPRINT_FILES_H

#include "core/history/fingerprint_chain.h"

/* Private to fingerprints: which files of the context instructions take, and the list of
 * them all. */
struct fingerprint_files {
	struct arena *arena;
	const struct context *context;  /* NULL: there is none */
	struct stat_cache *digests;
	struct str *known;              /* a digest for each entry; n 0: not looked at */
};

void fingerprint_files_init(struct fingerprint_files *, struct arena *, const struct context *,
                            struct stat_cache *);

/* Entries by their place in the context, each once, ascending. */
struct fingerprint_taken {
	uint32_t *entries;
	size_t n, cap;
};
void fingerprint_taken_finish(struct fingerprint_taken *);
/* What a source of COPY, ADD or a mount names: a path, wildcards in it (Go's
 * filepath.Match), what lies below; a link's target as well. */
void fingerprint_take(const struct fingerprint_files *, struct str source,
                      struct fingerprint_taken *);
/* To be called before the hash: sorts them. */
void fingerprint_taken_sort(struct fingerprint_taken *);
/* Paths, modes and contents into the hash.  false: one cannot be read. */
bool fingerprint_taken_hash(struct fingerprint_files *, const struct fingerprint_taken *,
                            struct sha256 *, struct error *);
/* All that were hashed, as they are written down, and which index an entry has among
 * them. */
const struct fingerprint_file *fingerprint_files_list(const struct fingerprint_files *,
                                                      uint32_t **ret_index, size_t *ret_n);

#endif
