#ifndef CORE_CONFIG_TOML_H
#define CORE_CONFIG_TOML_H

#include "core/value/value.h"

/* TOML 1.0.0, exactly (https://toml.io/en/v1.0.0): every error with line and
 * column into problems, the first one stops the reading.  Numbers and dates keep
 * the text they were written with; integers outside 64 bits are an error.  true:
 * *ret_value is the root table, in the arena, borrowing the source's text.
 *
 * Spans: a value's is its text, an inline table's with its braces.  A table's that has a header
 * is its name in there (in the first one for an array of tables), one made by a dotted key its
 * part of that; the root's is the whole text.  A key's has its quotes. */
bool toml_read(struct arena *, const struct source *, struct problems *,
               const struct value **ret_value);

#endif
