#include "tests/core/engine/session_bench.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static const struct session_dir one_file[] = {
	{ .name = "dockerfile", .file_name = STR("Dockerfile"), .file_text = STR("FROM a\n") },
};

static struct str named(struct bench *b, const char *name)
{
	owned_buf struct buf bytes = { 0 };
	pb_named_write(&bytes, str_of(name));
	return arena_str(b->s->arena, buf_str(&bytes));
}

static bool offers(const struct session *s, const char *method)
{
	size_t n;
	const struct pair *all = session_metadata(s, &n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].name, STR("x-docker-expose-session-grpc-method")) &&
		    str_eq(all[i].value, str_of(method)))
			return true;
	return false;
}

static struct str metadata(const struct session *s, const char *name)
{
	size_t n;
	const struct pair *all = session_metadata(s, &n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].name, str_of(name)))
			return all[i].value;
	return (struct str){ 0 };
}

static void test_session__says_what_it_has(void **state)
{
	static const struct secret secret = { .id = "x", .env = "X", .way = SECRET_MOUNTED };
	static const struct pair agent = { STR("default"), STR("/a") };
	struct bench *b = bench_new(*state), *other = bench_new(*state);
	bench_start(b);
	assert_false(offers(b->session, "/moby.filesync.v1.FileSync/DiffCopy"));
	assert_false(offers(b->session, "/moby.buildkit.secrets.v1.Secrets/GetSecret"));
	assert_true(offers(b->session, "/grpc.health.v1.Health/Check"));
	other->o = (struct session_options){ .dirs = one_file, .ndirs = 1, .secrets = &secret,
	                                     .nsecrets = 1, .ssh = &agent, .nssh = 1 };
	bench_start(other);
	assert_true(offers(other->session, "/moby.filesync.v1.FileSync/DiffCopy"));
	assert_true(offers(other->session, "/moby.buildkit.secrets.v1.Secrets/GetSecret"));
	assert_true(offers(other->session, "/moby.sshforward.v1.SSH/ForwardAgent"));
	assert_false(offers(other->session, "/moby.filesync.v1.FileSend/DiffCopy"));
	/* A session that comes again gets the files of the build before. */
	assert_int_equal(strlen(session_id(b->session)), 32);
	assert_string_not_equal(session_id(b->session), session_id(other->session));
	assert_true(str_eq(metadata(b->session, "x-docker-expose-session-uuid"),
	                   str_of(session_id(b->session))));
	bench_free(other);
	bench_free(b);
}

static void test_session__shares_a_key_with_the_same_folders_of_the_same_user(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	char key[3][SESSION_KEY_SIZE];
	owned(context) struct context *one = context_new(), *two = context_new();
	scratch_mkdir(s, "one");
	scratch_mkdir(s, "two");
	scratch_write(s, "one/a", "x");
	scratch_write(s, "two/a", "x");
	context_add_tree(one, scratch_path(s, "one"), "", NULL);
	context_add_tree(two, scratch_path(s, "two"), "", NULL);
	assert_true(context_scan(one, &s->err) && context_scan(two, &s->err));
	struct session_dir dirs[] = { one_file[0], { .name = "context", .context = one } };
	struct session_options o = { .dirs = dirs, .ndirs = 2 };
	assert_true(session_shared_key(&o, key[0], &s->err));
	assert_true(session_shared_key(&o, key[1], &s->err));
	assert_string_equal(key[0], key[1]);
	dirs[1].context = two;
	assert_true(session_shared_key(&o, key[1], &s->err));
	assert_string_not_equal(key[0], key[1]);
	dirs[1].context = one;
	setenv("XDG_STATE_HOME", scratch_path(s, "somebody else"), 1);
	assert_true(session_shared_key(&o, key[2], &s->err));
	assert_string_not_equal(key[0], key[2]);
	bench_free(b);
}

static void test_session__is_well_and_knows_nothing_else(void **state)
{
	struct bench *b = bench_new(*state);
	bench_start(b);
	assert_int_equal(bench_ask(b, "/grpc.health.v1.Health/Check", STR("")), GRPC_OK);
	assert_true(str_eq(buf_str(&b->answer), STR("\x08\x01")));
	static const char *const unknown[] = {
		"/grpc.health.v1.Health/Watch", "/moby.filesync.v1.Auth/GetTokenAuthority",
		"/moby.filesync.v1.Auth/FetchToken", "/moby.filesync.v1.Auth/VerifyTokenAuthority",
		"/moby.upload.v1.Upload/Pull", "/moby.filesync.v1.FileSync/DiffCopy", "/",
		"/moby.sshforward.v1.SSH/CheckAgent",
	};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_int_equal(bench_ask(b, unknown[i], STR("")), GRPC_UNIMPLEMENTED);
	bench_free(b);
}

