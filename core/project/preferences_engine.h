#ifndef CORE_PROJECT_PREFERENCES_ENGINE_H
#define CORE_PROJECT_PREFERENCES_ENGINE_H

#include "core/base/arena.h"
#include "core/value/value.h"

/* A table [engines.NAME] of config.toml as its name and the endpoint's spec: ca, cert, key
 * and server_name become the query behind it.  False: problems say what is wrong.  Members
 * of other names are not looked at. */
bool preferences_read_engine(struct arena *, const struct value *engine, struct problems *,
                             struct pair *ret_engine);

#endif
