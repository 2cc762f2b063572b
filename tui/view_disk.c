#include "tui/view_disk.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/confirm.h"
#include "tui/search.h"
#include "tui/view_disk_inside.h"

/* ---- what there is ---- */

size_t disk_here(const struct view_disk *v)
{
	const struct list *list = &v->lists[v->kind];
	return list->cursor < list->n ? v->rows[v->kind][list->cursor] : STR_NONE;
}

size_t disk_count_marked(const struct view_disk *v, uint64_t *ret_bytes)
{
	size_t n = 0;
	uint64_t bytes = 0;
	for (size_t i = 0; i < v->listing.n; i++) {
		n += v->marked[i];
		bytes += v->marked[i] ? v->listing.items[i].size : 0;
	}
	if (ret_bytes)
		*ret_bytes = bytes;
	return n;
}

/* ---- keys ---- */

/* So many from the cursor on, which moves behind them; marked unless the first was. */
static bool disk_mark(struct view_disk *v, unsigned count)
{
	struct list *list = &v->lists[v->kind];
	size_t here = disk_here(v), at = list->cursor;
	if (here == STR_NONE)
		return false;
	bool on = !v->marked[here];
	for (unsigned i = 0; i < (count ? count : 1) && at < list->n; i++)
		v->marked[v->rows[v->kind][at++]] = on;
	list_go(list, at < list->n ? at : list->n - 1);
	return true;
}

static bool disk_unmark_all(struct view_disk *v)
{
	bool any = disk_count_marked(v, NULL) > 0;
	if (any)
		memset(v->marked, 0, v->listing.n);
	return any;
}

static bool disk_turn(struct view_disk *v, bool right)
{
	enum disk_kind kind = v->kind;
	do
		kind = (kind + (right ? 1 : DISK_KINDS - 1)) % DISK_KINDS;
	while (kind != v->kind && !v->listing.has[kind]);
	bool moved = kind != v->kind;
	v->kind = kind;
	return moved;
}

static bool disk_find(struct view_disk *v, bool down, bool from_here)
{
	struct list *list = &v->lists[v->kind];
	if (!v->needle.n || list->n == 0) {
		app_say(v->view.app, v->needle.n ? "there is nothing" : "/ searches first");
		return true;
	}
	size_t from = list->cursor;
	if (from_here)
		from = from ? from - 1 : list->n - 1;
	size_t at = search_lines(list->n, from, down, buf_str(&v->needle), disk_row_text, v);
	if (at == STR_NONE)
		app_say(v->view.app, "%s is not found", buf_text(&v->needle));
	else
		list_go(list, at);
	return true;
}

static void view_disk_typed(struct view *view, struct str line)
{
	struct view_disk *v = (struct view_disk *)view;
	struct buf *to = v->filters ? &v->filter : &v->needle;
	buf_clear(to);
	buf_append(to, str_trim(line));
	if (v->filters)
		disk_order(v);
	else if (v->needle.n)
		disk_find(v, true, true);
}

static bool disk_prompt(struct view_disk *v, bool filter)
{
	v->filters = filter;
	app_prompt(v->view.app, filter ? "&" : "/");
	return true;
}

static bool disk_move_column(struct view_disk *v, bool right)
{
	v->column = (v->column + (right ? 1 : DISK_COLUMNS - 1)) % DISK_COLUMNS;
	return true;
}

static bool view_disk_act(struct view *view, enum action action, unsigned count)
{
	struct view_disk *v = (struct view_disk *)view;
	switch (action) {
	case ACTION_TOGGLE: return disk_mark(v, count);
	case ACTION_DELETE: return disk_prune_marked(v);
	case ACTION_PRUNE: disk_prune_kind(v); return true;
	case ACTION_NEXT_PANE: return disk_turn(v, true);
	case ACTION_PREV_PANE: return disk_turn(v, false);
	case ACTION_COLUMN_LEFT: return disk_move_column(v, false);
	case ACTION_COLUMN_RIGHT: return disk_move_column(v, true);
	case ACTION_SORT: disk_sort(v); return true;
	case ACTION_FILTER: return disk_prompt(v, true);
	case ACTION_SEARCH: return disk_prompt(v, false);
	case ACTION_SEARCH_NEXT: return disk_find(v, true, false);
	case ACTION_SEARCH_PREV: return disk_find(v, false, false);
	case ACTION_REFRESH: disk_ask_again(v); return true;
	default: return list_move(&v->lists[v->kind], action, count, 0);
	}
}

/* ---- places ---- */

static struct list *view_disk_list(struct view *view, size_t i)
{
	struct view_disk *v = (struct view_disk *)view;
	return i ? NULL : &v->lists[v->kind];
}