static void test_session__needs_contexts_that_were_looked_at(void **state)
{
	struct bench *b = bench_new(*state);
	owned(context) struct context *c = context_new();
	const struct session_dir dirs[] = { { .name = "context", .context = c } };
	const struct session_dir twice[] = { one_file[0], one_file[0] };
	struct session_events on = { .send = bench_down, .unsent = bench_down_unsent, .data = b };
	struct session_options o = { .dirs = dirs, .ndirs = 1 };
	assert_null(session_new(b->loop, &o, &on, &b->s->err));
	o = (struct session_options){ .dirs = twice, .ndirs = 2 };
	assert_null(session_new(b->loop, &o, &on, &b->s->err));
	bench_free(b);
}

/* ---- secrets ---- */

#define GET_SECRET "/moby.buildkit.secrets.v1.Secrets/GetSecret"

static void test_session__hands_out_the_secrets_of_the_build(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	const struct secret secrets[] = {
		{ .id = "file", .file = scratch_write(s, "token", "from the\nfile"),
		  .way = SECRET_MOUNTED },
		{ .id = "variable", .env = "MORTAR_TEST_SECRET", .way = SECRET_MOUNTED },
		{ .id = "copied", .file = scratch_path(s, "token"), .way = SECRET_COPIED },
		{ .id = "unset", .env = "MORTAR_TEST_UNSET", .way = SECRET_MOUNTED },
	};
	setenv("MORTAR_TEST_SECRET", "from outside", 1);
	b->o = (struct session_options){ .secrets = secrets, .nsecrets = 4 };
	bench_start(b);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(bench_ask(b, GET_SECRET, named(b, "file")), GRPC_OK);
		assert_true(str_eq(buf_str(&b->answer), STR("\x0a\x0d" "from the\nfile")));
	}
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "variable")), GRPC_OK);
	assert_true(str_eq(buf_str(&b->answer), STR("\x0a\x0c" "from outside")));
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "copied")), GRPC_NOT_FOUND);
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "../token")), GRPC_NOT_FOUND);
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "")), GRPC_NOT_FOUND);
	assert_int_equal(bench_ask(b, GET_SECRET, STR("\xff")), GRPC_INVALID_ARGUMENT);
	assert_int_equal(b->failed.code, ERROR_NONE);
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "unset")), GRPC_UNKNOWN);
	assert_non_null(strstr(b->failed.text, "MORTAR_TEST_UNSET is not set"));
	bench_free(b);
}

static void test_session__hands_out_no_secret_that_is_too_large(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	owned_buf struct buf text = { 0 };
	buf_append_fill(&text, 'x', SESSION_SECRET_MAX);
	struct secret secret = { .id = "s", .file = scratch_write(s, "token", buf_text(&text)),
	                         .way = SECRET_MOUNTED };
	b->o = (struct session_options){ .secrets = &secret, .nsecrets = 1 };
	bench_start(b);
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "s")), GRPC_OK);
	assert_true(b->answer.n > SESSION_SECRET_MAX);
	buf_append_char(&text, 'x');
	scratch_write(s, "token", buf_text(&text));
	assert_int_equal(bench_ask(b, GET_SECRET, named(b, "s")), GRPC_UNKNOWN);
	assert_int_equal(b->failed.code, ERROR_LIMIT);
	assert_int_equal(b->answer.n, 0);
	bench_free(b);
}

/* ---- credentials ---- */

#define CREDENTIALS "/moby.filesync.v1.Auth/Credentials"

static void test_session__logs_in_as_the_user_does(void **state)
{
	struct scratch *s = *state;
	struct bench *b = bench_new(s);
	struct str user, secret;
	scratch_write(s, "config.json",
	              "{\"auths\":{\"r.example:5000\":{\"auth\":\"dXNlcjpwYXNz\"},"
	              "\"https://index.docker.io/v1/\":{\"identitytoken\":\"tok\","
	              "\"auth\":\"aGFuczo=\"}},"
	              "\"credHelpers\":{\"broken.example\":\"mortar-test-absent\"}}");
	setenv("DOCKER_CONFIG", s->dir, 1);
	bench_start(b);
	assert_int_equal(bench_ask(b, CREDENTIALS, named(b, "r.example:5000")), GRPC_OK);
	assert_true(pb_credentials_parse(s->arena, buf_str(&b->answer), &user, &secret, &s->err));
	assert_true(str_eq(user, STR("user")) && str_eq(secret, STR("pass")));
	assert_int_equal(bench_ask(b, CREDENTIALS, named(b, "registry-1.docker.io")), GRPC_OK);
	assert_true(pb_credentials_parse(s->arena, buf_str(&b->answer), &user, &secret, &s->err));
	assert_true(user.n == 0 && str_eq(secret, STR("tok")));
	assert_int_equal(bench_ask(b, CREDENTIALS, named(b, "public.example")), GRPC_OK);
	assert_int_equal(b->answer.n, 0);
	assert_int_equal(b->log.n, 0);
	/* What is public can be had without. */
	assert_int_equal(bench_ask(b, CREDENTIALS, named(b, "broken.example")), GRPC_OK);
	assert_int_equal(b->answer.n, 0);
	assert_non_null(strstr(buf_text(&b->log), "mortar-test-absent"));
	assert_int_equal(b->failed.code, ERROR_NONE);
	unsetenv("DOCKER_CONFIG");
	bench_free(b);
}

