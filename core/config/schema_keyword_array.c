/* Keywords that ask for the items of arrays. */
#include "core/base/check.h"
#include "core/config/schema_inside.h"

static unsigned check_too_many(struct check *c, const struct schema_node *node,
                               const struct schema_rule *r, const struct place *at)
{
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at->parent);
		buf_printf(say, " must have at most %zu item%s, not %zu", r->nitems,
		           r->nitems == 1 ? "" : "s", value_count(at->parent->value));
	}
	return check_told(c, node, "additionalItems", at, PENALTY_MISSING);
}

unsigned check_items(struct check *c, const struct schema_node *node,
                     const struct schema_rule *r, const struct place *at)
{
	unsigned sum = 0;
	size_t i = 0;
	for (const struct value *v = value_child(at->value); v; v = value_next(v), i++) {
		struct place below = { .parent = at, .value = v, .type = PLACE_ITEM, .index = i };
		const struct schema_node *item = i < r->nitems ? r->items[i] : r->each;
		if (!item)
			break;
		/* One item too many is told, not all of them. */
		if (item->never && i >= r->nitems && r->items)
			return check_sum(sum, check_too_many(c, node, r, &below));
		sum = check_sum(sum, check_below(c, item, &below));
		if (c->given_up || (sum && check_may_stop(c)))
			break;
	}
	return sum;
}

unsigned check_contains(struct check *c, const struct schema_node *node,
                        const struct schema_rule *r, const struct place *at)
{
	size_t i = 0;
	for (const struct value *v = value_child(at->value); v; v = value_next(v), i++) {
		struct place below = { .parent = at, .value = v, .type = PLACE_ITEM, .index = i };
		if (c->given_up || !check_as(c, CHECK_QUIET, r->each, &below))
			return 0;
	}
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_append_text(say, " must have an item that is ");
		if (!say_expected(say, &r->each, 1, true))
			buf_append_text(say, "as its schema says");
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_SMALL);
}

unsigned check_count_items(struct check *c, const struct schema_node *node,
                           const struct schema_rule *r, const struct place *at)
{
	return check_limit(c, node, r, at, value_count(at->value), "item", "items");
}

/* ---- uniqueItems ---- */

struct unique_item {
	uint64_t hash;
	const struct value *value;
	size_t index;
};

static int unique_compare(const void *one, const void *two)
{
	const struct unique_item *a = one, *b = two;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static unsigned check_same(struct check *c, const struct schema_node *node,
                           const struct schema_rule *r, const struct place *at,
                           const struct unique_item *first, const struct unique_item *second)
{
	struct place below = { .parent = at, .value = second->value, .type = PLACE_ITEM,
		.index = second->index };
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, &below);
		buf_printf(say, " is the same as item %zu: ", first->index + 1);
		say_value(say, second->value);
	}
	return check_told(c, node, r->keyword->name, &below, PENALTY_SMALL);
}

/* Every item that some earlier one equals is told once, with the first of these. */
static unsigned check_sorted(struct check *c, const struct schema_node *node,
                             const struct schema_rule *r, const struct place *at,
                             const struct unique_item *items, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 1; i < n; i++) {
		size_t from = i;
		while (from && items[from - 1].hash == items[i].hash)
			from--;
		for (size_t j = from; j < i; j++) {
			if (++c->work > SCHEMA_WORK_MAX)
				return sum;
			if (!schema_equal(items[j].value, items[i].value))
				continue;
			sum = check_sum(sum, check_same(c, node, r, at, &items[j], &items[i]));
			break;
		}
		if (sum && check_may_stop(c))
			break;
	}
	return sum;
}

unsigned check_unique(struct check *c, const struct schema_node *node,
                      const struct schema_rule *r, const struct place *at)
{
	size_t n = value_count(at->value), i = 0;
	if (n < 2)
		return 0;
	owned_memory struct unique_item *items = xcalloc(n, sizeof *items);
	for (const struct value *v = value_child(at->value); v; v = value_next(v), i++)
		items[i] = (struct unique_item){ schema_hash(v, &c->work), v, i };
	c->work += n;
	qsort(items, n, sizeof *items, unique_compare);
	return check_sorted(c, node, r, at, items, n);
}
