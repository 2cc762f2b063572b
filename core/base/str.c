#include "core/base/str.h"

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_has_prefix(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_has_suffix(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

struct str str_slice(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){ s.p ? s.p + from : NULL, n };
}

static bool str_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str str_trim(struct str s)
{
	while (s.n && str_is_blank(s.p[0]))
		s = str_slice(s, 1, s.n);
	while (s.n && str_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : STR_NONE;
}

size_t str_find_str(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? (size_t)(at - s.p) : STR_NONE;
}

static char str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool str_is_at(const char *p, struct str needle, bool exact)
{
	for (size_t i = 0; i < needle.n; i++)
		if (p[i] != needle.p[i] && (exact || str_lower(p[i]) != needle.p[i]))
			return false;
	return true;
}

size_t str_search(struct str s, struct str needle, size_t from)
{
	bool exact = false;
	for (size_t i = 0; i < needle.n; i++)
		exact |= str_lower(needle.p[i]) != needle.p[i];
	for (size_t at = from; needle.n && at < s.n && s.n - at >= needle.n; at++)
		if (str_is_at(s.p + at, needle, exact))
			return at;
	return STR_NONE;
}

size_t str_find_last(struct str s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
	return at ? (size_t)(at - s.p) : STR_NONE;
}

bool str_next(struct str *rest, char sep, struct str *ret_part)
{
	if (!rest->p)
		return false;
	size_t at = str_find(*rest, sep);
	if (at == STR_NONE) {
		*ret_part = *rest;
		*rest = (struct str){ 0 };
		return true;
	}
	*ret_part = (struct str){ rest->p, at };
	*rest = (struct str){ rest->p + at + 1, rest->n - at - 1 };
	return true;
}

bool str_number(struct str s, unsigned long long max, unsigned long long *ret_number)
{
	unsigned long long number = 0;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		unsigned digit = (unsigned)(s.p[i] - '0');
		if (number > (max - digit) / 10 || digit > max)
			return false;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return true;
}
