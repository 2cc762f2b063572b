#ifndef TUI_COMPARE_ROWS_H
#define TUI_COMPARE_ROWS_H

#include "core/base/arena.h"
#include "core/value/value.h"

/* Two builds side by side as lines of text: what the command prints and the view draws.
 * Made from the JSON of docs/formats.md, "compare", so both show the same. */
enum compare_section {
	COMPARE_BUILDS, COMPARE_BASES, COMPARE_SETTINGS, COMPARE_DOCKERFILE, COMPARE_CONTEXT,
	COMPARE_STEPS, COMPARE_IMAGE, COMPARE_LOG, COMPARE_SECTIONS,
};

enum compare_row_kind {
	COMPARE_ROW_HEAD,               /* of a section; text: its name, new: how much differs */
	COMPARE_ROW_GROUP,              /* a document, a place in a text: belongs to what follows */
	COMPARE_ROW_ITEM,               /* sign, text, old -> new */
	COMPARE_ROW_LINE,               /* a line of a Dockerfile or log; sign - or + */
	COMPARE_ROW_STEP,               /* columns, text */
	COMPARE_ROW_NOTE,
};

/* Texts are in the arena or the values, not made visible yet. */
struct compare_row {
	enum compare_row_kind kind;
	enum compare_section section;
	char sign;                      /* + - ~ > m or a blank */
	bool differs;                   /* where ]c stops */
	struct str text, old, new;      /* old, new: p NULL, none */
	struct str columns;             /* STEP: states, seconds, difference; layers: bytes */
	int step_a, step_b;             /* STEP: as events number them; -1: none, or a layer */
};

struct compare_rows {
	struct arena *arena;
	struct compare_row *rows;
	size_t n, cap;
};
void compare_rows_finish(struct compare_rows *);

/* What is there of the three; NULL: not asked for.  log: as `mortar worker compare` tells
 * it, or an array of such.  Borrows the values. */
struct compare_parts {
	const struct value *compare, *image, *log;
	const char *image_note;         /* why there is no image; NULL: it is not mentioned */
};
void compare_rows_make(struct compare_rows *, const struct compare_parts *);
/* Appends the row as a line of text, control characters spelled out. */
void compare_row_append(struct buf *, const struct compare_row *);
/* "A 20261121-171140-edee  2026-11-21 17:11:40  13s  1 of 22 steps cached" */
void compare_append_side(struct buf *, const struct value *compare, bool b);

/* Members of such values; empty, 0 and -1 where there is none. */
struct str compare_get_text(const struct value *object, const char *key);
double compare_get_number(const struct value *object, const char *key);

#endif
