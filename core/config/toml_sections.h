#ifndef CORE_CONFIG_TOML_SECTIONS_H
#define CORE_CONFIG_TOML_SECTIONS_H

#include "core/value/value.h"

/* Private to toml_edit: where the tables of a TOML text stand, which is known to be right. */

/* [header] and what is under it up to the next one; the first has none. */
struct toml_section {
	struct str pointer;             /* of its table; p NULL: of [[tables]] */
	size_t body, end;               /* behind the header's line; of the text */
};
struct toml_sections {
	struct arena *arena;
	struct str text;
	struct toml_section *items;
	size_t n;
};
struct toml_sections toml_sections_find(struct arena *, const struct source *,
                                        const struct value *root);

/* True for what stands behind a = or in an array, false for a [table], [[tables]] and what
 * dotted keys make, and for the root. */
bool toml_is_value(const struct value *);

/* Where a key of the table may be added: the start of a line (or the text's end), and what
 * stands before the key there.  false: nowhere. */
struct toml_place { size_t at; struct str front; };
bool toml_sections_place(const struct toml_sections *, struct str pointer,
                         const struct value *table, struct toml_place *ret_place);
/* The lines of a key and its value, with their end. */
struct span toml_line_of(const struct value *);

#endif
