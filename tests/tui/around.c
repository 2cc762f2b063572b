#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/around.h"
#include "tui/reply.h"

static struct around learn(const char *term, const char *vte, const char *tmux)
{
	const struct around_environment e = { .term = term, .vte = vte, .tmux = tmux };
	return around_learn(&e);
}

static void test_around__asks_only_who_is_known_to_answer(void **state)
{
	static const struct { const char *term, *tmux, *sent; } rows[] = {
		{ "xterm-256color", NULL, "\x1b]11;?\a\x1b[?2026$p\x1b[c" },
		{ "tmux-256color", "/tmp/x", "\x1b]11;?\a\x1b[c" },
		{ "linux", NULL, "" }, { "vt100", NULL, "" }, { "dumb", NULL, "" }, { NULL, NULL, "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct around a = learn(rows[i].term, NULL, rows[i].tmux);
		owned_buf struct buf out = { 0 };
		around_ask(&a, &out);
		assert_string_equal(buf_text(&out), rows[i].sent);
	}
}

static void test_around__gives_back_what_it_took(void **state)
{
	struct around a = learn("xterm", "7900", NULL), none = { 0 };
	owned_buf struct buf out = { 0 };
	(void)state;
	around_begin(&a, &out);
	around_end(&a, &out);
	assert_string_equal(buf_text(&out), "\x1b[22;2t\x1b[?1004h"
	                                    "\x1b]9;4;0\a\x1b[?1004l\x1b[23;2t");
	buf_clear(&out);
	around_begin(&none, &out);
	around_title(&none, STR("x"), &out);
	around_progress(&none, AROUND_RUNS, 5, &out);
	around_notice(&none, STR("x"), STR("y"), &out);
	around_end(&none, &out);
	assert_int_equal(out.n, 0);
}

static void test_around__lets_nothing_out_of_a_title(void **state)
{
	struct around a = learn("xterm", "7900", NULL);
	owned_buf struct buf out = { 0 }, longer = { 0 };
	(void)state;
	around_title(&a, STR("a\a\x1b]0;evil\x1b\\\xc2\x9c\xe2\x80\xae" "b"), &out);
	assert_string_equal(buf_text(&out), "\x1b]2;a\\x07\\x1b]0;evil\\x1b\\\\x9c\\u202eb\a");
	buf_clear(&out);
	around_notice(&a, STR("a;b"), STR("c\n"), &out);
	assert_string_equal(buf_text(&out), "\x1b]777;notify;a,b;c\\n\a\a");
	for (int i = 0; i < 200; i++)
		buf_append_text(&longer, "\xc3\xa9");
	buf_clear(&out);
	around_title(&a, buf_str(&longer), &out);
	assert_int_equal(out.n, strlen("\x1b]2;\a") + AROUND_TITLE_MAX);
}

static void test_around__progress_goes_only_where_it_is_no_notice(void **state)
{
	static const struct { const char *vte, *tmux; bool has; } rows[] = {
		{ "7900", NULL, true }, { "6800", NULL, false }, { "x", NULL, false },
		{ NULL, NULL, false }, { "7900", "/tmp/x", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(learn("xterm", rows[i].vte, rows[i].tmux).progress, rows[i].has);
	struct around a = learn("xterm", "7900", NULL);
	owned_buf struct buf out = { 0 };
	around_progress(&a, AROUND_RUNS, 140, &out);
	around_progress(&a, AROUND_FAILED, 7, &out);
	around_progress(&a, AROUND_ENDLESS, 7, &out);
	assert_string_equal(buf_text(&out), "\x1b]9;4;1;100\a\x1b]9;4;2;7\a\x1b]9;4;3\a");
}

static void test_around__long_frames_are_one(void **state)
{
	owned_buf struct buf frame = { 0 };
	(void)state;
	buf_append_text(&frame, "short");
	around_frame(&frame);
	assert_string_equal(buf_text(&frame), "short");
	while (frame.n < AROUND_FRAME_MIN)
		buf_append_char(&frame, 'x');
	around_frame(&frame);
	assert_int_equal(frame.n, AROUND_FRAME_MIN + 16);
	assert_true(str_has_prefix(buf_str(&frame), STR("\x1b[?2026hshort")));
	assert_true(str_has_suffix(buf_str(&frame), STR("x\x1b[?2026l")));
}

static void test_around__tells_light_from_dark(void **state)
{
	(void)state;
	assert_false(around_is_light(0x000000));
	assert_false(around_is_light(0x5f5f5f));
	assert_true(around_is_light(0x808080));
	assert_true(around_is_light(0xfdf6e3));
	assert_int_equal(around_hint("15;0"), 0);
	assert_int_equal(around_hint("0;default;15"), 1);
	assert_int_equal(around_hint("0;7"), 1);
	assert_int_equal(around_hint("15;8"), 0);
	assert_int_equal(around_hint("0;x"), -1);
	assert_int_equal(around_hint(NULL), -1);
}

/* What is typed, and [what was answered]. */
static void read_keys(const char *text, struct buf *out)
{
	struct reply r = { 0 };
	for (; *text; text++) {
		enum reply_kind kind = reply_feed(&r, (unsigned char)*text);
		if (kind == REPLY_BACKGROUND)
			buf_printf(out, "[%06x]", r.rgb);
		else if (kind != REPLY_MORE && kind != REPLY_KEYS)
			buf_printf(out, "[%s]", kind == REPLY_SYNCHRONIZED ? "sync"
			                        : kind == REPLY_END ? "end" : "other");
		for (size_t i = 0; i < r.typed; i++)
			buf_append_char(out, r.keys[i] == 27 ? '^' : (char)r.keys[i]);
	}
	if (reply_has_begun(&r))
		buf_append_char(out, '+');
	reply_release(&r);
	for (size_t i = 0; i < r.typed; i++)
		buf_append_char(out, r.keys[i] == 27 ? '^' : (char)r.keys[i]);
}

static void test_reply__tells_answers_from_keys(void **state)
{
	static const struct { const char *keys, *read; } rows[] = {
		{ "jk", "jk" },
		{ "\x1b", "^" },
		{ "\x1b]d", "^]d" },
		{ "\x1b[e", "^[e" },
		{ "\x1b\x1b", "^^" },
		{ "\x1b]11;rgb:ffff/8080/0000\a", "[ff8000]" },
		{ "\x1b]11;rgb:1c/2b/3d\x1b\\j", "[1c2b3d]j" },
		{ "\x1b]11;rgb:f/0/8\a", "[ff0088]" },
		{ "x\x1b[?2026;2$y\x1b[?62;4;22cy", "x[sync][end]y" },
		{ "\x1b[?2026;0$y", "[other]" },
		{ "\x1b\x1b]11;rgb:00/00/00\a", "^[000000]" },
		{ "\x1b]11;rgb:", "+^]11;rgb:" },
		{ "\x1b]11;rgb:zz", "^]11;rgb:zz" },
		{ "\x1b]52;c;aGk=\a", "^]52;c;aGk=\a" },
		{ "\x1b[?11111111111111111111111111111111111111111111111111111111111111111111",
		  "^[?11111111111111111111111111111111111111111111111111111111111111111111" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		owned_buf struct buf out = { 0 };
		read_keys(rows[i].keys, &out);
		assert_string_equal(buf_text(&out), rows[i].read);
	}
}

/* What was typed is what came, from `taken` on. */
static size_t expect_typed(const struct reply *r, const struct buf *in, size_t taken)
{
	for (size_t i = 0; i < r->typed; i++)
		assert_int_equal(r->keys[i], (unsigned char)in->p[taken + i]);
	return taken + r->typed;
}

/* Whatever comes: nothing but answers is taken away, the rest stays in order. */
static void test_reply__loses_no_key(void **state)
{
	static const char letters[] = "\x1b\x1b\x1b][]?1;2026$ycrgb:/f0\a\\jO";
	static const char *const answers[] = { "\x1b[?1c", "\x1b]11;rgb:1/2/3\a", "\x1b[?2026;1$y" };
	uint32_t seed = 7;
	size_t answered = 0;
	(void)state;
	for (int round = 0; round < 20000; round++) {
		owned_buf struct buf in = { 0 };
		struct reply r = { 0 };
		size_t taken = 0;
		for (int i = 0; i < 12; i++) {
			seed = seed * 1664525 + 1013904223;
			uint32_t roll = seed >> 8;
			if (roll % 5 == 0)
				buf_append_text(&in, answers[roll / 5 % 3]);
			else
				buf_append_char(&in, letters[roll % (sizeof letters - 1)]);
		}
		for (size_t i = 0; i < in.n; i++) {
			enum reply_kind kind = reply_feed(&r, (unsigned char)in.p[i]);
			if (kind == REPLY_KEYS)
				taken = expect_typed(&r, &in, taken);
			if (kind == REPLY_KEYS || kind == REPLY_MORE)
				continue;
			assert_int_equal(in.p[taken], 27);
			taken = i + 1;
			answered++;
		}
		reply_release(&r);
		assert_int_equal(expect_typed(&r, &in, taken), in.n);
	}
	assert_true(answered > 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_around__asks_only_who_is_known_to_answer),
		cmocka_unit_test(test_around__gives_back_what_it_took),
		cmocka_unit_test(test_around__lets_nothing_out_of_a_title),
		cmocka_unit_test(test_around__progress_goes_only_where_it_is_no_notice),
		cmocka_unit_test(test_around__long_frames_are_one),
		cmocka_unit_test(test_around__tells_light_from_dark),
		cmocka_unit_test(test_reply__tells_answers_from_keys),
		cmocka_unit_test(test_reply__loses_no_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
