#ifndef CORE_CONTEXT_IGNORE_REGEX_H
#define CORE_CONTEXT_IGNORE_REGEX_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

/* Private to ignore: the few regular expressions that moby's patternmatcher
 * makes of a pattern, in the syntax of Go's regexp: characters, classes, escapes,
 * repetitions of one of them, and alternatives.  So the states are a line, and
 * matching costs at most states times bytes. */
struct ignore_state;

struct ignore_regex {
	const struct ignore_state *states;
	size_t n;
	bool has_alternatives;
	struct str head, tail;          /* what every matching text begins and ends with */
};

/* In the arena.  false: Go's regexp.Compile would refuse it, so moby does. */
bool ignore_regex_parse(struct arena *, struct str text, struct ignore_regex *ret_regex,
                        struct error *);
/* As Go's MatchString: runes, each byte that is not UTF-8 is a U+FFFD. */
bool ignore_regex_matches(const struct ignore_regex *, struct str text);
/* Whether some text that begins with start can match. */
bool ignore_regex_reaches(const struct ignore_regex *, struct str start);
/* The code point at the front of s (s.n > 0) as Go's range over a string sees it. */
uint32_t ignore_regex_rune(struct str s, size_t *ret_size);

#endif
