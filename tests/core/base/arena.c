#include "core/base/arena.h"

#include "tests/core/base/testing.h"

static void test_arena__pieces_are_zeroed_aligned_and_apart(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 100, 4096, 5000, 1 << 20, 2 << 20,
	                                3 << 20, 100 << 20, 8, 60 << 20, 64 << 20, 9 };
	char *pieces[sizeof sizes / sizeof *sizes];
	size_t n = sizeof sizes / sizeof *sizes, asked = 0;
	for (size_t i = 0; i < n; i++) {
		pieces[i] = arena_alloc(a, sizes[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		for (size_t j = 0; j < sizes[i]; j++)
			if (pieces[i][j])
				fail_msg("byte %zu of piece %zu is not zero", j, i);
		memset(pieces[i], (int)i + 1, sizes[i]);
		asked += sizes[i];
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sizes[i]; j++)
			if (pieces[i][j] != (char)(i + 1))
				fail_msg("piece %zu was written over", i);
	assert_int_equal(arena_size(a), asked);
}

static void test_arena__many_small_and_large_pieces(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	unsigned *before = NULL;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned *p = arena_array(a, i % 100 ? 4 : 20000, sizeof *p);
		p[0] = i;
		if (before)
			assert_int_equal(*before, i - 1);
		before = p;
	}
}

static void test_arena__texts_end_with_nul(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	assert_string_equal(arena_text(a, (struct str){ "abcdef", 3 }), "abc");
	assert_string_equal(arena_text(a, (struct str){ 0 }), "");
	struct str s = arena_str(a, STR("a\0b"));
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 4);
	assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
}

static void test_arena__keeps_others_alive(void **state)
{
	(void)state;
	owned(arena) struct arena *a = arena_new();
	struct arena *kept = arena_new();
	char *p = arena_text(kept, STR("kept"));
	arena_keep(a, kept);
	assert_string_equal(p, "kept");
	arena_free(NULL);
}

/* What stood before the mark stays, what comes after it is zeroed anew, across blocks of
 * every kind. */
static void test_arena__rewinding_forgets_what_came_after_the_mark(void **state)
{
	(void)state;
	static const size_t before[] = { 0, 10, 4000, 100000, 3 << 20 };
	static const size_t after[] = { 0, 1, 100, 5000, 70000, 3 << 20, 66 << 20 };
	owned(arena) struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		char *stays = arena_alloc(a, before[i]);
		size_t size = arena_size(a);
		memset(stays, 'x', before[i]);
		for (size_t j = 0; j < 2 * sizeof after / sizeof *after; j++) {
			struct arena_mark mark = arena_mark(a);
			for (size_t k = 0; k <= j / 2; k++) {
				char *p = arena_alloc(a, after[k]);
				for (size_t n = 0; n < after[k]; n++)
					if (p[n])
						fail_msg("byte %zu of %zu is not zero", n, after[k]);
				memset(p, 'y', after[k]);
			}
			arena_rewind(a, mark);
			assert_int_equal(arena_size(a), size);
		}
		for (size_t n = 0; n < before[i]; n++)
			if (stays[n] != 'x')
				fail_msg("byte %zu before the mark was lost", n);
	}
}

static void ask_too_much(void)
{
	volatile size_t count = SIZE_MAX / 2;
	arena_array(arena_new(), count, 16);
}

static void test_arena__a_product_that_overflows_is_a_bug(void **state)
{
	(void)state;
	assert_true(testing_dies(ask_too_much));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena__pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(test_arena__many_small_and_large_pieces),
		cmocka_unit_test(test_arena__texts_end_with_nul),
		cmocka_unit_test(test_arena__keeps_others_alive),
		cmocka_unit_test(test_arena__rewinding_forgets_what_came_after_the_mark),
		cmocka_unit_test(test_arena__a_product_that_overflows_is_a_bug),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
