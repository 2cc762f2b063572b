#include "tests/core/engine/docker_bench.h"

static void test_docker__builds_by_the_classic_builder(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	struct pair options[] = {
		{ STR("network"), STR("host") }, { STR("build-arg:A"), STR("x \"y\"") },
		{ STR("label:l"), STR("v") }, { STR("pull"), STR("1") },
	};
	struct pair args[] = { { STR("C1"), { NULL, 0 } } };
	bench_classic(b);
	golden_read(&text, "stages_cached.classic");
	bench_answer(b, "POST /v1.41/build?", 200, buf_str(&text), SERVER_CLOSE);
	golden_read(&text, "stages.dockerfile");
	b->task.options = options;
	b->task.noptions = 4;
	b->task.level = (struct level_effect){ .no_cache = true, .args = args, .nargs = 1 };
	owned_buf struct buf recipe = { 0 };
	golden_read(&recipe, "stages.dockerfile");
	bench_recipe(b, buf_text(&recipe));
	bench_build(b);
	assert_true(b->result.ok);
	assert_true(str_has_prefix(str_of(b->image_id), STR("sha256:46e40b207557")));
	assert_int_equal(b->steps, 32);
	struct str r = bench_request(b);
	assert_true(str_has_prefix(r, STR("POST /v1.41/build?version=1"
	                                  "&dockerfile=.mortar.dockerfile")));
	assert_true(bench_says(r, "&rm=1&forcerm=1&buildid=b1-1&t=image%3A1&nocache=1&pull=1"));
	assert_true(bench_says(r, "&networkmode=host&buildargs=%7B%22A%22%3A%22x%20%5C%22y%5C%22%22"
	                       "%2C%22C1%22%3A%22b1%22%7D&labels=%7B%22l%22%3A%22v%22%7D"));
	/* The tar: our Dockerfile first, then what hides it, then the context. */
	struct str tar = str_slice(r, str_find_str(r, STR("\r\n\r\n")) + 4, r.n);
	assert_true(str_has_prefix(tar, STR(".mortar.dockerfile\0")));
	assert_true(bench_says(tar, ".mortar.dockerfile\n.dockerignore\n"));
	assert_true(bench_says(tar, "hello\n"));
}

static void test_docker__builds_by_buildkit(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	bench_posted(b);
	golden_read(&text, "stages.trace");
	bench_answer(b, "POST /v1.41/build?", 200, buf_str(&text), SERVER_CLOSE);
	bench_build(b);
	assert_true(b->result.ok);
	assert_true(str_has_prefix(str_of(b->image_id), STR("sha256:a15bd9222d37")));
	assert_true(bench_says(bench_request(b), "/build?version=2&"));
	assert_false(bench_says(bench_request(b), ".dockerignore"));
}

static void test_docker__sends_a_dockerfile_of_the_context_under_its_name(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	context_add_bytes(b->task.context, "Dockerfile", 0644, b->recipe->text);
	context_add_bytes(b->task.context, "z/Dockerfile", 0644, STR("FROM other\n"));
	bench_classic(b);
	golden_read(&text, "fail.classic");
	bench_answer(b, "POST /v1.41/build?", 200, buf_str(&text), SERVER_CLOSE);
	bench_build(b);
	struct str r = bench_request(b);
	assert_true(bench_says(r, "&dockerfile=Dockerfile&"));
	assert_false(bench_says(r, ".mortar"));
}

static void test_docker__warns_when_a_copy_takes_the_dockerfile_along(void **state)
{
	static const struct {
		const char *copy;
		int warnings;
	} table[] = {
		{ "COPY . /x", 1 }, { "COPY ./ /x", 1 }, { "ADD / /x", 1 }, { "COPY * /x", 1 },
		{ "COPY a.txt /x", 0 }, { "COPY --from=0 . /x", 0 }, { "COPY [\".\", \"/x\"]", 1 },
		{ "COPY src/. /x", 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		char recipe[100];
		bench_setup(&own);
		struct bench *b = own;
		snprintf(recipe, sizeof recipe, "FROM a\nRUN true\nFROM b\n%s\n", table[i].copy);
		bench_recipe(b, recipe);
		bench_posted(b);
		bench_answer(b, "POST /v1.41/build?", 200, STR("{\"error\":\"no\"}\n"), SERVER_CLOSE);
		bench_build(b);
		assert_int_equal(b->warnings, table[i].warnings);
		bench_teardown(&own);
	}
}

static void test_docker__tells_a_failing_step(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	bench_posted(b);
	golden_read(&text, "fail.trace");
	bench_answer(b, "POST /v1.41/build?", 200, buf_str(&text), SERVER_CLOSE);
	bench_build(b);
	assert_false(b->result.ok);
	assert_int_equal(b->result.error.code, ERROR_BUILD);
	assert_string_equal(b->result.error.text,
	                    "Dockerfile line 3 failed with exit code 7: RUN echo oops >&2; exit 7");
	assert_int_equal(b->result.error.at.line, 3);
}

static void test_docker__tells_a_refusal_in_the_engines_words(void **state)
{
	struct bench *b = *state;
	bench_classic(b);
	bench_answer(b, "POST /v1.41/build?", 500,
	             STR("{\"message\":\"invalid reference format\"}\n"), SERVER_CLOSE);
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_REFUSED);
	assert_string_equal(b->result.error.text, "the engine refused (500): invalid reference "
	                    "format");
}

static void bench_cut(void **state, const char *fixture, size_t keep, const char *says,
                      enum error_code code)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	golden_read(&text, fixture);
	bench_answer(b, "POST /v1.41/build?", 200, str_slice(buf_str(&text), 0, keep),
	             SERVER_VANISH);
	bench_build(b);
	assert_false(b->result.ok);
	assert_false(b->result.cancelled);
	assert_int_equal(b->result.error.code, code);
	if (!strstr(b->result.error.text, says))
		fail_msg("'%s' does not say '%s'", b->result.error.text, says);
}

