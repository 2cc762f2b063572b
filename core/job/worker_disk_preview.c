/* What would go, and what it would cost those who build there. */
#include <stdlib.h>

#include "core/history/loss.h"
#include "core/job/worker.h"
#include "core/job/worker_disk.h"
#include "core/os/clock.h"

/* ---- the wish ---- */

static bool wish_has(const struct value *wish, const char *key)
{
	const struct value *v = value_get(wish, str_of(key));
	return v && value_is_true(v);
}

static uint64_t wish_number(const struct value *wish, const char *key)
{
	unsigned long long n;
	const struct value *v = value_get(wish, str_of(key));
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}

static const char **wish_texts(struct arena *a, const struct value *wish, const char *key,
                               size_t *ret_n)
{
	const struct value *list = value_get(wish, str_of(key));
	const char **texts = arena_array(a, (list ? value_count(list) : 0) + 1, sizeof *texts);
	*ret_n = 0;
	for (const struct value *v = list ? value_child(list) : NULL; v; v = value_next(v))
		texts[(*ret_n)++] = arena_text(a, value_text(v));
	return texts;
}

static unsigned wish_kinds(struct arena *a, const struct value *wish)
{
	size_t n;
	const char **texts = wish_texts(a, wish, "kinds", &n);
	unsigned kinds = 0;
	for (size_t i = 0; i < n; i++)
		for (enum usage_kind k = 0; k < USAGE_KINDS; k++)
			kinds |= strcmp(texts[i], usage_kind_name(k)) == 0 ? 1u << k : 0;
	return kinds;
}

static bool wish_read(struct arena *a, const struct value *v, const char *address,
                      struct usage_wish *ret_wish, struct error *err)
{
	size_t nfilters;
	const char **filters = wish_texts(a, v, "filters", &nfilters);
	struct usage_filter *parsed = arena_array(a, nfilters + 1, sizeof *parsed);
	*ret_wish = (struct usage_wish){
		.kinds = wish_kinds(a, v), .all = wish_has(v, "all"),
		.older = (double)wish_number(v, "older"), .has_keep = value_get(v, STR("keep")),
		.keep = wish_number(v, "keep"), .filters = parsed, .nfilters = nfilters,
		.now = clock_now(), .busy_since = loss_busy_since(address),
	};
	ret_wish->names = wish_texts(a, v, "names", &ret_wish->nnames);
	for (size_t i = 0; i < nfilters; i++)
		if (!usage_filter_parse(str_of(filters[i]), &parsed[i], err))
			return false;
	return true;
}

/* ---- the history ---- */

/* Things of the history are the usage's images and records, in their order. */
static bool preview_loss(struct arena *a, const struct worker_disk *d, const bool *is_going,
                         size_t *ret_items, struct loss *ret_loss, struct error *err)
{
	struct loss_thing *things = arena_array(a, d->usage.n + 1, sizeof *things);
	size_t n = 0;
	for (size_t i = 0; i < d->usage.n; i++) {
		const struct usage_item *item = &d->usage.items[i];
		bool is_image = item->kind == USAGE_IMAGE;
		if (!is_image && item->kind != USAGE_CACHE)
			continue;
		ret_items[n] = i;
		things[n++] = (struct loss_thing){
			.is_image = is_image, .id = str_of(item->id), .text = str_of(item->name),
			.names = item->names, .made = is_image ? 0 : item->created, .goes = is_going[i],
		};
	}
	return loss_find(a, d->facts.address, things, n, ret_loss, err);
}

bool worker_disk_forget(struct worker_disk *d, const bool *gone, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	size_t *items = arena_array(a, d->usage.n + 1, sizeof *items);
	struct loss loss;
	return preview_loss(a, d, gone, items, &loss, err) && loss_forget(&loss, err);
}

/* ---- what is said ---- */

static double preview_age(const struct usage_item *item)
{
	double t = item->used > 0 ? item->used : item->created;
	return t > 0 ? clock_now() - t : -1;
}

static struct value *preview_gone(struct arena *a, const struct worker_disk *d,
                                  const char *const *notes)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < d->choice.n; i++) {
		const struct usage_item *item = &d->usage.items[d->choice.goes[i]];
		struct value *o = worker_disk_item(a, item);
		double age = preview_age(item);
		if (age >= 0)
			worker_disk_number(a, o, "age", (uint64_t)age);
		if (notes[d->choice.goes[i]])
			worker_disk_text(a, o, "note", notes[d->choice.goes[i]]);
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

static struct value *preview_stays(struct arena *a, const struct worker_disk *d)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < d->choice.nkept; i++) {
		const struct usage_item *item = &d->usage.items[d->choice.kept[i].item];
		struct value *o = worker_disk_item(a, item);
		worker_disk_text(a, o, "why", d->choice.kept[i].why);
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

static struct value *preview_projects(struct arena *a, const struct loss *loss)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < loss->nprojects; i++) {
		const struct loss_project *p = &loss->projects[i];
		struct value *o = value_new_object(a);
		worker_disk_text(a, o, "project", p->name);
		worker_disk_text(a, o, "root", p->root);
		worker_disk_number(a, o, "steps", p->steps);
		worker_disk_number(a, o, "lost", p->lost);
		worker_disk_number(a, o, "unknown", p->unknown);
		worker_disk_number(a, o, "bases", p->bases);
		if (p->seconds >= 0)
			value_set(a, o, "seconds", value_new(a, VALUE_FLOAT,
			          str_of(arena_printf(a, "%.1f", p->seconds)), (struct span){ 0 }));
		value_set(a, o, "untold", value_new_bool(a, p->is_untold));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

bool worker_disk_preview(struct worker_disk *d, const struct value *wish, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct usage_wish wanted;
	struct loss loss;
	d->has_choice = false;
	if (!wish_read(a, wish, d->facts.address, &wanted, err) ||
	    !usage_choose(d->arena, &d->usage, &wanted, &d->choice, err))
		return false;
	size_t *items = arena_array(a, d->usage.n + 1, sizeof *items);
	const char **notes = arena_array(a, d->usage.n + 1, sizeof *notes);
	if (!preview_loss(a, d, d->choice.is_going, items, &loss, err))
		return false;
	for (size_t i = 0; i < loss.nnotes; i++)
		notes[items[loss.notes[i].thing]] = loss.notes[i].text;
	struct value *line = value_new_object(a), *o = value_new_object(a);
	value_set(a, o, "gone", preview_gone(a, d, notes));
	value_set(a, o, "stays", preview_stays(a, d));
	value_set(a, o, "sums", worker_disk_sums(a, &d->usage, d->choice.is_going));
	value_set(a, o, "projects", preview_projects(a, &loss));
	value_set(a, line, "preview", o);
	d->has_choice = true;
	worker_say(line);
	return true;
}
