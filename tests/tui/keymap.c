#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/keymap.h"

static enum action type(struct keymap *km, unsigned where, const char *keys, unsigned *count)
{
	struct str rest = str_of(keys);
	enum action action = ACTION_NONE;
	*count = 0;
	while (rest.n)
		action = keymap_feed(km, where, keymap_parse(&rest), count);
	return action;
}

static void test_keymap__reads_sequences_and_counts(void **state)
{
	(void)state;
	static const struct {
		const char *keys;
		unsigned where;
		enum action action;
		unsigned count;
	} cases[] = {
		{ "j", WHERE_PROJECT, ACTION_DOWN, 0 }, { "12j", WHERE_PROJECT, ACTION_DOWN, 12 },
		{ "10G", WHERE_PROJECT, ACTION_LAST, 10 }, { "g", WHERE_PROJECT, ACTION_NONE, 0 },
		{ "gg", WHERE_PROJECT, ACTION_FIRST, 0 }, { "5gg", WHERE_PROJECT, ACTION_FIRST, 5 },
		{ "zM", WHERE_PROJECT, ACTION_FOLD_ALL, 0 },
		{ "]d", WHERE_PROJECT, ACTION_NEXT_PROBLEM, 0 },
		{ "zx", WHERE_PROJECT, ACTION_UNKNOWN, 0 }, { "Z", WHERE_PROJECT, ACTION_UNKNOWN, 0 },
		{ "mq", WHERE_PROJECT, ACTION_MARK, 0 }, { "mQ", WHERE_PROJECT, ACTION_UNKNOWN, 0 },
		{ "'z", WHERE_BUILD, ACTION_TO_MARK, 0 }, { "m", WHERE_PICKER, ACTION_PICK_RULE, 0 },
		{ "5<lt>", WHERE_PROJECT, ACTION_NARROWER, 5 },
		{ "g<C-o>", WHERE_DIFF, ACTION_JUMP_FORTH, 0 },
		{ "<Tab>", WHERE_PROJECT, ACTION_NEXT_PANE, 0 },
		{ "<C-d>", WHERE_BUILD, ACTION_HALF_DOWN, 0 },
		{ "3", WHERE_LEVELS, ACTION_LEVEL3, 0 }, { "0", WHERE_LEVELS, ACTION_LEVEL0, 0 },
		{ "<Space>", WHERE_PICKER, ACTION_TOGGLE, 0 },
		{ "<Space>", WHERE_HELP, ACTION_SPACE_DOWN, 0 },
		{ "<Space>", WHERE_MATRIX, ACTION_TOGGLE, 0 }, { "+", WHERE_BATCH, ACTION_MORE, 0 },
		{ "4", WHERE_BATCH, ACTION_LEVEL4, 0 }, { "<F5>", WHERE_PROJECT, ACTION_VIEW4, 0 },
		{ "0", WHERE_PROJECT, ACTION_UNKNOWN, 0 }, { "5<Esc>", WHERE_PROJECT, ACTION_NONE, 0 },
		{ "g<Esc>j", WHERE_PROJECT, ACTION_DOWN, 0 },
		{ "99999999999999j", WHERE_PROJECT, ACTION_DOWN, 999999999 },
		{ "<C-c>", WHERE_TEXT, ACTION_BACK, 0 }, { "<F1>", WHERE_BUILD, ACTION_HELP, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct keymap km = { 0 };
		unsigned count;
		enum action action = type(&km, cases[i].where, cases[i].keys, &count);
		if (action != cases[i].action || (action > ACTION_UNKNOWN && count != cases[i].count))
			fail_msg("%s: action %d, count %u", cases[i].keys, (int)action, count);
	}
}

/* Each notation of each action, compared with every other that is valid at the same
 * place: none may be the other or its beginning. */
static void test_keymap__gives_each_key_one_meaning(void **state)
{
	(void)state;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++)
		for (enum action b = a + 1; b < ACTION_COUNT; b++) {
			struct str mine = str_of(keymap_entry(a)->keys), one, other;
			if (!(keymap_entry(a)->where & keymap_entry(b)->where))
				continue;
			while (str_next(&mine, ' ', &one)) {
				struct str theirs = str_of(keymap_entry(b)->keys);
				while (str_next(&theirs, ' ', &other))
					if (one.p[0] != '<' && other.p[0] != '<' &&
					    (str_has_prefix(one, other) || str_has_prefix(other, one)))
						fail_msg("%.*s: %s and %s", STR_ARG(one), keymap_entry(a)->name,
						         keymap_entry(b)->name);
					else if (str_eq(one, other))
						fail_msg("%.*s means two things", STR_ARG(one));
			}
		}
}

