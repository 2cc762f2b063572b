#include "core/job/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* A project in memory: p1 and p2 change a file that goes into the image, other the base
 * image, broken is no JSON. */
static const struct pair matrix_files[] = {
	{ STR("/p/pesto/build/build.json"), STR("{\"name\": \"svc\", \"version\": \"1.0\"}") },
	{ STR("/p/pesto/build/requirements.json"),
	  STR("{\"dockerBaseImage\": \"debian:12\", \"environments\": {}, \"requirements\": {}}") },
	{ STR("/p/pesto/build/requirements.other.json"), STR("{\"dockerBaseImage\": \"debian:11\"}") },
	{ STR("/p/pesto/api/description.json"),
	  STR("{\"name\": \"svc\", \"version\": \"1.0\", \"resources\": {}}") },
	{ STR("/p/pesto/api/input_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/output_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/config_schema.json"), STR("{}") },
	{ STR("/p/pesto/api/config.json"), STR("{\"a\": 0}") },
	{ STR("/p/pesto/api/config.p1.json"), STR("{\"a\": 1}") },
	{ STR("/p/pesto/api/config.p2.json"), STR("{\"a\": 2}") },
	{ STR("/p/pesto/api/config.p1-p2.json"), STR("{\"a\": 3}") },
	{ STR("/p/pesto/api/config.broken.json"), STR("{\"a\": }") },
	{ STR("/p/pesto/api/version.json"), STR("{}") },
};

struct bench {
	struct arena *arena;
	struct files *files;
	struct target target;
	const struct kind *kind;
	struct matrix *matrix;
};

static int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	struct error err = { 0 };
	struct problems *notes = problems_new();
	setenv("HOME", "/home/nobody", 0);
	b->arena = arena_new();
	b->files = files_memory(NULL);
	b->matrix = matrix_new();
	for (size_t i = 0; i < sizeof matrix_files / sizeof *matrix_files; i++)
		files_memory_put(b->files, matrix_files[i].name.p, matrix_files[i].value);
	bool ok = kind_recognise(b->files, "/p", NULL, b->arena, &b->kind, &b->target, notes, &err);
	problems_free(notes);
	*state = b;
	return !ok;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	matrix_free(b->matrix);
	files_free(b->files);
	arena_free(b->arena);
	free(b);
	return 0;
}

#define MATRIX_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

/* Rows in this order, read at the level. */
static void bench_read(struct bench *b, const char *names, const char *level)
{
	struct selection selection = { .level = level };
	struct matrix_source source = { b->kind, &b->target, &selection, b->files };
	struct str rest = str_of(names), name;
	while (str_next(&rest, ' ', &name)) {
		struct combo c = combo_parse(b->arena, name);
		assert_int_not_equal(matrix_add(b->matrix, c.profiles, c.n), STR_NONE);
	}
	while (matrix_read_next(b->matrix, &source))
		continue;
	matrix_relate(b->matrix);
}

static void test_matrix__tells_what_each_combination_is(void **state)
{
	struct bench *b = *state;
	const struct matrix_row *rows = b->matrix->rows;
	bench_read(b, "base p1 p2,p1 broken nobody", "all");
	assert_string_equal(rows[0].image, "svc:1.0");
	assert_string_equal(rows[2].image, "svc:1.0-p2-p1");
	assert_string_equal(rows[2].name, "p2,p1");
	assert_true(matrix_can_build(&rows[0]) && matrix_can_build(&rows[2]));
	assert_true(rows[3].errors == 1 && !rows[3].image && !matrix_can_build(&rows[3]));
	assert_non_null(strstr(rows[3].problems[0], "config.broken.json:1:7"));
	assert_non_null(strstr(rows[4].problems[0], "nobody"));
	assert_true(rows[3].with == STR_NONE && rows[4].nkeys == 0);
}

static void test_matrix__shares_up_to_what_goes_into_the_image(void **state)
{
	struct bench *b = *state;
	size_t works;
	const struct matrix_row *rows = b->matrix->rows;
	bench_read(b, "base p1 other", "all");
	size_t shared = matrix_common(&rows[0], &rows[1], &works);
	assert_true(shared > 10 && shared < rows[0].nkeys && works > 5 && works < shared);
	assert_true(rows[0].with == 1 && rows[0].shared == shared && rows[1].with == 0);
	/* The text of that COPY is the same; what it takes is not. */
	assert_true(rows[0].keys[shared].works);
	/* Another base image: nothing but what stands before FROM. */
	assert_int_equal(matrix_common(&rows[0], &rows[2], &works), 1);
	assert_int_equal(works, 0);
}

