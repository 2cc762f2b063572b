#include "core/kind/poetry_hash.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/floating.h"
#include "core/config/tagged.h"
#include "core/ext/crypto.h"
#include "core/value/json.h"

const char *poetry_rules_text(enum poetry_rules rules)
{
	static const char *const texts[] = { "1.1", "1.2 to 1.8", "2.0 to 2.2", "2.3 and later" };
	return texts[rules];
}

bool poetry_rules_of(struct str text, enum poetry_rules *ret)
{
	struct poetry_version v;
	if (!poetry_version_parse(text, &v))
		return false;
	const unsigned *r = v.release;
	if (r[0] == 1 && r[1] == 2 && r[2] == 0 && v.is_pre)
		return false;
	if (r[0] < 1 || (r[0] == 1 && r[1] < 2))
		*ret = POETRY_RULES_1_1;
	else if (r[0] < 2)
		*ret = POETRY_RULES_1_2;
	else if (r[0] == 2 && r[1] < 3)
		*ret = POETRY_RULES_2_0;
	else
		*ret = POETRY_RULES_2_3;
	return true;
}

/* ---- as json.dumps writes it ---- */

/* repr(float): scientific from 1e16 on and below 1e-4. */
static void hash_float(struct buf *out, struct str text)
{
	double number;
	char digits[FLOATING_DIGITS_SIZE];
	int point, n;
	bool negative = text.n && text.p[0] == '-', is_sign = negative || (text.n && text.p[0] == '+');
	struct str plain = str_slice(text, is_sign, text.n);
	if (str_eq(plain, STR("nan"))) {
		buf_append_text(out, "NaN");
		return;
	}
	if (negative)
		buf_append_char(out, '-');
	if (!floating_read(plain, &number) || !isfinite(number)) {
		buf_append_text(out, "Infinity");
		return;
	}
	floating_digits(number, digits, &point);
	n = (int)strlen(digits);
	if (point > 16 || point < -3)
		buf_printf(out, "%.1s%s%se%c%02d", digits, n > 1 ? "." : "", digits + 1,
		           point < 1 ? '-' : '+', abs(point - 1));
	else if (point <= 0)
		buf_printf(out, "0.%.*s%s", -point, "000", digits);
	else if (point < n)
		buf_printf(out, "%.*s.%s", point, digits, digits + point);
	else
		buf_printf(out, "%s%.*s.0", digits, point - n, "000000000000000");
}

static int hash_compare(const void *a, const void *b)
{
	return str_cmp(value_key(*(const struct value *const *)a),
	               value_key(*(const struct value *const *)b));
}

struct hash {
	struct arena *arena;
	enum poetry_rules rules;
	const struct value *project, *groups, *poetry;  /* tables, or NULL */
	const struct value *const *without;
	size_t nwithout;
};

static bool hash_has(const struct hash *h, const struct value *v)
{
	for (size_t i = 0; i < h->nwithout; i++)
		if (value_is_same(v, h->without[i]))
			return false;
	return true;
}

static bool hash_write(struct buf *, struct hash *, const struct value *, struct error *);

static bool hash_object(struct buf *out, struct hash *h, const struct value *object,
                        struct error *err)
{
	size_t n = 0;
	const struct value **members = arena_array(h->arena, value_count(object),
	                                           sizeof(const struct value *));
	for (const struct value *c = value_child(object); c; c = value_next(c))
		if (hash_has(h, c))
			members[n++] = c;
	if (n)
		qsort(members, n, sizeof(const struct value *), hash_compare);
	buf_append_char(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_append_text(out, ", ");
		value_write_json_string(out, value_key(members[i]), true);
		buf_append_text(out, ": ");
		if (!hash_write(out, h, members[i], err))
			return false;
	}
	buf_append_char(out, '}');
	return true;
}

static bool hash_array(struct buf *out, struct hash *h, const struct value *array,
                       struct error *err)
{
	bool first = true;
	buf_append_char(out, '[');
	for (const struct value *c = value_child(array); c; c = value_next(c)) {
		if (!hash_has(h, c))
			continue;
		buf_append_text(out, first ? "" : ", ");
		first = false;
		if (!hash_write(out, h, c, err))
			return false;
	}
	buf_append_char(out, ']');
	return true;
}

/* As deep as the tree, which its reader bounded by VALUE_DEPTH_MAX. */
static bool hash_write(struct buf *out, struct hash *h, const struct value *v, struct error *err)
{
	switch (value_type(v)) {
	case VALUE_OBJECT:
		return hash_object(out, h, v, err);
	case VALUE_ARRAY:
		return hash_array(out, h, v, err);
	case VALUE_STRING:
		value_write_json_string(out, value_text(v), true);
		return true;
	case VALUE_INTEGER:
		tagged_append_integer(out, value_text(v));
		return true;
	case VALUE_FLOAT:
		hash_float(out, value_text(v));
		return true;
	case VALUE_BOOL:
	case VALUE_NULL:
		buf_append(out, value_text(v));
		return true;
	default:
		error_set(err, ERROR_PROJECT, "the date %.*s has no place in what Poetry hashes: it "
		          "fails there; write a string", STR_ARG(value_text(v)));
		err->at = value_origin(v);
		return false;
	}
}