/* ---- ssh ---- */

/* An agent that says everything again in capitals, and goodbye at the end. */
struct agent {
	int fd, peer;
};

static void agent_ready(struct loop *l, int fd, short revents, void *data)
{
	char bytes[256];
	ssize_t n = read(fd, bytes, sizeof bytes);
	(void)revents;
	(void)data;
	for (ssize_t i = 0; i < n; i++)
		bytes[i] = (char)(bytes[i] & ~0x20);
	if (n > 0) {
		assert_int_equal(write(fd, bytes, (size_t)n), n);
		return;
	}
	assert_int_equal(write(fd, "BYE", 3), 3);
	loop_unwatch(l, fd);
	close(fd);
}

static void agent_called(struct loop *l, int fd, short revents, void *data)
{
	struct agent *a = data;
	(void)revents;
	a->peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	assert_true(a->peer >= 0);
	loop_watch(l, a->peer, POLLIN, agent_ready, a);
}

static const char *agent_start(struct bench *b, struct agent *a)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *path = scratch_path(b->s, "agent");
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(a->fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(a->fd, 4), 0);
	loop_watch(b->loop, a->fd, POLLIN, agent_called, a);
	return path;
}

static void test_session__forwards_to_the_ssh_agent(void **state)
{
	struct bench *b = bench_new(*state);
	struct agent agent;
	const struct pair ssh[] = {
		{ STR("mine"), str_of(agent_start(b, &agent)) }, { STR("default"), { 0 } },
	};
	const struct pair mine = { STR("buildkit.ssh.id"), STR("mine") };
	b->o = (struct session_options){ .ssh = ssh, .nssh = 2 };
	unsetenv("SSH_AUTH_SOCK");
	bench_start(b);
	assert_int_equal(bench_ask(b, "/moby.sshforward.v1.SSH/CheckAgent", named(b, "mine")), 0);
	assert_int_equal(b->nmessages, 1);
	assert_int_equal(bench_ask(b, "/moby.sshforward.v1.SSH/CheckAgent", named(b, "")),
	                 GRPC_NOT_FOUND);
	for (int again = 0; again < 2; again++) {
		bench_call(b, "/moby.sshforward.v1.SSH/ForwardAgent", &mine, 1);
		grpc_send(b->call, STR("\x0a\x05hello"));
		while (b->answer.n < 7)
			assert_true(loop_turn(b->loop, 1000, &b->s->err));
		assert_true(str_eq(buf_str(&b->answer), STR("\x0a\x05HELLO")));
		/* The end of what it is told is no end of what it says. */
		grpc_send_end(b->call);
		bench_until_over(b);
		assert_int_equal(b->code, GRPC_OK);
		assert_non_null(strstr(buf_text(&b->answer), "BYE"));
	}
	loop_unwatch(b->loop, agent.fd);
	close(agent.fd);
	bench_call(b, "/moby.sshforward.v1.SSH/ForwardAgent", &mine, 1);
	bench_until_over(b);
	assert_true(b->code == GRPC_UNAVAILABLE || b->code == GRPC_UNKNOWN);
	bench_free(b);
}

static void test_session__is_left_in_the_middle_of_a_connection(void **state)
{
	struct bench *b = bench_new(*state);
	struct agent agent;
	const struct pair ssh = { STR("default"), str_of(agent_start(b, &agent)) };
	b->o = (struct session_options){ .ssh = &ssh, .nssh = 1 };
	bench_start(b);
	bench_call(b, "/moby.sshforward.v1.SSH/ForwardAgent", NULL, 0);
	grpc_send(b->call, STR("\x0a\x05hello"));
	while (b->answer.n < 7)
		assert_true(loop_turn(b->loop, 1000, &b->s->err));
	session_free(b->session);
	b->session = NULL;
	loop_unwatch(b->loop, agent.fd);
	loop_unwatch(b->loop, agent.peer);
	close(agent.fd);
	close(agent.peer);
	bench_free(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_session__says_what_it_has),
		TEST(test_session__shares_a_key_with_the_same_folders_of_the_same_user),
		TEST(test_session__is_well_and_knows_nothing_else),
		TEST(test_session__needs_contexts_that_were_looked_at),
		TEST(test_session__hands_out_the_secrets_of_the_build),
		TEST(test_session__hands_out_no_secret_that_is_too_large),
		TEST(test_session__logs_in_as_the_user_does),
		TEST(test_session__forwards_to_the_ssh_agent),
		TEST(test_session__is_left_in_the_middle_of_a_connection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
