/* Where the user was: jumps back and forth, marked lines. */
#include "tui/app_inside.h"
#include "tui/list.h"

const struct view_nav *app_nav(const struct view *view)
{
	static const struct view_nav none;
	return view->ops->nav ? view->ops->nav : &none;
}

static size_t places_focused(struct view *view)
{
	return app_nav(view)->focused ? app_nav(view)->focused(view) : 0;
}

static const char *places_subject(struct view *view)
{
	return app_nav(view)->subject ? app_nav(view)->subject(view) : "";
}

/* Of a view that has nothing better: the number of the list and of the line. */
static void places_append(struct view *view, struct buf *out)
{
	size_t i = places_focused(view);
	struct list *list = app_nav(view)->list ? app_nav(view)->list(view, i) : NULL;
	if (app_nav(view)->place)
		app_nav(view)->place(view, out);
	else if (list)
		buf_printf(out, "%zu %zu", i, list->cursor);
}

static bool places_go_number(struct view *view, struct str line)
{
	struct str word;
	unsigned long long i, at;
	if (!str_next(&line, ' ', &word) || !str_number(word, 64, &i) || !line.p ||
	    !str_number(line, (size_t)-1 >> 1, &at) || !app_nav(view)->list)
		return false;
	struct list *list = app_nav(view)->list(view, (size_t)i);
	if (!list || at >= list->n)
		return false;
	list_go(list, (size_t)at);
	if (app_nav(view)->focus)
		app_nav(view)->focus(view, (size_t)i);
	return true;
}

static bool places_is(struct view *view, const struct place *place)
{
	return view->ops->where == place->where && strcmp(places_subject(view), place->subject) == 0;
}

/* The view of the place to the front, opened again if it was closed. */
static bool places_open(struct app *app, const struct place *place)
{
	size_t i = app->nviews;
	while (i > 0 && !places_is(app->views[i - 1], place))
		i--;
	struct view *front = app_view(app);
	if (i != app->nviews && front->ops->leave && !front->ops->leave(front))
		return false;
	while (i > 0 && app->nviews > i)
		app_pop(app);
	if (i > 0)
		return true;
	switch (place->where) {
	case WHERE_BUILD:
		app_home(app);
		app_open_build(app, place->subject);
		break;
	case WHERE_HISTORY: app_history(app); break;
	case WHERE_MATRIX: app_matrix(app); break;
	default: break;
	}
	return places_is(app_view(app), place);
}

static bool places_go(struct app *app, const struct place *place)
{
	app->jumps_off = true;
	bool opened = places_open(app, place);
	app->jumps_off = false;
	struct view *view = app_view(app);
	app_dirty(app);
	if (!opened)
		return false;
	return app_nav(view)->go ? app_nav(view)->go(view, str_of(place->line))
	                     : places_go_number(view, str_of(place->line));
}

/* ---- jumps ---- */

void app_jump_from(struct app *app)
{
	struct view *view = app_view(app);
	owned_buf struct buf line = { 0 };
	if (!view || app->jumps_off)
		return;
	places_append(view, &line);
	if (line.n)
		jumps_push(&app->jumps, view->ops->where, str_of(places_subject(view)), buf_str(&line));
}

static bool places_jump(struct app *app, bool back, bool first)
{
	struct view *view = app_view(app);
	owned_buf struct buf line = { 0 }, subject = { 0 };
	const unsigned where = view->ops->where;
	const struct place *place;
	places_append(view, &line);
	buf_append(&subject, str_of(places_subject(view)));
	/* What is gone is passed over; the view is left for it all the same. */
	do {
		place = back ? jumps_back(&app->jumps, where, buf_str(&subject), buf_str(&line))
		             : jumps_forth(&app->jumps);
	} while (place && !places_go(app, place));
	if (!place && first)
		app_say(app, back ? "no jump lies before this" : "no jump lies behind this");
	return place;
}

/* ---- marks ---- */

static void places_mark(struct app *app, char letter)
{
	struct view *view = app_view(app);
	owned_buf struct buf line = { 0 };
	places_append(view, &line);
	if (line.n == 0) {
		app_say(app, "there is no line to mark");
		return;
	}
	marks_set(&app->marks, letter, view->ops->where, str_of(places_subject(view)), buf_str(&line));
	app_say(app, "this line is marked: '%c goes to it", letter);
}

static void places_to_mark(struct app *app, char letter)
{
	struct view *view = app_view(app);
	const struct place *place = marks_get(&app->marks, letter, view->ops->where);
	if (!place) {
		app_say(app, "%c marks nothing in this view: m%c marks a line", letter, letter);
		return;
	}
	app_jump_from(app);
	if (!places_go(app, place))
		app_say(app, "the line that %c marked is gone", letter);
}

/* After these the way back leads to where they were typed. */
static bool places_is_jump(enum action action)
{
	switch (action) {
	case ACTION_FIRST: case ACTION_LAST: case ACTION_SEARCH_NEXT: case ACTION_SEARCH_PREV:
	case ACTION_SOURCE: case ACTION_RESULT: case ACTION_NEXT_PROBLEM: case ACTION_PREV_PROBLEM:
	case ACTION_NEXT_ERROR: case ACTION_PREV_ERROR: case ACTION_FATAL: case ACTION_NEXT_FILE:
	case ACTION_PREV_FILE:
		return true;
	default:
		return false;
	}
}

bool app_places_act(struct app *app, enum action action, unsigned count, uint32_t key)
{
	if (app->popup || !app_view(app))
		return false;
	bool letter = key >= 'a' && key <= 'z';
	switch (action) {
	case ACTION_JUMP_BACK: case ACTION_JUMP_FORTH:
		for (unsigned i = 0; i == 0 || (i < count && i < JUMPS_MAX); i++)
			if (!places_jump(app, action == ACTION_JUMP_BACK, i == 0))
				break;
		return true;
	case ACTION_MARK:
		if (letter)
			places_mark(app, (char)key);
		return letter;
	case ACTION_TO_MARK:
		if (letter)
			places_to_mark(app, (char)key);
		return letter;
	default:
		if (places_is_jump(action))
			app_jump_from(app);
		return false;
	}
}
