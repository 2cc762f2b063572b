#ifndef TUI_APP_H
#define TUI_APP_H

#include "tui/args.h"

/* The workbench: opens the terminal, shows the project that args name (its first
 * operand, or the working directory), and returns the exit code when the user
 * leaves.  Builds that run go on. */
int app_run(const struct args *);

#endif
