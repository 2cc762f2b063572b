#ifndef CORE_RECIPE_SHELL_COMMAND_H
#define CORE_RECIPE_SHELL_COMMAND_H

#include "core/recipe/shell.h"

/* The variables that a shell puts into a command: $X and ${X…} outside of '…' and comments,
 * also inside of "…", $(…) and `…`; not those that the command itself sets (X=…, for X, read X).
 * is_heredoc: quotes are text, as in <<EOF.  Inside recipe/ only. */
void shell_command(struct str text, bool is_heredoc,
                   void (*use)(void *data, const struct shell_use *), void *data);

#endif
