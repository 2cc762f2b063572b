#include "core/context/ignore_regex.h"

#include "core/base/check.h"
#include "core/base/own.h"
#include "core/base/utf8.h"
#include "core/context/ignore_state.h"

/* Texts need this many states at most before the heap is asked. */
enum { IGNORE_STATES_ON_STACK = 512 };

uint32_t ignore_regex_rune(struct str s, size_t *ret_size)
{
	uint32_t rune = utf8_decode(s, ret_size);
	if (rune != UTF8_BAD)
		return rune;
	*ret_size = 1;
	return UTF8_REPLACEMENT;
}

static bool ignore_state_takes(const struct ignore_state *s, uint32_t rune)
{
	const struct ignore_range *ranges = s->ranges ? s->ranges : &s->one;
	for (uint32_t i = 0; i < s->nranges; i++)
		if (ranges[i].low <= rune && rune <= ranges[i].high)
			return !s->negated;
	return s->negated;
}

static bool ignore_is_word(struct str text, size_t at)
{
	unsigned char c = at < text.n ? (unsigned char)text.p[at] : 0;
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* Whether the state lets through what needs no character here. */
static bool ignore_state_holds(const struct ignore_state *s, struct str text, size_t at)
{
	bool edge = (at > 0 && ignore_is_word(text, at - 1)) != ignore_is_word(text, at);
	if (s->optional)
		return true;
	switch (s->op) {
	case IGNORE_TAKE:
		return s->repeated;
	case IGNORE_SKIP:
		return true;
	case IGNORE_BEGIN:
		return at == 0;
	case IGNORE_END:
		return at == text.n;
	case IGNORE_EDGE:
		return edge;
	case IGNORE_NO_EDGE:
		return !edge;
	case IGNORE_MATCH:
		break;
	}
	return false;
}

/* The states that are live, as marks; all lie in [low, high]. */
struct ignore_live {
	unsigned char *marks;
	size_t low, high;
	bool matched;
};

static void ignore_live_add(struct ignore_live *live, size_t i)
{
	live->marks[i] = 1;
	if (i < live->low)
		live->low = i;
	if (i > live->high)
		live->high = i;
}

/* Follows what needs no character; such edges only lead forward. */
static void ignore_live_close(struct ignore_live *live, const struct ignore_regex *r,
                              struct str text, size_t at)
{
	for (size_t i = live->low; i <= live->high && i < r->n; i++) {
		if (!live->marks[i])
			continue;
		live->matched |= r->states[i].op == IGNORE_MATCH;
		if (!ignore_state_holds(&r->states[i], text, at))
			continue;
		ignore_live_add(live, i + 1);
		if (r->states[i].op == IGNORE_SKIP)
			ignore_live_add(live, i + IGNORE_SKIPPED);
	}
	live->matched |= live->marks[r->n];
}

/* Every alternative may match. */
static void ignore_live_start(struct ignore_live *live, const struct ignore_regex *r)
{
	ignore_live_add(live, 0);
	for (size_t i = 0; r->has_alternatives && i < r->n; i++)
		if (r->states[i].op == IGNORE_MATCH)
			ignore_live_add(live, i + 1);
}

static void ignore_live_step(struct ignore_live *from, struct ignore_live *to,
                             const struct ignore_regex *r, uint32_t rune)
{
	*to = (struct ignore_live){ .marks = to->marks, .low = SIZE_MAX };
	for (size_t i = from->low; i <= from->high; i++) {
		if (!from->marks[i])
			continue;
		from->marks[i] = 0;
		const struct ignore_state *s = &r->states[i];
		if (i < r->n && s->op == IGNORE_TAKE && ignore_state_takes(s, rune))
			ignore_live_add(to, s->repeated ? i : i + 1);
	}
}

/* whole: true when the text matches; else when it could with more behind it. */
static bool ignore_regex_run(const struct ignore_regex *r, struct str text, bool whole)
{
	unsigned char few[2 * IGNORE_STATES_ON_STACK] = { 0 };
	owned_memory unsigned char *many = NULL;
	size_t room = r->n + IGNORE_SKIPPED + 1;
	unsigned char *marks = few;
	if (room > IGNORE_STATES_ON_STACK)
		marks = many = xcalloc(2, room);
	struct ignore_live live = { .marks = marks, .low = SIZE_MAX };
	struct ignore_live next = { .marks = marks + room, .low = SIZE_MAX };
	ignore_live_start(&live, r);
	for (size_t at = 0, size; live.low != SIZE_MAX; at += size) {
		ignore_live_close(&live, r, text, at);
		if (live.matched)
			return true;
		if (at == text.n)
			return !whole;
		uint32_t rune = ignore_regex_rune(str_slice(text, at, text.n), &size);
		ignore_live_step(&live, &next, r, rune);
		struct ignore_live swap = live;
		live = next;
		next = swap;
	}
	return false;
}

bool ignore_regex_matches(const struct ignore_regex *r, struct str text)
{
	return str_has_prefix(text, r->head) && str_has_suffix(text, r->tail) &&
	       ignore_regex_run(r, text, true);
}

bool ignore_regex_reaches(const struct ignore_regex *r, struct str start)
{
	return ignore_regex_run(r, start, false);
}
