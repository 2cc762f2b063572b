#ifndef CORE_CONFIG_TOML_H
#define CORE_CONFIG_TOML_H

#include "core/value/value.h"

/* TOML 1.0.0, exactly (https://toml.io/en/v1.0.0): every error with line and
 * column into problems, the first one stops the reading.  Numbers and dates keep
 * the text they were written with; integers outside 64 bits are an error.  true:
 * *ret_value is the root table, in the arena, borrowing the source's text. */
bool toml_read(struct arena *, const struct source *, struct problems *,
               const struct value **ret_value);

#endif
