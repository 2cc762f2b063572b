#ifndef CORE_JOB_POOL_ROW_H
#define CORE_JOB_POOL_ROW_H

#include "core/job/matrix.h"
#include "core/job/pool.h"

/* What an engine of a pool has of a combination already, since it has built others that begin
 * alike: so that equal beginnings stay together where that is sooner done. */
enum pool_row_state {
	POOL_ROW_FORMER,                /* built there some time ago: its cache may have it */
	POOL_ROW_BUILT,                 /* built there just now */
	POOL_ROW_RUNS,                  /* is being built there */
};

/* A row of the matrix that an engine has to do with. */
struct pool_row {
	size_t row;
	enum pool_row_state state;
	size_t done;                    /* of one that runs: instructions at its beginning */
};

/* Fills steps, hits, maybe and wait for the row.  Instructions count that do something whose
 * result the one can leave to the other (matrix_common).  Pure. */
void pool_weigh_row(const struct matrix *, size_t row, const struct pool_row *there, size_t n,
                    struct pool_engine *);

#endif
