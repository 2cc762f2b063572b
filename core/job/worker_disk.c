/* {"do": "list", "spec": ENGINE, "engines": {NAME: ENDPOINT}} → {"waiting": …}, {"engine": {…}},
 * {"items": […]} in pieces, {"listed": {…}}; {"do": "preview", "wish": {…}} → {"preview": {…}};
 * {"do": "prune"} → {"removed": {…}} for each thing, {"pruned": {…}}.  It stays, and remembers
 * what it has listed and previewed: what goes is what was shown. */
#include "core/job/worker_disk.h"

#include <signal.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/worker.h"
#include "core/os/clock.h"

enum { DISK_PIECE = 500 };

/* ---- what is said ---- */

void worker_disk_text(struct arena *a, struct value *o, const char *key, const char *text)
{
	value_set(a, o, key, value_new_string(a, str_of(text ? text : "")));
}

void worker_disk_number(struct arena *a, struct value *o, const char *key, uint64_t n)
{
	value_set(a, o, key, value_new_integer(a, n < INT64_MAX ? (long long)n : INT64_MAX));
}

static void disk_waiting(void *data, const char *what)
{
	owned(arena) struct arena *a = arena_new();
	struct value *line = value_new_object(a);
	(void)data;
	worker_disk_text(a, line, "waiting", what);
	worker_say(line);
}

struct value *worker_disk_item(struct arena *a, const struct usage_item *item)
{
	struct value *o = value_new_object(a);
	owned_buf struct buf names = { 0 };
	for (const char *const *name = item->names; *name; name++)
		buf_printf(&names, "%s%s", names.n ? " " : "", *name);
	worker_disk_text(a, o, "kind", usage_kind_name(item->kind));
	worker_disk_text(a, o, "id", item->id);
	worker_disk_text(a, o, "name", item->name);
	value_set(a, o, "names", value_new_string(a, arena_str(a, buf_str(&names))));
	worker_disk_text(a, o, "state", item->state);
	if (item->has_size)
		worker_disk_number(a, o, "size", item->size);
	if (item->has_shared)
		worker_disk_number(a, o, "shared", item->shared);
	value_set(a, o, "in_use", value_new_bool(a, item->in_use));
	value_set(a, o, "by_name", value_new_bool(a, item->by_name));
	worker_disk_number(a, o, "created", item->created > 0 ? (uint64_t)item->created : 0);
	worker_disk_number(a, o, "used", item->used > 0 ? (uint64_t)item->used : 0);
	return o;
}

/* {"image": {"least", "most"}, …} */
struct value *worker_disk_sums(struct arena *a, const struct usage *u, const bool *is_going)
{
	struct value *all = value_new_object(a);
	for (enum usage_kind k = 0; k <= USAGE_KINDS; k++) {
		struct value *o = value_new_object(a);
		struct usage_sum sum = usage_weigh(u, is_going, k);
		worker_disk_number(a, o, "least", sum.least);
		worker_disk_number(a, o, "most", sum.most);
		value_set(a, all, k < USAGE_KINDS ? usage_kind_name(k) : "all", o);
	}
	return all;
}

static void disk_say(struct arena *a, const char *key, struct value *what)
{
	struct value *line = value_new_object(a);
	value_set(a, line, key, what);
	worker_say(line);
}

/* ---- listing ---- */

static void disk_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct worker_disk *d = data;
	loop_stop(d->loop);
	d->is_there = !err;
	if (err)
		*d->err = *err;
	else
		d->facts = *f;
}

static void disk_say_engine(struct worker_disk *d)
{
	owned(arena) struct arena *a = arena_new();
	struct value *engine = value_new_object(a);
	worker_disk_text(a, engine, "name", d->facts.name);
	worker_disk_text(a, engine, "product", d->facts.product);
	worker_disk_text(a, engine, "version", d->facts.version);
	worker_disk_text(a, engine, "address", d->facts.address);
	disk_say(a, "engine", engine);
}

static bool disk_probe(struct worker_disk *d, const struct worker_io *io, struct error *err)
{
	struct engine_options options = { .spec = worker_text(io, "spec") };
	options.named = worker_engines(io, "engines", &options.nnamed);
	d->err = err;
	engine_free(d->engine);
	d->engine = engine_new(&options, d->loop, err);
	if (!d->engine)
		return false;
	disk_waiting(d, "the engine");
	engine_probe(d->engine, disk_ready, d);
	if (!loop_run(d->loop, err) || !d->is_there)
		return false;
	disk_say_engine(d);
	return true;
}

static bool disk_ask(struct worker_disk *d, const struct worker_io *io, struct error *err)
{
	arena_free(d->arena);
	d->arena = arena_new();
	d->has_usage = d->has_choice = false;
	d->has_usage = disk_probe(d, io, err) &&
	               usage_ask(d->arena, &d->facts, disk_waiting, d, &d->usage, err) &&
	               usage_ask_layers(d->arena, &d->facts, disk_waiting, d, &d->usage, err);
	return d->has_usage;
}

/* All that could go by any wish that names nothing. */
static struct value *disk_describe_free(struct arena *a, const struct worker_disk *d)
{
	struct usage_wish wish = { .all = true, .now = clock_now(), .kinds = 1u << USAGE_IMAGE |
	                           1u << USAGE_CONTAINER | 1u << USAGE_CACHE };
	struct usage_choice choice;
	struct error never;
	CHECK(usage_choose(a, &d->usage, &wish, &choice, &never));
	return worker_disk_sums(a, &d->usage, choice.is_going);
}

