#ifndef CORE_CONFIG_DECIMAL_H
#define CORE_CONFIG_DECIMAL_H

#include <stdint.h>

#include "core/base/str.h"

/* Numbers as they are written, exactly: no digit is lost, no size overflows, and a large
 * exponent costs no memory.  0.d₁d₂d₃… × 10^point, d₁ and the last digit not 0. */
struct decimal {
	bool negative;
	struct str digits;              /* borrowed; a point and '_' may stand among them */
	size_t n;                       /* how many digits; 0: the number is 0 */
	int64_t point;
	char own[24];                   /* the digits of what was not written in decimals */
};

/* JSON's numbers, and those of TOML and YAML (0x1f, 0o17, 0b11, +1, .5, 1_000).  False for
 * what is none (inf, nan) and for an exponent of more than 18 digits.  Borrows the text. */
bool decimal_parse(struct str text, struct decimal *ret_decimal);
/* <0, 0 or >0. */
int decimal_compare(const struct decimal *, const struct decimal *);
/* Nothing behind the point: 1.0 and 1e3 are, 1e-3 is not. */
bool decimal_is_integer(const struct decimal *);
/* SIZE_MAX for what is larger; 0 for what is negative. */
size_t decimal_to_size(const struct decimal *);
/* Equal numbers have equal ones. */
uint64_t decimal_hash(const struct decimal *);

enum decimal_fit { DECIMAL_FITS, DECIMAL_DIFFERS, DECIMAL_TOO_LONG };
/* Whether a number is a multiple of another, which is not 0.  TOO_LONG when both have so
 * many digits that dividing would take long. */
enum { DECIMAL_DIVIDE_MAX = 20000000 };         /* the product of their lengths */
enum decimal_fit decimal_divides(const struct decimal *divisor, const struct decimal *);

#endif
