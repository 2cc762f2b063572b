/* The line for the shell that does what a build did. */
#include "tests/tui/journals.h"
#include "core/job/request.h"
#include "tui/docker_command.h"

static const struct pair options[] = {
	{ { "network", 7 }, { "host", 4 } },
	{ { "build-arg:MODE", 14 }, { "it's; rm -rf /", 14 } },
	{ { "label:who", 9 }, { "me", 2 } }, { { "target-platform", 15 }, { "linux/arm64", 11 } },
	{ { "pull", 4 }, { "1", 1 } },
};

static void keep(struct journal_maker *m, const char *name, struct str text)
{
	const char *path = arena_printf(m->s->arena, "%s/%s", m->dir, name);
	assert_true(save_file(path, text, 0600, &m->s->err));
}

/* A build with this engine, level and image; the folder. */
static const char *build(struct scratch *s, const char *engine, const char *level,
                         const char *image)
{
	static const char *const profiles[] = { "gpu", "odd one" };
	static unsigned builds;
	struct journal_maker m = journal_begin(s, arena_printf(s->arena, "20260102-030405-%04u",
	                                                       ++builds));
	owned_buf struct buf text = { 0 };
	struct request r = {
		.id = "20260102-030405-0001", .argument = "/home/me/my project", .kind = "pesto",
		.engine = engine, .selection = { .profiles = profiles, .nprofiles = 2, .level = level,
		                                 .options = options, .noptions = 5 },
	};
	request_write(&text, &r);
	keep(&m, "request.json", buf_str(&text));
	keep(&m, "Dockerfile", STR("FROM a\nARG C2\nRUN b\n"));
	journal_event(&m, 0, EVENT_BUILD_START, -1,
	              arena_printf(s->arena, "{'engine':'%s','level':'%s','image':'%s',"
	                           "'engine_address':'unix:///run/docker.sock','steps':[]}",
	                           engine, level, image));
	journal_event(&m, 1, EVENT_BUILD_DONE, -1, "{'ok':true,'exit':0}");
	journal_end(&m);
	return m.dir;
}

static void has(struct scratch *s, const char *engine, const char *level, const char *part)
{
	owned_buf struct buf out = { 0 };
	const char *dir = build(s, engine, level, "ship:1.0");
	if (!docker_command_append(&out, dir, &s->err))
		fail_msg("%s", s->err.text);
	if (!strstr(buf_text(&out), part))
		fail_msg("'%s' is not in: %s", part, buf_text(&out));
}

static void test_docker_command__says_what_the_build_did(void **state)
{
	struct scratch *s = *state;
	has(s, "buildkit", "all", "c=$(mktemp -d) && mortar context '/home/me/my project' --kind pesto "
	                          "-p gpu -p 'odd one' -o \"$c\" && ");
	has(s, "buildkit", "all",
	    "DOCKER_HOST=unix:///run/docker.sock DOCKER_BUILDKIT=1 docker build -f ");
	has(s, "buildkit", "all", "/Dockerfile -t ship:1.0 --network host --build-arg ");
	has(s, "buildkit", "none", " -t ship:1.0 --no-cache ");
	has(s, "buildkit", "C2", " -t ship:1.0 --build-arg C2=$(date +%s) ");
	has(s, "classic", "all", " DOCKER_BUILDKIT=0 docker build ");
	has(s, "podman", "all", "&& podman build ");
	has(s, "buildah", "all", "&& buildah build --layers --format docker ");
	has(s, "buildkit", "all", " --label who=me --platform linux/arm64 --pull \"$c\"");
}

static void test_docker_command__quotes_what_the_shell_would_act_on(void **state)
{
	struct scratch *s = *state;
	has(s, "buildkit", "all", "--build-arg 'MODE=it'\\''s; rm -rf /'");
	owned_buf struct buf out = { 0 };
	/* A line end in a name would end the line where it is pasted. */
	assert_false(docker_command_append(&out, build(s, "buildkit", "all", "a\\\\nb"), &s->err) &&
	             strchr(buf_text(&out), '\n'));
}

static void test_docker_command__says_what_is_not_known(void **state)
{
	struct scratch *s = *state;
	owned_buf struct buf out = { 0 };
	const char *dir = build(s, "buildkit", "all", "");
	assert_false(docker_command_append(&out, dir, &s->err));
	assert_string_equal(s->err.text, "this build has no image of its own to make");
	assert_true(save_remove(arena_printf(s->arena, "%s/request.json", dir), &s->err));
	assert_false(docker_command_append(&out, dir, &s->err));
	assert_string_equal(s->err.text, "what this build was asked for is not kept");
}

#define COMMAND_TEST(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(test_docker_command__says_what_the_build_did),
		COMMAND_TEST(test_docker_command__quotes_what_the_shell_would_act_on),
		COMMAND_TEST(test_docker_command__says_what_is_not_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
