#ifndef CORE_JOB_RECORD_H
#define CORE_JOB_RECORD_H

#include "core/job/mask.h"
#include "core/job/tally.h"
#include "core/journal/journal.h"

/* What the job tells its journal: masked, output gathered into chunks, progress
 * thinned out.  The first failure to write (a full disk) is kept and told once from
 * the loop; everything after it is dropped but for record_last. */
struct record;

/* Borrows all of it.  failed: from the loop, never from inside a call here. */
struct record *record_new(struct loop *, struct journal_writer *, const struct mask *,
                          void (*failed)(void *data), void *data);
void record_free(struct record *);
OWN_DEFINE(record)

/* For fields of the next event: reset by each record_event. */
struct arena *record_arena(struct record *);
/* fields (in record_arena) or NULL; step -1: none.  Output of that step, or all of it
 * for step -1, is written first. */
void record_event(struct record *, enum event_kind, int step, struct value *fields);
void record_warning(struct record *, int step, struct str text);
/* Gathered per step and stream up to JOURNAL_CHUNK bytes or RECORD_DELAY_MS. */
enum { RECORD_DELAY_MS = 20 };
void record_log(struct record *, int step, int stream, struct str bytes, double t);
/* At most ten a second for each id of a step, but the first and the last. */
void record_progress(struct record *, int step, struct str id, uint64_t current, uint64_t total);

/* NULL while all could be written. */
const struct error *record_error(const struct record *);
/* What has been told so far. */
struct tally *record_tally(struct record *);
/* build.done, with the reserve released if it takes that; nothing is written after it. */
void record_last(struct record *, struct value *fields);

#endif