/* ---- what is hashed ---- */

static bool hash_table(const struct value *parent, struct str key, const struct value **ret,
                       struct error *err)
{
	const struct value *v = parent ? value_get(parent, key) : NULL;
	*ret = v;
	if (!v || value_type(v) == VALUE_OBJECT)
		return true;
	error_set(err, ERROR_PROJECT, "'%.*s' must be a table", STR_ARG(key));
	err->at = value_origin(v);
	return false;
}

static struct value *hash_some(struct hash *h, const struct value *table, const struct str *keys,
                               size_t n, bool with_null)
{
	struct value *object = value_new_object(h->arena);
	for (size_t i = 0; i < n; i++) {
		const struct value *v = table ? value_get(table, keys[i]) : NULL;
		if (v && hash_has(h, v))
			value_append(object, keys[i], (struct span){ 0 }, value_share(h->arena, v));
		else if (with_null)
			value_append(object, keys[i], (struct span){ 0 },
			             value_new(h->arena, VALUE_NULL, STR("null"), (struct span){ 0 }));
	}
	return object;
}

static bool hash_has_members(const struct hash *h, const struct value *table)
{
	for (const struct value *c = value_child(table); c; c = value_next(c))
		if (hash_has(h, c))
			return true;
	return false;
}

/* [tool.poetry] alone, nothing standing for what is absent but null. */
static struct value *hash_poetry(struct hash *h, bool with_null)
{
	static const struct str old[] = { STR("dependencies"), STR("dev-dependencies"),
		STR("extras"), STR("source") }, newer[] = { STR("group") };
	struct value *object = hash_some(h, h->poetry, old, 4, with_null);
	const struct value *group = h->poetry ? value_get(h->poetry, newer[0]) : NULL;
	/* The first group brings the table of groups with it. */
	if (group && h->rules != POETRY_RULES_1_1 &&
	    (!h->nwithout || (hash_has(h, group) && hash_has_members(h, group))))
		value_append(object, newer[0], (struct span){ 0 }, value_share(h->arena, group));
	return object;
}

static const struct value *hash_content(struct hash *h)
{
	static const struct str keys[] = { STR("requires-python"), STR("dependencies"),
		STR("optional-dependencies") };
	if (h->rules < POETRY_RULES_2_0)
		return hash_poetry(h, true);
	struct value *project = hash_some(h, h->project, keys, 3, false);
	bool groups = h->rules == POETRY_RULES_2_3 && h->groups && hash_has(h, h->groups) &&
		hash_has_members(h, h->groups);
	if (!value_count(project) && !groups)
		return hash_poetry(h, true);
	struct value *all = value_new_object(h->arena), *tool = value_new_object(h->arena);
	if (value_count(project))
		value_set(h->arena, all, "project", project);
	if (groups)
		value_set(h->arena, all, "dependency-groups", value_share(h->arena, h->groups));
	value_set(h->arena, tool, "poetry", hash_poetry(h, false));
	value_set(h->arena, all, "tool", tool);
	return all;
}

/* U+007F is no control character to JSON, but none of ASCII's printable ones to Python. */
static void hash_deletes(struct buf *out, struct str text)
{
	struct str part;
	bool first = true;
	while (str_next(&text, 0x7f, &part)) {
		buf_append_text(out, first ? "" : "\\u007f");
		buf_append(out, part);
		first = false;
	}
}

bool poetry_hash_text_without(struct buf *out, const struct value *pyproject,
                              enum poetry_rules rules, const struct value *const *without,
                              size_t nwithout, struct error *err)
{
	owned_buf struct buf text = { 0 };
	owned(arena) struct arena *arena = arena_new();
	struct hash h = { .arena = arena, .rules = rules, .without = without, .nwithout = nwithout };
	const struct value *tool;
	if (!hash_table(pyproject, STR("tool"), &tool, err) ||
	    !hash_table(tool, STR("poetry"), &h.poetry, err))
		return false;
	if (rules >= POETRY_RULES_2_0 && !hash_table(pyproject, STR("project"), &h.project, err))
		return false;
	if (rules == POETRY_RULES_2_3 &&
	    !hash_table(pyproject, STR("dependency-groups"), &h.groups, err))
		return false;
	if (!hash_write(&text, &h, hash_content(&h), err))
		return false;
	hash_deletes(out, buf_str(&text));
	return true;
}

bool poetry_hash_text(struct buf *out, const struct value *pyproject, enum poetry_rules rules,
                      struct error *err)
{
	return poetry_hash_text_without(out, pyproject, rules, NULL, 0, err);
}

bool poetry_hash(const struct value *pyproject, enum poetry_rules rules,
                 char ret_hex[POETRY_HASH_SIZE], struct error *err)
{
	owned_buf struct buf text = { 0 };
	if (!poetry_hash_text(&text, pyproject, rules, err))
		return false;
	sha256_hex(buf_str(&text), ret_hex);
	return true;
}
