#include "core/config/profiles.h"

#include "tests/core/config/reading.h"

static void test_profiles__names_are_letters_digits_and_two_signs(void **state)
{
	(void)state;
	static const char *const good[] = { "p1", "GPU", "a_b-c", "0", "-", "_" };
	static const char *const bad[] = {
		"", "a.b", "a b", "é", "../x", "a/b", "a\n", "$x", "@", "[",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(profile_is_name(str_of(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(profile_is_name(str_of(bad[i])));
	assert_false(profile_is_name((struct str){ "a\0b", 3 }));
}

static void test_profiles__known_ones_are_sorted_and_listed_once(void **state)
{
	struct project *p = *state;
	const char *const *known;
	size_t n;
	struct document documents[2];
	project_put(p, "a.json", "{}");
	project_put(p, "a.stateful.json", "{}");
	project_put(p, "a.gpu.json", "{broken");
	project_put(p, "b.json", "{}");
	project_put(p, "b.gpu.json", "{}");
	project_put(p, "b.Z.json", "{}");
	project_read(p, "stateful,gone", CASCADE_ROOT, "a.json");
	documents[0] = p->document;
	project_read(p, "gpu", CASCADE_ROOT, "b.json");
	documents[1] = p->document;
	cascade_profiles(p->arena, documents, 2, &known, &n);
	assert_int_equal(n, 3);
	assert_string_equal(known[0], "Z");
	assert_string_equal(known[1], "gpu");
	assert_string_equal(known[2], "stateful");
	cascade_profiles(p->arena, documents, 0, &known, &n);
	assert_int_equal(n, 0);
}

static void test_profiles__unknown_ones_are_errors_that_name_the_known(void **state)
{
	struct project *p = *state;
	static const char *const known[] = { "gpu", "stateful" };
	static const char *const asked[] = { "gpu", "gpx", "a b", "stateful" };
	struct selection selection = { .profiles = asked, .nprofiles = 4 };
	assert_false(cascade_check_profiles(&selection, known, 2, p->reading->problems));
	assert_int_equal(problems_errors(p->reading->problems), 2);
	assert_string_equal(reading_problem(p->reading, 0),
	                    "no file knows the profile gpx; known are gpu, stateful");
	assert_string_equal(reading_problem(p->reading, 1),
	                    "\"a b\" is no profile name; one is made of letters, digits, _ and -");
	selection.nprofiles = 1;
	reading_again(p->reading);
	assert_true(cascade_check_profiles(&selection, known, 2, p->reading->problems));
	assert_false(cascade_check_profiles(&selection, known, 0, p->reading->problems));
	assert_string_equal(reading_problem(p->reading, 0),
	                    "no file knows the profile gpu; this project has no profiles");
}

static void test_profiles__one_given_twice_is_an_error(void **state)
{
	struct project *p = *state;
	static const char *const known[] = { "gpu", "stateful" };
	static const char *const asked[] = { "gpu", "stateful", "gpu" };
	struct selection selection = { .profiles = asked, .nprofiles = 3 };
	assert_false(cascade_check_profiles(&selection, known, 2, p->reading->problems));
	assert_int_equal(problems_errors(p->reading->problems), 1);
	assert_string_equal(reading_problem(p->reading, 0), "the profile gpu is given twice: name it "
	                    "once, at its place in the order");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROJECT_TEST(test_profiles__names_are_letters_digits_and_two_signs),
		PROJECT_TEST(test_profiles__known_ones_are_sorted_and_listed_once),
		PROJECT_TEST(test_profiles__unknown_ones_are_errors_that_name_the_known),
		PROJECT_TEST(test_profiles__one_given_twice_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
