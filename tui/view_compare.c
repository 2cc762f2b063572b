/* The compare view: what it asks and what its keys do. */
#include "tui/view_compare.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/search.h"
#include "tui/view_compare_inside.h"

/* ---- rows ---- */

const struct compare_row *view_compare_row(const struct view_compare *v)
{
	return v->list.cursor < v->nshown ? &v->rows.rows[v->shown[v->list.cursor]] : NULL;
}

/* The rows that are not folded away; the cursor stays on its row, or goes to its head. */
static void compare_show(struct view_compare *v)
{
	size_t here = v->list.cursor < v->nshown ? v->shown[v->list.cursor] : 0;
	v->shown = xrealloc(v->shown, v->rows.n + 1, sizeof *v->shown);
	v->nshown = 0;
	for (size_t i = 0; i < v->rows.n; i++) {
		const struct compare_row *row = &v->rows.rows[i];
		if (row->kind != COMPARE_ROW_HEAD && v->folded[row->section])
			continue;
		if (i <= here)
			v->list.cursor = v->nshown;
		v->shown[v->nshown++] = i;
	}
	list_set_count(&v->list, v->nshown);
	app_dirty(v->view.app);
}

/* What the cursor is on, to find it among other rows: heads tell more or less than before. */
static void compare_name(const struct compare_row *row, struct buf *ret_name)
{
	buf_clear(ret_name);
	if (row && row->kind == COMPARE_ROW_HEAD)
		buf_printf(ret_name, "%d", (int)row->section);
	else if (row)
		compare_row_append(ret_name, row);
}

static bool compare_is_log(const struct compare_row *row)
{
	return row->section == COMPARE_LOG && row->kind == COMPARE_ROW_HEAD;
}

/* From the answers, anew. */
static void compare_make(struct view_compare *v)
{
	owned_buf struct buf was = { 0 };
	compare_name(view_compare_row(v), &was);
	compare_rows_make(&v->rows, &v->parts);
	v->nshown = 0;
	compare_show(v);
	for (size_t i = 0; i < v->nshown; i++) {
		const struct compare_row *row = &v->rows.rows[v->shown[i]];
		compare_name(row, &v->scratch);
		if (v->goes_to_log ? !compare_is_log(row) : !str_eq(buf_str(&v->scratch), buf_str(&was)))
			continue;
		list_go(&v->list, i);
		break;
	}
	v->goes_to_log = false;
}

/* ---- asking ---- */

static void compare_note(struct view_compare *v, const char *text)
{
	buf_clear(&v->image_note);
	buf_append_text(&v->image_note, text);
	v->parts.image_note = buf_text(&v->image_note);
}

static void compare_forget(struct view_compare *v, enum compare_asked what)
{
	compare_ask_free(v->asked[what]);
	v->asked[what] = NULL;
	arena_free(v->arenas[what]);
	v->arenas[what] = NULL;
}

static void compare_forget_all(struct view_compare *v)
{
	for (int i = 0; i < COMPARE_ASKS; i++)
		compare_forget(v, (enum compare_asked)i);
	compare_rows_finish(&v->rows);
	v->nshown = 0;
	v->list = (struct list){ 0 };
	v->parts = (struct compare_parts){ 0 };
	buf_clear(&v->fault);
}

static struct compare_ask *compare_answered(struct view_compare *v, enum compare_asked what)
{
	app_dirty(v->view.app);
	return take(v->asked[what]);
}

/* Where A is, once the worker has found it. */
static void compare_learn(struct view_compare *v)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *side = value_get(v->parts.compare, STR("a"));
	size_t slash = str_find_last(str_of(v->dir_b), '/');
	if (v->dir_a || !side || slash == STR_NONE)
		return;
	struct str id = compare_get_text(side, "id");
	if (id.n && str_find(id, '/') == STR_NONE)
		v->dir_a = xstrdup(arena_printf(a, "%.*s/%.*s", (int)slash, v->dir_b, STR_ARG(id)));
}

static void compare_builds_came(void *data, const struct value *answer, const struct error *why)
{
	struct view_compare *v = data;
	/* The answer is lent by it. */
	owned(compare_ask) struct compare_ask *ask = compare_answered(v, COMPARE_ASKED_BUILDS);
	(void)ask;
	if (!answer) {
		buf_clear(&v->fault);
		buf_append_text(&v->fault, why->text);
		return;
	}
	v->parts.compare = answer;
	compare_learn(v);
	compare_note(v, "not read yet: Enter asks the engine");
	compare_make(v);
}

