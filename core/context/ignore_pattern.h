#ifndef CORE_CONTEXT_IGNORE_PATTERN_H
#define CORE_CONTEXT_IGNORE_PATTERN_H

#include "core/context/ignore_regex.h"

/* Private to ignore: one pattern as moby's patternmatcher compiles it (moby
 * patternmatcher v0.6, Pattern.compile and Pattern.match). */
enum ignore_form { IGNORE_EXACT, IGNORE_PREFIX, IGNORE_SUFFIX, IGNORE_REGEX };

struct ignore_pattern {
	bool keeps;                     /* it stood behind a '!' */
	enum ignore_form form;
	struct str text;                /* exact; without the ** of a prefix or suffix */
	struct ignore_regex regex;
};

/* text: cleaned, without the '!'; everything in the arena.  false: moby would
 * refuse it, by Go's filepath.Match or by its regexp. */
bool ignore_pattern_compile(struct arena *, struct str text, struct ignore_pattern *ret_pattern,
                            struct error *);
/* The path itself, parents are the caller's. */
bool ignore_pattern_matches(const struct ignore_pattern *, struct str path);
/* Whether some path below the folder can match; start is the folder with a '/'. */
bool ignore_pattern_reaches(const struct ignore_pattern *, struct str start);

#endif
