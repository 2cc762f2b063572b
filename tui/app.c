/* Keys in, picture out: the screen as a state machine without a terminal. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/os/clock.h"
#include "tui/app_inside.h"
#include "tui/view_build.h"
#include "tui/view_history.h"
#include "tui/view_messages.h"
#include "tui/which_key.h"
#include "tui/wrap.h"

enum { APP_LINE_MOST = 3, APP_MARK_COLS = 8 };

static void app_build_ended(void *data, const struct history_item *item);

struct app *app_new(struct loop *loop, struct project *project, int rows, int cols)
{
	struct app *app = xcalloc(1, sizeof *app);
	app->loop = loop;
	app->project = project;
	app->surface = surface_new(rows, cols);
	app->dirty = true;
	app->endings = endings_new(loop, app_build_ended, app);
	theme_default(&app->theme);
	return app;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	app_close(app);
	while (app->nviews) {
		struct view *view = app->views[--app->nviews];
		view->ops->free(view);
	}
	loop_untimer(app->loop, app->tick);
	loop_untimer(app->loop, app->digit);
	loop_untimer(app->loop, app->hint);
	loop_untimer(app->loop, app->change);
	jumps_finish(&app->jumps);
	marks_finish(&app->marks);
	watch_free(app->watch);
	doctor_request_free(app->doctor);
	app_keep_finish(app);
	shell_free(app->shell);
	login_free(app->login);
	prompt_finish(&app->prompt);
	buf_finish(&app->message);
	errand_free(app->errand);
	buf_finish(&app->doing_words);
	messages_finish(&app->messages);
	endings_free(app->endings);
	surface_free(app->surface);
	free(app);
}

struct loop *app_loop(struct app *app)
{
	return app->loop;
}

struct project *app_project(struct app *app)
{
	return app->project;
}

void app_dirty(struct app *app)
{
	app->dirty = true;
}

bool app_has_ended(const struct app *app)
{
	return app->ended;
}

void app_end(struct app *app)
{
	app->ended = true;
	loop_stop(app->loop);
}

/* ---- views ---- */

struct view *app_view(struct app *app)
{
	return app->nviews ? app->views[app->nviews - 1] : NULL;
}

static void app_entered(struct app *app)
{
	struct view *view = app_view(app);
	keymap_clear(&app->keymap);
	app_dirty(app);
	if (view && view->ops->enter)
		view->ops->enter(view);
	app_say_lack(app);
}

void app_push(struct app *app, struct view *view)
{
	app_jump_from(app);
	if (app->nviews == APP_VIEWS)
		app_home(app);
	view->app = app;
	app->views[app->nviews++] = view;
	app_entered(app);
}

void app_pop(struct app *app)
{
	struct view *view = app_view(app);
	if (app->nviews < 2) {
		app_end(app);
		return;
	}
	app->nviews--;
	view->ops->free(view);
	app_entered(app);
}

void app_home(struct app *app)
{
	while (app->nviews > 1)
		app_pop(app);
}

void app_open(struct app *app, struct popup *popup)
{
	app_close(app);
	popup->app = app;
	app->popup = popup;
	keymap_clear(&app->keymap);
	app_dirty(app);
}

bool app_is_asking(const struct app *app)
{
	return app->popup || app->prompt.open || app->away;
}

void app_close(struct app *app)
{
	if (!app->popup)
		return;
	struct popup *popup = app->popup;
	app->popup = NULL;
	popup->ops->free(popup);
	app_dirty(app);
}

void app_prompt(struct app *app, const char *sign)
{
	prompt_open(&app->prompt, sign);
	app_dirty(app);
}

/* ---- messages ---- */

__attribute__((format(printf, 3, 0)))
static void app_message(struct app *app, bool alert, const char *fmt, va_list args)
{
	buf_clear(&app->message);
	buf_vprintf(&app->message, fmt, args);
	app->alert = alert;
	messages_add(&app->messages, alert, buf_str(&app->message));
	app_dirty(app);
}

void app_say(struct app *app, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	app_message(app, false, fmt, args);
	va_end(args);
}

void app_alert(struct app *app, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	app_message(app, true, fmt, args);
	va_end(args);
}

void app_show_messages(struct app *app)
{
	if (!app->nviews || app_view(app)->ops->where != WHERE_MESSAGES)
		app_push(app, view_messages_new(&app->messages));
}

