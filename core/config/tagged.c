#include "core/config/tagged.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

#include "core/base/own.h"

static const char *tagged_type(enum value_type type)
{
	static const char *const names[] = {
		[VALUE_NULL] = "null", [VALUE_BOOL] = "bool", [VALUE_INTEGER] = "integer",
		[VALUE_FLOAT] = "float", [VALUE_STRING] = "string", [VALUE_ARRAY] = "array",
		[VALUE_OBJECT] = "object", [VALUE_DATETIME] = "datetime",
		[VALUE_DATETIME_LOCAL] = "datetime-local", [VALUE_DATE_LOCAL] = "date-local",
		[VALUE_TIME_LOCAL] = "time-local",
	};
	return names[type];
}

static bool tagged_skip_sign(struct str *text)
{
	bool negative = text->n && text->p[0] == '-';
	if (text->n && (text->p[0] == '-' || text->p[0] == '+'))
		*text = str_slice(*text, 1, text->n);
	return negative;
}

/* The number's digits without underscores and leading zeros. */
static void tagged_digits(struct buf *out, struct str text)
{
	size_t start = out->n;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_' && !(out->n == start && text.p[i] == '0'))
			buf_append_char(out, text.p[i]);
	if (out->n == start)
		buf_append_char(out, '0');
}

/* 0x, 0o and 0b; false for what needs more than 64 bits or is nothing of the kind. */
static bool tagged_based(struct str text, uint64_t *ret_number)
{
	char mark = text.n > 2 && text.p[0] == '0' ? text.p[1] | 0x20 : 0;
	unsigned bits = mark == 'x' ? 4 : mark == 'o' ? 3 : mark == 'b' ? 1 : 0;
	uint64_t number = 0;
	for (size_t i = 2; bits && i < text.n; i++) {
		if (text.p[i] == '_')
			continue;
		char c = text.p[i];
		unsigned digit = c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20) - 'a' + 10;
		if (number >> (64 - bits) || digit >> bits)
			return false;
		number = number << bits | digit;
	}
	*ret_number = number;
	return bits != 0;
}

static void tagged_integer(struct buf *out, struct str text)
{
	owned_buf struct buf digits = { 0 };
	uint64_t number;
	bool negative = tagged_skip_sign(&text);
	if (tagged_based(text, &number))
		buf_printf(&digits, "%" PRIu64, number);
	else
		tagged_digits(&digits, text);
	if (negative && !str_eq(buf_str(&digits), STR("0")))
		buf_append_char(out, '-');
	buf_append(out, buf_str(&digits));
}

static void tagged_float(struct buf *out, struct str text)
{
	owned_buf struct buf plain = { 0 };
	bool negative = tagged_skip_sign(&text);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_')
			buf_append_char(&plain, text.p[i]);
	const char *digits = buf_text(&plain);
	if (digits[0] == '.' && digits[1] && !strchr("0123456789", digits[1]))
		digits++;               /* YAML's .inf and .nan */
	bool is_nan = (digits[0] | 0x20) == 'n', is_infinite = (digits[0] | 0x20) == 'i';
	if (negative && !is_nan)
		buf_append_char(out, '-');
	if (is_nan || is_infinite) {
		buf_append_text(out, is_nan ? "nan" : "inf");
		return;
	}
	double number = strtod(digits, NULL);
	char shortest[40] = "";
	for (int precision = 1; precision <= 17; precision++) {
		snprintf(shortest, sizeof shortest, "%.*g", precision, number);
		if (strtod(shortest, NULL) == number)
			break;
	}
	buf_append_text(out, isfinite(number) ? shortest : digits);
}

static void tagged_date(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		buf_append_char(out, c == 't' || c == ' ' ? 'T' : c == 'z' ? 'Z' : c);
	}
}

static struct value *tagged_scalar(struct arena *arena, const struct value *value)
{
	owned_buf struct buf out = { 0 };
	enum value_type type = value_type(value);
	struct str text = value_text(value);
	if (type == VALUE_INTEGER)
		tagged_integer(&out, text);
	else if (type == VALUE_FLOAT)
		tagged_float(&out, text);
	else if (type >= VALUE_DATETIME)
		tagged_date(&out, text);
	else
		buf_append(&out, text);
	struct value *tagged = value_new_object(arena);
	value_set(arena, tagged, "type", value_new_string(arena, str_of(tagged_type(type))));
	value_set(arena, tagged, "value", value_new_string(arena, arena_str(arena, buf_str(&out))));
	return tagged;
}

/* As deep as the tree, which its reader bounded by VALUE_DEPTH_MAX. */
static struct value *tagged_tree(struct arena *arena, const struct value *value)
{
	if (!value_is_container(value))
		return tagged_scalar(arena, value);
	bool object = value_type(value) == VALUE_OBJECT;
	struct value *tagged = object ? value_new_object(arena) : value_new_array(arena);
	for (const struct value *child = value_child(value); child; child = value_next(child))
		value_append(tagged, value_key(child), (struct span){ 0 },
		             tagged_tree(arena, child));
	return tagged;
}

void tagged_write(struct buf *out, const struct value *value, struct json_style style)
{
	owned(arena) struct arena *arena = arena_new();
	/* A point is a point, whatever the user's language. */
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = (locale_t)0;
	if (c)
		before = uselocale(c);
	const struct value *tagged = tagged_tree(arena, value);
	if (c) {
		uselocale(before);
		freelocale(c);
	}
	value_write_json(out, tagged, style);
}
