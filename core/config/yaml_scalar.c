/* What plain scalars of YAML are. */
#include <string.h>

#include "core/base/buf.h"
#include "core/config/yaml.h"

static bool scalar_is_one_of(struct str text, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(text, str_of(*words)))
			return true;
	return false;
}

static bool scalar_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many of them stand at `at`. */
static size_t scalar_run(struct str text, size_t at, const char *any)
{
	size_t n = 0;
	while (at + n < text.n && text.p[at + n] && strchr(any, text.p[at + n]))
		n++;
	return n;
}

static size_t scalar_sign(struct str text)
{
	return text.n && (text.p[0] == '-' || text.p[0] == '+');
}

/* ---- integers ---- */

/* number = number * base + digit, in decimals from the lowest on. */
static void scalar_push_digit(struct buf *decimals, unsigned base, unsigned digit)
{
	unsigned carry = digit;
	for (size_t i = 0; i < decimals->n; i++) {
		carry += (unsigned)decimals->p[i] * base;
		decimals->p[i] = (char)(carry % 10);
		carry /= 10;
	}
	for (; carry; carry /= 10)
		buf_append_char(decimals, (char)(carry % 10));
}

/* Longer ones stay strings: nobody means them as numbers, and they take long. */
enum { SCALAR_DIGITS_MAX = 4300 };

static void scalar_take_decimals(struct buf *out, const struct buf *decimals)
{
	for (size_t i = decimals->n; i-- > 0;)
		buf_append_char(out, (char)('0' + decimals->p[i]));
	if (!decimals->n)
		buf_append_char(out, '0');
}

static void scalar_append_based(struct buf *out, struct str digits, unsigned base)
{
	owned_buf struct buf decimals = { 0 };
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		if (c != '_')
			scalar_push_digit(&decimals, base,
			                  scalar_is_digit(c) ? (unsigned)(c - '0')
			                                     : ((unsigned)c | 0x20) - 'a' + 10);
	}
	scalar_take_decimals(out, &decimals);
}

/* 1:30:00, the digits of each part in base 10, the parts in base 60. */
static void scalar_append_sixties(struct buf *out, struct str text)
{
	owned_buf struct buf decimals = { 0 };
	unsigned part = 0;
	bool is_first = true;
	for (size_t i = 0; i <= text.n; i++) {
		char c = i < text.n ? text.p[i] : ':';
		if (c == '_')
			continue;
		if (c != ':' && is_first) {
			scalar_push_digit(&decimals, 10, (unsigned)(c - '0'));
		} else if (c != ':') {
			part = part * 10 + (unsigned)(c - '0');
		} else {
			if (!is_first)
				scalar_push_digit(&decimals, 60, part);
			is_first = false;
			part = 0;
		}
	}
	scalar_take_decimals(out, &decimals);
}

/* The length of ":mm" parts, each up to 59; STR_NONE when one is none. */
static size_t scalar_sixties(struct str text, size_t at)
{
	size_t from = at;
	while (at < text.n && text.p[at] == ':') {
		size_t n = scalar_run(text, at + 1, "0123456789");
		if (n < 1 || n > 2 || (n == 2 && text.p[at + 1] > '5'))
			return STR_NONE;
		at += 1 + n;
	}
	return at - from;
}

static bool scalar_plain_integer(struct buf *out, struct str digits)
{
	size_t zeros = scalar_run(digits, 0, "0_");
	if (zeros == digits.n)
		return buf_append_char(out, '0'), true;
	for (size_t i = zeros; i < digits.n; i++)
		if (digits.p[i] != '_')
			buf_append_char(out, digits.p[i]);
	return true;
}

static bool scalar_based(struct buf *out, struct str digits, const char *any, unsigned base)
{
	if (!digits.n || scalar_run(digits, 0, any) != digits.n || digits.n > SCALAR_DIGITS_MAX)
		return false;
	scalar_append_based(out, digits, base);
	return true;
}

/* The patterns of https://yaml.org/type/int.html as PyYAML has them. */
static bool scalar_integer_1_1(struct buf *out, struct str digits)
{
	size_t plain = scalar_run(digits, 0, "0123456789_");
	if (!digits.n || digits.p[0] == '_')
		return false;
	if (str_has_prefix(digits, STR("0b")))
		return scalar_based(out, str_slice(digits, 2, digits.n), "01_", 2);
	if (str_has_prefix(digits, STR("0x")))
		return scalar_based(out, str_slice(digits, 2, digits.n), "0123456789abcdefABCDEF_", 16);
	if (digits.p[0] == '0' && digits.n > 1)
		return scalar_based(out, str_slice(digits, 1, digits.n), "01234567_", 8);
	if (plain == digits.n)
		return scalar_plain_integer(out, digits);
	if (!plain || digits.p[0] == '0' || digits.n > SCALAR_DIGITS_MAX ||
	    scalar_sixties(digits, plain) != digits.n - plain)
		return false;
	scalar_append_sixties(out, digits);
	return true;
}

