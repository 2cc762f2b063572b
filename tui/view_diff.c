/* The diff view: what it reads and what its keys do. */
#include "tui/view_diff.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/config/cascade.h"
#include "tui/diff_menu.h"
#include "tui/profile_picker.h"
#include "tui/search.h"
#include "tui/view_diff_inside.h"
#include "tui/view_project.h"

/* Of a value with more lines the rest is counted. */
enum { DIFF_VALUE_LINES = 1000 };

/* ---- reading ---- */

const struct diff_row *view_diff_row(const struct view_diff *v, enum diff_pane pane)
{
	return v->lists[pane].cursor < v->rows[pane].n ? &v->rows[pane].rows[v->lists[pane].cursor]
	                                               : NULL;
}

size_t view_diff_document(const struct view_diff *v)
{
	const struct diff_row *row = view_diff_row(v, DIFF_CONFIG);
	return row ? row->document : STR_NONE;
}

static void view_diff_clear(struct view_diff *v)
{
	diff_finish(&v->diff);
	side_finish(&v->before);
	buf_clear(&v->fault);
	for (enum diff_pane pane = 0; pane < DIFF_PANES; pane++) {
		diff_rows_finish(&v->rows[pane]);
		v->lists[pane] = (struct list){ 0 };
	}
}

/* What the cursor is on, to find it after a reading. */
static void view_diff_note(const struct view_diff *v, enum diff_pane pane, struct buf *ret_was)
{
	if (view_diff_row(v, pane))
		diff_row_append(ret_was, view_diff_row(v, pane));
}

static void view_diff_find(struct view_diff *v, enum diff_pane pane, struct str was)
{
	owned_buf struct buf text = { 0 };
	struct list *l = &v->lists[pane];
	for (size_t i = 0; was.n && i < v->rows[pane].n; i++) {
		buf_clear(&text);
		diff_row_append(&text, &v->rows[pane].rows[i]);
		if (!str_eq(buf_str(&text), was))
			continue;
		l->cursor = i;
		break;
	}
	list_set_count(l, v->rows[pane].n);
}

static void view_diff_compare(struct view_diff *v)
{
	owned_buf struct buf config = { 0 }, dockerfile = { 0 };
	view_diff_note(v, DIFF_CONFIG, &config);
	view_diff_note(v, DIFF_DOCKERFILE, &dockerfile);
	diff_make(&v->diff, &v->before, v->project);
	diff_rows_config(&v->rows[DIFF_CONFIG], &v->diff, DIFF_VALUE_LINES);
	diff_rows_dockerfile(&v->rows[DIFF_DOCKERFILE], &v->diff);
	view_diff_find(v, DIFF_CONFIG, buf_str(&config));
	view_diff_find(v, DIFF_DOCKERFILE, buf_str(&dockerfile));
	app_dirty(v->view.app);
}

/* There is nothing to compare with. */
static void view_diff_fail(struct view_diff *v, const struct error *err)
{
	view_diff_clear(v);
	buf_append_text(&v->fault, err->text);
}

static void view_diff_answered(void *data, const struct error *err)
{
	struct view_diff *v = data;
	struct revision *answered = take(v->asked);
	side_finish(&v->before);
	revision_free(v->revision);
	v->revision = answered;
	app_dirty(v->view.app);
	if (err) {
		view_diff_fail(v, err);
		return;
	}
	buf_clear(&v->fault);
	v->selection = diff_selection(v->project, &v->against);
	side_read(&v->before, v->project->kind, &v->project->target, &v->selection,
	          revision_files(answered));
	view_diff_compare(v);
}

static void view_diff_ask_git(struct view_diff *v)
{
	owned(arena) struct arena *a = arena_new();
	struct error err;
	struct request request = project_request(v->project, a, NULL);
	revision_free(v->asked);
	v->asked = revision_ask(app_loop(v->view.app), &request, v->against.revision,
	                        view_diff_answered, v, &err);
	if (!v->asked)
		view_diff_fail(v, &err);
}

