#ifndef CORE_CONFIG_EDIT_H
#define CORE_CONFIG_EDIT_H

#include "core/value/value.h"

/* Changes to JSON text that touch nothing else.  What is added is laid out as its
 * neighbours are: indentation (tabs, any number of blanks), blanks around colons and
 * in brackets, line ends, objects in one line.
 *
 * Edits are runs of bytes of one source in ascending order, none overlapping another;
 * lists and texts are in the arena.  The source is read by these functions: what is no
 * JSON is ERROR_SYNTAX with its place, and nothing is changed.  Pointers are RFC 6901;
 * one that is none is ERROR_USAGE. */
struct edits {
	const struct edit *edits;
	size_t n;
};

/* What stands at the pointer becomes `value`, JSON text (else ERROR_USAGE).  A scalar's
 * bytes stay as given and replace exactly those of the old value; a container is laid
 * out.  What is not there is added: as the last member, what is missing on the way made
 * (objects; an array for "-"); in arrays at an index that is there, or behind the last
 * item by "-" or the number of items.  Of duplicate keys the last, which counts, is
 * changed.  A text of no bytes or blanks alone (text.p may be NULL: no file yet) becomes
 * {…} with 4 blanks and a final newline.  ERROR_PROJECT when the pointer leads through a
 * scalar or to no item of an array, ERROR_LIMIT when the result would be nested too
 * deeply to be read.  No edits when the value's bytes are there already. */
bool edit_set(struct arena *, const struct source *, struct str pointer, struct str value,
              struct edits *ret_edits, struct error *);
/* Removes the member (all of this key) or item with its comma and its line; the
 * neighbours stay byte for byte, and the container stays, empty if need be.
 * ERROR_MISSING when there is nothing, ERROR_PROJECT for the whole document. */
bool edit_unset(struct arena *, const struct source *, struct str pointer,
                struct edits *ret_edits, struct error *);
/* Appends the text as the edits make it. */
void edit_apply(struct buf *, struct str text, const struct edits *);

/* What a person typed, as JSON text in the arena: JSON stays as it is; other text is
 * quoted where it can only be meant as a string, which is when `old`, the value that
 * stands there now, is a string, null or nothing (NULL), and it does not begin like JSON
 * ({ [ "); else ERROR_USAGE.  as_string: it is quoted whatever it is. */
bool edit_typed(struct arena *, struct str typed, const struct value *old, bool as_string,
                struct str *ret_json, struct error *);

#endif
