#include "core/base/floating.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"

/* Exponents past these are infinite or nothing, however many digits stand before them. */
enum { FLOATING_EXPONENT_MAX = 100000000 };

static bool floating_exponent(struct str text, long long *ret_exponent)
{
	bool negative = text.n && text.p[0] == '-';
	long long exponent = 0;
	size_t i = text.n && (text.p[0] == '-' || text.p[0] == '+'), digits = 0;
	for (; i < text.n; i++) {
		if (text.p[i] == '_')
			continue;
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		digits++;
		if (exponent < FLOATING_EXPONENT_MAX)
			exponent = 10 * exponent + text.p[i] - '0';
	}
	*ret_exponent = negative ? -exponent : exponent;
	return digits > 0;
}

/* Digits without the point, and what an exponent makes up for it: so strtod sees none. */
bool floating_read(struct str text, double *ret_number)
{
	owned_buf struct buf plain = { 0 };
	long long exponent = 0, after = 0;
	bool negative = text.n && text.p[0] == '-', point = false;
	size_t i = text.n && (text.p[0] == '-' || text.p[0] == '+');
	for (; i < text.n && (text.p[i] | 0x20) != 'e'; i++) {
		char c = text.p[i];
		if (c == '_')
			continue;
		if ((c < '0' || c > '9') && (c != '.' || point))
			return false;
		point |= c == '.';
		after += c != '.' && point;
		if (c != '.')
			buf_append_char(&plain, c);
	}
	if (!plain.n ||
	    (i < text.n && !floating_exponent(str_slice(text, i + 1, text.n), &exponent)))
		return false;
	buf_printf(&plain, "e%lld", exponent - after);
	double number = strtod(buf_text(&plain), NULL);
	*ret_number = negative ? -number : number;
	return true;
}

static double floating_back(const char *digits, size_t n, int point)
{
	char text[48];
	snprintf(text, sizeof text, "%se%d", digits, point - (int)n);
	return strtod(text, NULL);
}

/* The digits of the next number up, as many of them: 1299 becomes 1300, 99 becomes 10. */
static void floating_up(char *digits, size_t n, int *point)
{
	size_t i = n;
	while (i && digits[i - 1] == '9')
		digits[--i] = '0';
	if (i) {
		digits[i - 1]++;
		return;
	}
	digits[0] = '1';
	++*point;
}

/* The nearest number of n digits; where it reads back as the double below (a power of two
 * has its neighbours at unequal distances), the one above it may do. */
static bool floating_try(double number, size_t n, char *digits, int *ret_point)
{
	char text[48];
	size_t filled = 0;
	int length = snprintf(text, sizeof text, "%.*e", (int)n - 1, number);
	for (int i = 0; i < length && filled < n; i++)
		if (text[i] >= '0' && text[i] <= '9')
			digits[filled++] = text[i];
	digits[n] = '\0';
	*ret_point = (int)strtol(strrchr(text, 'e') + 1, NULL, 10) + 1;
	double back = floating_back(digits, n, *ret_point);
	if (back < number) {
		floating_up(digits, n, ret_point);
		back = floating_back(digits, n, *ret_point);
	}
	return back == number;
}

void floating_digits(double number, char ret_digits[FLOATING_DIGITS_SIZE], int *ret_point)
{
	size_t n = 1;
	number = fabs(number);
	while (!floating_try(number, n, ret_digits, ret_point) && n < FLOATING_DIGITS_SIZE - 1)
		n++;
	while (n > 1 && ret_digits[n - 1] == '0')
		ret_digits[--n] = '\0';
	if (ret_digits[0] == '0')
		*ret_point = 1;
}
