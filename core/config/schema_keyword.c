/* The table of keywords, and those that ask for one value alone. */
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/config/schema_inside.h"

/* ---- type, const, enum ---- */

static const char *const schema_kind_names[] = {
	"null", "boolean", "integer", "number", "string", "array", "object",
};

static unsigned schema_kind_named(const struct value *name)
{
	for (unsigned i = 0; i < sizeof schema_kind_names / sizeof *schema_kind_names; i++)
		if (str_eq(value_text(name), str_of(schema_kind_names[i])))
			return 1U << i;
	return 0;
}

static bool make_type(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	(void)m;
	(void)node;
	if (value_type(r->value) == VALUE_STRING)
		r->kinds = schema_kind_named(r->value);
	for (const struct value *v = value_child(r->value); v; v = value_next(v))
		r->kinds |= schema_kind_named(v);
	return true;
}

static bool check_is_whole(const struct value *v)
{
	struct decimal number;
	struct str text = value_text(v);
	if (value_type(v) == VALUE_INTEGER)
		return true;
	/* An exponent too large for us is still written with its sign. */
	if (!decimal_parse(text, &number))
		return str_find_str(text, STR("e-")) == STR_NONE &&
		       str_find_str(text, STR("E-")) == STR_NONE;
	return decimal_is_integer(&number);
}

/* In draft-04 an integer is written without point and exponent. */
static bool check_is_integer(const struct schema_node *node, const struct value *v)
{
	return node->doc->draft == DRAFT_4 ? value_type(v) == VALUE_INTEGER : check_is_whole(v);
}

static unsigned check_type(struct check *c, const struct schema_node *node,
                           const struct schema_rule *r, const struct place *at)
{
	unsigned kind = schema_kind(at->value);
	if ((r->kinds & kind) ||
	    (kind == KIND_NUMBER && (r->kinds & KIND_INTEGER) && check_is_integer(node, at->value)))
		return 0;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_append_text(say, " must be ");
		say_kinds(say, r->kinds);
		buf_append_text(say, ", not ");
		say_found(say, at->value);
		if (kind == KIND_NUMBER && (r->kinds & KIND_INTEGER) && check_is_whole(at->value))
			buf_append_text(say, " (draft-04 wants no point and no exponent)");
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_KIND);
}

static bool make_const(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	(void)m;
	(void)node;
	(void)r;
	return true;
}

static unsigned check_const(struct check *c, const struct schema_node *node,
                            const struct schema_rule *r, const struct place *at)
{
	if (schema_equal(r->value, at->value))
		return 0;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_append_text(say, " must be ");
		say_value(say, r->value);
		buf_append_text(say, ", not ");
		say_found(say, at->value);
	}
	bool is_other = schema_kind(r->value) != schema_kind(at->value);
	return check_told(c, node, r->keyword->name, at, is_other ? PENALTY_KIND : PENALTY_OTHER);
}

static bool make_enum(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	struct schema_set *set = arena_alloc(m->arena, sizeof *set);
	size_t work = 0;
	(void)node;
	for (set->nslots = 2; set->nslots < value_count(r->value) * 2;)
		set->nslots *= 2;
	set->slots = arena_array(m->arena, set->nslots, sizeof *set->slots);
	for (const struct value *v = value_child(r->value); v; v = value_next(v)) {
		uint64_t hash = schema_hash(v, &work);
		size_t at = hash & (set->nslots - 1);
		while (set->slots[at].value)
			at = (at + 1) & (set->nslots - 1);
		set->slots[at] = (struct schema_slot){ hash, v };
		set->kinds |= schema_kind(v);
	}
	r->set = set;
	return true;
}

static bool check_is_in(struct check *c, const struct schema_set *set, const struct value *v)
{
	if (!(set->kinds & schema_kind(v)))
		return false;
	uint64_t hash = schema_hash(v, &c->work);
	for (size_t at = hash; ; at++) {
		const struct schema_slot *slot = &set->slots[at & (set->nslots - 1)];
		if (!slot->value)
			return false;
		c->work++;
		if (slot->hash == hash && schema_equal(slot->value, v))
			return true;
	}
}

static void say_enum(struct buf *say, const struct schema_rule *r, const struct place *at)
{
	owned_map struct map names = { 0 };
	for (const struct value *v = value_child(r->value); v && names.n < SAY_NAMES_TRIED;
	     v = value_next(v))
		if (value_type(v) == VALUE_STRING)
			map_set(&names, value_text(v), NULL);
	say_subject(say, at);
	buf_append_text(say, " must be ");
	say_one_of(say, r->value);
	buf_append_text(say, ", not ");
	say_found(say, at->value);
	if (value_type(at->value) == VALUE_STRING)
		say_meant(say, value_text(at->value), &names);
}

