#include "core/config/tagged.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/floating.h"
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

void tagged_append_integer(struct buf *out, struct str text)
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

/* As %g would write it, if that took as many digits as are needed and no more. */
static void tagged_shortest(struct buf *out, double number)
{
	char digits[FLOATING_DIGITS_SIZE];
	int point, n;
	floating_digits(number, digits, &point);
	n = (int)strlen(digits);
	if (point < -3 || point > n)
		buf_printf(out, "%.1s%s%se%c%02d", digits, n > 1 ? "." : "", digits + 1,
		           point < 1 ? '-' : '+', abs(point - 1));
	else if (point <= 0)
		buf_printf(out, "0.%.*s%s", -point, "000", digits);
	else
		buf_printf(out, "%.*s%s%s", point, digits, point < n ? "." : "", digits + point);
}

static void tagged_float(struct buf *out, struct str text)
{
	double number;
	bool negative = tagged_skip_sign(&text);
	if (text.n > 1 && text.p[0] == '.' && (text.p[1] < '0' || text.p[1] > '9'))
		text = str_slice(text, 1, text.n);      /* YAML's .inf and .nan */
	bool is_nan = text.n && (text.p[0] | 0x20) == 'n';
	if (negative && !is_nan)
		buf_append_char(out, '-');
	if (is_nan)
		buf_append_text(out, "nan");
	else if (!floating_read(text, &number))
		buf_append_text(out, "inf");
	else if (isfinite(number))
		tagged_shortest(out, number);
	else
		for (size_t i = 0; i < text.n; i++)
			buf_append(out, text.p[i] == '_' ? (struct str){ 0 } : str_slice(text, i, 1));
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
		tagged_append_integer(&out, text);
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
	value_write_json(out, tagged_tree(arena, value), style);
}
