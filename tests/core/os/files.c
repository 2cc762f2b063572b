#include "core/os/files.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "core/base/buf.h"
#include "tests/core/os/scratch.h"

static void test_files__cleans_paths_lexically(void **state)
{
	struct scratch *s = *state;
	static const struct {
		const char *path, *clean;
	} table[] = {
		{ "", "." }, { ".", "." }, { "/", "/" }, { "//", "/" }, { "a", "a" },
		{ "a/", "a" }, { "./a", "a" }, { "a//b/./c", "a/b/c" }, { "a/../b", "b" },
		{ "a/..", "." }, { "..", ".." }, { "../a", "../a" }, { "a/../../b", "../b" },
		{ "../../a/..", "../.." }, { "/..", "/" }, { "/../a", "/a" },
		{ "/a/b/../../c/", "/c" }, { "/a/b/../..", "/" }, { "a/...", "a/..." },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(files_clean(s->arena, table[i].path), table[i].clean);
}

static void test_files__joins_and_makes_absolute(void **state)
{
	struct scratch *s = *state;
	assert_string_equal(files_join(s->arena, "a", "b"), "a/b");
	assert_string_equal(files_join(s->arena, "a/", "b"), "a/b");
	assert_string_equal(files_join(s->arena, "a", "/b"), "/b");
	assert_string_equal(files_join(s->arena, "", "b"), "b");
	assert_string_equal(files_join(s->arena, ".", "b"), "b");
	assert_string_equal(files_join(s->arena, "/", "b"), "/b");
	assert_string_equal(files_join(s->arena, "a", ""), "a");
	assert_string_equal(files_absolute(s->arena, "/x/../y"), "/y");
	char *here = getcwd(NULL, 0);
	const char *whole = arena_printf(s->arena, "%s/q", here);
	free(here);
	assert_string_equal(files_absolute(s->arena, "p/../q"), whole);
}

static void test_files__reads_below_the_root_and_absolute(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "a.json", "{}\n");
	owned(files) struct files *f = files_disk(s->dir);
	struct str text = { 0 };
	assert_int_equal(files_read(f, "a.json", s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, STR("{}\n")));
	assert_int_equal(files_read(f, path, s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, STR("{}\n")));
	assert_true(files_has(f, "./x/../a.json"));
	assert_false(files_has(f, "b.json"));
	assert_false(files_has(f, "."));
	scratch_write(s, "empty", "");
	assert_int_equal(files_read(f, "empty", s->arena, &text, &s->err), FILES_OK);
	assert_non_null(text.p);
	assert_int_equal(text.n, 0);
}

static void test_files__reads_a_file_larger_than_a_page_whole(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf big = { 0 };
	for (int i = 0; i < 40000; i++)
		buf_printf(&big, "line %d\n", i);
	scratch_write(s, "big", buf_text(&big));
	owned(files) struct files *f = files_disk(s->dir);
	struct str text = { 0 };
	assert_int_equal(files_read(f, "big", s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, buf_str(&big)));
	/* Says that it has 0 bytes. */
	assert_int_equal(files_read(f, "/proc/self/status", s->arena, &text, &s->err), FILES_OK);
	assert_true(str_find_str(text, STR("Name:")) != STR_NONE);
}

static void test_files__absent_is_no_error(void **state)
{
	struct scratch *s = *state;
	scratch_write(s, "file", "x");
	assert_int_equal(symlink("nowhere", scratch_path(s, "dangling")), 0);
	owned(files) struct files *f = files_disk(s->dir);
	struct str text = { 0 };
	struct files_list list = { 0 };
	static const char *const absent[] = { "no", "file/below", "no/deeper" };
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
		assert_int_equal(files_read(f, absent[i], s->arena, &text, &s->err), FILES_ABSENT);
		assert_int_equal(files_list(f, absent[i], s->arena, &list, &s->err), FILES_ABSENT);
	}
	assert_int_equal(s->err.code, ERROR_NONE);
	/* A link to nothing is there, and broken. */
	assert_int_equal(files_read(f, "dangling", s->arena, &text, &s->err), FILES_FAILED);
	assert_true(str_has_suffix(str_of(s->err.text), STR("it is a link to what is not there")));
}

