/* Every view and popup opened and closed again and again: what it took it gives back. */
#include <malloc.h>
#include <signal.h>

#include "tests/tui/scenes.h"

#define ROUNDS_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

/* All of them with MORTAR_SOAK (make soak), where as much is a fifth for each.  A question that is
 * still being answered on a busy machine has some 20 KiB. */
enum { ROUNDS_BEFORE = 10, ROUNDS = 100, ROUNDS_QUICK = 20, ROUNDS_SLACK = 32 << 10 };

#ifdef __SANITIZE_ADDRESS__
/* sanitizer/allocator_interface.h, which is not in every package of it. */
size_t __sanitizer_get_current_allocated_bytes(void);
static size_t rounds_memory(void)
{
	return __sanitizer_get_current_allocated_bytes();
}
#else
static size_t rounds_memory(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}
#endif

/* Back to the project by whatever lies on it, popups and lines being typed included. */
static void rounds_once(struct scene_shown *shown, const struct scene *scene)
{
	owned(arena) struct arena *arena = arena_new();
	struct str keys = str_of(scene->keys), part;
	while (str_next(&keys, '|', &part)) {
		screen_keys(&shown->screen, arena_text(arena, part));
		for (int i = 0; i < 10; i++)
			screen_turn(&shown->screen);
	}
	app_draw(shown->screen.app);
	/* F2 goes home from anywhere but a popup or a line, which ESC closes. */
	for (int i = 0; i < 4; i++)
		screen_keys(&shown->screen, "<Esc>");
	screen_keys(&shown->screen, "<F2>");
	assert_false(app_has_ended(shown->screen.app));
}

/* With what workers (git) have still to say taken in: nothing has come for a while.  patient:
 * for longer than anybody waits before asking (tui/advised), and the answer takes. */
static size_t rounds_settled(struct scene_shown *shown, bool patient)
{
	enum { QUIET = 5, PATIENT = 250, TURN_MS = 4, MOST = 1000 };
	struct error err;
	size_t last = 0;
	for (int quiet = 0, turns = 0; quiet < (patient ? PATIENT : QUIET) && turns < MOST; turns++) {
		assert_true(loop_turn(shown->screen.loop, TURN_MS, &err));
		app_draw(shown->screen.app);
		size_t now = rounds_memory();
		quiet = now == last ? quiet + 1 : 0;
		last = now;
	}
	return last;
}

/* Keys that miss what they were meant for may edit: what they find is a copy, and no git. */
static void rounds_copy(struct scratch *s)
{
	owned_buf struct buf command = { 0 };
	buf_printf(&command, "mkdir -p '%s/docs' '%s/tests/fixtures' && cp -r docs/examples '%s/docs' "
	           "&& cp -r tests/fixtures/projects '%s/tests/fixtures'", s->dir, s->dir, s->dir,
	           s->dir);
	assert_int_equal(system(buf_text(&command)), 0);
	assert_int_equal(chdir(s->dir), 0);
	setenv("VISUAL", "true", 1);
}

/* How much so many rounds took. */
static size_t rounds_grown(struct scene_shown *shown, const struct scene *scene, int rounds,
                           bool patient)
{
	size_t before = rounds_settled(shown, patient);
	for (int round = 0; round < rounds; round++)
		rounds_once(shown, scene);
	size_t after = rounds_settled(shown, patient);
	return after > before ? after - before : 0;
}

static void test_rounds__memory_is_flat(void **state)
{
	struct scratch *s = *state;
	const char *soak = getenv("MORTAR_SOAK");
	int rounds = soak && strcmp(soak, "1") == 0 ? ROUNDS : ROUNDS_QUICK;
	rounds_copy(s);
	for (size_t i = 0; i < SCENES; i++) {
		struct scene home = { scenes[i].name, scenes[i].project, "" };
		struct scene_shown shown = scene_open(s, &home, 24, 80);
		rounds_grown(&shown, &scenes[i], ROUNDS_BEFORE, false);
		size_t grown = rounds_grown(&shown, &scenes[i], rounds, false);
		/* A table that is doubled once is no leak, nor what is being asked: the next rounds
		 * take nothing. */
		if (grown > ROUNDS_SLACK)
			grown = rounds_grown(&shown, &scenes[i], rounds, true);
		if (grown > ROUNDS_SLACK)
			fail_msg("%s: %d rounds took %zu bytes, twice", scenes[i].name, rounds, grown);
		scene_close(&shown);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { ROUNDS_TEST(test_rounds__memory_is_flat) };
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
