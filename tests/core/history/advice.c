#include "core/history/advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "core/value/json.h"

/* What an instruction's step was made from, and how long it ran (< 0: cached). */
struct row {
	double seconds;
	const char *files;              /* "path=digest path=digest", or NULL */
	const char *arg;                /* "NAME=value", or NULL */
};

struct bench {
	struct arena *arena;
	struct recipe *recipe;
	struct str *names;
	struct advice_build builds[8];  /* newest first */
	size_t n;
	const char *level;
	struct buf out;
};

static int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	b->arena = arena_new();
	b->level = "all";
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	recipe_free(b->recipe);
	arena_free(b->arena);
	buf_finish(&b->out);
	free(b);
	return 0;
}
#define BENCH_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

static void bench_recipe(struct bench *b, const char *text)
{
	owned(problems) struct problems *problems = problems_new();
	recipe_free(b->recipe);
	b->recipe = recipe_parse(source_new(b->arena, STR("D"), NULL, str_of(text)), (struct str){ 0 },
	                         problems);
	assert_non_null(b->recipe);
	b->names = arena_array(b->arena, b->recipe->ninstructions, sizeof *b->names);
	for (size_t i = 0; i < b->recipe->ninstructions; i++)
		b->names[i] = b->recipe->instructions[i].text;
	b->n = 0;
}

static struct pair bench_pair(struct str text)
{
	size_t at = str_find(text, '=');
	return (struct pair){ str_slice(text, 0, at), str_slice(text, at + 1, STR_NONE) };
}

static void bench_files(struct bench *b, struct fingerprints *f, struct fingerprint_step *step,
                        const char *files)
{
	struct str rest = str_of(files), part;
	struct fingerprint_file *list = (struct fingerprint_file *)f->files;
	uint32_t *numbers = arena_array(b->arena, 8, sizeof *numbers);
	while (str_next(&rest, ' ', &part)) {
		struct pair p = bench_pair(part);
		numbers[step->nfiles++] = (uint32_t)f->nfiles;
		list[f->nfiles++] = (struct fingerprint_file){ .path = p.name, .digest = p.value,
		                                               .mode = 0100644 };
	}
	step->files = numbers;
}

/* A build of the recipe before those that are there: rows for each instruction, FROM too. */
static void bench_build(struct bench *b, const struct row *rows)
{
	size_t n = b->recipe->ninstructions;
	struct build *build = arena_alloc(b->arena, sizeof *build);
	struct fingerprints *f = arena_alloc(b->arena, sizeof *f);
	struct fingerprint_step *steps = arena_array(b->arena, n, sizeof *steps);
	struct pair *args = arena_array(b->arena, n, sizeof *args);
	owned_buf struct buf above = { 0 };
	build->steps = arena_array(b->arena, n, sizeof *build->steps);
	build->nsteps = n;
	build->level = str_of(b->level);
	f->files = arena_array(b->arena, 16, sizeof *f->files);
	f->steps = steps;
	for (size_t i = 0; i < n; i++) {
		const struct instruction *in = &b->recipe->instructions[i];
		bool meta = in->kind == INSTRUCTION_ARG || in->kind == INSTRUCTION_ENV;
		build->steps[i] = (struct step){ .name = b->names[i], .meta = meta,
		                                 .state = rows[i].seconds < 0 ? STEP_CACHED : STEP_DONE,
		                                 .seconds = rows[i].seconds < 0 ? 0 : rows[i].seconds };
		if (meta)
			continue;
		struct fingerprint_step *s = &steps[f->nsteps++];
		*s = (struct fingerprint_step){ .step = (int)i, .instruction = (int)i, .text = b->names[i],
		                                .parent = arena_str(b->arena, buf_str(&above)) };
		bench_files(b, f, s, rows[i].files);
		if (rows[i].arg) {
			args[i] = bench_pair(str_of(rows[i].arg));
			s->args = &args[i];
			s->nargs = 1;
		}
		buf_printf(&above, "%s|%s;", rows[i].files ? rows[i].files : "",
		           rows[i].arg ? rows[i].arg : "");
	}
	memmove(b->builds + 1, b->builds, b->n * sizeof *b->builds);
	b->builds[0] = (struct advice_build){ build, f };
	b->n++;
}

