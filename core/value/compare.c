#include "core/value/compare.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/base/sequence.h"
#include "core/value/compare_same.h"

struct compare {
	struct arena *arena;            /* of what is found */
	struct arena *scratch;          /* rewound when an array is done */
	struct same *same;
	struct difference *list;
	size_t n, cap;
	struct buf before, after;       /* the pointers on the way */
};

static void compare_values(struct compare *c, const struct value *a, const struct value *b);

/* ---- finding ---- */

static void compare_note(struct compare *c, enum difference_kind kind, const struct value *a,
                         const struct value *b)
{
	if (c->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 64;
		c->list = xrealloc(c->list, c->cap, sizeof *c->list);
	}
	c->list[c->n++] = (struct difference){
		.kind = kind, .before = a, .after = b,
		.before_at = a ? arena_str(c->arena, buf_str(&c->before)) : (struct str){ 0 },
		.after_at = b ? arena_str(c->arena, buf_str(&c->after)) : (struct str){ 0 },
	};
}

/* One of the two may be NULL. */
static void compare_pair(struct compare *c, const struct value *a, const struct value *b)
{
	if (a && b)
		compare_values(c, a, b);
	else
		compare_note(c, a ? DIFFERENCE_REMOVED : DIFFERENCE_ADDED, a, b);
}

static void compare_member(struct compare *c, const struct value *a, const struct value *b)
{
	size_t before = c->before.n, after = c->after.n;
	struct str key = value_key(a ? a : b);
	value_pointer_append(&c->before, key);
	value_pointer_append(&c->after, key);
	compare_pair(c, a, b);
	c->before.n = before;
	c->after.n = after;
}

static void compare_members(struct compare *c, const struct value *a, const struct value *b)
{
	for (const struct value *m = value_child(a); m; m = value_next(m))
		compare_member(c, m, value_get(b, value_key(m)));
	for (const struct value *m = value_child(b); m; m = value_next(m))
		if (!value_get(a, value_key(m)))
			compare_member(c, NULL, m);
}

/* ---- arrays ---- */

/* Both sides' items of one array, with their places in it. */
struct compare_items {
	const struct value *const *a, *const *b;
	size_t a_at, b_at, na, nb;
};

static struct compare_items compare_part(const struct compare_items *items,
                                         const struct sequence_change *change)
{
	return (struct compare_items){
		items->a + change->a, items->b + change->b, items->a_at + change->a,
		items->b_at + change->b, change->na, change->nb,
	};
}

static void compare_item(struct compare *c, const struct compare_items *items, size_t a, size_t b)
{
	size_t before = c->before.n, after = c->after.n;
	buf_printf(&c->before, "/%zu", items->a_at + a);
	buf_printf(&c->after, "/%zu", items->b_at + b);
	compare_pair(c, a < items->na ? items->a[a] : NULL, b < items->nb ? items->b[b] : NULL);
	c->before.n = before;
	c->after.n = after;
}

static bool compare_is_alike(const struct value *a, const struct value *b)
{
	return value_is_container(a) ? value_type(a) == value_type(b) : !value_is_container(b);
}

/* As many as there were, each of its sort: they have changed where they stand. */
static void compare_replaced(struct compare *c, const struct compare_items *items)
{
	bool alike = items->na == items->nb;
	for (size_t i = 0; alike && i < items->na; i++)
		alike = compare_is_alike(items->a[i], items->b[i]);
	for (size_t i = 0; i < items->na; i++)
		compare_item(c, items, i, alike ? i : items->nb);
	for (size_t i = 0; !alike && i < items->nb; i++)
		compare_item(c, items, items->na, i);
}

/* The walk over what came and went and over what lies between: different, or equal. */
static void compare_walk(struct compare *c, const struct compare_items *items,
                         const struct sequence_change *changes, size_t n,
                         void (*each)(struct compare *, const struct compare_items *), bool between)
{
	size_t a = 0, b = 0;
	for (size_t i = 0; i <= n; i++) {
		size_t until = i < n ? changes[i].a : items->na;
		for (; a < until; a++, b++)
			if (between)
				compare_item(c, items, a, b);
		if (i == n)
			return;
		struct compare_items part = compare_part(items, &changes[i]);
		each(c, &part);
		a += changes[i].na;
		b += changes[i].nb;
	}
}

