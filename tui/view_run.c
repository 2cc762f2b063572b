#include "tui/view_run.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/confirm.h"
#include "tui/view_run_inside.h"

/* Not more often, whatever comes. */
enum { RUN_FRAME_MS = 100 };

/* ---- news ---- */

static bool view_run_is_shown(const struct view_run *v)
{
	return v->view.app && app_view(v->view.app) == &v->view;
}

static void view_run_frame(struct loop *loop, void *data)
{
	struct view_run *v = data;
	(void)loop;
	v->frame = 0;
	v->drawn_ms = clock_monotonic_ms();
	if (view_run_is_shown(v))
		app_dirty(v->view.app);
}

static void view_run_dirty(struct view_run *v)
{
	int64_t due = v->drawn_ms + RUN_FRAME_MS - clock_monotonic_ms();
	if (!v->frame)
		v->frame = loop_timer(v->loop, due > 0 ? due : 0, view_run_frame, v);
}

static void view_run_follow(struct view_run *v, bool on)
{
	if (v->follows && !on)
		v->left_at = v->list.n + v->log.dropped;
	v->follows = on;
	if (on)
		v->list.cursor = v->list.n ? v->list.n - 1 : 0;
}

/* What was dropped at the front moves nothing on the screen. */
static void view_run_grew(struct view_run *v, size_t dropped)
{
	v->list.cursor -= dropped < v->list.cursor ? dropped : v->list.cursor;
	v->list.top -= dropped < v->list.top ? dropped : v->list.top;
	list_set_count(&v->list, v->log.n);
	if (v->follows)
		view_run_follow(v, true);
	view_run_dirty(v);
}

static void view_run_log(void *data, int stream, struct str bytes, double t)
{
	struct view_run *v = data;
	view_run_grew(v, run_log_add(&v->log, stream, bytes, t));
}

static void view_run_met(void *data)
{
	struct view_run *v = data;
	v->engine = run_engine(v->run);
	view_run_dirty(v);
}

static void view_run_changed(void *data)
{
	view_run_dirty(data);
}

static void view_run_warning(void *data, struct str text)
{
	struct view_run *v = data;
	if (v->view.app)
		app_say(v->view.app, "%.*s", STR_ARG(text));
}

static const struct view_ops view_run_over_ops;

static void view_run_ended(void *data, const struct run_end *end)
{
	struct view_run *v = data;
	v->end = *end;
	v->ended = true;
	v->view.ops = &view_run_over_ops;
	if (end->error.code && !end->cancelled && v->view.app)
		app_alert(v->view.app, "%s", end->error.text);
	view_run_grew(v, run_log_end(&v->log));
}

struct run_events view_run_events(struct view_run *v)
{
	return (struct run_events){ .engine = view_run_met, .log = view_run_log,
	                            .changed = view_run_changed, .warning = view_run_warning,
	                            .ended = view_run_ended, .data = v };
}

/* ---- searching ---- */

/* The next line with a match, around the ends; the one under the cursor last. */
static bool view_run_find(struct view_run *v, bool down)
{
	size_t at, size, i = v->list.cursor;
	if (!v->search) {
		app_say(v->view.app, "/ searches first");
		return true;
	}
	for (size_t left = v->list.n; left > 0; left--) {
		i = down ? (i + 1 < v->list.n ? i + 1 : 0) : (i > 0 ? i - 1 : v->list.n - 1);
		log_text_read(&v->text, run_log_line(&v->log, i));
		if (!history_search_line(v->search, v->text.text, 0, &at, &size))
			continue;
		view_run_follow(v, false);
		list_go(&v->list, i);
		return true;
	}
	app_say(v->view.app, "%s is not found", buf_text(&v->pattern));
	return true;
}

static void view_run_typed(struct view *view, struct str line)
{
	struct view_run *v = (struct view_run *)view;
	struct error err;
	struct history_search *search = line.n ? history_search_new(line, &err) : NULL;
	if (line.n && !search) {
		app_alert(v->view.app, "%s", err.text);
		return;
	}
	history_search_free(v->search);
	v->search = search;
	buf_clear(&v->pattern);
	buf_append(&v->pattern, line);
	/* The line under the cursor counts, and from the end there is no forward. */
	if (search && v->list.n) {
		bool from_here = !v->follows && v->list.cursor;
		v->list.cursor = from_here ? v->list.cursor - 1 : v->list.n - 1;
		view_run_find(v, true);
	}
}

/* ---- keys ---- */

static void view_run_stop(struct view_run *v)
{
	if (v->ended) {
		app_say(v->view.app, "this container is removed already");
		return;
	}
	app_say(v->view.app, v->asked ? "it is killed" : "it is asked to stop; X again kills it");
	v->asked = true;
	if (v->run)
		run_stop(v->run);
}

