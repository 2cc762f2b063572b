#include "tui/fuzzy.h"

#include <wctype.h>

#include "core/base/utf8.h"

enum { FUZZY_LETTER = 8, FUZZY_BESIDE = 14, FUZZY_WORD = 10, FUZZY_FRONT = 6, FUZZY_GAP = 1,
       FUZZY_GAPS = 12 };

static uint32_t fuzzy_next(struct str *s)
{
	size_t size;
	uint32_t rune = utf8_decode(*s, &size);
	*s = str_slice(*s, size, s->n);
	return rune < 0x80 && !(rune >= 'A' && rune <= 'Z') ? rune : (uint32_t)towlower((wint_t)rune);
}

static bool fuzzy_ends_word(uint32_t rune)
{
	return rune == 0 || rune == ' ' || rune == '-' || rune == '/' || rune == '.' || rune == '_' ||
	       rune == ':';
}

/* From here on each letter at the first place that it can have. */
static int fuzzy_from(struct str typed, struct str text, uint32_t before, bool front)
{
	int score = front ? FUZZY_FRONT : 0, gap = 0;
	uint32_t want = fuzzy_next(&typed);
	for (bool first = true; text.n; first = false) {
		uint32_t rune = fuzzy_next(&text);
		if (rune != want) {
			if (first)
				return FUZZY_NO;
			gap++;
			before = rune;
			continue;
		}
		score += FUZZY_LETTER + (fuzzy_ends_word(before) ? FUZZY_WORD : 0);
		if (!first)
			score += gap == 0 ? FUZZY_BESIDE : -(gap < FUZZY_GAPS ? gap : FUZZY_GAPS) * FUZZY_GAP;
		gap = 0;
		before = rune;
		if (typed.n == 0)
			return score;
		want = fuzzy_next(&typed);
	}
	return FUZZY_NO;
}

int fuzzy_score(struct str typed, struct str text)
{
	int best = typed.n ? FUZZY_NO : 0;
	uint32_t before = 0;
	for (struct str rest = text; typed.n && rest.n; ) {
		int score = fuzzy_from(typed, rest, before, rest.n == text.n);
		best = score > best ? score : best;
		before = fuzzy_next(&rest);
	}
	return best;
}
