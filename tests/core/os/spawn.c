#include "core/os/spawn.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/base/buf.h"
#include "tests/core/os/scratch.h"

/* What the script prints, run with the rest of *spawn. */
static const char *run(struct scratch *s, struct spawn spawn, const char *script)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	owned_buf struct buf out = { 0 };
	int status;
	spawn.argv = argv;
	spawn.in = SPAWN_NULL;
	spawn.err = SPAWN_INHERIT;
	bool ok = spawn_run(&spawn, 4096, &out, &status, &s->err);
	assert_string_equal(s->err.text, "");
	assert_true(ok);
	assert_int_equal(status, 0);
	return arena_text(s->arena, buf_str(&out));
}

static void test_spawn__says_at_once_what_cannot_be_run(void **state)
{
	struct scratch *s = *state;
	const char *plain = scratch_write(s, "plain", "x"), *script = scratch_write(s, "bad", "x");
	assert_int_equal(chmod(script, 0700), 0);
	const struct {
		const char *name, *dir, *message;
		int sys;
	} table[] = {
		{ "no-such-program", NULL,
		  "cannot run 'no-such-program': No such file or directory", ENOENT },
		{ "", NULL, "cannot run '': No such file or directory", ENOENT },
		{ plain, NULL, "': Permission denied", EACCES },
		{ s->dir, NULL, "': Permission denied", EACCES },
		/* Never by a shell, though the file is executable. */
		{ script, NULL, "': Exec format error", ENOEXEC },
		{ "sh", "/no/dir", "cannot run 'sh' in '/no/dir': No such file or directory",
		  ENOENT },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *argv[] = { table[i].name, NULL };
		struct spawn spawn = { .argv = argv, .dir = table[i].dir, .in = SPAWN_PIPE,
		                       .out = SPAWN_PIPE, .err = SPAWN_PIPE };
		struct child child = { .pid = -7 };
		struct error err = { 0 };
		assert_false(spawn_start(&spawn, &child, &err));
		assert_int_equal(child.pid, -7);
		assert_int_equal(err.code, ERROR_SYSTEM);
		assert_int_equal(err.sys, table[i].sys);
		assert_non_null(strstr(err.text, table[i].message));
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

static void test_spawn__who_does_not_listen_sees_a_child_that_ends(void **state)
{
	struct scratch *s = *state;
	const char *script = scratch_write(s, "bad", "x");
	const char *argv[] = { script, NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                       .err = SPAWN_NULL, .unheard = true };
	struct child child;
	int status;
	assert_int_equal(chmod(script, 0700), 0);
	assert_true(spawn_start(&spawn, &child, &s->err));
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	assert_int_not_equal(status, 0);
}

static void test_spawn__connects_all_three_pipes(void **state)
{
	struct scratch *s = *state;
	const char *argv[] = { "sh", "-c", "read x; echo out $x; echo err $x >&2", NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_PIPE, .out = SPAWN_PIPE,
	                       .err = SPAWN_PIPE };
	struct child child;
	int status;
	assert_true(spawn_start(&spawn, &child, &s->err));
	assert_int_equal(fcntl(child.out, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(fcntl(child.in, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(child.in, "1\n", 2), 2);
	close(child.in);
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	char text[32];
	assert_int_equal(read(child.out, text, sizeof text), 6);
	assert_memory_equal(text, "out 1\n", 6);
	assert_int_equal(read(child.err, text, sizeof text), 6);
	assert_memory_equal(text, "err 1\n", 6);
	close(child.out);
	close(child.err);
}

static void test_spawn__crosses_low_fds(void **state)
{
	struct scratch *s = *state;
	const char *argv[] = { "sh", "-c", "echo to-one; echo to-two >&2", NULL };
	int one = open(scratch_path(s, "one"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int two = open(scratch_path(s, "two"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int kept[3] = { dup(0), dup(1), dup(2) };
	dup2(two, 1);
	dup2(one, 2);
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = 2, .err = 1 };
	int status = -1;
	bool ok = spawn_run(&spawn, 0, NULL, &status, &s->err);
	for (int i = 0; i < 3; i++) {
		dup2(kept[i], i);
		close(kept[i]);
	}
	close(one);
	close(two);
	assert_true(ok);
	assert_int_equal(status, 0);
	assert_string_equal(scratch_read(s, scratch_path(s, "one")), "to-one\n");
	assert_string_equal(scratch_read(s, scratch_path(s, "two")), "to-two\n");
}

static void test_spawn__environment_and_folder(void **state)
{
	struct scratch *s = *state;
	const char *env[] = { "MORTAR_A=old", "MORTAR_B", "MORTAR_A=new=er", NULL };
	setenv("MORTAR_A", "ours", 1);
	setenv("MORTAR_B", "ours", 1);
	setenv("MORTAR_C", "ours", 1);
	struct spawn spawn = { .env = env, .dir = s->dir };
	assert_string_equal(run(s, spawn, "echo $MORTAR_A ${MORTAR_B-unset} $MORTAR_C; pwd"),
	                    arena_printf(s->arena, "new=er unset ours\n%s\n", s->dir));
}

static void test_spawn__leaves_no_fd_open_but_the_kept_one(void **state)
{
	struct scratch *s = *state;
	int leaked = open("/dev/null", O_RDONLY), kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	/* The shell's own glob takes 3, unless that is the one kept. */
	const char *script = "for f in /proc/self/fd/*; do echo ${f##*/}; done | sort -n | tail -1";
	assert_true(leaked >= 3);
	assert_true(atol(run(s, (struct spawn){ 0 }, script)) <= 3);
	const char *answer = run(s, (struct spawn){ .keep_fd = kept }, script);
	assert_string_equal(answer, arena_printf(s->arena, "%d\n", kept));
	close(leaked);
	close(kept);
}

static void test_spawn__no_signal_stays_blocked_or_ignored(void **state)
{
	struct scratch *s = *state;
	sigset_t set, before;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	void (*old)(int) = signal(SIGPIPE, SIG_IGN);
	const char *seen = run(s, (struct spawn){ 0 },
	                       "exec grep -E '^Sig(Blk|Ign)' /proc/self/status");
	signal(SIGPIPE, old);
	sigprocmask(SIG_SETMASK, &before, NULL);
	unsigned long long blocked, ignored;
	assert_int_equal(sscanf(seen, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
	/* glibc keeps 32 and 33 to itself; what its posix_spawn() starts, as make does,
	 * ignores them. */
	ignored &= ~(1ULL << 31 | 1ULL << 32);
	assert_int_equal(blocked, 0);
	assert_int_equal(ignored, 0);
}

static void test_spawn__statuses_arrive_though_sigchld_was_ignored(void **state)
{
	struct scratch *s = *state;
	signal(SIGCHLD, SIG_IGN);
	assert_string_equal(run(s, (struct spawn){ 0 }, "echo x"), "x\n");
}

static void test_spawn__makes_groups_and_sessions(void **state)
{
	struct scratch *s = *state;
	/* The fields of proc(5)'s stat: pid (comm) state ppid pgrp session. */
	const char *script = "read pid comm state ppid group session rest </proc/self/stat;"
	                     "echo $((pid == group)) $((pid == session))";
	assert_string_equal(run(s, (struct spawn){ 0 }, script), "0 0\n");
	assert_string_equal(run(s, (struct spawn){ .group = true }, script), "1 0\n");
	assert_string_equal(run(s, (struct spawn){ .session = true, .group = true }, script),
	                    "1 1\n");
}

static void test_spawn__a_group_is_signalled_whole(void **state)
{
	struct scratch *s = *state;
	const char *argv[] = { "sh", "-c", "sleep 1000 & echo x; wait", NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE,
	                       .err = SPAWN_NULL, .group = true };
	struct child child;
	int status;
	char c[2];
	assert_true(spawn_start(&spawn, &child, &s->err));
	assert_int_equal(fcntl(child.out, F_SETFL, 0), 0);
	assert_int_equal(read(child.out, c, 2), 2);
	assert_true(spawn_kill_group(child.pid, SIGTERM));
	/* Its end comes when the last of them has closed it. */
	assert_int_equal(read(child.out, c, 1), 0);
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	assert_true(WIFSIGNALED(status));
	close(child.out);
}

static void test_spawn__a_child_may_die_with_its_parent(void **state)
{
	struct scratch *s = *state;
	int pipe_fds[2];
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	pid_t between = fork();
	if (between == 0) {
		const char *argv[] = { "sleep", "1000", NULL };
		struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = pipe_fds[1],
		                       .err = SPAWN_NULL, .die_with_parent = true };
		struct child child;
		_exit(!spawn_start(&spawn, &child, &s->err));
	}
	int status;
	close(pipe_fds[1]);
	assert_int_equal(waitpid(between, &status, 0), between);
	assert_int_equal(status, 0);
	char c;
	assert_int_equal(read(pipe_fds[0], &c, 1), 0);
	close(pipe_fds[0]);
}

/* The script's own child outlives it; that of the guard's end says when all are gone. */
static void test_spawn__a_guard_ends_what_is_left_of_a_group(void **state)
{
	struct scratch *s = *state;
	const char *argv[] = { "sh", "-c", "sleep 1000 & echo x", NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE,
	                       .err = SPAWN_NULL, .group = true, .guard = true };
	struct child child;
	int status;
	char c[2];
	assert_true(spawn_start(&spawn, &child, &s->err));
	assert_true(child.guard > 2);
	assert_int_equal(fcntl(child.out, F_SETFL, 0), 0);
	assert_int_equal(read(child.out, c, 2), 2);
	assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
	assert_int_equal(status, 0);
	close(child.guard);
	assert_int_equal(read(child.out, c, 1), 0);
	close(child.out);
}

static void test_spawn__a_guard_acts_when_we_are_killed(void **state)
{
	struct scratch *s = *state;
	int pipe_fds[2];
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	pid_t between = fork();
	if (between == 0) {
		const char *argv[] = { "sh", "-c", "sleep 1000 & wait", NULL };
		struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .out = pipe_fds[1],
		                       .err = SPAWN_NULL, .group = true, .guard = true };
		struct child child;
		if (spawn_start(&spawn, &child, &s->err))
			raise(SIGKILL);
		_exit(1);
	}
	int status;
	close(pipe_fds[1]);
	assert_int_equal(waitpid(between, &status, 0), between);
	assert_true(WIFSIGNALED(status));
	char c;
	assert_int_equal(read(pipe_fds[0], &c, 1), 0);
	close(pipe_fds[0]);
}

static void test_spawn_run__takes_no_more_than_the_limit(void **state)
{
	struct scratch *s = *state;
	const char *argv[] = { "sh", "-c", "head -c 1000000 /dev/zero; exit 5", NULL };
	struct spawn spawn = { .argv = argv, .in = SPAWN_NULL, .err = SPAWN_NULL };
	owned_buf struct buf out = { 0 };
	int status;
	assert_true(spawn_run(&spawn, 70000, &out, &status, &s->err));
	assert_int_equal(WEXITSTATUS(status), 5);
	assert_int_equal(out.n, 70000);
	assert_true(out.full);
}

static void test_spawn__finds_programs_in_absolute_folders_only(void **state)
{
	struct scratch *s = *state;
	const char *program = scratch_write(s, "mortar-found", "#!/bin/sh\necho found\n");
	char *here = getcwd(NULL, 0);
	const char *path = arena_text(s->arena, str_of(getenv("PATH")));
	assert_int_equal(chdir(s->dir), 0);
	setenv("PATH", arena_printf(s->arena, ".::%s", path), 1);
	assert_int_equal(chmod(program, 0700), 0);
	assert_true(spawn_find("sh"));
	assert_false(spawn_find("mortar-found"));
	assert_false(spawn_find(""));
	assert_true(spawn_find(program));
	setenv("PATH", arena_printf(s->arena, "%s:%s", s->dir, path), 1);
	assert_true(spawn_find("mortar-found"));
	assert_string_equal(run(s, (struct spawn){ 0 }, "mortar-found"), "found\n");
	assert_int_equal(chmod(program, 0600), 0);
	assert_false(spawn_find("mortar-found"));
	setenv("PATH", path, 1);
	assert_int_equal(chdir(here), 0);
	free(here);
}

static void test_spawn__closed_standard_fds_are_never_a_files(void **state)
{
	int in = dup(STDIN_FILENO), out = dup(STDOUT_FILENO);
	char byte;
	(void)state;
	fflush(stdout);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	spawn_keep_standard();
	ssize_t got = read(STDIN_FILENO, &byte, 1), put = write(STDOUT_FILENO, "x", 1);
	int why = errno, next = open("/dev/null", O_RDONLY | O_CLOEXEC);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	close(in);
	close(out);
	close(next);
	assert_int_equal(got, 0);
	assert_int_equal(put, -1);
	assert_int_equal(why, EBADF);
	assert_true(next > STDERR_FILENO);
}

static void test_spawn__knows_itself(void **state)
{
	(void)state;
	assert_int_equal(spawn_self()[0], '/');
	assert_non_null(strstr(spawn_self(), "spawn"));
	assert_int_equal(access(spawn_self(), X_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_spawn__says_at_once_what_cannot_be_run),
		SCRATCH_TEST(test_spawn__who_does_not_listen_sees_a_child_that_ends),
		SCRATCH_TEST(test_spawn__connects_all_three_pipes),
		SCRATCH_TEST(test_spawn__crosses_low_fds),
		SCRATCH_TEST(test_spawn__environment_and_folder),
		SCRATCH_TEST(test_spawn__leaves_no_fd_open_but_the_kept_one),
		SCRATCH_TEST(test_spawn__no_signal_stays_blocked_or_ignored),
		SCRATCH_TEST(test_spawn__statuses_arrive_though_sigchld_was_ignored),
		SCRATCH_TEST(test_spawn__makes_groups_and_sessions),
		SCRATCH_TEST(test_spawn__a_group_is_signalled_whole),
		SCRATCH_TEST(test_spawn__a_child_may_die_with_its_parent),
		SCRATCH_TEST(test_spawn__a_guard_ends_what_is_left_of_a_group),
		SCRATCH_TEST(test_spawn__a_guard_acts_when_we_are_killed),
		SCRATCH_TEST(test_spawn_run__takes_no_more_than_the_limit),
		SCRATCH_TEST(test_spawn__finds_programs_in_absolute_folders_only),
		SCRATCH_TEST(test_spawn__closed_standard_fds_are_never_a_files),
		SCRATCH_TEST(test_spawn__knows_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
