#include "core/project/preferences_keep.h"

#include "core/os/files.h"
#include "core/project/preferences.h"
#include "tests/core/os/scratch.h"

static void check_keep(struct scratch *s, const char *before, const char *after)
{
	const char *path = arena_printf(s->arena, "%s/config.toml", s->dir);
	owned(files) struct files *disk = files_disk("/");
	struct str text = { 0 };
	if (before)
		assert_true(save_file(path, str_of(before), 0600, &s->err));
	assert_true(preferences_keep_engine(path, "/p/a \"b\"", "far", &s->err));
	assert_int_equal(files_read(disk, path, s->arena, &text, &s->err), FILES_OK);
	assert_string_equal(arena_text(s->arena, text), after);
	owned(problems) struct problems *problems = problems_new();
	owned(preferences) struct preferences *p =
		preferences_read(disk, path, "/p/a \"b\"", problems);
	assert_int_equal(problems_count(problems), 0);
	assert_string_equal(p->project_engine, "far");
	owned(preferences) struct preferences *other = preferences_read(disk, path, "/p", problems);
	assert_null(other->project_engine);
	assert_true(save_remove(path, &s->err));
}

#define TABLE "[project.\"/p/a \\\"b\\\"\"]\n"

static void test_preferences_keep__changes_one_line(void **state)
{
	struct scratch *s = *state;
	check_keep(s, NULL, TABLE "engine = \"far\"\n");
	check_keep(s, "theme = 'paper'", "theme = 'paper'\n\n" TABLE "engine = \"far\"\n");
	check_keep(s, "# mine\ntheme = 'paper' # so\n",
	           "# mine\ntheme = 'paper' # so\n\n" TABLE "engine = \"far\"\n");
	check_keep(s, TABLE "engine = 'auto' # why\n[project.'/q']\nengine = 'x'\n",
	           TABLE "engine = \"far\" # why\n[project.'/q']\nengine = 'x'\n");
	check_keep(s, TABLE "# nothing yet\n[history]\nkeep_days = 3\n",
	           TABLE "engine = \"far\"\n# nothing yet\n[history]\nkeep_days = 3\n");
	check_keep(s, TABLE, TABLE "engine = \"far\"\n");
	check_keep(s, "[project]\n\"/p/a \\\"b\\\"\" = { engine = \"x\" }\n",
	           "[project]\n\"/p/a \\\"b\\\"\" = { engine = \"far\" }\n");
}

static void test_preferences_keep__leaves_what_it_cannot_read_or_add_to(void **state)
{
	struct scratch *s = *state;
	static const char *const texts[] = {
		"theme = \n", "[project]\n\"/p\" = {}\n", "project = 3\n",
	};
	const char *path = arena_printf(s->arena, "%s/config.toml", s->dir);
	owned(files) struct files *disk = files_disk("/");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str text = { 0 };
		assert_true(save_file(path, str_of(texts[i]), 0600, &s->err));
		assert_false(preferences_keep_engine(path, "/p", "far", &s->err));
		assert_int_equal(s->err.code, ERROR_PROJECT);
		assert_non_null(strstr(s->err.text, "config.toml"));
		assert_int_equal(files_read(disk, path, s->arena, &text, &s->err), FILES_OK);
		assert_string_equal(arena_text(s->arena, text), texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_preferences_keep__changes_one_line, scratch_setup,
		                                scratch_teardown),
		cmocka_unit_test_setup_teardown(
			test_preferences_keep__leaves_what_it_cannot_read_or_add_to, scratch_setup,
			scratch_teardown),
	};
	return cmocka_run_group_tests_name("preferences_keep", tests, NULL, NULL);
}
