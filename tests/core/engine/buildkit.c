/* Builds by BuildKit against a peer that does what a script says (tests/fake/buildkitd.h). */
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
#include "tests/fake/buildkitd.h"

struct bench {
	struct loop *loop;
	struct buildkitd *peer;
	struct engine *engine;
	struct work *work;
	char dir[64], spec[120];
	struct arena *arena;
	struct problems *problems;
	struct recipe *recipe;
	struct image_task task;
	const char *tags[2];
	struct engine_facts facts;
	struct error err;
	struct work_result result;
	struct buf image_id, digest, warnings, asked;
	struct golden golden;           /* all that was told */
	int readies, dones;
	const char *cancel_at;          /* cancelled when this step starts */
	int64_t cancelled_ms;
	bool is_busy;
};

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	struct source *s;
	snprintf(b->dir, sizeof b->dir, "/tmp/mortar-buildkit-XXXXXX");
	CHECK(mkdtemp(b->dir));
	b->loop = loop_new();
	b->arena = arena_new();
	b->problems = problems_new();
	b->tags[0] = "image:1";
	b->task.tags = b->tags;
	b->task.context = context_new();
	s = source_new(b->arena, STR("Dockerfile"), NULL,
	               STR("FROM base:1\nRUN echo before\nRUN echo oops >&2; exit 7\n"));
	b->recipe = recipe_parse(s, (struct str){ 0 }, b->problems);
	b->task.recipe = b->recipe;
	context_add_bytes(b->task.context, "a.txt", 0644, STR("hello\n"));
	context_add_bytes(b->task.context, "b.txt", 0644, STR("world\n"));
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	engine_free(b->engine);
	buildkitd_free(b->peer);
	loop_free(b->loop);
	context_free(b->task.context);
	recipe_free(b->recipe);
	problems_free(b->problems);
	arena_free(b->arena);
	buf_finish(&b->image_id);
	buf_finish(&b->digest);
	buf_finish(&b->warnings);
	buf_finish(&b->asked);
	buf_finish(&b->golden.text);
	buf_finish(&b->golden.log);
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
	if (!b->engine)
		fail_msg("%s", err.text);
	engine_probe(b->engine, bench_ready, b);
	looping_run(b->loop);
	assert_int_equal(b->readies, 1);
}

static void bench_peer(struct bench *b, const struct buildkitd_options *options)
{
	struct buildkitd_options o = *options;
	struct error err = { 0 };
	snprintf(b->spec, sizeof b->spec, "buildkit+unix://%s/s", b->dir);
	o.unix_path = b->spec + strlen("buildkit+unix://");
	b->peer = buildkitd_new(b->loop, &o, &err);
	if (!b->peer)
		fail_msg("%s", err.text);
}

/* A buildkitd that builds as the script says, probed. */
static void bench_script(struct bench *b, const char *script)
{
	struct buildkitd_options o = { .script = script };
	bench_peer(b, &o);
	bench_probe(b, b->spec);
	assert_int_equal(b->err.code, ERROR_NONE);
}

static void bench_step(void *data, const struct step_report *s)
{
	struct bench *b = data;
	golden_step(&b->golden, s);
	if (!s->started || s->ended)
		return;
	if (b->cancel_at && str_find_str(s->name, str_of(b->cancel_at)) != STR_NONE) {
		b->cancel_at = NULL;
		b->cancelled_ms = clock_monotonic_ms();
		engine_cancel(b->work);
	}
}

static void bench_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	golden_log(&((struct bench *)data)->golden, key, stream, bytes, t);
}

static void bench_warning(void *data, struct str text)
{
	struct bench *b = data;
	buf_append(&b->warnings, text);
	buf_append_char(&b->warnings, '\n');
}

static void bench_transferred(void *data, const struct transfer_report *t)
{
	struct bench *b = data;
	buf_printf(&b->asked, "%.*s:", STR_ARG(t->dir));
	for (size_t i = 0; i < t->nfiles; i++)
		buf_printf(&b->asked, " %.*s", STR_ARG(t->files[i].path));
	buf_append_char(&b->asked, '\n');
}

static void bench_busy(void *data, struct str why)
{
	(void)why;
	((struct bench *)data)->is_busy = true;
}

static void bench_done(void *data, const struct work_result *r)
{
	struct bench *b = data;
	b->dones++;
	b->result = *r;
	buf_append(&b->image_id, r->image_id);
	buf_append(&b->digest, r->digest);
	golden_flush(&b->golden);
	loop_stop(b->loop);
}

static void bench_build(struct bench *b)
{
	struct engine_sink sink = { .step = bench_step, .log = bench_log, .warning = bench_warning,
	                            .transferred = bench_transferred, .busy = bench_busy,
	                            .done = bench_done, .data = b };
	struct error err = { 0 };
	b->work = engine_image(b->engine, &b->task, &sink);
	assert_int_equal(b->dones, 0);
	looping_run(b->loop);
	for (int i = 0; i < 3; i++)
		loop_turn(b->loop, 0, &err);
	assert_int_equal(b->dones, 1);
}

