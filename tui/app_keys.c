/* What keys mean to the app. */
#include "tui/app_inside.h"
#include "tui/view_help.h"
#include "tui/which_key.h"

/* A digit alone is a view, unless another key follows within this time. */
enum { APP_DIGIT_MS = 600 };
/* A number before a key that moves by one: more is a slip. */
enum { APP_REPEATS = 1000 };

/* "<Tab>" as people say it. */
struct str app_plain(struct str key)
{
	if (str_eq(key, STR("<lt>")))
		return STR("<");
	return key.n > 2 && key.p[0] == '<' ? str_slice(key, 1, key.n - 2) : key;
}

unsigned app_where(const struct app *app)
{
	if (app->popup)
		return app->popup->ops->where;
	return app->nviews ? app->views[app->nviews - 1]->ops->where : 0;
}

static void app_back(struct app *app, uint32_t key)
{
	struct view *view = app_view(app);
	if (app->popup)
		app_close(app);
	else if (view && view->ops->back && view->ops->back(view))
		app_dirty(app);
	else if (app->nviews > 1)
		app_pop(app);
	else if (key != KEY_ESCAPE && key != KEY_CTRL_C)
		app_end(app);
	else
		app_say(app, "q leaves mortar; builds go on");
}

/* False: the view in front asks first. */
static bool app_may_leave(struct app *app)
{
	struct view *view = app_view(app);
	return app->popup || !view || !view->ops->leave || view->ops->leave(view);
}

static bool app_leaves(enum action action)
{
	return action == ACTION_QUIT || action == ACTION_BACK || action == ACTION_VIEW1 ||
	       action == ACTION_VIEW2 || action == ACTION_VIEW3 || action == ACTION_VIEW4;
}

/* What means the same in every view; false: the view's own. */
static bool app_act(struct app *app, enum action action, unsigned count, uint32_t key)
{
	struct view *view = app_view(app);
	if (app_leaves(action) && !app_may_leave(app))
		return true;
	switch (action) {
	case ACTION_QUIT: app_end(app); break;
	case ACTION_BACK: app_back(app, key); break;
	case ACTION_SUSPEND: app_suspend(app); break;
	case ACTION_DISK: app_disk(app); break;
	case ACTION_DOCTOR: app_doctor(app); break;
	case ACTION_MESSAGES: app_show_messages(app); break;
	case ACTION_VIEW1: app_home(app); break;
	case ACTION_VIEW2: app_last_build(app); break;
	case ACTION_VIEW3: app_history(app); break;
	case ACTION_VIEW4: app_matrix(app); break;
	case ACTION_REDRAW:
		if (app->term)
			term_redraw(app->term);
		break;
	case ACTION_HELP:
		if (!view || view->ops->where == WHERE_HELP)
			return false;
		app_push(app, view_help_new(view->ops));
		break;
	case ACTION_COMMANDS:
		if (view)
			app_open(app, action_list_new(app, view->ops->where, &app->recent));
		break;
	case ACTION_MOUSE:
		app_mouse_toggle(app);
		break;
	default:
		return app_places_act(app, action, count, key) || app_copy(app, action);
	}
	return true;
}

/* As often as was typed, where the view does it once. */
static bool app_act_in_view(struct app *app, enum action action, unsigned count)
{
	struct view *view = app_view(app);
	unsigned times = keymap_repeats(action) && count > 1 ? count : 1;
	bool done = view && view->ops->act(view, action, count);
	for (unsigned i = 1; done && i < times && i < APP_REPEATS; i++)
		if (app_view(app) != view || app->popup || !view->ops->act(view, action, count))
			break;
	return done;
}

static void app_do(struct app *app, enum action action, unsigned count, uint32_t key)
{
	if (app_act(app, action, count, key))
		return;
	unsigned where = app_where(app);
	bool done = app->popup ? app->popup->ops->act(app->popup, action, count)
	                       : app_act_in_view(app, action, count);
	if (!done && !app->message.n) {
		struct str keys = app_plain(keymap_first_at(action, where));
		app_say(app, "%.*s (%s) acts on nothing here", STR_ARG(keys), keymap_entry(action)->text);
	}
}

static void app_hint(struct loop *loop, void *data)
{
	struct app *app = data;
	(void)loop;
	app->hint = 0;
	app->hinting = keymap_is_waiting(&app->keymap);
	app_dirty(app);
}

static void app_wait(struct app *app)
{
	if (keymap_is_waiting(&app->keymap))
		app->hint = loop_timer(app->loop, WHICH_KEY_MS, app_hint, app);
}

void app_perform(struct app *app, enum action action, unsigned count)
{
	const struct keymap_entry *entry = keymap_entry(action);
	struct view *view = app_view(app);
	if (!view || !(entry->where & view->ops->where)) {
		app_say(app, "%s is no action of the %s view", entry->name, view ? view->ops->name : "");
		return;
	}
	struct str keys = keymap_first_at(action, view->ops->where);
	if (!str_has_suffix(str_of(entry->keys), STR("<a-z>"))) {
		app_do(app, action, count, 0);
		return;
	}
	keymap_clear(&app->keymap);
	while (app->keymap.nkeys + 1 < KEYMAP_KEYS && keys.n && !str_eq(keys, STR("<a-z>")))
		app->keymap.keys[app->keymap.nkeys++] = keymap_parse(&keys);
	app->hinting = true;
}

static void app_digit(struct loop *loop, void *data)
{
	struct app *app = data;
	(void)loop;
	app->digit = 0;
	enum action action = keymap_timeout(&app->keymap, app_where(app));
	app->hinting &= keymap_is_waiting(&app->keymap);
	if (action != ACTION_NONE)
		app_do(app, action, 0, 0);
	app_dirty(app);
}

static void app_unknown(struct app *app, struct keymap before, uint32_t key)
{
	owned_buf struct buf name = { 0 };
	before.count = 0;
	keymap_pending(&before, &name);
	keymap_name(key, &name);
	app_say(app, "%s means nothing here%s", buf_text(&name),
	        app->popup ? "" : "; ? shows the keys");
}

static void app_typed(struct app *app, uint32_t key)
{
	struct view *view = app_view(app);
	if (prompt_key(&app->prompt, key) == PROMPT_ENTERED && view && view->ops->typed) {
		app_jump_from(app);
		view->ops->typed(view, buf_str(&app->prompt.text));
	}
}

/* Popups lie over what is typed inside the view. */
static bool app_typed_inside(struct app *app, uint32_t key)
{
	struct view *view = app_view(app);
	if (app->popup)
		return app->popup->ops->key && app->popup->ops->key(app->popup, key);
	return view && view->ops->key && view->ops->key(view, key);
}

void app_key(struct app *app, uint32_t key)
{
	unsigned count = 0;
	app_dirty(app);
	if (key == KEY_RESIZED)
		return;
	buf_clear(&app->message);
	loop_untimer(app->loop, app->digit);
	loop_untimer(app->loop, app->hint);
	app->digit = app->hint = 0;
	app->hinting = false;
	if (app->prompt.open) {
		app_typed(app, key);
		return;
	}
	if (app_typed_inside(app, key))
		return;
	struct keymap before = app->keymap;
	enum action action = keymap_feed(&app->keymap, app_where(app), key, &count);
	if (action == ACTION_UNKNOWN)
		app_unknown(app, before, key);
	else if (action != ACTION_NONE)
		app_do(app, action, count, key);
	else if (app->keymap.count && app->keymap.nkeys == 0)
		app->digit = loop_timer(app->loop, APP_DIGIT_MS, app_digit, app);
	if (action == ACTION_NONE)
		app_wait(app);
}
