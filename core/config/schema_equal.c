/* JSON's values compared. */
#include "core/config/schema_inside.h"

enum schema_kind schema_kind(const struct value *v)
{
	struct str text;
	switch (value_type(v)) {
	case VALUE_NULL:
		return KIND_NULL;
	case VALUE_BOOL:
		return KIND_BOOL;
	case VALUE_INTEGER:
		return KIND_NUMBER;
	case VALUE_FLOAT:
		/* inf and nan, which JSON has not. */
		text = value_text(v);
		return text.n && (text.p[text.n - 1] == 'f' || text.p[text.n - 1] == 'n')
		               ? KIND_STRING : KIND_NUMBER;
	case VALUE_ARRAY:
		return KIND_ARRAY;
	case VALUE_OBJECT:
		return KIND_OBJECT;
	default:
		return KIND_STRING;
	}
}

static bool schema_equal_numbers(const struct value *a, const struct value *b)
{
	struct decimal x, y;
	if (!decimal_parse(value_text(a), &x) || !decimal_parse(value_text(b), &y))
		return str_eq(value_text(a), value_text(b));
	return decimal_compare(&x, &y) == 0;
}

static bool schema_equal_items(const struct value *a, const struct value *b)
{
	const struct value *y = value_child(b);
	for (const struct value *x = value_child(a); x; x = value_next(x), y = value_next(y))
		if (!schema_equal(x, y))
			return false;
	return true;
}

static bool schema_equal_members(const struct value *a, const struct value *b)
{
	for (const struct value *m = value_child(a); m; m = value_next(m)) {
		const struct value *other = value_get(b, value_key(m));
		if (!other || !schema_equal(m, other))
			return false;
	}
	return true;
}

bool schema_equal(const struct value *a, const struct value *b)
{
	enum schema_kind kind = schema_kind(a);
	if (kind != schema_kind(b))
		return false;
	if (value_is_container(a) && value_count(a) != value_count(b))
		return false;
	switch (kind) {
	case KIND_NUMBER:
		return schema_equal_numbers(a, b);
	case KIND_ARRAY:
		return schema_equal_items(a, b);
	case KIND_OBJECT:
		return schema_equal_members(a, b);
	default:
		return str_eq(value_text(a), value_text(b));
	}
}

uint64_t schema_hash(const struct value *v, size_t *work)
{
	enum schema_kind kind = schema_kind(v);
	uint64_t hash = (uint64_t)kind * 0x9e3779b97f4a7c15U;
	struct decimal number;
	*work += 1 + value_text(v).n / 64;
	if (kind == KIND_NUMBER && decimal_parse(value_text(v), &number))
		return hash ^ decimal_hash(&number);
	if (kind == KIND_ARRAY || kind == KIND_OBJECT) {
		for (const struct value *m = value_child(v); m; m = value_next(m)) {
			uint64_t one = schema_hash(m, work);
			if (kind == KIND_OBJECT)
				hash += (one ^ map_hash(value_key(m))) * 0xff51afd7ed558ccdU;
			else
				hash = (hash ^ one) * 0x100000001b3U + 1;
		}
		return hash;
	}
	return hash ^ map_hash(value_text(v));
}
