#ifndef TUI_USUAL_H
#define TUI_USUAL_H

#include "core/history/times.h"
#include "core/journal/build.h"

/* How long a build and its steps usually take, beside how long they take: in words, for
 * the build view and for `mortar attach`.  Usual is the median of the last builds of the
 * project on the engine (core/history/times.h); slow is what lasts longer than nine of ten
 * of at least three, and a second more than usual. */
struct usual;

enum { USUAL_BUILDS = 10 };

/* Reads what is known of former builds of this one, which has begun; dir: its folder.
 * NULL: nothing is known. */
struct usual *usual_read(const struct build *, const char *dir);
void usual_free(struct usual *);
OWN_DEFINE(usual)

/* Of a step that runs for so many seconds or took them: "~40s" while it runs, "slow +40%"
 * once it is; of one that waits what is to be expected, "~40s" or "~cached".  Nothing when
 * nothing is known, or when there is nothing to say of it any more.  true: it is slow. */
bool usual_append_step(const struct usual *, const struct step *, double seconds, struct buf *out);
/* "usual 38s to 52s", p25 to p90 of the former runs, or nothing. */
void usual_append_range(const struct usual *, const struct step *, struct buf *out);
/* The range of former runs and the last of them, for who shows them: how many were put
 * into `ret`, oldest first.  Their ids live with the usual. */
size_t usual_look(const struct usual *, const struct step *, struct times_range *ret_range,
                  struct times_point *ret, size_t max);
/* "left 2m10s-3m05s": p25 to p90 of what former builds took from here on; "left
 * >2m10s" when some steps never ran or one runs longer than ever, "late" when that is the
 * last.  Nothing once it is over.  Reckoned anew at most once a second; now: as in the journal. */
void usual_append_left(struct usual *, const struct build *, double now, struct buf *out);

/* What became of a forecast: "!hit" when a hit was foretold and the step ran, "!miss" the
 * other way; NULL: it came true, or there was none. */
const char *usual_wrong_forecast(const struct step *);

#endif
