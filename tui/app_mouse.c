/* What the mouse means to the app, and borders that move. */
#include "core/os/clock.h"
#include "tui/app_inside.h"
#include "tui/list.h"

/* Wider is no terminal. */
enum { MOUSE_FAR = 1000 };

struct panes *app_panes(struct app *app)
{
	return &app->panes;
}

bool app_border(struct app *app, unsigned index, enum action action, unsigned count)
{
	unsigned where = app_view(app)->ops->where;
	int by = count > MOUSE_FAR ? MOUSE_FAR : count ? (int)count : 1;
	if (action == ACTION_EVEN && !panes_even(&app->panes, where))
		app_say(app, "no border was moved here");
	if (action == ACTION_EVEN)
		return true;
	if (action != ACTION_NARROWER && action != ACTION_WIDER)
		return false;
	if (!panes_move(&app->panes, where, index, action == ACTION_WIDER ? by : -by))
		app_say(app, "no border between panes is shown here");
	return true;
}

struct mouse_spots *app_spots(struct app *app)
{
	return &app->spots;
}

void app_mouse_clear(struct app *app)
{
	struct view *view = app_view(app);
	struct list *list;
	app->spots.n = 0;
	panes_clear(&app->panes);
	for (size_t i = 0; view && app_nav(view)->list && (list = app_nav(view)->list(view, i)); i++)
		list_at(list, (struct area){ 0 });
}

bool app_mouse_switch(struct app *app, bool on)
{
	if (app->term && !term_mouse(app->term, on))
		return false;
	app->pointer = (struct app_pointer){ .on = on };
	return true;
}

void app_mouse_toggle(struct app *app)
{
	if (!app_mouse_switch(app, !app->pointer.on))
		app_say(app, "this terminal has no mouse");
	else if (app->pointer.on)
		app_say(app, "the mouse is on: click, double click, wheel; with Shift the terminal "
		        "selects");
	else
		app_say(app, "the mouse is off");
}

/* The list under the mouse gets the keys. */
static struct list *mouse_list(struct view *view, int row, int col, size_t *ret_i)
{
	struct list *list;
	for (size_t i = 0; app_nav(view)->list && (list = app_nav(view)->list(view, i)); i++)
		if (mouse_is_in(list->at, row, col)) {
			*ret_i = i;
			return list;
		}
	return NULL;
}

static void mouse_focus(struct view *view, size_t i)
{
	if (app_nav(view)->focus)
		app_nav(view)->focus(view, i);
}

static void mouse_press_line(struct app *app, struct view *view, const struct mouse_event *e)
{
	size_t i;
	struct list *list = mouse_list(view, e->row, e->col, &i);
	size_t line = list ? list->top + (size_t)(e->row - list->at.row) : 0;
	int64_t now = clock_monotonic_ms();
	bool twice = app->pointer.row == e->row && app->pointer.col == e->col &&
	             app->pointer.pressed_ms && now - app->pointer.pressed_ms < MOUSE_DOUBLE_MS;
	app->pointer.row = e->row;
	app->pointer.col = e->col;
	app->pointer.pressed_ms = twice ? 0 : now;
	if (!list)
		return;
	if (line < list->n)
		list_go(list, line);
	mouse_focus(view, i);
	if (twice && line < list->n)
		app_perform(app, ACTION_ENTER, 0);
}

static void mouse_press(struct app *app, struct view *view, const struct mouse_event *e)
{
	const struct mouse_spot *spot = mouse_spot_at(&app->spots, e->row, e->col);
	app->pointer.drags = panes_at(&app->panes, e->row, e->col);
	if (app->pointer.drags)
		return;
	if (spot && spot->kind == SPOT_ACTION)
		app_perform(app, (enum action)spot->n, 0);
	else if (spot)
		mouse_focus(view, (size_t)spot->n);
	else
		mouse_press_line(app, view, e);
}

static void mouse_drag(struct app *app, const struct mouse_event *e)
{
	struct panes_border *b = app->pointer.drags;
	if (b && b->at.rows > 0)
		b->by += e->col - b->at.col;
}

static void mouse_wheel(struct app *app, struct view *view, const struct mouse_event *e)
{
	size_t i;
	bool down = e->what == MOUSE_WHEEL_DOWN;
	if (app->popup) {
		app->popup->ops->act(app->popup, down ? ACTION_DOWN : ACTION_UP, MOUSE_WHEEL_LINES);
		return;
	}
	struct list *list = mouse_list(view, e->row, e->col, &i);
	if (!list)
		return;
	list_scroll(list, down, MOUSE_WHEEL_LINES);
	mouse_focus(view, i);
}

void app_mouse(struct app *app, const struct mouse_event *e)
{
	struct view *view = app_view(app);
	bool wheel = e->what == MOUSE_WHEEL_UP || e->what == MOUSE_WHEEL_DOWN;
	bool typing = app->prompt.open || (view && view->ops->typing && view->ops->typing(view));
	if (!view || !app->pointer.on || typing)
		return;
	app_dirty(app);
	if (e->what == MOUSE_PRESS)
		buf_clear(&app->message);
	if (wheel)
		mouse_wheel(app, view, e);
	else if (e->what == MOUSE_RELEASE)
		app->pointer.drags = NULL;
	else if (e->what == MOUSE_DRAG)
		mouse_drag(app, e);
	else if (!app->popup)
		mouse_press(app, view, e);
}
