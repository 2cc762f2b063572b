/* The shell of a build on the screen. */
#include <signal.h>

#include "tests/tui/scenes.h"

/* What it says at its end is the shell's own, which is freed: AddressSanitizer looks on. */
static void test_app_shell__says_why_there_is_none(void **state)
{
	struct scratch *s = *state;
	static const struct scene scene = { .project = SCENE_SHIP, .keys = "Hjj<Enter>T" };
	struct scene_shown shown = scene_open(s, &scene, 24, 100);
	for (int i = 0; shown.screen.app->shell && i < 600; i++)
		assert_true(loop_turn(shown.screen.loop, 100, &s->err));
	screen_shows(s, &shown.screen, "the process that held the shell was killed");
	screen_keys(&shown.screen, "j");
	screen_shows(s, &shown.screen, "RUN pip install");
	scene_close(&shown);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_app_shell__says_why_there_is_none, scene_setup,
		                                scratch_teardown),
	};
	/* Workers are this very program: as one of them it is gone at once. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