static unsigned check_enum(struct check *c, const struct schema_node *node,
                           const struct schema_rule *r, const struct place *at)
{
	if (check_is_in(c, r->set, at->value))
		return 0;
	bool has_kind = r->set->kinds & schema_kind(at->value);
	struct buf *say = check_say(c);
	if (say)
		say_enum(say, r, at);
	return check_told(c, node, r->keyword->name, at, has_kind ? PENALTY_OTHER : PENALTY_KIND);
}

/* ---- numbers ---- */

static bool make_number(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	const char *name = r->keyword->name;
	bool is_maximum = strcmp(name, "maximum") == 0;
	const struct value *bare = value_get(node->value, is_maximum ? STR("exclusiveMaximum")
	                                                             : STR("exclusiveMinimum"));
	if (!decimal_parse(value_text(r->value), &r->number)) {
		schema_wrong(m, node->doc, r->value, "'%s' has too large an exponent", name);
		return false;
	}
	r->exclusive = strncmp(name, "exclusive", 9) == 0;
	if (node->doc->draft == DRAFT_4 && bare)
		r->exclusive = value_is_true(bare);
	return true;
}

/* The sentence's end; false when the value is no decimal, which is told. */
static bool check_number(struct check *c, const struct schema_node *node,
                         const struct schema_rule *r, const struct place *at,
                         struct decimal *ret_number)
{
	if (decimal_parse(value_text(at->value), ret_number))
		return true;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_append_text(say, " cannot be checked: its exponent is too large");
	}
	check_told(c, node, r->keyword->name, at, PENALTY_SMALL);
	return false;
}

static unsigned check_number_told(struct check *c, const struct schema_node *node,
                                  const struct schema_rule *r, const struct place *at,
                                  const char *what)
{
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_printf(say, " must be %s ", what);
		say_value(say, r->value);
		buf_append_text(say, ", not ");
		say_value(say, at->value);
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_SMALL);
}

static unsigned check_maximum(struct check *c, const struct schema_node *node,
                              const struct schema_rule *r, const struct place *at)
{
	struct decimal number;
	if (!check_number(c, node, r, at, &number))
		return PENALTY_SMALL;
	int order = decimal_compare(&number, &r->number);
	if (order < 0 || (order == 0 && !r->exclusive))
		return 0;
	return check_number_told(c, node, r, at, r->exclusive ? "less than" : "at most");
}

static unsigned check_minimum(struct check *c, const struct schema_node *node,
                              const struct schema_rule *r, const struct place *at)
{
	struct decimal number;
	if (!check_number(c, node, r, at, &number))
		return PENALTY_SMALL;
	int order = decimal_compare(&number, &r->number);
	if (order > 0 || (order == 0 && !r->exclusive))
		return 0;
	return check_number_told(c, node, r, at, r->exclusive ? "greater than" : "at least");
}

static unsigned check_multiple(struct check *c, const struct schema_node *node,
                               const struct schema_rule *r, const struct place *at)
{
	struct decimal number;
	if (!check_number(c, node, r, at, &number))
		return PENALTY_SMALL;
	c->work += number.n / 64 * (1 + r->number.n / 64);
	switch (decimal_divides(&r->number, &number)) {
	case DECIMAL_FITS:
		return 0;
	case DECIMAL_DIFFERS:
		return check_number_told(c, node, r, at, "a multiple of");
	case DECIMAL_TOO_LONG:
		break;
	}
	c->given_up = "a number has too many digits to be divided";
	return 0;
}

/* ---- strings ---- */

/* Code points. */
static size_t check_length(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += (text.p[i] & 0xc0) != 0x80;
	return n;
}

static unsigned check_length_limit(struct check *c, const struct schema_node *node,
                                   const struct schema_rule *r, const struct place *at)
{
	size_t n = check_length(value_text(at->value));
	c->work += n / 64;
	return check_limit(c, node, r, at, n, "character", "characters");
}

static bool make_pattern(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	r->pattern = schema_pattern_make(m, node, r->value, value_text(r->value));
	return r->pattern != NULL;
}

static unsigned check_pattern(struct check *c, const struct schema_node *node,
                              const struct schema_rule *r, const struct place *at)
{
	if (check_matches(c, node, r->keyword->name, r->pattern, at, value_text(at->value)))
		return 0;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_printf(say, " must match the pattern '%.*s', not be ", STR_ARG(r->pattern->text));
		say_value(say, at->value);
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_SMALL);
}

