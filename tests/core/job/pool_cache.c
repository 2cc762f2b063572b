#include "core/job/pool.h"

#include "core/engine/engine.h"
#include "tests/core/os/scratch.h"

static const char *const cache_tags[] = { "reg:5000/app:1", NULL };
static const struct engine_facts cache_dockerd = { .name = "buildkit", .product = "dockerd" };
static const struct engine_facts cache_buildkitd = { .name = "buildkit", .product = "buildkitd" };
static const struct engine_facts cache_podman = { .name = "podman", .product = "podman" };

static struct plan *cache_plan(const struct pair *options, size_t n)
{
	struct plan *p = plan_new();
	p->project = "My App";
	plan_add(p, &(struct task){ .kind = TASK_STAGE, .name = "certificate" });
	plan_add(p, &(struct task){ .kind = TASK_IMAGE, .name = "app", .image = {
		.options = options, .noptions = n, .tags = cache_tags } });
	return p;
}

/* The options of the image in a line. */
static void cache_options(const struct plan *p, const char *wanted)
{
	owned_buf struct buf all = { 0 };
	for (size_t i = 0; i < p->tasks[1].image.noptions; i++)
		buf_printf(&all, "%s%.*s=%.*s", i ? " " : "", STR_ARG(p->tasks[1].image.options[i].name),
		           STR_ARG(p->tasks[1].image.options[i].value));
	assert_string_equal(all.n ? buf_text(&all) : "", wanted);
}

static void test_pool_cache__each_engine_gets_what_it_can(void **state)
{
	struct scratch *s = *state;
	static const struct pair pushed[] = { { STR("push"), STR("true") } };
	struct request r = { .pool = { .cache = "reg:5000/cache" } };
	owned(plan) struct plan *p = cache_plan(NULL, 0), *push = cache_plan(pushed, 1);
	pool_share_cache(s->arena, &r, p, &cache_dockerd);
	cache_options(p, "cache-from=type=registry,ref=reg:5000/cache:My_App");
	pool_share_cache(s->arena, &r, p, &cache_buildkitd);
	cache_options(p, "cache-from=type=registry,ref=reg:5000/cache:My_App "
	                 "cache-to=type=registry,ref=reg:5000/cache:My_App,mode=max");
	pool_share_cache(s->arena, &r, p, &cache_podman);
	cache_options(p, "");
	/* An image that is pushed carries dockerd's cache. */
	pool_share_cache(s->arena, &r, push, &cache_dockerd);
	cache_options(push, "push=true cache-from=type=registry,ref=reg:5000/cache:My_App "
	                    "cache-from=type=registry,ref=reg:5000/app:1 cache-to=type=inline");
}

static void test_pool_cache__what_the_user_says_stays(void **state)
{
	struct scratch *s = *state;
	static const struct pair said[] = { { STR("cache-to"), STR("type=local,dest=/x") } };
	struct request shared = { .pool = { .cache = "reg/cache" } }, none = { .id = "i" };
	owned(plan) struct plan *p = cache_plan(said, 1), *plain = cache_plan(NULL, 0);
	pool_share_cache(s->arena, &shared, p, &cache_buildkitd);
	cache_options(p, "cache-to=type=local,dest=/x");
	pool_share_cache(s->arena, &none, plain, &cache_buildkitd);
	cache_options(plain, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_pool_cache__each_engine_gets_what_it_can),
		SCRATCH_TEST(test_pool_cache__what_the_user_says_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
