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

/* ---- one that stays ---- */

struct staying {
	struct scratch *s;
	struct loop *loop;
	struct worker *worker;
	struct buf asks;                /* of the lines, in order */
	size_t wanted;
};

static void staying_line(void *data, const struct value *line, bool ended_well)
{
	struct staying *t = data;
	(void)ended_well;
	if (!line)
		fail_msg("the worker has gone");
	buf_printf(&t->asks, "%.*s%s ", STR_ARG(value_text(value_get(line, STR("ask")))),
	           value_get(line, STR("error")) ? "!" : "");
	if (--t->wanted == 0)
		loop_stop(t->loop);
}

static struct value *staying_argument(struct staying *t, const char *root, long long ask)
{
	struct arena *a = t->s->arena;
	owned_buf struct buf text = { 0 };
	const struct value *request;
	struct request r = { .id = "x", .argument = root, .kind = "dockerfile",
	                     .engine = arena_printf(a, "unix://%s/nobody", t->s->dir) };
	struct value *argument = value_new_object(a);
	request_write(&text, &r);
	assert_true(value_parse_json(a, arena_str(a, buf_str(&text)), &request, &t->s->err));
	value_set(a, argument, "request", value_share(a, request));
	value_set(a, argument, "ask", value_new_integer(a, ask));
	return argument;
}

/* Until so many lines have come. */
static void staying_await(struct staying *t, size_t lines)
{
	t->wanted = lines;
	assert_true(loop_run(t->loop, &t->s->err));
}

static void test_worker_start_staying__answers_each_and_leaves_with_its_parent(void **state)
{
	struct staying t = { .s = *state, .loop = loop_new() };
	scratch_mkdir(t.s, "p");
	scratch_write(t.s, "p/Dockerfile", "FROM scratch\nCOPY src /src\n");
	scratch_mkdir(t.s, "p/src");
	setenv("XDG_STATE_HOME", scratch_path(t.s, "state"), 1);
	setenv("XDG_CACHE_HOME", scratch_path(t.s, "cache"), 1);
	const char *root = scratch_path(t.s, "p");
	t.worker = worker_start_staying(t.loop, "forecast", staying_argument(&t, root, 1), staying_line,
	                                &t, &t.s->err);
	assert_non_null(t.worker);
	staying_await(&t, 1);
	worker_tell(t.worker, staying_argument(&t, root, 2));
	staying_await(&t, 1);
	/* A fault is told, and it stays. */
	worker_tell(t.worker, staying_argument(&t, scratch_path(t.s, "nowhere"), 3));
	staying_await(&t, 1);
	assert_string_equal(buf_text(&t.asks), "1 2 3! ");
	/* Asked three times at once the last is answered, whatever else is. */
	for (long long i = 4; i < 7; i++)
		worker_tell(t.worker, staying_argument(&t, root, i));
	while (!strstr(buf_text(&t.asks), "6 "))
		staying_await(&t, 1);
	worker_free(t.worker);
	loop_free(t.loop);
	buf_finish(&t.asks);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_worker_start__gives_lines_and_the_end),
		SCRATCH_TEST(test_worker_start__gives_the_fault),
		SCRATCH_TEST(test_worker_start__may_be_freed_from_its_line),
		SCRATCH_TEST(test_worker_start__keeps_a_good_certificate),
		SCRATCH_TEST(test_worker_start__unpacks_an_archive_once),
		SCRATCH_TEST(test_worker_start_staying__answers_each_and_leaves_with_its_parent),
	};
	/* As mortar does: a worker may end before it has read what it was told. */
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
