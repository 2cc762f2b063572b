#include "core/engine/endpoint.h"

#include <sys/socket.h>

#include "core/os/dial.h"
#include "core/os/listen.h"
#include "tests/core/os/looping.h"
#include "tests/core/os/scratch.h"

/* An endpoint whose ssh and kubectl are scripts of the test, and what listens there. */
struct site {
	struct scratch *s;
	struct loop *loop;
	struct endpoint *endpoint;
	struct dial *dials[4];
	struct listener *listener;
	struct dial *there;
	struct buf got;
	size_t wants;
	int ends;
};

static int site_setup(void **state)
{
	struct site *t = calloc(1, sizeof *t);
	scratch_setup((void **)&t->s);
	t->loop = loop_new();
	setenv("XDG_RUNTIME_DIR", t->s->dir, 1);
	setenv("SITE", t->s->dir, 1);
	setenv("PATH", arena_printf(t->s->arena, "%s:/usr/bin:/bin", t->s->dir), 1);
	unsetenv("DOCKER_HOST");
	*state = t;
	return 0;
}

static int site_teardown(void **state)
{
	struct site *t = *state;
	for (size_t i = 0; i < 4; i++)
		dial_free(t->dials[i]);
	endpoint_free(t->endpoint);
	listener_free(t->listener);
	loop_free(t->loop);
	buf_finish(&t->got);
	int gone = scratch_teardown((void **)&t->s);
	free(t);
	return gone;
}

static void site_program(struct site *t, const char *name, const char *script)
{
	const char *text = arena_printf(t->s->arena, "#!/bin/sh\n%s\n", script);
	const char *path = scratch_write(t->s, name, text);
	assert_int_equal(chmod(path, 0755), 0);
}

/* "$*" of each call is a line of the file calls. */
#define SSH_BEGIN "echo \"$*\" >>$SITE/calls\ncase \"$*\" in *'-O check'*) exit 255 ;; esac\n"

static void site_bytes(void *data, struct str bytes)
{
	struct site *t = data;
	buf_append(&t->got, bytes);
	if (t->wants && t->got.n >= t->wants)
		loop_stop(t->loop);
}

static void site_ended(void *data, const struct error *err)
{
	struct site *t = data;
	(void)err;
	t->ends++;
	loop_stop(t->loop);
}

static void site_open(struct site *t, const char *spec)
{
	struct endpoint_options o = { .spec = spec };
	t->endpoint = endpoint_new(t->loop, &o, &t->s->err);
	if (!t->endpoint)
		fail_msg("%s", t->s->err.text);
}

static void site_dial(struct site *t, size_t i, const char *text)
{
	struct dial_address at = { .unix_path = endpoint_address(t->endpoint)->unix_path };
	struct dial_events events = { .bytes = site_bytes, .ended = site_ended, .data = t };
	t->dials[i] = dial_new(t->loop, &at, &events, &t->s->err);
	assert_non_null(t->dials[i]);
	dial_send(t->dials[i], str_of(text));
}

static const char *site_why(struct site *t)
{
	error_set(&t->s->err, ERROR_UNREACHABLE, "closed");
	endpoint_explain(t->endpoint, &t->s->err);
	return t->s->err.text;
}

static size_t site_calls(struct site *t, const char *with)
{
	struct str rest = str_of(scratch_read(t->s, scratch_path(t->s, "calls"))), line;
	size_t n = 0;
	while (rest.n && str_next(&rest, '\n', &line))
		n += str_find_str(line, str_of(with)) != STR_NONE;
	return n;
}

static void test_endpoint__carries_bytes_by_ssh(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN "exec cat");
	site_open(t, "ssh://me@box");
	assert_string_equal(endpoint_shown(t->endpoint), "ssh://me@box");
	site_dial(t, 0, "there and back");
	t->wants = strlen("there and back");
	looping_run(t->loop);
	assert_string_equal(buf_text(&t->got), "there and back");
	/* The end goes through as well. */
	dial_send_end(t->dials[0]);
	looping_run(t->loop);
	assert_int_equal(t->ends, 1);
}

