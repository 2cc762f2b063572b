#ifndef TUI_HELP_H
#define TUI_HELP_H

#include "tui/command.h"

/* What mortar says of itself: help and the manual page, both from the tables of
 * commands (command.c), options (option.def) and the rest of the manual (manual.def). */

/* Every command with its sentence, 80 columns wide. */
void help_append_overview(struct buf *);
/* One command: usage, sentence, details and options. */
void help_append_command(struct buf *, const struct command *);
/* mortar(1), for man(7). */
void help_append_manual(struct buf *);
/* The command's, or for the workbench the overview, to stdout; the exit code, as
 * command_output gives it. */
int help_print(const struct command *);
/* The keys of the workbench at each place, as keys.toml has them bound, to stdout; what is
 * wrong in that file to stderr.  The exit code. */
int help_print_keys(bool json);

#endif
