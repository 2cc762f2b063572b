/* Whatever answers where an engine should: the bytes are the answers to /version and to
 * /build, over a real socket. */
#include <stdint.h>
#include <stdio.h>

#include "core/engine/engine.h"
/* The fuzzers link the core alone. */
#include "tests/fake/server.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bench {
	struct loop *loop;
	bool ready, usable, done;
};

static void bench_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct bench *b = data;
	CHECK((f == NULL) != (err == NULL));
	b->ready = true;
	b->usable = f != NULL;
	loop_stop(b->loop);
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	CHECK(!b->done);
	CHECK(r->ok == (r->error.code == ERROR_NONE));
	b->done = true;
	loop_stop(b->loop);
}

static void bench_stop(struct loop *l, void *data)
{
	(void)data;
	loop_stop(l);
}

static void bench_run(struct bench *b)
{
	struct error err = { 0 };
	uint64_t late = loop_timer(b->loop, 200, bench_stop, NULL);
	CHECK(loop_run(b->loop, &err));
	loop_untimer(b->loop, late);
}

static void bench_build(struct bench *b, struct engine *e)
{
	owned(arena) struct arena *a = arena_new();
	owned(problems) struct problems *p = problems_new();
	owned(recipe) struct recipe *r = recipe_parse(
		source_new(a, STR("f"), NULL, STR("FROM a\nRUN x\n")), (struct str){ 0 }, p);
	owned(context) struct context *c = context_new();
	struct image_task task = { .recipe = r, .context = c };
	struct engine_sink sink = { .done = bench_done, .data = b };
	engine_image(e, &task, &sink);
	bench_run(b);
	engine_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64], spec[80];
	struct bench b = { .loop = loop_new() };
	struct error err = { 0 };
	snprintf(path, sizeof path, "/tmp/mortar-fuzz-%d", (int)getpid());
	snprintf(spec, sizeof spec, "unix://%s", path);
	unlink(path);
	struct server *s = server_new(b.loop, path);
	struct str bytes = { (const char *)data, size };
	static const char version[] =
		"HTTP/1.1 200 X\r\nContent-Length: 21\r\n\r\n{\"ApiVersion\":\"1.41\"}";
	bool of_version = size && data[0] & 1;
	bytes = str_slice(bytes, 1, size);
	server_on(s, &(struct server_answer){ .request = "GET", .piece = 4096,
	                                      .bytes = of_version ? bytes : STR(version) });
	server_on(s, &(struct server_answer){ .request = "POST", .piece = 4096, .bytes = bytes });
	struct engine *e = engine_new(&(struct engine_options){ .spec = spec }, b.loop, &err);
	CHECK(e);
	engine_probe(e, bench_ready, &b);
	bench_run(&b);
	if (b.usable)
		bench_build(&b, e);
	else
		engine_free(e);
	server_free(s);
	loop_free(b.loop);
	return 0;
}
