#include "tui/view_help.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"

struct view_help {
	struct view view;
	const struct view_ops *from;
	struct list list;
	enum action lines[ACTION_COUNT];
};

static void view_help_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_help *h = (struct view_help *)view;
	struct pen pen = pen_at(s, area_cut_top(&a, 1), 0);
	pen_printf(&pen, INK(BARSTRONG), " Keys of the %s view", h->from->name);
	pen_fill(&pen, INK(BAR));
	list_show(&h->list, a.rows);
	for (int row = 0; row < a.rows && h->list.top + (size_t)row < h->list.n; row++) {
		size_t i = h->list.top + (size_t)row;
		const struct keymap_entry *entry = keymap_entry(h->lines[i]);
		pen = pen_at(s, a, row);
		pen.over = i == h->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		pen_printf(&pen, INK(HOT), " %s", entry->keys);
		pen_to(&pen, 24, INK(TEXT));
		pen_word(&pen, entry->text, INK(TEXT));
		pen_fill(&pen, INK(TEXT));
	}
	list_draw_bar(&h->list, s, a);
}

static bool view_help_act(struct view *view, enum action action, unsigned count)
{
	struct view_help *h = (struct view_help *)view;
	return list_move(&h->list, action, count, 0);
}

static void view_help_free(struct view *view)
{
	free(view);
}

static const struct hint view_help_hints[] = { { ACTION_BACK, "back" }, { 0, NULL } };
static const struct view_ops view_help_ops = {
	.name = "help", .where = WHERE_HELP, .draw = view_help_draw, .act = view_help_act,
	.free = view_help_free, .hints = view_help_hints,
};

struct view *view_help_new(const struct view_ops *from)
{
	struct view_help *h = xcalloc(1, sizeof *h);
	h->view.ops = &view_help_ops;
	h->from = from;
	size_t n = 0;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++)
		if (keymap_entry(a)->where & from->where)
			h->lines[n++] = a;
	list_set_count(&h->list, n);
	return &h->view;
}
