#include "core/job/pool_row.h"

/* Works among the first n instructions. */
static size_t row_works(const struct matrix_row *row, size_t n)
{
	size_t works = 0;
	for (size_t i = 0; i < n && i < row->nkeys; i++)
		works += row->keys[i].works;
	return works;
}

void pool_weigh_row(const struct matrix *m, size_t row, const struct pool_row *there, size_t n,
                    struct pool_engine *e)
{
	const struct matrix_row *wanted = &m->rows[row];
	size_t former = 0;
	e->steps = row_works(wanted, wanted->nkeys);
	e->hits = e->maybe = e->wait = 0;
	for (size_t i = 0; i < n; i++) {
		size_t works, common = matrix_common(wanted, &m->rows[there[i].row], &works), wait = 0;
		if (there[i].state == POOL_ROW_FORMER) {
			former = works > former ? works : former;
			continue;
		}
		if (works && there[i].state == POOL_ROW_RUNS && there[i].done < common)
			wait = works - row_works(wanted, there[i].done);
		if (works < e->hits || (works == e->hits && wait >= e->wait))
			continue;
		e->hits = works;
		e->wait = wait;
	}
	e->maybe = former > e->hits ? former - e->hits : 0;
}
