#ifndef CORE_CONTEXT_IGNORE_STATE_H
#define CORE_CONTEXT_IGNORE_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* Private to ignore_regex: what a regular expression becomes.  A state goes on
 * to the next one; a repeated one also stays. */
enum ignore_op {
	IGNORE_TAKE,            /* a rune of the ranges, or none of them when negated */
	IGNORE_SKIP,            /* an optional part of two states follows */
	IGNORE_BEGIN, IGNORE_END, IGNORE_EDGE, IGNORE_NO_EDGE,
	IGNORE_MATCH,           /* an alternative ends; the next one begins behind it */
};

/* How far IGNORE_SKIP leads: over itself and its part. */
enum { IGNORE_SKIPPED = 3 };

struct ignore_range {
	uint32_t low, high;
};

struct ignore_state {
	uint8_t op;
	bool repeated, optional, negated;
	uint32_t nranges;
	struct ignore_range one;                /* the only range, when ranges is NULL */
	const struct ignore_range *ranges;
};

#endif
