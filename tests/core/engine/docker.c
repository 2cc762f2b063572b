#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/engine/engine.h"
#include "core/os/clock.h"
#include "core/os/save.h"
#include "tests/core/engine/golden.h"
#include "tests/core/os/looping.h"
#include "tests/fake/server.h"

static const char version_text[] =
	"{\"Version\":\"20.10.24\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.12\"}";
static const char upgrade_text[] =
	"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

struct bench {
	struct loop *loop;
	struct server *server;
	struct engine *engine;
	struct work *work;
	char dir[64], path[96], address[112];
	struct buf answers[4];
	size_t nanswers;
	struct arena *arena;
	struct problems *problems;
	struct recipe *recipe;
	struct image_task task;
	const char *tags[2];
	struct engine_facts facts;
	struct error err;
	struct work_result result;
	char image_id[80];
	int readies, dones, steps, warnings;
	const char *cancel_at;          /* cancelled when this step starts */
};

static void bench_answer(struct bench *b, const char *request, int status, struct str body,
                         enum server_then then)
{
	struct buf *text = &b->answers[b->nanswers++];
	CHECK(b->nanswers <= 4);
	server_append_answer(text, status, body, 11, then == SERVER_CLOSE);
	struct server_answer a = { .request = request, .bytes = buf_str(text), .then = then };
	a.after_body = strncmp(request, "POST /v1.41/build?", 18) == 0 && then == SERVER_CLOSE;
	a.piece = body.n > 10000 ? 1000 : 7;
	server_on(b->server, &a);
}

static void bench_recipe(struct bench *b, const char *text)
{
	struct source *s = source_new(b->arena, STR("Dockerfile"), NULL, str_of(text));
	recipe_free(b->recipe);
	b->recipe = recipe_parse(s, (struct str){ 0 }, b->problems);
	assert_non_null(b->recipe);
	b->task.recipe = b->recipe;
}

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-docker-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	snprintf(b->address, sizeof b->address, "unix://%s", b->path);
	b->loop = loop_new();
	b->server = server_new(b->loop, b->path);
	b->arena = arena_new();
	b->problems = problems_new();
	b->tags[0] = "image:1";
	b->task.tags = b->tags;
	b->task.context = context_new();
	bench_recipe(b, "FROM mortar-test-busybox:1\nRUN echo before\n"
	             "RUN echo oops >&2; exit 7\nRUN echo never\n");
	context_add_bytes(b->task.context, "a.txt", 0644, STR("hello\n"));
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	engine_free(b->engine);
	server_free(b->server);
	loop_free(b->loop);
	context_free(b->task.context);
	recipe_free(b->recipe);
	problems_free(b->problems);
	arena_free(b->arena);
	for (size_t i = 0; i < 4; i++)
		buf_finish(&b->answers[i]);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	b->readies++;
	if (f)
		b->facts = *f;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static void bench_probe(struct bench *b, const char *spec)
{
	struct engine_options o = { .spec = spec, .build_id = "b1" };
	struct error err = { 0 };
	b->engine = engine_new(&o, b->loop, &err);
	assert_non_null(b->engine);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
	assert_int_equal(b->readies, 1);
}

static void bench_step(void *data, const struct step_report *s)
{
	struct bench *b = data;
	b->steps++;
	if (b->cancel_at && s->started && !s->ended &&
	    str_find_str(s->name, str_of(b->cancel_at)) != STR_NONE) {
		b->cancel_at = NULL;
		engine_cancel(b->work);
	}
}

static void bench_warning(void *data, struct str text)
{
	(void)text;
	((struct bench *)data)->warnings++;
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	snprintf(b->image_id, sizeof b->image_id, "%.*s", STR_ARG(r->image_id));
	loop_stop(b->loop);
}

static void bench_build(struct bench *b)
{
	struct engine_sink sink = { .step = bench_step, .warning = bench_warning,
	                            .done = bench_done, .data = b };
	b->work = engine_image(b->engine, &b->task, &sink);
	assert_int_equal(b->dones, 0);
	looping_run(b->loop);
	assert_int_equal(b->dones, 1);
	/* Whether it is told twice shows in later turns. */
	struct error err = { 0 };
	for (int i = 0; i < 3; i++)
		loop_turn(b->loop, 0, &err);
	assert_int_equal(b->dones, 1);
}

static void bench_classic(struct bench *b)
{
	bench_answer(b, "GET /version", 200, str_of(version_text), SERVER_CLOSE);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "classic");
}

static void bench_sessions(struct bench *b)
{
	struct server_answer a = { .request = "POST /grpc", .bytes = str_of(upgrade_text) };
	a.then = SERVER_HOLD;
	server_on(b->server, &a);
	bench_answer(b, "GET /version", 200, str_of(version_text), SERVER_CLOSE);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "buildkit");
	assert_true(b->facts.abilities & ABILITY_SECRET_MOUNTS);
}

/* BuildKit behind something that keeps /grpc to itself. */
static void bench_posted(struct bench *b)
{
	static const char ping[] =
		"HTTP/1.1 200 OK\r\nServer: Docker/27.0.0 (linux)\r\nApi-Version: 1.46\r\n"
		"Builder-Version: 2\r\nContent-Length: 2\r\n\r\nOK";
	struct server_answer a = { .request = "GET /_ping", .bytes = STR(ping) };
	server_on(b->server, &a);
	bench_answer(b, "POST /grpc", 403, STR("Forbidden"), SERVER_CLOSE);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "buildkit");
	assert_int_equal(b->facts.abilities, ABILITY_CACHE_MOUNTS);
}