static void view_diff_read(struct view_diff *v)
{
	if (v->against.kind == DIFF_REVISION) {
		view_diff_ask_git(v);
		/* Meanwhile what git said last is compared with what is there now. */
		if (v->before.problems)
			view_diff_compare(v);
		app_dirty(v->view.app);
		return;
	}
	buf_clear(&v->fault);
	side_finish(&v->before);
	files_free(v->disk);
	v->disk = files_disk(".");
	files_keep_no_texts(v->disk);
	v->selection = diff_selection(v->project, &v->against);
	side_read(&v->before, v->project->kind, &v->project->target, &v->selection, v->disk);
	view_diff_compare(v);
}

static void view_diff_reread(struct view *view)
{
	view_diff_read((struct view_diff *)view);
}

static void view_diff_enter(struct view *view)
{
	struct view_diff *v = (struct view_diff *)view;
	if (!v->diff.arena && !v->asked && !v->fault.n)
		view_diff_read(v);
}

static void view_diff_forget(struct view_diff *v)
{
	view_diff_clear(v);
	revision_free(v->asked);
	v->asked = NULL;
	revision_free(v->revision);
	v->revision = NULL;
	files_free(v->disk);
	v->disk = NULL;
}

static void view_diff_copy(struct view_diff *v, const struct diff_against *against)
{
	struct arena *old = v->arena;
	v->arena = arena_new();
	const char **profiles = arena_array(v->arena, against->nprofiles, sizeof *profiles);
	for (size_t i = 0; i < against->nprofiles; i++)
		profiles[i] = arena_text(v->arena, str_of(against->profiles[i]));
	v->against = *against;
	v->against.profiles = profiles;
	if (against->revision)
		v->against.revision = arena_text(v->arena, str_of(against->revision));
	arena_free(old);
}

void view_diff_set(struct view *view, const struct diff_against *against)
{
	struct view_diff *v = (struct view_diff *)view;
	view_diff_forget(v);
	view_diff_copy(v, against);
	view_diff_read(v);
}

/* ---- asking ---- */

void view_diff_ask(struct view *view, enum diff_kind kind)
{
	struct view_diff *v = (struct view_diff *)view;
	v->asks = kind == DIFF_REVISION ? DIFF_ASKS_REVISION : DIFF_ASKS_PROFILES;
	app_prompt(view->app, kind == DIFF_REVISION ? "against git revision: " : "against profiles: ");
}

/* Against profiles that some file knows; else says which there are. */
static void view_diff_typed_profiles(struct view_diff *v, struct str line)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *problems = problems_new();
	const struct settings *s = v->project->settings ? v->project->settings
	                                                : v->project->good_settings;
	struct diff_against against;
	diff_parse_profiles(a, line, &against);
	struct selection other = diff_selection(v->project, &against);
	if (s && !cascade_check_profiles(&other, s->profiles, s->nprofiles, problems))
		app_alert(v->view.app, "%.*s", STR_ARG(problems_get(problems, 0)->text));
	else
		view_diff_set(&v->view, &against);
}

static bool view_diff_search(struct view_diff *v, bool down);

static void view_diff_typed(struct view *view, struct str line)
{
	struct view_diff *v = (struct view_diff *)view;
	enum diff_asks asks = v->asks;
	line = str_trim(line);
	v->asks = DIFF_ASKS_SEARCH;
	if (asks == DIFF_ASKS_PROFILES) {
		view_diff_typed_profiles(v, line);
	} else if (asks == DIFF_ASKS_REVISION && line.n) {
		owned(arena) struct arena *a = arena_new();
		view_diff_set(view, &(struct diff_against){ .kind = DIFF_REVISION,
		                                            .revision = arena_text(a, line) });
	} else if (asks == DIFF_ASKS_SEARCH) {
		if (line.n) {
			buf_clear(&v->needle);
			buf_append(&v->needle, line);
		}
		view_diff_search(v, true);
	}
}

/* ---- searching ---- */

static struct str view_diff_line(const void *data, size_t i)
{
	struct view_diff *v = (struct view_diff *)data;
	buf_clear(&v->scratch);
	diff_row_append(&v->scratch, &v->rows[v->focus].rows[i]);
	return buf_str(&v->scratch);
}

