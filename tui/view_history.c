#include "tui/view_history.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/remove.h"
#include "core/job/job.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "tui/app.h"
#include "tui/confirm.h"
#include "tui/level_menu.h"
#include "tui/retry.h"
#include "tui/search.h"
#include "tui/view_compare.h"
#include "tui/view_history_inside.h"
#include "tui/view_run.h"

/* ---- keys ---- */

const struct history_item *history_here(const struct view_history *h)
{
	const struct history_entry *entry = h->list.cursor < h->list.n ? h->rows[h->list.cursor].entry
	                                                               : NULL;
	return entry ? &entry->item : NULL;
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
	if (history_remove(dir, &err))
		app_say(h->view.app, "deleted %s", h->asked);
	else
		app_alert(h->view.app, "%s", err.text);
	history_reload_or_say(h, false);
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
	owned_buf struct buf question = { 0 };
	if (cancel && !runs) {
		app_say(h->view.app, "this build is over");
		return;
	}
	if (!runs && item->pinned) {
		app_say(h->view.app, "this build is pinned: P lets it go");
		return;
	}
	free(h->asked);
	h->asked = xstrdup(item->id);
	if (cancel || !runs)
		buf_printf(&question, "%s the build %s?", cancel ? "Cancel" : "Delete", item->id);
	else
		buf_printf(&question, "%s runs and cannot be deleted. Cancel it?", item->id);
	app_open(h->view.app, confirm_new(runs ? "Cancel" : "Delete", buf_text(&question),
	                                  runs ? history_cancel_now : history_delete_now, h));
}

static void history_toggle_pin(struct view_history *h)
{
	const struct history_item *item = history_here(h);
	struct error err;
	bool pinned = !item->pinned;
	if (!history_pin(item->dir, pinned, &err)) {
		app_alert(h->view.app, "%s", err.text);
		return;
	}
	app_say(h->view.app, pinned ? "%s is pinned: it is not deleted" : "%s may be deleted",
	        item->id);
	history_read_again(h, h->rows[h->list.cursor].entry);
}

