#include "tui/batch_menu.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"

struct batch_menu {
	struct popup popup;
	struct batch_ask ask;
	char *names;
	struct list list;
};

static void batch_menu_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct batch_menu *m = (struct batch_menu *)popup;
	*ret_rows = (int)m->list.n + 4;
	*ret_cols = 72;
}

static void batch_menu_draw_level(struct pen *pen, const struct level *level, size_t i, bool here)
{
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUPHOT), "%s%zu ", here ? ">" : " ", i);
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUP), "%-5s", level->name);
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUPFAINT), " %s", level->text);
	if (here)
		pen_fill(pen, INK(POPUPHERE));
}

static void batch_menu_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct batch_menu *m = (struct batch_menu *)popup;
	struct area bottom = area_cut_bottom(&a, a.rows > 4 ? 4 : 0);
	list_show(&m->list, a.rows);
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		batch_menu_draw_level(&pen, &m->ask.levels[i], i, i == m->list.cursor);
	}
	struct pen pen = pen_at(s, bottom, 1);
	pen_word(&pen, "- +", INK(POPUPHOT));
	pen_printf(&pen, INK(POPUP), "     %zu at a time", m->ask.jobs);
	pen = pen_at(s, bottom, 2);
	pen_printf(&pen, INK(POPUP), "builds  %zu: ", m->ask.n);
	pen_word(&pen, m->names, INK(POPUP));
	pen = pen_at(s, bottom, 3);
	pen_printf(&pen, INK(POPUP), "engine  %s", m->ask.engine);
}

static void batch_menu_go(struct batch_menu *m)
{
	struct batch_ask ask = m->ask;
	const char *level = m->ask.levels[m->list.cursor].name;
	app_close(m->popup.app);
	ask.go(ask.data, level, ask.jobs);
}

static bool batch_menu_jobs(struct batch_menu *m, bool more)
{
	if (more ? m->ask.jobs >= REQUEST_JOBS_MAX : m->ask.jobs <= 1)
		return false;
	m->ask.jobs += more ? 1 : (size_t)-1;
	return true;
}

static bool batch_menu_act(struct popup *popup, enum action action, unsigned count)
{
	struct batch_menu *m = (struct batch_menu *)popup;
	if (action >= ACTION_LEVEL0 && action <= ACTION_LEVEL4) {
		size_t level = (size_t)(action - ACTION_LEVEL0);
		if (level >= m->list.n)
			return false;
		m->list.cursor = level;
		return true;
	}
	if (action == ACTION_MORE || action == ACTION_FEWER)
		return batch_menu_jobs(m, action == ACTION_MORE);
	if (action == ACTION_ENTER) {
		batch_menu_go(m);
		return true;
	}
	return list_move(&m->list, action, count, 0);
}

static void batch_menu_free(struct popup *popup)
{
	struct batch_menu *m = (struct batch_menu *)popup;
	free(m->names);
	free(m);
}

static const struct popup_ops batch_menu_ops = {
	.where = WHERE_BATCH, .size = batch_menu_size, .draw = batch_menu_draw,
	.act = batch_menu_act, .free = batch_menu_free,
};

struct popup *batch_menu_new(const struct batch_ask *ask)
{
	struct batch_menu *m = xcalloc(1, sizeof *m);
	m->popup = (struct popup){
		.ops = &batch_menu_ops, .title = "Build combinations: cache level",
		.hint = "0-4 level  - + at a time  Enter builds  Esc",
	};
	m->ask = *ask;
	m->names = xstrdup(ask->names);
	while (ask->levels[m->list.n].name)
		m->list.n++;
	for (size_t i = 0; i < m->list.n; i++)
		if (ask->level && strcmp(ask->levels[i].name, ask->level) == 0)
			m->list.cursor = i;
	return &m->popup;
}
