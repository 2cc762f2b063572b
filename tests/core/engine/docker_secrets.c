#include "core/engine/docker_secrets.h"

#include "tests/core/os/scratch.h"

static bool refused(const struct image_task *t, enum docker_builder builder, const char *hint)
{
	struct error err = { 0 };
	if (docker_secrets_can(t, builder, &err))
		return false;
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.text, hint));
	return true;
}

static void test_docker_secrets__go_where_they_do_not_stay(void **state)
{
	static const struct secret mounted = { "pip_config", "/x", NULL, SECRET_MOUNTED };
	static const struct secret copied = { "pip_config", "/x", NULL, SECRET_COPIED };
	static const struct pair allowed[] = { { STR("allow-secret-in-layer"), STR("true") } };
	struct image_task t = { .secrets = &mounted, .nsecrets = 1 };
	(void)state;
	assert_true(refused(&t, DOCKER_BUILDKIT, "refuses /grpc"));
	assert_true(refused(&t, DOCKER_CLASSIC, "no secret mounts: --engine buildah"));
	assert_false(refused(&t, DOCKER_PODMAN, ""));
	/* What was allowed does not turn a mount into something else. */
	t.options = allowed;
	t.noptions = 1;
	assert_true(refused(&t, DOCKER_BUILDKIT, "--engine buildah"));
	t.secrets = &copied;
	assert_false(refused(&t, DOCKER_CLASSIC, ""));
	t.noptions = 0;
	assert_true(refused(&t, DOCKER_CLASSIC, "--allow-secret-in-layer"));
	t.nsecrets = 0;
	assert_false(refused(&t, DOCKER_BUILDKIT, ""));
}

static void collect(void *data, struct str name, struct str value)
{
	buf_printf(data, "%.*s=%.*s\n", STR_ARG(name), STR_ARG(value));
}

static void test_docker_secrets__become_arguments_where_that_was_allowed(void **state)
{
	static const struct secret secrets[] = {
		{ "pip_config", "/x", NULL, SECRET_COPIED },
		{ "extra_index_url", NULL, "PIP_EXTRA_INDEX_URL", SECRET_ARGUMENT },
	};
	struct image_task t = { .secrets = secrets, .nsecrets = 2 };
	owned_buf struct buf out = { 0 };
	(void)state;
	setenv("PIP_EXTRA_INDEX_URL", "https://h", 1);
	docker_secrets_each_arg(&t, collect, &out);
	assert_string_equal(buf_text(&out), "PIP_EXTRA_INDEX_URL=https://h\n");
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void test_docker_secrets__are_files_that_the_context_does_not_have(void **state)
{
	struct scratch *s = *state;
	scratch_write(s, "pip.conf", "[global]\n");
	const struct secret secrets[] = {
		{ "pip_config", scratch_path(s, "pip.conf"), NULL, SECRET_MOUNTED },
		{ "extra_index_url", NULL, "PIP_EXTRA_INDEX_URL", SECRET_MOUNTED },
		{ "gone", scratch_path(s, "gone"), NULL, SECRET_MOUNTED },
	};
	struct image_task t = { .secrets = secrets, .nsecrets = 2, .context = context_new() };
	struct docker_secret *found;
	size_t n;
	owned_buf struct buf out = { 0 };
	setenv("PIP_EXTRA_INDEX_URL", "https://h", 1);
	context_add_bytes(t.context, ".mortar-secret-2", 0644, STR("theirs"));
	assert_true(context_scan(t.context, &s->err));
	assert_true(docker_secrets_read(s->arena, &t, &found, &n, &s->err));
	assert_int_equal(n, 2);
	assert_true(str_eq(found[0].bytes, STR("[global]\n")));
	assert_true(str_eq(found[1].bytes, STR("https://h")));
	docker_secrets_append(&out, found, n);
	assert_string_equal(buf_text(&out), "[\"id=pip_config,src=.mortar-secret-1\","
	                    "\"id=extra_index_url,src=.mortar-secret-2-2\"]");
	t.nsecrets = 3;
	assert_false(docker_secrets_read(s->arena, &t, &found, &n, &s->err));
	assert_int_equal(s->err.code, ERROR_PROJECT);
	context_free(t.context);
	unsetenv("PIP_EXTRA_INDEX_URL");
}

static void test_docker_secrets__a_proxy_is_set_for_all_that_look(void **state)
{
	static struct pair plain[] = { { STR("proxy"), STR("http://p:1") } };
	static struct pair kept[] = { { STR("proxy"), STR("") } };
	struct image_task t = { .options = plain, .noptions = 1 };
	owned_buf struct buf out = { 0 };
	(void)state;
	unsetenv("MORTAR_PROXY");
	work_each_proxy(&t, collect, &out);
	assert_string_equal(buf_text(&out), "HTTP_PROXY=http://p:1\nhttp_proxy=http://p:1\n"
		"HTTPS_PROXY=http://p:1\nhttps_proxy=http://p:1\nFTP_PROXY=http://p:1\n"
		"ftp_proxy=http://p:1\n");
	buf_clear(&out);
	t.options = kept;
	work_each_proxy(&t, collect, &out);
	assert_int_equal(out.n, 0);
	setenv("MORTAR_PROXY", "http://u:p@p:1", 1);
	work_each_proxy(&t, collect, &out);
	assert_true(str_has_prefix(buf_str(&out), STR("HTTP_PROXY=http://u:p@p:1\n")));
	unsetenv("MORTAR_PROXY");
	buf_clear(&out);
	t.noptions = 0;
	work_each_proxy(&t, collect, &out);
	assert_int_equal(out.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_docker_secrets__go_where_they_do_not_stay),
		SCRATCH_TEST(test_docker_secrets__become_arguments_where_that_was_allowed),
		SCRATCH_TEST(test_docker_secrets__are_files_that_the_context_does_not_have),
		SCRATCH_TEST(test_docker_secrets__a_proxy_is_set_for_all_that_look),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
