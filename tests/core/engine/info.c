#include "core/engine/info.h"

#include <sys/utsname.h>

#include "tests/core/os/scratch.h"
#include "tests/fake/server.h"

static void test_info__reads_what_dockerd_tells(void **state)
{
	struct scratch *s = *state;
	struct engine_info info;
	struct utsname here;
	assert_int_equal(uname(&here), 0);
	const char *text = arena_printf(s->arena, "{\"DockerRootDir\":\"%s\",\"Name\":\"%s\","
		"\"KernelVersion\":\"%s\",\"SystemTime\":\"2026-11-21T10:38:32.5Z\","
		"\"OSType\":\"linux\",\"Architecture\":\"aarch64\",\"NCPU\":8,"
		"\"SecurityOptions\":[\"name=seccomp,profile=default\",\"name=rootless\"]}",
		s->dir, here.nodename, here.release);
	assert_true(engine_info_read_docker(s->arena, str_of(text), &info, &s->err));
	assert_string_equal(info.root, s->dir);
	assert_true(info.is_rootless && info.is_here && info.time == 1795257512.5);
	assert_string_equal(info.platform, "linux/arm64");
	assert_int_equal(info.cpus, 8);
	/* Of a name that is ours, but another machine's kernel. */
	text = arena_printf(s->arena, "{\"DockerRootDir\":\"%s\",\"Name\":\"%s\","
		"\"KernelVersion\":\"2.6.32\",\"SystemTime\":\"2026-11-21T11:38:32+01:00\","
		"\"SecurityOptions\":null}", s->dir, here.nodename);
	assert_true(engine_info_read_docker(s->arena, str_of(text), &info, &s->err));
	assert_true(!info.is_here && !info.is_rootless && info.time == 1795257512);
}

static void test_info__refuses_nonsense(void **state)
{
	struct scratch *s = *state;
	struct engine_info info;
	uint64_t used;
	static const char *const texts[] = { "", "{", "[]", "null", "\"x\"", "{} {}" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str text = str_of(texts[i]);
		assert_false(engine_info_read_docker(s->arena, text, &info, &s->err));
		assert_false(engine_info_read_buildah(s->arena, text, &info, &s->err));
		assert_false(engine_info_read_usage(text, &used, &s->err));
	}
	/* Of other types than wanted: nothing is known. */
	struct str odd = STR("{\"DockerRootDir\":7,\"Name\":{},\"SystemTime\":[],"
	                     "\"SecurityOptions\":\"x\",\"store\":[],\"host\":1,\"LayersSize\":-4}");
	assert_true(engine_info_read_docker(s->arena, odd, &info, &s->err));
	assert_string_equal(info.root, "");
	assert_true(info.time == 0 && !info.is_here && !info.cpus);
	assert_string_equal(info.platform, "");
	assert_true(engine_info_read_buildah(s->arena, odd, &info, &s->err));
	assert_string_equal(info.root, "");
	assert_true(engine_info_read_usage(odd, &used, &s->err));
	assert_int_equal(used, 0);
}

static void test_info__sums_layers_and_cache(void **state)
{
	struct scratch *s = *state;
	uint64_t used;
	assert_true(engine_info_read_usage(STR("{\"LayersSize\":1000,\"Images\":[],\"BuildCache\":["
		"{\"ID\":\"a\",\"Size\":20},{\"ID\":\"b\",\"Size\":3}]}"), &used, &s->err));
	assert_int_equal(used, 1023);
}

static void test_info__reads_what_buildah_tells(void **state)
{
	struct scratch *s = *state;
	struct engine_info info;
	const char *text = arena_printf(s->arena, "{\"host\":{\"hostname\":\"vm\",\"rootless\":true},"
	                                "\"store\":{\"GraphRoot\":\"%s\"}}", s->dir);
	assert_true(engine_info_read_buildah(s->arena, str_of(text), &info, &s->err));
	assert_true(info.is_rootless && info.is_here);
	assert_string_equal(info.root, s->dir);
}

/* ---- asked over a socket ---- */

struct asked {
	struct loop *loop;
	struct engine_info info;
	struct error err;
	int times;
};

static void asked_done(void *data, const struct engine_info *info, const struct error *err)
{
	struct asked *a = data;
	a->times++;
	if (info)
		a->info = *info;
	if (err)
		a->err = *err;
	loop_stop(a->loop);
}

static void info_ask(struct scratch *s, struct asked *a, int status, const char *info,
                     const char *df)
{
	owned(loop) struct loop *loop = loop_new();
	owned_buf struct buf one = { 0 }, two = { 0 };
	struct server *server = server_new(loop, scratch_path(s, "s"));
	struct engine_facts facts = {
		.address = arena_printf(s->arena, "unix://%s/s", s->dir), .api_version = "1.41",
	};
	facts.spec = facts.address;
	server_append_answer(&one, status, str_of(info), 11, true);
	server_append_answer(&two, 200, str_of(df), 11, true);
	server_on(server, &(struct server_answer){ .request = "GET /v1.41/info",
	                                           .bytes = buf_str(&one) });
	server_on(server, &(struct server_answer){ .request = "GET /v1.41/system/df",
	                                           .bytes = buf_str(&two) });
	*a = (struct asked){ .loop = loop };
	struct engine_asking *asking = engine_info_ask(loop, &facts, asked_done, a);
	assert_true(loop_run(loop, &s->err));
	assert_int_equal(a->times, 1);
	engine_asking_free(asking);
	server_free(server);
}

static void test_info__asks_for_the_sum_where_the_disk_is_anothers(void **state)
{
	struct scratch *s = *state;
	struct asked a;
	info_ask(s, &a, 200, "{\"DockerRootDir\":\"/var/lib/docker\",\"Name\":\"elsewhere\"}",
	         "{\"LayersSize\":77}");
	assert_int_equal(a.err.code, ERROR_NONE);
	assert_true(a.info.has_used && a.info.used == 77);
	info_ask(s, &a, 200, "{\"DockerRootDir\":\"/var/lib/docker\",\"Name\":\"elsewhere\"}", "oops");
	assert_int_equal(a.err.code, ERROR_NONE);
	assert_false(a.info.has_used);
	info_ask(s, &a, 500, "{\"message\":\"no\"}", "{}");
	assert_int_equal(a.err.code, ERROR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_info__reads_what_dockerd_tells),
		SCRATCH_TEST(test_info__refuses_nonsense),
		SCRATCH_TEST(test_info__sums_layers_and_cache),
		SCRATCH_TEST(test_info__reads_what_buildah_tells),
		SCRATCH_TEST(test_info__asks_for_the_sum_where_the_disk_is_anothers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
