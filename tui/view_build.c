#include "tui/view_build.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/confirm.h"
#include "tui/level_menu.h"
#include "tui/retry.h"
#include "tui/view_build_inside.h"
#include "tui/view_compare.h"
#include "tui/view_run.h"

enum {
	BUILD_FRAME_MS = 100,           /* not more often, whatever happens */
	BUILD_LOG_MS = 250,             /* nor when it is only the log that grows */
	BUILD_SIDE_BY_SIDE = 60,        /* columns from which both panes stand abreast */
	BUILD_STACKED = 7,              /* rows from which both stand one over the other */
};

bool view_build_runs(const struct view_build *b)
{
	return !b->build->done && b->state == JOURNAL_RUNNING;
}

double view_build_now(const struct view_build *b)
{
	if (b->build->done)
		return b->build->ended;
	if (view_build_replays(b))
		return b->replay.at;
	return view_build_runs(b) ? clock_now() : b->last_t;
}

char view_build_mark(const struct view_build *b, enum step_state state)
{
	static const char marks[] = {
		[STEP_WAITING] = '.', [STEP_RUNNING] = '>', [STEP_DONE] = '+', [STEP_CACHED] = '=',
		[STEP_FAILED] = '!', [STEP_CANCELLED] = 'x', [STEP_SKIPPED] = '-',
	};
	return state == STEP_RUNNING && b->state == JOURNAL_LOST ? '?' : marks[state];
}

enum style view_build_style(enum step_state state)
{
	static const enum style styles[] = {
		[STEP_WAITING] = STYLE_FAINT, [STEP_RUNNING] = STYLE_BUSY, [STEP_DONE] = STYLE_GOOD,
		[STEP_CACHED] = STYLE_MADE, [STEP_FAILED] = STYLE_ERROR,
		[STEP_CANCELLED] = STYLE_WARNING, [STEP_SKIPPED] = STYLE_FAINT,
	};
	return styles[state];
}

void view_build_append_took(const struct view_build *b, double seconds, bool runs, struct buf *out)
{
	if (seconds < 0)
		seconds = 0;
	/* A clock that runs shows whole seconds: tenths are traffic. */
	if (runs && view_build_runs(b) && seconds < 60)
		buf_printf(out, "%ds", (int)seconds);
	else
		clock_append_seconds(out, seconds);
}

/* ---- news ---- */

static bool view_build_is_shown(const struct view_build *b)
{
	return b->view.app && app_view(b->view.app) == &b->view;
}

static void view_build_frame(struct loop *loop, void *data)
{
	struct view_build *b = data;
	(void)loop;
	b->frame = 0;
	b->drawn_ms = clock_monotonic_ms();
	if (view_build_is_shown(b))
		app_dirty(b->view.app);
}

static void view_build_dirty_within(struct view_build *b, int64_t ms)
{
	int64_t now = clock_monotonic_ms(), due = b->drawn_ms + ms;
	if (due <= now) {
		loop_untimer(b->loop, b->frame);
		view_build_frame(b->loop, b);
	} else if (!b->frame || due < b->frame_due) {
		loop_untimer(b->loop, b->frame);
		b->frame = loop_timer(b->loop, due - now, view_build_frame, b);
		b->frame_due = due;
	}
}

void view_build_dirty(struct view_build *b)
{
	view_build_dirty_within(b, BUILD_FRAME_MS);
}

static void view_build_set_ops(struct view_build *b);

/* As soon as it is known which build this is. */
static void view_build_ask_usual(struct view_build *b)
{
	if (b->usual_asked || b->build->started <= 0)
		return;
	b->usual_asked = true;
	b->usual = usual_read(b->build, b->dir);
}

/* On another engine other times are usual. */
static void view_build_forget_usual(struct view_build *b)
{
	usual_free(b->usual);
	b->usual = NULL;
	b->usual_asked = false;
}

void view_build_more(struct journal *journal, void *data)
{
	struct view_build *b = data;
	struct event e;
	bool steps = false;
	while (journal_next(journal, &b->build->cursor, &e)) {
		b->last_t = e.t;
		if (e.kind == EVENT_LOG)
			continue;
		build_apply(b->build, &e);
		if (e.kind == EVENT_ENGINE)
			view_build_forget_usual(b);
		steps = true;
	}
	b->state = view_build_replays(b) ? JOURNAL_RUNNING : journal_state(journal, NULL);
	view_build_set_ops(b);
	if (steps)
		view_build_steps_update(b);
	view_build_ask_usual(b);
	view_build_new_update(b);
	view_build_log_update(b, false);
	view_build_dirty_within(b, steps ? BUILD_FRAME_MS : BUILD_LOG_MS);
}

