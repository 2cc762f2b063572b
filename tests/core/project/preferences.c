#include "core/project/preferences.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What both files hold, and what came of it. */
struct fixture {
	struct preferences *p;
	struct problems *problems;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	problems_free(f->problems);
	preferences_free(f->p);
	free(f);
	return 0;
}

/* NULL: the file is not there. */
static void read_both(struct fixture *f, const char *user, const char *project)
{
	owned(files) struct files *files = files_memory(NULL);
	files_memory_put(files, "/home/config.toml", str_of(user));
	files_memory_put(files, "/p/.mortar.toml", str_of(project));
	problems_free(f->problems);
	preferences_free(f->p);
	f->problems = problems_new();
	f->p = preferences_read(files, "/home/config.toml", "/p", f->problems);
}

static void test_preferences__has_defaults_without_files(void **state)
{
	struct fixture *f = *state;
	read_both(f, NULL, NULL);
	assert_int_equal(problems_count(f->problems), 0);
	assert_int_equal(f->p->nprofiles, 0);
	assert_int_equal(f->p->rule, CASCADE_ROOT);
	assert_false(f->p->has_rule);
	assert_null(f->p->level);
	assert_null(f->p->engine);
	assert_null(f->p->theme);
	assert_int_equal(f->p->log_limit, PREFERENCES_LOG_LIMIT);
	assert_false(f->p->pesto_profile_version);
	assert_false(f->p->pesto_keep_caches);
	assert_int_equal(f->p->nengines, 0);
	owned(files) struct files *files = files_memory(NULL);
	owned(preferences) struct preferences *p = preferences_read(files, NULL, NULL, f->problems);
	assert_int_equal(p->log_limit, PREFERENCES_LOG_LIMIT);
}

static void test_preferences__reads_all_of_the_users_file(void **state)
{
	struct fixture *f = *state;
	read_both(f, "profiles = ['gpu', \"state_ful-2\"]\ncache = 'C1'\nmerge = 'deep'\n"
	          "engine = 'tcp://10.0.0.1:2376'\ntheme = 'light'\nlog_limit = '16MB'\n"
	          "git_labels = false\n"
	          "[pesto]\npesto_profile = 'version'\nkeep_caches = true\n"
	          "[engines.remote]\nendpoint = 'ssh://me@host'\n"
	          "[engines.here]\nendpoint = 'unix:///run/x.sock'\n"
	          "[terminal]\ntitle = false\nprogress = true\nsynchronized = false\n"
	          "[notice]\nafter = 5\nbell = false\nterminal = true\ndesktop = false\n", NULL);
	assert_int_equal(problems_count(f->problems), 0);
	assert_int_equal(f->p->title, SWITCH_OFF);
	assert_int_equal(f->p->progress, SWITCH_ON);
	assert_int_equal(f->p->synchronized, SWITCH_OFF);
	assert_int_equal(f->p->notice_after, 5);
	assert_int_equal(f->p->notice_bell, SWITCH_OFF);
	assert_int_equal(f->p->notice_terminal, SWITCH_ON);
	assert_int_equal(f->p->notice_desktop, SWITCH_OFF);
	assert_int_equal(f->p->nprofiles, 2);
	assert_string_equal(f->p->profiles[0], "gpu");
	assert_string_equal(f->p->profiles[1], "state_ful-2");
	assert_string_equal(f->p->level, "C1");
	assert_int_equal(span_origin(f->p->level_at).line, 2);
	assert_true(f->p->has_rule);
	assert_int_equal(f->p->rule, CASCADE_DEEP);
	assert_string_equal(f->p->engine, "tcp://10.0.0.1:2376");
	assert_string_equal(f->p->theme, "light");
	assert_int_equal(f->p->log_limit, 16 << 20);
	assert_true(f->p->no_git_labels);
	assert_true(f->p->pesto_profile_version);
	assert_true(f->p->pesto_keep_caches);
	assert_int_equal(f->p->nengines, 2);
	assert_true(str_eq(f->p->engines[0].name, STR("remote")));
	assert_true(str_eq(f->p->engines[0].value, STR("ssh://me@host")));
	assert_true(str_eq(f->p->engines[1].name, STR("here")));
}

static void test_preferences__the_project_wins_key_by_key(void **state)
{
	struct fixture *f = *state;
	read_both(f, "profiles = ['a', 'b']\ncache = 'C1'\nmerge = 'deep'\n"
	          "[pesto]\npesto_profile = 'version'\nkeep_caches = true\n",
	          "profiles = []\nmerge = 'root'\nengine = 'buildah'\n"
	          "[pesto]\nkeep_caches = false\n");
	assert_int_equal(problems_count(f->problems), 0);
	assert_int_equal(f->p->nprofiles, 0);
	assert_string_equal(f->p->level, "C1");
	assert_int_equal(f->p->rule, CASCADE_ROOT);
	assert_true(f->p->has_rule);
	assert_string_equal(f->p->engine, "buildah");
	assert_true(f->p->pesto_profile_version);
	assert_false(f->p->pesto_keep_caches);
}

