/* The disk view by keys and pictures; its worker is this very program, which plays an engine. */
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "tests/tui/journals.h"
#include "tui/app_inside.h"
#include "tui/view_disk.h"

static int disk_setup(void **state)
{
	int failed = scratch_setup(state);
	struct scratch *s = *state;
	setenv("XDG_STATE_HOME", s->dir, 1);
	setenv("XDG_CONFIG_HOME", s->dir, 1);
	setenv("TZ", "UTC", 1);
	return failed;
}

#define DISK_TEST(f) cmocka_unit_test_setup_teardown(f, disk_setup, scratch_teardown)

/* ---- the engine that is played ---- */

static void play_item(const char *kind, const char *id, const char *name, const char *state,
                      long size, long shared, long age, bool in_use)
{
	printf("{\"items\":[{\"kind\":\"%s\",\"id\":\"%s\",\"name\":\"%s\",\"names\":\"%s\","
	       "\"state\":\"%s\",\"size\":%ld,\"shared\":%ld,\"in_use\":%s,\"by_name\":false,"
	       "\"created\":%ld,\"used\":0}]}\n", kind, id, name, strcmp(kind, "image") ? "" : name,
	       state, size, shared, in_use ? "true" : "false", age ? (long)time(NULL) - age : 0);
}

static void play_list(void)
{
	puts("{\"waiting\":\"images\"}\n{\"engine\":{\"name\":\"buildkit\",\"product\":\"dockerd\","
	     "\"version\":\"20.10.24\",\"address\":\"unix:///run/d.sock\"}}");
	play_item("image", "sha256:00aa11bb22cc33dd44", "ship:1", "tagged", 900000000, 147000000, 0,
	          false);
	play_item("image", "sha256:11aa11bb22cc33dd44", "漢字/base\\u001b[31m:12", "tagged",
	          147000000, 147000000, 3 * 86400 + 60, true);
	play_item("image", "sha256:22aa11bb22cc33dd44", "", "dangling", 150000000, 147000000,
	          7260, false);
	play_item("container", "c0ffee0123456789", "job-1", "exited", 12, 0, 7260, false);
	play_item("cache", "9kq2abcdef", "mount / from exec /bin/sh -c pip install x", "regular",
	          64000000, 0, 60 * 60 * 30, false);
	puts("{\"listed\":{\"sizes\":{\"image\":{\"least\":903000000,\"most\":903000000},"
	     "\"container\":{\"least\":12,\"most\":12},\"cache\":{\"least\":64000000,"
	     "\"most\":64000000},\"volume\":{\"least\":0,\"most\":0}},\"free\":{}}}");
}

/* Of the wish only the names and kinds are looked at: they come back as what goes. */
static void play_preview(const char *line)
{
	bool one = strstr(line, "image:sha256:22aa") != NULL;
	printf("{\"preview\":{\"gone\":[%s{\"kind\":\"image\",\"id\":\"sha256:22aa11bb22cc33dd44\","
	       "\"name\":\"\",\"state\":\"dangling\",\"size\":150000000,\"age\":7260}],"
	       "\"stays\":[],\"sums\":{\"image\":{\"least\":3000000,\"most\":3000000},"
	       "\"all\":{\"least\":3000000,\"most\":3000000}},\"projects\":[{\"project\":\"ship\","
	       "\"root\":\"/r\",\"steps\":27,\"lost\":14,\"unknown\":2,\"bases\":1,"
	       "\"seconds\":190.0,\"untold\":false}]}}\n",
	       one ? "" : "{\"kind\":\"image\",\"id\":\"sha256:00aa11bb22cc33dd44\","
	       "\"name\":\"ship:1\",\"state\":\"tagged\",\"size\":900000000,\"age\":60,"
	       "\"note\":\"of the pinned build 20260102-030405-0001\"},");
}

static int play(void)
{
	char line[65536];
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof line, stdin)) {
		if (strstr(line, "\"do\":\"list\"") && getenv("DISK_FAILS")) {
			puts("{\"error\":\"nothing answers at unix:///run/d.sock\",\"code\":10}");
			return 4;
		} else if (strstr(line, "\"do\":\"list\"")) {
			play_list();
		} else if (strstr(line, "\"do\":\"preview\"")) {
			play_preview(line);
		} else {
			puts("{\"removed\":{\"kind\":\"image\",\"id\":\"sha256:22aa11bb22cc33dd44\","
			     "\"name\":\"\",\"freed\":3000000}}\n"
			     "{\"removed\":{\"kind\":\"image\",\"id\":\"sha256:00aa11bb22cc33dd44\","
			     "\"name\":\"ship:1\",\"why\":\"it is in use\"}}\n"
			     "{\"pruned\":{\"removed\":1,\"refused\":1,\"freed\":3000000,\"told\":true}}");
		}
	}
	return 0;
}

/* ---- the screen ---- */

static void disk_await(struct scratch *s, struct screen *screen, const char *part)
{
	for (int i = 0; i < 500 && !strstr(screen_text(s, screen), part); i++) {
		struct error err;
		assert_true(loop_turn(screen->loop, 100, &err));
	}
	screen_shows(s, screen, part);
}

