#ifndef CORE_CONFIG_PROFILES_H
#define CORE_CONFIG_PROFILES_H

#include <stdbool.h>

#include "core/base/str.h"

/* [A-Za-z0-9_-]+, which is what a file name between two points may be. */
bool profile_is_name(struct str);

#endif
