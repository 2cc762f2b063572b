#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/help.h"

static void assert_has(const struct buf *text, const char *part)
{
	if (str_find_str(buf_str(text), str_of(part)) == STR_NONE)
		fail_msg("'%s' is not in:\n%.*s", part, STR_ARG(buf_str(text)));
}

static void assert_columns(const struct buf *text)
{
	struct str rest = buf_str(text), line;
	while (str_next(&rest, '\n', &line))
		assert_true(line.n <= 80);
}

static void test_help__names_every_command_and_option_within_80_columns(void **state)
{
	owned_buf struct buf overview = { 0 };
	const struct option *o;
	(void)state;
	help_append_overview(&overview);
	assert_columns(&overview);
	for (size_t c = 0; commands[c]; c++) {
		owned_buf struct buf text = { 0 }, usage = { 0 };
		buf_printf(&usage, "mortar %s", commands[c]->name);
		assert_has(&overview, buf_text(&usage));
		help_append_command(&text, commands[c]);
		assert_columns(&text);
		size_t options = 0;
		for (size_t i = 0; (o = args_next(commands[c]->options, &i)); options++) {
			owned_buf struct buf left = { 0 };
			args_append_option(&left, o);
			assert_has(&text, buf_text(&left));
		}
		assert_true(options > 0);
	}
}

/* An option that no command takes is one that nobody can give. */
static void test_help__every_option_belongs_to_a_command(void **state)
{
	const struct option *o, *taken;
	(void)state;
	for (size_t i = 0; (o = args_next(NULL, &i));) {
		bool found = false;
		for (size_t j = 0; (taken = args_next(command_workbench.options, &j));)
			found |= taken == o;
		for (size_t c = 0; commands[c]; c++)
			for (size_t j = 0; (taken = args_next(commands[c]->options, &j));)
				found |= taken == o;
		if (!found)
			fail_msg("no command takes --%s %s", o->name, o->value);
	}
}

/* The other way round: a command's list names rows of option.def alone. */
static void test_help__every_name_in_a_commands_list_is_an_option(void **state)
{
	(void)state;
	for (size_t c = 0; commands[c]; c++) {
		struct str rest = str_of(commands[c]->options), name;
		size_t names = 0, options = 0;
		while (str_next(&rest, ' ', &name))
			names++;
		for (size_t i = 0; args_next(commands[c]->options, &i);)
			options++;
		if (names != options)
			fail_msg("%s: %zu names, %zu options", commands[c]->name, names, options);
	}
}

static void test_help__the_manual_holds_the_same_and_escapes_it(void **state)
{
	owned_buf struct buf text = { 0 };
	struct str rest, line;
	(void)state;
	help_append_manual(&text);
	assert_has(&text, ".TH MORTAR 1 ");
	for (size_t c = 0; commands[c]; c++) {
		owned_buf struct buf usage = { 0 };
		buf_printf(&usage, ".TP\n\\fBmortar %s", commands[c]->name);
		assert_has(&text, buf_text(&usage));
	}
	assert_has(&text, "\\fB\\-p, \\-\\-profile PROFILE...\\fR\n");
	assert_has(&text, "the user\\(aqs settings");
	assert_has(&text, ".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\n");
	/* Every line that begins with a point is a request we meant. */
	for (rest = buf_str(&text); str_next(&rest, '\n', &line);)
		if (line.n && line.p[0] == '.')
			assert_true(str_has_prefix(line, STR(".T")) || str_has_prefix(line, STR(".SH ")) ||
			            str_eq(line, STR(".PP")) || str_eq(line, STR(".br")) ||
			            str_eq(line, STR(".B mortar")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help__names_every_command_and_option_within_80_columns),
		cmocka_unit_test(test_help__every_option_belongs_to_a_command),
		cmocka_unit_test(test_help__every_name_in_a_commands_list_is_an_option),
		cmocka_unit_test(test_help__the_manual_holds_the_same_and_escapes_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
