/* Keywords that ask for the members of objects. */
#include "core/base/check.h"
#include "core/config/schema_inside.h"

/* "'a' is missing", in what: not where the whole document is meant. */
static void say_missing(struct buf *say, struct str name, const struct place *at)
{
	buf_printf(say, "'%.*s' is missing", STR_ARG(name));
	if (at->parent) {
		buf_append_text(say, " in ");
		say_subject(say, at);
	}
}

unsigned check_required(struct check *c, const struct schema_node *node,
                        const struct schema_rule *r, const struct place *at)
{
	unsigned sum = 0;
	for (const struct value *name = value_child(r->value); name; name = value_next(name)) {
		c->work++;
		if (value_get(at->value, value_text(name)))
			continue;
		struct buf *say = check_say(c);
		if (say)
			say_missing(say, value_text(name), at);
		sum = check_sum(sum, check_told_at(c, node, r->keyword->name, at,
		                                   check_missing_span(at), PENALTY_MISSING));
		if (check_may_stop(c))
			break;
	}
	return sum;
}

/* ---- properties, patternProperties, additionalProperties ---- */

/* The names there could be, when they are few; the near one before all. */
static void say_not_allowed(struct buf *say, const struct schema_members *members,
                            const struct value *member)
{
	enum { NAMES_TOLD = 8 };
	const struct map *names = &members->properties;
	buf_printf(say, "'%.*s' is not allowed here", STR_ARG(value_key(member)));
	if (say_meant(say, value_key(member), names) || !names->n || names->n > NAMES_TOLD ||
	    members->patterns)
		return;
	for (size_t i = 0; i < names->n; i++)
		buf_printf(say, "%s'%.*s'", !i ? ", only " : i + 1 < names->n ? ", " : " and ",
		           STR_ARG(names->items[i].key));
	buf_append_text(say, names->n == 1 ? " is" : " are");
}

static unsigned check_additional(struct check *c, const struct schema_node *node,
                                 const struct schema_members *members, const struct place *at)
{
	if (!members->additional->never)
		return check_below(c, members->additional, at);
	struct span span = value_key_span(at->value);
	struct buf *say = check_say(c);
	if (say)
		say_not_allowed(say, members, at->value);
	return check_told_at(c, node, "additionalProperties", at,
	                     span.source ? span : value_span(at->value), PENALTY_MISSING);
}

static unsigned check_member(struct check *c, const struct schema_node *node,
                             const struct schema_members *members, const struct place *at)
{
	struct str key = value_key(at->value);
	const struct schema_node *property = map_get(&members->properties, key);
	bool is_known = property != NULL;
	unsigned sum = property ? check_below(c, property, at) : 0;
	for (const struct schema_pattern *p = members->patterns; p; p = p->next) {
		c->work++;
		if ((sum && check_may_stop(c)) ||
		    !check_matches(c, node, "patternProperties", p, at, key))
			continue;
		is_known = true;
		sum = check_sum(sum, check_below(c, p->node, at));
	}
	if (!is_known && members->additional)
		sum = check_sum(sum, check_additional(c, node, members, at));
	return sum;
}

unsigned check_members(struct check *c, const struct schema_node *node,
                       const struct schema_rule *r, const struct place *at)
{
	unsigned sum = 0;
	bool asks_all = r->members->patterns || r->members->additional;
	for (const struct value *m = value_child(at->value); m; m = value_next(m)) {
		if (!asks_all && !map_has(&r->members->properties, value_key(m)))
			continue;
		struct place below = { .parent = at, .value = m, .type = PLACE_MEMBER };
		sum = check_sum(sum, check_member(c, node, r->members, &below));
		if (c->given_up || (sum && check_may_stop(c)))
			break;
	}
	return sum;
}

/* ---- the others ---- */

/* Each key as a string that stands where the key does. */
unsigned check_names(struct check *c, const struct schema_node *node,
                     const struct schema_rule *r, const struct place *at)
{
	unsigned sum = 0;
	(void)node;
	for (const struct value *m = value_child(at->value); m; m = value_next(m)) {
		struct arena_mark mark = arena_mark(c->arena);
		struct span span = value_key_span(m);
		const struct value *key = value_new(c->arena, VALUE_STRING, value_key(m),
		                                    span.source ? span : value_span(m));
		struct place below = { .parent = at, .value = key, .type = PLACE_KEY };
		sum = check_sum(sum, check_below(c, r->each, &below));
		arena_rewind(c->arena, mark);
		if (c->given_up || (sum && check_may_stop(c)))
			break;
	}
	return sum;
}

unsigned check_count_members(struct check *c, const struct schema_node *node,
                             const struct schema_rule *r, const struct place *at)
{
	return check_limit(c, node, r, at, value_count(at->value), "key", "keys");
}

/* The names that one key needs beside it. */
static unsigned check_needed(struct check *c, const struct schema_node *node,
                             const struct schema_rule *r, const struct value *names,
                             const struct place *at)
{
	unsigned sum = 0;
	for (const struct value *name = value_child(names); name; name = value_next(name)) {
		c->work++;
		if (value_get(at->value, value_text(name)))
			continue;
		struct buf *say = check_say(c);
		if (say) {
			say_missing(say, value_text(name), at);
			buf_printf(say, ": '%.*s' needs it", STR_ARG(value_key(names)));
		}
		sum = check_sum(sum, check_told_at(c, node, r->keyword->name, at,
		                                   check_missing_span(at), PENALTY_MISSING));
		if (check_may_stop(c))
			break;
	}
	return sum;
}

unsigned check_dependencies(struct check *c, const struct schema_node *node,
                            const struct schema_rule *r, const struct place *at)
{
	unsigned sum = 0;
	size_t i = 0;
	for (const struct value *v = value_child(r->value); v; v = value_next(v), i++) {
		c->work++;
		if (!value_get(at->value, value_key(v)))
			continue;
		sum = check_sum(sum, r->nodes[i] ? check_node(c, r->nodes[i], at)
		                                 : check_needed(c, node, r, v, at));
		if (sum && check_may_stop(c))
			break;
	}
	return sum;
}