static void view_run_go(void *data)
{
	struct view_run *v = data;
	struct app *app = v->view.app;
	app_pop(app);
	app_say(app, "the container is stopped and removed");
}

static bool view_run_leave(struct view *view)
{
	struct view_run *v = (struct view_run *)view;
	app_open(v->view.app, confirm_new("Leave", "Stop and remove the container?", view_run_go, v));
	return false;
}

static bool view_run_move(struct view_run *v, enum action action, unsigned count)
{
	size_t before = v->list.cursor;
	if (action == ACTION_LAST && !count) {
		view_run_follow(v, true);
		return true;
	}
	if (!list_move(&v->list, action, count, 8))
		return false;
	if (v->list.cursor < before)
		view_run_follow(v, false);
	return true;
}

static bool view_run_act(struct view *view, enum action action, unsigned count)
{
	struct view_run *v = (struct view_run *)view;
	switch (action) {
	case ACTION_STOP: view_run_stop(v); return true;
	case ACTION_FOLLOW: view_run_follow(v, true); return true;
	case ACTION_TIMES: v->times = !v->times; return true;
	case ACTION_SEARCH: app_prompt(v->view.app, "/"); return true;
	case ACTION_SEARCH_NEXT: return view_run_find(v, true);
	case ACTION_SEARCH_PREV: return view_run_find(v, false);
	default: return view_run_move(v, action, count);
	}
}

/* ---- life ---- */

/* A clock that runs. */
static int64_t view_run_tick(struct view *view)
{
	(void)view;
	return 1000;
}

static void view_run_free(struct view *view)
{
	struct view_run *v = (struct view_run *)view;
	run_free(v->run);
	loop_untimer(v->loop, v->frame);
	run_log_finish(&v->log);
	log_text_finish(&v->text);
	history_search_free(v->search);
	buf_finish(&v->pattern);
	arena_free(v->arena);
	free(v);
}

static const struct hint view_run_hints[] = {
	{ ACTION_STOP, "stop" }, { ACTION_FOLLOW, "follow" }, { ACTION_SEARCH, "find" },
	{ ACTION_TIMES, "times" }, { ACTION_BACK, "remove" }, { ACTION_HELP, "keys" }, { 0, NULL },
};
static struct list *view_run_list(struct view *view, size_t i)
{
	return i ? NULL : &((struct view_run *)view)->list;
}
static const struct view_nav view_run_nav = { .list = view_run_list };

static const struct view_ops view_run_ops = {
	.name = "run", .where = WHERE_RUN,
	.nav = &view_run_nav, .draw = view_run_draw, .act = view_run_act,
	.free = view_run_free, .tick = view_run_tick, .leave = view_run_leave,
	.typed = view_run_typed, .hints = view_run_hints,
};

/* Once it is over there is nothing to stop and nothing to ask. */
static const struct hint view_run_over_hints[] = {
	{ ACTION_SEARCH, "find" }, { ACTION_TIMES, "times" }, { ACTION_BACK, "back" },
	{ ACTION_HELP, "keys" }, { 0, NULL },
};
static const struct view_ops view_run_over_ops = {
	.name = "run", .where = WHERE_RUN,
	.nav = &view_run_nav, .draw = view_run_draw, .act = view_run_act,
	.free = view_run_free, .typed = view_run_typed, .hints = view_run_over_hints,
};

struct view_run *view_run_new(struct loop *loop, const struct run_build *build)
{
	static const struct run_report nothing = { .exit_code = -1, .probe_exit = -1 };
	struct view_run *v = xcalloc(1, sizeof *v);
	struct arena *a = arena_new();
	*v = (struct view_run){
		.view.ops = &view_run_ops, .loop = loop, .arena = a, .report = &nothing, .engine = "",
		.follows = true, .times = true,
		.build = { arena_text(a, str_of(build->id)), arena_text(a, str_of(build->image)),
		           arena_text(a, str_of(build->image_id)), arena_text(a, str_of(build->engine)) },
	};
	return v;
}

void view_run_open(struct app *app, const char *dir)
{
	struct error err;
	struct run_build build;
	owned(arena) struct arena *a = arena_new();
	const char *slash = strrchr(dir, '/');
	if (!run_find(a, slash ? slash + 1 : dir, &build, &err)) {
		app_alert(app, "%s", err.text);
		return;
	}
	struct view_run *v = view_run_new(app_loop(app), &build);
	struct run_events events = view_run_events(v);
	v->run = run_start(app_loop(app), &build, &(struct run_options){ 0 }, &events, &err);
	if (!v->run) {
		app_alert(app, "%s", err.text);
		view_run_free(&v->view);
		return;
	}
	v->report = run_state(v->run);
	app_push(app, &v->view);
}
