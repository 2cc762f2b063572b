/* Containers that take input, on a dockerd that says what the test wants. */
#include "core/engine/docker_attach.h"
#include "tests/core/engine/run_bench.h"

#define UPGRADED "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
#define RESIZE "POST /v1.41/containers/c1/resize?h="

static void attach_answers(struct bench *b, const char *head, struct str bytes, size_t piece)
{
	owned_buf struct buf all = { 0 };
	buf_append_text(&all, head);
	buf_append(&all, bytes);
	bench_bytes(b, ATTACH "?stream=1&stdin=1", buf_str(&all), piece, SERVER_CLOSE);
}

static bool attach_created(struct bench *b, const char *part)
{
	struct str body = server_request(b->server, bench_find(b, CREATE));
	return str_find_str(body, str_of(part)) != STR_NONE;
}

static void test_docker_attach__a_terminal_is_one_stream(void **state)
{
	static const char *const entry[] = { "/bin/sh", "-c", "x", NULL };
	static const char *const under[] = { "SET=by us", "NEW=1", NULL };
	struct bench *b = *state;
	for (size_t piece = 1; piece < 1000; piece += 333) {
		if (piece > 1) {
			void *again = b;
			bench_teardown(&again);
			bench_setup(state);
			b = *state;
		}
		b->task.interactive = b->task.tty = true;
		b->task.rows = 30;
		b->task.cols = 100;
		b->task.entrypoint = entry;
		b->task.env_under = under;
		bench_on(b, RESIZE, 200, "");
		bench_on(b, INSPECT, 200, ENDED);
		attach_answers(b, UPGRADED, STR("\1\0\0\0raw \r\n bytes"), piece);
		bench_go(b);
		assert_true(b->result.ok);
		assert_int_equal(b->last.exit_code, 7);
		assert_true(str_eq(buf_str(&b->out[1]), STR("\1\0\0\0raw \r\n bytes")));
		assert_true(bench_was_asked(b, RESIZE "30&w=100"));
		assert_true(bench_find(b, ATTACH) < bench_find(b, START));
		assert_true(attach_created(b, "\"Tty\":true") && attach_created(b, "\"StdinOnce\":true"));
		assert_true(attach_created(b, "\"Entrypoint\":[\"/bin/sh\",\"-c\",\"x\"]"));
		/* The image's own stand over what it may lack. */
		assert_true(attach_created(b, "\"NEW=1\"") && !attach_created(b, "SET=by us"));
		assert_false(attach_created(b, "PortBindings"));
	}
}

static void test_docker_attach__without_one_there_are_two(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf bytes = { 0 };
	bench_frame(&bytes, 1, STR("one"));
	bench_frame(&bytes, 2, STR("two"));
	b->task.interactive = true;
	bench_on(b, INSPECT, 200, ENDED);
	attach_answers(b, HEAD, buf_str(&bytes), 5);
	bench_go(b);
	assert_true(b->result.ok);
	assert_string_equal(buf_text(&b->out[1]), "one");
	assert_string_equal(buf_text(&b->out[2]), "two");
	assert_false(bench_was_asked(b, RESIZE));
	assert_true(attach_created(b, "\"Tty\":false"));
}

static void at_running_input(struct bench *b)
{
	engine_run_input(b->work, STR("typed "));
	engine_run_input(b->work, STR("here"));
	engine_run_input_end(b->work);
	engine_run_resize(b->work, 5, 6);
	engine_cancel(b->work);
	engine_cancel(b->work);
}

static void test_docker_attach__cancelled_twice_it_is_removed(void **state)
{
	struct bench *b = *state;
	b->task.interactive = b->task.tty = true;
	b->at = at_running_input;
	b->at_phase = RUN_RUNNING;
	bench_on(b, RESIZE, 200, "");
	bench_bytes(b, ATTACH, STR(UPGRADED), 100, SERVER_HOLD);
	bench_go(b);
	assert_false(b->result.ok);
	assert_true(b->result.cancelled);
	assert_true(bench_was_asked(b, DELETE));
}

static void test_docker_attach__refusals_remove_the_container(void **state)
{
	static const struct { const char *answer, *why; int code; } table[] = {
		{ "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\n\r\n{\"message\":\"no such\"}",
		  "no such", ERROR_REFUSED },
		{ "SSH-2.0-x\r\n\r\n", "no HTTP", ERROR_PROTOCOL },
		{ "HTTP/1.1 101 UPGR", "without an answer", ERROR_UNREACHABLE },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		b->task.interactive = true;
		bench_bytes(b, ATTACH, str_of(table[i].answer), 200, SERVER_CLOSE);
		bench_go(b);
		assert_false(b->result.ok);
		assert_int_equal(b->result.error.code, table[i].code);
		if (!bench_says(b, table[i].why))
			fail_msg("%s", b->result.error.text);
		assert_true(bench_was_asked(b, DELETE));
		assert_false(bench_was_asked(b, START));
		bench_teardown(&own);
	}
	(void)state;
}

