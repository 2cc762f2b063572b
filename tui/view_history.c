#include "tui/view_history.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/watch.h"
#include "tui/app.h"
#include "tui/confirm.h"
#include "tui/level_menu.h"
#include "tui/retry.h"
#include "tui/search.h"
#include "tui/view_history_inside.h"
#include "tui/view_run.h"

enum {
	HISTORY_SLICE = 200,            /* rows read a turn: thousands stop no key */
	HISTORY_LOOK_MS = 1000,         /* how often builds that run are looked at */
};

/* ---- reading ---- */

static bool history_matches(const struct view_history *h, const struct history_item *item)
{
	owned_buf struct buf text = { 0 };
	if (!h->filter.n)
		return true;
	history_row_text(item, &text);
	struct str words = buf_str(&h->filter), word;
	/* Every word must stand somewhere. */
	while (str_next(&words, ' ', &word))
		if (word.n && search_find(buf_str(&text), word, 0) == STR_NONE)
			return false;
	return true;
}

static void history_refilter(struct view_history *h)
{
	const struct history_item *here = history_here(h);
	size_t n = 0, cursor = h->list.cursor;
	for (size_t i = 0; i < h->nitems; i++) {
		if (!history_matches(h, &h->items[i]))
			continue;
		if (here == &h->items[i])
			cursor = n;
		h->shown[n++] = i;
	}
	h->list.cursor = cursor;
	list_set_count(&h->list, n);
}

static void history_look_later(struct view_history *h);

/* Reads the next rows; the cursor stays where it is, since they come below. */
static void history_slice(struct view_history *h)
{
	for (size_t n = 0; n < HISTORY_SLICE && h->next < h->nids; n++, h->next++) {
		const char *dir = files_join(h->arena, h->builds, h->ids[h->next]);
		h->nitems += history_read_one(h->arena, dir, &h->items[h->nitems]);
	}
	history_refilter(h);
	history_look_later(h);
}

static void history_slice_timer(struct loop *loop, void *data)
{
	struct view_history *h = data;
	h->slice = 0;
	history_slice(h);
	if (h->next < h->nids)
		h->slice = loop_timer(loop, 0, history_slice_timer, h);
	if (h->view.app)
		app_dirty(h->view.app);
}

/* The list anew, the cursor on the same build. */
static bool history_reload(struct view_history *h, struct error *err)
{
	struct arena *arena = arena_new();
	size_t nids = 0;
	const char *const *ids = request_list(arena, &nids, err);
	if (!ids) {
		arena_free(arena);
		return false;
	}
	const struct history_item *here = history_here(h);
	owned_memory char *id = here ? xstrdup(here->id) : NULL;
	arena_free(h->arena);
	h->arena = arena;
	h->ids = ids;
	h->nids = nids;
	h->items = arena_array(arena, nids + 1, sizeof *h->items);
	h->shown = arena_array(arena, nids + 1, sizeof *h->shown);
	h->nitems = h->next = 0;
	list_set_count(&h->list, h->list.n < nids ? h->list.n : nids);
	size_t cursor = h->list.cursor;
	history_slice(h);
	h->list.cursor = cursor;
	for (size_t i = 0; id && i < h->list.n; i++)
		if (strcmp(h->items[h->shown[i]].id, id) == 0)
			h->list.cursor = i;
	list_set_count(&h->list, h->list.n);
	if (h->next < h->nids && !h->slice)
		h->slice = loop_timer(h->loop, 0, history_slice_timer, h);
	return true;
}

static void history_reload_or_say(struct view_history *h)
{
	struct error err;
	if (!history_reload(h, &err) && h->view.app)
		app_alert(h->view.app, "%s", err.text);
	if (h->view.app)
		app_dirty(h->view.app);
}

