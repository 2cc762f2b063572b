/* Where a shell is asked for, and what a RUN has there. */
#include "core/job/shell_site.h"

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static const char dockerfile[] =
	"# syntax=x\n"                                                  /* 1 */
	"ARG BASE=alpine\n"
	"ARG SHARED=outer\n"
	"FROM $BASE AS deps\n"
	"ARG INHERITED=yes\n"                                           /* 5 */
	"ENV PLACE=/deps\n"
	"SHELL [\"/bin/bash\", \"-c\"]\n"
	"RUN one\n"
	"FROM deps AS main\n"
	"ARG SHARED\n"                                                  /* 10 */
	"ARG SIZE\n"
	"ARG PATHS=$PLACE/$SHARED\n"
	"ARG MODE=dev\n"
	"ENV MODE=fixed\n"
	"ARG FROM_BASE=$HOME/x\n"                                       /* 15 */
	"RUN --mount=type=cache,target=/c --mount=type=secret,id=s first && \\\n"
	"    # between\n"
	"    second\n"
	"COPY . .\n"
	"RUN [\"echo\", \"a b\", \"it's\"]\n"                           /* 20 */
	"RUN <<EOF\n"
	"line one\n"
	"line two\n"
	"EOF\n"
	"RUN cat <<END && echo\n"                                       /* 25 */
	"text\n"
	"END\n";

struct site {
	struct recipe *recipe;
	struct problems *problems;
	struct shell_site at;
};

static void site_open(struct scratch *s, struct site *t)
{
	struct source *source = source_new(s->arena, STR("Dockerfile"), NULL, STR(dockerfile));
	t->problems = problems_new();
	t->recipe = recipe_parse(source, STR(""), t->problems);
	assert_non_null(t->recipe);
}

static void site_close(struct site *t)
{
	recipe_free(t->recipe);
	problems_free(t->problems);
}

static bool site_make(struct scratch *s, struct site *t, unsigned line)
{
	static const struct pair args[] = { { STR("SIZE"), STR("xl") }, { STR("SHARED"), STR("a b") },
	                                    { STR("UNUSED"), STR("1") } };
	for (size_t i = 0; i < t->recipe->ninstructions; i++)
		if (t->recipe->instructions[i].first_line == line)
			return shell_site_make(s->arena, t->recipe, (int)i, args, 3, &t->at, &s->err);
	fail_msg("no instruction at line %u", line);
	return false;
}

static void test_shell_site__sees_the_arguments_in_scope(void **state)
{
	struct scratch *s = *state;
	struct site t;
	site_open(s, &t);
	assert_true(site_make(s, &t, 16));
	/* SHARED as given, not as outside; MODE is an ENV, which the image has; what only the
	 * base image knows is not guessed. */
	static const char *const wanted[] = { "INHERITED=yes", "SHARED=a b", "SIZE=xl",
	                                      "PATHS=/deps/a b", NULL };
	for (size_t i = 0; wanted[i] || t.at.env[i]; i++) {
		assert_non_null(wanted[i]);
		assert_non_null(t.at.env[i]);
		assert_string_equal(t.at.env[i], wanted[i]);
	}
	/* Before they are declared there are none. */
	assert_true(site_make(s, &t, 10));
	assert_string_equal(t.at.env[0], "INHERITED=yes");
	assert_null(t.at.env[1]);
	site_close(&t);
}

static void test_shell_site__cuts_the_dockerfile_before_the_step(void **state)
{
	struct scratch *s = *state;
	struct site t;
	site_open(s, &t);
	assert_true(site_make(s, &t, 16));
	assert_true(str_has_prefix(STR(dockerfile), t.at.text));
	assert_true(str_has_suffix(t.at.text, STR("ARG FROM_BASE=$HOME/x\n")));
	assert_false(t.at.copies);
	assert_true(site_make(s, &t, 20));
	assert_true(str_has_suffix(t.at.text, STR("    second\nCOPY . .\n")));
	assert_true(t.at.copies);
	assert_true(site_make(s, &t, 8));
	assert_true(str_has_suffix(t.at.text, STR("SHELL [\"/bin/bash\", \"-c\"]\n")));
	site_close(&t);
}