/* No two of these are equal; those that begin alike are the same thing, changed. */
static void compare_changed(struct compare *c, const struct compare_items *items)
{
	const struct sequence_change *changes;
	uint32_t *a = arena_array(c->scratch, items->na, sizeof *a);
	uint32_t *b = arena_array(c->scratch, items->nb, sizeof *b);
	if (!items->na || !items->nb) {
		compare_replaced(c, items);
		return;
	}
	same_number_by_beginning(c->scratch, items->a, items->na, a, items->b, items->nb, b);
	size_t n = sequence_compare(c->scratch, a, items->na, b, items->nb, &changes);
	compare_walk(c, items, changes, n, compare_replaced, true);
}

static const struct value *const *compare_list(struct arena *scratch, const struct value *array)
{
	const struct value **list = arena_array(scratch, value_count(array), sizeof *list);
	size_t n = 0;
	for (const struct value *v = value_child(array); v; v = value_next(v))
		list[n++] = v;
	return list;
}

static void compare_arrays(struct compare *c, const struct value *a, const struct value *b)
{
	struct arena *scratch = c->scratch;
	struct arena_mark mark = arena_mark(scratch);
	const struct sequence_change *changes;
	struct compare_items items = {
		.a = compare_list(scratch, a), .b = compare_list(scratch, b),
		.na = value_count(a), .nb = value_count(b),
	};
	uint32_t *first = arena_array(scratch, items.na, sizeof *first);
	uint32_t *second = arena_array(scratch, items.nb, sizeof *second);
	same_number(c->same, scratch, items.a, items.na, first, items.b, items.nb, second);
	size_t n = sequence_compare(scratch, first, items.na, second, items.nb, &changes);
	compare_walk(c, &items, changes, n, compare_changed, false);
	arena_rewind(scratch, mark);
}

static void compare_values(struct compare *c, const struct value *a, const struct value *b)
{
	if (value_is_same(a, b))
		return;
	if (value_type(a) != value_type(b))
		compare_note(c, DIFFERENCE_CHANGED, a, b);
	else if (value_type(a) == VALUE_OBJECT)
		compare_members(c, a, b);
	else if (value_type(a) == VALUE_ARRAY)
		compare_arrays(c, a, b);
	else if (!str_eq(value_text(a), value_text(b)))
		compare_note(c, DIFFERENCE_CHANGED, a, b);
}

/* ---- moves ---- */

/* How much evidence there must be that one is the other, the strongest first. */
enum compare_clue { CLUE_KEY, CLUE_PARENT, CLUE_CONTENT, CLUES };

static struct str compare_parent(struct str pointer)
{
	size_t slash = str_find_last(pointer, '/');
	return str_slice(pointer, 0, slash == STR_NONE ? 0 : slash);
}

static bool compare_may_move(const struct value *v)
{
	switch (value_type(v)) {
	case VALUE_NULL: case VALUE_BOOL: return false;
	case VALUE_ARRAY: case VALUE_OBJECT: return value_count(v) > 0;
	default: return value_text(v).n > 0;
	}
}

/* What two must have in common besides their content; false: there is no such clue. */
static bool compare_clue(struct compare *c, const struct difference *d, enum compare_clue clue,
                         struct arena *scratch, struct str *ret_name)
{
	const struct value *v = d->after ? d->after : d->before;
	owned_buf struct buf name = { 0 };
	uint64_t hash = same_hash(c->same, v);
	buf_append(&name, (struct str){ (const char *)&hash, sizeof hash });
	if (clue == CLUE_KEY && !value_key(v).p)
		return false;
	if (clue == CLUE_CONTENT && !value_is_container(v))
		return false;
	if (clue == CLUE_KEY)
		buf_append(&name, value_key(v));
	if (clue == CLUE_PARENT)
		buf_append(&name, compare_parent(difference_pointer(d)));
	*ret_name = arena_str(scratch, buf_str(&name));
	return true;
}

/* Those of one name, the first to be taken first. */
struct compare_queue {
	size_t first, last;             /* differences + 1; 0: none */
};

static void compare_enqueue(struct arena *scratch, struct map *queues, size_t *next, size_t i,
                            struct str name)
{
	struct compare_queue *q = map_get(queues, name);
	if (!q) {
		q = arena_alloc(scratch, sizeof *q);
		map_set(queues, name, q);
	}
	if (q->last)
		next[q->last - 1] = i + 1;
	else
		q->first = i + 1;
	q->last = i + 1;
}

