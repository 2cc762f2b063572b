/* A value against a node: its rules, what was found before, and telling of it. */
#include <stdio.h>

#include "core/base/check.h"
#include "core/config/schema_inside.h"

/* ---- what was found before: schemas that are asked twice answer once, so that a schema
 * with two ways to itself takes no time by powers of two ---- */

enum { MEMO_FIRST = 256, MEMO_MAX = 1 << 20 };

struct check_memo {
	const struct schema_node *node;         /* NULL: free */
	const struct value *value;
	enum check_mode mode;
	unsigned penalty;
};

static size_t memo_hash(const struct schema_node *node, const struct value *value,
                        enum check_mode mode)
{
	uint64_t h = (uint64_t)(uintptr_t)node * 0x9e3779b97f4a7c15U;
	h = (h ^ (uint64_t)(uintptr_t)value ^ (uint64_t)mode) * 0xff51afd7ed558ccdU;
	return (size_t)(h ^ h >> 32);
}

static struct check_memo *memo_slot(struct check *c, const struct schema_node *node,
                                    const struct value *value, enum check_mode mode)
{
	size_t at = memo_hash(node, value, mode) & (c->memo_cap - 1);
	for (;; at = (at + 1) & (c->memo_cap - 1)) {
		struct check_memo *m = &c->memo[at];
		if (!m->node || (m->node == node && m->value == value && m->mode == mode))
			return m;
	}
}

static void memo_grow(struct check *c)
{
	struct check_memo *old = c->memo;
	size_t cap = c->memo_cap;
	c->memo_cap = cap ? cap * 2 : MEMO_FIRST;
	c->memo = xcalloc(c->memo_cap, sizeof *c->memo);
	for (size_t i = 0; i < cap; i++)
		if (old[i].node)
			*memo_slot(c, old[i].node, old[i].value, old[i].mode) = old[i];
	free(old);
}

static void memo_set(struct check *c, const struct schema_node *node, const struct value *value,
                     unsigned penalty)
{
	if (c->memo_n == MEMO_MAX)
		return;
	if (c->memo_n * 2 >= c->memo_cap)
		memo_grow(c);
	struct check_memo *m = memo_slot(c, node, value, c->mode);
	c->memo_n += !m->node;
	*m = (struct check_memo){ node, value, c->mode, penalty };
}

static const struct check_memo *memo_get(struct check *c, const struct schema_node *node,
                                         const struct value *value)
{
	const struct check_memo *m = c->memo_cap ? memo_slot(c, node, value, c->mode) : NULL;
	return m && m->node ? m : NULL;
}

/* ---- nodes ---- */

unsigned check_sum(unsigned sum, unsigned penalty)
{
	if (sum >= PENALTY_KIND || penalty >= PENALTY_KIND)
		return PENALTY_KIND;
	return sum + penalty < PENALTY_MOST ? sum + penalty : PENALTY_MOST;
}

static unsigned check_rules(struct check *c, const struct schema_node *node,
                            const struct place *at)
{
	unsigned kind = schema_kind(at->value), sum = 0;
	for (const struct schema_rule *r = node->rules; r; r = r->next) {
		if (!(r->keyword->kinds & kind))
			continue;
		unsigned penalty = r->keyword->check(c, node, r, at);
		sum = check_sum(sum, penalty);
		/* What is no such value at all need not be told that it is too long as well. */
		if (penalty && (check_may_stop(c) || r->keyword->decides))
			break;
	}
	return sum;
}

static bool check_goes_on(struct check *c)
{
	if (!c->given_up && ++c->work > SCHEMA_WORK_MAX)
		c->given_up = "it takes too long";
	if (!c->given_up && c->depth == SCHEMA_DEPTH_MAX)
		c->given_up = "its schemas are too many inside each other";
	return !c->given_up;
}

unsigned check_node(struct check *c, const struct schema_node *node, const struct place *at)
{
	while (node->ref)
		node = node->ref;
	if (!check_goes_on(c))
		return 0;
	if (node->never) {
		if (check_say(c)) {
			say_subject(&c->text, at);
			buf_append_text(&c->text, " is not allowed");
		}
		return check_told(c, node, NULL, at, PENALTY_KIND);
	}
	if (!node->rules)
		return 0;
	bool keeps = value_is_container(at->value) && c->mode != CHECK_FIRST;
	const struct check_memo *before = keeps ? memo_get(c, node, at->value) : NULL;
	if (before)
		return before->penalty;
	c->depth++;
	unsigned penalty = check_rules(c, node, at);
	c->depth--;
	if (keeps)
		memo_set(c, node, at->value, penalty);
	return penalty;
}

unsigned check_as(struct check *c, enum check_mode mode, const struct schema_node *node,
                  const struct place *at)
{
	enum check_mode before = c->mode;
	c->mode = mode;
	unsigned penalty = check_node(c, node, at);
	c->mode = before;
	return penalty;
}

unsigned check_below(struct check *c, const struct schema_node *node, const struct place *at)
{
	unsigned penalty = check_node(c, node, at);
	return penalty >= PENALTY_KIND ? PENALTY_DEEP_KIND : penalty;
}

