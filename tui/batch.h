#ifndef TUI_BATCH_H
#define TUI_BATCH_H

#include "core/history/list.h"
#include "core/job/matrix.h"
#include "tui/project.h"

/* What the command line and the screen share of building several combinations at once. */

enum { BATCH_JOBS = 2 };                /* at a time, when nobody says */

/* A batch has the level all unless somebody names one: the builds are to share work. */
const char *batch_level(const struct project *, const char *given);
/* What of the open project is read for a matrix; lent. */
struct matrix_source batch_source(const struct project *, struct files *);
/* The request of a batch, what was read through the files built.  In the arena. */
struct request batch_request(const struct project *, const struct files *, struct arena *,
                             const char *id);
/* Whether the row is about a build of this project (or, batches, a batch).  root: its
 * absolute path. */
bool batch_is_of(const struct project *, const char *root, const struct history_item *,
                 bool batches);
/* Whether the profiles of the row are all known now. */
bool batch_is_known(const struct settings *, const struct history_item *);
/* "2 errors, 1 warning"; nothing when there are none. */
void batch_append_problems(struct buf *, const struct matrix_row *);
/* "25/30 base"; nothing when it shares nothing. */
void batch_append_shared(struct buf *, const struct matrix *, const struct matrix_row *);

#endif
