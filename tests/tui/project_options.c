#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "tui/project_options.h"

/* The options of a selection, one a line, or what is wrong. */
static void check_options(const char *engine, const char *const *words, const char *wanted)
{
	static const char allowed[] = "tag network pull builder build-arg label no-git-labels proxy "
	                              "target-platform allow-secret-in-layer push secret ssh "
	                              "add-host shm-size ulimit cgroup-parent cache-from cache-to "
	                              "output=SPEC provenance sbom no-cache-filter build-context";
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf out = { 0 };
	struct preferences preferences = { 0 };
	struct selection selection = { 0 };
	struct args args;
	struct error err = { 0 };
	char *argv[32];
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

static void test_project_options__tags_may_have_something_for_git_and_content(void **state)
{
	(void)state;
	check_options("auto", WORDS("-t", "r.example:5000/a:{git}-{content}", "-t", "a:1", "--push"),
	              "tag=r.example:5000/a:{git}-{content}\ntag=a:1\npush=true\n");
	check_options("auto", WORDS("-t", "a:{date}"), "2 --tag: behind the ':' of 'a:{date}' may "
	              "stand {git} and {content}, and no other braces");
	check_options("auto", WORDS("-t", "r.example:5000/{git}"), "2 --tag: behind the ':' of "
	              "'r.example:5000/{git}' may stand {git} and {content}, and no other braces");
	check_options("auto", WORDS("-t", "{git}"), "2 --tag: behind the ':' of '{git}' may stand "
	              "{git} and {content}, and no other braces");
	check_options("auto", WORDS("-t", "a:{git}@sha256:00"), "2 --tag is NAME:TAG without a digest, "
	              "not 'a:{git}@sha256:00'");
}

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

/* Paths are absolute, since the job stands elsewhere; what is said twice is one option. */
static void test_project_options__parts_are_checked_and_paths_made_absolute(void **state)
{
	(void)state;
	setenv("MORTAR_TEST_TOKEN", "x", 1);
	setenv("SSH_AUTH_SOCK", "/run/agent", 1);
	assert_int_equal(chdir("/etc"), 0);
	check_options("auto", WORDS("--secret", "id=a,src=hostname", "--secret",
	              "id=b,env=MORTAR_TEST_TOKEN", "--secret", "id=MORTAR_TEST_TOKEN"),
	              "secret=id=a,src=/etc/hostname\nsecret=id=b,env=MORTAR_TEST_TOKEN\n"
	              "secret=id=MORTAR_TEST_TOKEN,env=MORTAR_TEST_TOKEN\n");
	check_options("auto", WORDS("--output", "out", "--output", "type=image"),
	              "output=type=local,dest=/etc/out\noutput=type=image\n");
	check_options("auto", WORDS("--build-context", "src=..", "--build-context",
	              "docker.io/library/alpine:latest=docker-image://alpine:3.18"),
	              "build-context:src=/\nbuild-context:alpine=docker-image://alpine:3.18\n");
	check_options("auto", WORDS("--no-cache-filter", "a,b", "--ssh", "default", "--shm-size", "1g",
	              "--ulimit", "nofile=1", "--cgroup-parent", "/x", "--cache-from", "a",
	              "--cache-to", "type=inline", "--sbom", "true", "--provenance", "mode=max",
	              "--add-host", "db:1.2.3.4"),
	              "no-cache-filter=a\nno-cache-filter=b\nssh=default\nshm-size=1g\n"
	              "ulimit=nofile=1\ncgroup-parent=/x\ncache-from=a\ncache-to=type=inline\n"
	              "sbom=true\nprovenance=mode=max\nadd-host=db:1.2.3.4\n");
	unsetenv("MORTAR_TEST_TOKEN");
	unsetenv("SSH_AUTH_SOCK");
	check_options("auto", WORDS("--ssh", "git"), "2 --ssh: no agent runs for 'git', SSH_AUTH_SOCK "
	              "is not set: ssh-agent and ssh-add make one, or name its socket with git=SOCKET");
}

static void test_project_options__a_pushed_output_is_a_push(void **state)
{
	(void)state;
	check_options("auto", WORDS("--output", "type=registry"),
	              "push=true\noutput=type=image\n");
	check_options("auto", WORDS("--output", "type=image,push=true,compression=zstd"),
	              "push=true\noutput=type=image,compression=zstd\n");
}

static void test_project_options__parts_that_are_wrong_are_named(void **state)
{
	(void)state;
	check_options("auto", WORDS("--secret", "id=a,src=/nowhere"),
	              "2 --secret: there is no file '/nowhere' for the secret a");
	check_options("auto", WORDS("--secret", "id=a,env=MORTAR_TEST_UNSET"),
	              "2 --secret: the variable MORTAR_TEST_UNSET of the secret a is not set");
	check_options("auto", WORDS("--ssh", "git=/etc/hostname"),
	              "2 --ssh: '/etc/hostname' is no socket of an agent: keys are given to one with "
	              "ssh-add");
	check_options("auto", WORDS("--output", "type=zip"),
	              "2 --output: there is no type 'zip': image, registry, local, tar, oci, docker or "
	              "cacheonly");
	check_options("auto", WORDS("--cache-to", "type=gha"),
	              "2 --cache-to: there is no type 'gha': registry, inline or local");
	check_options("auto", WORDS("--shm-size", "much"), "2 --shm-size: it needs a number of bytes "
	              "over 0, or of k, m or g, such as 64m, not 'much'");
	check_options("auto", WORDS("--add-host", "db"), "2 --add-host: it needs NAME=ADDRESS, such as "
	              "db=10.0.0.7 or here=host-gateway, not 'db'");
	check_options("auto", WORDS("--cgroup-parent", ""), "2 --cgroup-parent needs a value");
	check_options("auto", WORDS("--no-cache-filter", ""),
	              "2 --no-cache-filter needs the name of a stage");
	check_options("auto", WORDS("--target-platform", "linux/amd64,linux"), "2 --target-platform "
	              "needs OS/ARCHITECTURE, such as linux/arm64 or linux/arm/v7, not 'linux'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_project_options__tags_may_have_something_for_git_and_content),
		cmocka_unit_test(test_project_options__flags_are_on),
		cmocka_unit_test(test_project_options__an_argument_alone_is_the_environments),
		cmocka_unit_test(test_project_options__a_platform_has_two_or_three_parts),
		cmocka_unit_test(test_project_options__a_proxys_password_stays_out),
		cmocka_unit_test(test_project_options__the_kinds_variables_are_secrets),
		cmocka_unit_test(test_project_options__parts_are_checked_and_paths_made_absolute),
		cmocka_unit_test(test_project_options__a_pushed_output_is_a_push),
		cmocka_unit_test(test_project_options__parts_that_are_wrong_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