static void says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' does not say '%s'", text, part);
}

static void says_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' says '%s'", text, part);
}

#define STEPS \
	"vertex 1 \"[1/3] FROM docker.io/library/base:1\"\n" \
	"vertex 2 \"[2/3] RUN echo before\" input=1\n" \
	"vertex 3 \"[3/3] RUN echo oops >&2; exit 7\" input=2\n" \
	"start 1\nend 1 cached\nstart 2\nlog 2 1 \"before\\n\"\nend 2\n"

#define ANSWER \
	"answer containerimage.digest=sha256:aaa containerimage.config.digest=sha256:bbb\n"

/* ---- the probe ---- */

static void test_buildkit__probe_tells_a_buildkitd(void **state)
{
	struct bench *b = *state;
	bench_script(b, "answer\n");
	assert_string_equal(b->facts.product, "buildkitd");
	assert_true(b->facts.version[0] >= '0' && b->facts.version[0] <= '9');
	assert_string_equal(b->facts.address, b->spec);
	assert_int_equal(b->facts.numbering, NUMBERING_BUILDKIT);
	assert_true(b->facts.abilities & ABILITY_PUSHES_WITH_IMAGE);
	assert_true(b->facts.abilities & ABILITY_SECRET_MOUNTS);
	assert_null(b->facts.api_version);
}

static void test_buildkit__probe_says_that_nothing_is_there(void **state)
{
	struct bench *b = *state;
	snprintf(b->spec, sizeof b->spec, "buildkit+unix://%s/none", b->dir);
	bench_probe(b, b->spec);
	assert_int_equal(b->err.code, ERROR_UNREACHABLE);
	says(b->err.text, "none");
}

static void test_buildkit__probe_refuses_what_is_no_buildkitd(void **state)
{
	static const char *const faults[] = { "garbage", "giant", "close" };
	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		void *own;
		struct buildkitd_options o = { .fault = faults[i] };
		bench_setup(&own);
		struct bench *b = own;
		bench_peer(b, &o);
		bench_probe(b, b->spec);
		assert_true(b->err.code == ERROR_PROTOCOL || b->err.code == ERROR_UNREACHABLE);
		assert_true(strlen(b->err.text) > 10);
		bench_teardown(&own);
	}
}

static void test_buildkit__a_buildkitd_runs_no_containers(void **state)
{
	struct bench *b = *state;
	struct run_task t = { 0 };
	struct engine_sink sink = { .done = bench_done, .data = b };
	struct error err = { 0 };
	bench_script(b, "answer\n");
	assert_null(engine_run(b->engine, &t, &sink, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	says(err.text, "only builds: dockerd, podman or buildah");
}

/* ---- builds ---- */

static void test_buildkit__builds_and_tells_what_came_of_it(void **state)
{
	struct bench *b = *state;
	bench_script(b, "ask dockerfile follow=Dockerfile\nask context\n" STEPS
	             ANSWER);
	bench_build(b);
	if (!b->result.ok)
		fail_msg("%s", b->result.error.text);
	assert_string_equal(buf_text(&b->image_id), "sha256:bbb");
	assert_string_equal(buf_text(&b->digest), "sha256:aaa");
	assert_string_equal(buf_text(&b->asked), "dockerfile: Dockerfile\ncontext: a.txt b.txt\n");
	says(buf_text(&b->golden.text),
	     "step 1 [0] [1/3] FROM docker.io/library/base:1 | started ended");
	says(buf_text(&b->golden.text), "log 2 1 before");
	says(buildkitd_log(b->peer), "dockerfile.v0");
}

static void test_buildkit__names_the_failing_line(void **state)
{
	struct bench *b = *state;
	bench_script(b, STEPS "start 3\nlog 3 2 \"oops\\n\"\nfail 3 \"exit code: 7\"\n"
	             "error 2 \"failed to solve: process did not complete: exit code: 7\" vertex=3\n");
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_BUILD);
	assert_string_equal(b->result.error.text,
	                    "Dockerfile line 3 failed with exit code 7: RUN echo oops >&2; exit 7");
	assert_int_equal(b->result.error.at.line, 3);
}

/* Status says nothing of it, and would be waited for. */
static void test_buildkit__a_build_that_never_was_is_a_refusal_at_once(void **state)
{
	struct bench *b = *state;
	int64_t since = clock_monotonic_ms();
	bench_script(b, "refuse 2 \"exporter \\\"moby\\\" could not be found\"\n");
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_REFUSED);
	says(b->result.error.text, "exporter \"moby\" could not be found");
	assert_true(clock_monotonic_ms() - since < 2500);
}

static void test_buildkit__an_unreadable_context_is_told_at_once(void **state)
{
	struct bench *b = *state;
	bench_script(b, "answer\n");
	context_add_tree(b->task.context, "/nonexistent/folder", "x", NULL);
	bench_build(b);
	says(b->result.error.text, "/nonexistent/folder");
	says_not(buildkitd_log(b->peer), "Solve");
}

