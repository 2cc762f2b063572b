#include "tui/view_build.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/journal/build.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/list.h"

struct view_build {
	struct view view;
	struct journal *journal;
	struct build *build;
	struct list list;
};

static void view_build_more(struct journal *journal, void *data)
{
	struct view_build *b = data;
	build_update(b->build, journal);
	list_set_count(&b->list, b->build->nsteps);
	if (b->view.app)
		app_dirty(b->view.app);
}

static void view_build_draw(struct view *view, struct surface *s, struct area a)
{
	static const char *const marks[] = { ".", ">", "+", "=", "!", "x", "-" };
	struct view_build *b = (struct view_build *)view;
	struct pen pen = pen_at(s, area_cut_top(&a, 1), 0);
	pen_word(&pen, " ", INK(BAR));
	pen_text(&pen, b->build->id, INK(BARSTRONG));
	pen_word(&pen, !b->build->done ? "  running" : b->build->ok ? "  done" : "  failed", INK(BAR));
	pen_fill(&pen, INK(BAR));
	list_show(&b->list, a.rows);
	for (int row = 0; row < a.rows && b->list.top + (size_t)row < b->list.n; row++) {
		size_t i = b->list.top + (size_t)row;
		const struct step *step = &b->build->steps[i];
		owned_buf struct buf time = { 0 };
		clock_append_seconds(&time, step_seconds(step, clock_now()));
		pen = pen_at(s, a, row);
		pen.over = i == b->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		pen_printf(&pen, step->state == STEP_FAILED ? INK(ERROR) : INK(TEXT), "%s ", marks[step->state]);
		pen_text(&pen, step->name, INK(TEXT));
		pen_right(&pen, buf_str(&time), INK(FAINT));
		pen_fill(&pen, INK(TEXT));
	}
	list_draw_bar(&b->list, s, a);
}

static bool view_build_act(struct view *view, enum action action, unsigned count)
{
	struct view_build *b = (struct view_build *)view;
	return list_move(&b->list, action, count, 0);
}

static int64_t view_build_tick(struct view *view)
{
	return ((struct view_build *)view)->build->done ? -1 : 1000;
}

static void view_build_free(struct view *view)
{
	struct view_build *b = (struct view_build *)view;
	journal_free(b->journal);
	build_free(b->build);
	free(b);
}

static const struct hint view_build_hints[] = { { ACTION_BACK, "back" }, { 0, NULL } };
static const struct view_ops view_build_ops = {
	.name = "build", .where = WHERE_BUILD, .draw = view_build_draw, .act = view_build_act,
	.free = view_build_free, .tick = view_build_tick, .hints = view_build_hints,
};

struct view *view_build_new(struct loop *loop, const char *dir, struct error *err)
{
	struct view_build *b = xcalloc(1, sizeof *b);
	b->view.ops = &view_build_ops;
	b->build = build_new();
	b->journal = journal_open(dir, err);
	if (!b->journal || !journal_follow(b->journal, loop, view_build_more, b, err)) {
		view_build_free(&b->view);
		return NULL;
	}
	journal_refresh(b->journal);
	view_build_more(b->journal, b);
	return &b->view;
}
