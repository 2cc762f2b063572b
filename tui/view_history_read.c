/* Reading the history: a listing, rows in slices, and what changes later. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/os/files.h"
#include "tui/app.h"
#include "tui/view_history_inside.h"

enum {
	HISTORY_SLICE = 200,            /* rows read a turn: thousands stop no key */
	HISTORY_LOOK_MS = 1000,         /* how often builds that run are looked at */
	HISTORY_SETTLE_MS = 250,        /* a build's folder is there before its journal */
	HISTORY_TRIES = 8,              /* each twice as late as the one before: a minute */
};

static void history_dirty(struct view_history *h)
{
	if (h->view.app && app_view(h->view.app) == &h->view)
		app_dirty(h->view.app);
}

/* Batches have no times that compare. */
static struct history_series *history_series(struct view_history *h,
                                             const struct history_item *item)
{
	owned_buf struct buf key = { 0 };
	if (item->nbuilds)
		return NULL;
	buf_printf(&key, "%s%c%s%c%s%c", item->project, 0, item->root, 0, item->engine, 0);
	for (size_t i = 0; i < item->nprofiles; i++)
		buf_printf(&key, "%s%c", item->profiles[i], 0);
	struct history_series *series = map_get(&h->series, buf_str(&key));
	if (series)
		return series;
	series = arena_alloc(h->arena, sizeof *series);
	map_set(&h->series, arena_str(h->arena, buf_str(&key)), series);
	return series;
}

static void history_read_entry(struct view_history *h, struct history_entry *entry)
{
	const char *id = entry->item.id, *dir = entry->item.dir;
	if (!history_read_one(h->arena, dir, &entry->item))
		return;
	entry->item.id = id;
	entry->item.dir = dir;
	entry->asked = false;
	entry->series = history_series(h, &entry->item);
	h->nread += !entry->read;
	entry->read = true;
}

static void history_look_later(struct view_history *h);
static void history_try_later(struct view_history *h);

/* Reads the next rows. */
static void history_slice(struct view_history *h)
{
	for (size_t n = 0; n < HISTORY_SLICE && h->next < h->n; h->next++) {
		if (h->entries[h->next]->read)
			continue;
		history_read_entry(h, h->entries[h->next]);
		n++;
	}
	history_order(h, false);
	history_look_later(h);
	if (h->next == h->n)
		history_try_later(h);
}

static void history_slice_timer(struct loop *loop, void *data)
{
	struct view_history *h = data;
	h->slice = 0;
	history_slice(h);
	if (h->next < h->n)
		h->slice = loop_timer(loop, 0, history_slice_timer, h);
	history_dirty(h);
}

static struct history_entry *history_entry(struct view_history *h, const char *id)
{
	struct history_entry *entry = map_get(&h->known, str_of(id));
	if (entry)
		return entry;
	entry = arena_alloc(h->arena, sizeof *entry);
	entry->item.dir = files_join(h->arena, h->builds, id);
	entry->item.id = strrchr(entry->item.dir, '/') + 1;
	map_set(&h->known, str_of(entry->item.id), entry);
	return entry;
}

bool history_reload(struct view_history *h, bool anew, struct error *err)
{
	owned(arena) struct arena *scratch = arena_new();
	size_t n = 0;
	const char *const *ids = request_list(scratch, &n, err);
	if (!ids)
		return false;
	if (n > h->cap) {
		h->cap = n + n / 4;
		h->entries = xrealloc(h->entries, h->cap, sizeof *h->entries);
	}
	h->n = n;
	h->next = h->nread = 0;
	h->tries = 0;
	for (size_t i = 0; i < n; i++) {
		struct history_entry *entry = history_entry(h, ids[i]);
		entry->at = i;
		entry->read &= !anew;
		h->nread += entry->read;
		h->entries[i] = entry;
	}
	history_slice(h);
	if (h->next < h->n && !h->slice)
		h->slice = loop_timer(h->loop, 0, history_slice_timer, h);
	return true;
}

void history_reload_or_say(struct view_history *h, bool anew)
{
	struct error err;
	if (!history_reload(h, anew, &err) && h->view.app)
		app_alert(h->view.app, "%s", err.text);
	history_dirty(h);
}

void history_read_again(struct view_history *h, struct history_entry *entry)
{
	history_read_entry(h, entry);
	history_order(h, false);
}

/* ---- news ---- */

/* A build that ran may have ended: its row is read again. */
static void history_look(struct loop *loop, void *data)
{
	struct view_history *h = data;
	(void)loop;
	h->look = 0;
	bool any = false;
	for (size_t i = 0; i < h->n; i++) {
		struct history_entry *entry = h->entries[i];
		struct history_item now;
		owned(arena) struct arena *scratch = arena_new();
		if (!entry->read || entry->item.state != HISTORY_RUNNING ||
		    !history_read_one(scratch, entry->item.dir, &now) || now.state == HISTORY_RUNNING)
			continue;
		history_read_entry(h, entry);
		any = true;
	}
	if (any)
		history_order(h, false);
	history_dirty(h);
	history_look_later(h);
}

static void history_look_later(struct view_history *h)
{
	bool runs = false;
	for (size_t i = 0; i < h->n && !runs; i++)
		runs = h->entries[i]->read && h->entries[i]->item.state == HISTORY_RUNNING;
	if (runs && !h->look)
		h->look = loop_timer(h->loop, HISTORY_LOOK_MS, history_look, h);
}

/* Folders without a journal: of a build that begins, or of nothing at all. */
static void history_try(struct loop *loop, void *data)
{
	struct view_history *h = data;
	(void)loop;
	h->settle = 0;
	size_t before = h->nread;
	for (size_t i = 0; i < h->n; i++)
		if (!h->entries[i]->read)
			history_read_entry(h, h->entries[i]);
	if (h->nread > before) {
		history_order(h, false);
		history_look_later(h);
		history_dirty(h);
	}
	history_try_later(h);
}

static void history_try_later(struct view_history *h)
{
	if (h->nread < h->n && h->tries < HISTORY_TRIES && !h->settle)
		h->settle = loop_timer(h->loop, HISTORY_SETTLE_MS << h->tries++, history_try, h);
}

static void history_changed(struct watch *watch, const char *path, void *data)
{
	(void)watch;
	(void)path;
	history_reload_or_say(data, false);
}

void history_watch(struct view_history *h)
{
	h->watch = watch_new(h->loop, history_changed, h);
	watch_add(h->watch, h->builds);
}

void history_read_finish(struct view_history *h)
{
	loop_untimer(h->loop, h->slice);
	loop_untimer(h->loop, h->look);
	loop_untimer(h->loop, h->settle);
	watch_free(h->watch);
	map_finish(&h->known);
	map_finish(&h->series);
	arena_free(h->arena);
	free(h->entries);
}
