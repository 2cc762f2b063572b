#include "core/config/decimal.h"

#include "core/base/check.h"
#include "core/base/own.h"

/* An exponent and the digits of a text of 4 GiB together stay far from overflow. */
#define DECIMAL_EXPONENT_MAX 1000000000000000000ULL

static bool decimal_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct str decimal_digits(const struct decimal *d)
{
	return d->own[0] ? (struct str){ d->own, d->n } : d->digits;
}

/* The next digit from *at on, or 0 behind the last. */
static unsigned decimal_next(struct str digits, size_t *at)
{
	while (*at < digits.n) {
		char c = digits.p[(*at)++];
		if (decimal_is_digit(c))
			return (unsigned)(c - '0');
	}
	return 0;
}

static bool decimal_exponent(struct str text, int64_t *ret_exponent)
{
	unsigned long long n;
	bool negative = text.n && text.p[0] == '-';
	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = str_slice(text, 1, text.n);
	while (text.n > 1 && text.p[0] == '0')
		text = str_slice(text, 1, text.n);
	if (!str_number(text, DECIMAL_EXPONENT_MAX, &n))
		return false;
	*ret_exponent = negative ? -(int64_t)n : (int64_t)n;
	return true;
}

/* From the first digit that is not 0 to the last; point counts from the first. */
static bool decimal_cut(struct str text, struct decimal *d)
{
	size_t first = STR_NONE, last = 0, before = 0, seen = 0;
	bool is_behind = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '.' && !is_behind) {
			is_behind = true;
		} else if (decimal_is_digit(c)) {
			seen++;
			before += !is_behind;
			if (c != '0') {
				if (first == STR_NONE) {
					first = i;
					d->point = -(int64_t)seen + 1;
				}
				last = i;
				d->n = seen;
			}
		} else if (c != '_') {
			return false;
		}
	}
	if (!seen || first == STR_NONE)
		return seen > 0;
	d->n -= (size_t)-d->point;
	d->point += (int64_t)before;
	d->digits = str_slice(text, first, last - first + 1);
	return true;
}

/* 0x, 0o, 0b: the readers let no larger ones through. */
static bool decimal_based(struct str text, unsigned base, struct decimal *d)
{
	uint64_t value = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		unsigned digit = decimal_is_digit(c)        ? (unsigned)(c - '0')
		                 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
		                 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
		                                        : base;
		if (c == '_')
			continue;
		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	char digits[24];
	size_t n = 0;
	for (; value; value /= 10)
		digits[n++] = (char)('0' + value % 10);
	d->point = (int64_t)n;
	size_t zeros = 0;
	while (zeros < n && digits[zeros] == '0')
		zeros++;
	for (size_t i = n; i > zeros; i--)
		d->own[d->n++] = digits[i - 1];
	return text.n > 0;
}

static unsigned decimal_base(struct str text)
{
	if (text.n < 3 || text.p[0] != '0')
		return 10;
	return text.p[1] == 'x' ? 16 : text.p[1] == 'o' ? 8 : text.p[1] == 'b' ? 2 : 10;
}

bool decimal_parse(struct str text, struct decimal *ret_decimal)
{
	struct decimal d = { 0 };
	int64_t exponent = 0;
	d.negative = text.n && text.p[0] == '-';
	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = str_slice(text, 1, text.n);
	unsigned base = decimal_base(text);
	if (base != 10) {
		if (!decimal_based(str_slice(text, 2, text.n), base, &d))
			return false;
	} else {
		size_t e = str_find(text, 'e');
		if (e == STR_NONE)
			e = str_find(text, 'E');
		if (!decimal_cut(str_slice(text, 0, e), &d))
			return false;
		if (d.n && e != STR_NONE &&
		    !decimal_exponent(str_slice(text, e + 1, text.n), &exponent))
			return false;
		d.point += exponent;
	}
	if (!d.n)
		d.negative = false, d.point = 0;
	*ret_decimal = d;
	return true;
}

static int decimal_compare_digits(const struct decimal *a, const struct decimal *b)
{
	struct str x = decimal_digits(a), y = decimal_digits(b);
	size_t i = 0, j = 0;
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	for (size_t k = 0; k < a->n || k < b->n; k++) {
		unsigned p = decimal_next(x, &i), q = decimal_next(y, &j);
		if (p != q)
			return p < q ? -1 : 1;
	}
	return 0;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	if (!a->n || !b->n) {
		int of_a = a->n ? (a->negative ? -1 : 1) : 0;
		int of_b = b->n ? (b->negative ? -1 : 1) : 0;
		return of_a - of_b;
	}
	if (a->negative != b->negative)
		return a->negative ? -1 : 1;
	return a->negative ? decimal_compare_digits(b, a) : decimal_compare_digits(a, b);
}

