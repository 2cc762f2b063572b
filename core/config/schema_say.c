/* Sentences about values. */
#include "core/base/similar.h"
#include "core/base/utf8.h"
#include "core/config/schema_inside.h"
#include "core/value/json.h"

void say_subject(struct buf *b, const struct place *at)
{
	switch (at->type) {
	case PLACE_ROOT:
		buf_append_text(b, at->name);
		break;
	case PLACE_MEMBER:
		buf_printf(b, "'%.*s'", STR_ARG(value_key(at->value)));
		break;
	case PLACE_KEY:
		buf_printf(b, "the key '%.*s'", STR_ARG(value_text(at->value)));
		break;
	case PLACE_ITEM:
		buf_printf(b, "item %zu", at->index + 1);
		if (at->parent->parent) {
			buf_append_text(b, " of ");
			say_subject(b, at->parent);
		}
	}
}

/* ---- values ---- */

enum { SAY_VALUE_MAX = 60 };

static bool say_some(void *data, struct str piece)
{
	buf_append(data, str_slice(piece, 0, SAY_VALUE_MAX * UTF8_MAX));
	return false;
}

/* At most so many signs, the rest as "…"; a string keeps its quote. */
static void say_cut(struct buf *b, struct str text)
{
	size_t at = 0, size, n = 0;
	while (at < text.n && n < SAY_VALUE_MAX) {
		utf8_decode(str_slice(text, at, text.n), &size);
		at += size;
		n++;
	}
	buf_append(b, str_slice(text, 0, at));
	if (at < text.n)
		buf_append_text(b, text.p[0] == '"' ? "…\"" : "…");
}

void say_value(struct buf *b, const struct value *v)
{
	owned_buf struct buf text = { 0 };
	if (schema_kind(v) == KIND_STRING)
		value_write_json_string(&text, str_slice(value_text(v), 0, SAY_VALUE_MAX * UTF8_MAX + 1),
		                        false);
	else
		value_write_json_pieces(v, (struct json_style){ 0 }, say_some, &text);
	say_cut(b, buf_str(&text));
}

void say_found(struct buf *b, const struct value *v)
{
	switch (schema_kind(v)) {
	case KIND_ARRAY:
		buf_append_text(b, value_child(v) ? "an array" : "an empty array");
		return;
	case KIND_OBJECT:
		buf_append_text(b, value_child(v) ? "an object" : "an empty object");
		return;
	case KIND_STRING:
		buf_append_text(b, "the string ");
		break;
	case KIND_NUMBER:
		buf_append_text(b, "the number ");
		break;
	default:
		break;
	}
	say_value(b, v);
}

void say_count(struct buf *b, const char *limit, const struct schema_rule *r, const char *one,
               const char *many)
{
	buf_printf(b, " must have %s ", limit);
	say_value(b, r->value);
	buf_printf(b, " %s", r->count == 1 ? one : many);
}

bool say_meant(struct buf *b, struct str typed, const struct map *names)
{
	struct similar similar = { .typed = typed };
	char name[SIMILAR_MAX + 1], best[SIMILAR_MAX + 1];
	for (size_t i = 0; i < names->n && i < SAY_NAMES_TRIED; i++) {
		struct str key = names->items[i].key;
		unsigned before = similar.distance;
		bool had = similar.best != NULL;
		/* Too long, or too long apart to be near: as similar_try has it, and cheaper. */
		if (key.n > SIMILAR_MAX || key.n > typed.n + 2 || typed.n > key.n + 2)
			continue;
		memcpy(name, key.p, key.n);
		name[key.n] = '\0';
		similar_try(&similar, name);
		if (similar.best && (!had || similar.distance < before)) {
			memcpy(best, name, sizeof best);
			similar.best = best;
		}
	}
	if (similar.best)
		buf_printf(b, "; did you mean '%s'?", similar.best);
	return similar.best != NULL;
}

