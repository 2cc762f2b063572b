#include "core/value/json.h"
#include "tests/core/recipe/dockerfile.h"

static void test_recipe_json__writes_the_list_of_read(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf out = { 0 };
	assert_non_null(dockerfile_syntax(d, "ARG a\nfrom --platform=x b\n"
	                                  "COPY --link <<-E /\"c\n\td\nE\n"
	                                  "ONBUILD RUN [\"e\"]\nFOO g"));
	recipe_write_json(&out, d->recipe);
	assert_string_equal(buf_text(&out), "[\n"
		"    {\"instruction\": \"ARG\", \"flags\": [], \"args\": [\"a\"], \"form\": \"shell\", "
		"\"heredocs\": [], \"first_line\": 1, \"last_line\": 1, \"stage\": -1},\n"
		"    {\"instruction\": \"FROM\", \"flags\": [{\"name\": \"platform\", \"value\": \"x\"}], "
		"\"args\": [\"b\"], \"form\": \"shell\", \"heredocs\": [], \"first_line\": 2, "
		"\"last_line\": 2, \"stage\": 0},\n"
		"    {\"instruction\": \"COPY\", \"flags\": [{\"name\": \"link\", \"value\": null}], "
		"\"args\": [\"<<-E\", \"/\\\"c\"], \"form\": \"shell\", \"heredocs\": [], "
		"\"first_line\": 3, \"last_line\": 3, \"stage\": 0},\n"
		"    {\"instruction\": \"d\", \"flags\": [], \"args\": [], \"form\": \"shell\", "
		"\"heredocs\": [], \"first_line\": 4, \"last_line\": 4, \"stage\": 0},\n"
		"    {\"instruction\": \"E\", \"flags\": [], \"args\": [], \"form\": \"shell\", "
		"\"heredocs\": [], \"first_line\": 5, \"last_line\": 5, \"stage\": 0},\n"
		"    {\"instruction\": \"ONBUILD\", \"flags\": [], \"args\": [], \"form\": \"shell\", "
		"\"heredocs\": [], \"trigger\": {\"instruction\": \"RUN\", \"flags\": [], "
		"\"args\": [\"e\"], \"form\": \"exec\", \"heredocs\": []}, \"first_line\": 6, "
		"\"last_line\": 6, \"stage\": 0},\n"
		"    {\"instruction\": \"FOO\", \"flags\": [], \"args\": [], \"form\": \"shell\", "
		"\"heredocs\": [], \"first_line\": 7, \"last_line\": 7, \"stage\": 0}\n"
		"]");
}

static void test_recipe_json__writes_heredocs(void **state)
{
	struct dockerfile *d = *state;
	owned_buf struct buf out = { 0 };
	const struct value *list;
	struct error err;
	assert_non_null(dockerfile_syntax(d, "RUN <<-'E'\n\ta\"\x01\nE"));
	recipe_write_json(&out, d->recipe);
	assert_true(value_parse_json(d->arena, buf_str(&out), &list, &err));
	const struct value *h = value_at(list, STR("/0/heredocs/0"));
	assert_text(value_text(value_get(h, STR("name"))), "E");
	assert_text(value_text(value_get(h, STR("text"))), "\ta\"\x01\n");
	assert_false(value_is_true(value_get(h, STR("expand"))));
	assert_true(value_is_true(value_get(h, STR("strip_tabs"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCKERFILE_TEST(test_recipe_json__writes_the_list_of_read),
		DOCKERFILE_TEST(test_recipe_json__writes_heredocs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