static void test_preferences__a_limit_has_a_unit(void **state)
{
	static const struct {
		const char *text;
		unsigned long long bytes;       /* 0: refused */
	} table[] = {
		{ "1", 1 }, { "1_000", 1000 }, { "0x1_f", 31 }, { "+5", 5 }, { "0b0", 0 },
		{ "'1000'", 1000 }, { "'1kB'", 1024 }, { "'2K'", 2048 },
		{ "'256MB'", 256ull << 20 }, { "'256 MiB'", 256ull << 20 }, { "'4GB'", 4ull << 30 },
		{ "'1T'", 1ull << 40 }, { "'7B'", 7 }, { "0", 0 }, { "-1", 0 }, { "'MB'", 0 },
		{ "''", 0 }, { "'1XB'", 0 }, { "'1iB'", 0 }, { "'1MBs'", 0 }, { "1.5", 0 },
		{ "true", 0 }, { "'99999999999999999999'", 0 }, { "'9999999999T'", 0 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct fixture *f = *state;
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "log_limit = %s\n", table[i].text);
		read_both(f, buf_text(&text), NULL);
		assert_int_equal(problems_errors(f->problems), table[i].bytes == 0);
		assert_int_equal(f->p->log_limit,
		                 table[i].bytes ? table[i].bytes : PREFERENCES_LOG_LIMIT);
	}
}

static void test_preferences__limits_of_the_history(void **state)
{
	static const struct {
		const char *text;
		unsigned long long days, builds, size;
		bool wrong;
	} table[] = {
		{ "", PREFERENCES_KEEP_DAYS, PREFERENCES_KEEP_BUILDS, PREFERENCES_KEEP_SIZE, false },
		{ "keep_days = 90\nkeep_builds = 500\nkeep_size = '2GB'\n", 90, 500, 2ull << 30, false },
		{ "keep_days = 0\nkeep_builds = 0\nkeep_size = 0\n", 0, 0, 0, false },
		{ "keep_days = -1\n", PREFERENCES_KEEP_DAYS, PREFERENCES_KEEP_BUILDS,
		  PREFERENCES_KEEP_SIZE, true },
		{ "keep_builds = '10'\n", PREFERENCES_KEEP_DAYS, PREFERENCES_KEEP_BUILDS,
		  PREFERENCES_KEEP_SIZE, true },
		{ "keep_size = 'much'\n", PREFERENCES_KEEP_DAYS, PREFERENCES_KEEP_BUILDS,
		  PREFERENCES_KEEP_SIZE, true },
	};
	struct fixture *f = *state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "[history]\n%s", table[i].text);
		read_both(f, buf_text(&text), NULL);
		assert_int_equal(problems_errors(f->problems), table[i].wrong);
		assert_int_equal(f->p->keep_days, table[i].days);
		assert_int_equal(f->p->keep_builds, table[i].builds);
		assert_int_equal(f->p->keep_size, table[i].size);
	}
}

struct row {
	const char *user, *project, *problem;
};

static void check_rows(struct fixture *f, const struct row *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		owned_buf struct buf text = { 0 };
		read_both(f, table[i].user, table[i].project);
		for (size_t k = 0; k < problems_count(f->problems); k++) {
			problem_print(&text, problems_get(f->problems, k));
			buf_append_char(&text, '\n');
		}
		assert_string_equal(buf_text(&text), table[i].problem);
	}
}
#define CHECK_ROWS(f, table) check_rows(f, table, sizeof(table) / sizeof *(table))

static void test_preferences__warns_of_unknown_keys(void **state)
{
	static const struct row table[] = {
		{ "profile = []\n", NULL,
		  "/home/config.toml:1:1: warning: mortar knows no setting profile here: is "
		  "it profiles\n" },
		{ NULL, "a = 1\n[pesto]\nkeep-cache = true\n",
		  "/p/.mortar.toml:1:1: warning: mortar knows no setting a here: known are "
		  "profiles, cache, merge, engine, theme, git_labels, pesto, image, poetry, lint\n"
		  "/p/.mortar.toml:3:1: warning: mortar knows no setting keep-cache here: is it "
		  "keep_caches\n" },
		{ "[engines.a]\nendpoint = 'x'\nsocket = 1\n", NULL,
		  "/home/config.toml:3:1: warning: mortar knows no setting socket here: "
		  "known are endpoint, ca, cert, key, server_name\n" },
		{ "'a\\tb' = 1\n", NULL,
		  "/home/config.toml:1:1: warning: mortar knows no setting a\\tb here: "
		  "known are profiles, cache, merge, engine, theme, git_labels, pesto, lint, log_limit, "
		  "mouse, clipboard, engines, pools, terminal, notice, history, project\n" },
	};
	CHECK_ROWS(*state, table);
}

