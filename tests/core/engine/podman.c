#include "core/engine/podman.h"

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

/* podman's service by its answers: "fail" is a build whose second RUN fails. */

static const char version_text[] =
	"{\"Components\":[{\"Name\":\"Podman Engine\",\"Version\":\"4.3.1\"}],"
	"\"Version\":\"4.3.1\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.24\"}";

/* "fail" up to where its FROM has begun and its first RUN has printed. */
enum { BENCH_IN_FROM = 53, BENCH_IN_RUN = 116 };

struct bench {
	struct loop *loop;
	struct server *server;
	struct engine *engine;
	struct work *work;
	char dir[64], path[96], address[112];
	struct buf version, answer;
	struct arena *arena;
	struct problems *problems;
	struct recipe *recipe;
	struct image_task task;
	const char *tags[2];
	struct engine_facts facts;
	struct error err;
	struct work_result result;
	int dones, busies;
	const char *cancel_at;
	struct buf why;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	owned_buf struct buf text = { 0 };
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-podman-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	snprintf(b->address, sizeof b->address, "unix://%s", b->path);
	unsetenv("CONTAINER_HOST");
	unsetenv("XDG_RUNTIME_DIR");
	b->loop = loop_new();
	b->arena = arena_new();
	b->problems = problems_new();
	b->tags[0] = "image:1";
	b->task.tags = b->tags;
	b->task.context = context_new();
	context_add_bytes(b->task.context, ".dockerignore", 0644, STR("*.log\n"));
	golden_read(&text, "fail.dockerfile");
	struct source *s = source_new(b->arena, STR("Dockerfile"), NULL,
	                              arena_str(b->arena, buf_str(&text)));
	b->recipe = recipe_parse(s, (struct str){ 0 }, b->problems);
	b->task.recipe = b->recipe;
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
	buf_finish(&b->version);
	buf_finish(&b->answer);
	buf_finish(&b->why);
	unsetenv("CONTAINER_HOST");
	unsetenv("XDG_RUNTIME_DIR");
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	if (f)
		b->facts = *f;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static void bench_serve(struct bench *b, const char *version)
{
	server_append_answer(&b->version, 200, str_of(version), 50, true);
	b->server = server_new(b->loop, b->path);
	server_on(b->server, &(struct server_answer){ .request = "GET /version",
	                                              .bytes = buf_str(&b->version) });
}

static void bench_probe(struct bench *b, const char *spec)
{
	struct engine_options o = { .spec = spec, .build_id = "b1" };
	struct error err = { 0 };
	b->engine = engine_new(&o, b->loop, &err);
	assert_string_equal(err.text, "");
	assert_non_null(b->engine);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
}

/* The service at the address answers the build with the fixture's first `keep` bytes. */
static void bench_podman(struct bench *b, const char *fixture, size_t keep,
                         enum server_then then)
{
	owned_buf struct buf text = { 0 };
	bench_serve(b, version_text);
	golden_read(&text, fixture);
	server_append_answer(&b->answer, 200, str_slice(buf_str(&text), 0, keep), 11,
	                     then == SERVER_CLOSE && keep >= text.n);
	server_on(b->server, &(struct server_answer){ .request = "POST /v1.41/build?", .then = then,
	          .bytes = buf_str(&b->answer), .after_body = true });
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "podman");
}

static void bench_step(void *data, const struct step_report *s)
{
	struct bench *b = data;
	if (b->cancel_at && s->started && !s->ended &&
	    str_find_str(s->name, str_of(b->cancel_at)) != STR_NONE) {
		b->cancel_at = NULL;
		engine_cancel(b->work);
	}
}

static void bench_busy(void *data, struct str why)
{
	struct bench *b = data;
	b->busies++;
	buf_append(&b->why, why);
	assert_int_equal(b->dones, 0);
	assert_int_equal(server_dropped(b->server), 0);
	/* The RUN ends, and the next one would begin. */
	loop_stop(b->loop);
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	loop_stop(b->loop);
}

static void bench_build(struct bench *b)
{
	struct engine_sink sink = { .step = bench_step, .busy = bench_busy, .done = bench_done,
	                            .data = b };
	b->work = engine_image(b->engine, &b->task, &sink);
	looping_run(b->loop);
}

static bool bench_says(struct str text, const char *part)
{
	return str_find_str(text, str_of(part)) != STR_NONE;
}

