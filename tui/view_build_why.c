/* The popup of `i` on a step of a build: what was forecast of it, and how long it takes. */
#include "core/history/forecast.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"
#include "tui/why.h"

/* A step that was said to be served and ran. */
static struct str why_it_ran(const struct forecast_step *f, const struct step *s)
{
	bool ran = s->state == STEP_RUNNING || s->state == STEP_DONE || s->state == STEP_FAILED;
	if (!f || f->verdict != VERDICT_HIT || !ran)
		return (struct str){ 0 };
	return f->sentence.n ? STR("it ran: what it takes from there was another one")
	                     : STR("it ran: the engine no longer had it");
}

void view_build_why(struct view_build *b)
{
	int at = b->steps.cursor < b->nrows ? b->rows[b->steps.cursor].step : -1;
	if (at < 0 && !b->all)
		at = b->step;
	if (at < 0) {
		app_say(b->view.app, "i tells of a step: j and k go to one");
		return;
	}
	owned(arena) struct arena *a = arena_new();
	const struct step *s = &b->build->steps[at];
	struct forecast f = { 0 };
	struct error ignored;
	struct times_range usual = { 0 };
	struct times_point points[WHY_POINTS];
	struct why why = { .name = s->name, .stage = s->stage, .is_meta = s->meta, .usual = &usual,
	                   .points = points };
	if (forecast_read_file(a, b->dir, &f, &ignored))
		why.forecast = forecast_find(&f, at);
	struct str ran = why_it_ran(why.forecast, s);
	why.note = ran.n ? ran : f.note;
	if (why.forecast && why.forecast->parent >= 0 &&
	    (size_t)why.forecast->parent < b->build->nsteps)
		why.parent = b->build->steps[why.forecast->parent].name;
	why.npoints = usual_look(b->usual, s, &usual, points, WHY_POINTS);
	app_open(b->view.app, why_new(&why));
}
