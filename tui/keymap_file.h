#ifndef TUI_KEYMAP_FILE_H
#define TUI_KEYMAP_FILE_H

#include "core/os/files.h"
#include "core/value/problem.h"

/* The user's keys.toml: names of keymap.def to keys, in [keys] for wherever the action is
 * valid, in a table named like a place (keymap_place) for there alone.  docs/formats.md
 * has the rules. */

/* Reads $XDG_CONFIG_HOME/mortar/keys.toml, which may be absent, and binds what is right in
 * it.  Faults are errors and warnings in problems, whose places point into the arena. */
void keymap_file_read(struct files *, struct arena *, struct problems *);
/* The same for this path. */
void keymap_file_read_path(struct files *, const char *path, struct arena *, struct problems *);

#endif
