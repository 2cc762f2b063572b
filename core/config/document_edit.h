#ifndef CORE_CONFIG_DOCUMENT_EDIT_H
#define CORE_CONFIG_DOCUMENT_EDIT_H

#include "core/config/edit.h"
#include "core/config/settings.h"

/* Edits of a document's files whatever their format.  profile: of the layer, NULL for the
 * base; pointers begin at the layer, which in a file with several is a table of it. */

/* The file of that layer, which need not be there: relative to the project's root. */
const char *document_edit_path(struct arena *, const struct document *, const char *profile);
/* As edit_set and edit_unset, by the format; the source is the whole file's. */
bool document_edit_set(struct arena *, const struct document *, const char *profile,
                       const struct source *, struct str pointer, struct str json,
                       struct edits *ret_edits, struct error *);
bool document_edit_unset(struct arena *, const struct document *, const char *profile,
                         const struct source *, struct str pointer, struct edits *ret_edits,
                         struct error *);
/* The layer in that text; false: it cannot be read. */
bool document_edit_read(struct arena *, const struct document *, const char *profile,
                        const struct source *, const struct value **ret_value);

#endif
