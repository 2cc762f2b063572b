#ifndef TUI_DOCUMENT_H
#define TUI_DOCUMENT_H

#include "tui/project.h"

/* The FILE of a command line: relative to the project's root, or a path from here.  NULL:
 * there is none; document_unknown then says which there are and returns the exit code. */
const struct document *document_find(const struct project *, struct arena *, const char *file);
int document_unknown(const struct project *, const char *file);
/* The file's path as to be opened, and as it is shown; in the arena. */
const char *document_path(const struct project *, struct arena *, const char *file);

#endif