static bool scalar_integer_core(struct buf *out, struct str digits, bool has_sign)
{
	if (!has_sign && str_has_prefix(digits, STR("0o")))
		return scalar_based(out, str_slice(digits, 2, digits.n), "01234567", 8);
	if (!has_sign && str_has_prefix(digits, STR("0x")))
		return scalar_based(out, str_slice(digits, 2, digits.n), "0123456789abcdefABCDEF", 16);
	return digits.n && scalar_run(digits, 0, "0123456789") == digits.n &&
	       scalar_plain_integer(out, digits);
}

/* ---- floats ---- */

/* The length of an exponent, 0: none; bad: STR_NONE. */
static size_t scalar_exponent(struct str text, size_t at, bool needs_sign)
{
	if (at >= text.n || (text.p[at] | 0x20) != 'e')
		return 0;
	size_t sign = scalar_run(text, at + 1, "+-"), digits;
	digits = scalar_run(text, at + 1 + sign, "0123456789");
	return sign > 1 || (needs_sign && !sign) || !digits ? STR_NONE : 1 + sign + digits;
}

static void scalar_append_float(struct buf *out, struct str whole, struct str fraction,
                                struct str exponent)
{
	if (str_find(whole, ':') != STR_NONE)
		scalar_append_sixties(out, whole);
	else
		scalar_plain_integer(out, whole);
	buf_append_char(out, '.');
	size_t from = out->n;
	for (size_t i = 0; i < fraction.n; i++)
		if (fraction.p[i] != '_')
			buf_append_char(out, fraction.p[i]);
	if (out->n == from)
		buf_append_char(out, '0');
	buf_append(out, exponent);
}

/* text without its sign. */
static bool scalar_float(struct buf *out, struct str text, bool is_old, bool has_sign)
{
	const char *digits = is_old ? "0123456789_" : "0123456789";
	size_t whole = scalar_run(text, 0, digits), sixties = is_old ? scalar_sixties(text, whole) : 0;
	if (whole && text.p[0] == '_')
		return false;
	if (sixties == STR_NONE || (sixties && !whole))
		return false;
	whole += sixties;
	bool has_point = whole < text.n && text.p[whole] == '.';
	size_t fraction = has_point ? scalar_run(text, whole + 1, digits) : 0;
	size_t end = whole + has_point + fraction;
	size_t exponent = sixties ? 0 : scalar_exponent(text, end, is_old);
	if (exponent == STR_NONE || end + exponent != text.n || (is_old && !has_point) ||
	    (!has_point && !exponent))
		return false;
	/* Without a whole part: PyYAML wants a digit first, and takes no sign. */
	if (!whole && (!fraction || (is_old && (has_sign || text.p[1] == '_'))))
		return false;
	scalar_append_float(out, whole ? str_slice(text, 0, whole) : STR("0"),
	                    str_slice(text, whole + has_point, fraction),
	                    str_slice(text, end, exponent));
	return true;
}

/* ---- dates ---- */

/* Passes between least and most digits; false: others stand there. */
static bool scalar_digits(struct str text, size_t *at, size_t least, size_t most, struct str *ret)
{
	size_t n = scalar_run(text, *at, "0123456789");
	if (n < least || n > most)
		return false;
	*ret = str_slice(text, *at, n);
	*at += n;
	return true;
}

static bool scalar_pass(struct str text, size_t *at, const char *any)
{
	bool is_there = *at < text.n && text.p[*at] && strchr(any, text.p[*at]);
	*at += is_there;
	return is_there;
}

static void scalar_append_two(struct buf *out, const char *before, struct str digits)
{
	buf_printf(out, "%s%s%.*s", before, digits.n == 1 ? "0" : "", STR_ARG(digits));
}

/* Z, or ±h[h][:mm]; nothing: a time without a zone. */
static bool scalar_zone(struct buf *out, struct str text, size_t at, bool *ret_has)
{
	struct str hours, minutes = STR("00");
	at += scalar_run(text, at, " \t");
	*ret_has = at < text.n;
	if (at == text.n)
		return true;
	if (scalar_pass(text, &at, "Z"))
		return buf_append_char(out, 'Z'), at == text.n;
	char sign[2] = { text.p[at], '\0' };
	if (!scalar_pass(text, &at, "+-") || !scalar_digits(text, &at, 1, 2, &hours))
		return false;
	if (scalar_pass(text, &at, ":") && !scalar_digits(text, &at, 2, 2, &minutes))
		return false;
	scalar_append_two(out, sign, hours);
	scalar_append_two(out, ":", minutes);
	return at == text.n;
}

