#ifndef CORE_ENGINE_SESSION_FILTER_H
#define CORE_ENGINE_SESSION_FILTER_H

#include "core/base/arena.h"
#include "core/context/context.h"

/* Which entries of a context a daemon wants to hear of (fsutil's FilterOpt).  An entry is
 * wanted when one of the patterns or paths matches it or a folder that it is in; folders on
 * the way to it come with it.  Nothing asked for: all of them. */
struct session_filter {
	const struct str *includes;     /* patterns as those of .dockerignore */
	size_t nincludes;
	/* Patterns too; where a part is a symbolic link of the context, both the link and what
	 * it leads to. An absolute target starts at the context's root, out of which none leads. */
	const struct str *followed;
	size_t nfollowed;
};

/* Their numbers, ascending, in the arena.  What cannot be understood as a pattern makes
 * everything wanted: too much does no harm. */
void session_filter_make(struct arena *, const struct context *, const struct session_filter *,
                         const uint32_t **ret_entries, size_t *ret_n);

/* The values of a list in metadata as the daemon means them: escaped as in URLs, where
 * is_encoded. false: not well escaped. */
bool session_filter_decode(struct arena *, struct str value, bool is_encoded,
                           struct str *ret_value);

#endif
