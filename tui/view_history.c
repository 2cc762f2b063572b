#include "tui/view_history.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/request.h"
#include "tui/app.h"
#include "tui/list.h"

struct view_history {
	struct view view;
	struct arena *arena;
	const char *const *ids;
	struct list list;
};

static void view_history_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_history *h = (struct view_history *)view;
	struct pen pen = pen_at(s, area_cut_top(&a, 1), 0);
	pen_printf(&pen, INK(BARSTRONG), " %zu builds", h->list.n);
	pen_fill(&pen, INK(BAR));
	list_show(&h->list, a.rows);
	for (int row = 0; row < a.rows && h->list.top + (size_t)row < h->list.n; row++) {
		size_t i = h->list.top + (size_t)row;
		pen = pen_at(s, a, row);
		pen.over = i == h->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		pen_printf(&pen, INK(TEXT), " %s", h->ids[i]);
		pen_fill(&pen, INK(TEXT));
	}
	list_draw_bar(&h->list, s, a);
}

static bool view_history_act(struct view *view, enum action action, unsigned count)
{
	struct view_history *h = (struct view_history *)view;
	struct error err;
	if (action != ACTION_ENTER)
		return list_move(&h->list, action, count, 0);
	if (h->list.n == 0)
		return false;
	const char *dir = request_find(h->ids[h->list.cursor], &err);
	if (dir)
		app_open_build(view->app, dir);
	else
		app_alert(view->app, "%s", err.text);
	return true;
}

static void view_history_free(struct view *view)
{
	struct view_history *h = (struct view_history *)view;
	arena_free(h->arena);
	free(h);
}

static const struct hint view_history_hints[] = {
	{ ACTION_ENTER, "open" }, { ACTION_BACK, "back" }, { 0, NULL },
};
static const struct view_ops view_history_ops = {
	.name = "history", .where = WHERE_HISTORY, .draw = view_history_draw,
	.act = view_history_act, .free = view_history_free, .hints = view_history_hints,
};

struct view *view_history_new(struct loop *loop, struct error *err)
{
	struct view_history *h = xcalloc(1, sizeof *h);
	(void)loop;
	h->view.ops = &view_history_ops;
	h->arena = arena_new();
	size_t n = 0;
	h->ids = request_list(h->arena, &n, err);
	if (!h->ids) {
		view_history_free(&h->view);
		return NULL;
	}
	list_set_count(&h->list, n);
	return &h->view;
}