static void test_preferences__tls_travels_in_the_endpoint(void **state)
{
	struct fixture *f = *state;
	setenv("HOME", "/home/me", 1);
	read_both(f, "[engines.far]\nca = '~/a b.pem'\nendpoint = 'tcp://h:1'\n"
	          "[engines.cell]\nendpoint = 'buildkit+tcp://h'\ncert = '/c'\nkey = '/k'\n"
	          "server_name = 'x.y'\n", NULL);
	assert_int_equal(problems_count(f->problems), 0);
	assert_int_equal(f->p->nengines, 2);
	assert_true(str_eq(f->p->engines[0].value, STR("tcp://h:1?ca=%2Fhome%2Fme%2Fa%20b.pem")));
	assert_true(str_eq(f->p->engines[1].value,
	                   STR("buildkit+tcp://h?cert=%2Fc&key=%2Fk&server_name=x.y")));
}

static void test_preferences__a_project_is_not_trusted(void **state)
{
	static const struct row table[] = {
		{ NULL, "engine = 'unix:///run/evil.sock'\n",
		  "/p/.mortar.toml:1:10: warning: a project may only name an engine (auto, "
		  "buildkit, classic, podman, buildah, or a name from your config.toml), "
		  "not give its address: ignored\n" },
		{ NULL, "log_limit = 1\n",
		  "/p/.mortar.toml:1:1: warning: log_limit is ignored here: it comes with the "
		  "project, and only your own config.toml may set it\n" },
		{ NULL, "[history]\nkeep_builds = 1\n",
		  "/p/.mortar.toml:1:2: warning: history is ignored here: it comes with the "
		  "project, and only your own config.toml may set it\n" },
		{ NULL, "[engines.buildah]\nendpoint = 'tcp://evil'\n",
		  "/p/.mortar.toml:1:2: warning: engines is ignored here: it comes with the "
		  "project, and only your own config.toml may set it\n" },
	};
	struct fixture *f = *state;
	CHECK_ROWS(f, table);
	assert_int_equal(f->p->nengines, 0);
	read_both(f, "engine = 'podman'\n", "engine = 'unix:///run/evil.sock'\n");
	assert_string_equal(f->p->engine, "podman");
}