/* "line seconds builds text", one advice a line. */
static const char *told(struct bench *b)
{
	struct advice_subject s = { .recipe = b->recipe, .names = b->names, .builds = b->builds,
	                            .nbuilds = b->n };
	const struct advice *list;
	size_t n = advice_make(b->arena, &s, &list);
	buf_clear(&b->out);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b->out, "%u %g %zu %.*s\n",
		           b->recipe->instructions[list[i].instruction].first_line, list[i].seconds,
		           list[i].builds, STR_ARG(list[i].text));
	return buf_text(&b->out);
}

static const char moved[] =
	"FROM a\nCOPY version /version\nRUN make tools\nRUN make more\nRUN cat /version\nRUN last\n";

static void test_advice__a_copy_that_changes_goes_below_what_does_not_need_it(void **state)
{
	struct bench *b = *state;
	bench_recipe(b, moved);
	for (int i = 0; i < 4; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { 10, 0, 0 }, { 5, 0, 0 },
			{ 3, 0, 0 }, { 7, 0, 0 } });
	assert_string_equal(told(b), "2 45 3 move it below line 4 (RUN make more): in 3 builds its "
	                    "changed files made steps run again that do not need them, 45s\n");
}

/* Each of these explains the runs by itself, wholly or from there on. */
static void test_advice__counts_only_what_ran_for_that_cause_alone(void **state)
{
	struct bench *b = *state;
	bench_recipe(b, moved);
	b->level = "none";
	for (int i = 0; i < 3; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { 10, 0, 0 }, { 5, 0, 0 },
			{ 3, 0, 0 }, { 7, 0, 0 } });
	assert_string_equal(told(b), "");
	/* Another base, another step in between, steps that were served all the same. */
	b->level = "all";
	b->n = 0;
	for (int i = 0; i < 3; i++)
		bench_build(b, (struct row[]){ { 1, 0, arena_printf(b->arena, "BASE=%d", i) },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { 10, 0, 0 }, { 5, 0, 0 },
			{ 3, 0, 0 }, { 7, 0, 0 } });
	assert_string_equal(told(b), "");
	b->n = 0;
	for (int i = 0; i < 3; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { 10, 0, 0 },
			{ 5, 0, arena_printf(b->arena, "X=%d", i) }, { 3, 0, 0 }, { 7, 0, 0 } });
	assert_non_null(strstr(told(b), "2 20 2 move it below line 3 (RUN make tools): "));
	b->n = 0;
	for (int i = 0; i < 3; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { -1, 0, 0 }, { -1, 0, 0 },
			{ 3, 0, 0 }, { 7, 0, 0 } });
	assert_string_equal(told(b), "");
}

static void test_advice__once_or_little_is_no_advice(void **state)
{
	struct bench *b = *state;
	bench_recipe(b, moved);
	for (int i = 0; i < 2; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { 10, 0, 0 }, { 5, 0, 0 },
			{ 3, 0, 0 }, { 7, 0, 0 } });
	assert_string_equal(told(b), "");
	b->n = 0;
	for (int i = 0; i < 4; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 },
			{ 0.5, arena_printf(b->arena, "version=%d", i), 0 }, { 0.1, 0, 0 }, { 0.1, 0, 0 },
			{ 3, 0, 0 }, { 7, 0, 0 } });
	assert_string_equal(told(b), "");
}

