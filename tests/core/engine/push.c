#include "core/engine/push.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/base/check.h"
#include "core/engine/base64.h"

/* What a stream says, as lines. */
struct bench {
	struct buf said;
	struct engine_sink sink;
	struct push_stream stream;
	struct error err;
	bool ok;
};

static void bench_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct bench *b = data;
	(void)t;
	assert_int_equal(key, 0);
	assert_int_equal(stream, 1);
	buf_append(&b->said, bytes);
}

static void bench_progress(void *data, uint64_t key, struct str id, uint64_t current,
                           uint64_t total)
{
	struct bench *b = data;
	assert_int_equal(key, 0);
	buf_printf(&b->said, "%.*s %llu/%llu\n", STR_ARG(id), (unsigned long long)current,
	           (unsigned long long)total);
}

static void bench_warning(void *data, struct str text)
{
	struct bench *b = data;
	buf_printf(&b->said, "! %.*s\n", STR_ARG(text));
}

static int bench_setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof *b);
	b->sink = (struct engine_sink){ .log = bench_log, .progress = bench_progress,
	                                .warning = bench_warning, .data = b };
	b->stream.sink = &b->sink;
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	struct bench *b = *state;
	push_stream_finish(&b->stream);
	buf_finish(&b->said);
	free(b);
	return 0;
}

static void bench_feed(struct bench *b, const char *text, size_t piece)
{
	struct str rest = str_of(text);
	b->ok = true;
	for (size_t at = 0; b->ok && at < rest.n; at += piece)
		b->ok = push_stream_feed(&b->stream, str_slice(rest, at, piece), &b->err);
	b->ok = b->ok && push_stream_end(&b->stream, &b->err);
}

static void expect_said(struct bench *b, const char *said)
{
	assert_true(b->ok);
	assert_string_equal(buf_text(&b->said), said);
}

#define DIGEST "sha256:a13089b962f46c3acacbc572d85c0517c9c5a621ac3514af7c94ec4e2ca2d43c"

/* Recorded of dockerd 20.10.24, shortened. */
static const char docker_text[] =
	"{\"status\":\"The push refers to repository [127.0.0.1:5000/app]\"}\r\n"
	"{\"status\":\"Preparing\",\"progressDetail\":{},\"id\":\"aeac81dd31d1\"}\r\n"
	"{\"status\":\"Waiting\",\"progressDetail\":{},\"id\":\"f384b9cf70eb\"}\r\n"
	"{\"status\":\"Layer already exists\",\"progressDetail\":{},\"id\":\"0b65767750ac\"}\r\n"
	"{\"status\":\"Mounted from other/app\",\"progressDetail\":{},\"id\":\"1b65767750ac\"}\r\n"
	"{\"status\":\"Pushing\",\"progressDetail\":{\"current\":33280,\"total\":300000},"
	"\"progress\":\"[=\\u003e   ]  33.28kB/300kB\",\"id\":\"aeac81dd31d1\"}\r\n"
	"{\"status\":\"Retrying in 5 seconds\",\"progressDetail\":{},\"id\":\"aeac81dd31d1\"}\r\n"
	"{\"status\":\"Retrying in 4 seconds\",\"progressDetail\":{},\"id\":\"aeac81dd31d1\"}\r\n"
	"{\"status\":\"Pushing\",\"progressDetail\":{\"current\":300512,\"total\":300000},"
	"\"id\":\"aeac81dd31d1\"}\r\n"
	"{\"status\":\"Pushed\",\"progressDetail\":{},\"id\":\"aeac81dd31d1\"}\r\n"
	"{\"status\":\"1: digest: " DIGEST " size: 949\"}\r\n"
	"{\"progressDetail\":{},\"aux\":{\"Tag\":\"1\",\"Digest\":\"" DIGEST "\",\"Size\":949}}\r\n";

static void test_layers_are_sent_or_there(void **state)
{
	struct bench *b = *state;
	bench_feed(b, docker_text, 7);
	expect_said(b, "0b65767750ac: already there\n"
	               "1b65767750ac: Mounted from other/app\n"
	               "aeac81dd31d1 33280/300000\n"
	               "! sending layer aeac81dd31d1 has failed; the engine tries again by itself\n"
	               "aeac81dd31d1 300000/300000\n"
	               "aeac81dd31d1 300000/300000\n"
	               "aeac81dd31d1: sent\n");
	assert_int_equal(b->stream.nsent, 1);
	assert_int_equal(b->stream.nthere, 2);
	assert_string_equal(buf_text(&b->stream.digest), DIGEST);
	assert_int_equal(b->stream.error.n, 0);
}