void view_build_forget(struct view_build *b)
{
	view_build_find_finish(b);
	view_build_steps_finish(b);
	build_free(b->build);
	b->build = build_new();
	b->search = b->errors = b->warnings = b->wanted = NULL;
	b->filter = NULL;
	loop_untimer(b->loop, b->walk.timer);
	b->walk = (struct build_walk){ 0 };
	b->slice = 0;
	b->sections = NULL;
	b->rows = NULL;
	b->nsections = b->nrows = b->rows_cap = 0;
	b->steps = b->log = (struct list){ 0 };
	b->step = -1;
	b->leads = b->follows = true;
	b->all = false;
	b->last_t = 0;
}

/* ---- drawing ---- */

static int view_build_left_width(const struct view_build *b, struct area a)
{
	int usual = a.cols < 120 ? a.cols * 45 / 100 : a.cols * 36 / 100;
	return panes_place(app_panes(b->view.app), WHERE_BUILD, 0, a, usual);
}

static void view_build_draw_side(struct view_build *b, struct surface *s, struct area a)
{
	int width = view_build_left_width(b, a);
	struct area left = area_cols(a, 0, width), rule = area_cols(a, width, 1);
	struct ink ink = b->pane == BUILD_STEPS ? INK(PANEHERE) : INK(PANE);
	struct pen pen = pen_at(s, area_cut_top(&left, 1), 0);
	pen_word(&pen, " steps", ink);
	pen_fill(&pen, ink);
	surface_vertical(s, rule);
	view_build_steps_draw(b, s, left);
	view_build_log_draw(b, s, area_cols(a, width + 1, a.cols));
}

static void view_build_draw_stacked(struct view_build *b, struct surface *s, struct area a)
{
	int rows = (int)b->nrows < a.rows / 2 ? (int)b->nrows : a.rows / 2;
	view_build_steps_draw(b, s, area_cut_top(&a, rows));
	view_build_log_draw(b, s, a);
}

static void view_build_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_build *b = (struct view_build *)view;
	struct area end = area_cut_bottom(&a, view_build_end_rows(b, a));
	view_build_head_draw(b, s, area_cut_top(&a, a.rows >= 10 ? 2 : 1));
	view_build_end_draw(b, s, end);
	if (a.rows < BUILD_STACKED - 1 || b->zoomed) {
		if (b->pane == BUILD_LOG)
			view_build_log_draw(b, s, a);
		else
			view_build_steps_draw(b, s, a);
	} else if (a.cols >= BUILD_SIDE_BY_SIDE) {
		view_build_draw_side(b, s, a);
	} else {
		view_build_draw_stacked(b, s, a);
	}
}

static int64_t view_build_tick(struct view *view)
{
	const struct view_build *b = (const struct view_build *)view;
	return view_build_replays(b) && b->replay.paused ? -1 : 1000;
}

/* ---- keys ---- */

static void view_build_cancel_now(void *data)
{
	struct view_build *b = data;
	struct error err;
	/* The last lines of the view tell how it goes; the keys stay where they are. */
	b->cancels = job_cancel(b->dir, &err);
	if (!b->cancels)
		app_alert(b->view.app, "%s", err.text);
	app_dirty(b->view.app);
}

static void view_build_cancel(struct view_build *b)
{
	if (!view_build_runs(b))
		app_say(b->view.app, "this build is over");
	else
		app_open(b->view.app,
		         confirm_new("Cancel", "Cancel this build?", view_build_cancel_now, b));
}

static void view_build_detach(struct view_build *b)
{
	struct app *app = b->view.app;
	bool runs = view_build_runs(b);
	app_home(app);
	if (runs)
		app_say(app, "the build goes on: 2 shows it again, H all builds");
}

static void view_build_follow(struct view_build *b)
{
	b->leads = true;
	view_build_steps_update(b);
	view_build_log_follow(b, true);
}

static void view_build_toggle_all(struct view_build *b)
{
	size_t n = 0, line = view_build_log_here(b);
	/* The line under the cursor stays. */
	bool keep = !b->follows && line != STR_NONE;
	if (keep && b->all)
		journal_line_step(b->journal, line, &n);
	else if (keep)
		n = journal_line_of_all(b->journal, b->step, line);
	b->all = !b->all;
	view_build_log_update(b, true);
	if (keep)
		view_build_log_put(b, n);
}

