/* keys.toml: what is bound, what is wrong, what is taken from whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/keymap.h"
#include "tui/keymap_file.h"

#define PATH "/home/keys.toml"

/* The lines that the text is worth. */
static void read_keys(const char *text, struct buf *out)
{
	owned(files) struct files *files = files_memory(NULL);
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	if (text)
		files_memory_put(files, PATH, str_of(text));
	keymap_unbind();
	keymap_file_read_path(files, PATH, arena, problems);
	for (size_t i = 0; i < problems_count(problems); i++) {
		problem_print(out, problems_get(problems, i));
		buf_append_char(out, '\n');
	}
}

static enum action typed(unsigned where, const char *keys)
{
	struct keymap km = { 0 };
	struct str rest = str_of(keys);
	enum action action = ACTION_NONE;
	unsigned count;
	while (rest.n)
		action = keymap_feed(&km, where, keymap_parse(&rest), &count);
	return action;
}

static void test_keymap_file__tells_every_fault_with_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "" }, { "[keys]\n", "" },
		{ "[keys\n", PATH ":1:6: " },
		{ "[keys]\nnext-eror = \"x\"\n",
		  ":2:1: next-eror: no action has this name: is it next-error\n" },
		{ "[keys]\nzzz = \"x\"\n",
		  ":2:1: zzz: no action has this name: mortar help keys lists them\n" },
		{ "[keys]\nundo = 7\n", ":2:8: 7: a key is a text: \"]e\"\n" },
		{ "[keys]\nundo = [\"<F99x>\"]\n", ":2:9: <F99x>: this is no key" },
		{ "[keys]\nundo = \"g g\"\n", ":2:8: g g: this is no key" },
		{ "[keys]\nundo = \"\"\n", ":2:8: : one to four keys make a sequence\n" },
		{ "[keys]\nundo = \"abcde\"\n", ":2:8: abcde: one to four keys" },
		{ "[keys]\nundo = \"5\"\n", ":2:8: 5: a digit begins a number here\n" },
		{ "[keys]\nundo = \"g<Esc>\"\n", ":2:8: g<Esc>: <Esc> ends what was typed" },
		{ "[keys]\nundo = \"g<a-z>\"\n", ":2:8: g<a-z>: <a-z> belongs behind" },
		{ "[keys]\nmark = \"M\"\n", ":2:8: M: <a-z> must follow: a mark has a letter\n" },
		{ "[keys]\nback = []\n", ":2:8: back: it must keep a key\n" },
		{ "undo = \"x\"\n", ":1:1: undo: actions stand in a table: [keys]" },
		{ "[kitchen]\nundo = \"x\"\n", ":1:2: kitchen: no place has this name" },
		{ "[history]\nundo = \"Z\"\n", ":2:1: undo: it means nothing at this place\n" },
		{ "[keys]\nundo = \"\\u001b[31m\"\n", "\\x1b[31m: one to four keys" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		owned_buf struct buf out = { 0 };
		read_keys(cases[i].text, &out);
		bool said = str_find_str(buf_str(&out), str_of(cases[i].says)) != STR_NONE;
		bool right = cases[i].says[0] ? said : out.n == 0;
		if (!right || str_find(buf_str(&out), '\x1b') != STR_NONE)
			fail_msg("%s says:\n%s", cases[i].text, buf_text(&out));
	}
	keymap_unbind();
}

static void test_keymap_file__binds_what_is_right_beside_what_is_wrong(void **state)
{
	(void)state;
	owned_buf struct buf out = { 0 };
	read_keys("[keys]\nnext-error = [\"]e\", 3, \"<F8>\"]\n"
	          "none-such = \"x\"\nundo = \"U\"\n", &out);
	assert_int_equal(typed(WHERE_BUILD, "<F8>"), ACTION_NEXT_ERROR);
	assert_int_equal(typed(WHERE_BUILD, "]e"), ACTION_NEXT_ERROR);
	assert_int_equal(typed(WHERE_PROJECT, "U"), ACTION_UNDO);
	assert_int_equal(typed(WHERE_PROJECT, "u"), ACTION_UNKNOWN);
	assert_true(str_eq(keymap_first(ACTION_UNDO), STR("U")));
	keymap_unbind();
	assert_int_equal(typed(WHERE_PROJECT, "u"), ACTION_UNDO);
}

