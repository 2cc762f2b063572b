#ifndef TUI_TEXT_H
#define TUI_TEXT_H

#include <stdint.h>

#include "core/base/str.h"

/* Text as the terminal's columns see it.  Bytes from outside become glyphs: a
 * base character with its combining marks, one or two columns wide; what must not
 * reach a terminal is spelled out in ASCII (\x1b, \u202e); what joins characters to one
 * picture on some terminals alone (ZWJ, variation selectors, skin colours) is left out.  Where
 * the locale is not UTF-8, everything past ASCII is one '?'. */

enum { TEXT_MARKS = 4, TEXT_VISIBLE = 12, TEXT_TAB = 8 };

struct glyph {
	uint32_t runes[1 + TEXT_MARKS];         /* unused ones 0 */
	unsigned width;                         /* columns: 1 or 2; a tab: 0 */
	char visible[TEXT_VISIBLE];             /* not empty: show this instead, in ASCII */
};

/* True when the locale (LC_CTYPE) cannot show more than ASCII. */
bool text_is_ascii(void);
/* The glyph at the front of s (s.n > 0); returns the bytes it takes.  A tab is
 * given with width 0 for the caller to expand; marks past TEXT_MARKS are dropped. */
size_t text_glyph(struct str s, struct glyph *ret_glyph);
/* Columns of the whole text when it starts in column 0. */
size_t text_width(struct str);
/* The longest front part of at most `columns` columns; *ret_width is its width. */
struct str text_cut(struct str, size_t columns, size_t *ret_width);

/* Signs that are box lines in UTF-8 and ASCII elsewhere. */
enum text_sign {
	SIGN_VERTICAL, SIGN_HORIZONTAL, SIGN_CROSS, SIGN_TEE_DOWN, SIGN_TEE_UP, SIGN_TEE_LEFT,
	SIGN_TEE_RIGHT, SIGN_TOP_LEFT, SIGN_TOP_RIGHT, SIGN_BOTTOM_LEFT, SIGN_BOTTOM_RIGHT,
	SIGN_OPEN, SIGN_CLOSED, SIGN_ARROW, SIGN_DOT, SIGN_CHECK, SIGN_ELLIPSIS, SIGN_BAR,
	SIGN_SCROLL,
};
struct str text_sign(enum text_sign);

#endif
