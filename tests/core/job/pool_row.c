#include "core/job/pool_row.h"

#include "tests/core/os/scratch.h"

/* Rows whose instructions are letters: those of a capital do something.  Equal beginnings are
 * equal letters. */
static void rows_add(struct matrix *m, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct matrix_row *row = &m->rows[m->n++];
		size_t size = strlen(texts[i]);
		struct matrix_key *keys = arena_array(m->arena, size, sizeof *keys);
		for (size_t k = 0; k < size; k++) {
			keys[k].works = texts[i][k] >= 'A' && texts[i][k] <= 'Z';
			keys[k].hash = (k ? keys[k - 1].hash * 31 : 7) + (unsigned char)texts[i][k];
		}
		row->keys = keys;
		row->nkeys = size;
		row->name = texts[i];
	}
}

static void rows_weigh(const struct matrix *m, size_t row, const struct pool_row *there, size_t n,
                       size_t hits, size_t maybe, size_t wait)
{
	struct pool_engine e = { 0 };
	pool_weigh_row(m, row, there, n, &e);
	assert_int_equal(e.hits, hits);
	assert_int_equal(e.maybe, maybe);
	assert_int_equal(e.wait, wait);
}

static void test_pool_row__knows_what_an_engine_has_of_a_row(void **state)
{
	(void)state;
	static const char *const texts[] = { "fABCx", "fABDx", "fABCx", "fZ" };
	owned(matrix) struct matrix *m = matrix_new();
	struct pool_engine e = { 0 };
	rows_add(m, texts, 4);
	pool_weigh_row(m, 0, NULL, 0, &e);
	assert_true(e.steps == 3 && !e.hits && !e.maybe && !e.wait);
	struct pool_row built = { 1, POOL_ROW_BUILT, 0 }, former = { 2, POOL_ROW_FORMER, 0 };
	struct pool_row begun = { 1, POOL_ROW_RUNS, 0 }, half = { 1, POOL_ROW_RUNS, 2 };
	struct pool_row past = { 1, POOL_ROW_RUNS, 3 }, other = { 3, POOL_ROW_RUNS, 0 };
	rows_weigh(m, 0, &built, 1, 2, 0, 0);
	rows_weigh(m, 0, &former, 1, 0, 3, 0);
	rows_weigh(m, 0, &begun, 1, 2, 0, 2);
	rows_weigh(m, 0, &half, 1, 2, 0, 1);
	rows_weigh(m, 0, &past, 1, 2, 0, 0);
	rows_weigh(m, 0, &other, 1, 0, 0, 0);
	struct pool_row both[] = { begun, built }, all[] = { former, built };
	rows_weigh(m, 0, both, 2, 2, 0, 0);
	rows_weigh(m, 0, all, 2, 2, 1, 0);
}

static void test_pool_row__a_level_without_cache_shares_nothing(void **state)
{
	(void)state;
	static const char *const texts[] = { "fAB", "fAC" };
	struct pool_row built = { 1, POOL_ROW_BUILT, 0 };
	owned(matrix) struct matrix *m = matrix_new();
	rows_add(m, texts, 2);
	m->rows[0].no_cache = true;
	rows_weigh(m, 0, &built, 1, 0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_pool_row__knows_what_an_engine_has_of_a_row),
		SCRATCH_TEST(test_pool_row__a_level_without_cache_shares_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
