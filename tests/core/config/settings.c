#include "core/config/settings.h"

#include "tests/core/config/reading.h"

static void test_settings__the_last_option_of_a_name_counts(void **state)
{
	(void)state;
	struct pair options[] = {
		{ STR("tag"), STR("a") }, { STR("target"), STR("") }, { STR("tag"), STR("b") },
	};
	struct selection selection = { .options = options, .noptions = 3 };
	assert_str(selection_option(&selection, "tag"), "b");
	assert_non_null(selection_option(&selection, "target").p);
	assert_null(selection_option(&selection, "platform").p);
	assert_null(selection_option(&(struct selection){ 0 }, "tag").p);
}

static void test_settings__own_their_arena_and_find_documents(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct settings *s = arena_alloc(arena, sizeof *s);
	struct document *documents = arena_array(arena, 2, sizeof *documents);
	documents[0].path = "pesto/api/config.json";
	documents[1].path = "pesto/build/build.json";
	*s = (struct settings){ .arena = arena, .documents = documents, .ndocuments = 2 };
	assert_ptr_equal(settings_document(s, STR("pesto/build/build.json")), &documents[1]);
	assert_null(settings_document(s, STR("pesto/api")));
	settings_free(s);
	settings_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings__the_last_option_of_a_name_counts),
		cmocka_unit_test(test_settings__own_their_arena_and_find_documents),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