static struct str history_line(const void *data, size_t i)
{
	struct view_history *h = (struct view_history *)data;
	buf_clear(&h->line);
	if (h->rows[i].entry)
		history_text(&h->rows[i].entry->item, clock_now(), &h->line);
	else
		buf_append(&h->line, h->groups[h->rows[i].group].name);
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
	struct error err;
	if (h->filters) {
		if (!history_set_filter(h, str_trim(line), &err))
			app_alert(h->view.app, "%s", err.text);
		return;
	}
	buf_clear(&h->needle);
	buf_append(&h->needle, str_trim(line));
	if (h->needle.n)
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

/* Two that are marked, the older one first; else the one here with the one before. */
static void history_compare(struct view_history *h)
{
	const char *dirs[2];
	size_t n = view_history_marked(&h->view, dirs, 2);
	if (n > 2 || n == 0)
		app_say(h->view.app, "two builds are compared: %zu are marked", n);
	else
		app_push(h->view.app, view_compare_new(n == 2 ? dirs[1] : NULL, dirs[0]));
}

static bool history_act_on(struct view_history *h, enum action action)
{
	const struct history_item *item = history_here(h);
	if (!item)
		return action == ACTION_ENTER && history_fold(h, -1);
	owned_memory char *dir = xstrdup(item->dir);
	switch (action) {
	case ACTION_ENTER: app_open_build(h->view.app, dir); return true;
	case ACTION_REPLAY: app_replay_build(h->view.app, dir); return true;
	case ACTION_RETRY: retry_open(h->view.app, dir); return true;
	case ACTION_SHELL: app_shell(h->view.app, dir, -1); return true;
	case ACTION_RUN: view_run_open(h->view.app, dir); return true;
	case ACTION_COMPARE: history_compare(h); return true;
	case ACTION_DELETE:
		if (history_count_marked(h))
			history_ask_marked(h);
		else
			history_ask(h, false);
		return true;
	case ACTION_CANCEL: history_ask(h, true); return true;
	case ACTION_PIN:
		if (history_count_marked(h))
			history_pin_marked(h);
		else
			history_toggle_pin(h);
		return true;
	case ACTION_ONLY: return history_only(h);
	default: return false;
	}
}

static bool history_column(struct view_history *h, bool right)
{
	h->column = (h->column + (right ? 1 : COLUMN_COUNT - 1)) % COLUMN_COUNT;
	return true;
}

/* What is about the list as a whole. */
static bool history_act_on_list(struct view_history *h, enum action action)
{
	switch (action) {
	case ACTION_COLUMN_LEFT: return history_column(h, false);
	case ACTION_COLUMN_RIGHT: return history_column(h, true);
	case ACTION_SORT: history_sort(h); return true;
	case ACTION_GROUP:
		if (!history_group(h))
			app_say(h->view.app, "builds are not grouped by %s: < and > choose another column",
			        history_column_name(h->column));
		return true;
	case ACTION_FOLD: return history_fold(h, -1);
	case ACTION_FOLD_CLOSE: case ACTION_LEFT: return history_fold(h, 1);
	case ACTION_FOLD_OPEN: case ACTION_RIGHT: return history_fold(h, 0);
	case ACTION_FOLD_ALL: return history_fold_all(h, true);
	case ACTION_FOLD_NONE: return history_fold_all(h, false);
	case ACTION_SECTION_UP: return history_to_head(h, false);
	case ACTION_SECTION_DOWN: return history_to_head(h, true);
	default: return false;
	}
}

static bool view_history_act(struct view *view, enum action action, unsigned count)
{
	struct view_history *h = (struct view_history *)view;
	switch (action) {
	case ACTION_TOGGLE: history_mark(h, count); return true;
	case ACTION_EXPORT: return history_keep(h, "export");
	case ACTION_REPORT: return history_keep(h, "report");
	case ACTION_FILTER: return history_prompt(h, true);
	case ACTION_SEARCH: return history_prompt(h, false);
	case ACTION_SEARCH_NEXT: return history_find(h, true, false);
	case ACTION_SEARCH_PREV: return history_find(h, false, false);
	case ACTION_BUILD: return history_menu(h);
	case ACTION_REFRESH:
		history_reload_or_say(h, true);
		app_say(h->view.app, "%zu builds", h->n);
		return true;
	default:
		return history_act_on_list(h, action) || list_move(&h->list, action, count, 0) ||
		       history_act_on(h, action);
	}
}

/* ---- life ---- */

/* Back from a build: what it did since shows at once. */
static void view_history_enter(struct view *view)
{
	struct view_history *h = (struct view_history *)view;
	if (h->entered)
		history_reload_or_say(h, false);
	h->entered = true;
}

static void view_history_free(struct view *view)
{
	struct view_history *h = (struct view_history *)view;
	history_read_finish(h);
	history_order_finish(h);
	buf_finish(&h->needle);
	buf_finish(&h->line);
	free(h->asked);
	free(h);
}

static enum watch_lack view_history_lack(const struct view *view)
{
	return watch_lack(((const struct view_history *)view)->watch);
}

static bool view_history_back(struct view *view)
{
	return history_unmark_all((struct view_history *)view);
}

static const struct hint view_history_hints[] = {
	{ ACTION_ENTER, "open" }, { ACTION_REPLAY, "replay" }, { ACTION_FILTER, "filter" },
	{ ACTION_SORT, "sort" },
	{ ACTION_GROUP, "group" }, { ACTION_DELETE, "delete" }, { ACTION_BACK, "back" },
	{ ACTION_HELP, "keys" }, { ACTION_CANCEL, "cancel" }, { ACTION_RETRY, "again" },
	{ ACTION_COLUMN_RIGHT, "column" }, { ACTION_SEARCH, "find" }, { ACTION_TOGGLE, "mark" },
	{ ACTION_REPORT, "report" }, { 0, NULL },
};
static const struct view_ops view_history_ops = {
	.name = "history", .where = WHERE_HISTORY,
	.nav = &view_history_nav, .draw = history_draw, .act = view_history_act,
	.free = view_history_free, .enter = view_history_enter, .typed = view_history_typed,
	.lack = view_history_lack, .hints = view_history_hints, .back = view_history_back,
};

size_t view_history_marked(const struct view *view, const char **ret_dirs, size_t most)
{
	const struct view_history *h = (const struct view_history *)view;
	size_t n = 0;
	if (view->ops != &view_history_ops)
		return 0;
	for (size_t i = 0; i < h->n; i++) {
		if (!h->entries[i]->marked)
			continue;
		if (n < most)
			ret_dirs[n] = h->entries[i]->item.dir;
		n++;
	}
	const struct history_item *here = history_here(h);
	if (!n && here && most)
		ret_dirs[n++] = here->dir;
	return n;
}

struct view *view_history_new(struct loop *loop, struct error *err)
{
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return NULL;
	struct view_history *h = xcalloc(1, sizeof *h);
	h->view.ops = &view_history_ops;
	h->loop = loop;
	h->builds = builds;
	h->arena = arena_new();
	h->column = COLUMN_PROJECT;
	h->sort = h->group = COLUMN_COUNT;
	/* Watched first: what comes between the two is not lost. */
	history_watch(h);
	if (!history_reload(h, false, err)) {
		view_history_free(&h->view);
		return NULL;
	}
	return &h->view;
}