static void test_docker_attach__reads_heads(void **state)
{
	static const struct { const char *bytes; bool whole; int status; size_t size; } table[] = {
		{ "", false, 0, 0 }, { "HTTP/1.1 101 X\r\n", false, 0, 0 },
		{ "HTTP/1.1 101 X\r\n\r\nrest", true, 101, 18 },
		{ "HTTP/1.0 200\r\n\r\n", true, 200, 16 },
		{ "HTTP/2 200 OK\r\n\r\n", true, 0, 17 }, { "HTTP/1.1 9x9\r\n\r\n", true, 0, 16 },
		{ "\r\n\r\n", true, 0, 4 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int status = 0;
		size_t size = 0;
		assert_int_equal(attach_read_head(str_of(table[i].bytes), &status, &size),
		                 table[i].whole);
		assert_int_equal(status, table[i].status);
		assert_int_equal(size, table[i].size);
	}
	owned_buf struct buf endless = { 0 };
	buf_append_fill(&endless, 'x', ATTACH_HEAD_MAX);
	int status = -1;
	size_t size;
	assert_true(attach_read_head(buf_str(&endless), &status, &size));
	assert_int_equal(status, 0);
}

/* ---- names that last as long as who asked for them ---- */

#define IMAGES "GET /v1.41/images/json?filters="

static void test_docker_attach__abandoned_names_are_swept(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf own = { 0 }, images = { 0 }, gone = { 0 };
	engine_append_temporary_tag(&own);
	/* The same process at another time: it is gone. */
	buf_append(&gone, buf_str(&own));
	buf_append_char(&gone, '9');
	buf_printf(&images, "[{'RepoTags':null},{'RepoTags':['%s','other:1']},{'RepoTags':"
	           "['mortar-shell:1','mortar-shell:x.y','%s',7]}]", buf_text(&own), buf_text(&gone));
	bench_bytes(b, "POST /grpc", STR("HTTP/1.1 101 UPGRADED\r\n\r\n"), 100, SERVER_CLOSE);
	bench_on(b, IMAGES, 200, buf_text(&images));
	bench_on(b, "DELETE /v1.41/images/mortar-shell", 200, "[]");
	bench_end(b, 100);
	bench_go(b);
	assert_true(b->result.ok);
	size_t at = bench_find(b, "DELETE /v1.41/images/");
	assert_true(at < server_requests(b->server));
	assert_true(str_find_str(server_request(b->server, at), str_of("9?noprune=1")) != STR_NONE);
	size_t deleted = 0;
	for (size_t i = 0; i < server_requests(b->server); i++)
		deleted += str_has_prefix(server_request(b->server, i), STR("DELETE /v1.41/images/"));
	assert_int_equal(deleted, 1);
	assert_non_null(strstr(buf_text(&b->warnings), "removed the image mortar-shell:"));
}

static void untagged(void *data, const struct error *err)
{
	struct bench *b = data;
	b->dones++;
	b->result.error = err ? *err : (struct error){ 0 };
	loop_stop(b->loop);
}

static void test_docker_attach__untags(void **state)
{
	static const struct { int status; bool good; } table[] = {
		{ 200, true }, { 404, true }, { 409, false },
	};
	struct bench *b = *state;
	bench_end(b, 100);
	bench_go(b);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		bench_on(b, "DELETE /v1.41/images/mortar-shell%3A1?noprune=1", table[i].status,
		         "{'message':'in use'}");
		engine_untag(b->engine, "mortar-shell:1", untagged, b);
		bench_loop(b);
		assert_int_equal(b->dones, (int)i + 2);
		assert_int_equal(b->result.error.code == ERROR_NONE, table[i].good);
	}
	/* One under way ends with the engine. */
	engine_untag(b->engine, "mortar-shell:1", untagged, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(test_docker_attach__a_terminal_is_one_stream),
		RUN_TEST(test_docker_attach__without_one_there_are_two),
		RUN_TEST(test_docker_attach__cancelled_twice_it_is_removed),
		RUN_TEST(test_docker_attach__refusals_remove_the_container),
		cmocka_unit_test(test_docker_attach__reads_heads),
		RUN_TEST(test_docker_attach__abandoned_names_are_swept),
		RUN_TEST(test_docker_attach__untags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