static bool view_build_menu(struct view_build *b)
{
	struct project *project = app_project(b->view.app);
	if (project)
		app_open(b->view.app, level_menu_new(project));
	return project;
}

/* Asked of the engine, beside the screen. */
static bool view_build_layers(struct view_build *b)
{
	const char *slash = strrchr(b->dir, '/');
	const char *const words[] = { "layers", slash ? slash + 1 : b->dir, NULL };
	app_errand(b->view.app, "Layers of each stage", words);
	return true;
}

static bool view_build_act_here(struct view_build *b, enum action action)
{
	switch (action) {
	case ACTION_NEXT_PANE: case ACTION_PREV_PANE:
		b->pane = b->pane == BUILD_LOG ? BUILD_STEPS : BUILD_LOG;
		return true;
	case ACTION_ZOOM: b->zoomed = !b->zoomed; return true;
	case ACTION_FOLLOW: view_build_follow(b); return true;
	case ACTION_ALL_STEPS: view_build_toggle_all(b); return true;
	case ACTION_WRAP: b->wraps = !b->wraps; return true;
	case ACTION_TIMES: b->times = b->times == LOG_NO_TIMES ? 0 : b->times + 1; return true;
	case ACTION_INFO: view_build_why(b); return true;
	case ACTION_META:
		b->metas = !b->metas;
		view_build_steps_update(b);
		return true;
	case ACTION_CANCEL:
		if (!view_build_replay_act(b, action))
			view_build_cancel(b);
		return true;
	case ACTION_DETACH: view_build_detach(b); return true;
	case ACTION_RETRY: retry_open(b->view.app, b->dir); return true;
	case ACTION_SHELL: app_shell(b->view.app, b->dir, b->step); return true;
	case ACTION_RUN: view_run_open(b->view.app, b->dir); return true;
	case ACTION_EXPORT: app_keep(b->view.app, "export", &(const char *){ b->dir }, 1); return true;
	case ACTION_REPORT: app_keep(b->view.app, "report", &(const char *){ b->dir }, 1); return true;
	case ACTION_COMPARE: app_push(b->view.app, view_compare_new(NULL, b->dir)); return true;
	case ACTION_LAYERS: return view_build_layers(b);
	case ACTION_BUILD: return view_build_menu(b);
	default: return view_build_replay_act(b, action) || view_build_find_act(b, action);
	}
}

static bool view_build_act(struct view *view, enum action action, unsigned count)
{
	struct view_build *b = (struct view_build *)view;
	if (action == ACTION_FILTER) {
		view_build_filter_ask(b, count);
		return true;
	}
	if (app_border(view->app, 0, action, count) || view_build_act_here(b, action))
		return true;
	return b->pane == BUILD_LOG ? view_build_log_act(b, action, count)
	                            : view_build_steps_act(b, action, count);
}

static void view_build_typed(struct view *view, struct str line)
{
	view_build_find_typed((struct view_build *)view, line);
}

/* ---- life ---- */

static bool view_build_is_about(const struct view *view, const char *dir)
{
	const struct view_build *b = (const struct view_build *)view;
	return strcmp(b->dir, dir) == 0 && !view_build_replays(b);
}

static enum watch_lack view_build_lack(const struct view *view)
{
	return journal_lack(((const struct view_build *)view)->journal);
}

static void view_build_free(struct view *view)
{
	struct view_build *b = (struct view_build *)view;
	loop_untimer(b->loop, b->frame);
	view_build_replay_finish(b);
	view_build_find_finish(b);
	view_build_new_finish(b);
	view_build_steps_finish(b);
	journal_free(b->journal);
	build_free(b->build);
	usual_free(b->usual);
	log_text_finish(&b->text);
	buf_finish(&b->scratch);
	free(b->dir);
	free(b);
}

static const struct hint view_build_hints[] = {
	{ ACTION_NEXT_PANE, "pane" }, { ACTION_FOLLOW, "follow" }, { ACTION_SEARCH, "find" },
	{ ACTION_NEXT_ERROR, "error" }, { ACTION_ALL_STEPS, "all" }, { ACTION_CANCEL, "cancel" },
	{ ACTION_DETACH, "detach" }, { ACTION_BACK, "back" }, { ACTION_HELP, "keys" },
	{ ACTION_WRAP, "wrap" }, { ACTION_TIMES, "times" }, { ACTION_META, "no-layer" },
	{ ACTION_ZOOM, "zoom" }, { 0, NULL },
};
static const struct view_ops view_build_ops = {
	.name = "build", .where = WHERE_BUILD,
	.nav = &view_build_nav, .draw = view_build_draw, .act = view_build_act,
	.free = view_build_free, .tick = view_build_tick, .typed = view_build_typed,
	.is_about = view_build_is_about, .news = view_build_news, .lack = view_build_lack,
	.hints = view_build_hints,
};