/* While the first one logs in, those that come wait: then they share the login. */
static void test_endpoint__logs_in_once(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN
	             "if mkdir $SITE/first 2>/dev/null; then read line <$SITE/gate; fi; exec cat");
	assert_int_equal(mkfifo(scratch_path(t->s, "gate"), 0600), 0);
	site_open(t, "ssh://box");
	for (size_t i = 0; i < 3; i++)
		site_dial(t, i, "x");
	struct error err;
	while (access(scratch_path(t->s, "first"), F_OK) != 0)
		assert_true(loop_turn(t->loop, 10, &err));
	assert_true(loop_turn(t->loop, 50, &err));
	assert_int_equal(site_calls(t, "dial-stdio"), 1);
	scratch_write(t->s, "gate", "go\n");
	t->wants = 3;
	looping_run(t->loop);
	assert_int_equal(site_calls(t, "dial-stdio"), 3);
	assert_int_equal(site_calls(t, "-O check"), 1);
}

static void test_endpoint__says_what_ssh_says(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN
	             "echo 'ssh: connect to host box port 22: No route' >&2; exit 255");
	site_open(t, "ssh://box");
	site_dial(t, 0, "x");
	site_dial(t, 1, "x");
	looping_run(t->loop);
	if (t->ends < 2)
		looping_run(t->loop);
	assert_string_equal(site_why(t), "ssh://box: ssh: connect to host box port 22: No route");
	/* What came later would meet the same: nobody else has tried. */
	assert_int_equal(site_calls(t, "dial-stdio"), 1);
}

static void test_endpoint__says_that_a_line_was_cut(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN "echo HTTP/1.1; exit 255");
	site_open(t, "ssh://box");
	site_dial(t, 0, "x");
	looping_run(t->loop);
	assert_string_equal(buf_text(&t->got), "HTTP/1.1\n");
	assert_string_equal(site_why(t), "ssh://box: the connection was cut");
}

static void test_endpoint__leaves_other_errors_alone(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN "exec cat");
	site_open(t, "ssh://box");
	assert_string_equal(site_why(t), "closed");
	error_set(&t->s->err, ERROR_BUILD, "exit code 1");
	endpoint_explain(t->endpoint, &t->s->err);
	assert_string_equal(t->s->err.text, "exit code 1");
}

static void site_accepted(void *data, int fd)
{
	struct site *t = data;
	(void)t;
	static const char answer[] = "hello";
	assert_int_equal(write(fd, answer, 5), 5);
	close(fd);
}

/* Stands for sshd's end of a forwarded socket. */
#define SSH_FORWARDS SSH_BEGIN \
	"case \"$*\" in\n" \
	"*'-O forward'*) l=${*#*-L }; ln -s $SITE/there ${l%%:*} ;;\n" \
	"*sockets*) echo sockets; echo may /run/there.sock ;;\n" \
	"*dial-stdio*) echo 'sh: docker: not found' >&2; exit 127 ;;\n" \
	"esac"

static void test_endpoint__forwards_a_socket(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_FORWARDS);
	t->listener = listener_new(t->loop, scratch_path(t->s, "there"), site_accepted, t, &t->s->err);
	assert_non_null(t->listener);
	site_open(t, "ssh://box/run/there.sock");
	site_dial(t, 0, "x");
	looping_run(t->loop);
	assert_string_equal(buf_text(&t->got), "hello");
	assert_int_equal(site_calls(t, "dial-stdio"), 0);
	assert_int_equal(site_calls(t, ":/run/there.sock"), 1);
}

/* What was said to the docker that is not there is said to the socket. */
static void test_endpoint__forwards_where_there_is_no_docker(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_FORWARDS);
	t->listener = listener_new(t->loop, scratch_path(t->s, "there"), site_accepted, t, &t->s->err);
	site_open(t, "ssh://box");
	site_dial(t, 0, "x");
	t->wants = 5;
	looping_run(t->loop);
	assert_string_equal(buf_text(&t->got), "hello");
	assert_int_equal(site_calls(t, "dial-stdio"), 1);
}

