#include "core/config/toml_scan.h"

static bool toml_number_is_digit(char c, unsigned base)
{
	if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
		return true;
	return c >= '0' && c < (char)('0' + (base < 10 ? base : 10));
}

/* Digits with single underscores between them, from *at on; false, with *at where
 * a digit is missing. */
static bool toml_number_digits(struct str text, size_t *at, unsigned base)
{
	for (;;) {
		if (*at >= text.n || !toml_number_is_digit(text.p[*at], base))
			return false;
		++*at;
		if (*at < text.n && text.p[*at] == '_')
			++*at;
		else if (*at >= text.n || !toml_number_is_digit(text.p[*at], base))
			return true;
	}
}

/* Whether the magnitude of these digits is at most max. */
static bool toml_number_fits(struct str digits, unsigned base, uint64_t max)
{
	uint64_t number = 0;
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		if (c == '_')
			continue;
		unsigned digit = c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20) - 'a' + 10;
		if (number > (max - digit) / base)
			return false;
		number = number * base + digit;
	}
	return true;
}

static bool toml_number_range(struct toml_scan *s, size_t start)
{
	return toml_scan_fail(s, start, "an integer lies between -9223372036854775808 and "
	                      "9223372036854775807; write a float (1e20) or a string for more");
}

static bool toml_number_based(struct toml_scan *s, size_t start, struct str text, unsigned base)
{
	size_t at = 2;
	if (!toml_number_digits(text, &at, base) || at < text.n)
		return toml_scan_fail(s, start + at, "after 0%c come %s, with underscores only "
		                      "between them", text.p[1], base == 16 ? "hexadecimal digits" :
		                      base == 8 ? "digits 0 to 7" : "digits 0 and 1");
	if (!toml_number_fits(str_slice(text, 2, text.n), base, INT64_MAX))
		return toml_number_range(s, start);
	return true;
}

/* What follows a float's whole part: a point with digits, an exponent, or both. */
static bool toml_number_fraction(struct toml_scan *s, size_t start, struct str text, size_t at)
{
	if (text.p[at] == '.') {
		at++;
		if (!toml_number_digits(text, &at, 10))
			return toml_scan_fail(s, start + at, "digits stand on both sides of "
			                      "a float's point, with underscores only "
			                      "between them: 1.0");
	}
	if (at < text.n && (text.p[at] == 'e' || text.p[at] == 'E')) {
		at++;
		if (at < text.n && (text.p[at] == '+' || text.p[at] == '-'))
			at++;
		if (!toml_number_digits(text, &at, 10))
			return toml_scan_fail(s, start + at, "an exponent has digits: 1e6, 1e-6");
	}
	if (at < text.n)
		return toml_scan_fail(s, start + at, "this number goes on in a way TOML does "
		                      "not know; text is written in quotes");
	return true;
}

static bool toml_number_decimal(struct toml_scan *s, size_t start, struct str text,
                                enum value_type *ret_type)
{
	size_t at = text.p[0] == '+' || text.p[0] == '-', first = at;
	if (at < text.n && text.p[at] == '.')
		return toml_scan_fail(s, start, "digits stand on both sides of a float's "
		                      "point: 0.5");
	if (!toml_number_digits(text, &at, 10))
		return toml_scan_fail(s, start + at, "a digit is missing here; in numbers "
		                      "underscores stand only between digits: 1_000");
	struct str whole = str_slice(text, first, at - first);
	if (whole.n > 1 && whole.p[0] == '0')
		return toml_scan_fail(s, start, "a number does not begin with 0 (octal is 0o17, a "
		                      "string \"017\")");
	*ret_type = at < text.n ? VALUE_FLOAT : VALUE_INTEGER;
	if (at < text.n)
		return toml_number_fraction(s, start, text, at);
	if (!toml_number_fits(whole, 10, (uint64_t)INT64_MAX + (text.p[0] == '-')))
		return toml_number_range(s, start);
	return true;
}

static bool toml_number_parse(struct toml_scan *s, size_t start, struct str text,
                              enum value_type *ret_type)
{
	struct str rest = str_slice(text, text.p[0] == '+' || text.p[0] == '-', text.n);
	if (str_eq(rest, STR("inf")) || str_eq(rest, STR("nan"))) {
		*ret_type = VALUE_FLOAT;
		return true;
	}
	unsigned base = rest.n < 2 || rest.p[0] != '0' ? 0 :
	                rest.p[1] == 'x' ? 16 : rest.p[1] == 'o' ? 8 : rest.p[1] == 'b' ? 2 : 0;
	if (base && rest.n < text.n)
		return toml_scan_fail(s, start, "a number in base %u has no sign", base);
	if (base) {
		*ret_type = VALUE_INTEGER;
		return toml_number_based(s, start, text, base);
	}
	return toml_number_decimal(s, start, text, ret_type);
}

static bool toml_number_is_part(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '+' || c == '-' || c == '.' || c == ':';
}

static size_t toml_number_leading(struct str text)
{
	size_t n = 0;
	while (n < text.n && toml_number_is_digit(text.p[n], 10))
		n++;
	return n;
}

/* The run that can be a number or a date: one blank may part date and time. */
static struct str toml_number_token(struct toml_scan *s)
{
	size_t start = s->at, end = s->at;
	while (end < s->text.n && toml_number_is_part((unsigned char)s->text.p[end]))
		end++;
	bool date = end - start == 10 && s->text.p[start + 4] == '-';
	if (date && end + 1 < s->text.n && s->text.p[end] == ' ' &&
	    toml_number_is_digit(s->text.p[end + 1], 10))
		for (end++; end < s->text.n && toml_number_is_part((unsigned char)s->text.p[end]);)
			end++;
	s->at = end;
	return str_slice(s->text, start, end - start);
}

bool toml_number_read(struct toml_scan *s, enum value_type *ret_type, struct str *ret_text)
{
	size_t start = s->at;
	struct str text = toml_number_token(s);
	if (text.n == 0)
		return toml_scan_unexpected(s, "a value (\"text\", 42, 1.5, true, a date, [1, 2], "
		                            "{ a = 1 })");
	*ret_text = text;
	if (str_eq(text, STR("true")) || str_eq(text, STR("false"))) {
		*ret_type = VALUE_BOOL;
		return true;
	}
	size_t leading = toml_number_leading(text);
	if (leading && leading < text.n && (text.p[leading] == '-' || text.p[leading] == ':'))
		return toml_date_check(s, start, text, ret_type);
	bool word = !leading && text.p[0] != '+' && text.p[0] != '-' && text.p[0] != '.';
	if (word && !str_eq(text, STR("inf")) && !str_eq(text, STR("nan")))
		return toml_scan_fail(s, start, "%.*s is no value: text is written in "
		                      "quotes, and the only words are true, false, inf and "
		                      "nan",
		                      text.n < 40 ? (int)text.n : 40, text.p);
	return toml_number_parse(s, start, text, ret_type);
}
