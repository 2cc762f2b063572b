#ifndef TESTS_CORE_VALUE_COMPARE_APPLY_H
#define TESTS_CORE_VALUE_COMPARE_APPLY_H

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/value/compare.h"

/* The earlier tree with the differences done to it: what a comparison promises is that
 * this is the later one.  Used by its unit test and its fuzz target. */
struct apply {
	struct arena *arena;
	struct map gone;                /* pointers in the earlier tree */
	struct map changed;             /* the same → what is there then */
	struct map come;                /* pointers in the later tree → what is there */
	size_t used;
};

static inline const struct value *apply_value(struct apply *p, const struct value *a,
                                              struct str from, struct str to);

static inline struct str apply_index(struct apply *p, struct str pointer, size_t i)
{
	return str_of(arena_printf(p->arena, "%.*s/%zu", STR_ARG(pointer), i));
}

static inline struct str apply_key(struct apply *p, struct str pointer, struct str key)
{
	owned_buf struct buf b = { 0 };
	buf_append(&b, pointer);
	value_pointer_append(&b, key);
	return arena_str(p->arena, buf_str(&b));
}

static inline const struct value *apply_take(struct apply *p, struct map *from, struct str pointer)
{
	const struct value *v = map_get(from, pointer);
	p->used += v != NULL;
	return v;
}

static inline const struct value *apply_array(struct apply *p, const struct value *a,
                                              struct str from, struct str to)
{
	struct value *array = value_new_array(p->arena);
	const struct value *left = value_child(a);
	for (size_t i = 0, k = 0;; k++) {
		const struct value *v = apply_take(p, &p->come, apply_index(p, to, k));
		while (!v && left && apply_take(p, &p->gone, apply_index(p, from, i)))
			left = value_next(left), i++;
		if (!v && left) {
			v = apply_value(p, left, apply_index(p, from, i++), apply_index(p, to, k));
			left = value_next(left);
		}
		if (!v)
			return array;
		value_append(array, (struct str){ 0 }, (struct span){ 0 }, value_share(p->arena, v));
	}
}

static inline const struct value *apply_object(struct apply *p, const struct value *a,
                                               struct str from, struct str to)
{
	struct value *object = value_new_object(p->arena);
	for (const struct value *m = value_child(a); m; m = value_next(m)) {
		struct str at = apply_key(p, from, value_key(m));
		if (apply_take(p, &p->gone, at))
			continue;
		const struct value *v = apply_value(p, m, at, apply_key(p, to, value_key(m)));
		value_append(object, value_key(m), (struct span){ 0 }, value_share(p->arena, v));
	}
	for (size_t i = 0; i < p->come.n; i++) {
		struct str at = p->come.items[i].key;
		const struct value *v = p->come.items[i].value;
		size_t slash = str_find_last(at, '/');
		if (slash == STR_NONE || !str_eq(str_slice(at, 0, slash), to))
			continue;
		CHECK(value_key(v).p && !value_get(object, value_key(v)));
		p->used++;
		value_append(object, value_key(v), (struct span){ 0 }, value_share(p->arena, v));
	}
	return object;
}

static inline const struct value *apply_value(struct apply *p, const struct value *a,
                                              struct str from, struct str to)
{
	const struct value *v = apply_take(p, &p->changed, from);
	if (v)
		return v;
	if (value_type(a) == VALUE_ARRAY)
		return apply_array(p, a, from, to);
	return value_type(a) == VALUE_OBJECT ? apply_object(p, a, from, to) : a;
}

/* Also checks that each difference is at its places in both trees, and is needed. */
static inline void apply_check(struct arena *arena, const struct value *a, const struct value *b,
                               const struct comparison *c)
{
	struct apply p = { .arena = arena };
	size_t wanted = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct difference *d = &c->all[i];
		CHECK((d->before != NULL) == (d->before_at.p != NULL));
		CHECK((d->after != NULL) == (d->after_at.p != NULL));
		CHECK(!d->before || value_at(a, d->before_at) == d->before);
		CHECK(!d->after || value_at(b, d->after_at) == d->after);
		CHECK((d->kind == DIFFERENCE_ADDED) == !d->before);
		CHECK((d->kind == DIFFERENCE_REMOVED) == !d->after);
		CHECK(!d->before || !d->after ||
		      value_equal(d->before, d->after) == (d->kind == DIFFERENCE_MOVED));
		wanted += d->kind == DIFFERENCE_MOVED ? 2 : 1;
		if (d->kind == DIFFERENCE_CHANGED)
			CHECK(!map_set(&p.changed, d->before_at, (void *)(uintptr_t)d->after));
		else if (d->before)
			CHECK(!map_set(&p.gone, d->before_at, (void *)(uintptr_t)d->before));
		if (d->kind != DIFFERENCE_CHANGED && d->after)
			CHECK(!map_set(&p.come, d->after_at, (void *)(uintptr_t)d->after));
	}
	CHECK(value_equal(apply_value(&p, a, STR(""), STR("")), b));
	CHECK(p.used == wanted);
	CHECK(value_equal(a, b) == (c->n == 0));
	map_finish(&p.gone);
	map_finish(&p.changed);
	map_finish(&p.come);
}

#endif
