#ifndef CORE_RECIPE_LINES_H
#define CORE_RECIPE_LINES_H

#include "core/value/problem.h"

/* A Dockerfile's bytes as logical lines, by the rules of BuildKit's parser
 * (frontend/dockerfile/parser, v0.13 and later): parser directives at the top,
 * comments, continuations with comments and empty lines inside.  Inside recipe/
 * only. */

/* A longer line is refused by BuildKit and dockerd (bufio.MaxScanTokenSize). */
enum { LINES_LONGEST = 65535 };

/* Where a part of a joined line was read. */
struct line_piece {
	size_t joined, source;
};

struct line {
	struct str text;                /* without what continues it; in the arena or the source */
	size_t at, end;                 /* bytes of the source, the last line's end excluded */
	unsigned first, last;
	const struct line_piece *pieces;
	size_t npieces;
	const struct source *source;    /* for spans; NULL: they are nowhere */
};

struct lines {
	struct arena *arena;
	const struct source *source;
	struct problems *problems;
	bool derived;                   /* spans get no source */
	char escape;
	size_t at;
	unsigned number;                /* lines taken so far */
	unsigned directives;            /* bits of those seen */
	bool top;                       /* a directive may still stand here */
};

void lines_init(struct lines *, struct arena *, const struct source *, struct problems *);
/* The next line that holds an instruction; false at the end.  Errors are in problems. */
bool lines_next(struct lines *, struct line *ret_line);
/* The next line as it stands, for heredocs, without its line end; false at the end. */
bool lines_raw(struct lines *, struct str *ret_text);

/* The bytes of the source that became [at, at + size) of the joined text. */
struct span line_span(const struct line *, size_t at, size_t size);

#endif
