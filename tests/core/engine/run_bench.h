#ifndef TESTS_CORE_ENGINE_RUN_BENCH_H
#define TESTS_CORE_ENGINE_RUN_BENCH_H

/* A run on a dockerd that says what the test wants and fails where it wants: a service
 * that goes on until the test says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/engine/engine.h"
#include "core/engine/run_owner.h"
#include "core/os/process.h"
#include "core/os/save.h"
#include "tests/fake/server.h"

#define RUN_TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)
#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
#define INSPECT "GET /v1.41/containers/c1/json"
#define ATTACH "POST /v1.41/containers/c1/attach"
#define START "POST /v1.41/containers/c1/start"
#define STOP "POST /v1.41/containers/c1/stop?t=10"
#define DELETE "DELETE /v1.41/containers/c1?force=1&v=1"
#define CREATE "POST /v1.41/containers/create"

/* JSON with ' for ", as bench_on takes it. */
#define PORTS "'NetworkSettings':{'Ports':{'8080/tcp':" \
              "[{'HostIp':'127.0.0.1','HostPort':'49153'}],'9/udp':null}}"
#define STARTING "{'State':{'Running':true,'Health':{'Status':'starting'}}}"
#define RUNNING "{'Name':'/web','State':{'Running':true,'ExitCode':0}," PORTS "}"
#define ENDED "{'Name':'/web','State':{'Running':false,'ExitCode':7," \
              "'Health':{'Status':'unhealthy','Log':null}}}"

struct bench {
	struct loop *loop;
	struct server *server;
	struct engine *engine;
	struct work *work;
	char dir[64], path[96], address[112];
	struct arena *arena;
	struct run_task task;
	struct buf phases;              /* "created running exited removed" */
	struct buf out[3], warnings;
	struct run_report last;         /* texts kept in the arena */
	struct work_result result;
	int readies, dones;
	bool cancels_at_warning;
	/* When the phase or health is come to, once. */
	void (*at)(struct bench *);
	enum run_phase at_phase;
	enum run_health at_health;
};

static inline void bench_bytes(struct bench *b, const char *request, struct str bytes, size_t piece,
                        enum server_then then)
{
	struct server_answer a = { .request = request, .bytes = arena_str(b->arena, bytes),
	                           .piece = piece, .then = then };
	server_on(b->server, &a);
}

static inline void bench_on(struct bench *b, const char *request, int status, const char *body)
{
	owned_buf struct buf text = { 0 };
	char *json = arena_text(b->arena, str_of(body));
	for (char *c = json; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	server_append_answer(&text, status, str_of(json), 50, true);
	bench_bytes(b, request, buf_str(&text), 200, SERVER_CLOSE);
}

static inline int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-run-XXXXXX");
	CHECK(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/s", b->dir);
	snprintf(b->address, sizeof b->address, "unix://%s", b->path);
	b->loop = loop_new();
	b->server = server_new(b->loop, b->path);
	b->arena = arena_new();
	b->task = (struct run_task){ .name = "web", .image = STR("sha256:abc") };
	bench_on(b, "GET /version", 200, "{'Version':'20.10.24','ApiVersion':'1.41'}");
	bench_on(b, "GET /v1.41/containers/json?all=1&filters=", 200, "[]");
	bench_on(b, "GET /v1.41/images/sha256%3Aabc/json", 200,
	         "{'Config':{'ExposedPorts':{'8080/tcp':{}},'Env':['PATH=/bin','SET=by image']}}");
	bench_on(b, CREATE "?name=web", 201, "{'Id':'c1','Warnings':[]}");
	bench_bytes(b, ATTACH, STR(HEAD), 1000, SERVER_HOLD);
	bench_on(b, START, 204, "");
	bench_on(b, INSPECT, 200, RUNNING);
	bench_on(b, STOP, 204, "");
	bench_on(b, DELETE, 204, "");
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
	buf_finish(&b->phases);
	buf_finish(&b->out[1]);
	buf_finish(&b->out[2]);
	buf_finish(&b->warnings);
	arena_free(b->arena);
	CHECK(save_remove(b->dir, &err));
	free(b);
	return 0;
}

static inline void bench_late(struct loop *l, void *data)
{
	(void)l, (void)data;
	fail_msg("no end within twenty seconds");
}

static inline void bench_loop(struct bench *b)
{
	struct error err = { 0 };
	uint64_t late = loop_timer(b->loop, 20000, bench_late, NULL);
	assert_true(loop_run(b->loop, &err));
	loop_untimer(b->loop, late);
}

static inline void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	assert_non_null(f);
	assert_null(err);
	b->readies++;
	loop_stop(b->loop);
}

