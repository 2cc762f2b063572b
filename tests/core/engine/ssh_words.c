#include "core/engine/ssh_words.h"

#include "tests/core/os/scratch.h"

static const struct endpoint_spec box = { .way = ENDPOINT_SSH, .user = "me", .host = "box",
                                          .port = 2222 };

static const char *joined(struct scratch *s, const struct ssh_argv *v)
{
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < v->n; i++)
		buf_printf(&text, "%s%s", i ? " " : "", v->items[i]);
	assert_null(v->items[v->n]);
	return arena_text(s->arena, buf_str(&text));
}

#define ARGV_BEGIN "-o ConnectTimeout=10 -o ServerAliveInterval=15 -o RemoteCommand=none " \
	"-o PermitLocalCommand=no -a -x -T -p 2222 -l me "

static void test_ssh_words__log_in_once_for_all(void **state)
{
	static const char *const command[] = { "docker", "system", "dial-stdio", NULL };
	struct scratch *s = *state;
	struct ssh_way way = { .to = &box, .control = "/r/c" };
	struct ssh_argv argv;
	ssh_argv_command(s->arena, &argv, &way, command);
	assert_string_equal(joined(s, &argv), "ssh -o BatchMode=yes " ARGV_BEGIN "-o ControlPath=/r/c "
	                    "-o ClearAllForwardings=yes -o ControlMaster=auto -o ControlPersist=300 "
	                    "-- box docker system dial-stdio");
	way.control = NULL;
	ssh_argv_command(s->arena, &argv, &way, command);
	assert_string_equal(joined(s, &argv), "ssh -o BatchMode=yes " ARGV_BEGIN "-o "
	                    "ClearAllForwardings=yes -o ControlMaster=no -- box docker system "
	                    "dial-stdio");
	ssh_argv_check(s->arena, &argv, &way);
	assert_string_equal(joined(s, &argv), "ssh -o BatchMode=yes " ARGV_BEGIN "-O check -- box");
	way.asks = true;
	ssh_argv_forward(s->arena, &argv, &way, "/r/f", "/run/d.sock", true);
	assert_string_equal(joined(s, &argv), "ssh -o BatchMode=no " ARGV_BEGIN "-O forward -L "
	                    "/r/f:/run/d.sock -- box");
}

/* Whoever is there: whether its key is asked about is the user's own configuration. */
static void test_ssh_words__say_nothing_of_host_keys(void **state)
{
	static const char *const command[] = { "true", NULL };
	struct scratch *s = *state;
	struct ssh_way way = { .to = &box, .control = "/r/c", .asks = true };
	struct ssh_argv argv;
	ssh_argv_command(s->arena, &argv, &way, command);
	assert_null(strstr(joined(s, &argv), "HostKey"));
	assert_null(strstr(joined(s, &argv), "KnownHosts"));
}

static void test_ssh_words__take_brackets_off(void **state)
{
	struct scratch *s = *state;
	const struct endpoint_spec v6 = { .way = ENDPOINT_SSH, .host = "[::1]" };
	struct ssh_way way = { .to = &v6 };
	struct ssh_argv argv;
	owned_buf struct buf typed = { 0 };
	ssh_argv_check(s->arena, &argv, &way);
	assert_string_equal(argv.items[argv.n - 1], "::1");
	ssh_append_typed(&typed, &v6);
	assert_string_equal(buf_text(&typed), "ssh ::1");
}

static void test_ssh_words__read_where_sockets_are(void **state)
{
	struct scratch *s = *state;
	struct ssh_sockets found;
	ssh_sockets_read(s->arena, STR("motd\nmay /early\nsockets\nmay-not /a\nmay /b\nmay /c\n"),
	                 &found);
	assert_true(found.is_told);
	assert_string_equal(found.found, "/b");
	assert_string_equal(found.denied, "/a");
	ssh_sockets_read(s->arena, STR("sockets\nmay /a:/etc/shadow\nmay relative\nmay /a b\n"),
	                 &found);
	assert_true(found.is_told && !found.found && !found.denied);
	ssh_sockets_read(s->arena, STR("This account is currently not available.\n"), &found);
	assert_false(found.is_told);
}

#define EXIT(code) ((code) << 8)

static void test_ssh_words__explain_what_ssh_says(void **state)
{
	static const struct {
		int status;
		const char *complaint;
		bool was_open;
		enum error_code code;
		const char *says;
	} table[] = {
		{ EXIT(255), "Host key verification failed.\r\n", false, ERROR_REFUSED,
		  "ssh://me@box:2222: its host key is not known here; run `ssh -p 2222 me@box` once" },
		{ EXIT(255), "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\nOffending ED25519 key "
		  "in /h/known_hosts:3\r\n  remove with:\nHost key verification failed.\n", false,
		  ERROR_UNREACHABLE, "is not the one known here (/h/known_hosts:3): somebody may be in "
		  "between" },
		{ EXIT(255), "banner\nme@box: Permission denied (publickey,password).\r\n", false,
		  ERROR_REFUSED, "me@box: Permission denied (publickey,password).; no key of yours" },
		{ EXIT(255), "ssh: connect to host box port 2222: Connection refused\r\n", false,
		  ERROR_UNREACHABLE, "ssh://me@box:2222: ssh: connect to host box port 2222: Connection "
		  "refused" },
		{ EXIT(255), "", true, ERROR_UNREACHABLE, "ssh://me@box:2222: the connection was cut" },
		{ EXIT(255), "", false, ERROR_UNREACHABLE, "ssh fails without a word" },
		{ EXIT(1), "Cannot connect to the Docker daemon at unix:///x.\n", false, ERROR_UNREACHABLE,
		  "docker there says: Cannot connect to the Docker daemon at unix:///x." },
		{ EXIT(1), "", false, ERROR_UNREACHABLE, "dial-stdio` there ends with 1" },
		{ 9, "", false, ERROR_UNREACHABLE, "ssh was ended by signal 9" },
		{ EXIT(255), "\x1b[2Jboo\n", false, ERROR_UNREACHABLE, "\\x1b[2Jboo" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct ssh_failure f = { &box, "/r/c", table[i].status, str_of(table[i].complaint),
		                         table[i].was_open };
		struct error err = { 0 };
		ssh_explain(&f, &err);
		if (err.code != table[i].code || !strstr(err.text, table[i].says))
			fail_msg("row %zu: %d %s", i, err.code, err.text);
	}
}

static void test_ssh_words__know_a_host_without_docker(void **state)
{
	(void)state;
	struct ssh_failure f = { .to = &box, .status = EXIT(127) };
	assert_true(ssh_has_no_docker(&f));
	f = (struct ssh_failure){ .to = &box, .status = EXIT(1),
	                          .complaint = STR("docker: Command not found.\n") };
	assert_true(ssh_has_no_docker(&f));
	f = (struct ssh_failure){ .to = &box, .status = EXIT(255),
	                          .complaint = STR("command not found") };
	assert_false(ssh_has_no_docker(&f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_ssh_words__log_in_once_for_all),
		SCRATCH_TEST(test_ssh_words__say_nothing_of_host_keys),
		SCRATCH_TEST(test_ssh_words__take_brackets_off),
		SCRATCH_TEST(test_ssh_words__read_where_sockets_are),
		SCRATCH_TEST(test_ssh_words__explain_what_ssh_says),
		SCRATCH_TEST(test_ssh_words__know_a_host_without_docker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