static void test_keymap_file__lets_a_place_differ(void **state)
{
	(void)state;
	owned_buf struct buf out = { 0 };
	read_keys("[keys]\nsearch = \"s\"\n"
	          "[build]\nsearch = \"<C-s>\"\n[history]\nsearch = []\n", &out);
	assert_int_equal(typed(WHERE_PROJECT, "s"), ACTION_SEARCH);
	assert_int_equal(typed(WHERE_PROJECT, "/"), ACTION_UNKNOWN);
	assert_int_equal(typed(WHERE_BUILD, "<C-s>"), ACTION_SEARCH);
	assert_int_equal(typed(WHERE_BUILD, "s"), ACTION_UNKNOWN);
	/* The history has s for sorting, which nothing took there. */
	assert_int_equal(typed(WHERE_HISTORY, "s"), ACTION_SORT);
	assert_int_equal(keymap_keys(ACTION_SEARCH, WHERE_HISTORY).n, 0);
	keymap_unbind();
}

static void test_keymap_file__tells_conflicts(void **state)
{
	(void)state;
	owned_buf struct buf out = { 0 };
	/* Two of the file: the later one loses its key.  One of the file and one that it does
	 * not name: the file's wins, and it is said. */
	read_keys("[keys]\nundo = \"Z\"\nredo = [\"Z\", \"Zx\", \"U\"]\nsearch = \"g\"\n", &out);
	const char *text = buf_text(&out);
	if (!strstr(text, PATH ":3:9: Z: the same as Z, which is undo here") ||
	    !strstr(text, PATH ":3:14: Zx: not to be told from Z, which is undo here") ||
	    !strstr(text, PATH ":4:10: warning: gg was first line (first), which has it no more"))
		fail_msg("%s", text);
	assert_int_equal(typed(WHERE_PROJECT, "Z"), ACTION_UNDO);
	assert_int_equal(typed(WHERE_PROJECT, "U"), ACTION_REDO);
	assert_int_equal(typed(WHERE_PROJECT, "g"), ACTION_SEARCH);
	assert_int_equal(typed(WHERE_PROJECT, "<Home>"), ACTION_FIRST);
	keymap_unbind();
}

static void test_keymap_file__an_absent_file_binds_nothing(void **state)
{
	(void)state;
	owned_buf struct buf out = { 0 };
	read_keys(NULL, &out);
	assert_int_equal(out.n, 0);
	assert_true(str_eq(keymap_keys(ACTION_DOWN, WHERE_BUILD), STR("j <Down> <C-n>")));
}

/* A place without a name could not be bound, nor listed by mortar help keys. */
static void test_keymap_file__every_place_has_a_name(void **state)
{
	(void)state;
	unsigned named = 0;
	const struct keymap_place *place;
	for (size_t i = 0; (place = keymap_place(i)); i++)
		named |= place->where;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++)
		if (keymap_entry(a)->where & ~named)
			fail_msg("%s is valid at a place that keymap_place does not name",
			         keymap_entry(a)->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keymap_file__tells_every_fault_with_its_place),
		cmocka_unit_test(test_keymap_file__binds_what_is_right_beside_what_is_wrong),
		cmocka_unit_test(test_keymap_file__lets_a_place_differ),
		cmocka_unit_test(test_keymap_file__tells_conflicts),
		cmocka_unit_test(test_keymap_file__an_absent_file_binds_nothing),
		cmocka_unit_test(test_keymap_file__every_place_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