static void test_files__what_is_no_file_is_refused_without_waiting(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "folder");
	assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", s->dir);
	owned_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	int big = open(scratch_path(s, "big"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(big, (off_t)FILES_SIZE_MAX + 1), 0);
	close(big);
	assert_int_equal(symlink("loop", scratch_path(s, "loop")), 0);
	static const struct {
		const char *path, *message;
		enum error_code code;
	} table[] = {
		{ "folder", "/folder': it is a folder, not a file", ERROR_SYSTEM },
		{ "fifo", "/fifo': it is a named pipe, not a file", ERROR_SYSTEM },
		{ "socket", "/socket': it is a socket, not a file", ERROR_SYSTEM },
		{ "/dev/zero", "'/dev/zero': it is a device, not a file", ERROR_SYSTEM },
		{ "big", "has 1073741825 bytes; at most 1073741824 are read", ERROR_LIMIT },
		{ "loop", "/loop': Too many levels of symbolic links", ERROR_SYSTEM },
	};
	owned(files) struct files *f = files_disk(s->dir);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str text = { 0 };
		struct error err = { 0 };
		assert_int_equal(files_read(f, table[i].path, s->arena, &text, &err), FILES_FAILED);
		assert_int_equal(err.code, table[i].code);
		assert_non_null(strstr(err.text, table[i].message));
		assert_null(text.p);
	}
	assert_false(files_has(f, "fifo"));
}

