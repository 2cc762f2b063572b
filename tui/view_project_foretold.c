/* The project view: what the cache will do. */
#include "core/job/steps.h"
#include "core/os/files.h"
#include "tui/view_project_inside.h"
#include "tui/why.h"

/* Builds that the bars are made from. */
enum { FORETOLD_BUILDS = 20 };

void view_project_foretold(void *data)
{
	struct view_project *v = data;
	dockerfile_foretell(&v->dockerfile, &v->foretold);
	/* Another forecast of the same files: the context has changed, or it was not there yet. */
	if (!v->foretold.is_stale)
		linted_ask(&v->linted, app_loop(v->view.app));
	app_dirty(v->view.app);
}

/* The longest of three sentences that fits; "" when none does. */
static void foretold_sentence(const struct view_project *v, int room, struct buf *out)
{
	static const char *const starts[] = { "if you build now", "now", "" };
	const char *level = v->project->selection.level;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		bool brief = !starts[i][0];
		owned_buf struct buf sum = { 0 };
		foretold_write_sum(&v->foretold, brief, &sum);
		buf_clear(out);
		if (!sum.n)
			return;
		buf_printf(out, " %s", starts[i]);
		if (level && !brief)
			buf_printf(out, " at %s", level);
		buf_printf(out, "%s%.*s%s ", brief ? "" : ": ", STR_ARG(buf_str(&sum)),
		           v->foretold.is_stale ? " (old)" : "");
		if ((int)text_width(buf_str(out)) <= room)
			return;
	}
	buf_clear(out);
}

/* At the right of the strip's upper line, where what stands there leaves room. */
void view_project_draw_foretold(const struct view_project *v, struct surface *s, struct area line,
                                int from)
{
	owned_buf struct buf text = { 0 };
	foretold_sentence(v, line.cols - from - 4, &text);
	int width = (int)text_width(buf_str(&text));
	struct pen pen = pen_at(s, area_cols(line, line.cols - width - 2, width), 0);
	pen_text(&pen, buf_str(&text), v->foretold.is_stale ? INK(STALE) : INK(TEXT));
}

/* What the history knows of the step; times NULL: nothing. */
static void foretold_look(const struct times *times, struct why *w, struct times_range *usual,
                          struct times_point points[WHY_POINTS])
{
	w->usual = usual;
	w->points = points;
	if (!times)
		return;
	times_step(times, w->stage, w->name, usual);
	w->npoints = times_series(times, w->stage, w->name, points, WHY_POINTS);
}

static void foretold_open(struct view_project *v, struct arena *a, size_t at)
{
	const struct recipe *r = v->dockerfile.recipe;
	const struct instruction *in = &r->instructions[at];
	const struct foretold *f = &v->foretold;
	const struct forecast_step *step = f->arena ? foretold_find(f, r, at) : NULL;
	int parent = step ? foretold_instruction(f, step->parent) : -1;
	struct times_point points[WHY_POINTS];
	struct times_range usual = { 0 };
	struct error ignored;
	owned_buf struct buf stage = { 0 };
	if (in->stage >= 0 && (r->nstages > 1 || r->stages[0].name.n))
		recipe_stage_name(r, in->stage, &stage);
	struct why why = {
		.name = steps_name(a, in->text), .stage = buf_str(&stage), .forecast = step,
		.note = f->forecast.note, .is_stale = f->is_stale,
		.is_meta = !instruction_makes_layer(in->kind),
	};
	if (parent >= 0 && (size_t)parent < r->ninstructions)
		why.parent = steps_name(a, r->instructions[parent].text);
	owned(times) struct times *times = times_read(
		files_absolute(a, v->plan->root), v->plan->project,
		f->forecast.engine.n ? arena_text(a, f->forecast.engine) : NULL, NULL, FORETOLD_BUILDS,
		&ignored);
	foretold_look(times, &why, &usual, points);
	owned_buf struct buf text = { 0 }, values = { 0 };
	why_write(&text, &why);
	view_project_append_values(v, (int)at, &values);
	if (values.n)
		buf_printf(&text, "\n\n\x01Variables\n%s", buf_text(&values));
	app_open(v->view.app, popup_new_text("Step", buf_take(&text)));
}

bool view_project_info(struct view_project *v)
{
	owned(arena) struct arena *a = arena_new();
	int at = dockerfile_instruction(&v->dockerfile);
	if (v->focus != PANE_DOCKERFILE || at < 0)
		app_say(v->view.app, "i tells of an instruction: Tab goes to the Dockerfile's lines");
	else
		foretold_open(v, a, (size_t)at);
	return true;
}
