#include "tui/engine_picker.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/save.h"
#include "core/os/space.h"
#include "core/project/preferences_keep.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/wrap.h"

/* LIMIT: a ssh line far away takes seconds to be made.  NOTE: rows of what is said of the
 * engine under the cursor. */
enum { PICKER_LIMIT_MS = 20000, PICKER_COLUMNS = 74, PICKER_NOTE = 3 };

struct engine_picker {
	struct popup popup;
	struct project *project;
	struct loop *loop;
	struct engine_list *engines;
	struct list list;
};

const char *engine_row_sign(const struct engine_row *row)
{
	return row->answer == ENGINE_ANSWERS ? "ok" : row->answer == ENGINE_ASKED ? ".." : "--";
}

void engine_row_append_product(struct buf *out, const struct engine_row *row)
{
	const char *words[] = { row->product, row->version, row->builder };
	for (size_t i = 0; i < 3; i++)
		if (words[i][0] && !(i == 2 && strcmp(row->builder, row->product) == 0))
			buf_printf(out, "%s%s", out->n ? " " : "", words[i]);
}

void engine_row_append_disk(struct buf *out, const struct engine_row *row)
{
	if (row->has_space) {
		space_append_bytes(out, row->free);
		buf_append_text(out, " free");
	}
	if (row->has_used) {
		buf_append_text(out, row->has_space ? ", " : "");
		space_append_bytes(out, row->used);
		buf_append_text(out, " used");
	}
}

void engine_row_append_builds(struct buf *out, const struct engine_row *row)
{
	if (row->builds)
		buf_printf(out, "%zu build%s", row->builds, row->builds == 1 ? "" : "s");
}

/* ---- drawing ---- */

static void engine_picker_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct engine_picker *p = (struct engine_picker *)popup;
	*ret_rows = (int)p->list.n + 1 + PICKER_NOTE;
	*ret_cols = PICKER_COLUMNS;
}

static void picker_draw_row(const struct engine_picker *p, struct pen *pen,
                            const struct engine_row *row, bool here)
{
	owned_buf struct buf product = { 0 }, rest = { 0 };
	bool is_chosen = strcmp(row->name, p->project->engine) == 0;
	engine_row_append_product(&product, row);
	engine_row_append_disk(&rest, row);
	if (rest.n && row->builds)
		buf_append_text(&rest, ", ");
	engine_row_append_builds(&rest, row);
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUP), "%s%s ", here ? ">" : " ",
	           is_chosen ? "*" : " ");
	pen_printf(pen, here ? INK(POPUPHERE) : row->answer == ENGINE_ANSWERS ? INK(POPUPHOT)
	                                                                       : INK(POPUPFAINT),
	           "%s ", engine_row_sign(row));
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUP), "%-10s ", row->name);
	if (row->answer == ENGINE_SILENT)
		pen_word(pen, row->err.text, here ? INK(POPUPHERE) : INK(POPUPFAINT));
	else
		pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUP), "%-26s ", buf_text(&product));
	if (row->answer == ENGINE_ANSWERS)
		pen_word(pen, buf_text(&rest), here ? INK(POPUPHERE) : INK(POPUPFAINT));
	if (here)
		pen_fill(pen, INK(POPUPHERE));
}

/* What does not fit into the row: where it listens, or all of why it is silent. */
static void picker_draw_note(const struct engine_row *row, struct surface *s, struct area a)
{
	owned_buf struct buf text = { 0 };
	if (row->answer == ENGINE_ASKED)
		buf_append_text(&text, "asked; no answer yet");
	else if (row->answer == ENGINE_SILENT)
		buf_append_text(&text, row->err.text);
	else
		buf_printf(&text, "%s%s%s", row->address, row->host[0] ? " on " : "", row->host);
	a.col += a.cols > 2 ? 2 : 0;
	a.cols -= a.cols > 2 ? 2 : 0;
	wrap_draw(s, a, buf_str(&text), INK(POPUPFAINT));
}

static void engine_picker_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct engine_picker *p = (struct engine_picker *)popup;
	struct area note = area_cut_bottom(&a, a.rows > PICKER_NOTE + 1 ? PICKER_NOTE : 0);
	const struct engine_row *rows = engine_list_rows(p->engines, &p->list.n);
	list_show(&p->list, a.rows);
	for (int row = 0; row < a.rows && p->list.top + (size_t)row < p->list.n; row++) {
		size_t i = p->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		picker_draw_row(p, &pen, &rows[i], i == p->list.cursor);
	}
	picker_draw_note(&rows[p->list.cursor], s, note);
}

/* ---- keys ---- */

static void picker_changed(void *data)
{
	struct engine_picker *p = data;
	if (p->popup.app)
		app_dirty(p->popup.app);
}

static void picker_ask(struct engine_picker *p)
{
	const struct preferences *preferences = p->project->preferences;
	const struct engine_list_request r = {
		.named = preferences->engines, .nnamed = preferences->nengines,
		.pools = preferences->pools, .npools = preferences->npools,
		.limit_ms = PICKER_LIMIT_MS,
	};
	engine_list_free(p->engines);
	p->engines = engine_list_ask(p->loop, &r, picker_changed, p);
}

static void picker_choose(struct engine_picker *p, bool keep)
{
	struct app *app = p->popup.app;
	const struct engine_row *row = &engine_list_rows(p->engines, &p->list.n)[p->list.cursor];
	owned(arena) struct arena *a = arena_new();
	const char *root = files_absolute(a, p->project->target.root);
	struct error err;
	project_select_engine(p->project, row->name);
	if (keep && !preferences_keep_engine(save_config_path("config.toml"), root, row->name,
	                                     &err))
		app_alert(app, "%s", err.text);
	else if (keep)
		app_say(app, "this project builds on %s from now on (config.toml)", row->name);
	else
		app_say(app, "builds on %s until mortar is left; P keeps it", row->name);
	app_reread(app);
	app_close(app);
}

static bool engine_picker_act(struct popup *popup, enum action action, unsigned count)
{
	struct engine_picker *p = (struct engine_picker *)popup;
	switch (action) {
	case ACTION_ENTER:
	case ACTION_KEEP_ENGINE:
		picker_choose(p, action == ACTION_KEEP_ENGINE);
		return true;
	case ACTION_REFRESH:
		picker_ask(p);
		return true;
	default:
		return list_move(&p->list, action, count, 0);
	}
}

static void engine_picker_free(struct popup *popup)
{
	struct engine_picker *p = (struct engine_picker *)popup;
	engine_list_free(p->engines);
	free(p);
}

static const struct popup_ops engine_picker_ops = {
	.where = WHERE_PICKER, .size = engine_picker_size, .draw = engine_picker_draw,
	.act = engine_picker_act, .free = engine_picker_free,
};

struct popup *engine_picker_new(struct loop *loop, struct project *project)
{
	struct engine_picker *p = xcalloc(1, sizeof *p);
	p->popup = (struct popup){
		.ops = &engine_picker_ops, .title = "Engines",
		.hint = "Enter builds there  P for good  r asks again  Esc",
	};
	p->project = project;
	p->loop = loop;
	picker_ask(p);
	const struct engine_row *rows = engine_list_rows(p->engines, &p->list.n);
	for (size_t i = 0; i < p->list.n; i++)
		if (strcmp(rows[i].name, project->engine) == 0)
			p->list.cursor = i;
	return &p->popup;
}
