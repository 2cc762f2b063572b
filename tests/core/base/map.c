#include "core/base/map.h"

#include "tests/core/base/testing.h"

static void test_map__sets_gets_and_replaces(void **state)
{
	(void)state;
	owned_map struct map m = { 0 };
	char one, two;
	assert_null(map_get(&m, STR("a")));
	assert_int_equal(map_index(&m, STR("a")), STR_NONE);
	assert_null(map_set(&m, STR("a"), &one));
	assert_ptr_equal(map_set(&m, STR("a"), &two), &one);
	assert_ptr_equal(map_get(&m, STR("a")), &two);
	assert_null(map_set(&m, STR(""), NULL));
	assert_true(map_has(&m, (struct str){ 0 }));
	assert_null(map_get(&m, STR("")));
	assert_false(map_has(&m, STR("a\0")));
	assert_int_equal(m.n, 2);
	map_finish(&m);
	assert_int_equal(m.n, 0);
	assert_false(map_has(&m, STR("a")));
}

static void test_map__walks_in_the_order_of_setting(void **state)
{
	(void)state;
	owned_map struct map m = { 0 };
	owned(arena) struct arena *a = arena_new();
	enum { MANY = 20000 };
	for (size_t i = 0; i < MANY; i++)
		map_set(&m, str_of(arena_printf(a, "key %zu", i)), a);
	for (size_t i = 0; i < MANY; i += 3)
		map_set(&m, str_of(arena_printf(a, "key %zu", i)), &m);
	assert_int_equal(m.n, MANY);
	for (size_t i = 0; i < MANY; i++) {
		const char *key = arena_printf(a, "key %zu", i);
		assert_str(m.items[i].key, key);
		assert_int_equal(map_index(&m, str_of(key)), i);
		assert_ptr_equal(m.items[i].value, i % 3 ? (void *)a : (void *)&m);
	}
}

static void test_map__hashes_alike_in_every_run(void **state)
{
	(void)state;
	/* FNV-1a of "" and "a", mixed. */
	assert_true(map_hash(STR("")) == (0xcbf29ce484222325u ^ 0xcbf29ce4u));
	assert_true(map_hash(STR("a")) == (0xaf63dc4c8601ec8cu ^ 0xaf63dc4cu));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map__sets_gets_and_replaces),
		cmocka_unit_test(test_map__walks_in_the_order_of_setting),
		cmocka_unit_test(test_map__hashes_alike_in_every_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