/* The last request's text. */
static struct str bench_request(const struct bench *b)
{
	return server_request(b->server, server_requests(b->server) - 1);
}

static bool bench_says(struct str text, const char *part)
{
	return str_find_str(text, str_of(part)) != STR_NONE;
}

static void test_docker__probe_tells_what_answers(void **state)
{
	struct bench *b = *state;
	bench_sessions(b);
	assert_string_equal(b->facts.product, "dockerd");
	assert_string_equal(b->facts.version, "20.10.24");
	assert_string_equal(b->facts.api_version, "1.41");
	assert_string_equal(b->facts.address, b->address);
	assert_int_equal(b->facts.numbering, NUMBERING_BUILDKIT);
}

static void test_docker__takes_the_head_of_a_ping_for_a_version(void **state)
{
	static const struct {
		const char *server, *api;
		const char *version;            /* NULL: /version is asked */
	} table[] = {
		{ "Docker/20.10.24+dfsg1 (linux)", "1.41", "20.10.24+dfsg1" },
		{ "Docker/28.5.1 (linux)", "1.51", "28.5.1" },
		{ "Docker/29.0.0 (linux)", "1.52", NULL },
		{ "Docker/19.03.15 (linux)", "1.40", NULL },
		{ "Docker/27.0.0", "new", NULL },
		{ "Libpod/4.3.1 (linux)", "1.41", NULL },
		{ "nginx", "1.41", NULL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		char text[300];
		bench_setup(&own);
		struct bench *b = own;
		snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nServer: %s\r\nApi-Version: %s\r\n"
		         "Content-Length: 2\r\n\r\nOK", table[i].server, table[i].api);
		struct server_answer ping = { .request = "GET /_ping", .bytes = str_of(text) };
		server_on(b->server, &ping);
		bench_answer(b, "GET /version", 200, str_of(version_text), SERVER_CLOSE);
		bench_probe(b, b->address);
		assert_string_equal(b->facts.version, table[i].version ? table[i].version : "20.10.24");
		assert_string_equal(b->facts.product, "dockerd");
		assert_string_equal(b->facts.api_version, "1.41");
		bench_teardown(&own);
	}
}

static void test_docker__meets_the_version_half_way(void **state)
{
	static const struct {
		const char *most, *least, *met;
	} table[] = {
		{ "1.41", "1.12", "1.41" }, { "1.40", "1.12", "1.40" }, { "1.52", "1.24", "1.41" },
		{ "1.53", "1.44", "1.44" }, { "1.9", "1.0", "1.9" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		char text[120];
		bench_setup(&own);
		struct bench *b = own;
		snprintf(text, sizeof text, "{\"ApiVersion\":\"%s\",\"MinAPIVersion\":\"%s\"}",
		         table[i].most, table[i].least);
		bench_answer(b, "GET /version", 200, str_of(text), SERVER_CLOSE);
		bench_probe(b, b->address);
		assert_string_equal(b->facts.api_version, table[i].met);
		bench_teardown(&own);
	}
}

/* Whoever should speak gRPC at once, by its version, but does not. */
static void test_docker__falls_back_to_the_upgrade(void **state)
{
	struct bench *b = *state;
	struct server_answer grpc = { .request = "POST /grpc", .bytes = str_of(upgrade_text),
	                              .then = SERVER_HOLD };
	size_t tried = 0;
	server_on(b->server, &grpc);
	bench_answer(b, "GET /version", 200,
	             STR("{\"Version\":\"29.2.0\",\"ApiVersion\":\"1.53\"}"), SERVER_CLOSE);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "buildkit");
	assert_string_equal(b->facts.version, "29.2.0");
	assert_true(b->facts.abilities & ABILITY_SSH_MOUNTS);
	for (size_t i = 0; i < server_requests(b->server); i++)
		tried += str_has_prefix(server_request(b->server, i), STR("PRI * HTTP/2.0\r\n"));
	assert_int_equal(tried, 1);
}

static void test_docker__probe_refuses_what_it_cannot_use(void **state)
{
	static const struct {
		int status;
		const char *body, *says;
		enum error_code code;
	} table[] = {
		{ 200, "<html>", "no docker engine", ERROR_PROTOCOL },
		{ 200, "{}", "tells no ApiVersion", ERROR_PROTOCOL },
		{ 200, "[]", "tells no ApiVersion", ERROR_PROTOCOL },
		{ 503, "{}", "status 503", ERROR_PROTOCOL },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		bench_answer(b, "GET /version", table[i].status, str_of(table[i].body), SERVER_CLOSE);
		bench_probe(b, b->address);
		assert_int_equal(b->err.code, table[i].code);
		assert_non_null(strstr(b->err.text, table[i].says));
		bench_teardown(&own);
	}
}

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

static void test_docker__refuses_addresses_it_cannot_use(void **state)
{
	static const char *const wrong[] = { "ssh://-host", "tcp://", "tcp://host:0", "tcp://h:x",
	                                     "unix://", "npipe:////./pipe/docker" };
	struct bench *b = *state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct engine_options o = { .spec = wrong[i] };
		struct error err = { 0 };
		assert_null(engine_new(&o, b->loop, &err));
		assert_int_equal(err.code, ERROR_USAGE);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_docker__probe_tells_what_answers),
		TEST(test_docker__takes_the_head_of_a_ping_for_a_version),
		TEST(test_docker__meets_the_version_half_way),
		TEST(test_docker__falls_back_to_the_upgrade),
		TEST(test_docker__probe_refuses_what_it_cannot_use),
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
		TEST(test_docker__refuses_addresses_it_cannot_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