static struct value *disk_describe_sizes(struct arena *a, const struct worker_disk *d)
{
	struct value *o = value_new_object(a), *sums;
	bool *all = arena_array(a, d->usage.n + 1, sizeof *all);
	memset(all, true, d->usage.n);
	sums = worker_disk_sums(a, &d->usage, all);
	for (enum usage_kind k = 0; k < USAGE_KINDS; k++) {
		struct value *sum = (struct value *)value_get(sums, str_of(usage_kind_name(k)));
		if (!d->usage.has[k])
			continue;
		if (k == USAGE_IMAGE && d->usage.has_total) {
			worker_disk_number(a, sum, "least", d->usage.total);
			worker_disk_number(a, sum, "most", d->usage.total);
		}
		value_set(a, o, usage_kind_name(k), sum);
	}
	return o;
}

static void disk_say_items(const struct worker_disk *d)
{
	for (size_t i = 0; i < d->usage.n; i += DISK_PIECE) {
		owned(arena) struct arena *a = arena_new();
		struct value *list = value_new_array(a);
		for (size_t k = i; k < d->usage.n && k < i + DISK_PIECE; k++)
			value_append(list, (struct str){ 0 }, (struct span){ 0 },
			             worker_disk_item(a, &d->usage.items[k]));
		disk_say(a, "items", list);
	}
}

static bool disk_list_all(struct worker_disk *d, const struct worker_io *io, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	if (!disk_ask(d, io, err))
		return false;
	disk_say_items(d);
	struct value *listed = value_new_object(a);
	value_set(a, listed, "sizes", disk_describe_sizes(a, d));
	value_set(a, listed, "free", disk_describe_free(a, d));
	value_set(a, listed, "count", value_new_integer(a, (long long)d->usage.n));
	disk_say(a, "listed", listed);
	return true;
}

/* ---- removing ---- */

struct disk_removing {
	struct worker_disk *disk;
	bool *gone;
	size_t removed, refused;
	uint64_t freed;
};

static void disk_removed(void *data, size_t item, uint64_t freed, const char *why)
{
	struct disk_removing *r = data;
	const struct usage_item *it = &r->disk->usage.items[item];
	owned(arena) struct arena *a = arena_new();
	struct value *o = value_new_object(a);
	worker_disk_text(a, o, "kind", usage_kind_name(it->kind));
	worker_disk_text(a, o, "id", it->id);
	worker_disk_text(a, o, "name", it->name);
	if (why)
		worker_disk_text(a, o, "why", why);
	else
		worker_disk_number(a, o, "freed", freed);
	r->gone[item] = !why;
	r->removed += !why;
	r->refused += why != NULL;
	r->freed += freed;
	disk_say(a, "removed", o);
}

/* Who is told to stop while it removes things first says to the history what has gone. */
static volatile sig_atomic_t disk_stopped;

static void disk_stop(int signal)
{
	(void)signal;
	disk_stopped = 1;
}

static bool disk_goes_on(void *data)
{
	(void)data;
	return !disk_stopped;
}

/* What has gone is nobody's any more. */
static void disk_drop(struct worker_disk *d, const bool *gone)
{
	size_t n = 0;
	for (size_t i = 0; i < d->usage.n; i++)
		if (!gone[i])
			d->usage.items[n++] = d->usage.items[i];
	d->usage.n = n;
	d->has_choice = false;
}

static bool disk_prune_now(struct worker_disk *d, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct disk_removing r = { .disk = d };
	struct usage_removal to = { disk_removed, disk_goes_on, &r };
	struct sigaction stop = { .sa_handler = disk_stop, .sa_flags = SA_RESTART }, was[2];
	struct error ignored;
	if (!d->has_choice)
		return error_set(err, ERROR_USAGE, "nothing was previewed that could go");
	r.gone = arena_array(a, d->usage.n + 1, sizeof *r.gone);
	sigaction(SIGTERM, &stop, &was[0]);
	sigaction(SIGINT, &stop, &was[1]);
	bool ok = usage_remove(&d->facts, &d->usage, &d->choice, &to, err);
	/* Also of what went before the engine was gone. */
	worker_disk_forget(d, r.gone, &ignored);
	sigaction(SIGTERM, &was[0], NULL);
	sigaction(SIGINT, &was[1], NULL);
	if (disk_stopped)
		return error_set(err, ERROR_CANCELLED, "it was told to stop");
	if (!ok)
		return false;
	struct value *o = value_new_object(a);
	worker_disk_number(a, o, "removed", r.removed);
	worker_disk_number(a, o, "refused", r.refused);
	worker_disk_number(a, o, "freed", r.freed);
	value_set(a, o, "told", value_new_bool(a, !d->usage.is_rounded));
	disk_drop(d, r.gone);
	disk_say(a, "pruned", o);
	return true;
}

/* ---- asked ---- */

static bool disk_do(struct worker_disk *d, const struct worker_io *io, struct error *err)
{
	const struct value *wish = value_get(io->argument, STR("wish"));
	const struct value *fresh = value_get(io->argument, STR("fresh"));
	const char *what = worker_text(io, "do");
	if (what && strcmp(what, "list") == 0)
		return disk_list_all(d, io, err);
	if (what && strcmp(what, "prune") == 0)
		return disk_prune_now(d, err);
	if (!what || strcmp(what, "preview") != 0 || !wish)
		return error_set(err, ERROR_USAGE, "the worker disk lists, previews a wish or prunes");
	if ((!d->has_usage || (fresh && value_is_true(fresh))) && !disk_ask(d, io, err))
		return false;
	return worker_disk_preview(d, wish, err);
}

bool worker_disk(struct worker_io *io, struct error *err)
{
	struct worker_disk d = { .loop = loop_new() };
	bool ok;
	do
		ok = disk_do(&d, io, err);
	while (ok && worker_wait(io, -1, -1) == WORKER_ASKED);
	engine_free(d.engine);
	loop_free(d.loop);
	arena_free(d.arena);
	return ok;
}
