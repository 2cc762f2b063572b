#include "tui/retry.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/retry.h"
#include "core/kind/kind.h"
#include "tui/list.h"

/* The level of then is a row of its own where the kind has no such name: of a Dockerfile a
 * line or a stage is one too. */
struct retry_menu {
	struct popup popup;
	char *dir;
	struct request *request;
	const struct level *levels;
	size_t nlevels;
	bool has_other;
	struct list list;
};

static void retry_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct retry_menu *m = (struct retry_menu *)popup;
	*ret_rows = (int)m->list.n;
	*ret_cols = 72;
}

static struct level retry_level(const struct retry_menu *m, size_t i)
{
	struct level other = { .name = m->request->selection.level, .text = "as it was built" };
	return m->has_other && i == 0 ? other : m->levels[i - m->has_other];
}

static void retry_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct retry_menu *m = (struct retry_menu *)popup;
	list_show(&m->list, a.rows);
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		bool here = i == m->list.cursor;
		struct level level = retry_level(m, i);
		struct pen pen = pen_at(s, a, row);
		pen_text(&pen, str_of(here ? ">" : " "), here ? INK(POPUPHERE) : INK(POPUPHOT));
		pen_printf(&pen, here ? INK(POPUPHERE) : INK(POPUPHOT), "%zu ", i);
		pen_printf(&pen, here ? INK(POPUPHERE) : INK(POPUP), "%-5s", level.name);
		pen_printf(&pen, here ? INK(POPUPHERE) : INK(POPUPFAINT), " %s", level.text);
		if (here)
			pen_fill(&pen, INK(POPUPHERE));
	}
}

static void retry_start_at(struct app *app, const char *dir, const char *level)
{
	struct error err;
	const char *fresh = retry_start(dir, level, &err);
	if (!fresh) {
		app_alert(app, "%s", err.text);
		return;
	}
	app_home(app);
	app_open_build(app, fresh);
}

static bool retry_act(struct popup *popup, enum action action, unsigned count)
{
	struct retry_menu *m = (struct retry_menu *)popup;
	struct app *app = popup->app;
	if (action >= ACTION_LEVEL0 && action <= ACTION_LEVEL4 &&
	    (size_t)(action - ACTION_LEVEL0) < m->list.n) {
		list_go(&m->list, (size_t)(action - ACTION_LEVEL0));
		return true;
	}
	if (action != ACTION_ENTER)
		return list_move(&m->list, action, count, 0);
	owned_memory char *dir = xstrdup(m->dir);
	owned_memory char *level = xstrdup(retry_level(m, m->list.cursor).name);
	app_close(app);
	retry_start_at(app, dir, level);
	return true;
}

static void retry_free(struct popup *popup)
{
	struct retry_menu *m = (struct retry_menu *)popup;
	request_free(m->request);
	free(m->dir);
	free(m);
}

static const struct popup_ops retry_ops = {
	.where = WHERE_LEVELS, .size = retry_size, .draw = retry_draw, .act = retry_act,
	.free = retry_free,
};

static void retry_choose(struct retry_menu *m)
{
	const char *level = m->request->selection.level;
	while (m->levels[m->nlevels].name)
		m->nlevels++;
	const struct level *known = level ? level_find(m->levels, level) : m->levels;
	m->has_other = !known;
	m->list.n = m->nlevels + m->has_other;
	m->list.cursor = known ? (size_t)(known - m->levels) : 0;
}

void retry_open(struct app *app, const char *dir)
{
	struct error err;
	struct request *request = retry_read(dir, &err);
	const struct kind *kind = request ? kind_find(request->kind) : NULL;
	if (!request) {
		app_alert(app, "%s", err.text);
		return;
	}
	if (!kind || !kind->levels || !kind->levels[0].name) {
		request_free(request);
		retry_start_at(app, dir, NULL);
		return;
	}
	struct retry_menu *m = xcalloc(1, sizeof *m);
	*m = (struct retry_menu){
		.popup = { .ops = &retry_ops, .title = "Build again: cache level",
		           .hint = "0-4 level  Enter builds  Esc" },
		.dir = xstrdup(dir), .request = request, .levels = kind->levels,
	};
	retry_choose(m);
	app_open(app, &m->popup);
}
