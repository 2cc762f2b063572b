#ifndef TUI_VIEW_PROJECT_H
#define TUI_VIEW_PROJECT_H

#include "tui/project.h"
#include "tui/view.h"

/* The open project: configuration tree, merged document and Dockerfile side by
 * side, linked.  Borrows the project, which has been read once. */
struct view *view_project_new(struct project *);

#endif