static void view_disk_place(struct view *view, struct buf *out)
{
	struct view_disk *v = (struct view_disk *)view;
	size_t here = disk_here(v);
	if (here != STR_NONE)
		buf_printf(out, "%s %s", disk_kind_name(v->kind), v->listing.items[here].id);
}

static bool view_disk_go(struct view *view, struct str place)
{
	struct view_disk *v = (struct view_disk *)view;
	size_t blank = str_find(place, ' ');
	for (enum disk_kind k = 0; blank != STR_NONE && k < DISK_KINDS; k++) {
		if (!str_eq(str_slice(place, 0, blank), str_of(disk_kind_name(k))))
			continue;
		for (size_t i = 0; i < v->lists[k].n; i++)
			if (str_eq(str_slice(place, blank + 1, place.n),
			           str_of(v->listing.items[v->rows[k][i]].id))) {
				v->kind = k;
				list_go(&v->lists[k], i);
				return true;
			}
	}
	return false;
}

static bool view_disk_copy(struct view *view, enum action action, struct buf *out)
{
	const struct view_disk *v = (const struct view_disk *)view;
	size_t here = disk_here(v);
	if (here == STR_NONE || action == ACTION_COPY_LINE)
		return false;
	const struct disk_item *item = &v->listing.items[here];
	buf_append_text(out, action == ACTION_COPY_KEY && item->name[0] ? item->name : item->id);
	return true;
}

static const struct view_nav view_disk_nav = {
	.list = view_disk_list, .place = view_disk_place, .go = view_disk_go, .copy = view_disk_copy,
};

/* ---- life ---- */

/* While the engine is asked the seconds run. */
static int64_t view_disk_tick(struct view *view)
{
	return ((struct view_disk *)view)->busy != DISK_RESTS ? 1000 : -1;
}

static bool view_disk_back(struct view *view)
{
	return disk_unmark_all((struct view_disk *)view);
}

static void disk_leave_now(void *data)
{
	struct view_disk *v = data;
	v->busy = DISK_RESTS;
	app_pop(v->view.app);
}

/* What was begun would end half way. */
static bool view_disk_leave(struct view *view)
{
	struct view_disk *v = (struct view_disk *)view;
	if (v->busy != DISK_REMOVES)
		return true;
	app_open(view->app, confirm_new("Leave", "Things are being removed. Stop that and leave?",
	                                disk_leave_now, v));
	return false;
}

static void view_disk_free(struct view *view)
{
	struct view_disk *v = (struct view_disk *)view;
	disk_free(v->disk);
	for (enum disk_kind k = 0; k < DISK_KINDS; k++) {
		free(v->rows[k]);
		map_finish(&v->ids[k]);
	}
	free(v->marked);
	free(v->gone);
	buf_finish(&v->waiting);
	buf_finish(&v->filter);
	buf_finish(&v->needle);
	buf_finish(&v->line);
	free(v);
}

/* Not before there is an app to tell. */
static void view_disk_enter(struct view *view)
{
	struct view_disk *v = (struct view_disk *)view;
	if (!v->listing.engine && v->busy == DISK_RESTS && !v->why.code)
		disk_ask_again(v);
}

static const struct hint view_disk_hints[] = {
	{ ACTION_TOGGLE, "mark" }, { ACTION_DELETE, "remove" }, { ACTION_PRUNE, "what nobody needs" },
	{ ACTION_NEXT_PANE, "kind" }, { ACTION_SORT, "sort" }, { ACTION_FILTER, "filter" },
	{ ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { ACTION_REFRESH, "ask again" },
	{ ACTION_COLUMN_RIGHT, "column" }, { 0, NULL },
};

static const struct view_ops view_disk_ops = {
	.name = "disk", .where = WHERE_DISK, .nav = &view_disk_nav, .draw = disk_draw,
	.act = view_disk_act, .free = view_disk_free, .enter = view_disk_enter,
	.tick = view_disk_tick, .typed = view_disk_typed, .back = view_disk_back,
	.leave = view_disk_leave, .hints = view_disk_hints,
};

struct view *view_disk_new(struct loop *loop, const char *engine, const struct pair *named,
                           size_t nnamed)
{
	struct view_disk *v = xcalloc(1, sizeof *v);
	struct disk_events events = view_disk_events;
	events.data = v;
	v->view.ops = &view_disk_ops;
	v->loop = loop;
	v->disk = disk_new(loop, engine, named, nnamed, &events);
	v->column = v->sort = DISK_COLUMN_SIZE;
	v->sorts_down = true;
	return &v->view;
}
