/* What the workbench has beside its picture: the theme that fits, title, progress, notices. */
#include <stdlib.h>
#include <string.h>

#include "core/os/clock.h"
#include "core/os/spawn.h"
#include "tui/app_inside.h"

static bool app_is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && value[0];
}

/* ---- theme ---- */

/* A theme that cannot be had is told once; what was there before stays. */
static void app_take_theme(struct app *app, const char *name)
{
	owned(files) struct files *files = files_disk(".");
	struct error err;
	if (!theme_find(files, name, &app->theme, &err)) {
		owned_buf struct buf line = { 0 };
		error_print(&line, &err);
		app_alert(app, "%s", buf_text(&line));
	}
	if (app->term)
		term_recolour(app->term);
	app_dirty(app);
}

void app_theme(struct app *app)
{
	const char *name = getenv("MORTAR_THEME");
	if (!name || !name[0])
		name = app->project->preferences->theme;
	app->theme_follows = !name || strcmp(name, "auto") == 0;
	if (app->theme_follows)
		name = around_hint(getenv("COLORFGBG")) > 0 ? "light" : "dark";
	app_take_theme(app, name);
}

void app_hear(struct app *app)
{
	struct term_told told = term_told(app->term);
	if (!app->theme_follows || !told.has_background)
		return;
	app->theme_follows = false;
	bool is_light = around_is_light(told.background);
	if (is_light != around_is_light(app->theme.looks[STYLE_TEXT].bg))
		app_take_theme(app, is_light ? "light" : "dark");
}

/* ---- title and progress ---- */

struct around app_around(const struct preferences *p)
{
	struct around_environment environment = around_environment();
	struct around around = around_learn(&environment);
	around.title = around.title && p->title != SWITCH_OFF;
	around.progress = p->progress == SWITCH_ON ||
	                  (around.progress && p->progress != SWITCH_OFF);
	around.synchronized = around.synchronized && p->synchronized != SWITCH_OFF;
	around.bell = p->notice_bell != SWITCH_OFF;
	around.notice = p->notice_terminal == SWITCH_ON ||
	                (around.notice && p->notice_terminal != SWITCH_OFF);
	return around;
}

void app_tell_around(struct app *app)
{
	struct view *view = app_view(app);
	struct view_news news = { 0 };
	if (view && view->ops->news)
		view->ops->news(view, &news);
	if (!news.title.n)
		buf_printf(&news.title, "mortar: %s",
		           app->project->settings ? app->project->settings->name : "no project");
	term_tell(app->term, buf_str(&news.title), news.progress, news.percent);
	buf_finish(&news.title);
}

/* ---- notices ---- */

static void app_ignore(struct loop *loop, pid_t pid, int status, void *data)
{
	(void)loop;
	(void)pid;
	(void)status;
	(void)data;
}

/* Only on the desktop that the user sits at; where the program is missing there is none. */
static void app_notice_desktop(struct app *app, const char *title, const char *text)
{
	const char *const argv[] = { "notify-send", "--app-name=mortar", "--", title, text, NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL, .err = SPAWN_NULL };
	struct child child;
	struct error ignored;
	bool here = (app_is_set("WAYLAND_DISPLAY") || app_is_set("DISPLAY")) &&
	            !app_is_set("SSH_CONNECTION");
	if (here && spawn_start(&spawn, &child, &ignored))
		loop_child(app->loop, child.pid, app_ignore, NULL);
}

void app_notice(struct app *app, const struct history_item *item)
{
	const struct preferences *p = app->project ? app->project->preferences : NULL;
	double took = item->ended - item->started;
	if (!p || !app->term || app->away || item->ended <= 0 || took < (double)p->notice_after ||
	    term_told(app->term).has_focus)
		return;
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf text = { 0 };
	const char *name = item->image[0] ? item->image : item->id;
	buf_printf(&text, "%s after ", history_state_name(item->state));
	clock_append_seconds(&text, took);
	const char *title = arena_printf(arena, "mortar: %s", name);
	term_notice(app->term, str_of(title), buf_str(&text));
	if (p->notice_desktop != SWITCH_OFF)
		app_notice_desktop(app, title, buf_text(&text));
}
