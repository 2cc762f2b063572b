#ifndef CORE_JOB_TALLY_H
#define CORE_JOB_TALLY_H

#include "core/journal/build.h"
#include "core/recipe/recipe.h"

/* What a job's events come to, taken in as they are written: so what is told or
 * learned at the end needs no second look at a journal of a million lines. */
struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *);
OWN_DEFINE(tally)
/* fields: masked, or NULL. */
void tally_event(struct tally *, double t, enum event_kind, int step, const struct value *fields);
void tally_log(struct tally *, int step, int stream, struct str bytes);
/* The build so far; its logs left out. */
const struct build *tally_build(const struct tally *);
/* Writes times.json into the build's folder, done: build.done's fields.  recipe: what was
 * sent, or NULL.  A build of which no step began leaves none; one that cannot be written is
 * done without. */
void tally_write(struct tally *, const char *dir, const struct recipe *, double t,
                 const struct value *done);

#endif
