#ifndef CORE_CONFIG_TAGGED_H
#define CORE_CONFIG_TAGGED_H

#include "core/value/json.h"

/* Appends the tree as JSON in which every scalar is {"type", "value"}, so that 1,
 * 1.0 and a date stay apart: types string, integer, float, bool, null, datetime,
 * datetime-local, date-local, time-local; every value a JSON string (the format of
 * the public TOML test suite, https://github.com/toml-lang/toml-test).  Values are
 * normalised: integers decimal, floats as the shortest text that reads back as the
 * same double (as written when no double holds them), "inf", "-inf" and "nan",
 * dates by RFC 3339 with capital T and Z. */
void tagged_write(struct buf *, const struct value *, struct json_style);
/* The integer of that text in decimal: 255 of 0xff, 1000 of +1_000. */
void tagged_append_integer(struct buf *, struct str text);

#endif
