#include "core/engine/vertex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define SECOND ((int64_t)1000000000)

struct bench {
	struct vertexes table;
	struct arena *arena;
	struct problems *problems;
	struct recipe *recipe;
};

static void bench_init(struct bench *b, const char *text)
{
	*b = (struct bench){ .arena = arena_new(), .problems = problems_new() };
	if (text) {
		struct source *s = source_new(b->arena, STR("Dockerfile"), NULL, str_of(text));
		b->recipe = recipe_parse(s, (struct str){ 0 }, b->problems);
		assert_non_null(b->recipe);
	}
	vertexes_init(&b->table, b->recipe);
}

static void bench_finish(struct bench *b)
{
	vertexes_finish(&b->table);
	recipe_free(b->recipe);
	problems_free(b->problems);
	arena_free(b->arena);
}

static struct step_report bench_tell(struct bench *b, struct pb_vertex v)
{
	struct error err = { 0 };
	assert_true(vertexes_update(&b->table, &v, &err));
	return vertexes_report(&b->table, vertexes_find(&b->table, v.digest)->row);
}

static void test_vertex__sums_its_intervals(void **state)
{
	(void)state;
	struct bench b;
	struct pb_vertex v = { .digest = STR("d"), .name = STR("copy") };
	bench_init(&b, NULL);
	struct step_report s = bench_tell(&b, v);
	assert_false(s.started);
	v.started = 10 * SECOND;
	s = bench_tell(&b, v);
	assert_true(s.started && !s.ended);
	v.completed = 11 * SECOND;
	s = bench_tell(&b, v);
	assert_true(s.ended && s.seconds == 1.0);
	/* It runs again; the same end told once more changes nothing. */
	v.started = 20 * SECOND;
	v.completed = 0;
	s = bench_tell(&b, v);
	assert_true(s.started && !s.ended && s.seconds == 1.0);
	v.completed = 22 * SECOND;
	bench_tell(&b, v);
	s = bench_tell(&b, v);
	assert_true(s.ended && s.seconds == 3.0);
	/* An overlap counts once, also when told out of order. */
	v.started = 9 * SECOND;
	v.completed = 10 * SECOND + SECOND / 2;
	s = bench_tell(&b, v);
	assert_true(s.ended && s.seconds == 4.0);
	bench_finish(&b);
}

