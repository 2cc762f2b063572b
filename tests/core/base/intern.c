#include "core/base/intern.h"

#include <stdio.h>

#include "tests/core/base/testing.h"

static void test_intern__equal_texts_are_one(void **state)
{
	(void)state;
	char text[] = "pesto/api/config.json";
	const char *first = intern(str_of(text));
	text[0] = 'x';
	assert_string_equal(first, "pesto/api/config.json");
	assert_ptr_equal(intern(STR("pesto/api/config.json")), first);
	assert_ptr_not_equal(intern(STR("pesto/api/config.jso")), first);
	assert_string_equal(intern((struct str){ 0 }), "");
	assert_ptr_equal(intern(STR("")), intern((struct str){ 0 }));
	assert_ptr_equal(intern(STR("a\0b")), intern(STR("a")));
}

static void test_intern__texts_stay_where_they_are(void **state)
{
	(void)state;
	const char *first = intern(STR("stays"));
	for (int i = 0; i < 1000; i++) {
		char name[16];
		snprintf(name, sizeof name, "name%d", i);
		intern(str_of(name));
	}
	assert_ptr_equal(intern(STR("stays")), first);
	assert_string_equal(first, "stays");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intern__equal_texts_are_one),
		cmocka_unit_test(test_intern__texts_stay_where_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
