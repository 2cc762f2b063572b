#include "tui/diff_menu.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/view_diff.h"

struct diff_menu {
	struct popup popup;
	struct project *project;
	struct view *diff;
	struct list list;
};

static const struct {
	const char *name, *text;
	struct diff_against against;
	bool asks;
} diff_menu_rows[] = {
	{ "base", "without any profile", { .kind = DIFF_BASE }, false },
	{ "git HEAD", "what was committed last", { .kind = DIFF_REVISION, .revision = "HEAD" }, false },
	{ "other profiles", "another selection", { .kind = DIFF_PROFILES }, true },
	{ "other revision", "a branch, a tag, a commit", { .kind = DIFF_REVISION }, true },
};
enum { DIFF_MENU_ROWS = sizeof diff_menu_rows / sizeof *diff_menu_rows };

static void diff_menu_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	(void)popup;
	*ret_rows = DIFF_MENU_ROWS;
	*ret_cols = 46;
}

static void diff_menu_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct diff_menu *m = (struct diff_menu *)popup;
	list_show(&m->list, a.rows);
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		bool here = i == m->list.cursor;
		struct pen pen = pen_at(s, a, row);
		pen_word(&pen, here ? "> " : "  ", here ? INK(POPUPHERE) : INK(POPUPHOT));
		pen_printf(&pen, here ? INK(POPUPHERE) : INK(POPUP), "%-16s", diff_menu_rows[i].name);
		pen_word(&pen, diff_menu_rows[i].text, here ? INK(POPUPHERE) : INK(POPUPFAINT));
		if (here)
			pen_fill(&pen, INK(POPUPHERE));
	}
}

/* The popup is gone when this returns. */
static void diff_menu_choose(struct diff_menu *m)
{
	static const struct diff_against base = { .kind = DIFF_BASE };
	struct app *app = m->popup.app;
	struct project *project = m->project;
	struct view *view = m->diff;
	size_t row = m->list.cursor;
	const struct diff_against *against = &diff_menu_rows[row].against;
	bool asks = diff_menu_rows[row].asks;
	app_close(app);
	if (!view) {
		view = view_diff_new(project, asks ? &base : against);
		app_push(app, view);
	} else if (!asks) {
		view_diff_set(view, against);
	}
	if (asks)
		view_diff_ask(view, against->kind);
}

static bool diff_menu_act(struct popup *popup, enum action action, unsigned count)
{
	struct diff_menu *m = (struct diff_menu *)popup;
	if (action == ACTION_ENTER) {
		diff_menu_choose(m);
		return true;
	}
	return list_move(&m->list, action, count, 0);
}

static void diff_menu_free(struct popup *popup)
{
	free(popup);
}

static const struct popup_ops diff_menu_ops = {
	.where = WHERE_LEVELS, .size = diff_menu_size, .draw = diff_menu_draw, .act = diff_menu_act,
	.free = diff_menu_free,
};

struct popup *diff_menu_new(struct project *project, struct view *diff)
{
	struct diff_menu *m = xcalloc(1, sizeof *m);
	m->popup = (struct popup){
		.ops = &diff_menu_ops, .title = "Diff: this selection against", .hint = "Enter  Esc",
	};
	m->project = project;
	m->diff = diff;
	m->list.n = DIFF_MENU_ROWS;
	/* Against the base a selection without profiles is itself. */
	m->list.cursor = project->selection.nprofiles == 0;
	return &m->popup;
}
