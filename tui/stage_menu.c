#include "tui/stage_menu.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/recipe/stage_graph.h"
#include "tui/app.h"
#include "tui/list.h"

struct stage_menu {
	struct popup popup;
	struct arena *arena;
	const struct stage_row *rows;
	bool *idle;                     /* one a stage: not needed for the target */
	struct list list;
	int widest;
	void (*go)(void *data, int stage);
	void *data;
};

static void stage_menu_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct stage_menu *m = (struct stage_menu *)popup;
	*ret_rows = (int)m->list.n;
	*ret_cols = m->widest + 3;
}

/* The stage that a row is about: its own, or the one above it. */
static int stage_menu_stage(const struct stage_menu *m, size_t row)
{
	for (size_t i = row + 1; i > 0 && row < m->list.n; i--)
		if (m->rows[i - 1].stage >= 0)
			return m->rows[i - 1].stage;
	return -1;
}

static void stage_menu_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct stage_menu *m = (struct stage_menu *)popup;
	list_show(&m->list, a.rows);
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		int stage = stage_menu_stage(m, i);
		bool here = i == m->list.cursor;
		struct ink ink = here ? INK(POPUPHERE) : stage >= 0 && m->idle[stage] ? INK(POPUPFAINT)
		                                                                       : INK(POPUP);
		pen_word(&pen, here ? "> " : "  ", ink);
		pen_text(&pen, m->rows[i].text, ink);
		if (here)
			pen_fill(&pen, ink);
	}
}

/* The popup is gone when this returns. */
static void stage_menu_enter(struct stage_menu *m)
{
	int stage = stage_menu_stage(m, m->list.cursor);
	void (*go)(void *data, int stage) = m->go;
	void *data = m->data;
	app_close(m->popup.app);
	if (stage >= 0)
		go(data, stage);
}

static bool stage_menu_act(struct popup *popup, enum action action, unsigned count)
{
	struct stage_menu *m = (struct stage_menu *)popup;
	if (action == ACTION_ENTER) {
		stage_menu_enter(m);
		return true;
	}
	return list_move(&m->list, action, count, 0);
}

static void stage_menu_free(struct popup *popup)
{
	struct stage_menu *m = (struct stage_menu *)popup;
	arena_free(m->arena);
	free(m);
}

static const struct popup_ops stage_menu_ops = {
	.where = WHERE_TEXT, .size = stage_menu_size, .draw = stage_menu_draw,
	.act = stage_menu_act, .free = stage_menu_free,
};

struct popup *stage_menu_new(const struct recipe *r, int here, void (*go)(void *data, int stage),
                             void *data)
{
	struct stage_menu *m = xcalloc(1, sizeof *m);
	m->popup = (struct popup){
		.ops = &stage_menu_ops, .title = "Stages", .hint = "Enter goes there  Esc",
	};
	m->arena = arena_new();
	m->go = go;
	m->data = data;
	m->list.n = stage_graph(m->arena, r, text_is_ascii(), &m->rows);
	m->idle = arena_array(m->arena, r->nstages + 1, sizeof *m->idle);
	for (size_t i = 0; i < r->nstages; i++)
		m->idle[i] = !r->stages[i].reachable;
	for (size_t i = 0; i < m->list.n; i++) {
		int width = (int)text_width(m->rows[i].text);
		m->widest = width > m->widest ? width : m->widest;
		if (here >= 0 && m->rows[i].stage == here)
			m->list.cursor = i;
	}
	return &m->popup;
}
