#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stdint.h>

#include "core/base/buf.h"

/* Keys to actions, by the table keymap.def.  A key is a character or one of enum
 * key; what a sequence of them means depends on where the user is. */
enum key {
	KEY_NONE = 0,
	KEY_TAB = '\t', KEY_RETURN = '\r', KEY_ESCAPE = 27, KEY_DELETE = 127,
	KEY_CTRL_C = 3,
	KEY_NAMED = 0x110000,   /* past Unicode */
	KEY_ARROW_UP, KEY_ARROW_DOWN, KEY_ARROW_LEFT, KEY_ARROW_RIGHT, KEY_PAGE_UP, KEY_PAGE_DOWN,
	KEY_GO_HOME, KEY_GO_END, KEY_BACK_TAB, KEY_RUBOUT, KEY_REMOVE, KEY_RESIZED,
	KEY_FUNCTION,           /* + n: F1 is KEY_FUNCTION + 1 */
};

/* Where a key is valid: bits. */
enum where {
	WHERE_PROJECT = 1, WHERE_BUILD = 2, WHERE_HISTORY = 4, WHERE_HELP = 8,
	WHERE_PICKER = 16, WHERE_LEVELS = 32,   /* popups: no counts there */
	WHERE_TEXT = 64,                        /* a popup that only shows */
	WHERE_CONFIRM = 128,                    /* a popup that asks yes or no */
	WHERE_RUN = 256,
	WHERE_MESSAGES = 512,
	WHERE_DIFF = 1024,
	WHERE_MATRIX = 4096,
	WHERE_BATCH = 8192,                     /* a popup: how combinations are built */
};

enum action {
	ACTION_NONE,            /* nothing yet: a sequence or a count has begun */
	ACTION_UNKNOWN,         /* a key that means nothing here */
#define ACTION(id, name, where, keys, text) ACTION_##id,
#include "tui/keymap.def"
#undef ACTION
	ACTION_COUNT,
};

struct keymap_entry {
	const char *name, *keys, *text;
	unsigned where;
};
/* NULL for NONE and UNKNOWN. */
const struct keymap_entry *keymap_entry(enum action);

/* The keys so far.  {0} is the start. */
enum { KEYMAP_KEYS = 4, KEYMAP_COUNT_MAX = 999999999 };
struct keymap {
	uint32_t keys[KEYMAP_KEYS];
	unsigned nkeys;
	unsigned count;         /* typed before; 0: none */
};

/* One more key.  *ret_count: the number typed before (0: none).  UNKNOWN and
 * every action start anew. */
enum action keymap_feed(struct keymap *, unsigned where, uint32_t key, unsigned *ret_count);
/* Keys typed so far that wait for more ("12g"), for the status line. */
void keymap_pending(const struct keymap *, struct buf *);
/* A digit alone was typed and nothing followed for a while: 1 to 4 are views. */
enum action keymap_timeout(struct keymap *, unsigned where);
bool keymap_is_waiting(const struct keymap *);
void keymap_clear(struct keymap *);

/* The next key of a notation like "gg", "<C-d>x"; takes it off the front; 0 at the
 * end and for nonsense. */
uint32_t keymap_parse(struct str *notation);
/* The reverse for one key: "x", "<C-d>", "<Enter>". */
void keymap_name(uint32_t key, struct buf *);
/* The first notation of an action's keys, e.g. "j" of "j <Down>". */
struct str keymap_first(enum action);

#endif