static void compare_log_came(void *data, const struct value *answer, const struct error *why)
{
	struct view_compare *v = data;
	/* The answer is lent by it. */
	owned(compare_ask) struct compare_ask *ask = compare_answered(v, COMPARE_ASKED_LOG);
	(void)ask;
	if (!answer) {
		app_alert(v->view.app, "%s", why->text);
		return;
	}
	v->parts.log = answer;
	v->goes_to_log = true;
	v->folded[COMPARE_LOG] = false;
	compare_make(v);
}

static void compare_image_came(void *data, const struct value *answer, const struct error *why)
{
	struct view_compare *v = data;
	/* The answer is lent by it. */
	owned(compare_ask) struct compare_ask *ask = compare_answered(v, COMPARE_ASKED_IMAGE);
	(void)ask;
	v->parts.image = answer;
	if (why)
		compare_note(v, why->text);
	compare_make(v);
}

static void compare_ask_again(struct view_compare *v)
{
	struct error err;
	compare_forget_all(v);
	v->arenas[COMPARE_ASKED_BUILDS] = arena_new();
	v->asked[COMPARE_ASKED_BUILDS] = compare_ask_builds(app_loop(v->view.app),
		v->arenas[COMPARE_ASKED_BUILDS], v->dir_a, v->dir_b, compare_builds_came, v, &err);
	if (!v->asked[COMPARE_ASKED_BUILDS])
		buf_append_text(&v->fault, err.text);
	app_dirty(v->view.app);
}

static bool compare_image(struct view_compare *v)
{
	struct error err;
	if (v->parts.image || v->asked[COMPARE_ASKED_IMAGE])
		return false;
	compare_forget(v, COMPARE_ASKED_IMAGE);
	v->arenas[COMPARE_ASKED_IMAGE] = arena_new();
	v->asked[COMPARE_ASKED_IMAGE] = compare_ask_images(app_loop(v->view.app),
		v->arenas[COMPARE_ASKED_IMAGE], v->dir_a, v->dir_b, compare_image_came, v, &err);
	compare_note(v, v->asked[COMPARE_ASKED_IMAGE] ? "being read from the engine" : err.text);
	compare_make(v);
	return true;
}

static bool compare_log(struct view_compare *v, const struct compare_row *row)
{
	struct error err;
	int a = row->step_a, b = row->step_b;
	if (a < 0 || b < 0) {
		app_say(v->view.app, "only %s has this step: there is no log to compare with",
		        a < 0 ? "B" : "A");
		return true;
	}
	if (v->parts.log) {
		v->parts.log = NULL;
		compare_make(v);
	}
	compare_forget(v, COMPARE_ASKED_LOG);
	v->arenas[COMPARE_ASKED_LOG] = arena_new();
	v->asked[COMPARE_ASKED_LOG] = compare_ask_logs(app_loop(v->view.app),
		v->arenas[COMPARE_ASKED_LOG], v->dir_a, a, v->dir_b, b, compare_log_came, v, &err);
	if (!v->asked[COMPARE_ASKED_LOG])
		app_alert(v->view.app, "%s", err.text);
	return true;
}

static bool compare_swap(struct view_compare *v)
{
	char *a = v->dir_a;
	if (!a)
		return false;
	v->dir_a = v->dir_b;
	v->dir_b = a;
	compare_ask_again(v);
	return true;
}

/* ---- searching ---- */

static struct str compare_line(const void *data, size_t i)
{
	struct view_compare *v = (struct view_compare *)data;
	buf_clear(&v->scratch);
	compare_row_append(&v->scratch, &v->rows.rows[v->shown[i]]);
	return buf_str(&v->scratch);
}

static bool compare_search(struct view_compare *v, bool down)
{
	if (!v->needle.n) {
		app_say(v->view.app, "nothing was searched for yet: / searches");
		return true;
	}
	size_t at = v->nshown ? search_lines(v->nshown, v->list.cursor, down, buf_str(&v->needle),
	                                     compare_line, v) : STR_NONE;
	if (at == STR_NONE)
		app_say(v->view.app, "'%s' is not here", buf_text(&v->needle));
	else
		list_go(&v->list, at);
	return true;
}

static void view_compare_typed(struct view *view, struct str line)
{
	struct view_compare *v = (struct view_compare *)view;
	line = str_trim(line);
	if (line.n) {
		buf_clear(&v->needle);
		buf_append(&v->needle, line);
	}
	compare_search(v, true);
}

/* ---- going ---- */

static bool compare_is_change(const struct compare_row *row)
{
	return row->differs;
}

static bool compare_is_head(const struct compare_row *row)
{
	return row->kind == COMPARE_ROW_HEAD;
}

