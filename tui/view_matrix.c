#include "tui/view_matrix.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/os/save.h"
#include "tui/batch_menu.h"
#include "tui/confirm.h"
#include "tui/engine_picker.h"
#include "tui/profile_picker.h"
#include "tui/search.h"
#include "tui/view_matrix_inside.h"

/* ---- keys ---- */

static size_t matrix_here(const struct view_matrix *v)
{
	return v->list.cursor < v->matrix->n ? v->list.cursor : STR_NONE;
}

static void matrix_toggle(struct view_matrix *v, size_t at)
{
	v->lines[at].marked = !v->lines[at].marked;
	if (at + 1 < v->matrix->n)
		list_go(&v->list, at + 1);
}

static void matrix_chosen(void *data, const char *const *profiles, size_t n)
{
	struct view_matrix *v = data;
	size_t row = matrix_take(v, profiles, n);
	if (row == STR_NONE) {
		app_alert(v->view.app, "there are %d combinations: that is all there can be",
		          MATRIX_MAX);
		return;
	}
	v->lines[row].marked = true;
	list_go(&v->list, row);
}

/* The project view on this combination. */
static void matrix_select(struct view_matrix *v, size_t at)
{
	const struct combo *combo = &v->matrix->rows[at].combo;
	struct app *app = v->view.app;
	project_select_profiles(v->project, combo->profiles, combo->n);
	/* This view goes with it. */
	app_home(app);
	app_reread(app);
}

static void matrix_enter(struct view_matrix *v, size_t at)
{
	const char *dir = v->lines[at].last.dir;
	if (dir)
		app_open_build(v->view.app, dir);
	else
		matrix_select(v, at);
}

/* ---- building ---- */

/* The marked rows, or the one of the cursor. */
static size_t matrix_wanted(const struct view_matrix *v, size_t rows[MATRIX_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < v->matrix->n; i++)
		if (v->lines[i].marked)
			rows[n++] = i;
	if (n == 0 && matrix_here(v) != STR_NONE)
		rows[n++] = matrix_here(v);
	return n;
}

static void matrix_go(void *data, const char *level, size_t jobs)
{
	struct view_matrix *v = data;
	struct error err;
	owned(arena) struct arena *arena = arena_new();
	size_t rows[MATRIX_MAX], n = matrix_wanted(v, rows);
	const char *id = request_new_id(&err);
	if (!id) {
		app_alert(v->view.app, "%s", err.text);
		return;
	}
	struct request request = batch_request(v->project, v->files, arena, id);
	struct combo *combos = arena_array(arena, n, sizeof *combos);
	for (size_t i = 0; i < n; i++)
		combos[i] = v->matrix->rows[rows[i]].combo;
	request.combos = combos;
	request.ncombos = n;
	request.jobs = jobs;
	request.selection.level = level;
	const char *dir = app_start(v->view.app, &request);
	if (!dir)
		return;
	for (size_t i = 0; i < n; i++)
		v->lines[rows[i]].marked = false;
	matrix_follow(v, dir);
	matrix_look(v);
}

static void matrix_ask(struct view_matrix *v)
{
	size_t rows[MATRIX_MAX], n = matrix_wanted(v, rows);
	owned_buf struct buf names = { 0 };
	if (matrix_is_reading(v)) {
		app_say(v->view.app, "the combinations are still being read");
		return;
	}
	if (v->build) {
		app_say(v->view.app, "a batch runs: X cancels it");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct matrix_row *row = &v->matrix->rows[rows[i]];
		buf_printf(&names, "%s%s", i ? "  " : "", row->name);
	}
	struct batch_ask ask = {
		.levels = v->project->kind->levels, .level = batch_level(v->project, NULL),
		.jobs = BATCH_JOBS, .n = n, .names = buf_text(&names), .engine = v->project->engine,
		.go = matrix_go, .data = v,
	};
	app_open(v->view.app, batch_menu_new(&ask));
}

static void matrix_cancel_now(void *data)
{
	struct view_matrix *v = data;
	struct error err;
	if (v->batch && !job_cancel(v->batch, &err))
		app_alert(v->view.app, "%s", err.text);
}

static void matrix_cancel(struct view_matrix *v)
{
	owned_buf struct buf question = { 0 };
	if (!v->build) {
		app_say(v->view.app, "no batch runs");
		return;
	}
	buf_printf(&question, "Cancel the batch %.*s with its builds?", STR_ARG(v->build->id));
	app_open(v->view.app, confirm_new("Cancel", buf_text(&question), matrix_cancel_now, v));
}

/* ---- searching ---- */

static struct str matrix_line(const void *data, size_t i)
{
	struct view_matrix *v = (struct view_matrix *)data;
	const struct matrix_row *row = &v->matrix->rows[i];
	buf_clear(&v->line);
	buf_printf(&v->line, "%s %s", row->name, row->image ? row->image : "");
	return buf_str(&v->line);
}

