#ifndef TUI_PROJECT_OPTIONS_H
#define TUI_PROJECT_OPTIONS_H

#include "core/kind/kind.h"
#include "core/project/preferences.h"
#include "tui/args.h"

/* What a selection's options are made of: the command line, the settings, and the variables
 * of the environment that the kind gives to a build. */

/* Sets selection's options, in the arena.  engine: as --engine takes it.  ERROR_USAGE: an
 * option is wrong. */
bool project_options_read(struct arena *, const struct args *, const struct kind *,
                          const struct preferences *, const char *engine,
                          struct selection *selection, struct error *);
/* Puts the address of --proxy into the environment when it has credentials, which are to
 * stand in no file: before a job is launched, which inherits it. */
void project_options_export(const struct args *);

#endif
