#ifndef CORE_BASE_FLOATING_H
#define CORE_BASE_FLOATING_H

#include "core/base/str.h"

/* Doubles and their decimal text, whatever the locale's decimal point is. */

/* The nearest double to an optional sign, digits with an optional point among them and an
 * optional exponent; underscores count as nothing.  What no double holds is an infinity.
 * false: the text is no such number. */
bool floating_read(struct str text, double *ret_number);

enum { FLOATING_DIGITS_SIZE = 18 };
/* The fewest digits that read back as this finite double, of those the nearest to it, with
 * a NUL: 0.d1d2d3… times ten to the power of *ret_point.  The sign is left out; zero is "0"
 * and 1. */
void floating_digits(double, char ret_digits[FLOATING_DIGITS_SIZE], int *ret_point);

#endif
