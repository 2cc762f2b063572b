#include "tui/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void test_messages__counts_what_is_said_again(void **state)
{
	(void)state;
	struct messages m = { 0 };
	messages_add(&m, false, STR("one"));
	messages_add(&m, false, STR("one"));
	messages_add(&m, true, STR("one"));
	messages_add(&m, true, STR(""));
	assert_int_equal(m.n, 3);
	assert_true(m.all[0].times == 2 && !m.all[0].alert && m.all[1].alert);
	assert_string_equal(m.all[2].text, "");
	assert_true(m.all[0].t > 1e9 && m.all[1].t >= m.all[0].t);
	messages_finish(&m);
}

static void test_messages__forgets_the_oldest(void **state)
{
	(void)state;
	struct messages m = { 0 };
	char text[32];
	for (int i = 0; i < MESSAGES_MAX + 10; i++) {
		snprintf(text, sizeof text, "message %d", i);
		messages_add(&m, false, str_of(text));
	}
	assert_int_equal(m.n, MESSAGES_MAX);
	assert_int_equal(m.forgotten, 10);
	assert_int_equal(m.said, MESSAGES_MAX + 10);
	assert_string_equal(m.all[0].text, "message 10");
	assert_string_equal(m.all[MESSAGES_MAX - 1].text, "message 2009");
	messages_finish(&m);
}

static void test_messages__cuts_what_nobody_reads(void **state)
{
	(void)state;
	static char long_text[MESSAGES_TEXT_MAX * 2];
	struct messages m = { 0 };
	memset(long_text, 'x', sizeof long_text);
	messages_add(&m, true, (struct str){ long_text, sizeof long_text });
	assert_int_equal(strlen(m.all[0].text), MESSAGES_TEXT_MAX);
	messages_finish(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages__counts_what_is_said_again),
		cmocka_unit_test(test_messages__forgets_the_oldest),
		cmocka_unit_test(test_messages__cuts_what_nobody_reads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
