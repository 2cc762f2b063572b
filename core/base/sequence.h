#ifndef CORE_BASE_SEQUENCE_H
#define CORE_BASE_SEQUENCE_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/str.h"

/* What turns one sequence into another: lines of a text, items of an array.  The script
 * is the shortest one (E. Myers, An O(ND) Difference Algorithm, 1986) as long as that
 * costs little; for sequences that differ in thousands of places it is still a right one,
 * found in time that grows with their length alone. */

/* a[a … a+na) becomes b[b … b+nb); one of the two may be empty.  What lies between two
 * changes is equal, item by item. */
struct sequence_change {
	size_t a, na, b, nb;
};

/* Items as numbers below na + nb, equal ones for equal items.  The changes, in order, in
 * the arena; returns how many there are. */
size_t sequence_compare(struct arena *, const uint32_t *a, size_t na, const uint32_t *b, size_t nb,
                        const struct sequence_change **ret_changes);

/* Two texts as their lines, without line ends; a last line counts with or without one. */
struct sequence_lines {
	const struct str *a, *b;
	size_t na, nb;
	const struct sequence_change *changes;
	size_t nchanges;
};
/* Everything in the arena; the lines borrow the texts. */
void sequence_lines(struct arena *, struct str a, struct str b, struct sequence_lines *ret_lines);

#endif
