#include "core/os/logind.h"

#include "tests/core/os/scratch.h"

#define BOOTED { "run/systemd/system/x", "" }, { "run/systemd/users/0", "" }
#define IN_SESSION { "proc/self/cgroup", "0::/user.slice/user-1000.slice/session-3.scope\n" }
#define IN_MANAGER \
	{ "proc/self/cgroup", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n" }
#define MAIN "etc/systemd/logind.conf"

enum { FILES = 8 };

struct logind_case {
	const char *what;
	struct { const char *path, *text; } files[FILES];
	enum logind_place place;
	bool kills, lingers;
	const char *said;
};

/* As systemd 252 reads them: man logind.conf. */
static const struct logind_case cases[] = {
	{ "no systemd", { { MAIN, "[Login]\nKillUserProcesses=yes\n" }, IN_SESSION },
	  LOGIND_NONE, false, false, "" },
	{ "systemd without logind", { { "run/systemd/system/x", "" }, IN_SESSION },
	  LOGIND_NONE, false, false, "" },
	{ "said in the file", { BOOTED, IN_SESSION, { MAIN, "[Login]\nKillUserProcesses=yes\n" } },
	  LOGIND_SESSION, true, false, "KillUserProcesses=yes in /etc/systemd/logind.conf" },
	{ "blanks, other sections, comments",
	  { BOOTED, IN_SESSION, { MAIN, "[Other]\nKillUserProcesses=yes\n[Login]\n; x\n"
	    " KillUserProcesses = off \n#KillUserProcesses=yes\n" } },
	  LOGIND_SESSION, false, false, "KillUserProcesses=no in /etc/systemd/logind.conf" },
	{ "what the distribution was built with", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\n#KillUserProcesses=no\n" } },
	  LOGIND_SESSION, false, false,
	  "KillUserProcesses=no as the default in /etc/systemd/logind.conf" },
	{ "nothing said at all", { BOOTED, IN_SESSION },
	  LOGIND_SESSION, true, false,
	  "no logind.conf sets KillUserProcesses, whose default is yes" },
	{ "the file of /etc hides that of /usr", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=no\n" },
	    { "usr/lib/systemd/logind.conf", "[Login]\nKillUserProcesses=yes\n" } },
	  LOGIND_SESSION, false, false, "KillUserProcesses=no in /etc/systemd/logind.conf" },
	{ "drop-ins win over the file, by name and not by folder", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=no\n" },
	    { "etc/systemd/logind.conf.d/10-a.conf", "[Login]\nKillUserProcesses=no\n" },
	    { "usr/lib/systemd/logind.conf.d/20-b.conf", "[Login]\nKillUserProcesses=yes\n" } },
	  LOGIND_SESSION, true, false,
	  "KillUserProcesses=yes in /usr/lib/systemd/logind.conf.d/20-b.conf" },
	{ "of one name that of /etc counts, be it empty", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=no\n" },
	    { "etc/systemd/logind.conf.d/20-b.conf", "" },
	    { "usr/lib/systemd/logind.conf.d/20-b.conf", "[Login]\nKillUserProcesses=yes\n" } },
	  LOGIND_SESSION, false, false, "KillUserProcesses=no in /etc/systemd/logind.conf" },
	{ "only *.conf", { BOOTED, IN_SESSION, { MAIN, "[Login]\nKillUserProcesses=no\n" },
	    { "etc/systemd/logind.conf.d/20-b.conf.bak", "[Login]\nKillUserProcesses=yes\n" } },
	  LOGIND_SESSION, false, false, "KillUserProcesses=no in /etc/systemd/logind.conf" },
	{ "left out", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=root eva\n" } },
	  LOGIND_SESSION, false, false, "KillExcludeUsers in /etc/systemd/logind.conf names eva" },
	{ "an empty list begins anew", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=eva\nKillExcludeUsers=\n" } },
	  LOGIND_SESSION, true, false, "KillUserProcesses=yes in /etc/systemd/logind.conf" },
	{ "only others", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=yes\nKillOnlyUsers=max\n" } },
	  LOGIND_SESSION, false, false, "KillOnlyUsers does not name eva" },
	{ "named, whatever KillUserProcesses says", { BOOTED, IN_SESSION,
	    { MAIN, "[Login]\nKillUserProcesses=no\nKillOnlyUsers=max eva\n" } },
	  LOGIND_SESSION, true, false, "KillOnlyUsers in /etc/systemd/logind.conf names eva" },
	{ "below the user's manager, lingering", { BOOTED, IN_MANAGER,
	    { MAIN, "[Login]\nKillUserProcesses=no\n" }, { "var/lib/systemd/linger/eva", "" } },
	  LOGIND_MANAGER, false, true, "KillUserProcesses=no in /etc/systemd/logind.conf" },
	{ "a service", { BOOTED, { "proc/self/cgroup", "0::/system.slice/cron.service\n" },
	    { MAIN, "[Login]\nKillUserProcesses=no\n" } },
	  LOGIND_ELSEWHERE, false, false, "KillUserProcesses=no in /etc/systemd/logind.conf" },
};