static void test_podman__is_known_by_its_answer(void **state)
{
	struct bench *b = *state;
	bench_serve(b, version_text);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "podman");
	assert_string_equal(b->facts.product, "podman");
	assert_string_equal(b->facts.version, "4.3.1");
	assert_string_equal(b->facts.address, b->address);
	assert_int_equal(b->facts.numbering, NUMBERING_BUILDAH);
	assert_true(b->facts.abilities & ABILITY_SECRET_MOUNTS);
	assert_int_equal(server_requests(b->server), 2);
}

static void test_podman__is_looked_for_where_it_listens(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	owned_buf struct buf places = { 0 };
	podman_append_places(&places);
	assert_string_equal(buf_text(&places), "unix:///run/podman/podman.sock");
	setenv("XDG_RUNTIME_DIR", b->dir, 1);
	snprintf(b->path, sizeof b->path, "%s/podman/podman.sock", b->dir);
	snprintf(b->address, sizeof b->address, "%s/podman", b->dir);
	assert_true(save_dir(b->address, 0700, &err));
	bench_serve(b, version_text);
	bench_probe(b, "podman");
	assert_string_equal(b->facts.name, "podman");
	assert_string_equal(b->facts.address + 7, b->path);
	buf_clear(&places);
	podman_append_places(&places);
	assert_true(bench_says(buf_str(&places), b->path));
	assert_true(bench_says(buf_str(&places), " or unix:///run/podman/podman.sock"));
	setenv("CONTAINER_HOST", "unix:///elsewhere", 1);
	buf_clear(&places);
	podman_append_places(&places);
	assert_string_equal(buf_text(&places), "unix:///elsewhere");
}

static void test_podman__says_how_it_is_started(void **state)
{
	struct bench *b = *state;
	setenv("CONTAINER_HOST", b->address, 1);
	bench_probe(b, "podman");
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "no podman service at unix:///tmp/"));
	assert_non_null(strstr(b->err.text, "start podman.socket, or podman system service --time 0 "
	                       "unix:///tmp/"));
}

static void test_podman__is_not_taken_for_dockerd_nor_dockerd_for_it(void **state)
{
	struct bench *b = *state;
	bench_serve(b, "{\"ApiVersion\":\"1.41\"}");
	setenv("CONTAINER_HOST", b->address, 1);
	bench_probe(b, "podman");
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	assert_non_null(strstr(b->err.text, "is not podman"));
	engine_free(b->engine);
	server_free(b->server);
	buf_clear(&b->version);
	bench_serve(b, version_text);
	setenv("DOCKER_HOST", b->address, 1);
	bench_probe(b, "buildkit");
	unsetenv("DOCKER_HOST");
	assert_non_null(strstr(b->err.text, "use --engine podman"));
}

static void test_podman__is_asked_to_build(void **state)
{
	struct bench *b = *state;
	struct pair options[] = { { STR("network"), STR("host") }, { STR("target"), STR("x") } };
	struct pair args[] = { { STR("C1"), { NULL, 0 } } };
	b->task.options = options;
	b->task.noptions = 2;
	b->task.level = (struct level_effect){ .no_cache = true, .args = args, .nargs = 1 };
	bench_podman(b, "stages.podman", 10000, SERVER_CLOSE);
	bench_build(b);
	assert_string_equal(b->result.error.text, "");
	assert_true(b->result.ok);
	struct str r = server_request(b->server, 2);
	assert_true(bench_says(r, "&dockerfile=.mortar.dockerfile&rm=1&forcerm=1&buildid=b1-1"
	                       "&t=image%3A1&nocache=1&networkmode=host&target=x"));
	assert_true(bench_says(r, "&extrahosts=%5B%22mortar-b1-1%3A240.0.0.1%22%5D"
	                       "&buildargs=%7B%22C1%22%3A%22b1%22%7D"));
	/* What hides our Dockerfile leaves the context's own file as it is. */
	assert_true(bench_says(r, ".mortar.dockerfile\n.containerignore\n"));
	assert_true(bench_says(r, "*.log\n"));
	assert_false(bench_says(r, "*.log\n.mortar"));
}

static void test_podman__tells_a_failing_step(void **state)
{
	struct bench *b = *state;
	bench_podman(b, "fail.podman", 10000, SERVER_CLOSE);
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_BUILD);
	assert_string_equal(b->result.error.text,
	                    "Dockerfile line 3 failed with exit code 7: RUN echo oops >&2; exit 7");
}