/* podman 4.3 tells the end alone. */
static void test_podman_tells_its_digest_in_words(void **state)
{
	struct bench *b = *state;
	bench_feed(b, "{\"status\":\"The push refers to repository [127.0.0.1:5000/app:1]\"}\n"
	              "{\"status\":\"1: digest: " DIGEST " size: 740\"}\n", 1000);
	expect_said(b, "");
	assert_string_equal(buf_text(&b->stream.digest), DIGEST);
}

static void test_an_error_in_the_stream_is_kept(void **state)
{
	struct bench *b = *state;
	bench_feed(b, "{\"errorDetail\":{\"message\":\"no basic auth credentials\"},"
	              "\"error\":\"no basic auth credentials\"}\n", 1000);
	assert_true(b->ok);
	assert_string_equal(buf_text(&b->stream.error), "no basic auth credentials");
	assert_int_equal(b->stream.digest.n, 0);
}

static void test_what_is_no_stream_is_refused(void **state)
{
	struct bench *b = *state;
	bench_feed(b, "<html>\n", 1000);
	assert_false(b->ok);
	assert_int_equal(b->err.code, ERROR_PROTOCOL);
}

static void test_digests_and_layers_of_strange_shape_count_not(void **state)
{
	struct bench *b = *state;
	owned_buf struct buf text = { 0 };
	bench_feed(b, "{\"status\":\"1: digest: sha256:12 size: 740\"}\n"
	              "{\"aux\":{\"Digest\":\"../../etc/passwd\"}}\n{\"aux\":[]}\n"
	              "{\"status\":\"Pushing\",\"progressDetail\":7,\"id\":\"a\"}\n"
	              "{\"status\":\"Pushing\",\"progressDetail\":{\"current\":-3,\"total\":\"x\"},"
	              "\"id\":\"a\"}\n", 1000);
	expect_said(b, "a 0/0\na 0/0\n");
	assert_int_equal(b->stream.digest.n, 0);
	for (int i = 0; i < 3 * PUSH_LAYERS_MAX; i++)
		buf_printf(&text, "{\"status\":\"Preparing\",\"id\":\"%d\"}\n", i);
	bench_feed(b, buf_text(&text), 100000);
	assert_int_equal(b->stream.layers.n, PUSH_LAYERS_MAX);
}

static void test_faults_are_told_apart(void **state)
{
	static const struct {
		const char *message;
		enum push_fault fault;
	} table[] = {
		{ "no basic auth credentials", PUSH_FAULT_LOGIN },
		{ "unauthorized: authentication required", PUSH_FAULT_LOGIN },
		{ "denied: requested access to the resource is denied", PUSH_FAULT_LOGIN },
		{ "writing blob: initiating layer upload to /v2/x/blobs/uploads/ in r: unauthorized: "
		  "authentication required", PUSH_FAULT_LOGIN },
		{ "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
		  PUSH_FAULT_PASSING },
		{ "received unexpected HTTP status: 503 Service Unavailable", PUSH_FAULT_PASSING },
		{ "toomanyrequests: You have reached your pull rate limit", PUSH_FAULT_PASSING },
		{ "Put \"http://r/v2/x\": EOF", PUSH_FAULT_PASSING },
		{ "net/http: TLS handshake timeout", PUSH_FAULT_PASSING },
		{ "blob upload unknown", PUSH_FAULT_PASSING },
		{ "dial tcp: lookup r.example: no such host", PUSH_FAULT_OTHER },
		{ "manifest invalid: manifest invalid", PUSH_FAULT_OTHER },
		{ "x509: certificate signed by unknown authority", PUSH_FAULT_OTHER },
		{ "tag does not exist: r.example/x:7", PUSH_FAULT_OTHER },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (push_fault(str_of(table[i].message)) != table[i].fault)
			fail_msg("%s: %d", table[i].message, (int)push_fault(str_of(table[i].message)));
}

static void test_a_refused_login_is_told_with_what_helps(void **state)
{
	struct push_login login = { .path = "/h/.docker/config.json" };
	struct work_result r = { 0 };
	(void)state;
	push_failed(STR("no basic auth credentials"), "r.example:5000/app:1", &login, &r);
	assert_string_equal(r.error.text, "r.example:5000 wants a login to take r.example:5000/app:1, "
	                    "and /h/.docker/config.json has none for it: docker login r.example:5000 "
	                    "stores one");
	assert_int_equal(r.error.code, ERROR_BUILD);
	assert_false(r.is_passing);
	login.is_known = true;
	push_failed(STR("denied: requested access to the resource is denied"), "app/x:1", &login, &r);
	assert_string_equal(r.error.text, "docker.io does not take app/x:1 with the login that "
	                    "/h/.docker/config.json has for it: it is wrong or may not write there; "
	                    "docker login docker.io stores another");
	error_set(&login.why, ERROR_MISSING, "docker-credential-x is not in PATH");
	push_failed(STR("unauthorized"), "r.example/x:1", &login, &r);
	assert_non_null(strstr(r.error.text, "and there is none: docker-credential-x is not in PATH"));
}

static void test_signed_urls_are_shown_without_their_query(void **state)
{
	owned_buf struct buf b = { 0 };
	(void)state;
	push_append_shown(&b, STR("Patch \"http://r/v2/u?_state=s3cret&x=1\": EOF; https://a/b what? "
	                          "http://c?x"));
	assert_string_equal(buf_text(&b), "Patch \"http://r/v2/u\": EOF; https://a/b what? http://c");
}

static void test_names_become_references(void **state)
{
	static const struct {
		const char *name, *reference, *registry, *tag;
	} table[] = {
		{ "app", "docker.io/library/app:latest", "docker.io", "latest" },
		{ "user/app:1", "docker.io/user/app:1", "docker.io", "1" },
		{ "docker.io/user/app:1", "docker.io/user/app:1", "docker.io", "1" },
		{ "localhost/app:2", "localhost/app:2", "localhost", "2" },
		{ "127.0.0.1:5000/a/b:3", "127.0.0.1:5000/a/b:3", "127.0.0.1:5000", "3" },
		{ "r.example:5000/app", "r.example:5000/app:latest", "r.example:5000", "latest" },
		{ "[::1]:5000/app:v", "[::1]:5000/app:v", "[::1]:5000", "v" },
	};
	owned(arena) struct arena *a = arena_new();
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf b = { 0 };
		struct str repository, tag;
		push_append_reference(&b, str_of(table[i].name));
		push_split(str_of(table[i].name), &repository, &tag);
		assert_string_equal(buf_text(&b), table[i].reference);
		assert_string_equal(push_registry(a, table[i].name), table[i].registry);
		assert_string_equal(arena_text(a, tag), table[i].tag);
	}
}