static struct files *logind_files(const struct logind_case *c)
{
	struct files *files = files_memory(NULL);
	for (size_t i = 0; i < FILES && c->files[i].path; i++)
		files_memory_put(files, c->files[i].path, str_of(c->files[i].text));
	return files;
}

static void test_logind__reads_as_systemd_does(void **state)
{
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct logind_case *c = &cases[i];
		owned(files) struct files *files = logind_files(c);
		struct logind l;
		logind_read(files, "eva", s->arena, &l);
		if (l.place != c->place || l.kills != c->kills || l.lingers != c->lingers ||
		    strcmp(l.said, c->said) != 0)
			fail_msg("%s: place %d, kills %d, lingers %d, %s", c->what, (int)l.place, l.kills,
			         l.lingers, l.said);
	}
}

static void test_logind__leaves_root_out_unless_a_list_says_otherwise(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *files = logind_files(&cases[2]);
	struct logind l;
	logind_read(files, "root", s->arena, &l);
	assert_false(l.kills);
	files_memory_put(files, MAIN, STR("[Login]\nKillUserProcesses=yes\nKillExcludeUsers=eva\n"));
	logind_read(files, "root", s->arena, &l);
	assert_true(l.kills);
}

static void test_logind__a_link_to_nothing_masks(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "etc");
	static const char *const dirs[] = {
		"etc/systemd", "etc/systemd/logind.conf.d", "usr", "usr/lib", "usr/lib/systemd",
		"usr/lib/systemd/logind.conf.d", "run", "run/systemd", "run/systemd/system",
		"run/systemd/users", "proc", "proc/self",
	};
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		scratch_mkdir(s, dirs[i]);
	scratch_write(s, MAIN, "[Login]\nKillUserProcesses=no\n");
	scratch_write(s, "proc/self/cgroup", "0::/user.slice/user-1000.slice/session-c1.scope\n");
	scratch_write(s, "usr/lib/systemd/logind.conf.d/k.conf", "[Login]\nKillUserProcesses=yes\n");
	owned(files) struct files *files = files_disk(s->dir);
	struct logind l;
	logind_read(files, "eva", s->arena, &l);
	assert_true(l.place == LOGIND_SESSION && l.kills);
	assert_int_equal(symlink("/dev/null", scratch_path(s, "etc/systemd/logind.conf.d/k.conf")), 0);
	logind_read(files, "eva", s->arena, &l);
	assert_false(l.kills);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_logind__reads_as_systemd_does),
		SCRATCH_TEST(test_logind__leaves_root_out_unless_a_list_says_otherwise),
		SCRATCH_TEST(test_logind__a_link_to_nothing_masks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