/* ---- telling ---- */

struct buf *check_say(struct check *c)
{
	bool told = c->mode == CHECK_TELL || c->mode == CHECK_FIRST;
	if (!told || c->given_up || !problems_has_room(c->problems, c->severity))
		return NULL;
	buf_clear(&c->text);
	return &c->text;
}

static void check_append_pointer(struct buf *b, const struct place *at)
{
	char index[24];
	if (!at->parent) {
		buf_append(b, at->pointer);
		return;
	}
	check_append_pointer(b, at->parent);
	snprintf(index, sizeof index, "%zu", at->index);
	value_pointer_append(b, at->type == PLACE_ITEM ? str_of(index)
	                        : at->type == PLACE_KEY ? value_text(at->value)
	                                                : value_key(at->value));
}

/* What stands nowhere is told at what is around it. */
static struct span check_span(const struct place *at)
{
	while (!value_span(at->value).source && at->parent)
		at = at->parent;
	return value_span(at->value);
}

struct span check_missing_span(const struct place *at)
{
	struct span span = check_span(at);
	if (!value_is_merged(at->value))
		return span;
	for (const struct value *u = value_under(at->value); u; u = value_under(u))
		if (value_span(u).source)
			span = value_span(u);
	return span;
}

static void check_tell(struct check *c, const struct schema_node *node, const char *keyword,
                       const struct place *at, struct span span)
{
	owned_buf struct buf pointer = { 0 }, schema = { 0 };
	check_append_pointer(&pointer, at);
	buf_printf(&schema, "%s#%.*s", node->doc->name, STR_ARG(node->pointer));
	if (keyword)
		value_pointer_append(&schema, str_of(keyword));
	problems_add_problem(c->problems, &(struct problem){
		.rule = c->rule, .severity = c->severity, .at = span,
		.pointer = buf_str(&pointer), .text = buf_str(&c->text), .schema = buf_str(&schema) });
}

unsigned check_told_at(struct check *c, const struct schema_node *node, const char *keyword,
                       const struct place *at, struct span span, unsigned penalty)
{
	bool told = c->mode == CHECK_TELL || c->mode == CHECK_FIRST;
	if (told && !c->given_up) {
		/* Without room it is counted. */
		if (!problems_has_room(c->problems, c->severity))
			buf_clear(&c->text);
		check_tell(c, node, keyword, at, span);
	}
	return penalty;
}

unsigned check_told(struct check *c, const struct schema_node *node, const char *keyword,
                    const struct place *at, unsigned penalty)
{
	return check_told_at(c, node, keyword, at, check_span(at), penalty);
}

unsigned check_limit(struct check *c, const struct schema_node *node, const struct schema_rule *r,
                     const struct place *at, size_t n, const char *one, const char *many)
{
	bool is_most = str_has_prefix(str_of(r->keyword->name), STR("max"));
	if (is_most ? n <= r->count : n >= r->count)
		return 0;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		say_count(say, is_most ? "at most" : "at least", r, one, many);
		buf_printf(say, ", not %zu", n);
	}
	bool object = value_type(at->value) == VALUE_OBJECT;
	return check_told_at(c, node, r->keyword->name, at,
	                     object ? check_missing_span(at) : check_span(at), PENALTY_SMALL);
}

/* What a pattern that gives up costs of the work that may be done. */
enum { CHECK_OVERRUN_WORK = SCHEMA_WORK_MAX / 20 };

bool check_matches(struct check *c, const struct schema_node *node, const char *keyword,
                   const struct schema_pattern *pattern, const struct place *at,
                   struct str text)
{
	size_t from, size, before = regex_overruns(pattern->regex);
	c->work += text.n / 64;
	bool found = regex_find(pattern->regex, text, 0, &from, &size);
	if (regex_overruns(pattern->regex) == before || c->given_up)
		return found;
	c->work += CHECK_OVERRUN_WORK;
	c->told_anyway++;
	buf_clear(&c->text);
	say_subject(&c->text, at);
	buf_printf(&c->text, " cannot be checked: the pattern '%.*s' takes too many steps on it",
	           STR_ARG(pattern->text));
	check_tell(c, node, keyword, at, check_span(at));
	return true;
}

/* ---- the whole ---- */

bool schema_check_node(const struct schema *s, const struct schema_node *node,
                       const struct value *v, struct str pointer, const char *rule,
                       enum severity severity, struct problems *problems)
{
	struct place root = { .value = v, .pointer = pointer };
	struct check c = { .schema = s, .problems = problems, .severity = severity, .rule = rule,
		.arena = arena_new() };
	root.name = strcmp(rule, "schema") == 0 ? "the document" : "the schema";
	unsigned penalty = check_node(&c, node, &root);
	if (c.given_up) {
		buf_clear(&c.text);
		buf_printf(&c.text, "the check was given up: %s", c.given_up);
		check_tell(&c, node, NULL, &root, check_span(&root));
	}
	bool ok = !penalty && !c.given_up && !c.told_anyway;
	arena_free(c.arena);
	buf_finish(&c.text);
	free(c.memo);
	return ok;
}
