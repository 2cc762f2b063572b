#include "core/project/files_git.h"

#include "core/os/spawn.h"
#include "core/project/files_told.h"
#include "core/value/json.h"
#include "tests/core/project/nobody.h"

/* Against what git itself has made: a repository with a project in a subfolder, of which
 * nothing on disk is as it was committed. */

static void run(struct scratch *s, const char *dir, const char *line)
{
	const char *const argv[] = { "sh", "-ec", line, NULL };
	struct spawn spawn = { .argv = argv, .dir = dir, .in = SPAWN_NULL, .out = SPAWN_NULL,
	                       .err = SPAWN_INHERIT };
	int status = -1;
	assert_true(spawn_run(&spawn, 0, NULL, &status, &s->err));
	assert_int_equal(status, 0);
}

static void make_repository(struct scratch *s)
{
	run(s, s->dir,
	    "mkdir -p repo/a/project/conf repo/shared out; echo outside >out/file; cd repo;"
	    "git init -q -b main;"
	    "echo one >a/project/conf/file; printf 'b\\377' >a/project/bytes; echo shared >shared/x;"
	    "ln -s ../../../shared/x a/project/conf/link; ln -s conf a/project/folder;"
	    "ln -s /no/such/path a/project/lost; ln -s loop a/project/loop;"
	    "ln -s ../../../out/file a/project/outside;"
	    "git add .; git commit -q -m one; git tag v1;"
	    "echo two >a/project/conf/file; git commit -q -a -m two;"
	    "rm a/project/conf/link; echo three >a/project/conf/file; echo new >a/project/conf/new");
}

/* What is there, in short: the text, "absent", "failed: why". */
static const char *told(struct scratch *s, struct files *files, const char *path)
{
	struct str text;
	struct error err;
	switch (files_read(files, path, s->arena, &text, &err)) {
	case FILES_OK: return arena_text(s->arena, text);
	case FILES_ABSENT: return "absent";
	default: return arena_printf(s->arena, "failed: %s", err.text);
	}
}

static const char *listed(struct scratch *s, struct files *files, const char *path)
{
	struct files_list list;
	struct error err;
	owned_buf struct buf out = { 0 };
	enum files_result result = files_list(files, path, s->arena, &list, &err);
	if (result != FILES_OK)
		return result == FILES_ABSENT ? "absent" : arena_printf(s->arena, "failed: %s", err.text);
	for (size_t i = 0; i < list.n; i++)
		buf_printf(&out, "%s%s%s ", list.entries[i].name, list.entries[i].is_dir ? "/" : "",
		           list.entries[i].is_link ? "@" : "");
	return arena_text(s->arena, buf_str(&out));
}

/* The same answers from git and from what was told of them. */
static void check_answers(struct scratch *s, struct files *files, const char *project)
{
	const char *at = arena_printf(s->arena, "%s/", project);
#define AT(path) arena_printf(s->arena, "%s%s", at, path)
	assert_string_equal(told(s, files, AT("conf/file")), "two\n");
	assert_string_equal(told(s, files, AT("conf/link")), "shared\n");
	assert_string_equal(told(s, files, AT("conf/new")), "absent");
	assert_string_equal(told(s, files, AT("conf/file/below")), "absent");
	assert_string_equal(told(s, files, AT("folder/file")), "two\n");
	assert_string_equal(told(s, files, AT("../../shared/x")), "shared\n");
	assert_string_equal(told(s, files, AT("bytes")), "b\377");
	assert_string_equal(told(s, files, AT("lost")), "absent");
	assert_string_equal(told(s, files, AT("outside")), "outside\n");
	assert_non_null(strstr(told(s, files, AT("loop")), "too many links"));
	assert_non_null(strstr(told(s, files, AT("conf")), "it is a folder, not a file"));
	assert_string_equal(listed(s, files, AT("conf")), "file link@ ");
	assert_string_equal(listed(s, files, AT("folder")), "file link@ ");
	assert_string_equal(listed(s, files, AT(".")),
	                    "bytes conf/ folder/@ loop@ lost@ outside@ ");
	assert_string_equal(listed(s, files, AT("none")), "absent");
	assert_non_null(strstr(listed(s, files, AT("conf/file")), "it is not a folder"));
	assert_true(files_has(files, AT("conf/link")));
	assert_false(files_has(files, AT("conf/new")));
#undef AT
	/* Elsewhere it is now. */
	assert_string_equal(told(s, files, scratch_path(s, "out/file")), "outside\n");
}

static struct files *open_revision(struct scratch *s, const char *dir, const char *revision,
                                   struct files *disk)
{
	struct files *files = files_git(scratch_path(s, dir), revision, disk, &s->err);
	if (!files)
		fail_msg("%s", s->err.text);
	return files;
}

