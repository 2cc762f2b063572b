#include "core/job/doctor.h"

#include <errno.h>
#include <sys/resource.h>

#include "core/os/inotify_use.h"
#include "core/os/logind.h"
#include "core/os/space.h"
#include "core/value/json.h"
#include "tests/core/os/scratch.h"

static const char *row_text(struct scratch *s, const struct value *row, const char *key)
{
	const struct value *v = value_get(row, str_of(key));
	return v ? arena_text(s->arena, value_text(v)) : "";
}

/* "state|text|remedy" */
static const char *row_whole(struct scratch *s, const struct value *row)
{
	return arena_printf(s->arena, "%s|%s|%s", row_text(s, row, "state"), row_text(s, row, "text"),
	                    row_text(s, row, "remedy"));
}

static const struct value *row_parse(struct scratch *s, const char *json)
{
	const struct value *v;
	assert_true(value_parse_json(s->arena, str_of(json), &v, &s->err));
	return v;
}

static void test_doctor__a_row_is_fit_for_a_terminal(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf text = { 0 };
	struct value *row = doctor_row(s->arena, "x", DOCTOR_PROBLEM, "at %s", "a\x1b]0;b\n");
	doctor_remedy(s->arena, row, "rm %s", "\xe2\x80\xae");
	doctor_text(s->arena, row, "none", "");
	value_write_json(&text, row, JSON_LINE);
	assert_string_equal(buf_text(&text), "{\"name\":\"x\",\"state\":\"problem\","
	                    "\"text\":\"at a\\\\x1b]0;b\\\\n\",\"remedy\":\"rm \\\\u202e\"}");
}

static void test_doctor__room_is_tight_below_its_thresholds(void **state)
{
	(void)state;
	static const struct { struct space space; bool tight; } table[] = {
		{ { DOCTOR_ENGINE_BYTES, 1ull << 40, DOCTOR_ENGINE_INODES, 1 << 20 }, false },
		{ { DOCTOR_ENGINE_BYTES - 1, 1ull << 40, 1 << 20, 1 << 20 }, true },
		{ { 1ull << 39, 1ull << 40, DOCTOR_ENGINE_INODES - 1, 1 << 20 }, true },
		{ { 1ull << 39, 1ull << 40, 0, 0 }, false },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(doctor_is_tight(&table[i].space, DOCTOR_ENGINE_BYTES,
		                                 DOCTOR_ENGINE_INODES), table[i].tight);
}

static void test_doctor__inotify_says_how_to_raise_a_limit_that_is_near(void **state)
{
	struct scratch *s = *state;
	struct inotify_use use = { .is_known = true, .max_watches = 8192, .max_instances = 128,
	                           .watches = 8000, .instances = 3, .processes = 9, .unread = 2 };
	const struct value *row = value_child(doctor_inotify(s->arena, &use));
	assert_non_null(strstr(row_whole(s, row), "problem|8000 of 8192 in use by your processes: "));
	assert_non_null(strstr(row_text(s, row, "remedy"),
	                       "sysctl fs.inotify.max_user_watches=16384"));
	row = value_next(row);
	assert_string_equal(row_whole(s, row), "ok|3 of 128 in use by your processes|");
	row = value_next(row);
	assert_non_null(strstr(row_text(s, row, "text"), "2 of your 9 processes"));
	use = (struct inotify_use){ 0 };
	row = value_child(doctor_inotify(s->arena, &use));
	assert_string_equal(row_text(s, row, "state"), "absent");
	setenv("MORTAR_NO_INOTIFY", "1", 1);
	row = value_child(doctor_inotify(s->arena, &use));
	unsetenv("MORTAR_NO_INOTIFY");
	assert_string_equal(row_text(s, row, "remedy"), "unset MORTAR_NO_INOTIFY");
}

static void test_doctor__session_says_what_ends_at_logout(void **state)
{
	struct scratch *s = *state;
	static const struct { struct logind l; const char *row; } table[] = {
		{ { LOGIND_NONE, true, false, "" }, "ok|no systemd-logind runs here (a container, or "
		  "another init), so nothing ends builds at logout|" },
		{ { LOGIND_SESSION, false, false, "X" }, "ok|builds go on after logout: X|" },
		{ { LOGIND_SESSION, true, false, "X" }, "problem|builds end at logout: X|loginctl "
		  "enable-linger, and start mortar by systemd-run --user --scope mortar" },
		{ { LOGIND_SESSION, true, true, "X" }, "problem|builds end at logout: X|start mortar by "
		  "systemd-run --user --scope mortar" },
		{ { LOGIND_MANAGER, true, true, "X" }, "ok|builds go on after logout: eva lingers|" },
		{ { LOGIND_MANAGER, false, false, "X" }, "problem|builds end at your last logout: mortar "
		  "runs below your service manager, and eva does not linger|loginctl enable-linger" },
		{ { LOGIND_ELSEWHERE, true, false, "X" }, "ok|mortar runs outside of login sessions, so "
		  "builds do not end with one|" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct value *row = value_child(doctor_session(s->arena, &table[i].l, "eva"));
		assert_string_equal(row_whole(s, row), table[i].row);
	}
}

static void test_doctor__limits_of_this_process_are_seen(void **state)
{
	struct scratch *s = *state;
	struct rlimit files, size, low;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &size), 0);
	low = files;
	low.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	low = size;
	low.rlim_cur = 1 << 20;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	const struct value *row = value_child(doctor_limits(s->arena, 2 << 20));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &size), 0);
	assert_string_equal(row_whole(s, row), "problem|at most 64|ulimit -n 1024");
	assert_non_null(strstr(row_whole(s, value_next(row)), "problem|at most 1.0 MiB, less than"));
}

