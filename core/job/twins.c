#include "core/job/twins.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/list.h"
#include "core/job/request.h"
#include "core/job/running.h"
#include "core/os/clock.h"
#include "core/os/save.h"

struct twins {
	struct arena *arena;
	const char *id, *image, *builds;
	const char *const *found;       /* ids of those that ran at our start */
	size_t nfound;
	double started;
};

static void twins_say(struct record *record, const char *text)
{
	record_warning(record, -1, str_of(text));
}

/* The row of a build of our image; never of our own, whose lock is ours to keep. */
static bool twins_row(const struct twins *t, struct arena *arena, const char *id,
                      struct history_item *ret_item)
{
	const char *dir = arena_printf(arena, "%s/%s", t->builds, id);
	if (str_eq(str_of(id), str_of(t->id)))
		return false;
	return history_read_one(arena, dir, ret_item) &&
	       str_eq(str_of(ret_item->image), str_of(t->image));
}

static void twins_look(struct twins *t, struct record *record)
{
	struct error ignored;
	size_t n;
	const char *const *ids = running_list(t->arena, t->id, &n, &ignored);
	if (!ids)
		return;
	const char **found = arena_array(t->arena, n + 1, sizeof *found);
	t->found = found;
	for (size_t i = 0; i < n; i++) {
		struct history_item item;
		if (!twins_row(t, t->arena, ids[i], &item) || item.state != HISTORY_RUNNING)
			continue;
		found[t->nfound++] = ids[i];
		twins_say(record, arena_printf(t->arena, "build %s of the same image is running: %s "
		                               "goes to the one that finishes last", ids[i], t->image));
	}
}

struct twins *twins_new(struct record *record, const char *id, const char *image)
{
	struct error ignored;
	struct twins *t = xcalloc(1, sizeof *t);
	t->arena = arena_new();
	t->started = clock_now();
	t->builds = save_state_dir("builds", &ignored);
	t->id = id;
	t->image = t->builds ? image : NULL;
	if (t->image)
		twins_look(t, record);
	return t;
}

void twins_free(struct twins *t)
{
	if (!t)
		return;
	arena_free(t->arena);
	free(t);
}

static void twins_end_one(const struct twins *t, struct record *record, const char *id, bool ok)
{
	owned(arena) struct arena *a = arena_new();
	struct history_item item;
	if (!twins_row(t, a, id, &item))
		return;
	if (item.state == HISTORY_RUNNING)
		twins_say(record, arena_printf(a, "build %s of the same image is still running: %s goes "
		                               "to it if it succeeds", id, t->image));
	else if (item.state == HISTORY_DONE && item.ended >= t->started)
		twins_say(record, arena_printf(a, ok ? "build %s of the same image finished first: %s is "
		                               "this build's now" : "build %s of the same image finished "
		                               "meanwhile: %s is its", id, t->image));
}

void twins_end(struct twins *t, struct record *record, bool ok)
{
	struct error ignored;
	size_t n;
	if (!t->image)
		return;
	for (size_t i = 0; i < t->nfound; i++)
		twins_end_one(t, record, t->found[i], ok);
	const char *const *ids = request_list(t->arena, &n, &ignored);
	/* Newest first: those before our own began earlier. */
	for (size_t i = 0; ids && i < n && strcmp(ids[i], t->id) > 0; i++) {
		bool known = false;
		for (size_t k = 0; k < t->nfound; k++)
			known = known || str_eq(str_of(t->found[k]), str_of(ids[i]));
		if (!known)
			twins_end_one(t, record, ids[i], ok);
	}
}
