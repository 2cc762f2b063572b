/* Marked builds, and what is done with all of them. */
#include "core/history/remove.h"
#include "tui/app.h"
#include "tui/confirm.h"
#include "tui/view_history_inside.h"

/* ---- marking ---- */

static void marks_group(struct view_history *h, size_t group)
{
	bool on = false, any = false;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < h->list.n; i++) {
			struct history_entry *entry = h->rows[i].entry;
			if (!entry || h->rows[i].group != group)
				continue;
			if (pass == 1)
				entry->marked = on;
			else if (!any)
				on = !entry->marked;
			any = true;
		}
	if (!any)
		app_say(h->view.app, "zo unfolds the group first");
}

void history_mark(struct view_history *h, unsigned count)
{
	size_t at = h->list.cursor, left = count ? count : 1;
	if (at < h->list.n && !h->rows[at].entry) {
		marks_group(h, h->rows[at].group);
		return;
	}
	bool on = at < h->list.n && !h->rows[at].entry->marked;
	for (; left > 0 && at < h->list.n; at++) {
		if (!h->rows[at].entry)
			continue;
		h->rows[at].entry->marked = on;
		left--;
	}
	list_go(&h->list, at < h->list.n ? at : h->list.n ? h->list.n - 1 : 0);
}

bool history_unmark_all(struct view_history *h)
{
	bool any = false;
	for (size_t i = 0; i < h->n; i++) {
		any |= h->entries[i]->marked;
		h->entries[i]->marked = false;
	}
	return any;
}

size_t history_count_marked(const struct view_history *h)
{
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++)
		n += h->entries[i]->marked;
	return n;
}

/* ---- what is done ---- */

bool history_keep(struct view_history *h, const char *what)
{
	owned(arena) struct arena *arena = arena_new();
	const char **dirs = arena_array(arena, h->n + 1, sizeof *dirs);
	size_t n = view_history_marked(&h->view, dirs, h->n);
	if (!n)
		return false;
	app_keep(h->view.app, what, dirs, n);
	return true;
}

/* All pinned: none is any more. */
void history_pin_marked(struct view_history *h)
{
	struct error err;
	bool pin = false;
	size_t n = 0;
	for (size_t i = 0; i < h->n; i++)
		pin |= h->entries[i]->marked && !h->entries[i]->item.pinned;
	for (size_t i = 0; i < h->n; i++) {
		struct history_entry *entry = h->entries[i];
		if (!entry->marked)
			continue;
		if (!history_pin(entry->item.dir, pin, &err)) {
			app_alert(h->view.app, "%s", err.text);
			return;
		}
		history_read_again(h, entry);
		n++;
	}
	app_say(h->view.app, pin ? "%zu builds are pinned: they are not deleted"
	                         : "%zu builds may be deleted", n);
}

static void marks_delete(void *data)
{
	struct view_history *h = data;
	history_keep(h, "delete");
	history_unmark_all(h);
}

void history_ask_marked(struct view_history *h)
{
	owned_buf struct buf question = { 0 };
	size_t pinned = 0, running = 0, n = history_count_marked(h);
	for (size_t i = 0; i < h->n; i++) {
		const struct history_entry *entry = h->entries[i];
		pinned += entry->marked && entry->item.pinned;
		running += entry->marked && entry->item.state == HISTORY_RUNNING;
	}
	if (pinned || running) {
		app_say(h->view.app, "%zu of the %zu marked builds cannot be deleted: %s", pinned + running,
		        n, pinned ? "pinned, P lets them go" : "they run");
		return;
	}
	buf_printf(&question, "Delete the %zu marked builds?", n);
	app_open(h->view.app, confirm_new("Delete", buf_text(&question), marks_delete, h));
}