static void test_advice__what_installs_wants_its_manifests_first(void **state)
{
	struct bench *b = *state;
	bench_recipe(b, "FROM a\nWORKDIR /app\nCOPY . .\nRUN poetry install --no-root\nRUN pytest\n");
	for (int i = 0; i < 3; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 }, { -1, 0, 0 },
			{ 1, arena_printf(b->arena, "app.py=%d poetry.lock=l pyproject.toml=p", i), 0 },
			{ 30, 0, 0 }, { 9, 0, 0 } });
	assert_string_equal(told(b), "3 60 2 copy poetry.lock, pyproject.toml alone before line 4 (RUN "
	                    "poetry install --no-root) and the rest behind it: in 2 builds other files "
	                    "made steps run again that do not need them, 1m00s\n");
	/* The manifest itself has changed: it had to. */
	b->n = 0;
	for (int i = 0; i < 3; i++)
		bench_build(b, (struct row[]){ { -1, 0, 0 }, { -1, 0, 0 },
			{ 1, arena_printf(b->arena, "app.py=%d poetry.lock=%d pyproject.toml=p", i, i), 0 },
			{ 30, 0, 0 }, { 9, 0, 0 } });
	assert_string_equal(told(b), "");
}

/* A command in the folder that was copied into may read what it does not name. */
static void test_advice__commands_that_read_their_folder_stay_below(void **state)
{
	struct bench *b = *state;
	static const char *const needing[] = { "make", "npm run build", "cat /app/src/x", "ls .",
		"echo x; make", "cp * /x" };
	static const char *const apart[] = { "apt-get install -y git", "mkdir /y && curl -O http://x" };
	for (size_t i = 0; i < 8; i++) {
		bool needs = i < 6;
		bench_recipe(b, arena_printf(b->arena, "FROM a\nWORKDIR /app\nCOPY src /app/src\nRUN %s\n",
		                             needs ? needing[i] : apart[i - 6]));
		for (int k = 0; k < 3; k++)
			bench_build(b, (struct row[]){ { -1, 0, 0 }, { -1, 0, 0 },
				{ 1, arena_printf(b->arena, "src/main.c=%d", k), 0 }, { 30, 0, 0 } });
		if ((told(b)[0] == '\0') != needs)
			fail_msg("%s: %s", b->names[3].p, told(b));
	}
}

static void test_advice__an_arg_with_a_new_value_goes_below_what_does_not_name_it(void **state)
{
	struct bench *b = *state;
	bench_recipe(b, "FROM a\nARG BUILD_ID=0\nRUN make tools\nCOPY x /x\nRUN echo ${BUILD_ID}\n"
	                "RUN last\n");
	for (int i = 0; i < 3; i++) {
		const char *id = arena_printf(b->arena, "BUILD_ID=%d", i);
		bench_build(b, (struct row[]){ { -1, 0, 0 }, { -1, 0, 0 }, { 20, 0, id },
			{ 1, "x=1", 0 }, { 3, 0, id }, { 7, 0, id } });
	}
	assert_string_equal(told(b), "2 42 2 move it below line 4 (COPY x /x): in 2 builds its new "
	                    "value made steps run again that do not name it, 42s\n");
}

static void test_advice__is_told_as_notes_and_as_json(void **state)
{
	struct bench *b = *state;
	owned(problems) struct problems *problems = problems_new();
	bench_recipe(b, moved);
	struct advice one = { .instruction = 1, .text = STR("move it"), .seconds = 4.5, .builds = 2 };
	advice_report(b->recipe, &one, 1, problems);
	problem_print(&b->out, problems_get(problems, 0));
	assert_string_equal(buf_text(&b->out), "D:2:1: note: move it");
	assert_string_equal(problems_get(problems, 0)->rule, "cache-order");
	buf_clear(&b->out);
	value_write_json(&b->out, advice_value(b->arena, b->recipe, &one, 1), JSON_LINE);
	assert_string_equal(buf_text(&b->out), "[{\"line\":2,\"instruction\":1,\"text\":\"move it\","
	                    "\"seconds\":4.500,\"builds\":2}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BENCH_TEST(test_advice__a_copy_that_changes_goes_below_what_does_not_need_it),
		BENCH_TEST(test_advice__counts_only_what_ran_for_that_cause_alone),
		BENCH_TEST(test_advice__once_or_little_is_no_advice),
		BENCH_TEST(test_advice__what_installs_wants_its_manifests_first),
		BENCH_TEST(test_advice__commands_that_read_their_folder_stay_below),
		BENCH_TEST(test_advice__an_arg_with_a_new_value_goes_below_what_does_not_name_it),
		BENCH_TEST(test_advice__is_told_as_notes_and_as_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
