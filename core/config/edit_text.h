#ifndef CORE_CONFIG_EDIT_TEXT_H
#define CORE_CONFIG_EDIT_TEXT_H

#include "core/base/arena.h"
#include "core/base/buf.h"

/* Private to edit*.c: JSON text that is known to be right, as its author laid it out. */

/* A member or an item: places in the text. */
struct edit_item {
	size_t key, key_end;            /* with its quotes; both `at` in arrays */
	size_t at, end;                 /* the value */
};

struct edit_container {
	size_t at, end;                 /* end: of its closing bracket */
	const struct edit_item *items;  /* as they stand, duplicate keys too */
	size_t n;
};

size_t edit_skip_blanks(struct str text, size_t at);
bool edit_is_container(struct str text, size_t at);
/* The container that opens at `at`; items in the arena. */
struct edit_container edit_scan(struct arena *, struct str text, size_t at);
/* Whether the member has this key, however it is escaped. */
bool edit_item_has_key(struct arena *, struct str text, const struct edit_item *, struct str key);
bool edit_has_break(struct str);
/* From `from` up to `to`. */
struct str edit_part(struct str text, size_t from, size_t to);
/* The blanks that open the line in which `at` stands. */
struct str edit_indent(struct str text, size_t at);

/* How a text is laid out, told from the first place that shows it; what no place shows
 * is as value_write_json has it. */
struct edit_style {
	struct str eol, unit;           /* a line's end; one level of indentation */
	struct str colon, comma;        /* with the blanks around them, in one line */
	struct str pad[2];              /* inside the brackets of one line: of arrays, objects */
	bool flat_arrays;               /* arrays of scalars stand in one line */
};
struct edit_style edit_style(struct arena *, struct str text);

/* Appends JSON text laid out by the style: in one line, or its members on lines of their
 * own behind `indent`.  Scalars and keys stay byte for byte. */
void edit_lay_out(struct buf *, struct str json, const struct edit_style *, struct str indent,
                  bool in_lines);

#endif
