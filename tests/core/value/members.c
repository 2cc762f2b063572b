#include "tests/core/value/reading.h"

/* Members are found at every size around the one where the table begins, while
 * the object grows and while members are replaced. */
static void test_members__are_found_while_the_object_grows(void **state)
{
	struct reading *r = *state;
	struct value *o = value_new_object(r->arena);
	for (int n = 0; n < 200; n++) {
		value_set(r->arena, o, arena_printf(r->arena, "a rather long key %d", n),
		          value_new_integer(r->arena, n));
		value_set(r->arena, o, "moving", value_new_integer(r->arena, n));
		assert_int_equal(value_count(o), n + 2);
		for (int i = 0; i <= n + 1; i++) {
			const char *key = arena_printf(r->arena, "a rather long key %d", i);
			const struct value *m = value_get(o, str_of(key));
			assert_int_equal(m != NULL, i <= n);
			if (m)
				assert_str(value_text(m), arena_printf(r->arena, "%d", i));
		}
		assert_str(value_text(value_get(o, STR("moving"))),
		           arena_printf(r->arena, "%d", n));
	}
}

static void test_members__keys_differ_by_their_last_byte_and_length(void **state)
{
	struct reading *r = *state;
	struct value *o = value_new_object(r->arena);
	char key[40] = { 0 };
	for (int n = 0; n < 39; n++) {
		value_append(o, arena_str(r->arena, (struct str){ key, (size_t)n }),
		             (struct span){ 0 }, value_new_integer(r->arena, n));
		key[n] = n % 3 ? 'x' : '\0';
	}
	assert_int_equal(value_count(o), 39);
	for (int n = 0; n < 39; n++)
		assert_str(value_text(value_get(o, (struct str){ key, (size_t)n })),
		           arena_printf(r->arena, "%d", n));
}

/* Appended unseen, whether the table is made before them or after. */
static void test_members__appended_as_new_are_found(void **state)
{
	struct reading *r = *state;
	for (int asked_at = 0; asked_at < 100; asked_at += 33) {
		struct value *o = value_new_object(r->arena);
		for (int n = 0; n < 100; n++) {
			struct str key = str_of(arena_printf(r->arena, "key %d", n));
			if (n == asked_at)
				assert_null(value_get(o, key));
			value_append_new(o, key, (struct span){ 0 },
			                 value_new_integer(r->arena, n));
		}
		assert_int_equal(value_count(o), 100);
		for (int n = 0; n < 100; n++) {
			const char *key = arena_printf(r->arena, "key %d", n);
			assert_str(value_text(value_get(o, str_of(key))),
			           arena_printf(r->arena, "%d", n));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING_TEST(test_members__are_found_while_the_object_grows),
		READING_TEST(test_members__keys_differ_by_their_last_byte_and_length),
		READING_TEST(test_members__appended_as_new_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
