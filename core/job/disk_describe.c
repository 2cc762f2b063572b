/* The JSON of it (docs/formats.md). */
#include "core/job/disk.h"

static void describe_text(struct arena *a, struct value *o, const char *key, const char *text)
{
	value_set(a, o, key, value_new_string(a, str_of(text)));
}

static void describe_number(struct arena *a, struct value *o, const char *key, uint64_t n)
{
	value_set(a, o, key, value_new_integer(a, (long long)n));
}

static struct value *describe_null(struct arena *a)
{
	return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
}

static void describe_bytes(struct arena *a, struct value *o, const char *key, bool told,
                           uint64_t n)
{
	value_set(a, o, key, told ? value_new_integer(a, (long long)n) : describe_null(a));
}

static void describe_sum(struct arena *a, struct value *o, const char *key, struct disk_sum sum)
{
	struct value *v = value_new_object(a);
	describe_number(a, v, "least", sum.least);
	describe_number(a, v, "most", sum.most);
	value_set(a, o, key, v);
}

static struct value *describe_engine(struct arena *a, const struct value *engine)
{
	return engine ? value_share(a, engine) : describe_null(a);
}

struct value *disk_describe_item(struct arena *a, const struct disk_item *item)
{
	struct value *o = value_new_object(a), *names = value_new_array(a);
	struct str rest = str_of(item->names), name;
	while (item->names[0] && str_next(&rest, ' ', &name))
		value_append(names, (struct str){ 0 }, (struct span){ 0 }, value_new_string(a, name));
	describe_text(a, o, "kind", disk_kind_name(item->kind));
	describe_text(a, o, "id", item->id);
	describe_text(a, o, "name", item->name);
	if (item->kind == DISK_IMAGE)
		value_set(a, o, "names", names);
	describe_text(a, o, "state", item->state);
	describe_bytes(a, o, "size", item->has_size, item->size);
	describe_bytes(a, o, "shared", item->has_shared, item->shared);
	value_set(a, o, "in_use", value_new_bool(a, item->in_use));
	describe_bytes(a, o, "created", item->created > 0, (uint64_t)item->created);
	describe_bytes(a, o, "used", item->used > 0, (uint64_t)item->used);
	return o;
}

struct value *disk_describe_listing(struct arena *a, const struct disk_listing *l)
{
	struct value *all = value_new_object(a), *kinds = value_new_array(a),
	             *items = value_new_array(a);
	for (enum disk_kind k = 0; k < DISK_KINDS; k++) {
		struct value *o = value_new_object(a);
		if (!l->has[k])
			continue;
		describe_text(a, o, "kind", disk_kind_name(k));
		describe_number(a, o, "count", l->count[k]);
		describe_number(a, o, "in_use", l->used[k]);
		describe_number(a, o, "size", l->bytes[k]);
		describe_sum(a, o, "reclaimable", l->free[k]);
		value_append(kinds, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	for (size_t i = 0; i < l->n; i++)
		value_append(items, (struct str){ 0 }, (struct span){ 0 },
		             disk_describe_item(a, &l->items[i]));
	value_set(a, all, "engine", describe_engine(a, l->engine));
	value_set(a, all, "kinds", kinds);
	value_set(a, all, "items", items);
	return all;
}

static struct value *describe_gone(struct arena *a, const struct disk_gone *gone)
{
	struct value *o = value_new_object(a);
	describe_text(a, o, "kind", disk_kind_name(gone->kind));
	describe_text(a, o, "id", gone->id);
	describe_text(a, o, "name", gone->name);
	describe_text(a, o, "state", gone->state);
	describe_bytes(a, o, "size", gone->has_size, gone->size);
	describe_bytes(a, o, "age", gone->age >= 0, (uint64_t)(gone->age >= 0 ? gone->age : 0));
	if (gone->note)
		describe_text(a, o, "note", gone->note);
	return o;
}

static struct value *describe_project(struct arena *a, const struct disk_project *p)
{
	struct value *o = value_new_object(a);
	describe_text(a, o, "project", p->name);
	describe_text(a, o, "root", p->root);
	describe_number(a, o, "steps", p->steps);
	describe_number(a, o, "lost", p->lost);
	describe_number(a, o, "unknown", p->unknown);
	describe_number(a, o, "base_images", p->bases);
	value_set(a, o, "seconds", p->seconds < 0 ? describe_null(a) :
	          value_new(a, VALUE_FLOAT, str_of(arena_printf(a, "%.1f", p->seconds)),
	                    (struct span){ 0 }));
	value_set(a, o, "told", value_new_bool(a, !p->is_untold));
	return o;
}

struct value *disk_describe_preview(struct arena *a, const struct disk_preview *p)
{
	struct value *all = value_new_object(a), *gone = value_new_array(a),
	             *stays = value_new_array(a), *projects = value_new_array(a);
	for (size_t i = 0; i < p->n; i++)
		value_append(gone, (struct str){ 0 }, (struct span){ 0 }, describe_gone(a, &p->gone[i]));
	for (size_t i = 0; i < p->nstays; i++) {
		struct value *o = value_new_object(a);
		describe_text(a, o, "name", p->stays[i].name);
		describe_text(a, o, "why", p->stays[i].why);
		value_append(stays, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	for (size_t i = 0; i < p->nprojects; i++)
		value_append(projects, (struct str){ 0 }, (struct span){ 0 },
		             describe_project(a, &p->projects[i]));
	value_set(a, all, "engine", describe_engine(a, p->engine));
	value_set(a, all, "goes", gone);
	value_set(a, all, "stays", stays);
	describe_sum(a, all, "size", p->sum);
	value_set(a, all, "costs", projects);
	return all;
}