static void test_matrix__a_combination_stands_once(void **state)
{
	struct bench *b = *state;
	static const char *const twice[] = { "other", "other" };
	bench_read(b, "other", "all");
	assert_int_equal(matrix_add(b->matrix, twice, 1), 0);
	assert_int_equal(matrix_add(b->matrix, twice, 2), 1);
	assert_int_equal(b->matrix->n, 2);
}

static void test_matrix__who_shares_nothing_goes_first(void **state)
{
	struct bench *b = *state;
	size_t rows[] = { 0, 1, 2, 3 }, order[4];
	bench_read(b, "base p1 other other,p1", "all");
	matrix_order(b->matrix, rows, 4, order);
	assert_true(order[0] == 0 && order[1] == 2 && order[2] == 1 && order[3] == 3);
	size_t turned[] = { 3, 1, 0 };
	matrix_order(b->matrix, turned, 3, order);
	assert_true(order[0] == 3 && order[1] == 1 && order[2] == 0);
}

static void test_matrix__waits_for_shared_work_alone(void **state)
{
	struct bench *b = *state;
	const struct matrix_row *rows = b->matrix->rows;
	bench_read(b, "base p1 other", "all");
	size_t shared = matrix_common(&rows[0], &rows[1], NULL);
	struct matrix_running running[] = { { 0, 0 }, { 2, 0 } };
	assert_false(matrix_may_start(b->matrix, 1, running, 2));
	running[0].done = shared - 1;
	assert_false(matrix_may_start(b->matrix, 1, running, 2));
	running[0].done = shared;
	assert_true(matrix_may_start(b->matrix, 1, running, 2));
	assert_true(matrix_may_start(b->matrix, 1, NULL, 0));
	assert_true(matrix_may_start(b->matrix, 2, running, 1));
}

static void test_matrix__without_the_cache_nobody_waits(void **state)
{
	struct bench *b = *state;
	size_t rows[] = { 0, 1 }, order[2], works;
	struct matrix_running running = { 0, 0 };
	bench_read(b, "base p1", "none");
	assert_true(matrix_common(&b->matrix->rows[0], &b->matrix->rows[1], &works) > 10);
	assert_int_equal(works, 0);
	assert_true(matrix_may_start(b->matrix, 1, &running, 1));
	matrix_order(b->matrix, rows, 2, order);
	assert_true(order[0] == 0 && order[1] == 1);
}

static void test_matrix__one_image_of_two_is_an_error(void **state)
{
	struct bench *b = *state;
	const struct matrix_row *rows = b->matrix->rows;
	bench_read(b, "p1,p2 base p1-p2", "all");
	assert_string_equal(rows[0].image, rows[2].image);
	assert_int_equal(rows[2].clash, 0);
	assert_int_equal(matrix_errors(&rows[2]), 1);
	assert_true(matrix_can_build(&rows[0]) && !matrix_can_build(&rows[2]));
	assert_int_equal(rows[1].clash, STR_NONE);
}

static void test_matrix__of_many_profiles_each_stands_once(void **state)
{
	struct bench *b = *state;
	const char *names[400];
	for (size_t i = 0; i < 400; i++)
		names[i] = arena_printf(b->arena, "p%zu", i);
	matrix_add_known(b->matrix, names, 20);
	assert_int_equal(b->matrix->n, 21);
	assert_string_equal(b->matrix->rows[0].name, "base");
	matrix_add_known(b->matrix, names, 400);
	assert_int_equal(b->matrix->n, MATRIX_MAX);
	assert_int_equal(matrix_add(b->matrix, names, 2), STR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MATRIX_TEST(test_matrix__tells_what_each_combination_is),
		MATRIX_TEST(test_matrix__shares_up_to_what_goes_into_the_image),
		MATRIX_TEST(test_matrix__a_combination_stands_once),
		MATRIX_TEST(test_matrix__who_shares_nothing_goes_first),
		MATRIX_TEST(test_matrix__waits_for_shared_work_alone),
		MATRIX_TEST(test_matrix__without_the_cache_nobody_waits),
		MATRIX_TEST(test_matrix__one_image_of_two_is_an_error),
		MATRIX_TEST(test_matrix__of_many_profiles_each_stands_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
