#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/engine/linewise.h"

struct heard {
	struct buf text;                /* lines, those that begin with '>' before them */
	size_t longest;
};

static void hear(void *data, struct str line, bool begins)
{
	struct heard *h = data;
	h->longest = line.n > h->longest ? line.n : h->longest;
	buf_append_char(&h->text, begins ? '>' : '+');
	buf_append(&h->text, str_slice(line, 0, 10));
}

static void test_linewise__passes_lines_on_in_pieces_of_any_size(void **state)
{
	static const char text[] = "one\n\ntwo\r\nthree";
	(void)state;
	for (size_t piece = 1; piece <= sizeof text; piece++) {
		struct linewise l = { 0 };
		struct heard h = { 0 };
		for (size_t at = 0; at < sizeof text - 1; at += piece)
			linewise_feed(&l, str_slice(STR(text), at, piece), hear, &h);
		linewise_end(&l, hear, &h);
		assert_string_equal(buf_text(&h.text), ">one\n>\n>two\r\n>three");
		buf_finish(&h.text);
		linewise_finish(&l);
	}
}

/* The rest of a line may look like anything: it is no line. */
static void test_linewise__cuts_a_line_that_never_ends(void **state)
{
	struct linewise l = { 0 };
	struct heard h = { 0 };
	owned_buf struct buf line = { 0 };
	(void)state;
	buf_append_fill(&line, 'x', LINEWISE_MAX + 3);
	buf_append(&line, STR("\nnext\n"));
	linewise_feed(&l, buf_str(&line), hear, &h);
	assert_int_equal(h.longest, LINEWISE_MAX);
	assert_string_equal(buf_text(&h.text), ">xxxxxxxxxx+xxx\n>next\n");
	buf_finish(&h.text);
	linewise_finish(&l);
}

static void test_linewise__takes_the_end_of_a_line_off(void **state)
{
	(void)state;
	assert_true(str_eq(linewise_text(STR("a\r\n")), STR("a")));
	assert_true(str_eq(linewise_text(STR("a\n")), STR("a")));
	assert_true(str_eq(linewise_text(STR("a")), STR("a")));
	assert_true(str_eq(linewise_text(STR("\n")), STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linewise__passes_lines_on_in_pieces_of_any_size),
		cmocka_unit_test(test_linewise__cuts_a_line_that_never_ends),
		cmocka_unit_test(test_linewise__takes_the_end_of_a_line_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
