#include "core/history/pack.h"

#include "core/ext/archive.h"
#include "core/history/list.h"
#include "core/job/request.h"
#include "core/journal/build.h"
#include "core/os/files.h"
#include "tests/core/ext/members.h"
#include "tests/core/os/scratch.h"

#define ID "20260102-030405-00ab"
#define START "{\"t\":1,\"ev\":\"build.start\",\"format\":1,\"id\":\"" ID "\"," \
	"\"project\":\"ship\",\"level\":\"C1\"," \
	"\"engine\":\"buildkit\",\"image\":\"ship:1\",\"steps\":[]}\n"
#define DONE "{\"t\":9,\"ev\":\"build.done\",\"ok\":true,\"image_id\":\"sha256:1\",\"exit\":0}\n"

static int pack_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1);
}

#define PACK_TEST(f) cmocka_unit_test_setup_teardown(f, pack_setup, scratch_teardown)

static const char *pack_build(struct scratch *s)
{
	const char *builds = save_state_dir("builds", &s->err);
	assert_non_null(builds);
	const char *dir = arena_printf(s->arena, "%s/" ID, builds);
	static const struct { const char *name, *text; } files[] = {
		{ "journal", START "{\"t\":2,\"ev\":\"log\",\"step\":0,\"stream\":1,"
		  "\"offset\":0,\"length\":6}\n" DONE },
		{ "log", "words\n" }, { "Dockerfile", "FROM x\n" }, { "settings.json", "{}\n" },
		{ "request.json", "{\"secret\": true}" }, { "lock", "" }, { "pin", "" },
		{ "times.json", "{}" },
	};
	assert_true(save_dir(dir, 0700, &s->err));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		assert_true(save_file(files_join(s->arena, dir, files[i].name), str_of(files[i].text),
		                      0600, &s->err));
	return dir;
}

static bool pack_note(void *data, const struct archive_item *item, struct error *err)
{
	(void)err;
	buf_printf(data, "%s ", item->path);
	return true;
}

static void test_pack__holds_what_a_reader_needs(void **state)
{
	struct scratch *s = *state;
	const char *dir = pack_build(s), *file = scratch_path(s, "x.mortar");
	owned_buf struct buf names = { 0 };
	if (!history_export_file(dir, file, false, &s->err))
		fail_msg("%s", s->err.text);
	assert_true(archive_list(file, pack_note, &names, &s->err));
	assert_string_equal(buf_text(&names),
	                    "mortar.json journal log Dockerfile settings.json times.json ");
	assert_false(history_export_file(dir, file, false, &s->err));
	assert_int_equal(s->err.code, ERROR_USAGE);
	assert_true(history_export_file(dir, file, true, &s->err));
}

static void test_pack__comes_back_under_a_free_id(void **state)
{
	struct scratch *s = *state;
	const char *dir = pack_build(s), *file = scratch_path(s, "x.mortar");
	struct history_item item;
	struct stat st;
	assert_true(history_export_file(dir, file, false, &s->err));
	const char *again = history_import(file, &s->err);
	if (!again)
		fail_msg("%s", s->err.text);
	assert_true(str_has_suffix(str_of(again), STR("/20260102-030405-00ac")));
	assert_true(history_read_one(s->arena, again, &item));
	assert_true(item.imported && !item.pinned && item.state == HISTORY_DONE);
	assert_string_equal(item.project, "ship");
	assert_true(stat(again, &st) == 0 && (st.st_mode & 07777) == 0700);
	assert_true(stat(files_join(s->arena, again, "log"), &st) == 0 && (st.st_mode & 07777) == 0600);
	assert_int_equal(access(files_join(s->arena, again, "request.json"), F_OK), -1);
	assert_string_equal(scratch_read(s, files_join(s->arena, again, "log")), "words\n");
	/* Nothing else stays, and "last" still is one's own. */
	assert_int_equal(scratch_names(scratch_path(s, "mortar/builds")), 2);
	assert_string_equal(request_find(NULL, &s->err), dir);
	/* Its own id where that is free. */
	assert_true(save_remove(dir, &s->err));
	assert_string_equal(history_import(file, &s->err), dir);
}

static void test_pack__refuses_a_build_that_was_cut(void **state)
{
	struct scratch *s = *state;
	const char *dir = pack_build(s);
	assert_true(save_remove(files_join(s->arena, dir, "journal"), &s->err));
	assert_false(history_export_file(dir, scratch_path(s, "x"), false, &s->err));
	assert_int_equal(s->err.code, ERROR_MISSING);
	assert_int_equal(access(scratch_path(s, "x"), F_OK), -1);
}

