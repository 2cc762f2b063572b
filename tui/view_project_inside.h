#ifndef TUI_VIEW_PROJECT_INSIDE_H
#define TUI_VIEW_PROJECT_INSIDE_H

#include "tui/app.h"
#include "tui/advised.h"
#include "tui/dockerfile.h"
#include "tui/early.h"
#include "tui/foretold.h"
#include "tui/git_marks.h"
#include "tui/link.h"
#include "tui/linted.h"
#include "tui/merged.h"
#include "tui/problem_panel.h"
#include "tui/tree.h"
#include "tui/view_project.h"
#include "tui/view_project_edit.h"
#include "tui/view_project_fix.h"

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
	struct foretold foretold;
	struct advised advised;
	struct linted linted;
	struct buf needle;                      /* searched for last */
	enum pane focus;                        /* has the keys, unless the panel has them */
	struct problem_panel panel;
	bool sync;                              /* JSON and Dockerfile scroll together */
	bool zoom;                              /* the focused pane alone, however wide */
	size_t problem;                         /* the one gone to; STR_NONE */
	struct buf values;                      /* of the Dockerfile's row, a line each */
	const char *level_before;               /* L moved the level, from this; interned; NULL */
	struct view_edit edit;
	struct view_fix fix;
};

/* In view_project.c: the document in the merged pane; the marks of what belongs together. */
void view_project_show(struct view_project *, size_t document);
void view_project_link(struct view_project *);
/* In view_project_foretold.c: the popup of the Dockerfile's line; what the strip says. */
bool view_project_info(struct view_project *);
void view_project_foretold(void *data);
/* from: the line's first column that is free. */
void view_project_draw_foretold(const struct view_project *, struct surface *, struct area line,
                                int from);
/* In view_project_image.c: keys about a Dockerfile's own lines, false: it is none; what the
 * level's boundary means, if there is one; the variables of an instruction (-1: of none), a line
 * each. */
bool view_project_image_act(struct view_project *, enum action, bool *ret_done);
void view_project_append_boundary(const struct view_project *, struct buf *);
void view_project_append_values(const struct view_project *, int instruction, struct buf *);
/* In view_project_draw.c. */
void view_project_draw(struct view *, struct surface *, struct area);
/* The lines below the panes: problems, and what the cursor's line is linked to. */
void view_project_draw_strip(struct view_project *, struct surface *, struct area);
void view_project_draw_problem(struct view_project *, struct surface *, struct area);
/* Errors and warnings of the last reading. */
void view_project_count(const struct view_project *, size_t *ret_errors, size_t *ret_warnings);

/* In view_project_nav.c: how to find one's way here; keys for panes, false: it is none. */
extern const struct view_nav view_project_nav;
bool view_project_nav_act(struct view_project *, enum action, unsigned count);
/* After the linking: the rows of what is linked beside one another, if that is wanted. */
void view_project_sync(struct view_project *);

/* In view_project_problems.c. */
bool view_project_step_problem(struct view_project *, bool down);
bool view_project_toggle_panel(struct view_project *);
bool view_project_search_problems(struct view_project *, struct str needle, bool down);
/* The panel is one of the panes while it is open. */
void view_project_next_pane(struct view_project *, bool forth);
/* What a key means to the panel; false: nothing, or it has not the keys. */
bool view_project_panel_act(struct view_project *, enum action, unsigned count, bool *ret_done);
/* After every key: which problem is gone to.  stays: it still is. */
void view_project_note_problem(struct view_project *, bool stays);
bool view_project_back(struct view *);
/* The project has other problems than those before, of the same files. */
void view_project_linted(void *data, const struct problems *before);

#endif
