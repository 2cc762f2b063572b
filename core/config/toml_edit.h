#ifndef CORE_CONFIG_TOML_EDIT_H
#define CORE_CONFIG_TOML_EDIT_H

#include "core/config/edit.h"

/* Changes to TOML text that touch nothing else, as edit.h has them for JSON: scalars, arrays
 * and inline tables are replaced where they stand, keys added behind the last one of their
 * table (as it is indented, with the dotted front that it has), items behind the last of their
 * array; a removed key goes with its line, a removed item with its comma.
 *
 * What cannot be done so is ERROR_PROJECT with the place, and nothing is changed: a [table] or
 * dotted keys as a whole, [[tables]], an item whose going would take a comment with it.  Every
 * result is read again before it is given, and holds all else as before. */

/* table: where pointer begins ("/image/profiles/gpu"); its missing parts are made as [table]
 * at the end of the file, what is missing below it as inline tables.  value: JSON text; null,
 * which TOML has not, is ERROR_USAGE.  Else as edit_set. */
bool toml_edit_set(struct arena *, const struct source *, const char *table, struct str pointer,
                   struct str value, struct edits *ret_edits, struct error *);
bool toml_edit_unset(struct arena *, const struct source *, const char *table,
                     struct str pointer, struct edits *ret_edits, struct error *);

#endif