/* ---- what somebody else may send ---- */

static const char *pack_forge(struct scratch *s, const struct member *members, size_t n)
{
	enum { ZEROS = 1024 };
	owned_buf struct buf tar = { 0 };
	for (size_t i = 0; i < n; i++)
		append_member(&tar, &members[i]);
	buf_append_fill(&tar, 0, ZEROS);
	const char *file = scratch_path(s, "forged.mortar");
	assert_true(save_file(file, buf_str(&tar), 0600, &s->err));
	return file;
}

#define HARD '1'
#define LINK '2'
#define FILE_NAMED(name, text) { '0', name, NULL, text, 0777 }
#define HEAD(id) FILE_NAMED("mortar.json", "{\"format\":1,\"id\":\"" id "\"}")
#define JOURNAL FILE_NAMED("journal", START DONE)

static void test_pack__refuses_what_is_forged(void **state)
{
	struct scratch *s = *state;
	static const struct { struct member members[4]; const char *said; } cases[] = {
		{ { FILE_NAMED("hello", "text") }, "no build that mortar exported" },
		{ { HEAD(ID), FILE_NAMED("journal", "nonsense\n") }, "does not begin with a build" },
		{ { HEAD(ID) }, "does not begin with a build" },
		{ { HEAD("../../etc"), JOURNAL }, "does not say which build" },
		{ { HEAD("20260102-030405-00AB"), JOURNAL }, "does not say which build" },
		{ { FILE_NAMED("mortar.json", "{\"format\":2,\"id\":\"" ID "\"}"), JOURNAL },
		  "newer mortar" },
		{ { FILE_NAMED("mortar.json", "["), JOURNAL }, "no build that mortar exported" },
		{ { HEAD(ID), { LINK, "log", "/etc/passwd", NULL, 0 }, JOURNAL }, "leads out" },
		{ { HEAD(ID), JOURNAL, { LINK, "log", "journal", NULL, 0 } }, "more than plain files" },
		{ { HEAD(ID), JOURNAL, { HARD, "log", "journal", NULL, 0 } }, "more than plain files" },
		{ { HEAD(ID), JOURNAL, FILE_NAMED("../escaped", "x") }, "has '..' in its path" },
		{ { HEAD(ID), JOURNAL, FILE_NAMED("/tmp/escaped", "x") }, "absolute path" },
		{ { HEAD(ID), JOURNAL, FILE_NAMED("deep/file", "x") }, "more than plain files" },
	};
	const char *builds = save_state_dir("builds", &s->err);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = 0;
		while (n < 4 && cases[i].members[n].name)
			n++;
		const char *file = pack_forge(s, cases[i].members, n);
		if (history_import(file, &s->err) || !strstr(s->err.text, cases[i].said))
			fail_msg("case %zu: %s", i, s->err.text);
		assert_int_equal(s->err.code, ERROR_PROJECT);
		assert_int_equal(scratch_names(builds), 0);
	}
	assert_null(history_import(scratch_write(s, "plain", "no archive"), &s->err));
	assert_null(history_import(scratch_path(s, "absent"), &s->err));
	assert_int_equal(scratch_names(builds), 0);
}

/* What could act is left out; an id that lies ahead becomes one of now. */
static void test_pack__takes_nothing_that_acts(void **state)
{
	struct scratch *s = *state;
	static const struct member members[] = {
		HEAD("99991231-235959-0000"), JOURNAL, FILE_NAMED("request.json", "{}"),
		FILE_NAMED("pin", ""), FILE_NAMED("lock", ""), FILE_NAMED("new.json", "{}"),
	};
	const char *dir = history_import(pack_forge(s, members, 6), &s->err);
	if (!dir)
		fail_msg("%s", s->err.text);
	assert_null(strstr(dir, "9999"));
	assert_int_equal(scratch_names(dir), 2);
	assert_int_equal(access(files_join(s->arena, dir, "journal"), F_OK), 0);
	assert_true(history_is_imported(dir));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PACK_TEST(test_pack__holds_what_a_reader_needs),
		PACK_TEST(test_pack__comes_back_under_a_free_id),
		PACK_TEST(test_pack__refuses_a_build_that_was_cut),
		PACK_TEST(test_pack__refuses_what_is_forged),
		PACK_TEST(test_pack__takes_nothing_that_acts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
