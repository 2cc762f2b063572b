/* What the worker says, in the front end's words. */
#include <stdlib.h>
#include <string.h>

#include "core/job/disk_inside.h"

static const char *take_text(struct arena *a, const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_type(v) == VALUE_STRING ? arena_text(a, value_text(v)) : "";
}

static uint64_t take_number(const struct value *o, const char *key)
{
	unsigned long long n;
	const struct value *v = o ? value_get(o, str_of(key)) : NULL;
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}

static bool take_truth(const struct value *o, const char *key)
{
	const struct value *v = value_get(o, str_of(key));
	return v && value_is_true(v);
}

static enum disk_kind take_kind(const struct value *o)
{
	const struct value *v = value_get(o, STR("kind"));
	for (enum disk_kind k = 0; v && k < DISK_KINDS; k++)
		if (str_eq(value_text(v), str_of(disk_kind_name(k))))
			return k;
	return DISK_VOLUME;
}

static struct disk_sum take_sum(const struct value *sums, const char *key)
{
	const struct value *o = sums ? value_get(sums, str_of(key)) : NULL;
	return (struct disk_sum){ take_number(o, "least"), take_number(o, "most") };
}

/* ---- the listing ---- */

static void take_engine(struct disk *d, const struct value *engine)
{
	static const char *const keys[] = { "name", "product", "version", "address" };
	struct value *copy = value_new_object(d->own);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		value_set(d->own, copy, keys[i],
		          value_new_string(d->own, str_of(take_text(d->own, engine, keys[i]))));
	d->told = copy;
}

static void take_items(struct disk *d, const struct value *list)
{
	struct arena *a = d->arena;
	size_t n = value_count(list);
	if (!a)
		return;
	if (d->nitems + n > d->cap) {
		d->cap = 2 * d->cap + n;
		struct disk_item *more = arena_array(a, d->cap, sizeof *more);
		if (d->nitems)
			memcpy(more, d->items, d->nitems * sizeof *more);
		d->items = more;
	}
	for (const struct value *v = value_child(list); v; v = value_next(v))
		d->items[d->nitems++] = (struct disk_item){
			.kind = take_kind(v), .id = take_text(a, v, "id"), .name = take_text(a, v, "name"),
			.state = take_text(a, v, "state"), .names = take_text(a, v, "names"),
			.size = take_number(v, "size"), .shared = take_number(v, "shared"),
			.has_size = value_get(v, STR("size")), .has_shared = value_get(v, STR("shared")),
			.in_use = take_truth(v, "in_use"), .by_name = take_truth(v, "by_name"),
			.created = (double)take_number(v, "created"), .used = (double)take_number(v, "used"),
		};
}

static void take_listed(struct disk *d, const struct value *listed)
{
	struct disk_listing l = { .engine = d->told, .items = d->items, .n = d->nitems };
	const struct value *sizes = value_get(listed, STR("sizes"));
	const struct value *free_sums = value_get(listed, STR("free"));
	for (enum disk_kind k = 0; sizes && k < DISK_KINDS; k++) {
		struct disk_sum sum = take_sum(sizes, disk_kind_name(k));
		l.has[k] = value_get(sizes, str_of(disk_kind_name(k)));
		l.bytes[k] = sum.most;
		l.is_exact |= k == DISK_IMAGE && sum.least == sum.most;
		l.free[k] = take_sum(free_sums, disk_kind_name(k));
	}
	for (size_t i = 0; i < d->nitems; i++) {
		l.count[d->items[i].kind]++;
		l.used[d->items[i].kind] += d->items[i].in_use;
	}
	d->events.listed(d->events.data, &l);
	arena_free(d->before);
	d->before = NULL;
}

/* ---- the preview ---- */

static void take_gone(struct arena *a, const struct value *list, struct disk_preview *p)
{
	struct disk_gone *gone = arena_array(a, value_count(list) + 1, sizeof *gone);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		const char *note = take_text(a, v, "note");
		gone[p->n++] = (struct disk_gone){
			.kind = take_kind(v), .id = take_text(a, v, "id"), .name = take_text(a, v, "name"),
			.state = take_text(a, v, "state"), .size = take_number(v, "size"),
			.has_size = value_get(v, STR("size")),
			.age = value_get(v, STR("age")) ? (double)take_number(v, "age") : -1,
			.note = note[0] ? note : NULL,
		};
	}
	p->gone = gone;
}

static void take_stays(struct arena *a, const struct value *list, struct disk_preview *p)
{
	struct disk_stays *stays = arena_array(a, value_count(list) + 1, sizeof *stays);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		const char *name = take_text(a, v, "name");
		stays[p->nstays++] = (struct disk_stays){ name[0] ? name : take_text(a, v, "id"),
		                                          take_text(a, v, "why") };
	}
	p->stays = stays;
}

static void take_projects(struct arena *a, const struct value *list, struct disk_preview *p)
{
	struct disk_project *projects = arena_array(a, value_count(list) + 1, sizeof *projects);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		const struct value *seconds = value_get(v, STR("seconds"));
		projects[p->nprojects++] = (struct disk_project){
			.name = take_text(a, v, "project"), .root = take_text(a, v, "root"),
			.steps = take_number(v, "steps"), .lost = take_number(v, "lost"),
			.unknown = take_number(v, "unknown"), .bases = take_number(v, "bases"),
			.seconds = seconds ? strtod(arena_text(a, value_text(seconds)), NULL) : -1,
			.is_untold = take_truth(v, "untold"),
		};
	}
	p->projects = projects;
}

static void take_preview(struct disk *d, const struct value *o)
{
	owned(arena) struct arena *a = arena_new();
	struct disk_preview p = { .engine = d->told };
	const struct value *gone = value_get(o, STR("gone")), *stays = value_get(o, STR("stays"));
	const struct value *projects = value_get(o, STR("projects"));
	const struct value *sums = value_get(o, STR("sums"));
	if (gone)
		take_gone(a, gone, &p);
	if (stays)
		take_stays(a, stays, &p);
	if (projects)
		take_projects(a, projects, &p);
	for (enum disk_kind k = 0; k < DISK_KINDS; k++)
		p.sums[k] = take_sum(sums, disk_kind_name(k));
	p.sum = take_sum(sums, "all");
	d->events.previewed(d->events.data, &p);
}

/* ---- removing ---- */

static void take_removed(struct disk *d, const struct value *o)
{
	owned(arena) struct arena *a = arena_new();
	const char *why = take_text(a, o, "why");
	d->events.removed(d->events.data, take_kind(o), take_text(a, o, "id"),
	                  take_text(a, o, "name"), take_number(o, "freed"), why[0] ? why : NULL);
}

static void take_pruned(struct disk *d, const struct value *o)
{
	struct disk_result result = { take_number(o, "removed"), take_number(o, "refused"),
	                              take_number(o, "freed"), take_truth(o, "told") };
	d->prunes = false;
	d->events.done(d->events.data, &result);
}

void disk_take(struct disk *d, const struct value *line)
{
	static const struct {
		const char *key;
		void (*read)(struct disk *, const struct value *);
	} lines[] = {
		{ "engine", take_engine }, { "items", take_items }, { "listed", take_listed },
		{ "preview", take_preview }, { "removed", take_removed }, { "pruned", take_pruned },
	};
	owned(arena) struct arena *a = arena_new();
	if (value_get(line, STR("waiting")))
		d->events.waiting(d->events.data, take_text(a, line, "waiting"));
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const struct value *v = value_get(line, str_of(lines[i].key));
		if (v) {
			lines[i].read(d, v);
			return;
		}
	}
}