/* A build that ran may have ended: its row is read again. */
static void history_look(struct loop *loop, void *data)
{
	struct view_history *h = data;
	(void)loop;
	h->look = 0;
	bool any = false;
	for (size_t i = 0; i < h->nitems; i++) {
		struct history_item *item = &h->items[i], now;
		owned(arena) struct arena *scratch = arena_new();
		if (item->state != HISTORY_RUNNING || !history_read_one(scratch, item->dir, &now) ||
		    now.state == HISTORY_RUNNING)
			continue;
		any |= history_read_one(h->arena, item->dir, item);
	}
	if (any)
		history_refilter(h);
	if (h->view.app && app_view(h->view.app) == &h->view)
		app_dirty(h->view.app);
	history_look_later(h);
}

static void history_look_later(struct view_history *h)
{
	bool runs = false;
	for (size_t i = 0; i < h->nitems && !runs; i++)
		runs = h->items[i].state == HISTORY_RUNNING;
	if (runs && !h->look)
		h->look = loop_timer(h->loop, HISTORY_LOOK_MS, history_look, h);
}

/* A build's folder is there before its journal: it is read a moment later. */
static void history_settled(struct loop *loop, void *data)
{
	struct view_history *h = data;
	(void)loop;
	h->settle = 0;
	history_reload_or_say(h);
}

static void history_changed(struct watch *watch, const char *path, void *data)
{
	struct view_history *h = data;
	(void)watch;
	(void)path;
	if (!h->settle)
		h->settle = loop_timer(h->loop, HISTORY_LOOK_MS / 4, history_settled, h);
}

/* ---- keys ---- */

const struct history_item *history_here(const struct view_history *h)
{
	return h->list.cursor < h->list.n ? &h->items[h->shown[h->list.cursor]] : NULL;
}

/* Asked about when the popup opened: the list may have moved since. */
static const char *history_asked(struct view_history *h)
{
	owned(arena) struct arena *scratch = arena_new();
	struct history_item item;
	const char *dir = files_join(scratch, h->builds, h->asked);
	if (!history_read_one(scratch, dir, &item)) {
		app_say(h->view.app, "this build is gone already");
		return NULL;
	}
	return files_join(h->arena, h->builds, h->asked);
}

static void history_delete_now(void *data)
{
	struct view_history *h = data;
	struct error err;
	const char *dir = history_asked(h);
	if (!dir)
		return;
	if (save_remove(dir, &err))
		app_say(h->view.app, "deleted %s", h->asked);
	else
		app_alert(h->view.app, "%s", err.text);
	history_reload_or_say(h);
}

static void history_cancel_now(void *data)
{
	struct view_history *h = data;
	struct error err;
	const char *dir = history_asked(h);
	if (dir && !job_cancel(dir, &err))
		app_alert(h->view.app, "%s", err.text);
}

static void history_ask(struct view_history *h, bool cancel)
{
	const struct history_item *item = history_here(h);
	bool runs = item->state == HISTORY_RUNNING;
	if (cancel != runs) {
		app_say(h->view.app, runs ? "this build runs: X cancels it first" : "this build is over");
		return;
	}
	owned_buf struct buf question = { 0 };
	free(h->asked);
	h->asked = xstrdup(item->id);
	buf_printf(&question, "%s the build %s?", cancel ? "Cancel" : "Delete", item->id);
	app_open(h->view.app, confirm_new(cancel ? "Cancel" : "Delete", buf_text(&question),
	                                  cancel ? history_cancel_now : history_delete_now, h));
}

static struct str history_line(const void *data, size_t i)
{
	struct view_history *h = (struct view_history *)data;
	buf_clear(&h->line);
	history_row_text(&h->items[h->shown[i]], &h->line);
	return buf_str(&h->line);
}

static bool history_find(struct view_history *h, bool down, bool from_here)
{
	if (!h->needle.n || h->list.n == 0) {
		app_say(h->view.app, h->needle.n ? "there are no builds" : "/ searches first");
		return true;
	}
	size_t from = h->list.cursor;
	if (from_here)
		from = from ? from - 1 : h->list.n - 1;
	size_t at = search_lines(h->list.n, from, down, buf_str(&h->needle), history_line, h);
	if (at == STR_NONE)
		app_say(h->view.app, "%s is not found", buf_text(&h->needle));
	else
		list_go(&h->list, at);
	return true;
}

