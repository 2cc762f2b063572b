#ifndef TUI_COPY_H
#define TUI_COPY_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/project/preferences.h"

/* To the clipboard of whoever looks at the terminal (OSC 52), or into a file. */

/* As k9s: more base64 than this some terminals cut or refuse. */
enum { COPY_MAX = 74994 };

/* What is known of the terminal. */
struct copy_terminal {
	const char *name;               /* TERM; NULL: not set */
	bool tmux, screen;              /* they are between (TMUX, STY) */
};

/* Whether so many bytes go to the terminal.  AUTO: not where nothing would come of it, as
 * on a console or inside screen. */
bool copy_to_terminal(enum clipboard, const struct copy_terminal *, size_t n);
/* Whether AUTO writes the file as well: tmux passes on only what it is set to. */
bool copy_is_unsure(enum clipboard, const struct copy_terminal *);
/* The sequence that sets the clipboard; nothing of the text stands in it but as base64. */
void copy_append_sequence(struct buf *, struct str text);
/* $XDG_CACHE_HOME/mortar/copied, 0600: its path, interned; NULL: err says why not. */
const char *copy_to_file(struct str text, struct error *);

#endif