/* ---- engines ---- */

static void test_doctor__an_engine_that_answers(void **state)
{
	struct scratch *s = *state;
	struct doctor_engine e = {
		.name = "dockerd", .spec = "unix:///x",
		.facts = row_parse(s, "{\"builder\":\"buildkit\",\"product\":\"dockerd\","
		                   "\"version\":\"20.10.24\",\"api_version\":\"1.41\","
		                   "\"address\":\"unix:///x\"}"),
		.info = row_parse(s, "{\"rootless\":true,\"root\":\"/r\",\"here\":true,"
		                  "\"free\":1073741824,\"total\":42949672960,\"inodes\":0,"
		                  "\"free_inodes\":0}"),
	};
	const struct value *row = doctor_engine(s->arena, &e);
	assert_string_equal(row_whole(s, row),
	                    "ok|20.10.24 at unix:///x, API 1.41: BuildKit and classic; rootless|");
	assert_int_equal(value_count(value_get(row, STR("builders"))), 2);
	assert_string_equal(row_text(s, row, "root"), "/r");
	row = doctor_engine_disk(s->arena, &e);
	assert_string_equal(row_whole(s, row), "problem|/r: 1.0 GiB free of 40.0 GiB|docker system "
	                    "prune, docker builder prune");
	e.info = row_parse(s, "{\"root\":\"/r\",\"here\":false,\"used\":5368709120}");
	assert_string_equal(row_whole(s, doctor_engine_disk(s->arena, &e)),
	                    "ok|its images and build cache take 5.0 GiB; /r cannot be looked at from "
	                    "here|");
	e.info = NULL;
	assert_null(doctor_engine_disk(s->arena, &e));
}

static void test_doctor__an_engine_that_others_may_reach(void **state)
{
	struct scratch *s = *state;
	struct doctor_engine e = { .name = "far", .spec = "tcp://build.example:2375" };
	e.facts = row_parse(s, "{\"builder\":\"classic\",\"product\":\"dockerd\",\"version\":\"19\","
	                    "\"api_version\":\"1.40\",\"address\":\"tcp://build.example:2375\"}");
	const struct value *row = doctor_engine(s->arena, &e);
	assert_string_equal(row_whole(s, row), "problem|dockerd 19 at tcp://build.example:2375, API "
	                    "1.40: the classic builder only; everybody who reaches that port owns that "
	                    "machine (no TLS)|let it listen on a unix socket and reach that by "
	                    "ssh://, or give it TLS");
	e.facts = row_parse(s, "{\"builder\":\"classic\",\"product\":\"dockerd\",\"version\":\"19\","
	                    "\"address\":\"tcp://127.0.0.1:2375\"}");
	e.info = row_parse(s, "{\"time\":1000000000.5}");
	row = doctor_engine(s->arena, &e);
	assert_non_null(strstr(row_whole(s, row), " s behind|set both clocks right"));
}

static void test_doctor__an_engine_that_does_not(void **state)
{
	struct scratch *s = *state;
	struct doctor_engine e = { .name = "far", .spec = "unix:///absent/x", .is_expected = true };
	error_set(&e.err, ERROR_UNREACHABLE, "nothing answers at unix:///absent/x");
	const struct value *row = doctor_engine(s->arena, &e);
	assert_string_equal(row_whole(s, row), "problem|nothing answers at unix:///absent/x|start it, "
	                    "or mend [engines.far] in config.toml");
	assert_string_equal(row_text(s, row, "answers"), "false");
	e = (struct doctor_engine){ .name = "buildah", .spec = "buildah" };
	error_set(&e.err, ERROR_UNREACHABLE, "buildah is not in PATH");
	assert_non_null(strstr(row_whole(s, doctor_engine(s->arena, &e)),
	                       "apt install buildah"));
	/* A socket that is there and says nothing. */
	const char *path = scratch_write(s, "sock", "");
	e = (struct doctor_engine){ .name = "far", .is_late = true, .is_expected = true };
	e.spec = arena_printf(s->arena, "unix://%s", path);
	error_set(&e.err, ERROR_UNREACHABLE, "late");
	row = doctor_engine(s->arena, &e);
	assert_string_equal(row_text(s, row, "may_speak"), "true");
	assert_string_equal(row_whole(s, row), "problem|late|see whether what listens there is an "
	                    "engine, and start it anew");
}