static void view_history_typed(struct view *view, struct str line)
{
	struct view_history *h = (struct view_history *)view;
	struct buf *to = h->filters ? &h->filter : &h->needle;
	buf_clear(to);
	buf_append(to, str_trim(line));
	if (h->filters)
		history_refilter(h);
	else if (h->needle.n)
		history_find(h, true, true);
}

static bool history_prompt(struct view_history *h, bool filter)
{
	h->filters = filter;
	app_prompt(h->view.app, filter ? "&" : "/");
	return true;
}

static bool history_menu(struct view_history *h)
{
	struct project *project = app_project(h->view.app);
	if (project)
		app_open(h->view.app, level_menu_new(project));
	return project;
}

static bool history_act_on(struct view_history *h, enum action action)
{
	const struct history_item *item = history_here(h);
	if (!item)
		return false;
	owned_memory char *dir = xstrdup(item->dir);
	switch (action) {
	case ACTION_ENTER: app_open_build(h->view.app, dir); return true;
	case ACTION_RETRY: retry_build(h->view.app, dir); return true;
	case ACTION_RUN: view_run_open(h->view.app, dir); return true;
	case ACTION_DELETE: history_ask(h, false); return true;
	case ACTION_CANCEL: history_ask(h, true); return true;
	default: return false;
	}
}

static bool view_history_act(struct view *view, enum action action, unsigned count)
{
	struct view_history *h = (struct view_history *)view;
	switch (action) {
	case ACTION_FILTER: return history_prompt(h, true);
	case ACTION_SEARCH: return history_prompt(h, false);
	case ACTION_SEARCH_NEXT: return history_find(h, true, false);
	case ACTION_SEARCH_PREV: return history_find(h, false, false);
	case ACTION_BUILD: return history_menu(h);
	case ACTION_REFRESH:
		history_reload_or_say(h);
		app_say(h->view.app, "%zu builds", h->nids);
		return true;
	default: return list_move(&h->list, action, count, 8) || history_act_on(h, action);
	}
}

/* ---- life ---- */

/* Back from a build: what it did since shows at once. */
static void view_history_enter(struct view *view)
{
	struct view_history *h = (struct view_history *)view;
	if (h->entered)
		history_reload_or_say(h);
	h->entered = true;
}

static void view_history_free(struct view *view)
{
	struct view_history *h = (struct view_history *)view;
	loop_untimer(h->loop, h->slice);
	loop_untimer(h->loop, h->look);
	loop_untimer(h->loop, h->settle);
	watch_free(h->watch);
	arena_free(h->arena);
	buf_finish(&h->filter);
	buf_finish(&h->needle);
	buf_finish(&h->line);
	free(h->asked);
	free(h);
}

static const struct hint view_history_hints[] = {
	{ ACTION_ENTER, "open" }, { ACTION_FILTER, "filter" }, { ACTION_SEARCH, "find" },
	{ ACTION_DELETE, "delete" }, { ACTION_CANCEL, "cancel" }, { ACTION_RETRY, "again" },
	{ ACTION_HELP, "keys" }, { ACTION_BACK, "back" }, { 0, NULL },
};
static const struct view_ops view_history_ops = {
	.name = "history", .where = WHERE_HISTORY, .draw = history_draw, .act = view_history_act,
	.free = view_history_free, .enter = view_history_enter, .typed = view_history_typed,
	.hints = view_history_hints,
};

struct view *view_history_new(struct loop *loop, struct error *err)
{
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return NULL;
	struct view_history *h = xcalloc(1, sizeof *h);
	h->view.ops = &view_history_ops;
	h->loop = loop;
	h->builds = builds;
	if (!history_reload(h, err)) {
		view_history_free(&h->view);
		return NULL;
	}
	h->watch = watch_new(loop, history_changed, h);
	watch_add(h->watch, builds);
	return &h->view;
}
