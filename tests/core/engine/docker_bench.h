#ifndef TESTS_CORE_ENGINE_DOCKER_BENCH_H
#define TESTS_CORE_ENGINE_DOCKER_BENCH_H

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

static inline void bench_answer(struct bench *b, const char *request, int status, struct str body,
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

static inline void bench_recipe(struct bench *b, const char *text)
{
	struct source *s = source_new(b->arena, STR("Dockerfile"), NULL, str_of(text));
	recipe_free(b->recipe);
	b->recipe = recipe_parse(s, (struct str){ 0 }, b->problems);
	assert_non_null(b->recipe);
	b->task.recipe = b->recipe;
}

static inline int bench_setup(void **state)
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

static inline int bench_teardown(void **state)
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

static inline void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	b->readies++;
	if (f)
		b->facts = *f;
	if (err)
		b->err = *err;
	loop_stop(b->loop);
}

static inline void bench_probe(struct bench *b, const char *spec)
{
	struct engine_options o = { .spec = spec, .build_id = "b1" };
	struct error err = { 0 };
	b->engine = engine_new(&o, b->loop, &err);
	assert_non_null(b->engine);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
	assert_int_equal(b->readies, 1);
}

static inline void bench_step(void *data, const struct step_report *s)
{
	struct bench *b = data;
	b->steps++;
	if (b->cancel_at && s->started && !s->ended &&
	    str_find_str(s->name, str_of(b->cancel_at)) != STR_NONE) {
		b->cancel_at = NULL;
		engine_cancel(b->work);
	}
}

static inline void bench_warning(void *data, struct str text)
{
	(void)text;
	((struct bench *)data)->warnings++;
}

static inline void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	snprintf(b->image_id, sizeof b->image_id, "%.*s", STR_ARG(r->image_id));
	loop_stop(b->loop);
}

static inline void bench_build(struct bench *b)
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

static inline void bench_classic(struct bench *b)
{
	bench_answer(b, "GET /version", 200, str_of(version_text), SERVER_CLOSE);
	bench_probe(b, b->address);
	assert_string_equal(b->facts.name, "classic");
}

static inline void bench_sessions(struct bench *b)
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
static inline void bench_posted(struct bench *b)
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
static inline struct str bench_request(const struct bench *b)
{
	return server_request(b->server, server_requests(b->server) - 1);
}

static inline bool bench_says(struct str text, const char *part)
{
	return str_find_str(text, str_of(part)) != STR_NONE;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

#endif
