#include "core/engine/endpoint_context.h"

#include "core/ext/crypto.h"
#include "tests/core/os/scratch.h"

static const char *const variables[] = { "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY",
                                         "DOCKER_TLS", "DOCKER_CERT_PATH" };

/* The docker command line's store, in memory. */
struct store {
	struct scratch *s;
	struct files *files;
};

static int store_setup(void **state)
{
	struct store *t = calloc(1, sizeof *t);
	scratch_setup((void **)&t->s);
	t->files = files_memory(NULL);
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	*state = t;
	return 0;
}

static int store_teardown(void **state)
{
	struct store *t = *state;
	files_free(t->files);
	int gone = scratch_teardown((void **)&t->s);
	free(t);
	return gone;
}

static void store_put(struct store *t, const char *path, const char *text)
{
	files_memory_put(t->files, path, str_of(text));
}

static void store_context(struct store *t, const char *name, const char *host, bool skips,
                          const char *pems)
{
	char hex[SHA256_HEX_SIZE];
	sha256_hex(str_of(name), hex);
	store_put(t, arena_printf(t->s->arena, "/d/contexts/meta/%s/meta.json", hex),
	          arena_printf(t->s->arena, "{\"Name\":\"%s\",\"Metadata\":{},\"Endpoints\":{"
	                       "\"docker\":{\"Host\":\"%s\",\"SkipTLSVerify\":%s}}}", name, host,
	                       skips ? "true" : "false"));
	struct str rest = str_of(pems), pem;
	while (rest.n && str_next(&rest, ' ', &pem))
		store_put(t, arena_printf(t->s->arena, "/d/contexts/tls/%s/docker/%.*s.pem", hex,
		                          STR_ARG(pem)), "pem");
}

static const char *store_resolve(struct store *t, const char *name)
{
	owned_buf struct buf text = { 0 };
	struct endpoint_spec spec;
	if (!context_resolve(t->s->arena, t->files, "/d", name, &spec, &t->s->err))
		return NULL;
	endpoint_spec_append(&text, &spec);
	return arena_text(t->s->arena, buf_str(&text));
}

static void test_context__is_what_the_docker_command_line_takes(void **state)
{
	struct store *t = *state;
	struct arena *a = t->s->arena;
	assert_string_equal(context_of_docker(a, t->files, "/d"), "unix:///var/run/docker.sock");
	store_put(t, "/d/config.json", "{\"auths\":{},\"currentContext\":\"far\"}");
	assert_string_equal(context_of_docker(a, t->files, "/d"), "context:far");
	setenv("DOCKER_CONTEXT", "near", 1);
	assert_string_equal(context_of_docker(a, t->files, "/d"), "context:near");
	setenv("DOCKER_CONTEXT", "default", 1);
	assert_string_equal(context_of_docker(a, t->files, "/d"), "unix:///var/run/docker.sock");
	setenv("DOCKER_HOST", "tcp://h:1", 1);
	assert_string_equal(context_of_docker(a, t->files, "/d"), "tcp://h:1");
	unsetenv("DOCKER_HOST");
	unsetenv("DOCKER_CONTEXT");
	store_put(t, "/d/config.json", "{ no json");
	assert_string_equal(context_of_docker(a, t->files, "/d"), "unix:///var/run/docker.sock");
}

static void test_context__leads_to_its_host(void **state)
{
	struct store *t = *state;
	char hex[SHA256_HEX_SIZE];
	store_context(t, "box", "ssh://me@box", false, "");
	store_context(t, "plain", "tcp://h", false, "");
	store_context(t, "tls", "tcp://h", false, "ca cert key");
	store_context(t, "theirs", "tcp://h:99", false, "ca");
	sha256_hex(STR("tls"), hex);
	assert_string_equal(store_resolve(t, "box"), "ssh://me@box");
	assert_string_equal(store_resolve(t, "plain"), "tcp://h:2375?tls=0");
	const char *dir = arena_printf(t->s->arena, "%%2Fd%%2Fcontexts%%2Ftls%%2F%s%%2Fdocker%%2F",
	                               hex);
	assert_string_equal(store_resolve(t, "tls"),
	                    arena_printf(t->s->arena, "tcp://h:2376?ca=%sca.pem&cert=%scert.pem&key=%s"
	                                 "key.pem", dir, dir, dir));
	assert_non_null(strstr(store_resolve(t, "theirs"), "tcp://h:99?ca="));
	assert_string_equal(store_resolve(t, "default"), "unix:///var/run/docker.sock");
}