static bool view_diff_search(struct view_diff *v, bool down)
{
	struct list *l = &v->lists[v->focus];
	if (!v->needle.n) {
		app_say(v->view.app, "nothing was searched for yet: / searches");
		return true;
	}
	size_t at = l->n ? search_lines(l->n, l->cursor, down, buf_str(&v->needle), view_diff_line, v)
	                 : STR_NONE;
	if (at == STR_NONE)
		app_say(v->view.app, "'%s' is not in this pane", buf_text(&v->needle));
	else
		list_go(l, at);
	return true;
}

/* ---- going ---- */

static bool view_diff_is_change(const struct diff_rows *rows, size_t i)
{
	const struct diff_row *row = &rows->rows[i];
	if (row->kind == DIFF_ROW_DIFFERENCE)
		return true;
	return row->kind == DIFF_ROW_LINE && row->sign != ' ' && i > 0 && rows->rows[i - 1].sign == ' ';
}

static bool view_diff_is_section(const struct diff_rows *rows, size_t i)
{
	return rows->rows[i].kind == DIFF_ROW_DOCUMENT || rows->rows[i].kind == DIFF_ROW_HUNK;
}

/* To the next row of a sort; says so where there is none. */
static bool view_diff_step(struct view_diff *v, bool down, const char *what,
                           bool (*is)(const struct diff_rows *, size_t))
{
	struct list *l = &v->lists[v->focus];
	for (size_t i = l->cursor; down ? i + 1 < l->n : i > 0;) {
		i = down ? i + 1 : i - 1;
		if (!is(&v->rows[v->focus], i))
			continue;
		list_go(l, i);
		return true;
	}
	app_say(v->view.app, "no %s %s this one", what, down ? "after" : "before");
	return true;
}

static const struct difference *view_diff_difference(const struct view_diff *v)
{
	const struct diff_row *row = view_diff_row(v, DIFF_CONFIG);
	if (!row || row->document == STR_NONE || row->difference == STR_NONE)
		return NULL;
	return &v->diff.documents[row->document].comparison.all[row->difference];
}

/* Of a line that is gone: the one that stands there now; 0: there is none. */
static unsigned view_diff_line_now(const struct view_diff *v)
{
	const struct diff_rows *rows = &v->rows[DIFF_DOCKERFILE];
	size_t here = v->lists[DIFF_DOCKERFILE].cursor;
	for (size_t i = here; i < rows->n; i++)
		if (rows->rows[i].line)
			return rows->rows[i].line;
	for (size_t i = here; i-- > 0;)
		if (rows->rows[i].line)
			return rows->rows[i].line;
	return 0;
}

/* Back in the project view, at what the row is about.  The diff goes with its view. */
static bool view_diff_go(struct view_diff *v)
{
	owned(arena) struct arena *a = arena_new();
	const struct diff_row *row = view_diff_row(v, v->focus);
	struct app *app = v->view.app;
	if (!row)
		return false;
	if (v->focus == DIFF_DOCKERFILE) {
		unsigned line = view_diff_line_now(v);
		if (!line)
			return false;
		app_pop(app);
		view_project_go_line(app_view(app), line);
		return true;
	}
	const struct difference *d = view_diff_difference(v);
	if (row->document == STR_NONE)
		return false;
	const char *path = arena_text(a, str_of(v->diff.documents[row->document].path));
	struct str pointer = d ? arena_str(a, difference_pointer(d)) : STR("");
	app_pop(app);
	view_project_go_value(app_view(app), path, pointer);
	return true;
}

/* Where the value was written; a git revision's lines may be others by now. */
static bool view_diff_edit(struct view_diff *v)
{
	const struct difference *d = view_diff_difference(v);
	struct origin at = { 0 };
	if (v->focus == DIFF_CONFIG && d) {
		at = value_origin(d->after ? d->after : d->before);
		if (!d->after && v->against.kind == DIFF_REVISION)
			at.line = 1;
	}
	if (!at.path || !at.line)
		app_say(v->view.app, "no file of the project says this: there is nothing to edit");
	else
		app_edit(v->view.app, at.path, at.line);
	return true;
}

