#include "core/recipe/text.h"

#include "core/base/utf8.h"

enum { EDITS_MAX = 2, WORD_MAX = 31 };

bool text_is_space(uint32_t rune)
{
	switch (rune) {
	case 0x85: case 0xa0: case 0x1680: case 0x2028: case 0x2029: case 0x202f: case 0x205f:
	case 0x3000: case ' ':
		return true;
	default:
		return (rune >= '\t' && rune <= '\r') || (rune >= 0x2000 && rune <= 0x200a);
	}
}

size_t text_space(struct str s)
{
	size_t size = 1;
	if (s.n == 0)
		return 0;
	uint32_t rune = (unsigned char)s.p[0];
	if (rune >= 0x80)
		rune = utf8_decode(s, &size);
	return text_is_space(rune) ? size : 0;
}

struct str text_trim_left(struct str s)
{
	for (size_t size; (size = text_space(s)) > 0;)
		s = str_slice(s, size, STR_NONE);
	return s;
}

struct str text_trim(struct str s)
{
	s = text_trim_left(s);
	for (size_t from = s.n; from > 0; from = s.n) {
		do
			from--;
		while (from > 0 && s.n - from < UTF8_MAX && ((unsigned char)s.p[from] & 0xc0) == 0x80);
		struct str last = str_slice(s, from, STR_NONE);
		if (text_space(last) != last.n)
			break;
		s.n = from;
	}
	return s;
}

bool text_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

bool text_is_name(char c, size_t at)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (at > 0 && c >= '0' && c <= '9');
}

static char text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_eq_fold(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (text_lower(a.p[i]) != text_lower(b.p[i]))
			return false;
	return true;
}

static unsigned text_least(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;
	return least < c ? least : c;
}

/* Levenshtein's distance without regard to case. */
static unsigned text_distance(struct str a, struct str b)
{
	unsigned row[WORD_MAX + 1];
	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned change = diagonal + (text_lower(a.p[i - 1]) != text_lower(b.p[j - 1]));
			diagonal = row[j];
			row[j] = text_least(row[j] + 1, row[j - 1] + 1, change);
		}
	}
	return row[b.n];
}

const char *text_closest(struct str word, const char *const *words, size_t n)
{
	const char *best = NULL;
	unsigned least = EDITS_MAX + 1;
	for (size_t i = 0; i < n && word.n <= WORD_MAX; i++) {
		struct str other = str_of(words[i]);
		if (other.n > WORD_MAX || other.n <= EDITS_MAX)
			continue;
		unsigned distance = text_distance(word, other);
		if (distance < least) {
			least = distance;
			best = words[i];
		}
	}
	return best;
}
