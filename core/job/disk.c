#include "core/job/disk.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/disk_inside.h"
#include "core/os/clock.h"
#include "core/os/space.h"

static const struct { const char *name, *title; } disk_kinds[DISK_KINDS] = {
	[DISK_IMAGE] = { "image", "images" }, [DISK_CONTAINER] = { "container", "containers" },
	[DISK_CACHE] = { "cache", "build cache" }, [DISK_VOLUME] = { "volume", "volumes" },
};

const char *disk_kind_name(enum disk_kind kind)
{
	return disk_kinds[kind].name;
}

const char *disk_kind_title(enum disk_kind kind)
{
	return disk_kinds[kind].title;
}

/* ---- life ---- */

struct disk *disk_new(struct loop *loop, const char *engine, const struct pair *named,
                      size_t nnamed, const struct disk_events *events)
{
	struct disk *d = xcalloc(1, sizeof *d);
	struct pair *copy;
	d->loop = loop;
	d->events = *events;
	d->own = arena_new();
	d->engine = arena_text(d->own, str_of(engine));
	copy = arena_array(d->own, nnamed + 1, sizeof *copy);
	for (size_t i = 0; i < nnamed; i++)
		copy[i] = (struct pair){ arena_str(d->own, named[i].name),
		                         arena_str(d->own, named[i].value) };
	d->named = copy;
	d->nnamed = nnamed;
	return d;
}

void disk_free(struct disk *d)
{
	if (!d)
		return;
	/* One that removes things ends by itself, and tells the history. */
	if (d->prunes)
		worker_leave(d->worker);
	else
		worker_free(d->worker);
	arena_free(d->before);
	arena_free(d->arena);
	arena_free(d->own);
	free(d);
}

static struct value *disk_argument(struct disk *d, struct arena *a, const char *what)
{
	struct value *o = value_new_object(a);
	value_set(a, o, "do", value_new_string(a, str_of(what)));
	value_set(a, o, "spec", value_new_string(a, str_of(d->engine)));
	value_set(a, o, "engines", worker_engines_value(a, d->named, d->nnamed));
	return o;
}

static void disk_line(void *data, const struct value *line, bool ended_well)
{
	struct disk *d = data;
	struct error err = { 0 };
	if (line) {
		if (worker_error(line, &d->err))
			d->failed = true;
		else
			disk_take(d, line);
		return;
	}
	(void)ended_well;
	if (d->failed)
		err = d->err;
	else
		error_set(&err, ERROR_SYSTEM, "the worker that asks the engine has died");
	worker_free(d->worker);
	d->worker = NULL;
	d->failed = d->prunes = false;
	d->events.failed(d->events.data, &err);
}

static bool disk_tell(struct disk *d, const struct value *argument, struct error *err)
{
	if (d->worker)
		worker_tell(d->worker, argument);
	else
		d->worker = worker_start_staying(d->loop, "disk", argument, disk_line, d, err);
	return d->worker != NULL;
}

bool disk_list(struct disk *d, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	arena_free(d->before);
	d->before = d->arena;
	d->arena = arena_new();
	d->items = NULL;
	d->nitems = d->cap = 0;
	return disk_tell(d, disk_argument(d, a, "list"), err);
}

static struct value *disk_texts(struct arena *a, const char *const *texts, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(texts[i])));
	return list;
}

bool disk_preview(struct disk *d, const struct disk_wish *wish, bool fresh, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct value *argument = disk_argument(d, a, "preview"), *o = value_new_object(a);
	const char *kinds[DISK_KINDS];
	size_t n = 0;
	for (enum disk_kind k = 0; k < DISK_KINDS; k++)
		if (wish->kinds & 1u << k)
			kinds[n++] = disk_kind_name(k);
	value_set(a, o, "kinds", disk_texts(a, kinds, n));
	value_set(a, o, "all", value_new_bool(a, wish->all));
	value_set(a, o, "older", value_new_integer(a, (long long)wish->older));
	if (wish->has_keep)
		value_set(a, o, "keep", value_new_integer(a, (long long)wish->keep));
	value_set(a, o, "filters", disk_texts(a, wish->filters, wish->nfilters));
	value_set(a, o, "names", disk_texts(a, wish->names, wish->nnames));
	value_set(a, argument, "wish", o);
	value_set(a, argument, "fresh", value_new_bool(a, fresh));
	return disk_tell(d, argument, err);
}

bool disk_prune(struct disk *d, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	if (!d->worker)
		return error_set(err, ERROR_USAGE, "nothing was previewed that could go");
	d->prunes = true;
	return disk_tell(d, disk_argument(d, a, "prune"), err);
}

/* ---- words ---- */

void disk_append_sum(struct buf *out, struct disk_sum sum)
{
	owned_buf struct buf least = { 0 }, most = { 0 };
	space_append_bytes(&least, sum.least);
	space_append_bytes(&most, sum.most);
	if (sum.most == 0)
		buf_append_text(out, "0 B");
	else if (sum.least == 0)
		buf_printf(out, "at most %s", buf_text(&most));
	else if (str_eq(buf_str(&least), buf_str(&most)))
		buf_append(out, buf_str(&least));
	else
		buf_printf(out, "%s to %s", buf_text(&least), buf_text(&most));
}

static const char *disk_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void disk_append_project(struct buf *out, const struct disk_project *p)
{
	const char *between = ": ";
	buf_append_text(out, p->name[0] ? p->name : p->root);
	if (p->lost) {
		buf_printf(out, "%s%zu of %zu steps run%s anew", between, p->lost, p->steps,
		           p->lost == 1 ? "s" : "");
		if (p->seconds >= 0) {
			buf_append_text(out, ", usually ");
			clock_append_seconds(out, p->seconds);
		}
		between = "; ";
	}
	if (p->bases) {
		buf_printf(out, "%s%zu base image%s must be fetched anew", between, p->bases,
		           disk_plural(p->bases));
		between = "; ";
	}
	if (p->unknown) {
		buf_printf(out, "%sof %zu step%s nobody can say", between, p->unknown,
		           disk_plural(p->unknown));
		between = "; ";
	}
	if (p->is_untold)
		buf_printf(out, "%swhich of its steps go is not known: this engine's cache is its images",
		           between);
}
