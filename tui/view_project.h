#ifndef TUI_VIEW_PROJECT_H
#define TUI_VIEW_PROJECT_H

#include "tui/project.h"
#include "tui/view.h"

/* The open project: configuration tree, merged document and Dockerfile side by
 * side, linked.  Borrows the project, which has been read once. */
struct view *view_project_new(struct project *);
/* For other views: shows the document with the cursor on the value, or what is nearest to
 * it; a line of the Dockerfile. */
void view_project_go_value(struct view *, const char *path, struct str pointer);
void view_project_go_line(struct view *, unsigned line);

#endif
