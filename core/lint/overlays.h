#ifndef CORE_LINT_OVERLAYS_H
#define CORE_LINT_OVERLAYS_H

#include "core/lint/lint.h"

/* Rules about overlays, for any kind that has a cascade.  An overlay that is selected is
 * compared with the layers below it, any other one with its base alone; what is found in
 * those is a note. */

/* An overlay that says nothing but what stands there without it. */
void lint_overlay_idle(const struct rule *, const struct subject *, struct problems *);

/* What a key in an object may be that no layer below has there. */
enum overlay_place {
	OVERLAY_DECLARED,       /* a schema names it: nothing to say */
	OVERLAY_OPEN,           /* keys are names of the user's: told when it looks mistyped */
	OVERLAY_CLOSED,         /* it is told, or where it is not selected when mistyped */
};
/* pointer: of the object (RFC 6901) in the document. */
typedef enum overlay_place overlay_place_fn(const struct subject *, const struct document *,
                                            struct str pointer, struct str key);
/* Keys that no layer below has, at any depth and by either merge rule, with the name that
 * was probably meant. */
void lint_overlay_keys(const struct rule *, const struct subject *, overlay_place_fn *,
                       struct problems *);

#endif
