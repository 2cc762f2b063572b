#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tui/project_options.h"

/* The options of a selection, one a line, or what is wrong. */
static void check_options(const char *engine, const char *const *words, const char *wanted)
{
	static const char allowed[] = "tag network pull builder build-arg label no-git-labels proxy "
	                              "target-platform allow-secret-in-layer";
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf out = { 0 };
	struct preferences preferences = { 0 };
	struct selection selection = { 0 };
	struct args args;
	struct error err = { 0 };
	char *argv[16];
	int argc = 0;
	for (; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	assert_true(args_parse(a, allowed, argc, argv, &args, &err));
	if (project_options_read(a, &args, kind_find("pesto"), &preferences, engine, &selection, &err))
		for (size_t i = 0; i < selection.noptions; i++)
			buf_printf(&out, "%.*s=%.*s\n", STR_ARG(selection.options[i].name),
			           STR_ARG(selection.options[i].value));
	else
		buf_printf(&out, "%d %s", (int)error_exit_code(err.code), err.text);
	assert_string_equal(buf_text(&out), wanted);
}

#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }

static void test_project_options__flags_are_on(void **state)
{
	(void)state;
	check_options("auto", WORDS("--pull", "--no-git-labels", "--allow-secret-in-layer"),
	              "pull=true\nno-git-labels=true\nallow-secret-in-layer=true\n");
	check_options("classic", WORDS("--network", "none"), "builder=classic\nnetwork=none\n");
	/* The last one counts. */
	check_options("classic", WORDS("--builder", "buildkit"), "builder=classic\nbuilder=buildkit\n");
}

static void test_project_options__an_argument_alone_is_the_environments(void **state)
{
	(void)state;
	setenv("MORTAR_TEST_SET", "a=b", 1);
	unsetenv("MORTAR_TEST_UNSET");
	check_options("auto", WORDS("--build-arg", "MORTAR_TEST_SET", "--build-arg",
	              "MORTAR_TEST_UNSET", "--build-arg", "X=", "--label", "k=a=b"),
	              "build-arg:MORTAR_TEST_SET=a=b\nbuild-arg:X=\nlabel:k=a=b\n");
	check_options("auto", WORDS("--label", "k"), "2 --label needs NAME=VALUE, not 'k'");
	check_options("auto", WORDS("--build-arg", "=x"),
	              "2 --build-arg needs NAME=VALUE, or NAME for the environment's, not '=x'");
	unsetenv("MORTAR_TEST_SET");
}

static void test_project_options__a_platform_has_two_or_three_parts(void **state)
{
	static const char *const right[] = { "linux/amd64", "linux/arm/v7", "linux/arm64/v8" };
	static const char *const wrong[] = { "linux", "linux/", "/amd64", "linux//v7", "a/b/c/d",
	                                     "Linux/amd64", "linux/amd 64", "linux/-x", "" };
	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		owned_buf struct buf wanted = { 0 };
		buf_printf(&wanted, "platform=%s\n", right[i]);
		check_options("auto", WORDS("--target-platform", right[i]), buf_text(&wanted));
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		owned_buf struct buf wanted = { 0 };
		buf_printf(&wanted, "2 --target-platform needs OS/ARCHITECTURE, such as linux/arm64 or "
		           "linux/arm/v7, not '%s'", wrong[i]);
		check_options("auto", WORDS("--target-platform", wrong[i]), buf_text(&wanted));
	}
}

static void test_project_options__a_proxys_password_stays_out(void **state)
{
	const char *said = "2 --proxy needs an address such as http://proxy.example:3128 (or https, "
	                   "socks5, socks5h)";
	(void)state;
	check_options("auto", WORDS("--proxy", "http://h:3128"), "proxy=http://h:3128\n");
	check_options("auto", WORDS("--proxy", "http://u:hunter2@h:3128"), "proxy=\n");
	check_options("auto", WORDS("--proxy", "http://h/?a@b"), "proxy=http://h/?a@b\n");
	check_options("auto", WORDS("--proxy", "u:hunter2@h"), said);
	check_options("auto", WORDS("--proxy", "http://"), said);
	check_options("auto", WORDS("--proxy", "http://h\nx"), said);
}

static void test_project_options__the_kinds_variables_are_secrets(void **state)
{
	(void)state;
	setenv("PIP_CONFIG_FILE", "/etc/../x/pip.conf", 1);
	setenv("PIP_EXTRA_INDEX_URL", "https://u:hunter2@h/simple", 1);
	check_options("auto", WORDS("--pull"),
	              "pull=true\nsecret:pip_config=/x/pip.conf\nsecret:extra_index_url=\n");
	setenv("PIP_CONFIG_FILE", "/dev/null", 1);
	setenv("PIP_EXTRA_INDEX_URL", "", 1);
	check_options("auto", WORDS("--pull"), "pull=true\n");
	unsetenv("PIP_CONFIG_FILE");
	unsetenv("PIP_EXTRA_INDEX_URL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_project_options__flags_are_on),
		cmocka_unit_test(test_project_options__an_argument_alone_is_the_environments),
		cmocka_unit_test(test_project_options__a_platform_has_two_or_three_parts),
		cmocka_unit_test(test_project_options__a_proxys_password_stays_out),
		cmocka_unit_test(test_project_options__the_kinds_variables_are_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
