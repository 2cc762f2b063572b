#ifndef CORE_VALUE_SOURCE_H
#define CORE_VALUE_SOURCE_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/str.h"

/* Where values come from: a file, or "--build-arg", "$HOME", "(pesto)" that has
 * no text (text.p is NULL; origins in it have line 0). */
struct source {
	const char *path, *profile;     /* interned; profile NULL: the base file */
	const char *name;               /* the path from the project's root; NULL: none */
	struct str text;
	struct arena *arena;            /* for the line index, made when first asked for */
	const uint32_t *lines;
	size_t nlines;
};

/* A run of bytes of a source: what an edit replaces.  source NULL: nowhere. */
struct span {
	const struct source *source;
	uint32_t at, size;
};

/* Lives in the arena; text is borrowed and must live as long.  A text of 4 GiB
 * or more is the reader's to refuse (ERROR_LIMIT). */
struct source *source_new(struct arena *, struct str path, const char *profile, struct str text);
/* Line and column (bytes) of the span's start; path NULL when it is nowhere. */
struct origin span_origin(struct span);
struct str span_text(struct span);

#endif