static void test_preferences__refuses_wrong_types(void **state)
{
#define NAMES "an array of profile names, each of letters, digits, _ and -: " \
	"[\"gpu\", \"stateful\"]\n"
	static const struct row table[] = {
		{ NULL, "profiles = 'a'\n", "/p/.mortar.toml:1:12: profiles must be " NAMES },
		{ NULL, "profiles = ['a',\n 1]\n",
		  "/p/.mortar.toml:2:2: profiles must be " NAMES },
		{ NULL, "profiles = ['a b']\n", "/p/.mortar.toml:1:13: profiles must be " NAMES },
		{ NULL, "merge = 'Deep'\n",
		  "/p/.mortar.toml:1:9: merge must be \"root\" or \"deep\"\n" },
		{ NULL, "cache = 1\n",
		  "/p/.mortar.toml:1:9: cache must be the name of a cache level: \"none\", "
		  "\"all\", \"C1\"\n" },
		{ NULL, "engine = true\n", "/p/.mortar.toml:1:10: engine must be the name of an "
		  "engine: \"auto\", \"buildah\"\n" },
		{ "engine = \"a\\nb\"\n", NULL,
		  "/home/config.toml:1:10: engine must be the name of an engine: \"auto\", "
		  "\"buildah\"\n" },
		{ "theme = ''\n", NULL,
		  "/home/config.toml:1:9: theme must be the name of a theme: \"dark\", "
		  "\"light\"\n" },
		{ "[terminal]\ntitle = 'no'\n[notice]\nafter = 0\n", NULL,
		  "/home/config.toml:2:9: title must be true or false\n"
		  "/home/config.toml:4:9: after must be a number of seconds over 0\n" },
		{ "terminal = true\nnotice = 1\n", NULL,
		  "/home/config.toml:1:12: terminal must be a table: [terminal]\n"
		  "/home/config.toml:2:10: notice must be a table: [notice]\n" },
		{ "pesto = 1\n", NULL,
		  "/home/config.toml:1:9: pesto must be a table: [pesto]\n" },
		{ "[pesto]\nkeep_caches = 'yes'\npesto_profile = 'p1'\n", NULL,
		  "/home/config.toml:2:15: keep_caches must be true or false\n"
		  "/home/config.toml:3:17: pesto_profile must be \"profile\" or \"version\"\n" },
		{ "engines = 1\n", NULL, "/home/config.toml:1:11: engines must be tables: "
		  "[engines.NAME]\n" },
		{ "[engines.a]\n", NULL, "/home/config.toml:1:10: a must be given an endpoint: "
		  "endpoint = \"unix:///run/docker.sock\"\n" },
		{ "[engines.a]\nendpoint = 'tcp://h'\nca = 'ca.pem'\n", NULL,
		  "/home/config.toml:3:6: ca must be the path of a PEM file: \"/etc/mortar/ca.pem\", "
		  "\"~/certs/ca.pem\"\n" },
		{ "[engines.a]\nendpoint = 'tcp://h'\nkey = '/k.pem'\n", NULL,
		  "/home/config.toml:3:1: cert and key go together\n" },
		{ "[engines.a]\nendpoint = 'ssh://h'\nca = '/ca.pem'\n", NULL,
		  "/home/config.toml:2:12: ca, cert, key and server_name belong to an endpoint "
		  "tcp://host:port or buildkit+tcp://host:port\n" },
		{ "[engines.a]\nendpoint = 'tcp://h'\nserver_name = 5\n", NULL,
		  "/home/config.toml:3:15: server_name must be the name in the engine's certificate: "
		  "\"build.example\"\n" },
		{ "[engines.'a b']\n", NULL,
		  "/home/config.toml:1:10: a b must be a table under a name of letters, "
		  "digits, _ and -: [engines.remote]\n" },
		{ "a = \n", NULL,
		  "/home/config.toml:1:5: the line ends where a value (\"text\", 42, 1.5, "
		  "true, a date, [1, 2], { a = 1 }) should be\n" },
	};
	CHECK_ROWS(*state, table);
}

static void test_preferences__says_when_a_file_cannot_be_read(void **state)
{
	struct fixture *f = *state;
	owned(files) struct files *files = files_disk("/");
	f->problems = problems_new();
	/* A folder is no file. */
	f->p = preferences_read(files, "/tmp", NULL, f->problems);
	assert_int_equal(problems_errors(f->problems), 1);
	assert_int_equal(f->p->log_limit, PREFERENCES_LOG_LIMIT);
}

#define PREFERENCES_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static void test_preferences__the_users_own_file_may_set_mouse_and_clipboard(void **state)
{
	struct fixture *f = *state;
	read_both(f, "mouse = true\nclipboard = \"osc52\"\n", "mouse = false\nclipboard = \"file\"\n");
	assert_true(f->p->mouse);
	assert_int_equal(f->p->clipboard, CLIPBOARD_OSC52);
	assert_int_equal(problems_count(f->problems), 2);
	assert_int_equal(problems_errors(f->problems), 0);
}

static void test_preferences__say_what_mouse_and_clipboard_may_be(void **state)
{
	struct fixture *f = *state;
	owned_buf struct buf out = { 0 };
	read_both(f, "mouse = 1\nclipboard = \"xsel\"\n", NULL);
	assert_int_equal(problems_errors(f->problems), 2);
	problem_print(&out, problems_get(f->problems, 0));
	problem_print(&out, problems_get(f->problems, 1));
	assert_non_null(strstr(buf_text(&out), ":1:9: mouse must be true or false"));
	assert_non_null(strstr(buf_text(&out), "clipboard must be \"auto\", \"osc52\" or \"file\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PREFERENCES_TEST(test_preferences__has_defaults_without_files),
		PREFERENCES_TEST(test_preferences__limits_of_the_history),
		PREFERENCES_TEST(test_preferences__reads_all_of_the_users_file),
		PREFERENCES_TEST(test_preferences__the_project_wins_key_by_key),
		PREFERENCES_TEST(test_preferences__a_limit_has_a_unit),
		PREFERENCES_TEST(test_preferences__warns_of_unknown_keys),
		PREFERENCES_TEST(test_preferences__tls_travels_in_the_endpoint),
		PREFERENCES_TEST(test_preferences__a_project_is_not_trusted),
		PREFERENCES_TEST(test_preferences__refuses_wrong_types),
		PREFERENCES_TEST(test_preferences__says_when_a_file_cannot_be_read),
		PREFERENCES_TEST(test_preferences__the_users_own_file_may_set_mouse_and_clipboard),
		PREFERENCES_TEST(test_preferences__say_what_mouse_and_clipboard_may_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
