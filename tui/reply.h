#ifndef TUI_REPLY_H
#define TUI_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a terminal answers, told apart from what is typed: both come as keys.  Only what
 * answers a question of around_ask is taken; everything else is typed, ESC alone too. */
enum reply_kind {
	REPLY_MORE,             /* may become an answer: held */
	REPLY_KEYS,             /* typed after all: keys[0] to keys[typed - 1], in order */
	REPLY_BACKGROUND,       /* rgb */
	REPLY_SYNCHRONIZED,     /* it knows mode 2026 */
	REPLY_END,              /* the last answer: no other will come */
	REPLY_OTHER,            /* an answer that says nothing (mode 2026 unknown) */
};

enum { REPLY_KEYS_MAX = 64 };

/* {0} is the start. */
struct reply {
	uint32_t keys[REPLY_KEYS_MAX];
	size_t n, typed;
	uint32_t rgb;
};

/* One more key.  What was typed is forgotten by the next call. */
enum reply_kind reply_feed(struct reply *, uint32_t key);
/* True while what is held is more than an ESC, which alone is a key of its own. */
bool reply_has_begun(const struct reply *);
/* Nothing more comes: what is held was typed. */
void reply_release(struct reply *);

#endif
