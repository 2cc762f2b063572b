/* The app in the world: terminal, signals, files that change, editors. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/os/spawn.h"
#include "tui/app_inside.h"
#include "tui/command.h"
#include "tui/keymap_file.h"
#include "tui/view_project.h"

/* Editors write a file in several goes; a save must show within 100 ms. */
enum { APP_SETTLE_MS = 20, APP_EDITOR_WORDS = 16 };

/* ---- files ---- */

static void app_changed_now(struct loop *loop, void *data)
{
	struct app *app = data;
	(void)loop;
	app->change = 0;
	app_reread(app);
}

static void app_changed(struct watch *watch, const char *path, void *data)
{
	struct app *app = data;
	(void)watch;
	(void)path;
	if (!app->change)
		app->change = loop_timer(app->loop, APP_SETTLE_MS, app_changed_now, app);
}

static void app_watch_path(void *data, const char *path)
{
	struct app *app = data;
	watch_add(app->watch, path);
}

void app_watch_project(struct app *app)
{
	if (!app->watch)
		return;
	watch_clear(app->watch);
	files_asked(app->project->files, app_watch_path, app);
	app_say_lack(app);
}

/* ---- somebody else's terminal ---- */

void app_suspend(struct app *app)
{
	if (!app->term)
		return;
	term_stop(app->term);
	int rows, cols;
	term_size(app->term, &rows, &cols);
	app_resize(app, rows, cols);
}

static void app_keys(struct loop *loop, int fd, short revents, void *data)
{
	struct app *app = data;
	uint32_t key;
	(void)fd;
	while (!app->ended && !app->away && (key = term_key(app->term)) != KEY_NONE) {
		struct mouse_event event = term_mouse_event(app->term);
		if (key == KEY_POINTER)
			app_mouse(app, &event);
		else
			app_key(app, key);
	}
	app_hear(app);
	if (revents & (POLLHUP | POLLERR | POLLNVAL)) {
		loop_unwatch(loop, STDIN_FILENO);
		app_end(app);
	}
}

void app_lend_terminal(struct app *app)
{
	if (app->term) {
		loop_unwatch(app->loop, STDIN_FILENO);
		term_leave(app->term);
	}
	app->away = true;
}

void app_take_terminal(struct app *app)
{
	app->away = false;
	if (app->term) {
		int rows, cols;
		term_return(app->term);
		term_size(app->term, &rows, &cols);
		app_resize(app, rows, cols);
		loop_watch(app->loop, STDIN_FILENO, POLLIN, app_keys, app);
	}
}

static void app_edited(struct loop *loop, pid_t pid, int status, void *data)
{
	struct app *app = data;
	(void)loop, (void)pid;
	app_take_terminal(app);
	if (status)
		app_alert(app, "the editor ended with status %d", WIFEXITED(status) ? WEXITSTATUS(status)
		                                                                    : status);
	app_reread(app);
}

/* Which form of "this line of this file" an editor takes. */
static void app_editor_place(struct arena *arena, const char *editor, const char *path,
                             unsigned line, const char **argv, size_t *n)
{
	static const char *const colon[] = { "hx", "helix", "subl", "zed", "code", "codium" };
	const char *slash = strrchr(editor, '/');
	const char *name = slash ? slash + 1 : editor;
	for (size_t i = 0; i < sizeof colon / sizeof *colon; i++) {
		if (strcmp(name, colon[i]) != 0)
			continue;
		if (name[0] == 'c')
			argv[(*n)++] = "--goto";
		argv[(*n)++] = line ? arena_printf(arena, "%s:%u", path, line) : path;
		return;
	}
	if (line)
		argv[(*n)++] = arena_printf(arena, "+%u", line);
	argv[(*n)++] = path;
}

void app_edit(struct app *app, const char *path, unsigned line)
{
	owned(arena) struct arena *arena = arena_new();
	const char *editor = getenv("VISUAL");
	if (!editor || !editor[0])
		editor = getenv("EDITOR");
	struct str rest = str_of(editor && editor[0] ? editor : "vi"), word;
	const char *argv[APP_EDITOR_WORDS + 4] = { NULL };
	size_t n = 0;
	while (n < APP_EDITOR_WORDS && str_next(&rest, ' ', &word))
		if (word.n)
			argv[n++] = arena_text(arena, word);
	if (n == 0)
		argv[n++] = "vi";
	/* A path that looks like an option is no option. */
	if (path[0] == '-')
		path = arena_printf(arena, "./%s", path);
	app_editor_place(arena, argv[0], path, line, argv, &n);
	struct spawn spawn = {
		.argv = argv, .in = SPAWN_INHERIT, .out = SPAWN_INHERIT, .err = SPAWN_INHERIT,
	};
	struct child child;
	struct error err;
	app_lend_terminal(app);
	if (spawn_start(&spawn, &child, &err)) {
		loop_child(app->loop, child.pid, app_edited, app);
		return;
	}
	app_edited(app->loop, 0, 0, app);
	app_alert(app, "%s: VISUAL or EDITOR names the editor", err.text);
}