static void test_buildkit__a_file_that_has_changed_ends_the_build(void **state)
{
	struct bench *b = *state;
	struct error err = { 0 };
	char file[100];
	snprintf(file, sizeof file, "%s/grows", b->dir);
	assert_true(save_file(file, STR("one"), 0644, &err));
	context_add_tree(b->task.context, file, "grows", NULL);
	assert_true(context_scan(b->task.context, &err));
	assert_true(save_file(file, STR("one more"), 0644, &err));
	bench_script(b, "vertex 1 \"[internal] load build context\"\nstart 1\nask context\nwait\n");
	bench_build(b);
	assert_false(b->result.ok || b->result.cancelled);
	says(b->result.error.text, "grows");
}

static void test_buildkit__cancel_takes_solve_back_and_hears_the_steps_out(void **state)
{
	struct bench *b = *state;
	bench_script(b, STEPS "start 3\nwait\n");
	b->cancel_at = "exit 7";
	bench_build(b);
	assert_true(b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_CANCELLED);
	assert_true(clock_monotonic_ms() - b->cancelled_ms < 3000);
	says(buf_text(&b->golden.text), "started ended error:");
}

static void test_buildkit__freeing_the_engine_ends_its_work_without_a_word(void **state)
{
	struct bench *b = *state;
	struct engine_sink sink = { .done = bench_done, .data = b };
	struct error err = { 0 };
	bench_script(b, STEPS "start 3\nwait\n");
	engine_image(b->engine, &b->task, &sink);
	for (int i = 0; i < 20; i++)
		loop_turn(b->loop, 5, &err);
	engine_free(b->engine);
	b->engine = NULL;
	for (int i = 0; i < 5; i++)
		loop_turn(b->loop, 0, &err);
	assert_int_equal(b->dones, 0);
}

/* ---- the line breaks ---- */

/* The build goes on without us, and its result is there. */
static void test_buildkit__takes_the_result_of_a_build_that_went_on(void **state)
{
	struct bench *b = *state;
	bench_script(b, "survive\n" STEPS "pause 50\ndrop\npause 600\nstart 3\n"
	             "log 3 1 \"after\\n\"\nend 3\n"
	             ANSWER);
	bench_build(b);
	if (!b->result.ok)
		fail_msg("%s", b->result.error.text);
	assert_string_equal(buf_text(&b->image_id), "sha256:bbb");
	says(buf_text(&b->warnings), "the line to the engine broke while it was at");
	says(buf_text(&b->warnings), "the line to the engine is back");
	says(buf_text(&b->warnings), "its result is taken");
	/* Nothing is told twice. */
	says(buf_text(&b->golden.text), "log 3 1 after");
	const char *first = strstr(buf_text(&b->golden.text), "before\\n");
	assert_non_null(first);
	assert_null(strstr(first + 1, " 1 before"));
}

static void test_buildkit__tells_a_failure_of_a_build_that_went_on(void **state)
{
	struct bench *b = *state;
	bench_script(b, "survive\n" STEPS "pause 50\nstart 3\npause 50\ndrop\npause 600\n"
	             "fail 3 \"exit code: 7\"\nerror 2 \"process: exit code: 7\" vertex=3\n");
	bench_build(b);
	assert_int_equal(b->result.error.code, ERROR_BUILD);
	says(b->result.error.text, "Dockerfile line 3 failed with exit code 7");
}

static void test_buildkit__says_that_the_engine_stopped_the_build(void **state)
{
	struct bench *b = *state;
	bench_script(b, STEPS "pause 50\nstart 3\npause 50\ndrop\nwait\n");
	bench_build(b);
	assert_false(b->result.ok || b->result.cancelled);
	assert_int_equal(b->result.error.code, ERROR_UNREACHABLE);
	says(b->result.error.text, "the line to the engine broke while it was at [3/3] RUN echo oops");
	says(b->result.error.text, "and the engine stopped the build then");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_buildkit__probe_tells_a_buildkitd),
		TEST(test_buildkit__probe_says_that_nothing_is_there),
		TEST(test_buildkit__probe_refuses_what_is_no_buildkitd),
		TEST(test_buildkit__a_buildkitd_runs_no_containers),
		TEST(test_buildkit__builds_and_tells_what_came_of_it),
		TEST(test_buildkit__names_the_failing_line),
		TEST(test_buildkit__a_build_that_never_was_is_a_refusal_at_once),
		TEST(test_buildkit__an_unreadable_context_is_told_at_once),
		TEST(test_buildkit__a_file_that_has_changed_ends_the_build),
		TEST(test_buildkit__cancel_takes_solve_back_and_hears_the_steps_out),
		TEST(test_buildkit__freeing_the_engine_ends_its_work_without_a_word),
		TEST(test_buildkit__takes_the_result_of_a_build_that_went_on),
		TEST(test_buildkit__tells_a_failure_of_a_build_that_went_on),
		TEST(test_buildkit__says_that_the_engine_stopped_the_build),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
