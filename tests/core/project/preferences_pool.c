#include "core/project/preferences.h"

#include "tests/core/os/scratch.h"

struct pools_case {
	struct preferences *p;
	struct problems *problems;
};

static struct pools_case pools_read(const char *user, const char *project)
{
	struct pools_case c = { .problems = problems_new() };
	owned(files) struct files *files = files_memory(NULL);
	files_memory_put(files, "/home/config.toml", str_of(user));
	files_memory_put(files, "/p/.mortar.toml", str_of(project));
	c.p = preferences_read(files, "/home/config.toml", "/p", c.problems);
	return c;
}

static void pools_free(struct pools_case *c)
{
	problems_free(c->problems);
	preferences_free(c->p);
}

static void test_preferences__pools_name_engines_and_a_cache(void **state)
{
	(void)state;
	struct pools_case c = pools_read(
		"[pools.farm]\nengines = [\"far\", \"buildkit\", \"tcp://h:2375\"]\n"
		"cache = \"registry.example:5000/team/cache\"\n"
		"[pools.two]\nengines = [\"far\"]\n"
		"[engines.far]\nendpoint = \"tcp://far:2375\"\n", "engine = \"farm\"\n");
	assert_int_equal(problems_count(c.problems), 0);
	assert_int_equal(c.p->npools, 2);
	const struct preferences_pool *farm = preferences_pool(c.p, "farm");
	assert_non_null(farm);
	assert_int_equal(farm->n, 3);
	assert_string_equal(farm->engines[0], "far");
	assert_string_equal(farm->engines[2], "tcp://h:2375");
	assert_string_equal(farm->cache, "registry.example:5000/team/cache");
	assert_null(preferences_pool(c.p, "two")->cache);
	assert_null(preferences_pool(c.p, "far"));
	assert_string_equal(c.p->engine, "farm");
	pools_free(&c);
}

static void test_preferences__a_pool_that_is_wrong_is_told_with_its_place(void **state)
{
	(void)state;
	static const struct { const char *user, *said; } table[] = {
		{ "pools = 1\n", "config.toml:1:9: pools must be tables" },
		{ "[pools]\nfarm = 1\n", "config.toml:2:8: farm must be a table" },
		{ "[pools.farm]\n", "farm must be given engines" },
		{ "[pools.farm]\nengines = []\n", "config.toml:2:11: engines must be an array" },
		{ "[pools.farm]\nengines = [1]\n", "config.toml:2:12: engines must be an array" },
		{ "[pools.farm]\nengines = [\"frm\"]\n",
		  "config.toml:2:12: there is no engine frm for a pool" },
		{ "[pools.farm]\nengines = [\"buildkit\", \"buildkit\"]\n",
		  "config.toml:2:24: the engine buildkit is named twice" },
		{ "[pools.buildah]\nengines = [\"buildkit\"]\n",
		  "config.toml:1:8: buildah is the name of an engine already" },
		{ "[pools.farm]\nengines = [\"auto\"]\ncache = \"reg/c:tag\"\n",
		  "config.toml:3:9: cache must be a repository" },
		{ "[pools.farm]\nengines = [\"auto\"]\ncache = \"https://reg/c\"\n",
		  "config.toml:3:9: cache must be a repository" },
		{ "[pools.farm]\nengines = [\"auto\"]\ncache = \"reg/c,type=x\"\n",
		  "config.toml:3:9: cache must be a repository" },
		{ "[pools.farm]\nengines = [\"auto\"]\nspeed = 3\n",
		  "config.toml:3:1: warning: mortar knows no setting speed here" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct pools_case c = pools_read(table[i].user, NULL);
		owned_buf struct buf text = { 0 };
		assert_int_equal(problems_count(c.problems), 1);
		problem_print(&text, problems_get(c.problems, 0));
		if (!strstr(buf_text(&text), table[i].said))
			fail_msg("%s: %s", table[i].user, buf_text(&text));
		assert_int_equal(c.p->npools, strstr(table[i].user, "speed") ? 1 : 0);
		pools_free(&c);
	}
}

static void test_preferences__a_project_makes_no_pools(void **state)
{
	(void)state;
	struct pools_case c = pools_read(NULL, "[pools.farm]\nengines = [\"tcp://evil:1\"]\n");
	assert_int_equal(problems_count(c.problems), 1);
	assert_int_equal(problems_get(c.problems, 0)->severity, SEVERITY_WARNING);
	assert_int_equal(c.p->npools, 0);
	pools_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_preferences__pools_name_engines_and_a_cache),
		SCRATCH_TEST(test_preferences__a_pool_that_is_wrong_is_told_with_its_place),
		SCRATCH_TEST(test_preferences__a_project_makes_no_pools),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
