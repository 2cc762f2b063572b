#include "core/job/worker.h"

#include <signal.h>
#include <sys/wait.h>

#include "core/value/json.h"
#include "tests/core/os/scratch.h"

struct worker_case {
	struct scratch *s;
	struct loop *loop;
	struct worker *worker;
	struct buf lines;
	int ends;
	bool ended_well, frees;
};

static void case_line(void *data, const struct value *line, bool ended_well)
{
	struct worker_case *c = data;
	if (line) {
		value_write_json(&c->lines, line, JSON_LINE);
		buf_append_char(&c->lines, '\n');
		if (!c->frees)
			return;
	}
	c->ends++;
	c->ended_well = ended_well;
	worker_free(c->worker);
	c->worker = NULL;
	loop_stop(c->loop);
}

static void case_run(struct worker_case *c, const char *verb, struct value *argument)
{
	c->loop = c->loop ? c->loop : loop_new();
	buf_clear(&c->lines);
	c->worker = worker_start(c->loop, verb, argument, case_line, c, &c->s->err);
	assert_non_null(c->worker);
	assert_true(loop_run(c->loop, &c->s->err));
}

static void case_finish(struct worker_case *c)
{
	loop_free(c->loop);
	buf_finish(&c->lines);
	/* Nobody is left to be waited for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static struct value *argument_of(struct scratch *s, const char *key, const char *text,
                                 struct value *o)
{
	o = o ? o : value_new_object(s->arena);
	value_set(s->arena, o, key, value_new_string(s->arena, str_of(text)));
	return o;
}

static void test_worker_start__gives_lines_and_the_end(void **state)
{
	struct worker_case c = { .s = *state };
	case_run(&c, "git", argument_of(c.s, "dir", c.s->dir, NULL));
	assert_true(c.ends == 1 && c.ended_well);
	assert_string_equal(buf_text(&c.lines),
	                    "{\"repository\":false,\"dirty\":false,\"files\":[]}\n");
	case_finish(&c);
}

static void test_worker_start__gives_the_fault(void **state)
{
	static const char *const verbs[] = { "git", "fetch", "certificate", "nothing" };
	struct worker_case c = { .s = *state };
	for (size_t i = 0; i < 4; i++) {
		const struct value *line;
		struct error err = { 0 };
		case_run(&c, verbs[i], NULL);
		assert_false(c.ended_well);
		assert_true(value_parse_json(c.s->arena, str_trim(buf_str(&c.lines)), &line, &err));
		assert_true(worker_error(line, &err));
		assert_true(err.code == ERROR_USAGE || err.code == ERROR_SYNTAX);
	}
	case_finish(&c);
}

static void test_worker_start__may_be_freed_from_its_line(void **state)
{
	struct worker_case c = { .s = *state, .frees = true };
	case_run(&c, "git", argument_of(c.s, "dir", c.s->dir, NULL));
	assert_int_equal(c.ends, 1);
	case_finish(&c);
}

static void test_worker_start__keeps_a_good_certificate(void **state)
{
	struct worker_case c = { .s = *state };
	const char *dir = scratch_path(c.s, "a/ssl");
	struct value *argument = argument_of(c.s, "dir", dir, NULL);
	argument_of(c.s, "common_name", "service", argument);
	case_run(&c, "certificate", argument);
	assert_string_equal(buf_text(&c.lines), "{\"cached\":false}\n");
	struct stat st;
	assert_int_equal(stat(scratch_path(c.s, "a/ssl/key.pem"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	const char *key = scratch_read(c.s, scratch_path(c.s, "a/ssl/key.pem"));
	case_run(&c, "certificate", argument);
	assert_string_equal(buf_text(&c.lines), "{\"cached\":true}\n");
	assert_string_equal(scratch_read(c.s, scratch_path(c.s, "a/ssl/key.pem")), key);
	case_finish(&c);
}

static void test_worker_start__unpacks_an_archive_once(void **state)
{
	struct worker_case c = { .s = *state };
	owned(arena) struct arena *a = arena_new();
	char *here = getcwd(NULL, 0);
	struct value *argument = argument_of(c.s, "url", arena_printf(a,
		"file://%s/docs/examples/ship-detector/requirements/geotools.tar.gz", here), NULL);
	free(here);
	argument_of(c.s, "file", scratch_path(c.s, "cache/geotools.tar.gz"), argument);
	argument_of(c.s, "unpack", scratch_path(c.s, "cache/unpacked"), argument);
	case_run(&c, "fetch", argument);
	assert_true(c.ended_well);
	assert_non_null(strstr(buf_text(&c.lines), "{\"cached\":false}\n"));
	struct stat first, second;
	assert_int_equal(stat(scratch_path(c.s, "cache/unpacked"), &first), 0);
	case_run(&c, "fetch", argument);
	assert_non_null(strstr(buf_text(&c.lines), "{\"cached\":true}\n"));
	assert_int_equal(stat(scratch_path(c.s, "cache/unpacked"), &second), 0);
	assert_true(first.st_ino == second.st_ino);
	/* What was unpacked of other bytes is made anew. */
	scratch_write(c.s, "cache/unpacked.sha256", "of another");
	case_run(&c, "fetch", argument);
	assert_int_equal(stat(scratch_path(c.s, "cache/unpacked"), &second), 0);
	assert_true(first.st_ino != second.st_ino ||
	            first.st_ctim.tv_nsec != second.st_ctim.tv_nsec);
	case_finish(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_worker_start__gives_lines_and_the_end),
		SCRATCH_TEST(test_worker_start__gives_the_fault),
		SCRATCH_TEST(test_worker_start__may_be_freed_from_its_line),
		SCRATCH_TEST(test_worker_start__keeps_a_good_certificate),
		SCRATCH_TEST(test_worker_start__unpacks_an_archive_once),
	};
	/* As mortar does: a worker may end before it has read what it was told. */
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
