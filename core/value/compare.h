#ifndef CORE_VALUE_COMPARE_H
#define CORE_VALUE_COMPARE_H

#include "core/value/value.h"

/* Two trees pointer by pointer: what a person would say has changed. */
enum difference_kind {
	DIFFERENCE_ADDED, DIFFERENCE_REMOVED, DIFFERENCE_CHANGED,
	/* Equal, at another pointer: under another key, elsewhere in its array, in another
	 * object.  Of scalars only what kept its key or its container; nothing that is null,
	 * a bool or empty, since such are equal by chance. */
	DIFFERENCE_MOVED,
};

/* Added has no before, removed no after.  before_at and after_at are pointers in the two
 * trees (p NULL: not there): they differ for what moved and behind insertions in arrays.
 * What has passed other items of an array may have moved to the same number. */
struct difference {
	enum difference_kind kind;
	struct str before_at, after_at;
	const struct value *before, *after;
};

struct comparison {
	const struct difference *all;   /* in the order of the trees, the later tree's first */
	size_t n;
	size_t counts[DIFFERENCE_MOVED + 1];
};

/* Key order is no difference; numbers are compared by their text, as in value_equal.  An
 * array's items are matched by the fewest that come and go; items that differ are taken
 * for the same thing when they begin alike (objects: their first member) or when as many
 * came as went.  A whole that is NULL was not there.  The result is in the arena and
 * borrows the values; the time it takes grows with their size alone. */
void value_compare(struct arena *, const struct value *before, const struct value *after,
                   struct comparison *ret_comparison);

/* "added", "removed", "changed", "moved". */
const char *difference_name(enum difference_kind);
/* The pointer where it is now, or was last. */
struct str difference_pointer(const struct difference *);
/* An array with an object for each, in the arena: {"kind", "pointer", "from", "old",
 * "old_origin", "new", "new_origin"} as docs/formats.md says of `mortar diff --json`. */
struct value *comparison_describe(struct arena *, const struct comparison *);

#endif
