#ifndef TESTS_FAKE_TERM_FAKE_H
#define TESTS_FAKE_TERM_FAKE_H

#include "tui/term.h"

/* The terminal's twin: a surface as text, for tests that compare pictures.  Rows
 * end with a newline; blanks at their ends are left out. */
void term_fake_text(const struct surface *, struct buf *out);
/* The same grid with a letter a cell: what each is drawn as.  legend maps styles
 * to letters: {STYLE_KEY, 'k'} …, ended by letter 0; over counts before style; '.'
 * for all others. */
struct term_fake_letter {
	unsigned style;
	char letter;
};
void term_fake_styles(const struct surface *, const struct term_fake_letter *legend,
                      struct buf *out);

#endif
