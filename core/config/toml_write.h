#ifndef CORE_CONFIG_TOML_WRITE_H
#define CORE_CONFIG_TOML_WRITE_H

#include "core/base/error.h"
#include "core/value/value.h"

/* A value in one line of TOML; false for null, at any depth. */
bool toml_write(struct buf *, const struct value *, struct error *);
/* A key as it has to be written: bare, or in quotes. */
void toml_write_key(struct buf *, struct str key);

#endif