/* https://yaml.org/type/timestamp.html. */
static bool scalar_date(struct buf *out, struct str text, enum value_type *ret_type)
{
	struct str year, month, day, hour, minute, second, fraction = { 0 };
	size_t at = 0;
	bool has_zone;
	if (!scalar_digits(text, &at, 4, 4, &year) || !scalar_pass(text, &at, "-") ||
	    !scalar_digits(text, &at, 1, 2, &month) || !scalar_pass(text, &at, "-") ||
	    !scalar_digits(text, &at, 1, 2, &day))
		return false;
	buf_append(out, year);
	scalar_append_two(out, "-", month);
	scalar_append_two(out, "-", day);
	*ret_type = VALUE_DATE_LOCAL;
	if (at == text.n)
		return month.n == 2 && day.n == 2;
	size_t blanks = scalar_run(text, at, " \t");
	at += blanks;
	if (!blanks && !scalar_pass(text, &at, "Tt"))
		return false;
	if (!scalar_digits(text, &at, 1, 2, &hour) || !scalar_pass(text, &at, ":") ||
	    !scalar_digits(text, &at, 2, 2, &minute) || !scalar_pass(text, &at, ":") ||
	    !scalar_digits(text, &at, 2, 2, &second))
		return false;
	if (scalar_pass(text, &at, "."))
		scalar_digits(text, &at, 0, text.n, &fraction);
	scalar_append_two(out, "T", hour);
	scalar_append_two(out, ":", minute);
	scalar_append_two(out, ":", second);
	if (fraction.n)
		buf_printf(out, ".%.*s", STR_ARG(fraction));
	if (!scalar_zone(out, text, at, &has_zone))
		return false;
	*ret_type = has_zone ? VALUE_DATETIME : VALUE_DATETIME_LOCAL;
	return true;
}

/* ---- all of them ---- */

static const char *const scalar_nulls[] = { "", "~", "null", "Null", "NULL", NULL };
static const char *const scalar_true[] = { "true", "True", "TRUE", NULL };
static const char *const scalar_false[] = { "false", "False", "FALSE", NULL };
static const char *const scalar_old_true[] = { "yes", "Yes", "YES", "on", "On", "ON", NULL };
static const char *const scalar_old_false[] = { "no", "No", "NO", "off", "Off", "OFF", NULL };
static const char *const scalar_infinite[] = { ".inf", ".Inf", ".INF", NULL };
static const char *const scalar_nan[] = { ".nan", ".NaN", ".NAN", NULL };

static bool scalar_word(struct str text, bool is_old, enum value_type *ret_type,
                        struct str *ret_text)
{
	bool is_true = scalar_is_one_of(text, scalar_true) ||
	               (is_old && scalar_is_one_of(text, scalar_old_true));
	bool is_false = scalar_is_one_of(text, scalar_false) ||
	                (is_old && scalar_is_one_of(text, scalar_old_false));
	if (scalar_is_one_of(text, scalar_nulls)) {
		*ret_type = VALUE_NULL;
		*ret_text = STR("null");
		return true;
	}
	*ret_type = VALUE_BOOL;
	*ret_text = is_true ? STR("true") : STR("false");
	return is_true || is_false;
}

static bool scalar_number(struct buf *out, struct str text, bool is_old, enum value_type *ret_type)
{
	size_t sign = scalar_sign(text);
	struct str rest = str_slice(text, sign, text.n);
	if (sign && text.p[0] == '-')
		buf_append_char(out, '-');
	size_t from = out->n;
	*ret_type = VALUE_INTEGER;
	if (is_old ? scalar_integer_1_1(out, rest) : scalar_integer_core(out, rest, sign)) {
		if (str_eq(buf_str(out), STR("-0")))
			buf_shift(out, 1);
		return true;
	}
	out->n = from;
	*ret_type = VALUE_FLOAT;
	if (scalar_is_one_of(rest, scalar_infinite))
		return buf_append(out, STR("inf")), true;
	if (!sign && scalar_is_one_of(rest, scalar_nan))
		return buf_append(out, STR("nan")), true;
	return scalar_float(out, rest, is_old, sign);
}

enum value_type yaml_scalar(struct arena *arena, enum yaml_scalars scalars, struct str text,
                            struct str *ret_text)
{
	bool is_old = scalars == YAML_SCALARS_1_1;
	owned_buf struct buf out = { 0 };
	enum value_type type;
	if (scalar_word(text, is_old, &type, ret_text))
		return type;
	bool is_found = strchr("+-.0123456789", text.p[0]) && text.p[0] &&
	                scalar_number(&out, text, is_old, &type);
	if (!is_found && is_old && scalar_is_digit(text.p[0])) {
		buf_clear(&out);
		is_found = scalar_date(&out, text, &type);
	}
	bool is_same = !is_found || str_eq(buf_str(&out), text);
	*ret_text = is_same ? text : arena_str(arena, buf_str(&out));
	return is_found ? type : VALUE_STRING;
}
