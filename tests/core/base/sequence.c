#include "core/base/sequence.h"

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "tests/core/base/testing.h"

/* Letters as items; the changes as "a,na>b,nb " each. */
static void check_letters(const char *one, const char *two, const char *want)
{
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf have = { 0 };
	const struct sequence_change *changes;
	uint32_t a[64], b[64], known[256];
	size_t na = strlen(one), nb = strlen(two);
	uint32_t n = 0;
	memset(known, 0xff, sizeof known);
	for (size_t i = 0; i < na + nb; i++) {
		unsigned char c = (unsigned char)(i < na ? one[i] : two[i - na]);
		if (known[c] == (uint32_t)-1)
			known[c] = n++;
		*(i < na ? &a[i] : &b[i - na]) = known[c];
	}
	size_t count = sequence_compare(arena, a, na, b, nb, &changes);
	for (size_t i = 0; i < count; i++)
		buf_printf(&have, "%zu,%zu>%zu,%zu ", changes[i].a, changes[i].na, changes[i].b,
		           changes[i].nb);
	assert_string_equal(buf_text(&have), want);
}

static void test_sequence__finds_what_came_and_went(void **state)
{
	(void)state;
	check_letters("", "", "");
	check_letters("abc", "abc", "");
	check_letters("", "ab", "0,0>0,2 ");
	check_letters("ab", "", "0,2>0,0 ");
	check_letters("abc", "axc", "1,1>1,1 ");
	check_letters("abc", "xabc", "0,0>0,1 ");
	check_letters("abc", "abcx", "3,0>3,1 ");
	check_letters("abcd", "acd", "1,1>1,0 ");
	check_letters("abcd", "dabc", "0,0>0,1 3,1>4,0 ");
	check_letters("abxcd", "aybczd", "1,0>1,1 2,1>3,0 4,0>4,1 ");
}

/* The length of a longest common part, by the table that everybody knows. */
static size_t common_length(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	static size_t table[81][81];
	for (size_t i = 0; i <= na; i++)
		for (size_t k = 0; k <= nb; k++) {
			size_t up = i ? table[i - 1][k] : 0, left = k ? table[i][k - 1] : 0;
			table[i][k] = !i || !k ? 0 : a[i - 1] == b[k - 1] ? table[i - 1][k - 1] + 1
			              : up > left ? up : left;
		}
	return table[na][nb];
}

/* The changes turn a into b; returns how many items they leave alone. */
static size_t check_applies(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	owned(arena) struct arena *arena = arena_new();
	const struct sequence_change *changes;
	size_t n = sequence_compare(arena, a, na, b, nb, &changes), i = 0, k = 0, same = 0;
	for (size_t c = 0; c <= n; c++) {
		size_t until = c < n ? changes[c].a : na;
		for (; i < until; i++, k++, same++)
			assert_int_equal(a[i], b[k]);
		if (c == n)
			break;
		assert_int_equal(k, changes[c].b);
		assert_true(changes[c].na || changes[c].nb);
		i += changes[c].na;
		k += changes[c].nb;
	}
	assert_int_equal(i, na);
	assert_int_equal(k, nb);
	return same;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void test_sequence__is_right_and_shortest_for_random_ones(void **state)
{
	(void)state;
	uint32_t seed = 1, a[80], b[80];
	for (int round = 0; round < 3000; round++) {
		size_t na = next_random(&seed) % 80, nb = next_random(&seed) % 80;
		uint32_t letters = 1 + next_random(&seed) % 12;
		letters = letters > na + nb ? (uint32_t)(na + nb) : letters;
		for (size_t i = 0; i < na; i++)
			a[i] = next_random(&seed) % letters;
		for (size_t i = 0; i < nb; i++)
			b[i] = next_random(&seed) % letters;
		assert_int_equal(check_applies(a, na, b, nb), common_length(a, na, b, nb));
	}
}

/* Half a million items each, nearly all in another order: what Myers alone would take
 * for ever with. */
static void test_sequence__is_right_for_long_ones_that_differ_everywhere(void **state)
{
	(void)state;
	enum { MANY = 300000 };
	uint32_t seed = 2, *a = malloc(2 * MANY * sizeof *a), *b = a + MANY;
	assert_non_null(a);
	for (size_t i = 0; i < MANY; i++) {
		a[i] = next_random(&seed) % 1000;
		b[i] = next_random(&seed) % 1000;
	}
	check_applies(a, MANY, b, MANY);
	/* Where little differs the rest is found, however long. */
	memcpy(b, a, MANY * sizeof *a);
	for (size_t i = 0; i < MANY; i += 1000)
		b[i] = 1000;
	assert_int_equal(check_applies(a, MANY, b, MANY), MANY - MANY / 1000);
	free(a);
}

static void test_sequence__takes_lines_with_and_without_a_last_line_end(void **state)
{
	(void)state;
	owned(arena) struct arena *arena = arena_new();
	struct sequence_lines lines;
	sequence_lines(arena, STR("FROM a\nRUN b\n\nRUN c"), STR("FROM a\nRUN x\n\nRUN c\n"), &lines);
	assert_int_equal(lines.na, 4);
	assert_int_equal(lines.nb, 4);
	assert_str(lines.a[3], "RUN c");
	assert_str(lines.b[2], "");
	assert_int_equal(lines.nchanges, 1);
	assert_int_equal(lines.changes[0].a, 1);
	assert_int_equal(lines.changes[0].na, 1);
	sequence_lines(arena, STR(""), STR("\n"), &lines);
	assert_int_equal(lines.na, 0);
	assert_int_equal(lines.nb, 1);
	assert_int_equal(lines.nchanges, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequence__finds_what_came_and_went),
		cmocka_unit_test(test_sequence__is_right_and_shortest_for_random_ones),
		cmocka_unit_test(test_sequence__is_right_for_long_ones_that_differ_everywhere),
		cmocka_unit_test(test_sequence__takes_lines_with_and_without_a_last_line_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
