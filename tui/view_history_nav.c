/* The history: places in it and what is copied of it. */
#include "tui/app.h"
#include "tui/docker_command.h"
#include "tui/view_history_inside.h"

static struct list *history_nav_list(struct view *view, size_t i)
{
	return i ? NULL : &((struct view_history *)view)->list;
}

/* A build's id, or "=NAME" of a group. */
static void history_place(struct view *view, struct buf *out)
{
	const struct view_history *h = (const struct view_history *)view;
	const struct history_item *item = history_here(h);
	if (item)
		buf_append_text(out, item->id);
	else if (h->list.cursor < h->list.n)
		buf_printf(out, "=%.*s", STR_ARG(h->groups[h->rows[h->list.cursor].group].name));
}

static bool history_go(struct view *view, struct str place)
{
	struct view_history *h = (struct view_history *)view;
	for (size_t i = 0; i < h->list.n; i++) {
		const struct history_entry *entry = h->rows[i].entry;
		struct str name = entry ? str_of(entry->item.id) : h->groups[h->rows[i].group].name;
		if (str_eq(name, entry ? place : str_slice(place, 1, place.n))) {
			list_go(&h->list, i);
			return true;
		}
	}
	return false;
}

static bool history_copy(struct view *view, enum action action, struct buf *out)
{
	const struct history_item *item = history_here((const struct view_history *)view);
	struct error err;
	if (!item || action == ACTION_COPY_LINE)
		return false;
	if (action == ACTION_COPY_COMMAND) {
		bool ok = docker_command_append(out, item->dir, &err);
		if (!ok)
			app_alert(view->app, "%s", err.text);
		return ok;
	}
	buf_append_text(out, action == ACTION_COPY_PATH ? item->dir : item->id);
	return true;
}

const struct view_nav view_history_nav = {
	.list = history_nav_list, .place = history_place, .go = history_go, .copy = history_copy,
};