/* Joins what was removed and what was added where they are equal; what was joined with
 * another difference is marked as gone: before and after NULL. */
static void compare_join(struct compare *c, enum compare_clue clue, struct arena *scratch)
{
	owned_map struct map queues = { 0 };
	size_t *next = arena_array(scratch, c->n, sizeof *next);
	struct str name;
	for (size_t i = 0; i < c->n; i++) {
		const struct difference *d = &c->list[i];
		if (d->kind == DIFFERENCE_REMOVED && d->before && compare_may_move(d->before) &&
		    compare_clue(c, d, clue, scratch, &name))
			compare_enqueue(scratch, &queues, next, i, name);
	}
	for (size_t i = 0; queues.n && i < c->n; i++) {
		struct difference *d = &c->list[i];
		if (d->kind != DIFFERENCE_ADDED || !compare_may_move(d->after) ||
		    !compare_clue(c, d, clue, scratch, &name))
			continue;
		struct compare_queue *q = map_get(&queues, name);
		struct difference *from = q && q->first ? &c->list[q->first - 1] : NULL;
		if (!from || !value_equal(from->before, d->after))
			continue;
		q->first = next[q->first - 1];
		d->kind = DIFFERENCE_MOVED;
		d->before = from->before;
		d->before_at = from->before_at;
		from->before = NULL;
	}
}

static void compare_moves(struct compare *c)
{
	for (enum compare_clue clue = 0; clue < CLUES; clue++) {
		owned(arena) struct arena *scratch = arena_new();
		compare_join(c, clue, scratch);
	}
}

void value_compare(struct arena *arena, const struct value *before, const struct value *after,
                   struct comparison *ret_comparison)
{
	struct compare c = { .arena = arena, .scratch = arena_new(), .same = same_new() };
	struct comparison found = { 0 };
	if (before || after)
		compare_pair(&c, before, after);
	compare_moves(&c);
	struct difference *all = arena_array(arena, c.n, sizeof *all);
	for (size_t i = 0; i < c.n; i++) {
		if (!c.list[i].before && !c.list[i].after)
			continue;
		all[found.n++] = c.list[i];
		found.counts[c.list[i].kind]++;
	}
	found.all = all;
	*ret_comparison = found;
	same_free(c.same);
	arena_free(c.scratch);
	buf_finish(&c.before);
	buf_finish(&c.after);
	free(c.list);
}

/* ---- telling ---- */

const char *difference_name(enum difference_kind kind)
{
	static const char *const names[] = { "added", "removed", "changed", "moved" };
	return names[kind];
}

struct str difference_pointer(const struct difference *d)
{
	return d->after ? d->after_at : d->before_at;
}

static void compare_set_value(struct arena *a, struct value *o, const struct value *v, bool is_new)
{
	struct origin at = value_origin(v);
	const struct source *source = value_span(v).source;
	const char *file = source && source->name ? source->name : at.path;
	struct value *origin = value_new_object(a);
	struct value *null = value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
	value_set(a, origin, "file", file ? value_new_string(a, str_of(file)) : null);
	if (at.line) {
		value_set(a, origin, "line", value_new_integer(a, at.line));
		value_set(a, origin, "column", value_new_integer(a, at.column));
	}
	value_set(a, origin, "profile",
	          at.profile ? value_new_string(a, str_of(at.profile)) : value_share(a, null));
	value_set(a, o, is_new ? "new" : "old", value_over(a, v, NULL));
	value_set(a, o, is_new ? "new_origin" : "old_origin", origin);
}

struct value *comparison_describe(struct arena *a, const struct comparison *c)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < c->n; i++) {
		const struct difference *d = &c->all[i];
		struct value *o = value_new_object(a);
		value_set(a, o, "kind", value_new_string(a, str_of(difference_name(d->kind))));
		value_set(a, o, "pointer", value_new_string(a, difference_pointer(d)));
		if (d->before && d->after && !str_eq(d->before_at, d->after_at))
			value_set(a, o, "from", value_new_string(a, d->before_at));
		if (d->before)
			compare_set_value(a, o, d->before, false);
		if (d->after)
			compare_set_value(a, o, d->after, true);
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}