static void test_files_git__answers_as_the_revision_has_it(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *disk = files_disk("/");
	make_repository(s);
	owned(files) struct files *files = open_revision(s, "repo/a/project", "HEAD", disk);
	check_answers(s, files, scratch_path(s, "repo/a/project"));
	owned(files) struct files *first = open_revision(s, "repo", "v1", disk);
	assert_string_equal(told(s, first, scratch_path(s, "repo/a/project/conf/file")), "one\n");
	/* Through a link to the project paths are what they are called there. */
	assert_int_equal(symlink("repo/a/project", scratch_path(s, "way")), 0);
	owned(files) struct files *linked = open_revision(s, "way", "main~1", disk);
	assert_string_equal(told(s, linked, scratch_path(s, "way/conf/file")), "one\n");
	assert_string_equal(listed(s, linked, scratch_path(s, "way/conf")), "file link@ ");
}

static void told_line(void *data, const char *path)
{
	struct buf *paths = data;
	buf_append_text(paths, path);
	buf_append_char(paths, '\n');
}

static void test_files_told__answers_as_it_was_told(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *disk = files_disk("/");
	owned_buf struct buf paths = { 0 };
	struct str rest, path;
	make_repository(s);
	owned(files) struct files *files = open_revision(s, "repo/a/project", "HEAD", disk);
	owned(files) struct files *copy = files_told(files_git_top(files), disk);
	check_answers(s, files, scratch_path(s, "repo/a/project"));
	files_asked(files, told_line, &paths);
	for (rest = buf_str(&paths); str_next(&rest, '\n', &path);) {
		owned_buf struct buf line = { 0 };
		const struct value *answer;
		const char *name = arena_text(s->arena, path);
		if (!path.n || !files_git_holds(files, name))
			continue;
		/* As it goes from one process to another. */
		value_write_json(&line, files_tell(s->arena, files, name), JSON_LINE);
		assert_true(value_parse_json(s->arena, buf_str(&line), &answer, &s->err));
		assert_true(files_told_take(copy, answer));
	}
	check_answers(s, copy, scratch_path(s, "repo/a/project"));
	assert_non_null(strstr(told(s, copy, scratch_path(s, "repo/a/project/setup.py")),
	                       "nothing was told about"));
}

static void test_files_told__refuses_what_is_no_answer(void **state)
{
	struct scratch *s = *state;
	static const char *const lines[] = {
		"{}", "[]", "{\"path\":1}", "{\"path\":\"/\\u1234\"}", "{\"path\":\"/a\",\"bytes\":[]}",
		"{\"path\":\"/a\",\"names\":[{}]}",
	};
	owned(files) struct files *disk = files_disk("/");
	owned(files) struct files *copy = files_told("/", disk);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const struct value *answer;
		assert_true(value_parse_json(s->arena, str_of(lines[i]), &answer, &s->err));
		assert_false(files_told_take(copy, answer));
	}
}

static void test_files_git__says_why_there_is_nothing(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *disk = files_disk("/");
	make_repository(s);
	run(s, s->dir, "mkdir none empty; git -C empty init -q; git clone -q --bare repo bare;"
	    "cd repo; git rev-parse HEAD:shared/x >../blob");
	char *blob = arena_text(s->arena, str_trim(str_of(scratch_read(s, scratch_path(s, "blob")))));
	const struct { const char *dir, *revision, *says; enum error_code code; } cases[] = {
		{ "none", "HEAD", "is in no git repository, so there is no HEAD", ERROR_PROJECT },
		{ "empty", "HEAD", "has no commit yet, so there is no HEAD", ERROR_PROJECT },
		{ "bare", "HEAD", "is bare", ERROR_PROJECT },
		{ "repo", "v9", "there is no git revision 'v9'", ERROR_USAGE },
		{ "repo", "", "there is no git revision ''", ERROR_USAGE },
		{ "repo", "a..b:", "no git revision", ERROR_USAGE },
		{ "repo", blob, "names no git commit", ERROR_USAGE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct error err = { 0 };
		const char *dir = scratch_path(s, cases[i].dir);
		struct files *files = files_git(dir, cases[i].revision, disk, &err);
		assert_null(files);
		if (!strstr(err.text, cases[i].says))
			fail_msg("'%s' is not in '%s'", cases[i].says, err.text);
		assert_int_equal(err.code, cases[i].code);
	}
}

static void test_files_git__leaves_submodules_alone(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *disk = files_disk("/");
	make_repository(s);
	run(s, s->dir, "mkdir outer; cd outer; git init -q;"
	    "git -c protocol.file.allow=always submodule --quiet add ../repo; git commit -q -m one");
	owned(files) struct files *files = open_revision(s, "outer", "HEAD", disk);
	assert_string_equal(listed(s, files, scratch_path(s, "outer")), ".gitmodules repo/ ");
	assert_string_equal(listed(s, files, scratch_path(s, "outer/repo")), "");
	assert_non_null(strstr(told(s, files, scratch_path(s, "outer/repo/a/project/conf/file")),
	                       "lies in the git submodule 'repo'"));
}

#define GIT_TEST(f) cmocka_unit_test_setup_teardown(f, nobody_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(test_files_git__answers_as_the_revision_has_it),
		GIT_TEST(test_files_told__answers_as_it_was_told),
		GIT_TEST(test_files_told__refuses_what_is_no_answer),
		GIT_TEST(test_files_git__says_why_there_is_nothing),
		GIT_TEST(test_files_git__leaves_submodules_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
