#include "core/job/pool.h"

#include <sys/utsname.h>

#include "core/engine/platform.h"
#include "tests/core/os/scratch.h"

/* Three engines at most; of the missing ones the name is NULL. */
struct pool_case {
	const char *what;
	struct pool_engine engines[3];
	enum pool_answer answer;
	size_t at;
	const char *why;                /* NULL: not asked */
};

#define GONE { .code = ERROR_UNREACHABLE, .text = "nothing answers" }
#define ARM .platform = "linux/arm64"
#define AMD .platform = "linux/amd64"

static const struct pool_case pool_cases[] = {
	{ "equal ones: the first",
	  { { .name = "a", .seconds = -1 }, { .name = "b", .seconds = -1 } }, POOL_TAKE, 0,
	  "nothing else is built there" },
	{ "the one with a warm cache",
	  { { .name = "a", .steps = 9, .seconds = -1 },
	    { .name = "b", .steps = 9, .hits = 7, .seconds = -1 } }, POOL_TAKE, 1,
	  "7 of 9 steps are in its cache; nothing else is built there" },
	{ "what has built it before may have it",
	  { { .name = "a", .steps = 9, .seconds = -1 },
	    { .name = "b", .steps = 9, .maybe = 9, .seconds = -1 } }, POOL_TAKE, 1,
	  "it has built this before; nothing else is built there" },
	{ "a sure hit beats a possible one",
	  { { .name = "a", .steps = 9, .maybe = 9, .seconds = -1 },
	    { .name = "b", .steps = 9, .hits = 6, .seconds = -1 } }, POOL_TAKE, 1, NULL },
	{ "who knows nothing of the build does all of it",
	  { { .name = "a", .seconds = -1 }, { .name = "b", .steps = 9, .hits = 1, .seconds = -1 } },
	  POOL_TAKE, 1, NULL },
	{ "the idle one where neither has anything",
	  { { .name = "a", .steps = 9, .running = 1, .cpus = 2, .seconds = -1 },
	    { .name = "b", .steps = 9, .cpus = 2, .seconds = -1 } }, POOL_TAKE, 1,
	  "none has any of it in its cache; nothing else is built there" },
	{ "a full cache on a busy engine beats an idle engine without",
	  { { .name = "a", .steps = 9, .seconds = -1 },
	    { .name = "b", .steps = 9, .hits = 9, .running = 2, .cpus = 2, .seconds = -1 } },
	  POOL_TAKE, 1, "9 of 9 steps are in its cache; 2 other builds run there" },
	{ "many processors carry many builds",
	  { { .name = "a", .steps = 9, .running = 1, .cpus = 1, .seconds = -1 },
	    { .name = "b", .steps = 9, .running = 2, .cpus = 64, .seconds = -1 } }, POOL_TAKE, 1,
	  NULL },
	{ "seconds where all tell them",
	  { { .name = "a", .steps = 9, .hits = 8, .seconds = 90 },
	    { .name = "b", .steps = 9, .seconds = 20 } }, POOL_TAKE, 1, NULL },
	{ "…and else steps",
	  { { .name = "a", .steps = 9, .hits = 8, .seconds = 90 },
	    { .name = "b", .steps = 9, .seconds = -1 } }, POOL_TAKE, 0, NULL },
	{ "one that is out tells nothing",
	  { { .name = "a", .why = GONE, .seconds = -1 },
	    { .name = "b", .steps = 9, .hits = 8, .seconds = 90 },
	    { .name = "c", .steps = 9, .seconds = 20 } }, POOL_TAKE, 2, NULL },
	{ "its own platform before a warm cache",
	  { { .name = "a", ARM, .steps = 9, .hits = 9, .seconds = -1 },
	    { .name = "b", AMD, .steps = 9, .running = 3, .seconds = -1 } }, POOL_TAKE, 1,
	  "it is of linux/amd64; 3 other builds run there" },
	{ "one that does not tell before one that emulates",
	  { { .name = "a", ARM, .seconds = -1 }, { .name = "b", .seconds = -1 } }, POOL_TAKE, 1,
	  NULL },
	{ "emulation is better than nothing",
	  { { .name = "a", .why = GONE, AMD, .seconds = -1 }, { .name = "b", ARM, .seconds = -1 } },
	  POOL_TAKE, 1, "no other answers; nothing else is built there" },
	{ "a dead one is left out",
	  { { .name = "a", .why = GONE, .steps = 9, .hits = 9, .seconds = -1 },
	    { .name = "b", .steps = 9, .seconds = -1 } }, POOL_TAKE, 1,
	  "no other answers; none has any of it in its cache; nothing else is built there" },
	{ "so is one that was tried",
	  { { .name = "a", .is_tried = true, .seconds = -1 }, { .name = "b", .seconds = -1 } },
	  POOL_TAKE, 1, NULL },
	{ "no more than the limit",
	  { { .name = "a", .steps = 9, .hits = 9, .running = 2, .limit = 2, .seconds = -1 },
	    { .name = "b", .steps = 9, .running = 1, .limit = 2, .seconds = -1 } }, POOL_TAKE, 1,
	  NULL },
	{ "all are taken",
	  { { .name = "a", .running = 2, .limit = 2, .seconds = -1 },
	    { .name = "b", .running = 3, .limit = 2, .seconds = -1 } }, POOL_WAIT, STR_NONE, NULL },
	{ "the native one is taken: worth waiting for",
	  { { .name = "a", AMD, .running = 2, .limit = 2, .seconds = -1 },
	    { .name = "b", ARM, .limit = 2, .seconds = -1 } }, POOL_WAIT, STR_NONE, NULL },
	{ "what is nearly made there is worth waiting for",
	  { { .name = "a", .steps = 9, .hits = 8, .wait = 2, .seconds = -1 },
	    { .name = "b", .steps = 9, .seconds = -1 } }, POOL_WAIT, 0, NULL },
	{ "…and is not where another has it sooner",
	  { { .name = "a", .steps = 9, .hits = 8, .wait = 8, .running = 1, .cpus = 2,
	      .seconds = -1 },
	    { .name = "b", .steps = 9, .seconds = -1 } }, POOL_TAKE, 1, NULL },
	{ "none answers",
	  { { .name = "a", .why = GONE }, { .name = "b", .why = GONE } }, POOL_NONE, STR_NONE, NULL },
	{ "all were tried",
	  { { .name = "a", .is_tried = true }, { .name = "b", .is_tried = true } }, POOL_NONE,
	  STR_NONE, NULL },
};

