#ifndef CORE_LINT_SHELL_COMMAND_H
#define CORE_LINT_SHELL_COMMAND_H

#include "core/lint/shell_commands.h"

/* Private: finds the program that the words run behind assignments, sudo, env, xargs and
 * their like, and fills in all that follows from the words. */
void shell_command_name(struct arena *, struct shell_command *, const struct script_word *words,
                        size_t n);

#endif
