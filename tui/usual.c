#include "tui/usual.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/critical.h"
#include "core/os/clock.h"

enum { USUAL_RUNS = 3 };                /* fewer call nothing slow */

struct usual {
	struct times *times;
	struct critical *critical;
	/* What remains, as of a second. */
	struct eta eta;
	bool has_eta;
	long second;
};

struct usual *usual_read(const struct build *b, const char *dir)
{
	struct error ignored;
	owned(arena) struct arena *arena = arena_new();
	if (b->nbuilds || !b->root.n)
		return NULL;
	struct times *times = times_read(arena_text(arena, b->root), arena_text(arena, b->project),
	                                 arena_text(arena, b->engine), arena_text(arena, b->address),
	                                 USUAL_BUILDS, &ignored);
	if (!times || !times_builds(times)) {
		times_free(times);
		return NULL;
	}
	struct usual *u = xcalloc(1, sizeof *u);
	*u = (struct usual){ .times = times, .critical = critical_of_folder(b, dir), .second = -1 };
	return u;
}

void usual_free(struct usual *u)
{
	if (!u)
		return;
	times_free(u->times);
	critical_free(u->critical);
	free(u);
}

static bool usual_range(const struct usual *u, const struct step *s, struct times_range *ret_range)
{
	return u && !s->meta && times_step(u->times, s->stage, s->name, ret_range);
}

bool usual_append_step(const struct usual *u, const struct step *s, double seconds, struct buf *out)
{
	struct times_range range;
	bool runs = s->state == STEP_RUNNING, ran = s->state == STEP_DONE || s->state == STEP_FAILED;
	if (s->state == STEP_WAITING && str_eq(s->forecast, STR("hit"))) {
		buf_append(out, STR("~cached"));
		return false;
	}
	if (!usual_range(u, s, &range))
		return false;
	bool slow = range.n >= USUAL_RUNS && seconds > range.p90 && seconds >= range.p50 + 1;
	if (slow && (runs || ran)) {
		double more = range.p50 > 0 ? 100 * (seconds / range.p50 - 1) : 999;
		buf_printf(out, "slow +%.0f%%", more < 999 ? more : 999);
		return true;
	}
	if (!runs && s->state != STEP_WAITING)
		return false;
	buf_append_char(out, '~');
	clock_append_seconds(out, range.p50);
	return false;
}

void usual_append_range(const struct usual *u, const struct step *s, struct buf *out)
{
	struct times_range range;
	if (!usual_range(u, s, &range))
		return;
	buf_append(out, STR("usual "));
	clock_append_range(out, range.p25, range.p90, " to ");
}

size_t usual_look(const struct usual *u, const struct step *s, struct times_range *ret_range,
                  struct times_point *ret, size_t max)
{
	*ret_range = (struct times_range){ 0 };
	if (!u)
		return 0;
	times_step(u->times, s->stage, s->name, ret_range);
	return times_series(u->times, s->stage, s->name, ret, max);
}

void usual_append_left(struct usual *u, const struct build *b, double now, struct buf *out)
{
	if (!u || !u->critical || b->done || now < b->started)
		return;
	if ((long)now != u->second) {
		u->second = (long)now;
		u->has_eta = eta_range(b, u->critical, u->times, now, &u->eta);
	}
	const struct critical_range *left = &u->eta.left;
	if (!u->has_eta)
		return;
	/* Of what never ran, or lasts longer than ever, nobody knows the end. */
	bool at_least = left->unknown || u->eta.is_late;
	if (left->p90 < 1) {
		buf_append_text(out, at_least ? "late" : "");
		return;
	}
	buf_append_text(out, at_least ? "left >" : "left ");
	clock_append_seconds(out, (double)(long)left->p25);
	if (at_least || (long)left->p90 == (long)left->p25)
		return;
	buf_append_char(out, '-');
	clock_append_seconds(out, (double)(long)left->p90);
}

const char *usual_wrong_forecast(const struct step *s)
{
	bool ran = s->state == STEP_RUNNING || s->state == STEP_DONE || s->state == STEP_FAILED;
	if (ran && str_eq(s->forecast, STR("hit")))
		return "!hit";
	return s->state == STEP_CACHED && str_eq(s->forecast, STR("miss")) ? "!miss" : NULL;
}
