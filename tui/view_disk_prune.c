/* What would go, the question, and its going. */
#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/disk_text.h"
#include "tui/view_disk_inside.h"

enum { DISK_SHOWN = 100 };              /* things of a kind, in the question */

static void disk_rest(struct view_disk *v)
{
	v->busy = DISK_RESTS;
	buf_clear(&v->waiting);
	if (v->view.app)
		app_dirty(v->view.app);
}

static void disk_begin(struct view_disk *v, enum disk_busy busy)
{
	v->busy = busy;
	v->since = clock_now();
	v->removed = 0;
	buf_clear(&v->waiting);
	if (v->view.app)
		app_dirty(v->view.app);
}

static bool disk_is_in_front(struct view_disk *v)
{
	return v->view.app && app_view(v->view.app) == &v->view;
}

/* ---- the listing ---- */

static void disk_waiting(void *data, const char *what)
{
	struct view_disk *v = data;
	buf_clear(&v->waiting);
	buf_append_text(&v->waiting, what);
	app_dirty(v->view.app);
}

static void disk_listed(void *data, const struct disk_listing *listing)
{
	struct view_disk *v = data;
	v->listing = *listing;
	v->why.code = ERROR_NONE;
	free(v->marked);
	free(v->gone);
	v->marked = xcalloc(listing->n + 1, sizeof *v->marked);
	v->gone = xcalloc(listing->n + 1, sizeof *v->gone);
	/* Where the cursors were are other things now. */
	for (enum disk_kind k = 0; k < DISK_KINDS; k++) {
		list_set_count(&v->lists[k], 0);
		map_finish(&v->ids[k]);
	}
	for (size_t i = 0; i < listing->n; i++)
		map_set(&v->ids[listing->items[i].kind], str_of(listing->items[i].id),
		        (void *)(uintptr_t)(i + 1));
	disk_order(v);
	disk_rest(v);
}

void disk_ask_again(struct view_disk *v)
{
	struct error err;
	if (v->busy != DISK_RESTS) {
		app_say(v->view.app, "the engine is still busy with what it was asked before");
		return;
	}
	disk_begin(v, DISK_ASKS);
	if (disk_list(v->disk, &err))
		return;
	disk_rest(v);
	app_alert(v->view.app, "%s", err.text);
}

static void disk_failed(void *data, const struct error *err)
{
	struct view_disk *v = data;
	if (!v->listing.engine)
		v->why = *err;
	disk_order(v);
	disk_rest(v);
	app_alert(v->view.app, "%s", err->text);
}

/* ---- the question ---- */

static void disk_remove(void *data)
{
	struct view_disk *v = data;
	struct error err;
	disk_begin(v, DISK_REMOVES);
	if (disk_prune(v->disk, &err))
		return;
	disk_rest(v);
	app_alert(v->view.app, "%s", err.text);
}

static void disk_previewed(void *data, const struct disk_preview *p)
{
	struct view_disk *v = data;
	owned_buf struct buf text = { 0 };
	disk_rest(v);
	if (!disk_is_in_front(v) || app_is_asking(v->view.app)) {
		app_say(v->view.app, "what would go is known: ask again to see it");
		return;
	}
	disk_text_preview(&text, p, DISK_SHOWN, true);
	app_open(v->view.app, p->n ? popup_new_question("Remove this?", buf_take(&text), disk_remove, v)
	                           : popup_new_text("Nothing goes", buf_take(&text)));
}

static void disk_ask_preview(struct view_disk *v, const struct disk_wish *wish)
{
	struct error err;
	if (v->busy != DISK_RESTS) {
		app_say(v->view.app, "the engine is still busy with what it was asked before");
		return;
	}
	disk_begin(v, DISK_PREVIEWS);
	if (disk_preview(v->disk, wish, false, &err))
		return;
	disk_rest(v);
	app_alert(v->view.app, "%s", err.text);
}

bool disk_prune_marked(struct view_disk *v)
{
	owned(arena) struct arena *a = arena_new();
	const char **names = arena_array(a, v->listing.n + 1, sizeof *names);
	struct disk_wish wish = { .names = names };
	bool any = disk_count_marked(v, NULL) > 0;
	size_t here = disk_here(v);
	for (size_t i = 0; i < v->listing.n; i++) {
		const struct disk_item *item = &v->listing.items[i];
		if (!v->gone[i] && (any ? v->marked[i] : i == here))
			names[wish.nnames++] = arena_printf(a, "%s:%s", disk_kind_name(item->kind), item->id);
	}
	if (wish.nnames)
		disk_ask_preview(v, &wish);
	return wish.nnames > 0;
}

void disk_prune_kind(struct view_disk *v)
{
	struct disk_wish wish = { .kinds = 1u << v->kind };
	if (v->kind == DISK_VOLUME)
		app_say(v->view.app, "volumes hold what nobody can build anew: mark those that go, "
		        "then dd");
	else
		disk_ask_preview(v, &wish);
}

/* ---- the going ---- */

static void disk_removed(void *data, enum disk_kind kind, const char *id, const char *name,
                         uint64_t freed, const char *why)
{
	struct view_disk *v = data;
	app_dirty(v->view.app);
	if (why) {
		app_alert(v->view.app, "%s %s stays: %s", disk_kind_name(kind), name[0] ? name : id, why);
		return;
	}
	v->removed++;
	size_t at = (size_t)(uintptr_t)map_get(&v->ids[kind], str_of(id));
	if (!at)
		return;
	v->gone[at - 1] = true;
	v->marked[at - 1] = false;
	v->listing.count[kind]--;
	v->listing.bytes[kind] -= freed < v->listing.bytes[kind] ? freed : v->listing.bytes[kind];
}

static void disk_done(void *data, const struct disk_result *r)
{
	struct view_disk *v = data;
	owned_buf struct buf text = { 0 };
	disk_text_result(&text, r);
	disk_order(v);
	disk_rest(v);
	app_say(v->view.app, "%s", buf_text(&text));
}

const struct disk_events view_disk_events = {
	.waiting = disk_waiting, .listed = disk_listed, .previewed = disk_previewed,
	.removed = disk_removed, .done = disk_done, .failed = disk_failed,
};