static size_t case_count(const struct pool_case *c)
{
	size_t n = 0;
	while (n < 3 && c->engines[n].name)
		n++;
	return n;
}

static void test_pool__picks_where_it_is_done_first(void **state)
{
	(void)state;
	static const struct pool_want amd = { "linux/amd64", true };
	for (size_t i = 0; i < sizeof pool_cases / sizeof *pool_cases; i++) {
		const struct pool_case *c = &pool_cases[i];
		owned_buf struct buf why = { 0 };
		size_t at, n = case_count(c);
		enum pool_answer answer = pool_pick(c->engines, n, &amd, &at);
		if (answer != c->answer || at != c->at)
			fail_msg("%s: answer %d, engine %zu", c->what, (int)answer, at);
		if (c->why)
			pool_append_reason(&why, c->engines, n, &amd, at);
		if (c->why)
			assert_string_equal(buf_text(&why), c->why);
	}
}

static void test_pool__says_what_keeps_engines_out(void **state)
{
	struct scratch *s = *state;
	const struct pool_engine engines[] = {
		{ .name = "a", .why = GONE }, { .name = "b" },
		{ .name = "c", .why = { .code = ERROR_REFUSED, .text = "no" } },
	};
	owned_buf struct buf out = { 0 };
	pool_append_left_out(&out, engines, 3);
	assert_string_equal(buf_text(&out), "a: nothing answers; c: no");
	pool_none("farm", engines, 1, &s->err);
	assert_string_equal(s->err.text, "no engine of the pool farm is left: a: nothing answers");
	assert_int_equal(error_exit_code(s->err.code), 4);
}

static void test_pool__wants_the_platform_that_was_asked_for(void **state)
{
	struct scratch *s = *state;
	static const struct pair asked[] = { { STR("platform"), STR("linux/arm64") } };
	static const struct selection none = { 0 }, arm = { .options = asked, .noptions = 1 };
	struct pool_want want = pool_want(s->arena, &arm);
	struct utsname here;
	assert_int_equal(uname(&here), 0);
	assert_true(want.is_asked);
	assert_string_equal(want.platform, "linux/arm64");
	want = pool_want(s->arena, &none);
	assert_false(want.is_asked);
	assert_string_equal(want.platform,
	                    platform_name(s->arena, STR("linux"), str_of(here.machine)));
}

/* Who has asked for no platform is not kept from an engine that is slow to tell its own. */
static void test_pool__an_engine_that_tells_no_platform_will_do_for_this_machine(void **state)
{
	(void)state;
	static const struct pool_engine engines[] = {
		{ .name = "a", AMD, .steps = 9, .seconds = -1 },
		{ .name = "b", .steps = 9, .hits = 9, .seconds = -1 },
	};
	struct pool_want want = { "linux/amd64", false };
	size_t at;
	assert_int_equal(pool_pick(engines, 2, &want, &at), POOL_TAKE);
	assert_int_equal(at, 1);
	want.is_asked = true;
	assert_int_equal(pool_pick(engines, 2, &want, &at), POOL_TAKE);
	assert_int_equal(at, 0);
}

static void test_pool__a_request_takes_the_engines_of_the_pool_that_it_names(void **state)
{
	struct scratch *s = *state;
	static const char *const engines[] = { "a", "unix:///b" };
	const struct preferences_pool farm = { "farm", engines, 2, "r/c" };
	const struct preferences p = { .pools = &farm, .npools = 1 };
	struct request pooled = { .engine = "farm" }, alone = { .engine = "a" };
	pool_of_request(&pooled, &p);
	pool_of_request(&alone, &p);
	assert_true(pooled.pool.n == 2 && pooled.pool.engines == engines && !pooled.pool.first);
	assert_string_equal(pooled.pool.cache, "r/c");
	assert_int_equal(alone.pool.n, 0);
	assert_true(pool_is_none(&p, "a", &s->err) && pool_is_none(&p, NULL, &s->err));
	assert_false(pool_is_none(&p, "farm", &s->err));
	assert_non_null(strstr(s->err.text, "name that: a, unix:///b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_pool__picks_where_it_is_done_first),
		SCRATCH_TEST(test_pool__says_what_keeps_engines_out),
		SCRATCH_TEST(test_pool__wants_the_platform_that_was_asked_for),
		SCRATCH_TEST(test_pool__an_engine_that_tells_no_platform_will_do_for_this_machine),
		SCRATCH_TEST(test_pool__a_request_takes_the_engines_of_the_pool_that_it_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
