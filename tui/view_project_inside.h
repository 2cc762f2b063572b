#ifndef TUI_VIEW_PROJECT_INSIDE_H
#define TUI_VIEW_PROJECT_INSIDE_H

#include "tui/app.h"
#include "tui/dockerfile.h"
#include "tui/early.h"
#include "tui/git_marks.h"
#include "tui/link.h"
#include "tui/merged.h"
#include "tui/tree.h"
#include "tui/view_project.h"

/* The project view's state, for view_project*.c alone. */
enum pane { PANE_TREE, PANE_MERGED, PANE_DOCKERFILE, PANE_COUNT };

struct view_project {
	struct view view;
	struct project *project;                /* borrowed */
	const struct settings *settings;        /* what is shown: the last good ones if need be */
	const struct plan *plan;
	struct tree tree;
	struct merged merged;
	struct dockerfile dockerfile;
	struct link *link;
	struct git_marks git;
	struct early early;
	struct buf needle;                      /* searched for last */
	enum pane focus;
	bool zoom;                              /* the focused pane alone, however wide */
	size_t problem;                         /* the one gone to; STR_NONE */
};

/* In view_project_draw.c. */
void view_project_draw(struct view *, struct surface *, struct area);
/* The lines below the panes: problems, and what the cursor's line is linked to. */
void view_project_draw_strip(struct view_project *, struct surface *, struct area);
void view_project_draw_problem(struct view_project *, struct surface *, struct area);
void view_project_problem(const struct problem *, struct buf *);
/* Errors and warnings of the last reading. */
void view_project_count(const struct view_project *, size_t *ret_errors, size_t *ret_warnings);

#endif