static struct screen disk_open(struct scratch *s, int rows, int cols)
{
	struct screen screen = screen_of(rows, cols);
	app_push(screen.app, view_disk_new(screen.loop, "auto", NULL, 0));
	app_draw(screen.app);
	screen_shows(s, &screen, "asking");
	disk_await(s, &screen, "images 3, 861 MiB");
	return screen;
}

static void test_view_disk__pictures(void **state)
{
	struct scratch *s = *state;
	struct screen screen = disk_open(s, 24, 80);
	screen_keys(&screen, "j<Space>gg");
	screen_is(s, &screen, "disk-80");
	app_resize(screen.app, 45, 160);
	screen_is(s, &screen, "disk-160");
	app_resize(screen.app, 10, 40);
	screen_is(s, &screen, "disk-40");
	screen_finish(&screen);
}

static void test_view_disk__any_size_is_drawn(void **state)
{
	struct scratch *s = *state;
	struct screen screen = disk_open(s, 24, 100);
	static const int sizes[][2] = { { 1, 1 }, { 2, 3 }, { 5, 20 }, { 4, 200 }, { 90, 300 } };
	for (int popup = 0; popup < 2; popup++) {
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			app_resize(screen.app, sizes[i][0], sizes[i][1]);
			const struct surface *surface = app_draw(screen.app);
			for (int k = 0; k < surface->rows * surface->cols; k++)
				assert_true(surface->cells[k].runes[0] != 0x1b);
		}
		app_resize(screen.app, 24, 100);
		screen_keys(&screen, "dd");
		disk_await(s, &screen, "Remove this?");
	}
	screen_finish(&screen);
}

static void test_view_disk__kinds_columns_filter(void **state)
{
	struct scratch *s = *state;
	struct screen screen = disk_open(s, 24, 100);
	screen_keys(&screen, "<Tab>");
	screen_shows(s, &screen, "job-1");
	screen_keys(&screen, "<Tab>");
	screen_shows(s, &screen, "pip install x");
	screen_keys(&screen, "<Tab>");
	screen_shows(s, &screen, "no volumes");
	screen_keys(&screen, "<Tab>&dangling<Enter>");
	screen_shows(s, &screen, "1 with dangling");
	screen_lacks(s, &screen, "ship:1");
	screen_keys(&screen, "&<Enter>");
	screen_shows(s, &screen, "ship:1");
	/* By name, the other way round. */
	screen_keys(&screen, "<lt>s");
	screen_shows(s, &screen, "name^");
	screen_keys(&screen, "s");
	screen_shows(s, &screen, "namev");
	screen_keys(&screen, "/ship<Enter>");
	screen_shows(s, &screen, "sha256:00aa11bb22cc33dd44");
	screen_finish(&screen);
}

static void test_view_disk__what_goes_is_shown_and_asked_for(void **state)
{
	struct scratch *s = *state;
	struct screen screen = disk_open(s, 30, 110);
	screen_keys(&screen, "/dangling<Enter><Space>dd");
	disk_await(s, &screen, "Remove this?");
	screen_shows(s, &screen, "ship: 14 of 27 steps run anew, usually 3m10s");
	screen_shows(s, &screen, "1 base image must be fetched anew;");
	screen_shows(s, &screen, "of 2 steps nobody can say");
	screen_shows(s, &screen, "1 image, 2.8 MiB");
	screen_lacks(s, &screen, "pinned build");
	screen_keys(&screen, "n");
	screen_lacks(s, &screen, "Remove this?");
	screen_keys(&screen, "<Esc>D");
	disk_await(s, &screen, "of the pinned build 20260102-030405-0001");
	screen_keys(&screen, "y");
	disk_await(s, &screen, "removed 1 thing, 2.8 MiB are free; 1 was refused");
	screen_lacks(s, &screen, "dangling");
	screen_shows(s, &screen, "images 2, 858 MiB");
	screen_keys(&screen, "gm");
	screen_shows(s, &screen, "image ship:1 stays: it is in use");
	screen_finish(&screen);
}

static void test_view_disk__volumes_are_marked_one_by_one(void **state)
{
	struct scratch *s = *state;
	struct screen screen = disk_open(s, 24, 100);
	screen_keys(&screen, "<BackTab>D");
	screen_shows(s, &screen, "volumes hold what nobody can build anew");
	screen_finish(&screen);
}

static void test_view_disk__an_engine_that_is_not_there(void **state)
{
	struct scratch *s = *state;
	setenv("DISK_FAILS", "1", 1);
	struct screen screen = screen_of(24, 100);
	app_push(screen.app, view_disk_new(screen.loop, "auto", NULL, 0));
	app_draw(screen.app);
	disk_await(s, &screen, "nothing answers at unix:///run/d.sock");
	unsetenv("DISK_FAILS");
	screen_keys(&screen, "r");
	disk_await(s, &screen, "ship:1");
	screen_finish(&screen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		DISK_TEST(test_view_disk__pictures),
		DISK_TEST(test_view_disk__any_size_is_drawn),
		DISK_TEST(test_view_disk__kinds_columns_filter),
		DISK_TEST(test_view_disk__what_goes_is_shown_and_asked_for),
		DISK_TEST(test_view_disk__volumes_are_marked_one_by_one),
		DISK_TEST(test_view_disk__an_engine_that_is_not_there),
	};
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "worker") == 0)
		return strcmp(argv[2], "disk") == 0 ? play() : 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