static void test_docker__says_when_the_engine_goes_away(void **state)
{
	bench_classic(*state);
	bench_cut(state, "fail.classic", 260, "the engine went away while it was at RUN echo before",
	          ERROR_UNREACHABLE);
}

static void test_docker__says_when_buildkit_goes_away(void **state)
{
	bench_posted(*state);
	bench_cut(state, "fail.trace", 4500, "the engine went away while it was at [",
	          ERROR_UNREACHABLE);
}

static void test_docker__says_when_a_stream_ends_without_a_result(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	bench_classic(b);
	golden_read(&text, "stages.classic");
	bench_answer(b, "POST /v1.41/build?", 200, str_slice(buf_str(&text), 0, 90), SERVER_CLOSE);
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->result.error.text, "went away"));
}

static void test_docker__refuses_garbage(void **state)
{
	static const char *const garbage[] = {
		"<html><body>no engine</body></html>\n", "{\"stream\":\n", "[1,2]\n",
		"{\"id\":\"moby.buildkit.trace\",\"aux\":\"%%%\"}\n",
		"{\"id\":\"moby.buildkit.trace\",\"aux\":\"/////w==\"}\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		bench_posted(b);
		bench_answer(b, "POST /v1.41/build?", 200, str_of(garbage[i]), SERVER_CLOSE);
		bench_build(b);
		assert_int_equal(b->result.error.code, ERROR_PROTOCOL);
		bench_teardown(&own);
	}
}

static void test_docker__a_broken_context_cuts_the_stream(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	owned_buf struct buf file = { 0 }, text = { 0 };
	buf_printf(&file, "%s/grows", b->dir);
	assert_true(save_file(buf_text(&file), STR("one"), 0644, &err));
	context_add_tree(b->task.context, buf_text(&file), "grows", NULL);
	bench_classic(b);
	golden_read(&text, "stages_cached.classic");
	bench_answer(b, "POST /v1.41/build?", 200, buf_str(&text), SERVER_CLOSE);
	assert_true(context_scan(b->task.context, &err));
	assert_true(save_file(buf_text(&file), STR("one more"), 0644, &err));
	bench_build(b);
	assert_false(b->result.ok);
	assert_non_null(strstr(b->result.error.text, "grows"));
	assert_false(server_ended(b->server, server_requests(b->server) - 1));
}

static void test_docker__an_unreadable_context_is_told_at_once(void **state)
{
	struct bench *b = *state;
	context_add_tree(b->task.context, "/nonexistent/folder", "x", NULL);
	bench_classic(b);
	bench_build(b);
	assert_false(b->result.ok);
	assert_non_null(strstr(b->result.error.text, "/nonexistent/folder"));
	/* The probe's: nothing was asked to build. */
	assert_int_equal(server_requests(b->server), 3);
}

static void test_docker__cancel_closes_the_classic_builders_connection(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	owned_buf struct buf text = { 0 };
	bench_classic(b);
	golden_read(&text, "fail.classic");
	bench_answer(b, "POST /v1.41/build?", 200, str_slice(buf_str(&text), 0, 260), SERVER_HOLD);
	b->cancel_at = "RUN echo before";
	int64_t since = clock_monotonic_ms();
	bench_build(b);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	while (!server_dropped(b->server) && clock_monotonic_ms() - since < 5000)
		assert_true(loop_turn(b->loop, 100, &err));
	assert_int_equal(server_dropped(b->server), 1);
}

static void test_docker__cancel_asks_buildkit_by_name(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	bench_posted(b);
	golden_read(&text, "fail.trace");
	bench_answer(b, "POST /v1.41/build?", 200, str_slice(buf_str(&text), 0, 4500), SERVER_HOLD);
	bench_answer(b, "POST /v1.41/build/cancel?id=b1-1 ", 200, STR("{}"), SERVER_CLOSE);
	b->cancel_at = "RUN echo before";
	bench_build(b);
	assert_true(b->result.cancelled);
	assert_true(str_has_prefix(bench_request(b), STR("POST /v1.41/build/cancel?id=b1-1 ")));
}

static void test_docker__freeing_the_engine_ends_its_work_without_a_word(void **state)
{
	struct bench *b = *state;
	struct engine_sink sink = { .done = bench_done, .data = b };
	struct error err = { 0 };
	bench_classic(b);
	engine_image(b->engine, &b->task, &sink);
	loop_turn(b->loop, 0, &err);
	engine_free(b->engine);
	b->engine = NULL;
	for (int i = 0; i < 5; i++)
		loop_turn(b->loop, 0, &err);
	assert_int_equal(b->dones, 0);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_docker__builds_by_the_classic_builder),
		TEST(test_docker__builds_by_buildkit),
		TEST(test_docker__sends_a_dockerfile_of_the_context_under_its_name),
		TEST(test_docker__warns_when_a_copy_takes_the_dockerfile_along),
		TEST(test_docker__tells_a_failing_step),
		TEST(test_docker__tells_a_refusal_in_the_engines_words),
		TEST(test_docker__says_when_the_engine_goes_away),
		TEST(test_docker__says_when_buildkit_goes_away),
		TEST(test_docker__says_when_a_stream_ends_without_a_result),
		TEST(test_docker__refuses_garbage),
		TEST(test_docker__a_broken_context_cuts_the_stream),
		TEST(test_docker__an_unreadable_context_is_told_at_once),
		TEST(test_docker__cancel_closes_the_classic_builders_connection),
		TEST(test_docker__cancel_asks_buildkit_by_name),
		TEST(test_docker__freeing_the_engine_ends_its_work_without_a_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
