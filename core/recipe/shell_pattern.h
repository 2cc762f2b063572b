#ifndef CORE_RECIPE_SHELL_PATTERN_H
#define CORE_RECIPE_SHELL_PATTERN_H

#include "core/base/buf.h"
#include "core/recipe/shell.h"

/* The patterns of ${NAME#…}, ${NAME%…} and ${NAME/…/…} as BuildKit's lexer takes them: '*' and
 * '?' (neither a line end), a backslash before these two and itself, and before '}' and '/' which
 * it only keeps from ending the pattern.  No brackets.  Inside recipe/ only. */

/* SHELL_FAILED: no pattern (err); SHELL_UNRESOLVED: it would take too long. */
enum shell_result shell_pattern_trim(struct str value, struct str pattern, bool suffix,
                                     bool longest, struct str *ret_value, struct error *err);
/* The first match, or all, by the replacement, appended. */
enum shell_result shell_pattern_replace(struct buf *, struct str value, struct str pattern,
                                        struct str replacement, bool all, struct error *err);

#endif