static bool compare_step(struct view_compare *v, bool down, const char *what,
                         bool (*is)(const struct compare_row *))
{
	for (size_t i = v->list.cursor; down ? i + 1 < v->nshown : i > 0;) {
		i = down ? i + 1 : i - 1;
		if (!is(&v->rows.rows[v->shown[i]]))
			continue;
		list_go(&v->list, i);
		return true;
	}
	app_say(v->view.app, "no %s %s this one", what, down ? "after" : "before");
	return true;
}

/* fold: 0 unfolds, 1 folds, -1 turns it round. */
static bool compare_fold(struct view_compare *v, int fold)
{
	const struct compare_row *row = view_compare_row(v);
	if (!row)
		return false;
	enum compare_section section = row->section;
	bool was = v->folded[section];
	v->folded[section] = fold < 0 ? !was : fold;
	if (v->folded[section] == was)
		return false;
	compare_show(v);
	return true;
}

static bool compare_fold_all(struct view_compare *v, bool fold)
{
	for (int i = 0; i < COMPARE_SECTIONS; i++)
		v->folded[i] = fold;
	compare_show(v);
	return true;
}

static bool compare_enter(struct view_compare *v)
{
	const struct compare_row *row = view_compare_row(v);
	if (!row)
		return false;
	if (row->section == COMPARE_STEPS && row->kind == COMPARE_ROW_STEP)
		return compare_log(v, row);
	if (row->section == COMPARE_IMAGE && compare_image(v))
		return true;
	return row->kind == COMPARE_ROW_HEAD && compare_fold(v, -1);
}

static bool view_compare_act(struct view *view, enum action action, unsigned count)
{
	struct view_compare *v = (struct view_compare *)view;
	switch (action) {
	case ACTION_ENTER: return compare_enter(v);
	case ACTION_SWAP: return compare_swap(v);
	case ACTION_SEARCH: app_prompt(view->app, "/"); return true;
	case ACTION_SEARCH_NEXT: case ACTION_SEARCH_PREV:
		return compare_search(v, action == ACTION_SEARCH_NEXT);
	case ACTION_NEXT_CHANGE: case ACTION_PREV_CHANGE:
		return compare_step(v, action == ACTION_NEXT_CHANGE, "difference", compare_is_change);
	case ACTION_SECTION_DOWN: case ACTION_SECTION_UP:
		return compare_step(v, action == ACTION_SECTION_DOWN, "part", compare_is_head);
	case ACTION_FOLD: return compare_fold(v, -1);
	case ACTION_FOLD_OPEN: return compare_fold(v, 0);
	case ACTION_FOLD_CLOSE: return compare_fold(v, 1);
	case ACTION_FOLD_ALL: return compare_fold_all(v, true);
	case ACTION_FOLD_NONE: return compare_fold_all(v, false);
	default: return list_move(&v->list, action, count, 8);
	}
}

/* ---- life ---- */

static void view_compare_enter(struct view *view)
{
	struct view_compare *v = (struct view_compare *)view;
	if (!v->parts.compare && !v->asked[COMPARE_ASKED_BUILDS] && !v->fault.n)
		compare_ask_again(v);
}

static void view_compare_free(struct view *view)
{
	struct view_compare *v = (struct view_compare *)view;
	compare_forget_all(v);
	free(v->dir_a);
	free(v->dir_b);
	free(v->shown);
	buf_finish(&v->fault);
	buf_finish(&v->image_note);
	buf_finish(&v->needle);
	buf_finish(&v->scratch);
	free(v);
}

static const struct hint view_compare_hints[] = {
	{ ACTION_NEXT_CHANGE, "next difference" }, { ACTION_ENTER, "log, image, fold" },
	{ ACTION_SWAP, "swap" }, { ACTION_SECTION_DOWN, "next part" }, { ACTION_FOLD, "fold" },
	{ ACTION_SEARCH, "find" }, { ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { 0, NULL },
};

static struct list *view_compare_list(struct view *view, size_t i)
{
	return i == 0 ? &((struct view_compare *)view)->list : NULL;
}

static const char *view_compare_subject(const struct view *view)
{
	return ((const struct view_compare *)view)->dir_b;
}

static const struct view_nav view_compare_nav = {
	.list = view_compare_list, .subject = view_compare_subject,
};

static const struct view_ops view_compare_ops = {
	.name = "compare", .where = WHERE_COMPARE, .nav = &view_compare_nav,
	.draw = view_compare_draw, .act = view_compare_act,
	.free = view_compare_free, .enter = view_compare_enter, .typed = view_compare_typed,
	.hints = view_compare_hints,
};

struct view *view_compare_new(const char *dir_a, const char *dir_b)
{
	struct view_compare *v = xcalloc(1, sizeof *v);
	v->view.ops = &view_compare_ops;
	v->dir_a = dir_a ? xstrdup(dir_a) : NULL;
	v->dir_b = xstrdup(dir_b);
	return &v->view;
}