static void test_only_this_machine_may_do_without_tls(void **state)
{
	static const char *const here[] = { "localhost", "localhost:5000", "127.0.0.1",
	                                    "127.0.0.1:5000", "127.255.3.4:1", "[::1]",
	                                    "[::1]:5000" };
	static const char *const elsewhere[] = { "127.0.0.1.example.org", "127.example.org",
	                                         "localhost.example.org", "10.0.0.1:5000", "127.0.0",
	                                         "127.0.0.256", "[::2]:5000", "docker.io", "" };
	(void)state;
	for (size_t i = 0; i < sizeof here / sizeof *here; i++)
		assert_true(push_is_loopback(str_of(here[i])));
	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		assert_false(push_is_loopback(str_of(elsewhere[i])));
}

/* As dockerd and podman read them. */
static void test_logins_are_written_for_engines(void **state)
{
	struct credential c = { .user = STR("ann"), .secret = STR("p\"w") };
	owned_buf struct buf header = { 0 }, none = { 0 }, file = { 0 }, token = { 0 };
	(void)state;
	push_append_header(&none, "r.example", NULL);
	assert_string_equal(buf_text(&none), "e30=");
	push_append_header(&header, "docker.io", &c);
	assert_string_equal(buf_text(&header),
	                    "eyJ1c2VybmFtZSI6ImFubiIsInBhc3N3b3JkIjoicFwidyIsInNlcnZlcmFkZHJlc3MiOiJo"
	                    "dHRwczovL2luZGV4LmRvY2tlci5pby92MS8ifQ==");
	push_append_authfile(&file, "r.example:5000", &c);
	assert_string_equal(buf_text(&file),
	                    "{\"auths\":{\"r.example:5000\":{\"auth\":\"YW5uOnAidw==\"}}}");
	c = (struct credential){ .secret = STR("idt"), .is_identity_token = true };
	push_append_authfile(&token, "r", &c);
	assert_string_equal(buf_text(&token),
	                    "{\"auths\":{\"r\":{\"auth\":\"Og==\",\"identitytoken\":\"idt\"}}}");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_layers_are_sent_or_there),
		TEST(test_podman_tells_its_digest_in_words),
		TEST(test_an_error_in_the_stream_is_kept),
		TEST(test_what_is_no_stream_is_refused),
		TEST(test_digests_and_layers_of_strange_shape_count_not),
		cmocka_unit_test(test_faults_are_told_apart),
		cmocka_unit_test(test_a_refused_login_is_told_with_what_helps),
		cmocka_unit_test(test_signed_urls_are_shown_without_their_query),
		cmocka_unit_test(test_names_become_references),
		cmocka_unit_test(test_only_this_machine_may_do_without_tls),
		cmocka_unit_test(test_logins_are_written_for_engines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
