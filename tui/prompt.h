#ifndef TUI_PROMPT_H
#define TUI_PROMPT_H

#include "core/base/buf.h"
#include "tui/surface.h"

/* One line to type in, with the usual editing keys.  {0} is a closed one. */
struct prompt {
	bool open;
	const char *sign;               /* before the text, "/" for example; lent */
	struct buf text;
	size_t cursor;                  /* bytes */
	struct buf last;                /* what was entered last: Up brings it back */
};

enum prompt_result { PROMPT_TYPING, PROMPT_ENTERED, PROMPT_LEFT };

void prompt_open(struct prompt *, const char *sign);
/* Puts this text there as if it had been typed. */
void prompt_fill(struct prompt *, struct str text);
/* ENTERED: the line is in text and, if not empty, in last. */
enum prompt_result prompt_key(struct prompt *, uint32_t key);
/* The cursor of the surface is put where the next character goes. */
void prompt_draw(const struct prompt *, struct surface *, struct area line);
void prompt_finish(struct prompt *);

#endif