static void test_podman__says_when_it_goes_away(void **state)
{
	static const struct {
		size_t keep;
		enum server_then then;
		const char *says;
	} table[] = {
		{ BENCH_IN_RUN, SERVER_VANISH, "the engine went away while it was at RUN echo before" },
		{ BENCH_IN_RUN, SERVER_CLOSE, "the engine went away while it was at RUN echo before" },
		{ 0, SERVER_VANISH, "the engine went away while the context was sent" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		void *own;
		bench_setup(&own);
		struct bench *b = own;
		bench_podman(b, "fail.podman", table[i].keep, table[i].then);
		bench_build(b);
		assert_false(b->result.ok);
		assert_int_equal(b->result.error.code, ERROR_UNREACHABLE);
		if (!strstr(b->result.error.text, table[i].says))
			fail_msg("'%s' does not say '%s'", b->result.error.text, table[i].says);
		bench_teardown(&own);
	}
}

/* What has the image's id in its text only has not told it. */
static void test_podman__believes_no_end_that_is_text(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	golden_read(&text, "imitation.podman");
	size_t aux = str_find_str(buf_str(&text), STR("{\"aux\""));
	assert_true(aux != STR_NONE);
	bench_podman(b, "imitation.podman", aux, SERVER_CLOSE);
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_UNREACHABLE);
}

static void test_podman__cancel_between_runs_closes_the_connection(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	bench_podman(b, "fail.podman", BENCH_IN_FROM, SERVER_HOLD);
	b->cancel_at = "FROM";
	int64_t since = clock_monotonic_ms();
	bench_build(b);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	assert_int_equal(b->busies, 0);
	while (!server_dropped(b->server) && clock_monotonic_ms() - since < 5000)
		assert_true(loop_turn(b->loop, 100, &err));
	assert_int_equal(server_dropped(b->server), 1);
}

static void test_podman__cancel_says_that_a_run_elsewhere_goes_on(void **state)
{
	struct bench *b = *state;
	bench_podman(b, "fail.podman", BENCH_IN_RUN, SERVER_HOLD);
	b->cancel_at = "RUN echo before";
	bench_build(b);
	assert_int_equal(b->busies, 1);
	assert_int_equal(b->dones, 0);
	assert_non_null(strstr(buf_text(&b->why), "podman does not stop a RUN when its client goes"));
	/* Its end, which the service tells by closing. */
	server_free(b->server);
	b->server = NULL;
	looping_run(b->loop);
	assert_int_equal(b->dones, 1);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

static void test_podman__takes_secrets_as_files_of_the_context(void **state)
{
	static const struct secret secret = { "extra_index_url", NULL, "PIP_EXTRA_INDEX_URL",
	                                      SECRET_MOUNTED };
	struct bench *b = *state;
	setenv("PIP_EXTRA_INDEX_URL", "https://u:hunter2@h", 1);
	context_add_bytes(b->task.context, ".mortar-secret-1", 0644, STR("theirs"));
	b->task.secrets = &secret;
	b->task.nsecrets = 1;
	bench_podman(b, "fail.podman", 10000, SERVER_CLOSE);
	bench_build(b);
	struct str request = server_request(b->server, server_requests(b->server) - 1);
	struct str head = str_slice(request, 0, str_find_str(request, STR("\r\n\r\n")));
	assert_true(str_find_str(head, STR("secrets=%5B%22id%3Dextra_index_url%2Csrc%3D"
	                                   ".mortar-secret-1-2%22%5D")) != STR_NONE);
	assert_true(str_find_str(head, STR("hunter2")) == STR_NONE);
	assert_true(str_find_str(request, STR("https://u:hunter2@h")) != STR_NONE);
	unsetenv("PIP_EXTRA_INDEX_URL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_podman__is_known_by_its_answer),
		TEST(test_podman__is_looked_for_where_it_listens),
		TEST(test_podman__says_how_it_is_started),
		TEST(test_podman__is_not_taken_for_dockerd_nor_dockerd_for_it),
		TEST(test_podman__is_asked_to_build),
		TEST(test_podman__tells_a_failing_step),
		TEST(test_podman__says_when_it_goes_away),
		TEST(test_podman__believes_no_end_that_is_text),
		TEST(test_podman__cancel_between_runs_closes_the_connection),
		TEST(test_podman__cancel_says_that_a_run_elsewhere_goes_on),
		TEST(test_podman__takes_secrets_as_files_of_the_context),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
