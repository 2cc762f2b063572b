#ifndef TUI_TREE_H
#define TUI_TREE_H

#include "core/base/map.h"
#include "tui/folds.h"
#include "tui/list.h"
#include "tui/project.h"

/* The configuration tree: files of the project by folder, overlays below their
 * base with the order in which they take part, choices of the build file; then the
 * Dockerfiles of a folder, for the kind that builds one of them. */
enum tree_kind { TREE_FOLDER, TREE_DOCUMENT, TREE_OVERLAY, TREE_CHOICE, TREE_IMAGE };

struct tree_row {
	enum tree_kind kind;
	const char *name;               /* as shown */
	const char *path;               /* from the project's root; a document's own file */
	size_t document;                /* of settings->documents; STR_NONE for a folder */
	const char *profile;            /* of an overlay, else NULL */
	unsigned order;                 /* 1: the first active overlay; 0: takes no part */
	bool absent, broken, generated, linked, folds;
	bool chosen;                    /* IMAGE: the one that is built */
	const char *ignore;             /* IMAGE: its ignore file, or NULL */
	size_t errors, warnings;
	char git;                       /* M ? ! or 0 */
};

struct tree {
	struct arena *arena;
	struct tree_row *rows;
	size_t nrows;
	struct list list;
	struct folds folds;             /* by path */
	const struct map *git;          /* path → "M", "?", "!"; borrowed; may be NULL */
};

void tree_finish(struct tree *);
/* Makes the rows of what was read last; the cursor stays on its file.  settings:
 * those of the project or the last good ones. */
void tree_fill(struct tree *, struct project *, const struct settings *settings);
/* The row under the cursor, or NULL. */
const struct tree_row *tree_row(const struct tree *);
/* Cursor to the document's row or, if path is one of its files, to that row. */
void tree_go(struct tree *, size_t document, const char *path);
/* The next (or previous) document's row; false at the end. */
bool tree_step(struct tree *, bool down);
/* Marks the rows of these files as belonging to the cursor elsewhere. */
void tree_link_none(struct tree *);
void tree_link(struct tree *, size_t document, const char *path);
/* Folds, unfolds (fold true or false) what is under the cursor; false: nothing to. */
bool tree_fold(struct tree *, bool fold);
/* The same for all rows there are; the caller fills the tree again. */
bool tree_fold_all(struct tree *, bool fold);
void tree_draw(struct tree *, struct surface *, struct area, bool focused);

#endif