bool decimal_is_integer(const struct decimal *d)
{
	return !d->n || d->point >= (int64_t)d->n;
}

size_t decimal_to_size(const struct decimal *d)
{
	size_t value = 0, at = 0;
	if (!d->n || d->negative || d->point <= 0)
		return 0;
	for (int64_t i = 0; i < d->point; i++) {
		unsigned digit = decimal_next(decimal_digits(d), &at);
		if (value > (SIZE_MAX - digit) / 10)
			return SIZE_MAX;
		value = value * 10 + digit;
	}
	return value;
}

uint64_t decimal_hash(const struct decimal *d)
{
	uint64_t hash = 14695981039346656037U ^ (uint64_t)d->point ^ (uint64_t)d->negative << 63;
	size_t at = 0;
	for (size_t i = 0; i < d->n; i++)
		hash = (hash ^ decimal_next(decimal_digits(d), &at)) * 1099511628211U;
	return hash;
}

/* ---- dividing: both as integers, the divisor without zeros at its end ---- */

enum { DECIMAL_SMALL = 18, DECIMAL_LIMB_DIGITS = 9 };
#define DECIMAL_LIMB 1000000000U

static bool decimal_divides_small(const struct decimal *divisor, const struct decimal *d,
                                  size_t zeros)
{
	uint64_t by = 0, rest = 0;
	size_t at = 0;
	for (size_t i = 0; i < divisor->n; i++)
		by = by * 10 + decimal_next(decimal_digits(divisor), &at);
	at = 0;
	for (size_t i = 0; i < d->n + zeros; i++)
		rest = (rest * 10 + (i < d->n ? decimal_next(decimal_digits(d), &at) : 0)) % by;
	return rest == 0;
}

/* Limbs of nine digits, the lowest first. */
static void decimal_shift(uint32_t *limbs, size_t n, uint32_t digit)
{
	uint64_t carry = digit;
	for (size_t i = 0; i < n; i++) {
		carry += (uint64_t)limbs[i] * 10;
		limbs[i] = (uint32_t)(carry % DECIMAL_LIMB);
		carry /= DECIMAL_LIMB;
	}
}

static bool decimal_is_less(const uint32_t *a, const uint32_t *b, size_t n)
{
	while (n-- > 0)
		if (a[n] != b[n])
			return a[n] < b[n];
	return false;
}

static void decimal_subtract(uint32_t *a, const uint32_t *b, size_t n)
{
	uint32_t borrow = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t take = b[i] + borrow;
		borrow = a[i] < take;
		a[i] = borrow ? a[i] + DECIMAL_LIMB - take : a[i] - take;
	}
}

static bool decimal_divides_large(const struct decimal *divisor, const struct decimal *d,
                                  size_t zeros)
{
	size_t n = divisor->n / DECIMAL_LIMB_DIGITS + 2, at = 0;
	owned_memory uint32_t *by = xcalloc(n, sizeof *by), *rest = xcalloc(n, sizeof *rest);
	for (size_t i = 0; i < divisor->n; i++)
		decimal_shift(by, n, decimal_next(decimal_digits(divisor), &at));
	at = 0;
	for (size_t i = 0; i < d->n + zeros; i++) {
		decimal_shift(rest, n, i < d->n ? decimal_next(decimal_digits(d), &at) : 0);
		while (!decimal_is_less(rest, by, n))
			decimal_subtract(rest, by, n);
	}
	for (size_t i = 0; i < n; i++)
		if (rest[i])
			return false;
	return true;
}

enum decimal_fit decimal_divides(const struct decimal *divisor, const struct decimal *d)
{
	CHECK(divisor->n);
	if (!d->n)
		return DECIMAL_FITS;
	/* d = digits × 10^zeros in units of the divisor's last place. */
	int64_t zeros = (d->point - (int64_t)d->n) - (divisor->point - (int64_t)divisor->n);
	if (zeros < 0)
		return DECIMAL_DIFFERS;
	/* Zeros only bring factors 2 and 5, of which the divisor has no more than this. */
	int64_t enough = 4 * (int64_t)divisor->n;
	size_t n = (size_t)(zeros < enough ? zeros : enough);
	if (divisor->n > DECIMAL_SMALL && (d->n + n) > DECIMAL_DIVIDE_MAX / divisor->n)
		return DECIMAL_TOO_LONG;
	bool fits = divisor->n > DECIMAL_SMALL ? decimal_divides_large(divisor, d, n)
	                                       : decimal_divides_small(divisor, d, n);
	return fits ? DECIMAL_FITS : DECIMAL_DIFFERS;
}