static void test_vertex__knows_its_instruction_by_name(void **state)
{
	static const struct {
		const char *name;
		int instruction;
	} table[] = {
		{ "[one 1/3] FROM docker.io/library/a", 0 },
		{ "[one 2/3] RUN x", 1 },
		{ "[linux/amd64 one 2/3] RUN x", 1 },
		{ "[linux/amd64->arm64 one 3/3] COPY a /a", 3 },
		{ "[stage-1 1/2] FROM b", 4 },
		{ "[stage-1 2/2] COPY --from=one /a /a", 5 },
		{ "[one 2/3] COPY x", -1 },
		{ "[one 2/9] RUN x", -1 },
		{ "[other 2/3] RUN x", -1 },
		{ "[one 0/3] RUN x", -1 },
		{ "[one 99999999999999999999/3] RUN x", -1 },
		{ "[one 2/3]RUN x", -1 },
		{ "[internal] load build definition", -1 },
		{ "exporting to image", -1 },
		{ "", -1 }, { "[", -1 }, { "[] ", -1 }, { "[/] ", -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bench b;
		bench_init(&b, "FROM a AS one\nRUN x\nENV A=1\nCOPY a /a\nFROM b\n"
		           "COPY --from=one /a /a\n");
		struct step_report s = bench_tell(&b, (struct pb_vertex){
			.digest = STR("d"), .name = str_of(table[i].name) });
		if (s.instruction != table[i].instruction)
			fail_msg("%s: %d", table[i].name, s.instruction);
		bench_finish(&b);
	}
}

static void test_vertex__triggers_of_a_base_shift_what_follows(void **state)
{
	(void)state;
	struct bench b;
	bench_init(&b, "FROM a\nRUN x\nRUN y\n");
	struct step_report s = bench_tell(&b, (struct pb_vertex){ .digest = STR("1"),
		.name = STR("[2/5] ONBUILD COPY . /x") });
	assert_int_equal(s.instruction, -1);
	s = bench_tell(&b, (struct pb_vertex){ .digest = STR("2"), .name = STR("[4/5] RUN x") });
	assert_int_equal(s.instruction, 1);
	s = bench_tell(&b, (struct pb_vertex){ .digest = STR("3"), .name = STR("[5/5] RUN y") });
	assert_int_equal(s.instruction, 2);
	bench_finish(&b);
}

static void test_vertex__a_group_is_one_row(void **state)
{
	(void)state;
	struct bench b;
	bench_init(&b, "FROM a\nCOPY --link x /x\n");
	struct pb_vertex weak = { .digest = STR("w"), .name = STR("[2/2] COPY --link x /x"),
	                          .group = STR("g"), .group_name = STR("[2/2] COPY --link x /x"),
	                          .group_weak = true };
	struct pb_vertex link = weak;
	link.digest = STR("l");
	link.name = STR("[2/2] LINK COPY --link x /x");
	link.group_weak = false;
	bench_tell(&b, weak);
	weak.started = SECOND;
	struct step_report s = bench_tell(&b, weak);
	assert_false(s.started);
	weak.completed = 2 * SECOND;
	bench_tell(&b, weak);
	link.started = 2 * SECOND;
	s = bench_tell(&b, link);
	assert_true(s.started && !s.ended);
	link.completed = 4 * SECOND;
	s = bench_tell(&b, link);
	assert_true(s.ended && s.seconds == 3.0);
	assert_int_equal(s.instruction, 1);
	assert_int_equal(b.table.nrows, 1);
	bench_finish(&b);
}

static void test_vertex__cached_needs_no_start(void **state)
{
	(void)state;
	struct bench b;
	bench_init(&b, "FROM a\nRUN x\n");
	struct step_report s = bench_tell(&b, (struct pb_vertex){ .digest = STR("d"),
		.name = STR("[2/2] RUN x"), .cached = true });
	assert_true(s.started && s.ended && s.cached && s.seconds == 0.0);
	bench_finish(&b);
}

static void test_vertex__work_of_another_build_is_cached(void **state)
{
	(void)state;
	struct bench b;
	bench_init(&b, "FROM a\nRUN x\nRUN y\n");
	struct pb_vertex v = { .digest = STR("d"), .name = STR("[2/3] RUN x"),
	                       .started = 5 * SECOND, .completed = 7 * SECOND };
	assert_false(bench_tell(&b, v).cached);
	b.table.began = 8 * SECOND;
	assert_true(bench_tell(&b, v).cached);
	/* Both waited for this one's end. */
	v = (struct pb_vertex){ .digest = STR("e"), .name = STR("[3/3] RUN y"),
	                        .started = 6 * SECOND, .completed = 9 * SECOND };
	assert_false(bench_tell(&b, v).cached);
	bench_finish(&b);
}

static void test_vertex__a_base_is_a_hit_unless_it_was_fetched(void **state)
{
	(void)state;
	struct bench b;
	bench_init(&b, "FROM a\nRUN x\n");
	struct pb_vertex v = { .digest = STR("d"), .name = STR("[1/2] FROM a"), .started = SECOND,
	                       .completed = SECOND };
	assert_true(bench_tell(&b, v).cached);
	vertexes_find(&b.table, STR("d"))->fetched = true;
	v.cached = true;
	assert_false(bench_tell(&b, v).cached);
	bench_finish(&b);
}

static void test_vertex__bounds_what_an_engine_can_announce(void **state)
{
	(void)state;
	struct bench b;
	struct error err = { 0 };
	char digest[20];
	bool ok = true;
	bench_init(&b, NULL);
	for (int i = 0; ok && i <= VERTEX_MAX; i++) {
		snprintf(digest, sizeof digest, "%d", i);
		struct pb_vertex v = { .digest = str_of(digest), .group = STR("g") };
		ok = vertexes_update(&b.table, &v, &err);
	}
	assert_false(ok);
	assert_int_equal(err.code, ERROR_LIMIT);
	assert_int_equal(b.table.rows[0]->nmembers, VERTEX_GROUP);
	bench_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vertex__sums_its_intervals),
		cmocka_unit_test(test_vertex__knows_its_instruction_by_name),
		cmocka_unit_test(test_vertex__triggers_of_a_base_shift_what_follows),
		cmocka_unit_test(test_vertex__a_group_is_one_row),
		cmocka_unit_test(test_vertex__cached_needs_no_start),
		cmocka_unit_test(test_vertex__work_of_another_build_is_cached),
		cmocka_unit_test(test_vertex__a_base_is_a_hit_unless_it_was_fetched),
		cmocka_unit_test(test_vertex__bounds_what_an_engine_can_announce),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
