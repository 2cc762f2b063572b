#ifndef CORE_VALUE_JSON_SCAN_H
#define CORE_VALUE_JSON_SCAN_H

#include <endian.h>
#include <stdint.h>

#include "core/base/utf8.h"
#include "core/value/value.h"

/* Private to core/value: where the words of a JSON text end. */

static inline bool json_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline bool json_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline const char *json_skip_blanks(const char *p, const char *end)
{
	while (p < end && json_is_blank(*p))
		p++;
	return p;
}

/* What may not stand in a string without a closer look: quote, backslash, control
 * characters and everything past ASCII. */
static inline bool json_is_special(char c)
{
	unsigned char byte = (unsigned char)c;
	return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
}

/* The first special byte at or behind p, or end.  Eight bytes are looked at together:
 * the subtractions borrow only from bytes that are special themselves, so the lowest
 * mark is right. */
static inline const char *json_plain_end(const char *p, const char *end)
{
	const uint64_t ones = 0x0101010101010101u;
	for (; end - p >= 8; p += 8) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		word = le64toh(word);
		uint64_t quote = (word ^ ones * '"') - ones, slash = (word ^ ones * '\\') - ones;
		uint64_t special = (word | (word - ones * 0x20) | quote | slash) & ones * 0x80;
		if (special)
			return p + __builtin_ctzll(special) / 8;
	}
	while (p < end && !json_is_special(*p))
		p++;
	return p;
}

/* The size of the escape at p, or 0. */
size_t json_escape_size(const char *p, const char *end);
/* \u and its four digits at p, or -1. */
int json_escape_unit(const char *p, const char *end);

/* From behind the opening quote to the closing one, or to what is wrong: a control
 * character, a byte that is not UTF-8, a backslash without an escape or the end. */
static inline const char *json_string_end(const char *p, const char *end, bool *ret_escaped)
{
	for (;;) {
		size_t size = 0;
		p = json_plain_end(p, end);
		if (p == end || *p == '"')
			return p;
		if (*p == '\\') {
			size = json_escape_size(p, end);
			*ret_escaped = true;
		} else if ((unsigned char)*p >= 0x80 &&
		           utf8_decode((struct str){ p, (size_t)(end - p) }, &size) == UTF8_BAD) {
			size = 0;
		}
		if (!size)
			return p;
		p += size;
	}
}

static inline const char *json_digits(const char *p, const char *end)
{
	while (p < end && json_is_digit(*p))
		p++;
	return p;
}

/* Most keys that differ do so in their size or their first byte. */
static inline bool json_is_same(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || (a.p[0] == b.p[0] && memcmp(a.p, b.p, a.n) == 0));
}

/* A number or word may be followed by what ends a value, not by more of a word. */
static inline bool json_ends_word(const char *p, const char *end)
{
	if (p == end || *p == ',' || *p == '}' || *p == ']')
		return true;
	unsigned char c = (unsigned char)*p, letter = c | 0x20;
	return !(letter >= 'a' && letter <= 'z') && !json_is_digit(*p) && c != '_' && c != '.' &&
	       c != '+' && c != '-';
}

/* Behind the number that starts at p; NULL, and the place, when it goes wrong. */
static inline const char *json_number_end(const char *p, const char *end,
                                          enum value_type *ret_type, const char **ret_wrong)
{
	const char *digits = p += *p == '-';
	*ret_type = VALUE_INTEGER;
	p = p < end && *p == '0' ? p + 1 : json_digits(p, end);
	if (p > digits && p < end && *p == '.') {
		*ret_type = VALUE_FLOAT;
		digits = p + 1;
		p = json_digits(digits, end);
	}
	if (p > digits && p < end && (*p == 'e' || *p == 'E')) {
		*ret_type = VALUE_FLOAT;
		digits = p + 1;
		if (digits < end && (*digits == '+' || *digits == '-'))
			digits++;
		p = json_digits(digits, end);
	}
	*ret_wrong = p;
	return p > digits && json_ends_word(p, end) ? p : NULL;
}

/* Behind null, true or false; NULL when none of them stands at p. */
static inline const char *json_word_end(const char *p, const char *end, enum value_type *ret_type)
{
	*ret_type = VALUE_BOOL;
	if (end - p >= 4 && memcmp(p, "true", 4) == 0)
		p += 4;
	else if (end - p >= 5 && memcmp(p, "false", 5) == 0)
		p += 5;
	else if (end - p >= 4 && memcmp(p, "null", 4) == 0)
		p += 4, *ret_type = VALUE_NULL;
	else
		return NULL;
	return json_ends_word(p, end) ? p : NULL;
}

#endif