static void test_doctor__features_by_what_answers(void **state)
{
	struct scratch *s = *state;
	struct doctor_engine engines[3] = {
		{ .name = "auto", .spec = "auto" }, { .name = "dockerd", .spec = "unix:///x" },
		{ .name = "buildah", .spec = "buildah" },
	};
	engines[0].facts = engines[1].facts = row_parse(s, "{\"builder\":\"classic\",\"product\":"
		"\"dockerd\",\"version\":\"17\",\"secret_mounts\":false}");
	const struct value *all = doctor_features(s->arena, engines, 3);
	static const char *const names[] = { "BuildKit", "classic", "podman", "buildah", "run",
	                                     "secrets" };
	static const char *const states[] = { "absent", "ok", "absent", "absent", "ok", "absent" };
	const struct value *row = value_child(all);
	for (size_t i = 0; i < 6; i++, row = value_next(row)) {
		assert_string_equal(row_text(s, row, "name"), names[i]);
		assert_string_equal(row_text(s, row, "state"), states[i]);
		assert_int_equal(row_text(s, row, "remedy")[0] != 0, !strcmp(states[i], "absent"));
	}
	/* What answers needs no start, and of what is wrong its own row tells more. */
	assert_string_equal(row_text(s, value_child(all), "remedy") +
	                    (geteuid() ? strlen("take a newer dockerd: sudo ") :
	                     strlen("take a newer dockerd: ")), "apt upgrade");
	engines[1].facts = NULL;
	error_set(&engines[1].err, ERROR_UNREACHABLE, "nothing answers: %s", strerror(EACCES));
	assert_string_equal(row_text(s, value_child(doctor_features(s->arena, engines, 3)), "remedy"),
	                    "see dockerd above");
	engines[2].facts = row_parse(s, "{\"builder\":\"buildah\",\"product\":\"buildah\","
	                             "\"version\":\"1.28.2\",\"secret_mounts\":true}");
	row = value_child(doctor_features(s->arena, engines, 3));
	for (size_t i = 0; i < 5; i++)
		row = value_next(row);
	assert_string_equal(row_whole(s, row), "ok|by buildah 1.28.2|");
}

static void test_doctor__the_editor_is_the_one_that_e_opens(void **state)
{
	struct scratch *s = *state;
	struct doctor_engine none = { .name = "auto", .spec = "auto" };
	static const struct { const char *visual, *editor, *whole; } table[] = {
		{ "sh -c", "cat", "ok|sh -c from VISUAL|" }, { "", "cat", "ok|cat from EDITOR|" },
		{ NULL, "/bin/sh", "ok|/bin/sh from EDITOR|" },
		{ "mortar-no-editor -w", NULL, "problem|missing: mortar-no-editor, which is named by "
		  "VISUAL|set VISUAL to an editor that is here" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		table[i].visual ? setenv("VISUAL", table[i].visual, 1) : unsetenv("VISUAL");
		table[i].editor ? setenv("EDITOR", table[i].editor, 1) : unsetenv("EDITOR");
		const struct value *row = value_child(doctor_features(s->arena, &none, 1));
		while (strcmp(row_text(s, row, "name"), "editing") != 0)
			row = value_next(row);
		assert_string_equal(row_whole(s, row), table[i].whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_doctor__a_row_is_fit_for_a_terminal),
		SCRATCH_TEST(test_doctor__room_is_tight_below_its_thresholds),
		SCRATCH_TEST(test_doctor__inotify_says_how_to_raise_a_limit_that_is_near),
		SCRATCH_TEST(test_doctor__session_says_what_ends_at_logout),
		SCRATCH_TEST(test_doctor__limits_of_this_process_are_seen),
		SCRATCH_TEST(test_doctor__an_engine_that_answers),
		SCRATCH_TEST(test_doctor__an_engine_that_others_may_reach),
		SCRATCH_TEST(test_doctor__an_engine_that_does_not),
		SCRATCH_TEST(test_doctor__features_by_what_answers),
		SCRATCH_TEST(test_doctor__the_editor_is_the_one_that_e_opens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