enum watch_lack app_lack(const struct app *app)
{
	const struct view *view = app->nviews ? app->views[app->nviews - 1] : NULL;
	enum watch_lack lack = app->watch ? watch_lack(app->watch) : WATCH_LACKS_NOTHING;
	return lack || !view || !view->ops->lack ? lack : view->ops->lack(view);
}

/* Said once for each cause; the mark on the bottom line stays. */
void app_say_lack(struct app *app)
{
	enum watch_lack lack = app_lack(app);
	if (!lack || app->lacks & 1u << lack)
		return;
	app->lacks |= 1u << lack;
	app_say(app, "files are looked at every second: %s", watch_lack_text(lack));
}

/* ---- builds ---- */

static void app_tell_end(struct app *app, const struct history_item *item)
{
	const char *name = item->image[0] ? item->image : item->id;
	owned_buf struct buf took = { 0 };
	switch (item->state) {
	case HISTORY_RUNNING:
		break;
	case HISTORY_DONE:
		clock_append_seconds(&took, item->ended - item->started);
		if (item->nbuilds)
			app_say(app, "all %zu builds are done, in %s", item->nbuilds, buf_text(&took));
		else
			app_say(app, "%s is built, in %s", name, buf_text(&took));
		break;
	case HISTORY_FAILED:
		app_alert(app, "%s failed: %s (build %s)", name, item->error, item->id);
		break;
	case HISTORY_CANCELLED:
		app_say(app, "build %s of %s is cancelled", item->id, name);
		break;
	case HISTORY_LOST:
		app_alert(app, "build %s of %s is lost: its job is gone (killed, or the machine stopped)",
		          item->id, name);
		break;
	}
}

/* Whoever looks at the build sees it end; it is remembered all the same. */
static void app_build_ended(void *data, const struct history_item *item)
{
	struct app *app = data;
	struct view *view = app_view(app);
	bool seen = view && view->ops->is_about && view->ops->is_about(view, item->dir);
	owned_buf struct buf before = app->message;
	bool alert = app->alert;
	app->message = (struct buf){ 0 };
	app_tell_end(app, item);
	app_notice(app, item);
	/* Nor does it take away what was said a moment ago about something else. */
	if (!seen)
		return;
	struct buf said = app->message;
	app->message = before;
	before = said;
	app->alert = alert;
}

static void app_push_or_alert(struct app *app, struct view *view, const struct error *err)
{
	if (view)
		app_push(app, view);
	else
		app_alert(app, "%s", err->text);
}

void app_open_build(struct app *app, const char *dir)
{
	struct error err;
	endings_wait(app->endings, dir);
	app_push_or_alert(app, view_build_new(app->loop, dir, &err), &err);
}

void app_replay_build(struct app *app, const char *dir)
{
	struct error err;
	app_push_or_alert(app, view_build_new_replay(app->loop, dir, &err), &err);
}

void app_build_now(struct app *app)
{
	owned(arena) struct arena *arena = arena_new();
	struct request request;
	struct error err;
	const char *id = request_new_id(&err);
	if (!id) {
		app_alert(app, "%s", err.text);
		return;
	}
	if (!app_request(app, arena, id, &request))
		return;
	if (!job_start(&request, NULL, &err)) {
		app_alert(app, "%s", err.text);
		return;
	}
	const char *dir = request_find(id, &err);
	app_home(app);
	if (dir)
		app_open_build(app, dir);
	else
		app_alert(app, "%s", err.text);
}

void app_last_build(struct app *app)
{
	struct error err;
	const char *dir = request_find(NULL, &err);
	if (!dir) {
		app_say(app, "%s", err.text);
		return;
	}
	app_home(app);
	app_open_build(app, dir);
}

void app_history(struct app *app)
{
	struct error err;
	struct view *view = view_history_new(app->loop, &err);
	if (!view) {
		app_alert(app, "%s", err.text);
		return;
	}
	app_home(app);
	app_push(app, view);
}

/* ---- painting ---- */

