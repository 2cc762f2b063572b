/* Copying: what the terminal is told, when it is not, and the file instead. */
#include "tests/core/os/scratch.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "core/os/files.h"
#include "tui/copy.h"

static void test_copy__says_it_in_base64_alone(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		const char *wanted;
	} cases[] = {
		{ { "", 0 }, "" }, { { "f", 1 }, "Zg==" }, { { "fo", 2 }, "Zm8=" },
		{ { "foo", 3 }, "Zm9v" },
		{ { "foobar", 6 }, "Zm9vYmFy" }, { { "\0\xff\x1b]52;", 7 }, "AP8bXTUyOw==" },
		{ { "\x1b\\\a", 3 }, "G1wH" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		owned_buf struct buf out = { 0 }, wanted = { 0 };
		buf_printf(&wanted, "\x1b]52;c;%s\x1b\\", cases[i].wanted);
		copy_append_sequence(&out, cases[i].text);
		if (!str_eq(buf_str(&out), buf_str(&wanted)))
			fail_msg("%s is %s", cases[i].wanted, buf_text(&out));
	}
}

static void test_copy__goes_where_it_arrives(void **state)
{
	(void)state;
	static const struct {
		enum clipboard way;
		struct copy_terminal terminal;
		size_t n;
		bool told, unsure;
	} cases[] = {
		{ CLIPBOARD_AUTO, { "xterm-256color", false, false }, 5, true, false },
		{ CLIPBOARD_AUTO, { "tmux-256color", true, false }, 5, true, true },
		{ CLIPBOARD_AUTO, { "screen-256color", false, true }, 5, false, false },
		{ CLIPBOARD_AUTO, { "linux", false, false }, 5, false, false },
		{ CLIPBOARD_AUTO, { "vt100", false, false }, 5, false, false },
		{ CLIPBOARD_AUTO, { NULL, false, false }, 5, false, false },
		{ CLIPBOARD_OSC52, { "vt220", false, false }, 5, false, false },
		{ CLIPBOARD_OSC52, { "screen", false, true }, 5, true, false },
		{ CLIPBOARD_OSC52, { "tmux", true, false }, 5, true, false },
		{ CLIPBOARD_FILE, { "xterm-256color", false, false }, 5, false, false },
		{ CLIPBOARD_AUTO, { "xterm", false, false }, COPY_MAX / 4 * 3, true, false },
		{ CLIPBOARD_AUTO, { "xterm", false, false }, COPY_MAX / 4 * 3 + 1, false, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (copy_to_terminal(cases[i].way, &cases[i].terminal, cases[i].n) != cases[i].told ||
		    copy_is_unsure(cases[i].way, &cases[i].terminal) != cases[i].unsure)
			fail_msg("case %zu", i);
}

static void test_copy__writes_a_file_for_the_user_alone(void **state)
{
	struct scratch *s = *state;
	struct stat st;
	struct str text;
	setenv("XDG_CACHE_HOME", s->dir, 1);
	const char *path = copy_to_file(STR("a\0\x1b"), &s->err);
	assert_non_null(path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	owned(files) struct files *disk = files_disk("/");
	assert_int_equal(files_read(disk, path, s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, STR("a\0\x1b")));
	/* The next one replaces it. */
	assert_non_null(copy_to_file(STR("b"), &s->err));
	assert_int_equal(files_read(disk, path, s->arena, &text, &s->err), FILES_OK);
	assert_true(str_eq(text, STR("b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy__says_it_in_base64_alone),
		cmocka_unit_test(test_copy__goes_where_it_arrives),
		cmocka_unit_test_setup_teardown(test_copy__writes_a_file_for_the_user_alone, scratch_setup,
		                                scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