static void matrix_search(struct view_matrix *v, bool down, bool from_here)
{
	if (!v->needle.n) {
		app_say(v->view.app, "/ searches first");
		return;
	}
	size_t from = v->list.cursor;
	if (from_here)
		from = from ? from - 1 : v->list.n - 1;
	size_t at = search_lines(v->list.n, from, down, buf_str(&v->needle), matrix_line, v);
	if (at == STR_NONE)
		app_say(v->view.app, "%s is not found", buf_text(&v->needle));
	else
		list_go(&v->list, at);
}

static void view_matrix_typed(struct view *view, struct str line)
{
	struct view_matrix *v = (struct view_matrix *)view;
	buf_clear(&v->needle);
	buf_append(&v->needle, str_trim(line));
	if (v->needle.n)
		matrix_search(v, true, true);
}

static bool matrix_act_on(struct view_matrix *v, enum action action, size_t at)
{
	if (at == STR_NONE)
		return false;
	switch (action) {
	case ACTION_TOGGLE: matrix_toggle(v, at); return true;
	case ACTION_ENTER: matrix_enter(v, at); return true;
	case ACTION_RESULT: matrix_select(v, at); return true;
	case ACTION_BUILD: matrix_ask(v); return true;
	default: return false;
	}
}

static bool view_matrix_act(struct view *view, enum action action, unsigned count)
{
	struct view_matrix *v = (struct view_matrix *)view;
	struct app *app = view->app;
	switch (action) {
	case ACTION_PROFILES:
		app_open(app, profile_picker_ask(v->project, "Combination: later profiles win",
		                                 matrix_chosen, v));
		return true;
	case ACTION_ENGINES: app_open(app, engine_picker_new(app_loop(app), v->project)); return true;
	case ACTION_CANCEL: matrix_cancel(v); return true;
	case ACTION_REFRESH:
		matrix_begin(v);
		matrix_look(v);
		return true;
	case ACTION_SEARCH: app_prompt(app, "/"); return true;
	case ACTION_SEARCH_NEXT: case ACTION_SEARCH_PREV:
		matrix_search(v, action == ACTION_SEARCH_NEXT, false);
		return true;
	default:
		return list_move(&v->list, action, count, 0) ||
		       matrix_act_on(v, action, matrix_here(v));
	}
}

/* ---- life ---- */

static void view_matrix_enter(struct view *view)
{
	struct view_matrix *v = (struct view_matrix *)view;
	if (v->entered)
		matrix_look(v);
	v->entered = true;
}

static void view_matrix_reread(struct view *view)
{
	matrix_begin((struct view_matrix *)view);
}

/* While builds run their times do. */
static int64_t view_matrix_tick(struct view *view)
{
	return ((struct view_matrix *)view)->build ? 1000 : -1;
}

static bool view_matrix_is_about(const struct view *view, const char *dir)
{
	const struct view_matrix *v = (const struct view_matrix *)view;
	for (size_t i = 0; i < v->matrix->n; i++)
		if (v->lines[i].last.dir && str_eq(str_of(v->lines[i].last.dir), str_of(dir)))
			return true;
	return false;
}

static enum watch_lack view_matrix_lack(const struct view *view)
{
	return watch_lack(((const struct view_matrix *)view)->watch);
}

static void view_matrix_free(struct view *view)
{
	struct view_matrix *v = (struct view_matrix *)view;
	matrix_read_finish(v);
	buf_finish(&v->needle);
	buf_finish(&v->line);
	arena_free(v->arena);
	free(v);
}

static const struct hint view_matrix_hints[] = {
	{ ACTION_TOGGLE, "mark" }, { ACTION_BUILD, "build" }, { ACTION_PROFILES, "add" },
	{ ACTION_ENTER, "last build" }, { ACTION_RESULT, "project" }, { ACTION_CANCEL, "cancel" },
	{ ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { ACTION_SEARCH, "find" }, { 0, NULL },
};
static struct list *view_matrix_list(struct view *view, size_t i)
{
	return i ? NULL : &((struct view_matrix *)view)->list;
}
static const struct view_nav view_matrix_nav = { .list = view_matrix_list };

static const struct view_ops view_matrix_ops = {
	.name = "matrix", .where = WHERE_MATRIX,
	.nav = &view_matrix_nav, .draw = matrix_draw, .act = view_matrix_act,
	.free = view_matrix_free, .enter = view_matrix_enter, .reread = view_matrix_reread,
	.tick = view_matrix_tick, .typed = view_matrix_typed, .is_about = view_matrix_is_about,
	.lack = view_matrix_lack, .hints = view_matrix_hints,
};

struct view *view_matrix_new(struct loop *loop, struct project *project, struct error *err)
{
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return NULL;
	struct view_matrix *v = xcalloc(1, sizeof *v);
	v->view.ops = &view_matrix_ops;
	v->loop = loop;
	v->project = project;
	v->builds = builds;
	v->arena = arena_new();
	v->root = files_absolute(v->arena, project->target.root);
	/* Watched first: what comes between the two is not lost. */
	matrix_watch(v);
	matrix_begin(v);
	matrix_look(v);
	return &v->view;
}