static void test_endpoint__says_that_no_engine_listens_there(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN "case \"$*\" in *sockets*) echo sockets ;; esac");
	site_open(t, "podman+ssh://box");
	site_dial(t, 0, "x");
	looping_run(t->loop);
	assert_non_null(strstr(site_why(t), "no engine listens there at /run/user/$(id -u)/podman/"));
}

static void test_endpoint__carries_bytes_by_kubectl(void **state)
{
	struct site *t = *state;
	site_program(t, "kubectl", "echo \"$*\" >>$SITE/calls\nexec cat");
	site_open(t, "kube-pod://builder-0?namespace=ci&container=b&context=a%2Fb");
	assert_int_equal(endpoint_speaks(t->endpoint), ENDPOINT_BUILDKIT);
	site_dial(t, 0, "x");
	t->wants = 1;
	looping_run(t->loop);
	assert_string_equal(scratch_read(t->s, scratch_path(t->s, "calls")),
	                    "--context=a/b --namespace=ci exec -i --container=b builder-0 -- buildctl "
	                    "dial-stdio\n");
}

static void test_endpoint__says_what_kubectl_says(void **state)
{
	struct site *t = *state;
	site_program(t, "kubectl", "echo 'Error: pods \"b\" not found' >&2; exit 1");
	site_open(t, "kube-pod://b");
	site_dial(t, 0, "x");
	looping_run(t->loop);
	assert_string_equal(site_why(t), "kube-pod://b: kubectl does not get in: Error: pods \"b\" not "
	                    "found");
}

static void test_endpoint__leaves_nothing_behind(void **state)
{
	struct site *t = *state;
	site_program(t, "ssh", SSH_BEGIN "echo $$ >$SITE/pid; exec cat");
	site_open(t, "ssh://box");
	site_dial(t, 0, "x");
	t->wants = 1;
	looping_run(t->loop);
	pid_t pid = (pid_t)atol(scratch_read(t->s, scratch_path(t->s, "pid")));
	endpoint_free(t->endpoint);
	t->endpoint = NULL;
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(scratch_names(scratch_path(t->s, "mortar")), 0);
}

static void test_endpoint__is_found_by_its_name(void **state)
{
	static const struct pair named[] = {
		{ { "far", 3 }, { "tcp://h:1?ca=%2Fca.pem", 22 } }, { { "box", 3 }, { "ssh://box", 9 } },
	};
	struct site *t = *state;
	struct endpoint_options o = { .spec = "far", .named = named, .nnamed = 2 };
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	setenv("DOCKER_CERT_PATH", t->s->dir, 1);
	t->endpoint = endpoint_new(t->loop, &o, &t->s->err);
	unsetenv("DOCKER_TLS_VERIFY");
	unsetenv("DOCKER_CERT_PATH");
	assert_non_null(t->endpoint);
	assert_string_equal(endpoint_spec(t->endpoint), "tcp://h:1?ca=%2Fca.pem");
	assert_string_equal(endpoint_shown(t->endpoint), "tcp://h:1");
	assert_true(endpoint_address(t->endpoint)->tls);
	o.spec = "nobody";
	assert_null(endpoint_new(t->loop, &o, &t->s->err));
	assert_int_equal(t->s->err.code, ERROR_USAGE);
}

int main(void)
{
#define SITE_TEST(f) cmocka_unit_test_setup_teardown(f, site_setup, site_teardown)
	const struct CMUnitTest tests[] = {
		SITE_TEST(test_endpoint__carries_bytes_by_ssh),
		SITE_TEST(test_endpoint__logs_in_once),
		SITE_TEST(test_endpoint__says_what_ssh_says),
		SITE_TEST(test_endpoint__says_that_a_line_was_cut),
		SITE_TEST(test_endpoint__leaves_other_errors_alone),
		SITE_TEST(test_endpoint__forwards_a_socket),
		SITE_TEST(test_endpoint__forwards_where_there_is_no_docker),
		SITE_TEST(test_endpoint__says_that_no_engine_listens_there),
		SITE_TEST(test_endpoint__carries_bytes_by_kubectl),
		SITE_TEST(test_endpoint__says_what_kubectl_says),
		SITE_TEST(test_endpoint__leaves_nothing_behind),
		SITE_TEST(test_endpoint__is_found_by_its_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
