#include "tui/level_menu.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"

struct level_menu {
	struct popup popup;
	struct project *project;
	struct level *levels;           /* the kind's, then one that the boundary was moved to */
	const char *before;             /* the level when it was opened */
	struct list list;
	bool builds;                    /* Enter was pressed: the level stays */
};

static void level_menu_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct level_menu *m = (struct level_menu *)popup;
	*ret_rows = (int)m->list.n + 3;
	*ret_cols = 72;
}

static void level_menu_draw_level(struct pen *pen, const struct level *level, size_t i, bool here)
{
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUPHOT), "%s%zu ", here ? ">" : " ", i);
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUP), "%-5s", level->name);
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUPFAINT), " %s", level->text);
	if (here)
		pen_fill(pen, INK(POPUPHERE));
}

static void level_menu_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct level_menu *m = (struct level_menu *)popup;
	const struct project *p = m->project;
	struct area bottom = area_cut_bottom(&a, a.rows > 3 ? 3 : 0);
	list_show(&m->list, a.rows);
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		level_menu_draw_level(&pen, &m->levels[i], i, i == m->list.cursor);
	}
	struct pen pen = pen_at(s, bottom, 1);
	if (p->plan)
		pen_printf(&pen, INK(POPUP), "image   %s", p->plan->image ? p->plan->image : "(none)");
	else
		pen_word(&pen, "there are errors: nothing can be built", INK(POPUPHOT));
	pen = pen_at(s, bottom, 2);
	pen_printf(&pen, INK(POPUP), "engine  %s", p->engine);
}

static void level_menu_choose(struct level_menu *m, size_t level)
{
	m->list.cursor = level;
	project_select_level(m->project, m->levels[level].name);
	app_reread(m->popup.app);
}

static bool level_menu_act(struct popup *popup, enum action action, unsigned count)
{
	struct level_menu *m = (struct level_menu *)popup;
	struct app *app = popup->app;
	if (action >= ACTION_LEVEL0 && action <= ACTION_LEVEL4) {
		size_t level = (size_t)(action - ACTION_LEVEL0);
		if (level >= m->list.n)
			return false;
		level_menu_choose(m, level);
		return true;
	}
	if (action == ACTION_ENTER) {
		m->builds = true;
		app_close(app);
		app_build(app);
		return true;
	}
	if (!list_move(&m->list, action, count, 0))
		return false;
	level_menu_choose(m, m->list.cursor);
	return true;
}

/* Left without building: the level is what it was. */
static void level_menu_free(struct popup *popup)
{
	struct level_menu *m = (struct level_menu *)popup;
	if (!m->builds && m->before && strcmp(m->levels[m->list.cursor].name, m->before) != 0) {
		project_select_level(m->project, m->before);
		app_reread(popup->app);
	}
	free(m->levels);
	free(m);
}

static const struct popup_ops level_menu_ops = {
	.where = WHERE_LEVELS, .size = level_menu_size, .draw = level_menu_draw,
	.act = level_menu_act, .free = level_menu_free,
};

static void level_menu_read(struct level_menu *m, const struct level *levels)
{
	while (levels[m->list.n].name)
		m->list.n++;
	m->levels = xcalloc(m->list.n + 1, sizeof *m->levels);
	memcpy(m->levels, levels, m->list.n * sizeof *levels);
	if (m->before && !level_find(levels, m->before))
		m->levels[m->list.n++] = (struct level){
			m->before, NULL, "up to that line or stage from the cache, all below it anew" };
}

struct popup *level_menu_new(struct project *project)
{
	struct level_menu *m = xcalloc(1, sizeof *m);
	m->popup = (struct popup){
		.ops = &level_menu_ops, .title = "Build: cache level",
		.hint = "0-4 level  Enter builds  Esc",
	};
	m->project = project;
	m->before = project->selection.level;
	level_menu_read(m, project->kind->levels);
	for (size_t i = 0; i < m->list.n; i++)
		if (m->before && strcmp(m->levels[i].name, m->before) == 0)
			m->list.cursor = i;
	return &m->popup;
}
