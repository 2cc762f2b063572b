#ifndef TUI_VIEW_MATRIX_INSIDE_H
#define TUI_VIEW_MATRIX_INSIDE_H

#include "core/base/map.h"
#include "core/journal/build.h"
#include "core/os/watch.h"
#include "tui/app.h"
#include "tui/batch.h"
#include "tui/list.h"
#include "tui/view_matrix.h"

/* The matrix view's state, for its own files alone: view_matrix.c (life, keys), _read
 * (planning, history, the batch that runs), _draw. */

/* What the view knows of a row of the matrix beside it. */
struct matrix_line {
	bool marked;
	struct history_item last;       /* id NULL: never built */
};

struct view_matrix {
	struct view view;
	struct loop *loop;
	struct project *project;
	struct arena *arena;
	const char *root, *builds;      /* absolute */

	struct files *files;            /* what the rows were read through */
	struct matrix *matrix;
	struct matrix_line lines[MATRIX_MAX];
	struct list list;
	struct buf needle, line;

	struct watch *watch;            /* of the folder of builds */
	struct arena *ids_arena;
	const char *const *ids;         /* as listed, newest first */
	size_t nids, next;
	struct map seen;                /* builds that are over and were read */
	bool again;                     /* something of the list was not there yet, or runs */
	unsigned tries;
	uint64_t slice, look;           /* timers */

	const char *batch;              /* folder of the batch that runs; NULL */
	struct journal *journal;
	struct build *build;
	bool entered;
};

/* ---- read ---- */
/* The rows anew, as the project is now; marks and what was added stay. */
void matrix_begin(struct view_matrix *);
/* A row for these profiles, read soon; STR_NONE when there are too many. */
size_t matrix_take(struct view_matrix *, const char *const *profiles, size_t n);
/* The builds that were not read yet, or ran. */
void matrix_look(struct view_matrix *);
void matrix_watch(struct view_matrix *);
void matrix_follow(struct view_matrix *, const char *dir);
void matrix_read_finish(struct view_matrix *);
bool matrix_is_reading(const struct view_matrix *);
/* The step of the batch that builds the row; NULL: it does not, or none runs. */
const struct step *matrix_step(const struct view_matrix *, size_t row);

/* ---- draw ---- */
void matrix_draw(struct view *, struct surface *, struct area);

#endif
