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
	KEY_LETTER,             /* in notations alone, "<a-z>": any small letter */
	KEY_POINTER,            /* the mouse did something: term_mouse_event says what */
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
	WHERE_COMPARE = 16384,
	WHERE_DISK = 32768,
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
	const char *name, *keys, *text; /* keys: as keymap.def has them */
	unsigned where;
};
/* NULL for NONE and UNKNOWN. */
const struct keymap_entry *keymap_entry(enum action);
/* NONE when no action has the name. */
enum action keymap_find(struct str name);

/* The places by name, for tables of keys.toml: the i-th; NULL behind the last. */
struct keymap_place {
	const char *name;
	unsigned where;
};
const struct keymap_place *keymap_place(size_t i);

/* ---- keys in force: those of keymap.def, or what they were bound to ---- */

/* Notations separated by blanks, at the first of these places where the action is valid;
 * empty: it has no key there. */
struct str keymap_keys(enum action, unsigned where);
/* The first of them: "j" of "j <Down>". */
struct str keymap_first_at(enum action, unsigned where);
/* Binds the action at these places to other keys, for the process; "" to none. */
void keymap_bind(enum action, unsigned where, struct str keys);
/* Everything as keymap.def has it. */
void keymap_unbind(void);
/* Whether one of the notations begins with the other, or is it. */
bool keymap_is_like(struct str, struct str);
/* Whether numbers may be typed before keys there, so that no key begins with a digit. */
bool keymap_counts(unsigned where);
/* Of the actions that take no count themselves, those that are done so many times. */
bool keymap_repeats(enum action);
/* What a number before its key means something to, these among them: what moves. */
bool keymap_takes_count(enum action);

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
/* What is still to be typed of the notation; p NULL: it does not go on from the keys so
 * far. */
struct str keymap_rest(const struct keymap *, struct str notation);
void keymap_clear(struct keymap *);

/* The next key of a notation like "gg", "<C-d>x"; takes it off the front; 0 at the
 * end and for nonsense. */
uint32_t keymap_parse(struct str *notation);
/* The reverse for one key: "x", "<C-d>", "<Enter>". */
void keymap_name(uint32_t key, struct buf *);
/* The first notation of an action's keys wherever it is valid, e.g. "j" of "j <Down>". */
struct str keymap_first(enum action);

#endif