/* A context has TLS of its own, or none: the environment's is for DOCKER_HOST. */
static void test_context__is_not_changed_by_the_environment(void **state)
{
	struct store *t = *state;
	store_context(t, "plain", "tcp://h", false, "");
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	assert_string_equal(store_resolve(t, "plain"), "tcp://h:2375?tls=0");
}

static void test_context__says_what_is_wrong(void **state)
{
	struct store *t = *state;
	struct error *err = &t->s->err;
	store_context(t, "skip", "tcp://h", true, "");
	store_context(t, "half", "tcp://h", false, "cert");
	store_context(t, "odd", "npipe:////./pipe/docker", false, "");
	store_context(t, "none", "", false, "");
	assert_null(store_resolve(t, "skip"));
	assert_true(err->code == ERROR_REFUSED && strstr(err->text, "SkipTLSVerify"));
	assert_null(store_resolve(t, "half"));
	assert_true(err->code == ERROR_PROJECT && strstr(err->text, "cert.pem without key.pem"));
	assert_null(store_resolve(t, "odd"));
	assert_non_null(strstr(err->text, "npipe://"));
	assert_null(store_resolve(t, "none"));
	assert_null(store_resolve(t, "../../x"));
	assert_true(err->code == ERROR_USAGE && strstr(err->text, "docker has no context '../../x'"));
}

static void test_context__lists_those_there_are(void **state)
{
	struct store *t = *state;
	char hex[SHA256_HEX_SIZE];
	owned(files) struct files *disk = files_disk("/");
	sha256_hex(STR("far"), hex);
	const char *dir = arena_printf(t->s->arena, "contexts/meta/%s", hex);
	assert_true(save_dir(scratch_path(t->s, dir), 0700, &t->s->err));
	scratch_write(t->s, arena_printf(t->s->arena, "%s/meta.json", dir), "{\"Name\":\"far\"}");
	struct endpoint_spec spec;
	assert_false(context_resolve(t->s->arena, disk, t->s->dir, "fra", &spec, &t->s->err));
	assert_non_null(strstr(t->s->err.text, "there are default, far"));
}

static void test_context__environment_decides_about_tls(void **state)
{
	struct store *t = *state;
	struct arena *a = t->s->arena;
	struct endpoint_spec spec;
	owned_buf struct buf text = { 0 };
	store_put(t, "/c/ca.pem", "pem");
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	assert_true(endpoint_spec_parse(a, "tcp://h", &spec, &t->s->err));
	assert_false(context_environment_tls(a, t->files, "/d", &spec, &t->s->err));
	assert_non_null(strstr(t->s->err.text, "there is no /d/ca.pem"));
	setenv("DOCKER_CERT_PATH", "/c", 1);
	assert_true(context_environment_tls(a, t->files, "/d", &spec, &t->s->err));
	endpoint_spec_append(&text, &spec);
	assert_string_equal(buf_text(&text), "tcp://h:2376?ca=%2Fc%2Fca.pem");
	assert_true(endpoint_spec_parse(a, "tcp://h?tls=0", &spec, &t->s->err));
	assert_true(context_environment_tls(a, t->files, "/d", &spec, &t->s->err));
	assert_false(spec.at.tls);
	unsetenv("DOCKER_TLS_VERIFY");
	setenv("DOCKER_TLS", "1", 1);
	assert_true(endpoint_spec_parse(a, "tcp://h", &spec, &t->s->err));
	assert_false(context_environment_tls(a, t->files, "/d", &spec, &t->s->err));
	assert_int_equal(t->s->err.code, ERROR_REFUSED);
}

int main(void)
{
#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, store_setup, store_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_context__is_what_the_docker_command_line_takes),
		STORE_TEST(test_context__leads_to_its_host),
		STORE_TEST(test_context__is_not_changed_by_the_environment),
		STORE_TEST(test_context__says_what_is_wrong),
		STORE_TEST(test_context__lists_those_there_are),
		STORE_TEST(test_context__environment_decides_about_tls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
