#include "core/job/request.h"

#include "tests/core/os/scratch.h"

static int request_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	return failed || setenv("XDG_STATE_HOME", s->dir, 1);
}

#define REQUEST_TEST(f) cmocka_unit_test_setup_teardown(f, request_setup, scratch_teardown)

static void test_request__comes_back_as_it_was_written(void **state)
{
	struct scratch *s = *state;
	const char *profiles[] = { "p2", "p1" };
	struct pair options[] = { { STR("tag"), STR("a:1") }, { STR("tag"), STR("b:2") } };
	struct pair named[] = { { STR("big"), STR("tcp://big:2376") } };
	struct pair texts[] = {
		{ STR("/a"), STR("{\"x\": 1}\n") }, { STR("/gone"), { 0 } },
		{ STR("/latin"), STR("caf\xe9 \xff\x00z") }, { STR("/empty"), STR("") },
	};
	struct combo combos[] = { { profiles, 2 }, { NULL, 0 } };
	const char *engines[] = { "big", "unix:///s" };
	struct request r = {
		.pool = { .engines = engines, .n = 2, .first = "big", .cache = "reg/c" },
		.combos = combos, .ncombos = 2, .jobs = 3, .batch = "b",
		.id = "i", .argument = "/p", .kind = "pesto", .engine = "auto", .named = named,
		.nnamed = 1, .texts = texts, .ntexts = 4, .log_limit = 1ull << 40, .retry_of = "o",
		.selection = { .profiles = profiles, .nprofiles = 2, .rule = CASCADE_DEEP,
		               .level = "C1", .options = options, .noptions = 2, .abilities = 5 },
	};
	owned_buf struct buf text = { 0 };
	request_write(&text, &r);
	owned(request) struct request *back = request_read(buf_str(&text), &s->err);
	assert_non_null(back);
	assert_string_equal(back->id, "i");
	assert_string_equal(back->retry_of, "o");
	assert_string_equal(back->batch, "b");
	assert_true(back->pool.n == 2);
	assert_string_equal(back->pool.engines[1], "unix:///s");
	assert_string_equal(back->pool.first, "big");
	assert_string_equal(back->pool.cache, "reg/c");
	assert_true(back->ncombos == 2 && back->jobs == 3 && back->combos[1].n == 0);
	assert_true(combo_is(&back->combos[0], profiles, 2));
	assert_true(back->selection.nprofiles == 2 && back->selection.rule == CASCADE_DEEP);
	assert_string_equal(back->selection.profiles[0], "p2");
	assert_string_equal(back->selection.level, "C1");
	assert_true(back->selection.noptions == 2 && back->selection.abilities == 5);
	assert_true(str_eq(back->selection.options[1].value, STR("b:2")));
	assert_true(str_eq(back->named[0].value, STR("tcp://big:2376")));
	assert_true(back->log_limit == 1ull << 40 && back->ntexts == 4);
	for (size_t i = 0; i < 4; i++) {
		assert_true(str_eq(back->texts[i].name, texts[i].name));
		assert_true(str_eq(back->texts[i].value, texts[i].value));
		assert_true(!back->texts[i].value.p == !texts[i].value.p);
	}
}

static void test_request__refuses_what_is_none(void **state)
{
	struct scratch *s = *state;
	static const char *const bad[] = {
		"", "[]", "{}", "{\"format\": 1}",
		"{\"format\": 2, \"id\": \"a\", \"argument\": \"b\", "
		"\"kind\": \"c\", \"engine\": \"d\", \"selection\": {}}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		s->err = (struct error){ 0 };
		assert_null(request_read(str_of(bad[i]), &s->err));
		assert_non_null(strstr(s->err.text, "request.json"));
	}
}

static void test_request__ids_are_new_and_found_by_a_prefix(void **state)
{
	struct scratch *s = *state;
	size_t n;
	assert_null(request_find(NULL, &s->err));
	assert_string_equal(s->err.text, "there is no build yet");
	const char *first = request_new_id(&s->err), *second = request_new_id(&s->err);
	assert_true(first && second && strlen(first) == 20 && strcmp(first, second) < 0);
	const char *dir = scratch_path(s, arena_printf(s->arena, "mortar/builds/%s", first));
	struct stat st;
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_string_equal(request_find(first, &s->err), dir);
	const char *const *ids = request_list(s->arena, &n, &s->err);
	assert_true(n == 2 && strcmp(ids[0], second) == 0 && strcmp(ids[1], first) == 0);
	const char *newest = request_find("last", &s->err);
	assert_non_null(strstr(newest, ids[0]));
	assert_true(newest == request_find(NULL, &s->err));
	assert_null(request_find("2", &s->err));
	assert_non_null(strstr(s->err.text, "means 2 builds"));
	assert_null(request_find("1999", &s->err));
	assert_non_null(strstr(s->err.text, "there is no build '1999'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REQUEST_TEST(test_request__comes_back_as_it_was_written),
		REQUEST_TEST(test_request__refuses_what_is_none),
		REQUEST_TEST(test_request__ids_are_new_and_found_by_a_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