static bool view_diff_move(struct view_diff *v, enum action action, unsigned count)
{
	struct list *l = &v->lists[v->focus];
	if (list_is_at_end(l, action) && l->n > 0) {
		app_say(v->view.app, action == ACTION_LEFT ? "this is the left end" :
		        l->cursor == 0 && action != ACTION_DOWN ? "this is the first line"
		                                                : "this is the last line");
		return true;
	}
	return list_move(l, action, count, 8);
}

static bool view_diff_act(struct view *view, enum action action, unsigned count)
{
	struct view_diff *v = (struct view_diff *)view;
	switch (action) {
	case ACTION_NEXT_PANE: case ACTION_PREV_PANE:
		v->focus = v->focus == DIFF_CONFIG ? DIFF_DOCKERFILE : DIFF_CONFIG;
		return true;
	case ACTION_ZOOM: v->zoom = !v->zoom; return true;
	case ACTION_NARROWER: case ACTION_WIDER: case ACTION_EVEN:
		return app_border(view->app, 0, action, count);
	case ACTION_SEARCH:
		v->asks = DIFF_ASKS_SEARCH;
		app_prompt(view->app, "/");
		return true;
	case ACTION_SEARCH_NEXT: case ACTION_SEARCH_PREV:
		return view_diff_search(v, action == ACTION_SEARCH_NEXT);
	case ACTION_NEXT_CHANGE: case ACTION_PREV_CHANGE:
		return view_diff_step(v, action == ACTION_NEXT_CHANGE, "difference", view_diff_is_change);
	case ACTION_NEXT_FILE: case ACTION_PREV_FILE:
	case ACTION_SECTION_DOWN: case ACTION_SECTION_UP:
		return view_diff_step(v, action == ACTION_NEXT_FILE || action == ACTION_SECTION_DOWN,
		                      v->focus == DIFF_CONFIG ? "file" : "hunk", view_diff_is_section);
	case ACTION_DIFF: app_open(view->app, diff_menu_new(v->project, view)); return true;
	case ACTION_PROFILES: app_open(view->app, profile_picker_new(v->project)); return true;
	case ACTION_ENTER: case ACTION_SOURCE: return view_diff_go(v);
	case ACTION_EDIT: return view_diff_edit(v);
	default: return view_diff_move(v, action, count);
	}
}

static void view_diff_free(struct view *view)
{
	struct view_diff *v = (struct view_diff *)view;
	view_diff_forget(v);
	arena_free(v->arena);
	buf_finish(&v->fault);
	buf_finish(&v->needle);
	buf_finish(&v->scratch);
	free(v);
}

static const struct hint view_diff_hints[] = {
	{ ACTION_NEXT_CHANGE, "next difference" }, { ACTION_NEXT_PANE, "pane" },
	{ ACTION_SOURCE, "go to it" }, { ACTION_DIFF, "against" }, { ACTION_EDIT, "edit" },
	{ ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { 0, NULL },
};

static struct list *view_diff_list(struct view *view, size_t i)
{
	return i < DIFF_PANES ? &((struct view_diff *)view)->lists[i] : NULL;
}

static size_t view_diff_focused(const struct view *view)
{
	return ((const struct view_diff *)view)->focus;
}

static void view_diff_focus(struct view *view, size_t i)
{
	((struct view_diff *)view)->focus = (enum diff_pane)i;
}

static const struct view_nav view_diff_nav = {
	.list = view_diff_list, .focused = view_diff_focused, .focus = view_diff_focus,
};

static const struct view_ops view_diff_ops = {
	.name = "diff", .where = WHERE_DIFF,
	.nav = &view_diff_nav, .draw = view_diff_draw, .act = view_diff_act,
	.free = view_diff_free, .enter = view_diff_enter, .reread = view_diff_reread,
	.typed = view_diff_typed, .hints = view_diff_hints,
};

struct view *view_diff_new(struct project *project, const struct diff_against *against)
{
	struct view_diff *v = xcalloc(1, sizeof *v);
	v->view.ops = &view_diff_ops;
	v->project = project;
	view_diff_copy(v, against);
	return &v->view;
}