static void test_keymap__keeps_meanings_across_views(void **state)
{
	(void)state;
	enum { VIEWS = WHERE_PROJECT | WHERE_BUILD | WHERE_HISTORY | WHERE_HELP };
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++)
		for (enum action b = a + 1; b < ACTION_COUNT; b++) {
			struct str one = keymap_first(a), other = keymap_first(b);
			/* A build's log and a project's files have nothing in common to add or delete. */
			if ((a == ACTION_ADD && b == ACTION_ALL_STEPS) ||
			    /* Where there is something to take, the space bar takes it. */
			    (a == ACTION_SPACE_DOWN && b == ACTION_TOGGLE) ||
			    (a == ACTION_UNCOVER && b == ACTION_DETACH))
				continue;
			/* The history has columns where other views have panes. */
			if ((a == ACTION_NARROWER && b == ACTION_COLUMN_LEFT) ||
			    (a == ACTION_WIDER && b == ACTION_COLUMN_RIGHT))
				continue;
			if (keymap_entry(a)->where & VIEWS && keymap_entry(b)->where & VIEWS &&
			    str_eq(one, other))
				fail_msg("%.*s: %s here, %s there", STR_ARG(one), keymap_entry(a)->name,
				         keymap_entry(b)->name);
		}
}

static void test_keymap__every_notation_can_be_typed_and_named(void **state)
{
	(void)state;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		struct str keys = str_of(keymap_entry(a)->keys), one;
		while (str_next(&keys, ' ', &one)) {
			owned_buf struct buf named = { 0 };
			struct str rest = one;
			while (rest.n) {
				uint32_t key = keymap_parse(&rest);
				assert_int_not_equal(key, 0);
				keymap_name(key, &named);
			}
			assert_true(str_eq(buf_str(&named), one) || str_eq(one, STR("<C-h>")));
		}
	}
}

static void test_keymap__takes_a_lone_digit_for_a_view(void **state)
{
	(void)state;
	struct keymap km = { 0 };
	unsigned count;
	type(&km, WHERE_PROJECT, "3", &count);
	assert_true(keymap_is_waiting(&km));
	assert_int_equal(keymap_timeout(&km, WHERE_PROJECT), ACTION_VIEW3);
	assert_false(keymap_is_waiting(&km));
	type(&km, WHERE_PROJECT, "4", &count);
	assert_int_equal(keymap_timeout(&km, WHERE_PROJECT), ACTION_VIEW4);
	type(&km, WHERE_PROJECT, "5", &count);
	assert_int_equal(keymap_timeout(&km, WHERE_PROJECT), ACTION_NONE);
	keymap_clear(&km);
	type(&km, WHERE_PROJECT, "31", &count);
	assert_int_equal(keymap_timeout(&km, WHERE_PROJECT), ACTION_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keymap__reads_sequences_and_counts),
		cmocka_unit_test(test_keymap__gives_each_key_one_meaning),
		cmocka_unit_test(test_keymap__keeps_meanings_across_views),
		cmocka_unit_test(test_keymap__every_notation_can_be_typed_and_named),
		cmocka_unit_test(test_keymap__takes_a_lone_digit_for_a_view),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
