#ifndef CORE_VALUE_COMPARE_SAME_H
#define CORE_VALUE_COMPARE_SAME_H

#include "core/value/value.h"

/* Private to compare: which of many values are equal, without asking it of each two. */
struct same;
struct same *same_new(void);
void same_free(struct same *);

/* Equal for equal values, seldom for others; looks at each container once. */
uint64_t same_hash(struct same *, const struct value *);

/* Numbers for sequence_compare: equal ones for equal values. */
void same_number(struct same *, struct arena *scratch, const struct value *const *a, size_t na,
                 uint32_t *ret_a, const struct value *const *b, size_t nb, uint32_t *ret_b);
/* The same for containers that begin alike: objects whose first member is the same scalar
 * under the same key, arrays whose first item is the same scalar.  All others differ. */
void same_number_by_beginning(struct arena *scratch, const struct value *const *a, size_t na,
                              uint32_t *ret_a, const struct value *const *b, size_t nb,
                              uint32_t *ret_b);

#endif