/* Once it is over there is nothing to follow or to cancel. */
static const struct hint view_build_over_hints[] = {
	{ ACTION_NEXT_PANE, "pane" }, { ACTION_SEARCH, "find" }, { ACTION_FATAL, "failed" },
	{ ACTION_NEXT_ERROR, "error" }, { ACTION_ALL_STEPS, "all" }, { ACTION_RETRY, "again" },
	{ ACTION_SHELL, "shell" }, { ACTION_BACK, "back" }, { ACTION_HELP, "keys" },
	{ ACTION_WRAP, "wrap" }, { ACTION_REPLAY, "replay" }, { ACTION_TIMES, "times" },
	{ ACTION_META, "no-layer" }, { ACTION_ZOOM, "zoom" }, { 0, NULL },
};
static const struct view_ops view_build_over_ops = {
	.name = "build", .where = WHERE_BUILD,
	.nav = &view_build_nav, .draw = view_build_draw, .act = view_build_act,
	.free = view_build_free, .typed = view_build_typed, .is_about = view_build_is_about,
	.news = view_build_news,
	.hints = view_build_over_hints,
};

/* Of one that made an image. */
static const struct hint view_build_made_hints[] = {
	{ ACTION_NEXT_PANE, "pane" }, { ACTION_SEARCH, "find" }, { ACTION_RUN, "run" },
	{ ACTION_ALL_STEPS, "all" }, { ACTION_WRAP, "wrap" }, { ACTION_RETRY, "again" },
	{ ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { ACTION_REPLAY, "replay" },
	{ ACTION_TIMES, "times" },
	{ ACTION_META, "no-layer" }, { ACTION_ZOOM, "zoom" }, { 0, NULL },
};
static const struct view_ops view_build_made_ops = {
	.name = "build", .where = WHERE_BUILD,
	.nav = &view_build_nav, .draw = view_build_draw, .act = view_build_act,
	.free = view_build_free, .typed = view_build_typed, .hints = view_build_made_hints,
};

/* While an old one is played again. */
static const struct hint view_build_replay_hints[] = {
	{ ACTION_PAUSE, "pause" }, { ACTION_FASTER, "faster" }, { ACTION_SLOWER, "slower" },
	{ ACTION_SKIP, "skip" }, { ACTION_REPLAY, "from the start" }, { ACTION_NEXT_PANE, "pane" },
	{ ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { ACTION_ALL_STEPS, "all" }, { 0, NULL },
};
static const struct view_ops view_build_replay_ops = {
	.name = "replay", .where = WHERE_BUILD,
	.nav = &view_build_nav, .draw = view_build_draw, .act = view_build_act,
	.free = view_build_free, .tick = view_build_tick, .typed = view_build_typed,
	.hints = view_build_replay_hints,
};

static void view_build_set_ops(struct view_build *b)
{
	b->view.ops = view_build_replays(b) ? &view_build_replay_ops :
	              view_build_runs(b) ? &view_build_ops :
	              b->build->ok ? &view_build_made_ops : &view_build_over_ops;
}

static struct view_build *view_build_make(struct loop *loop, const char *dir, struct error *err)
{
	struct view_build *b = xcalloc(1, sizeof *b);
	*b = (struct view_build){
		.view.ops = &view_build_ops, .loop = loop, .dir = xstrdup(dir), .build = build_new(),
		.step = -1, .leads = true, .follows = true,
		.drawn_ms = clock_monotonic_ms() - BUILD_LOG_MS,
	};
	b->journal = journal_open(dir, err);
	if (b->journal)
		return b;
	view_build_free(&b->view);
	return NULL;
}

struct view *view_build_new(struct loop *loop, const char *dir, struct error *err)
{
	struct view_build *b = view_build_make(loop, dir, err);
	if (!b)
		return NULL;
	if (!journal_follow(b->journal, loop, view_build_more, b, err)) {
		view_build_free(&b->view);
		return NULL;
	}
	journal_refresh(b->journal);
	view_build_more(b->journal, b);
	return &b->view;
}

struct view *view_build_new_replay(struct loop *loop, const char *dir, struct error *err)
{
	struct view_build *b = view_build_make(loop, dir, err);
	if (!b)
		return NULL;
	view_build_replay_start(b);
	return &b->view;
}