static void test_shell_site__gives_the_command_to_a_shell(void **state)
{
	static const struct { unsigned line; const char *command; } table[] = {
		{ 8, "one" }, { 16, "first && second" }, { 19, "" },
		{ 20, "echo 'a b' 'it'\\''s'" }, { 21, "line one\nline two" },
		{ 25, "cat <<END && echo\ntext\nEND" },
	};
	struct scratch *s = *state;
	struct site t;
	site_open(s, &t);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_true(site_make(s, &t, table[i].line));
		owned_buf struct buf command = { 0 };
		/* How wide the blanks are that a continuation leaves is its author's. */
		for (size_t k = 0; k < t.at.command.n; k++)
			if (t.at.command.p[k] != ' ' || !command.n || command.p[command.n - 1] != ' ')
				buf_append_char(&command, t.at.command.p[k]);
		assert_string_equal(command.n ? buf_text(&command) : "", table[i].command);
	}
	assert_true(site_make(s, &t, 16));
	assert_string_equal(arena_text(s->arena, t.at.mounts),
	                    "--mount=type=cache,target=/c --mount=type=secret,id=s");
	assert_string_equal(t.at.shell, "/bin/bash");
	assert_true(site_make(s, &t, 5));
	assert_null(t.at.shell);
	site_close(&t);
}

static void test_shell_site__refuses_what_has_nothing_before_it(void **state)
{
	struct scratch *s = *state;
	struct site t;
	site_open(s, &t);
	assert_false(site_make(s, &t, 2));
	assert_int_equal(s->err.code, ERROR_USAGE);
	assert_false(site_make(s, &t, 9));
	assert_non_null(strstr(s->err.text, "line 9"));
	site_close(&t);
}

/* ---- which step ---- */

static struct build *site_build(struct scratch *s, const char *last)
{
	struct build *b = build_new();
	const char *text = arena_printf(s->arena,
		"{\"id\":\"b1\",\"steps\":[{\"name\":\"fetch x\",\"task\":\"fetch\"},"
		"{\"name\":\"FROM deps AS main\",\"stage\":\"main\",\"line\":9},"
		"{\"name\":\"RUN first && second\",\"stage\":\"main\",\"line\":16},"
		"{\"name\":\"COPY . .\",\"stage\":\"main\",\"line\":19}]}");
	const struct value *v;
	assert_true(value_parse_json(s->arena, str_of(text), &v, &s->err));
	build_apply(b, &(struct event){ .t = 1, .kind = EVENT_BUILD_START, .step = -1, .fields = v });
	assert_true(value_parse_json(s->arena, str_of(last), &v, &s->err));
	build_apply(b, &(struct event){ .t = 2, .kind = EVENT_STEP_DONE, .step = 2, .fields = v });
	return b;
}

static void test_shell_site__finds_the_step(void **state)
{
	static const struct { const char *step; int found; const char *why; } table[] = {
		{ NULL, 2, NULL }, { "2", 2, NULL }, { "3", 3, NULL }, { ":16", 2, NULL },
		{ ":18", 2, NULL }, { "main:19", 3, NULL }, { "second", 2, NULL },
		{ "0", -1, "no instruction" }, { "4", -1, "the build has 0 to 3" },
		{ "deps:16", -1, "of the stage deps" }, { ":8", -1, "no step" },
		{ ":1", -1, "holds no instruction" }, { "nothing", -1, "no step has" },
		{ "O", -1, "part of step 1 and of step 3" },
	};
	struct scratch *s = *state;
	struct site t;
	site_open(s, &t);
	owned(build) struct build *b = site_build(s, "{\"ok\":false,\"reason\":\"x\",\"layer\":\"\"}");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int step = -1;
		bool found = shell_site_find(b, t.recipe, table[i].step, &step, &s->err);
		assert_int_equal(found, table[i].found >= 0);
		assert_int_equal(step, table[i].found);
		if (table[i].why && !strstr(s->err.text, table[i].why))
			fail_msg("%s: %s", table[i].step, s->err.text);
	}
	owned(build) struct build *good = site_build(s, "{\"ok\":true,\"layer\":\"0123456789ab\"}");
	int step;
	assert_false(shell_site_find(good, t.recipe, NULL, &step, &s->err));
	assert_string_equal(arena_text(s->arena, good->steps[2].layer), "0123456789ab");
	site_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_shell_site__sees_the_arguments_in_scope),
		SCRATCH_TEST(test_shell_site__cuts_the_dockerfile_before_the_step),
		SCRATCH_TEST(test_shell_site__gives_the_command_to_a_shell),
		SCRATCH_TEST(test_shell_site__refuses_what_has_nothing_before_it),
		SCRATCH_TEST(test_shell_site__finds_the_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
