#include "core/engine/endpoint_spec.h"

#include "tests/core/os/scratch.h"

static void test_endpoint_spec__goes_to_text_and_back(void **state)
{
	/* What it is, and what people are shown of it. */
	static const struct { const char *spec, *shown; } table[] = {
		{ "unix:///run/x", "unix:///run/x" },
		{ "tcp://h:2376?ca=%2Fa", "tcp://h:2376" },
		{ "buildkit+unix:///run/b", "buildkit+unix:///run/b" },
		{ "buildkit+tcp://h:1234?cert=%2Fc&key=%2Fk", "buildkit+tcp://h:1234" },
		{ "ssh://h", "ssh://h" },
		{ "ssh://me@h:22/run/docker.sock", "ssh://me@h:22/run/docker.sock" },
		{ "ssh://a@b@h", "ssh://a@b@h" },
		{ "podman+ssh://[::1]:22", "podman+ssh://[::1]:22" },
		{ "kube-pod://b-0?namespace=ci&container=c&context=a%2Fb",
		  "kube-pod://b-0?namespace=ci&container=c&context=a%2Fb" },
	};
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct endpoint_spec spec;
		owned_buf struct buf text = { 0 }, shown = { 0 };
		assert_true(endpoint_spec_parse(s->arena, table[i].spec, &spec, &s->err));
		endpoint_spec_append(&text, &spec);
		endpoint_spec_append_shown(&shown, &spec);
		assert_string_equal(buf_text(&text), table[i].spec);
		assert_string_equal(buf_text(&shown), table[i].shown);
	}
}

static void test_endpoint_spec__knows_who_listens(void **state)
{
	struct scratch *s = *state;
	struct endpoint_spec spec;
	assert_true(endpoint_spec_parse(s->arena, "buildkit+tcp://h", &spec, &s->err));
	assert_true(spec.speaks == ENDPOINT_BUILDKIT && spec.at.port == 1234);
	assert_true(endpoint_spec_parse(s->arena, "kube-pod://b", &spec, &s->err));
	assert_true(spec.speaks == ENDPOINT_BUILDKIT && spec.way == ENDPOINT_KUBE);
	assert_true(endpoint_spec_parse(s->arena, "podman+ssh://h/", &spec, &s->err));
	assert_true(spec.speaks == ENDPOINT_DOCKER && spec.way == ENDPOINT_SSH && spec.is_podman);
	assert_null(spec.path);
}

/* Nothing may reach ssh, the user's ssh_config or a shell as anything but a name. */
static void test_endpoint_spec__takes_no_option_for_a_host(void **state)
{
	static const char *const wrong[] = {
		"ssh://", "ssh://-oProxyCommand=x", "ssh://-l@h", "ssh://h;id", "ssh://h h", "ssh://$(id)",
		"ssh://`id`@h", "ssh://%h", "ssh://u%r@h", "ssh://h:0", "ssh://h:x", "ssh://h:70000",
		"ssh://h/a b", "ssh://h/a:b", "ssh://h/$HOME", "ssh://h/'", "ssh://h\n", "ssh://[::1",
		"ssh://a\\b@h", "podman+ssh://-x", "kube-pod://", "kube-pod://-x", "kube-pod://a/b",
		"kube-pod://a?namespace=-x", "kube-pod://a?pod=b", "kube-pod://a?context=%0a",
		"buildkit+ssh://h", "npipe://x", "h", "",
	};
	struct scratch *s = *state;
	struct endpoint_spec spec;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (endpoint_spec_parse(s->arena, wrong[i], &spec, &s->err))
			fail_msg("'%s' is taken", wrong[i]);
		assert_int_equal(s->err.code, ERROR_USAGE);
	}
}

static void test_endpoint_spec__never_tells_a_password(void **state)
{
	struct scratch *s = *state;
	struct endpoint_spec spec;
	assert_false(endpoint_spec_parse(s->arena, "ssh://me:hunter2@h", &spec, &s->err));
	assert_null(strstr(s->err.text, "hunter2"));
	assert_non_null(strstr(s->err.text, "a password"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_endpoint_spec__goes_to_text_and_back),
		SCRATCH_TEST(test_endpoint_spec__knows_who_listens),
		SCRATCH_TEST(test_endpoint_spec__takes_no_option_for_a_host),
		SCRATCH_TEST(test_endpoint_spec__never_tells_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
