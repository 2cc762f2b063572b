/* What a kind does in a container: found on the palette, asked about, begun. */
#include "tui/action_prompt.h"

#include <signal.h>

#include "core/job/request.h"
#include "tests/tui/scenes.h"

static const struct kind_action actions[] = {
	{ .name = "freshen", .sentence = "takes newer packages into the lock", .words = "[PACKAGE…]",
	  .changes_files = true },
	{ .name = "show-tree", .sentence = "the packages as a tree" },
	{ .name = NULL },
};

static void test_action_prompt__parts_words_as_a_shell_does(void **state)
{
	struct scratch *s = *state;
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "", "" }, { "  ", "" }, { "requests", "requests|" },
		{ "a  b\tc", "a|b|c|" }, { "'a b' \"c d\" e\\ f", "a b|c d|e f|" },
		/* Nothing is put in. */
		{ "$HOME", "$HOME|" }, { "requests>=2,<3", "requests>=2,<3|" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct str *words;
		owned_buf struct buf have = { 0 };
		size_t n = 0;
		assert_true(action_prompt_words(s->arena, str_of(cases[i].line), &words, &n, &s->err));
		for (size_t k = 0; k < n; k++)
			buf_printf(&have, "%.*s|", STR_ARG(words[k]));
		assert_string_equal(buf_text(&have), cases[i].words);
	}
	const struct str *words;
	size_t n;
	assert_false(action_prompt_words(s->arena, STR("'a"), &words, &n, &s->err));
}

/* The example, as if its kind had the actions above. */
static struct scene_shown prompt_open_project(struct scratch *s, struct kind *kind)
{
	struct scene scene = { .name = "", .project = SCENE_SHIP, .keys = "" };
	struct scene_shown shown = scene_open(s, &scene, 24, 80);
	*kind = *shown.project->kind;
	kind->actions = actions;
	shown.project->kind = kind;
	return shown;
}

/* What a job is sent, as "NAME=VALUE|" of the action's options. */
static const char *prompt_sent(struct scratch *s, struct scene_shown *here)
{
	struct request request;
	owned_buf struct buf have = { 0 };
	assert_true(app_request(here->screen.app, s->arena, "20260102-030405-0009", &request));
	for (size_t i = 0; i < request.selection.noptions; i++) {
		const struct pair *o = &request.selection.options[i];
		if (str_has_prefix(o->name, STR("action")))
			buf_printf(&have, "%.*s=%.*s|", STR_ARG(o->name), STR_ARG(o->value));
	}
	return arena_text(s->arena, buf_str(&have));
}

/* The job that is started is this program, which is none: that is told. */
static void test_action_prompt__begins_it_with_the_words(void **state)
{
	struct scratch *s = *state;
	struct kind kind;
	struct scene_shown here = prompt_open_project(s, &kind);
	screen_keys(&here.screen, ":freshen");
	screen_shows(s, &here.screen, "run        freshen: takes newer packages into the lock");
	screen_keys(&here.screen, "<Enter>");
	screen_shows(s, &here.screen, "freshen [PACKAGE…]: files of the project are changed");
	screen_keys(&here.screen, "requests 'left pad'<Enter>");
	screen_lacks(s, &here.screen, "files of the project are changed");
	screen_shows(s, &here.screen, "the job died before it began");
	assert_string_equal(prompt_sent(s, &here),
	                    "action=freshen|action-word=requests|action-word=left pad|");
	/* A build that follows is no action. */
	screen_keys(&here.screen, "B<Enter>");
	screen_shows(s, &here.screen, "the job died before it began");
	assert_string_equal(prompt_sent(s, &here), "");
	scene_close(&here);
}

static void test_action_prompt__is_left_and_begins_nothing(void **state)
{
	struct scratch *s = *state;
	struct kind kind;
	struct scene_shown here = prompt_open_project(s, &kind);
	screen_keys(&here.screen, ":show-tree<Enter>");
	screen_shows(s, &here.screen, "the packages as a tree");
	screen_lacks(s, &here.screen, "words: ");
	screen_keys(&here.screen, "<Esc>");
	screen_lacks(s, &here.screen, "the packages as a tree");
	screen_lacks(s, &here.screen, "the job");
	screen_keys(&here.screen, ":freshen<Enter>'a<Enter>");
	screen_shows(s, &here.screen, "freshen: a quote is not closed");
	scene_close(&here);
}

#define PROMPT_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		PROMPT_TEST(test_action_prompt__parts_words_as_a_shell_does),
		PROMPT_TEST(test_action_prompt__begins_it_with_the_words),
		PROMPT_TEST(test_action_prompt__is_left_and_begins_nothing),
	};
	/* Workers and jobs are this very program: as one of them it has nothing to say. */
	if (argc > 1 && (strcmp(argv[1], "worker") == 0 || strcmp(argv[1], "job") == 0))
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
