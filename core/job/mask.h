#ifndef CORE_JOB_MASK_H
#define CORE_JOB_MASK_H

#include "core/value/value.h"

/* Values of secrets become *** before anything is written, also where output comes
 * in pieces. */
struct mask;

/* Shorter values are no secrets: replacing them would eat the output. */
enum { MASK_MIN = 4 };

struct mask *mask_new(void);
void mask_free(struct mask *);
OWN_DEFINE(mask)
/* Copies the value; one shorter than MASK_MIN is left out. */
void mask_add(struct mask *, struct str secret);
/* The "user:password" and the password (or the lone token) of every URL in the
 * text, as written and percent-decoded. */
void mask_add_urls(struct mask *, struct str text);
bool mask_is_empty(const struct mask *);

/* The text itself when there is nothing to hide, else a copy in the arena. */
struct str mask_text(const struct mask *, struct arena *, struct str text);
/* The same for every string of a tree; keys stay. */
struct value *mask_value(const struct mask *, struct arena *, struct value *);

/* A stream's bytes that may be the beginning of a secret: fewer than the longest has.
 * {0} to begin. */
struct mask_stream {
	struct buf held;
};
void mask_stream_finish(struct mask_stream *);
/* Appends what can be told so far to out. */
void mask_feed(const struct mask *, struct mask_stream *, struct str bytes, struct buf *out);
/* The end, or a good moment: appends what was held. */
void mask_flush(const struct mask *, struct mask_stream *, struct buf *out);

#endif