static void test_files__lists_by_bytes_of_the_name(void **state)
{
	struct scratch *s = *state;
	scratch_write(s, "b", "");
	scratch_write(s, "Z", "");
	scratch_write(s, "\xc3\xa4", "");
	scratch_mkdir(s, "a");
	assert_int_equal(symlink("a", scratch_path(s, "to-a")), 0);
	assert_int_equal(symlink("b", scratch_path(s, "to-b")), 0);
	static const struct files_entry expected[] = {
		{ "Z", false, false }, { "a", true, false }, { "b", false, false },
		{ "to-a", true, true }, { "to-b", false, true }, { "\xc3\xa4", false, false },
	};
	owned(files) struct files *f = files_disk(s->dir);
	struct files_list list = { 0 };
	assert_int_equal(files_list(f, ".", s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < list.n; i++) {
		assert_string_equal(list.entries[i].name, expected[i].name);
		assert_int_equal(list.entries[i].is_dir, expected[i].is_dir);
		assert_int_equal(list.entries[i].is_link, expected[i].is_link);
	}
	assert_int_equal(files_list(f, "b", s->arena, &list, &s->err), FILES_FAILED);
	assert_non_null(strstr(s->err.text, "/b': it is not a folder"));
	assert_int_equal(files_list(f, "a", s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, 0);
}

static void note(void *data, const char *path)
{
	buf_printf(data, "%s\n", path);
}

static void test_files__remembers_what_was_asked(void **state)
{
	struct scratch *s = *state;
	scratch_write(s, "a", "one");
	owned(files) struct files *f = files_disk(s->dir);
	struct files_list list;
	struct str text;
	files_read(f, "./a", s->arena, &text, &s->err);
	files_has(f, "b");
	files_list(f, "c/", s->arena, &list, &s->err);
	files_read(f, scratch_path(s, "a"), s->arena, &text, &s->err);
	files_has(f, "x/../b");
	owned_buf struct buf asked = { 0 };
	files_asked(f, note, &asked);
	assert_string_equal(buf_text(&asked),
	                    arena_printf(s->arena, "%s/a\n%s/b\n%s/c\n", s->dir, s->dir, s->dir));
}

static void test_files__hands_out_the_texts_of_the_last_reading(void **state)
{
	struct scratch *s = *state;
	scratch_write(s, "a", "one");
	scratch_write(s, "b", "");
	scratch_write(s, "gone", "x");
	owned(files) struct files *f = files_disk(s->dir);
	struct str text;
	owned(arena) struct arena *brief = arena_new();
	static const char *const paths[] = { "a", "no", "b", "gone" };
	for (size_t i = 0; i < 4; i++)
		files_read(f, paths[i], brief, &text, &s->err);
	scratch_write(s, "a", "two");
	unlink(scratch_path(s, "gone"));
	files_read(f, "a", brief, &text, &s->err);
	files_read(f, "gone", brief, &text, &s->err);
	arena_free(take(brief));
	size_t n = 0;
	struct pair *texts = files_texts(f, s->arena, &n);
	assert_int_equal(n, 4);
	assert_string_equal(texts[0].name.p, scratch_path(s, "a"));
	assert_true(str_eq(texts[0].value, STR("two")));
	assert_string_equal(texts[1].name.p, scratch_path(s, "no"));
	assert_null(texts[1].value.p);
	assert_string_equal(texts[2].name.p, scratch_path(s, "b"));
	assert_non_null(texts[2].value.p);
	assert_int_equal(texts[2].value.n, 0);
	/* What was gone when it was last looked for stays so for whoever builds. */
	assert_string_equal(texts[3].name.p, scratch_path(s, "gone"));
	assert_null(texts[3].value.p);
}

static void test_files__keeps_no_texts_when_told(void **state)
{
	struct scratch *s = *state;
	scratch_write(s, "a", "one");
	owned(files) struct files *f = files_disk(s->dir);
	struct str text;
	size_t n = 1;
	files_keep_no_texts(f);
	assert_int_equal(files_read(f, "a", s->arena, &text, &s->err), FILES_OK);
	assert_int_equal(files_read(f, "no", s->arena, &text, &s->err), FILES_ABSENT);
	assert_true(str_eq(text, STR("one")));
	files_texts(f, s->arena, &n);
	assert_int_equal(n, 0);
}

static void test_files_memory__puts_win_over_what_is_under(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "d");
	scratch_write(s, "d/disk", "disk");
	scratch_write(s, "d/edited", "disk");
	scratch_write(s, "d/removed", "disk");
	owned(files) struct files *disk = files_disk(s->dir);
	owned(files) struct files *f = files_memory(disk);
	files_memory_put(f, "d/edited", STR("memory"));
	files_memory_put(f, scratch_path(s, "d/removed"), (struct str){ 0 });
	files_memory_put(f, "d/new/deep", STR("old"));
	files_memory_put(f, "d/new/deep", STR("memory"));
	static const struct {
		const char *path, *text;
	} table[] = {
		{ "d/disk", "disk" }, { "d/edited", "memory" }, { "d/removed", NULL },
		{ "d/new/deep", "memory" }, { "d/edited/below", NULL }, { "d/none", NULL },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str text = { 0 };
		enum files_result result = files_read(f, table[i].path, s->arena, &text, &s->err);
		assert_int_equal(result, table[i].text ? FILES_OK : FILES_ABSENT);
		assert_true(str_eq(text, str_of(table[i].text)));
		assert_int_equal(files_has(f, table[i].path), table[i].text != NULL);
	}
	struct files_list list;
	assert_int_equal(files_list(f, "d", s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.entries[0].name, "disk");
	assert_string_equal(list.entries[1].name, "edited");
	assert_string_equal(list.entries[2].name, "new");
	assert_true(list.entries[2].is_dir);
	owned_buf struct buf above = { 0 }, below = { 0 };
	files_asked(f, note, &above);
	files_asked(disk, note, &below);
	assert_string_equal(buf_text(&above), buf_text(&below));
	size_t n;
	struct pair *texts = files_texts(f, s->arena, &n);
	assert_int_equal(n, 6);
	assert_true(str_eq(texts[1].value, STR("memory")));
}

static void test_files_memory__stands_alone(void **state)
{
	struct scratch *s = *state;
	owned(files) struct files *f = files_memory(NULL);
	files_memory_put(f, "a/b", STR("x\0y"));
	files_memory_put(f, "c", STR(""));
	struct str text = { 0 };
	struct files_list list = { 0 };
	assert_int_equal(files_read(f, "./a/b", s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, STR("x\0y")));
	assert_int_equal(files_read(f, "c", s->arena, &text, &s->err), FILES_OK);
	assert_int_equal(files_read(f, "a", s->arena, &text, &s->err), FILES_FAILED);
	assert_int_equal(files_read(f, "d", s->arena, &text, &s->err), FILES_ABSENT);
	assert_int_equal(files_list(f, "d", s->arena, &list, &s->err), FILES_ABSENT);
	assert_int_equal(files_list(f, "c", s->arena, &list, &s->err), FILES_FAILED);
	assert_int_equal(files_list(f, ".", s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, 2);
	files_memory_put(f, "a/b", (struct str){ 0 });
	assert_int_equal(files_list(f, ".", s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, 1);
}

static void test_files_memory__an_absent_folder_hides_what_is_below(void **state)
{
	struct scratch *s = *state;
	scratch_mkdir(s, "d");
	scratch_write(s, "d/x", "disk");
	owned(files) struct files *disk = files_disk(s->dir);
	owned(files) struct files *f = files_memory(disk);
	files_memory_put(f, "d", (struct str){ 0 });
	struct files_list list;
	assert_false(files_has(f, "d/x"));
	assert_int_equal(files_list(f, "d", s->arena, &list, &s->err), FILES_ABSENT);
	files_memory_put(f, "d/y", STR("memory"));
	assert_int_equal(files_list(f, "d", s->arena, &list, &s->err), FILES_OK);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.entries[0].name, "y");
}

static void test_files_drain__reads_pipes_to_their_end(void **state)
{
	struct scratch *s = *state;
	enum { SIZE = 100000 };
	static char bytes[SIZE];
	struct str text;
	int fds[2];
	memset(bytes, 'x', sizeof bytes);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid_t writer = fork();
	if (writer == 0) {
		ssize_t n = write(fds[1], bytes, sizeof bytes);
		_exit(n == SIZE ? 0 : 1);
	}
	close(fds[1]);
	const char *path = arena_printf(s->arena, "/dev/fd/%d", fds[0]);
	assert_int_equal(files_drain(path, s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, (struct str){ bytes, SIZE }));
	assert_int_equal(waitpid(writer, NULL, 0), writer);
	close(fds[0]);
	path = scratch_write(s, "file", "plain");
	assert_int_equal(files_drain(path, s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, STR("plain")));
	assert_int_equal(files_drain("/dev/null", s->arena, &text, &s->err), FILES_OK);
	assert_int_equal(text.n, 0);
	assert_int_equal(files_drain(scratch_path(s, "no"), s->arena, &text, &s->err), FILES_ABSENT);
	assert_int_equal(files_drain(s->dir, s->arena, &text, &s->err), FILES_FAILED);
	assert_non_null(strstr(s->err.text, "it is a folder, not a file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_files__cleans_paths_lexically),
		SCRATCH_TEST(test_files__joins_and_makes_absolute),
		SCRATCH_TEST(test_files__reads_below_the_root_and_absolute),
		SCRATCH_TEST(test_files__reads_a_file_larger_than_a_page_whole),
		SCRATCH_TEST(test_files__absent_is_no_error),
		SCRATCH_TEST(test_files__what_is_no_file_is_refused_without_waiting),
		SCRATCH_TEST(test_files__lists_by_bytes_of_the_name),
		SCRATCH_TEST(test_files__remembers_what_was_asked),
		SCRATCH_TEST(test_files__hands_out_the_texts_of_the_last_reading),
		SCRATCH_TEST(test_files__keeps_no_texts_when_told),
		SCRATCH_TEST(test_files_memory__puts_win_over_what_is_under),
		SCRATCH_TEST(test_files_memory__stands_alone),
		SCRATCH_TEST(test_files_memory__an_absent_folder_hides_what_is_below),
		SCRATCH_TEST(test_files_drain__reads_pipes_to_their_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
