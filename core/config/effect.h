#ifndef CORE_CONFIG_EFFECT_H
#define CORE_CONFIG_EFFECT_H

#include "core/config/settings.h"

/* What a change in one file of a document does to the configuration: told from the
 * document as it was read before and after. */

/* What another file of the document holds at the pointer. */
struct effect_other {
	const struct layer *layer;
	const struct value *value;
};

struct effect {
	const struct value *old, *now;          /* what the file held and holds; NULL: nothing */
	bool closed_up;                         /* an item was removed: those behind it moved up, */
	                                        /* and nothing else is told */
	const struct value *shows;              /* what the configuration has there; NULL: nothing */
	bool is_shown;                          /* and it is this file's, or put together with it */
	const struct effect_other *lower;       /* active files below that hold something there, the */
	size_t nlower;                          /* nearest first: shadowed */
	const struct effect_other *idle;        /* overlays of profiles not selected that would win */
	size_t nidle;
	const struct value *winner;             /* not shown: what stands there, or above, instead */
	/* Pointers of what was in the configuration and is no more, or something of another
	 * type, but for those at or below the change: names of the first few. */
	const struct str *lost;
	size_t nlost, nlost_named;
};
enum { EFFECT_NAMED = 5 };

/* profile: of the file changed, NULL for the base; removed: what was at the pointer, else
 * it was set.  Borrows both documents. */
void effect_tell(struct arena *, const struct document *before, const struct document *after,
                 const char *profile, struct str pointer, bool removed, struct effect *ret_effect);
/* The pointer with "-" as the index of the last item, since that is what has been added. */
struct str effect_settle(struct arena *, const struct value *root, struct str pointer);
/* The document's file of this profile (NULL: the base), or NULL when it is not there. */
const struct layer *document_layer(const struct document *, const char *profile);
/* "pesto/api/config.gpu.json" of "pesto/api/config.json"; in the arena. */
const char *document_overlay_path(struct arena *, const char *base, const char *profile);

#endif
