#include "core/os/contained.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/os/spawn.h"
#include "tests/core/os/scratch.h"

/* Where no mount namespace can be had there are no containers to be found. */
static const char *unshare_how(void)
{
	return geteuid() == 0 ? "-m" : "-Urm";
}

static bool can_unshare(void)
{
	const char *argv[] = { "unshare", unshare_how(), "true", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL, .err = SPAWN_NULL };
	struct error err = { 0 };
	int status;
	return spawn_run(&s, 0, NULL, &status, &err) && status == 0;
}

/* A process with a mount namespace of its own, which first runs the script with the
 * file's path in $1. */
static struct child contained(struct scratch *s, const char *script, const char *hosts)
{
	const char *text = arena_printf(s->arena, "%s; echo ready; exec sleep 100", script);
	const char *argv[] = { "unshare", unshare_how(), "sh", "-c", text, "sh", hosts, NULL };
	const char *plain[] = { "sh", "-c", "echo ready; exec sleep 100", NULL };
	struct spawn spawn = { .argv = can_unshare() ? argv : plain, .in = SPAWN_NULL,
	                       .out = SPAWN_PIPE, .err = SPAWN_INHERIT };
	struct child child;
	assert_true(spawn_start(&spawn, &child, &s->err));
	struct pollfd ready = { .fd = child.out, .events = POLLIN };
	char byte;
	assert_int_equal(poll(&ready, 1, 10000), 1);
	assert_int_equal(read(child.out, &byte, 1), 1);
	return child;
}

/* How many were found, and whether this one is dead now. */
static size_t kill_by(const char *name, const struct child *child, bool *ret_dead)
{
	struct contained found = contained_kill(name);
	assert_int_equal(found.kept, 0);
	siginfo_t info = { 0 };
	assert_int_equal(waitid(P_PID, (id_t)child->pid, &info,
	                        WEXITED | WNOWAIT | (found.ended ? 0 : WNOHANG)), 0);
	*ret_dead = info.si_pid == child->pid;
	return found.ended;
}

static void finish(struct child *child)
{
	kill(child->pid, SIGKILL);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
	close(child->out);
}

static void test_contained__ends_who_has_the_name_and_no_other(void **state)
{
	struct scratch *s = *state;
	const char *hosts = scratch_write(s, "hosts", "127.0.0.1 localhost\n"
	                                  "192.0.2.1\tmortar-test-1 x # mortar-test-2\n"
	                                  "mortar-test-3\n");
	const char *bind = "mount --bind \"$1\" /etc/hosts";
	struct child child = contained(s, bind, hosts);
	static const char *const none[] = { "mortar-test", "ortar-test-1", "mortar-test-11",
	                                    "mortar-test-2", "mortar-test-3", "192.0.2.1" };
	bool dead;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		assert_int_equal(kill_by(none[i], &child, &dead), 0);
		assert_false(dead);
	}
	assert_int_equal(kill_by("mortar-test-1", &child, &dead), can_unshare());
	assert_int_equal(dead, can_unshare());
	finish(&child);
}

static void test_contained__passes_by_files_it_could_be_misled_by(void **state)
{
	struct scratch *s = *state;
	const char *hosts = scratch_write(s, "hosts", "192.0.2.1 mortar-test-4\n");
	static const char *const scripts[] = {
		/* No mount, though the name is there. */
		"mount -t tmpfs none /etc; cp \"$1\" /etc/hosts",
		/* A link, which would be followed by the host's names. */
		"mount -t tmpfs none /etc; ln -s \"$1\" /etc/hosts",
		/* What waits for a writer. */
		"mount -t tmpfs none /mnt; mkfifo /mnt/f; mount --bind /mnt/f /etc/hosts",
	};
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct child child = contained(s, scripts[i], hosts);
		bool dead;
		assert_int_equal(kill_by("mortar-test-4", &child, &dead), 0);
		assert_false(dead);
		finish(&child);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_contained__ends_who_has_the_name_and_no_other),
		SCRATCH_TEST(test_contained__passes_by_files_it_could_be_misled_by),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
