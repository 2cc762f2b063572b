/* Engines found and lost: fake ones on sockets, asked by real workers. */
#include "core/job/seek.h"

#include "core/job/job.h"
#include "tests/core/os/scratch.h"
#include "tests/fake/server.h"

struct seek_case {
	struct scratch *s;
	struct loop *loop;
	struct server *here;
	struct buf version, info;
	const char *engines[2];         /* the pool's */
	struct request request;
	struct seek *seek;
	int told;
	struct error err;               /* when none was found */
	const char *member, *reason, *left_out, *address;
};

static void case_told(void *data, const struct seek_found *found, const struct error *err)
{
	struct seek_case *c = data;
	c->told++;
	c->member = c->reason = c->left_out = c->address = NULL;
	loop_stop(c->loop);
	if (!found) {
		c->err = *err;
		return;
	}
	assert_non_null(found->engine);
	c->member = found->member;
	c->reason = arena_text(c->s->arena, found->reason);
	c->left_out = arena_text(c->s->arena, found->left_out);
	c->address = arena_text(c->s->arena, str_of(found->facts->address));
}

static void case_late(struct loop *loop, void *data)
{
	(void)loop, (void)data;
	fail_msg("nobody was told");
}

/* Until it is told. */
static void case_run(struct seek_case *c)
{
	enum { LATE_MS = 20000 };
	uint64_t timer = loop_timer(c->loop, LATE_MS, case_late, c);
	int before = c->told;
	assert_true(loop_run(c->loop, &c->s->err));
	assert_int_equal(c->told, before + 1);
	loop_untimer(c->loop, timer);
}

/* A dockerd without BuildKit at `here`. */
static void case_serve(struct seek_case *c)
{
	const char *path = scratch_path(c->s, "here.sock");
	c->here = server_new(c->loop, path);
	server_append_answer(&c->version, 200, STR("{\"ApiVersion\":\"1.41\",\"Version\":\"20\"}"), 64,
	                     true);
	server_append_answer(&c->info, 200, STR("{\"OSType\":\"linux\",\"Architecture\":\"x86_64\","
	                     "\"NCPU\":4}"), 64, true);
	server_on(c->here, &(struct server_answer){ .request = "GET /version",
	          .bytes = buf_str(&c->version), .piece = 4096 });
	server_on(c->here, &(struct server_answer){ .request = "GET /v1.41/info",
	          .bytes = buf_str(&c->info), .piece = 4096 });
}

static void case_init(struct seek_case *c, void **state)
{
	*c = (struct seek_case){ .s = *state, .loop = loop_new() };
	setenv("XDG_STATE_HOME", c->s->dir, 1);
	setenv("XDG_CACHE_HOME", c->s->dir, 1);
	case_serve(c);
	c->engines[0] = arena_printf(c->s->arena, "unix://%s", scratch_path(c->s, "gone.sock"));
	c->engines[1] = arena_printf(c->s->arena, "unix://%s", scratch_path(c->s, "here.sock"));
	c->request = (struct request){
		.id = "20261121-000000-0001", .argument = "/nonexistent", .kind = "dockerfile",
		.engine = "farm", .selection = { .level = "all" },
		.pool = { .engines = c->engines, .n = 2 },
	};
}

static void case_seek(struct seek_case *c)
{
	struct seek_setup setup = { .loop = c->loop, .request = &c->request, .scratch = c->s->dir,
	                            .told = case_told, .data = c };
	c->seek = seek_new(&setup);
	assert_true(seek_start(c->seek, &c->s->err));
	case_run(c);
}

static void case_finish(struct seek_case *c)
{
	seek_free(c->seek);
	server_free(c->here);
	loop_free(c->loop);
	buf_finish(&c->version);
	buf_finish(&c->info);
}

static void test_seek__takes_the_one_of_a_pool_that_answers(void **state)
{
	struct seek_case c;
	case_init(&c, state);
	case_seek(&c);
	assert_string_equal(c.member, c.engines[1]);
	assert_string_equal(c.address, c.engines[1]);
	assert_string_equal(c.reason, "no other answers; nothing else is built there");
	assert_non_null(strstr(c.left_out, "gone.sock: "));
	case_finish(&c);
}

static void test_seek__tells_all_reasons_when_none_is_left(void **state)
{
	struct seek_case c;
	struct error died;
	case_init(&c, state);
	case_seek(&c);
	error_set(&died, ERROR_UNREACHABLE, "it went away");
	assert_true(seek_next(c.seek, &died));
	case_run(&c);
	assert_null(c.member);
	assert_int_equal(c.err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(c.err.text, "farm is left"));
	assert_non_null(strstr(c.err.text, "gone.sock: nothing answers"));
	assert_non_null(strstr(c.err.text, "here.sock: it went away"));
	case_finish(&c);
}

static void test_seek__begins_with_the_one_that_was_picked(void **state)
{
	struct seek_case c;
	case_init(&c, state);
	c.request.pool.first = c.engines[1];
	case_seek(&c);
	assert_string_equal(c.member, c.engines[1]);
	assert_string_equal(c.reason, "");
	assert_string_equal(c.left_out, "");
	case_finish(&c);
	/* One that is gone by now is lost like any other. */
	case_init(&c, state);
	c.request.pool.first = c.engines[0];
	case_seek(&c);
	assert_string_equal(c.member, c.engines[1]);
	case_finish(&c);
}

static void test_seek__an_engine_alone_has_no_next(void **state)
{
	struct seek_case c;
	struct error died;
	case_init(&c, state);
	c.request.pool = (struct request_pool){ 0 };
	c.request.engine = c.engines[1];
	case_seek(&c);
	assert_null(c.member);
	assert_string_equal(c.address, c.engines[1]);
	error_set(&died, ERROR_UNREACHABLE, "it went away");
	assert_false(seek_next(c.seek, &died));
	case_finish(&c);
	case_init(&c, state);
	c.request.pool = (struct request_pool){ 0 };
	c.request.engine = c.engines[0];
	case_seek(&c);
	assert_int_equal(c.err.code, ERROR_UNREACHABLE);
	case_finish(&c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_seek__takes_the_one_of_a_pool_that_answers),
		SCRATCH_TEST(test_seek__tells_all_reasons_when_none_is_left),
		SCRATCH_TEST(test_seek__begins_with_the_one_that_was_picked),
		SCRATCH_TEST(test_seek__an_engine_alone_has_no_next),
	};
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return worker_main(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