static inline void bench_run(void *data, const struct run_report *r)
{
	struct bench *b = data;
	bool moved = !b->phases.n || r->phase != b->last.phase;
	if (moved)
		buf_printf(&b->phases, "%s%s", b->phases.n ? " " : "", run_phase_name(r->phase));
	b->last = *r;
	b->last.name = arena_str(b->arena, r->name);
	b->last.probe = arena_str(b->arena, r->probe);
	if (r->nports) {
		struct run_port *port = arena_alloc(b->arena, sizeof *port);
		*port = (struct run_port){ arena_str(b->arena, r->ports->port),
		                           arena_str(b->arena, r->ports->address), r->ports->number };
		b->last.ports = port;
	}
	if (b->at && r->phase == b->at_phase && r->health == b->at_health) {
		void (*at)(struct bench *) = b->at;
		b->at = NULL;
		at(b);
	}
}

static inline void bench_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct bench *b = data;
	assert_int_equal(key, 0);
	assert_true(t > 0 && bytes.n > 0);
	buf_append(&b->out[stream], bytes);
}

static inline void bench_warning(void *data, struct str text)
{
	struct bench *b = data;
	buf_append(&b->warnings, text);
	buf_append_char(&b->warnings, '\n');
	if (b->cancels_at_warning)
		engine_cancel(b->work);
}

static inline void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	loop_stop(b->loop);
}

static inline void bench_start(struct bench *b)
{
	struct engine_options o = { .spec = b->address, .build_id = "b1" };
	struct engine_sink sink = { .run = bench_run, .log = bench_log, .warning = bench_warning,
	                            .done = bench_done, .data = b };
	struct error err = { 0 };
	b->engine = engine_new(&o, b->loop, &err);
	assert_non_null(b->engine);
	engine_probe(b->engine, bench_ready, b);
	bench_loop(b);
	b->work = engine_run(b->engine, &b->task, &sink, &err);
	assert_non_null(b->work);
	assert_int_equal(b->dones, 0);
}

static inline void bench_go(struct bench *b)
{
	bench_start(b);
	bench_loop(b);
	assert_int_equal(b->dones, 1);
	struct error err = { 0 };
	for (int i = 0; i < 3; i++)
		loop_turn(b->loop, 0, &err);
	assert_int_equal(b->dones, 1);
}

/* The first request that begins so, from one on; n: none. */
static inline size_t bench_find(const struct bench *b, const char *request)
{
	size_t n = server_requests(b->server);
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(server_request(b->server, i), str_of(request)))
			return i;
	return n;
}

static inline bool bench_was_asked(const struct bench *b, const char *request)
{
	return bench_find(b, request) < server_requests(b->server);
}

static inline bool bench_says(const struct bench *b, const char *part)
{
	return strstr(b->result.error.text, part) != NULL;
}

static inline void bench_frame(struct buf *out, int stream, struct str text)
{
	char head[8] = { (char)stream, 0, 0, 0, 0, 0, (char)(text.n >> 8), (char)text.n };
	buf_append(out, (struct str){ head, 8 });
	buf_append(out, text);
}

/* The container has ended, and what it printed with it. */
static inline void bench_end(struct bench *b, size_t piece)
{
	owned_buf struct buf bytes = { 0 };
	buf_append(&bytes, STR(HEAD));
	bench_frame(&bytes, 1, STR("one\n"));
	bench_frame(&bytes, 2, STR("two\n"));
	bench_frame(&bytes, 1, STR(""));
	bench_frame(&bytes, 1, STR("three"));
	bench_bytes(b, ATTACH, buf_str(&bytes), piece, SERVER_CLOSE);
	bench_on(b, INSPECT, 200, ENDED);
}

#endif
