#include "core/job/revision.h"

#include "core/kind/side.h"
#include "core/os/spawn.h"
#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

/* libgit2 1.5.1 forgets PCRE2's memory at each submodule it looks for; nothing of ours
 * calls PCRE2 here. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

struct revision_case {
	struct scratch *s;
	struct loop *loop;
	struct error err;
	int ends;
};

static void case_done(void *data, const struct error *err)
{
	struct revision_case *c = data;
	c->ends++;
	c->err = err ? *err : (struct error){ 0 };
	loop_stop(c->loop);
}

static void run(struct scratch *s, const char *script)
{
	const char *line = arena_printf(s->arena, "project='%s/repo/project'; %s", s->dir, script);
	const char *const argv[] = { "sh", "-ec", line, NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                       .err = SPAWN_INHERIT };
	int status = -1;
	assert_true(spawn_run(&spawn, 0, NULL, &status, &s->err));
	assert_int_equal(status, 0);
}

#define GIT "git -C $project/.. -c user.name=x -c user.email=x@y "

static const char *const profiles[] = { "new" };
static const struct selection selection = { .profiles = profiles, .nprofiles = 1,
                                            .level = "none" };

static struct revision *ask(struct revision_case *c, const char *name)
{
	struct scratch *s = c->s;
	const struct request request = {
		.argument = scratch_path(s, "repo/project"), .kind = "pesto", .engine = "auto",
		.selection = selection,
	};
	struct revision *r = revision_ask(c->loop, &request, name, case_done, c, &s->err);
	assert_non_null(r);
	assert_null(revision_files(r));
	looping_run(c->loop);
	assert_int_equal(c->ends, 1);
	return r;
}

static void test_revision__brings_a_project_as_it_was(void **state)
{
	struct scratch *s = *state;
	struct revision_case c = { .s = s, .loop = loop_new() };
	const struct kind *kind = kind_find("pesto");
	const char *dir = scratch_path(s, "repo/project");
	const struct target target = { .root = dir, .file = "pesto/build/build.json", .name = "x" };
	struct side side;
	run(s, "mkdir -p $project; cp -r docs/examples/manual-xxx/. $project; " GIT "init -q;"
	    GIT "add .; " GIT "commit -q -m one; rm $project/pesto/api/config.p1.json;"
	    "sed -i s/default/changed/ $project/pesto/api/config.json;"
	    "echo '{}' >$project/pesto/api/config.new.json");
	owned(revision) struct revision *r = ask(&c, "HEAD");
	assert_int_equal(c.err.code, 0);
	side_read(&side, kind, &target, &selection, revision_files(r));
	assert_null(side_error(&side));
	assert_non_null(side.plan);
	const struct document *d = settings_document(side.settings, STR("pesto/api/config.json"));
	const struct value *base = value_at(d->value, STR("/base"));
	assert_true(str_eq(value_text(base), STR("default")));
	/* The overlays of then, and not those of now. */
	assert_int_equal(side.settings->nprofiles, 2);
	assert_string_equal(side.settings->profiles[0], "p1");
	side_finish(&side);
	loop_free(c.loop);
}

static void test_revision__says_why_there_is_none(void **state)
{
	struct scratch *s = *state;
	static const struct {
		const char *script, *says;
		enum error_code code;
	} cases[] = {
		{ "mkdir -p $project; cp -r docs/examples/manual-xxx/. $project",
		  "is in no git repository", ERROR_PROJECT },
		{ GIT "init -q", "has no commit yet", ERROR_PROJECT },
		{ GIT "add .; " GIT "commit -q -m one", "there is no git revision 'v9'", ERROR_USAGE },
		{ "rm -r $project/pesto", "project", ERROR_PROJECT },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct revision_case c = { .s = s, .loop = loop_new() };
		run(s, cases[i].script);
		owned(revision) struct revision *r = ask(&c, "v9");
		assert_null(revision_files(r));
		assert_non_null(strstr(c.err.text, cases[i].says));
		assert_int_equal(c.err.code, cases[i].code);
		loop_free(c.loop);
	}
}

/* Nobody waits for an answer any more. */
static void test_revision__can_be_left(void **state)
{
	struct scratch *s = *state;
	struct revision_case c = { .s = s, .loop = loop_new() };
	const struct request request = { .argument = s->dir, .kind = "pesto", .engine = "auto" };
	struct revision *r = revision_ask(c.loop, &request, "HEAD", case_done, &c, &s->err);
	assert_non_null(r);
	revision_free(r);
	assert_int_equal(c.ends, 0);
	loop_free(c.loop);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_revision__brings_a_project_as_it_was),
		SCRATCH_TEST(test_revision__says_why_there_is_none),
		SCRATCH_TEST(test_revision__can_be_left),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
