#ifndef TUI_FUZZY_H
#define TUI_FUZZY_H

#include "core/base/str.h"

/* How well typed letters fit a text: all of them in their order, whatever lies between,
 * big or small.  More for letters side by side and at the start of words, less for what
 * is skipped; FUZZY_NO when they are not in it.  Nothing typed fits everything with 0. */
enum { FUZZY_NO = -1000000 };
int fuzzy_score(struct str typed, struct str text);

#endif
