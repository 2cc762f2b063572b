/* A folder looked at by a real worker. */
#include "core/job/lint_ask.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/job/worker.h"
#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

struct ask_case {
	struct scratch *s;
	struct loop *loop;
	int told;
	struct buf found;               /* "rule line text\n" */
	struct error why;
};

static void case_told(void *data, const struct value *findings, const struct error *why)
{
	struct ask_case *c = data;
	c->told++;
	c->why = why ? *why : (struct error){ 0 };
	buf_clear(&c->found);
	for (const struct value *v = findings ? value_child(findings) : NULL; v; v = value_next(v)) {
		const struct value *line = value_get(v, STR("line"));
		buf_printf(&c->found, "%.*s %.*s %.*s\n", STR_ARG(value_text(value_get(v, STR("rule")))),
		           STR_ARG(line ? value_text(line) : STR("-")),
		           STR_ARG(value_text(value_get(v, STR("text")))));
	}
	loop_stop(c->loop);
}

static struct ask_case case_open(struct scratch *s, const char *dockerfile)
{
	struct ask_case c = { .s = s, .loop = loop_new() };
	setenv("XDG_STATE_HOME", scratch_path(s, "state"), 1);
	setenv("XDG_CACHE_HOME", scratch_path(s, "cache"), 1);
	setenv("XDG_CONFIG_HOME", scratch_path(s, "config"), 1);
	scratch_mkdir(s, "p");
	scratch_mkdir(s, "p/.git");
	scratch_write(s, "p/.git/HEAD", "ref: refs/heads/m\n");
	scratch_write(s, "p/Dockerfile", dockerfile);
	return c;
}

static struct lint_asking *case_ask(struct ask_case *c, const struct pair *texts, size_t n)
{
	struct request r = { .id = "x", .argument = scratch_path(c->s, "p"), .kind = "dockerfile",
	                     .engine = "auto", .texts = texts, .ntexts = n };
	struct lint_asking *q = lint_ask(c->loop, &r, case_told, c, &c->s->err);
	assert_non_null(q);
	return q;
}

static void case_run(struct ask_case *c, const struct pair *texts, size_t n)
{
	owned(lint_asking) struct lint_asking *q = case_ask(c, texts, n);
	int before = c->told;
	looping_run(c->loop);
	assert_int_equal(c->told, before + 1);
}

static void case_close(struct ask_case *c)
{
	loop_free(c->loop);
	buf_finish(&c->found);
}

static void test_lint_ask__tells_what_the_context_carries(void **state)
{
	struct ask_case c = case_open(*state, "FROM debian:12\nCOPY . /src\n");
	case_run(&c, NULL, 0);
	assert_int_equal(c.why.code, 0);
	assert_non_null(strstr(buf_text(&c.found),
	                       "context-carries 2 the build context carries .git: the history, 1 "
	                       "file,"));
	assert_non_null(strstr(buf_text(&c.found), "dockerignore-missing 2 "));
	case_close(&c);
}

/* What the asker has in its hands, not what was saved meanwhile. */
static void test_lint_ask__looks_at_the_texts_of_the_request(void **state)
{
	struct ask_case c = case_open(*state, "FROM debian:12\nCOPY . /src\n");
	struct pair texts[] = {
		{ str_of(scratch_path(c.s, "p/Dockerfile")), STR("FROM debian:12\n\n\nCOPY . /src\n") },
		{ str_of(scratch_path(c.s, "p/.mortar.toml")),
		  STR("[lint]\nignore = [\"dockerignore-missing\"]\n") },
	};
	case_run(&c, texts, 2);
	assert_non_null(strstr(buf_text(&c.found), "context-carries 4 "));
	assert_null(strstr(buf_text(&c.found), "dockerignore-missing"));
	texts[1] = (struct pair){ str_of(scratch_path(c.s, "p/.dockerignore")), STR(".git\n") };
	case_run(&c, texts, 2);
	assert_null(strstr(buf_text(&c.found), "context-carries"));
	assert_null(strstr(buf_text(&c.found), "dockerignore-missing"));
	case_close(&c);
}

static void test_lint_ask__says_that_a_context_cannot_be_looked_at(void **state)
{
	struct ask_case c = case_open(*state, "FROM debian:12\nMAINTAINER x\nCOPY . /src\n");
	assert_int_equal(symlink("nowhere", scratch_path(c.s, "p/ok")), 0);
	assert_int_equal(mkfifo(scratch_path(c.s, "p/fifo"), 0600), 0);
	case_run(&c, NULL, 0);
	assert_non_null(strstr(buf_text(&c.found), "lint-context - the build context is "
	                       "not looked at"));
	assert_non_null(strstr(buf_text(&c.found), "MaintainerDeprecated 2 "));
	case_close(&c);
}

static void test_lint_ask__tells_the_fault_once(void **state)
{
	struct ask_case c = case_open(*state, "FROM\n");
	case_run(&c, NULL, 0);
	assert_int_equal(c.why.code, ERROR_PROJECT);
	assert_int_equal(c.found.n, 0);
	case_close(&c);
}

static void test_lint_ask__leaves_nobody_behind(void **state)
{
	struct ask_case c = case_open(*state, "FROM debian:12\nCOPY . /src\n");
	lint_asking_free(case_ask(&c, NULL, 0));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(c.told, 0);
	case_close(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_lint_ask__tells_what_the_context_carries),
		SCRATCH_TEST(test_lint_ask__looks_at_the_texts_of_the_request),
		SCRATCH_TEST(test_lint_ask__says_that_a_context_cannot_be_looked_at),
		SCRATCH_TEST(test_lint_ask__tells_the_fault_once),
		SCRATCH_TEST(test_lint_ask__leaves_nobody_behind),
	};
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