/* ---- running ---- */

static void app_drained(struct loop *loop, int fd, short revents, void *data)
{
	struct app *app = data;
	(void)revents;
	app->full = false;
	loop_unwatch(loop, fd);
}

/* On a line that is slower than what happens the frames between are left out. */
static void app_hook(struct loop *loop, void *data)
{
	struct app *app = data;
	if (!app->dirty || app->away || app->ended || app->full)
		return;
	term_draw(app->term, app_draw(app));
	app_tell_around(app);
	app->full = true;
	loop_watch(loop, STDOUT_FILENO, POLLOUT, app_drained, app);
}

static void app_ticked(struct loop *loop, void *data)
{
	struct app *app = data;
	(void)loop;
	app->tick = 0;
	app_dirty(app);
}

/* After the drawing: a clock on the screen asks for the next one. */
static void app_hook_tick(struct loop *loop, void *data)
{
	struct app *app = data;
	struct view *view = app_view(app);
	int64_t ms = view && view->ops->tick && !app->away ? view->ops->tick(view) : -1;
	if (ms >= 0 && !app->tick)
		app->tick = loop_timer(loop, ms, app_ticked, app);
}

static void app_signal(struct loop *loop, int signal, void *data)
{
	struct app *app = data;
	(void)loop;
	if (signal == SIGTSTP && app->away) {
		/* An editor stops all that belong to the shell's job; it has tidied up. */
		term_halt();
	} else if (signal == SIGTSTP) {
		app_suspend(app);
	} else if (signal != SIGWINCH && signal != SIGCONT && signal != SIGINT && signal != SIGQUIT) {
		app_end(app);
	} else if (!app->away && (signal == SIGWINCH || signal == SIGCONT)) {
		int rows, cols;
		term_resize(app->term);
		term_size(app->term, &rows, &cols);
		app_resize(app, rows, cols);
	}
}

/* What is wrong in it is told by alerts, so that all of it stays in the messages. */
static void app_read_keys(struct app *app)
{
	owned(files) struct files *files = files_disk(".");
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	keymap_file_read(files, arena, problems);
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		owned_buf struct buf line = { 0 };
		problem_print(&line, p);
		if (p->severity == SEVERITY_ERROR)
			app_alert(app, "%s", buf_text(&line));
		else
			app_say(app, "%s", buf_text(&line));
	}
}

static bool app_loop_run(struct app *app, struct error *err)
{
	static const int signals[] = { SIGWINCH, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT,
	                               SIGTSTP };
	int rows, cols;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		loop_signal(app->loop, signals[i], app_signal, app);
	term_size(app->term, &rows, &cols);
	app_resize(app, rows, cols);
	app_push(app, view_project_new(app->project));
	/* Before a thousand files are watched there is something to look at. */
	term_draw(app->term, app_draw(app));
	app->watch = watch_new(app->loop, app_changed, app);
	app_watch_project(app);
	loop_watch(app->loop, STDIN_FILENO, POLLIN, app_keys, app);
	loop_hook(app->loop, app_hook, app);
	loop_hook(app->loop, app_hook_tick, app);
	bool ok = loop_run(app->loop, err);
	loop_unwatch(app->loop, STDIN_FILENO);
	return ok;
}

int app_run(const struct args *args)
{
	struct error err;
	owned(project) struct project *project = project_open(args, 0, &err);
	if (!project)
		return command_fail(&err);
	project->lints = true;
	project_read(project);
	owned(loop) struct loop *loop = loop_new();
	owned(app) struct app *app = app_new(loop, project, 1, 1);
	app_theme(app);
	app->term_facts = term_facts();
	struct around around = app_around(project->preferences);
	owned(term) struct term *term = term_open(&app->theme, &around, &err);
	if (!term)
		return command_fail(&err);
	app->term = term;
	app_read_keys(app);
	if (project->preferences->mouse)
		app_mouse_switch(app, true);
	bool ok = app_loop_run(app, &err);
	app->term = NULL;
	term_free(take(term));
	return ok ? 0 : command_fail(&err);
}
