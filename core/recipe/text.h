#ifndef CORE_RECIPE_TEXT_H
#define CORE_RECIPE_TEXT_H

#include <stdint.h>

#include "core/base/str.h"

/* Letters, blanks and words as Go's unicode and regexp packages see them, since
 * the builders are written in Go.  Inside recipe/ only. */

/* unicode.IsSpace. */
bool text_is_space(uint32_t rune);
/* The length of the blank that s begins with, 0 when it begins with none. */
size_t text_space(struct str s);
struct str text_trim_left(struct str);
struct str text_trim(struct str);
/* The class [\t\v\f\r ] that divides keywords and words. */
bool text_is_blank(char);
/* A byte of a variable's name: [A-Za-z_], from the second on also [0-9]. */
bool text_is_name(char, size_t at);
/* Equal but for the case of ASCII letters. */
bool text_eq_fold(struct str, struct str);
/* The one of n words that is most like `word` (at most two edits away), or NULL:
 * for "did you mean". */
const char *text_closest(struct str word, const char *const *words, size_t n);

#endif