static bool make_format(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	r->format = schema_format_find(value_text(r->value), node->doc->draft);
	return r->format && m->schema->formats;
}

static unsigned check_format(struct check *c, const struct schema_node *node,
                             const struct schema_rule *r, const struct place *at)
{
	if (r->format->fits(value_text(at->value)))
		return 0;
	struct buf *say = check_say(c);
	if (say) {
		say_subject(say, at);
		buf_printf(say, " must be %s, not ", r->format->what);
		say_value(say, at->value);
	}
	return check_told(c, node, r->keyword->name, at, PENALTY_SMALL);
}

/* ---- the table ---- */

#define DRAFT_67 (DRAFT_6 | DRAFT_7)
#define DECIDES KIND_ALL, true
#define ASKS(kinds) kinds, false

const struct schema_keyword schema_keywords[] = {
	{ "type", DRAFT_ALL, DECIDES, make_type, check_type },
	{ "const", DRAFT_67, DECIDES, make_const, check_const },
	{ "enum", DRAFT_ALL, DECIDES, make_enum, check_enum },
	{ "multipleOf", DRAFT_ALL, ASKS(KIND_NUMBER), make_number, check_multiple },
	{ "maximum", DRAFT_ALL, ASKS(KIND_NUMBER), make_number, check_maximum },
	{ "exclusiveMaximum", DRAFT_67, ASKS(KIND_NUMBER), make_number, check_maximum },
	{ "minimum", DRAFT_ALL, ASKS(KIND_NUMBER), make_number, check_minimum },
	{ "exclusiveMinimum", DRAFT_67, ASKS(KIND_NUMBER), make_number, check_minimum },
	{ "maxLength", DRAFT_ALL, ASKS(KIND_STRING), make_count, check_length_limit },
	{ "minLength", DRAFT_ALL, ASKS(KIND_STRING), make_count, check_length_limit },
	{ "pattern", DRAFT_ALL, ASKS(KIND_STRING), make_pattern, check_pattern },
	{ "format", DRAFT_ALL, ASKS(KIND_STRING), make_format, check_format },
	{ "required", DRAFT_ALL, ASKS(KIND_OBJECT), make_required, check_required },
	{ "properties", DRAFT_ALL, ASKS(KIND_OBJECT), make_members, check_members },
	{ "patternProperties", DRAFT_ALL, ASKS(KIND_OBJECT), make_members, check_members },
	{ "additionalProperties", DRAFT_ALL, ASKS(KIND_OBJECT), make_members, check_members },
	{ "propertyNames", DRAFT_67, ASKS(KIND_OBJECT), make_contains, check_names },
	{ "maxProperties", DRAFT_ALL, ASKS(KIND_OBJECT), make_count, check_count_members },
	{ "minProperties", DRAFT_ALL, ASKS(KIND_OBJECT), make_count, check_count_members },
	{ "dependencies", DRAFT_ALL, ASKS(KIND_OBJECT), make_dependencies, check_dependencies },
	{ "items", DRAFT_ALL, ASKS(KIND_ARRAY), make_items, check_items },
	{ "additionalItems", DRAFT_ALL, ASKS(KIND_ARRAY), make_only, NULL },
	{ "contains", DRAFT_67, ASKS(KIND_ARRAY), make_contains, check_contains },
	{ "maxItems", DRAFT_ALL, ASKS(KIND_ARRAY), make_count, check_count_items },
	{ "minItems", DRAFT_ALL, ASKS(KIND_ARRAY), make_count, check_count_items },
	{ "uniqueItems", DRAFT_ALL, ASKS(KIND_ARRAY), make_unique, check_unique },
	{ "allOf", DRAFT_ALL, ASKS(KIND_ALL), make_list, check_all },
	{ "anyOf", DRAFT_ALL, ASKS(KIND_ALL), make_list, check_any },
	{ "oneOf", DRAFT_ALL, ASKS(KIND_ALL), make_list, check_one },
	{ "not", DRAFT_ALL, ASKS(KIND_ALL), make_list, check_not },
	{ "if", DRAFT_7, ASKS(KIND_ALL), make_if, check_if },
	{ "then", DRAFT_7, ASKS(KIND_ALL), make_only, NULL },
	{ "else", DRAFT_7, ASKS(KIND_ALL), make_only, NULL },
	{ "definitions", DRAFT_ALL, ASKS(KIND_ALL), make_only, NULL },
	{ NULL, 0, 0, false, NULL, NULL },
};
