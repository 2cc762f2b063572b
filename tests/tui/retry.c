/* The popup that asks at which level to build again. */
#include "core/job/request.h"
#include "tests/tui/journals.h"
#include "tui/retry.h"

struct retry_case {
	struct scratch *s;
	struct journal_maker journal;
	struct screen screen;
};

/* A build that was asked for at this level, as the screen has it. */
static void retry_case_open(struct retry_case *c, const char *kind, const char *level, int rows,
                            int cols)
{
	owned_buf struct buf text = { 0 };
	static unsigned n;
	struct request r = { .id = arena_printf(c->s->arena, "20260102-030405-%04x", ++n),
	                     .argument = "/nowhere", .kind = kind, .engine = "auto",
	                     .selection.level = level };
	c->journal = journal_begin(c->s, r.id);
	journal_started(&c->journal);
	journal_event(&c->journal, 5, EVENT_BUILD_DONE, -1,
	              "{'ok':false,'error':'RUN x: exit code 1'}");
	request_write(&text, &r);
	assert_true(save_file(arena_printf(c->s->arena, "%s/request.json", c->journal.dir),
	                      buf_str(&text), 0600, &c->s->err));
	c->screen = screen_of(rows, cols);
	struct view *view = view_build_new(c->screen.loop, c->journal.dir, &c->s->err);
	assert_non_null(view);
	app_push(c->screen.app, view);
	app_draw(c->screen.app);
}

static void retry_case_close(struct retry_case *c)
{
	screen_finish(&c->screen);
	journal_end(&c->journal);
}

static void test_retry__pictures(void **state)
{
	static const struct { const char *name, *kind, *level; int rows, cols; } cases[] = {
		{ "retry-80", "pesto", "C2", 24, 80 }, { "retry-40", "pesto", NULL, 10, 40 },
		{ "retry-other", "pesto", "stage\x1b[31m", 24, 80 },
		{ "retry-dockerfile", "dockerfile", "none", 24, 80 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct retry_case c = { .s = *state };
		retry_case_open(&c, cases[i].kind, cases[i].level, cases[i].rows, cases[i].cols);
		screen_keys(&c.screen, "R");
		screen_is(c.s, &c.screen, cases[i].name);
		retry_case_close(&c);
	}
}

static void test_retry__numbers_and_moves_choose(void **state)
{
	struct retry_case c = { .s = *state };
	retry_case_open(&c, "pesto", "C2", 24, 80);
	screen_keys(&c.screen, "R");
	screen_shows(c.s, &c.screen, ">2 C2");
	screen_keys(&c.screen, "4");
	screen_shows(c.s, &c.screen, ">4 all");
	screen_keys(&c.screen, "k");
	screen_shows(c.s, &c.screen, ">3 C3");
	screen_keys(&c.screen, "<Esc>");
	screen_lacks(c.s, &c.screen, "Build again");
	retry_case_close(&c);
}

static void test_retry__says_what_is_not_kept(void **state)
{
	struct retry_case c = { .s = *state };
	retry_case_open(&c, "pesto", "C2", 24, 100);
	unlink(arena_printf(c.s->arena, "%s/request.json", c.journal.dir));
	screen_keys(&c.screen, "R");
	screen_shows(c.s, &c.screen, "what this build was asked for is not kept");
	retry_case_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_retry__pictures),
		SCRATCH_TEST(test_retry__numbers_and_moves_choose),
		SCRATCH_TEST(test_retry__says_what_is_not_kept),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
