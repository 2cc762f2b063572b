#ifndef CORE_BASE_INTERN_H
#define CORE_BASE_INTERN_H

#include "core/base/str.h"

/* The one copy of this text in the process, NUL-terminated and never freed:
 * equal texts give equal pointers.  For paths and profile names, which are few;
 * never for what grows with the input.  A NUL in the text ends it. */
const char *intern(struct str) __attribute__((returns_nonnull));

#endif