static void app_draw_hints(struct app *app, struct pen *pen)
{
	const struct view *view = app_view(app);
	for (const struct hint *h = view ? view->ops->hints : NULL; h && h->text; h++) {
		struct str keys = app_plain(keymap_first_at(h->action, view->ops->where));
		size_t width = text_width(keys) + text_width(str_of(h->text)) + 1;
		int col = pen->col;
		if (keys.n == 0)
			continue;
		if ((size_t)pen_left(pen) < width)
			break;
		pen_text(pen, keys, INK(HOT));
		pen_printf(pen, INK(FAINT), " %s", h->text);
		mouse_spot(&app->spots, pen, col, SPOT_ACTION, (int)h->action);
		if (h[1].text && pen_left(pen) > 2)
			pen_word(pen, "  ", INK(FAINT));
	}
}

/* What was typed so far and, where there is no room for a box, what may follow. */
static void app_draw_pending(struct app *app, struct pen *pen)
{
	owned_buf struct buf typed = { 0 };
	keymap_pending(&app->keymap, &typed);
	pen_printf(pen, INK(HOT), "%s ", buf_text(&typed));
	if (app->hinting && !app->hinted)
		which_key_draw_line(&app->keymap, app_where(app), pen);
}

static const char *app_typing(struct app *app)
{
	struct view *view = app_view(app);
	return !app->popup && view && view->ops->typing ? view->ops->typing(view) : NULL;
}

/* That files are polled stands at the right of the bottom line, whatever it says. */
static struct area app_draw_lack(struct app *app, struct area line)
{
	if (!app_lack(app) || line.cols < 3 * APP_MARK_COLS)
		return line;
	int room = line.cols - APP_MARK_COLS;
	struct pen pen = pen_at(app->surface, area_cols(line, room, APP_MARK_COLS), line.rows - 1);
	pen_word(&pen, " polling", INK(WARNING));
	return area_cols(line, 0, room);
}

static void app_draw_line(struct app *app, struct area line)
{
	line = app_draw_lack(app, line);
	struct pen pen = pen_at(app->surface, line, 0);
	if (app->prompt.open) {
		prompt_draw(&app->prompt, app->surface, line);
		return;
	}
	if (app->message.n && !keymap_is_waiting(&app->keymap)) {
		wrap_draw(app->surface, line, buf_str(&app->message),
		          app->alert ? INK(SAYALERT) : INK(SAY));
		return;
	}
	if (keymap_is_waiting(&app->keymap))
		app_draw_pending(app, &pen);
	else if (app_typing(app))
		pen_word(&pen, app_typing(app), INK(FAINT));
	else
		app_draw_hints(app, &pen);
	pen_fill(&pen, INK(TEXT));
}

/* A message that is too long for one row gets more where there are some to spare. */
static int app_line_rows(const struct app *app, struct area all)
{
	int most = all.rows / 3 < APP_LINE_MOST ? all.rows / 3 : APP_LINE_MOST;
	if (!app->message.n || app->prompt.open || keymap_is_waiting(&app->keymap))
		return 1;
	/* The last columns may be those of a mark. */
	return wrap_rows(buf_str(&app->message), all.cols - (app_lack(app) ? APP_MARK_COLS : 0),
	                 most > 1 ? most : 1);
}

const struct surface *app_draw(struct app *app)
{
	surface_clear(app->surface);
	app_mouse_clear(app);
	struct area all = surface_area(app->surface);
	bool says = app->prompt.open || app->message.n || keymap_is_waiting(&app->keymap);
	struct area line = { 0 };
	/* Where rows are few the bottom one is the view's until there is something to say. */
	if (all.rows >= 8 || (says && all.rows >= 1))
		line = area_cut_bottom(&all, app_line_rows(app, all));
	struct view *view = app_view(app);
	if (view && all.rows > 0)
		view->ops->draw(view, app->surface, all);
	if (app->popup)
		popup_draw(app->popup, app->surface, all.rows > 0 ? all : line);
	app->hinting = app->hinting && keymap_is_waiting(&app->keymap);
	app->hinted = app->hinting && !app->prompt.open &&
	              which_key_draw(&app->keymap, app_where(app), app->surface, all);
	app_draw_line(app, line);
	app->dirty = false;
	return app->surface;
}

void app_resize(struct app *app, int rows, int cols)
{
	surface_resize(app->surface, rows, cols);
	app_dirty(app);
}

void app_reread(struct app *app)
{
	if (!app->project)
		return;
	project_read(app->project);
	for (size_t i = 0; i < app->nviews; i++)
		if (app->views[i]->ops->reread)
			app->views[i]->ops->reread(app->views[i]);
	app_watch_project(app);
	app_dirty(app);
}
