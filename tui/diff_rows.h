#ifndef TUI_DIFF_ROWS_H
#define TUI_DIFF_ROWS_H

#include "tui/diff.h"

/* A diff as lines of text: what the command prints and the view draws. */
enum diff_row_kind {
	DIFF_ROW_DOCUMENT,              /* a document's path and how much differs */
	DIFF_ROW_DIFFERENCE,            /* sign, pointer, the values if they are short */
	DIFF_ROW_VALUE,                 /* a line of a value that is not; sign - or + */
	DIFF_ROW_HUNK,                  /* "@@ -12,4 +12,5 @@" of the Dockerfile */
	DIFF_ROW_LINE,                  /* a line of it; sign blank, - or + */
	DIFF_ROW_NOTE,                  /* why something is not compared */
};

/* Texts are in the arena, not made visible yet. */
struct diff_row {
	enum diff_row_kind kind;
	char sign;                      /* + - ~ > or a blank */
	size_t document, difference;    /* STR_NONE: of none */
	unsigned line;                  /* LINE: in the Dockerfile now, from 1; 0: gone */
	struct str text;                /* path, pointer, line */
	struct str from;                /* a DIFFERENCE that moved: where it was; p NULL */
	struct str old, new;            /* a DIFFERENCE's short values; p NULL: none, or long */
	struct str origin;              /* "(pesto/api/config.gpu.json:3:5)" */
};

struct diff_rows {
	struct arena *arena;
	struct diff_row *rows;
	size_t n, cap;
};
void diff_rows_finish(struct diff_rows *);

/* Documents that differ, or the Dockerfile with three lines around each change.  Of each
 * long value at most `most` lines.  Borrows the diff. */
void diff_rows_config(struct diff_rows *, const struct diff *, size_t most);
void diff_rows_dockerfile(struct diff_rows *, const struct diff *);
/* Appends the row as a line of text, control characters spelled out but for those of the
 * Dockerfile's lines. */
void diff_row_append(struct buf *, const struct diff_row *);
/* "+3 -1 ~2 >1"; nothing for nothing. */
void diff_append_counts(struct buf *, const struct comparison *);

#endif
