#ifndef TUI_WHY_H
#define TUI_WHY_H

#include "core/history/forecast.h"
#include "core/history/times.h"
#include "tui/popup.h"

/* The popup of `i`: what a step is forecast to do and why, which files, which setting is
 * behind it, how long it usually takes, and its last runs.  All is copied. */
struct why {
	struct str name, stage;                 /* of the step; stage n 0: none */
	const struct forecast_step *forecast;   /* NULL: there is none */
	struct str parent;                      /* name of the step forecast->parent; n 0: none */
	struct str note;                        /* the forecast's, or why there is none; n 0 */
	const struct times_range *usual;        /* NULL: never timed */
	const struct times_point *points;       /* oldest first; the last WHY_POINTS are shown */
	size_t npoints;
	bool is_meta;                           /* it makes no layer: nothing is forecast of it */
	bool is_stale;                          /* a new forecast is on its way */
};
enum { WHY_POINTS = 5 };

struct popup *why_new(const struct why *);
/* Its text, for tests and for who shows it elsewhere; lines as popup_new_text has them. */
void why_write(struct buf *out, const struct why *);
/* The seconds of runs as a line of bars, tallest the longest; "" where the locale has none. */
void why_append_bars(struct buf *out, const struct times_point *, size_t n);

#endif