/* ---- what there should be ---- */

enum { SAY_VALUES = 8, SAY_DEPTH = 8 };

/* Kinds and values of which one is enough. */
struct expected {
	unsigned kinds;
	const struct value *values[SAY_VALUES];
	size_t n;
	bool more;
	bool whole;                     /* a schema that asks for more is not told */
};

static const char *const say_kind_names[] = {
	"null", "a boolean", "an integer", "a number", "a string", "an array", "an object",
};

static void expected_value(struct expected *e, const struct value *v)
{
	for (size_t i = 0; i < e->n && !e->more; i++)
		if (schema_equal(e->values[i], v))
			return;
	if (e->n < SAY_VALUES)
		e->values[e->n++] = v;
	else
		e->more = true;
}

static void expected_values(struct expected *e, const struct value *array)
{
	for (const struct value *v = value_child(array); v && !e->more; v = value_next(v))
		expected_value(e, v);
}

static bool expected_node(struct expected *, const struct schema_node *, unsigned depth);

static bool expected_rule(struct expected *e, const struct schema_rule *r, unsigned depth)
{
	const char *name = r->keyword->name;
	bool found = false;
	if (strcmp(name, "type") == 0) {
		e->kinds |= r->kinds;
		return true;
	}
	if (strcmp(name, "const") == 0) {
		expected_value(e, r->value);
		return true;
	}
	if (strcmp(name, "enum") == 0) {
		expected_values(e, r->value);
		return true;
	}
	if (strcmp(name, "allOf") != 0 && strcmp(name, "anyOf") != 0 && strcmp(name, "oneOf") != 0)
		return false;
	if (e->whole && r->nnodes > 1 && strcmp(name, "allOf") == 0)
		return false;
	for (size_t i = 0; i < r->nnodes; i++)
		found |= expected_node(e, r->nodes[i], depth + 1);
	return found;
}

/* By the first of its rules that tells. */
static bool expected_node(struct expected *e, const struct schema_node *node, unsigned depth)
{
	while (node->ref)
		node = node->ref;
	if (depth == SAY_DEPTH || (e->whole && node->rules && node->rules->next))
		return false;
	for (const struct schema_rule *r = node->rules; r; r = r->next)
		if (expected_rule(e, r, depth))
			return true;
	return false;
}

static void say_expectation(struct buf *b, const struct expected *e)
{
	size_t total = e->n + (size_t)e->more, said = 0;
	unsigned kinds = e->kinds & KIND_NUMBER ? e->kinds & ~(unsigned)KIND_INTEGER : e->kinds;
	for (unsigned k = kinds; k; k &= k - 1)
		total++;
	for (unsigned i = 0; i < sizeof say_kind_names / sizeof *say_kind_names; i++) {
		if (!(kinds >> i & 1))
			continue;
		buf_append_text(b, !said ? "" : said + 1 < total ? ", " : " or ");
		buf_append_text(b, say_kind_names[i]);
		said++;
	}
	for (size_t i = 0; i < e->n; i++, said++) {
		buf_append_text(b, !said ? "" : said + 1 < total ? ", " : " or ");
		say_value(b, e->values[i]);
	}
	if (e->more)
		buf_append_text(b, " or …");
}

void say_kinds(struct buf *b, unsigned kinds)
{
	say_expectation(b, &(struct expected){ .kinds = kinds });
}

void say_one_of(struct buf *b, const struct value *array)
{
	struct expected e = { 0 };
	expected_values(&e, array);
	say_expectation(b, &e);
}

bool say_expected(struct buf *b, const struct schema_node *const *nodes, size_t n, bool whole)
{
	struct expected e = { .whole = whole };
	for (size_t i = 0; i < n; i++)
		if (!expected_node(&e, nodes[i], 0))
			return false;
	if (!e.kinds && !e.n)
		return false;
	say_expectation(b, &e);
	return true;
}
