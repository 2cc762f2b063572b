/* Every view, popup and prompt at every size. */
#include <signal.h>

#include "core/base/utf8.h"
#include "tests/tui/scenes.h"

#define SIZE_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scratch_teardown)

enum { SIZE_ROWS = 60, SIZE_COLS = 200 };

/* Wide characters are whole, nothing in a cell is a control, the cursor is inside. */
static void size_check(const struct surface *s, const char *name)
{
	for (int row = 0; row < s->rows; row++)
		for (int col = 0; col < s->cols; col++) {
			const struct cell *cell = &s->cells[row * s->cols + col];
			bool whole = cell->width == 1 ||
			             (cell->width == 2 && col + 1 < s->cols && cell[1].width == 0) ||
			             (cell->width == 0 && col > 0 && cell[-1].width == 2);
			if (!whole || (cell->width && utf8_is_control(cell->runes[0])))
				fail_msg("%s at %dx%d: cell %d,%d", name, s->cols, s->rows, col, row);
		}
	if (s->cursor_row >= s->rows || s->cursor_col < 0 ||
	    (s->cursor_row >= 0 && s->cursor_col >= s->cols))
		fail_msg("%s at %dx%d: cursor %d,%d", name, s->cols, s->rows, s->cursor_col,
		         s->cursor_row);
}

/* All small sizes, and of the larger ones, which are slow to draw, some for each scene, all
 * for all of them together. */
static bool size_is_drawn(int rows, int cols, size_t scene)
{
	enum { SMALL_ROWS = 12, SMALL_COLS = 50, SHARE = 9 };
	return (rows <= SMALL_ROWS && cols <= SMALL_COLS) ||
	       ((size_t)(rows + cols) + scene) % SHARE == 0;
}

static void test_any_size__everything_is_drawn_whole(void **state)
{
	struct scratch *s = *state;
	for (size_t i = 0; i < SCENES; i++) {
		struct scene_shown shown = scene_open(s, &scenes[i], 24, 80);
		for (int rows = 1; rows <= SIZE_ROWS; rows++)
			for (int cols = 1; cols <= SIZE_COLS; cols++) {
				if (!size_is_drawn(rows, cols, i))
					continue;
				app_resize(shown.screen.app, rows, cols);
				size_check(app_draw(shown.screen.app), scenes[i].name);
			}
		scene_close(&shown);
	}
}

/* What lies around the area that is drawn into stays as it is. */
static void size_check_margin(const struct surface *s, struct area inside, const char *name)
{
	for (int row = 0; row < s->rows; row++)
		for (int col = 0; col < s->cols; col++) {
			const struct cell *cell = &s->cells[row * s->cols + col];
			bool is_inside = row >= inside.row && row < inside.row + inside.rows &&
			                 col >= inside.col && col < inside.col + inside.cols;
			if (!is_inside && (cell->runes[0] != '~' || cell->style != STYLE_FOUND))
				fail_msg("%s in %dx%d writes at %d,%d", name, inside.cols, inside.rows,
				         col - inside.col, row - inside.row);
		}
}

static void size_draw_inside(struct app *app, int rows, int cols, const char *name)
{
	owned(surface) struct surface *s = surface_new(rows + 4, cols + 6);
	struct area inside = { 2, 3, rows, cols };
	for (int row = 0; row < s->rows; row++) {
		struct pen pen = pen_at(s, surface_area(s), row);
		while (pen_left(&pen) > 0)
			pen_word(&pen, "~", INK(FOUND));
	}
	if (app->popup)
		popup_draw(app->popup, s, inside);
	else
		app_view(app)->ops->draw(app_view(app), s, inside);
	size_check_margin(s, inside, name);
}

static void test_any_size__nothing_is_drawn_outside(void **state)
{
	struct scratch *s = *state;
	for (size_t i = 0; i < SCENES; i++) {
		struct scene_shown shown = scene_open(s, &scenes[i], 24, 80);
		for (int rows = 0; rows <= 50; rows += rows < 12 ? 1 : 9)
			for (int cols = 0; cols <= 170; cols += cols < 30 ? 1 : 13)
				size_draw_inside(shown.screen.app, rows, cols, scenes[i].name);
		scene_close(&shown);
	}
}

/* Times of day, as they stand before messages, are those of the test. */
static void size_append_masked(struct buf *out, struct str picture)
{
	struct str line;
	while (str_next(&picture, '\n', &line)) {
		size_t time = line.n > 8 && line.p[2] == ':' && line.p[5] == ':' ? 8 :
		              line.n > 19 && line.p[13] == ':' && line.p[16] == ':' ? 19 : 0;
		buf_append(out, time ? STR("hh:mm:ss") : STR(""));
		buf_append(out, str_slice(line, time, line.n));
		buf_append_char(out, '\n');
	}
}

static bool size_is_among(const char *name, const char *const *names)
{
	while (names && *names && strcmp(name, *names) != 0)
		names++;
	return !names || *names;
}

/* What scenes (NULL: all) look like at a size, all in one file: to be read. */
static void size_pictures(struct scratch *s, int rows, int cols, const char *const *names,
                          const char *name)
{
	owned_buf struct buf all = { 0 };
	for (size_t i = 0; i < SCENES; i++) {
		if (!size_is_among(scenes[i].name, names))
			continue;
		struct scene_shown shown = scene_open(s, &scenes[i], rows, cols);
		buf_printf(&all, "-- %s %s\n", scenes[i].name, scenes[i].keys);
		size_append_masked(&all, str_of(screen_text(s, &shown.screen)));
		scene_close(&shown);
	}
	screen_expect(name, buf_str(&all));
}

static void test_any_size__small_ones_can_be_used(void **state)
{
	size_pictures(*state, 10, 40, NULL, "all-40x10");
	size_pictures(*state, 5, 20, NULL, "all-20x5");
}

/* Of the largest one a view. */
static void test_any_size__large_ones_are_filled(void **state)
{
	static const char *const views[] = {
		"merged", "merged-rtl", "history", "build-log", "build-wide", "diff", "messages", "help",
		"matrix", NULL,
	};
	size_pictures(*state, 45, 160, NULL, "all-160x45");
	size_pictures(*state, 90, 300, views, "all-300x90");
}

static void test_any_size__the_c_locale_is_all_ascii(void **state)
{
	struct scratch *s = *state;
	setlocale(LC_ALL, "C");
	for (size_t i = 0; i < SCENES; i++) {
		struct scene_shown shown = scene_open(s, &scenes[i], 24, 80);
		for (int cols = 1; cols <= 161; cols += 8) {
			app_resize(shown.screen.app, 24, cols);
			const struct surface *surface = app_draw(shown.screen.app);
			size_check(surface, scenes[i].name);
			for (int k = 0; k < surface->rows * surface->cols; k++)
				if (surface->cells[k].width != 1 || surface->cells[k].runes[0] > '~')
					fail_msg("%s at %d columns: not ASCII", scenes[i].name, cols);
		}
		scene_close(&shown);
	}
	size_pictures(s, 24, 80, NULL, "all-ascii");
	setlocale(LC_ALL, "C.UTF-8");
	size_pictures(s, 24, 80, NULL, "all-utf8");
}

/* Sizes come and go faster than anybody draws, with keys between. */
static void test_any_size__resizing_storms_harm_nothing(void **state)
{
	struct scratch *s = *state;
	static const char *const keys[] = { "j", "k", "<C-d>", "<C-u>", "l", "h", "G", "gg", "zz" };
	uint32_t seed = 20260102;
	for (size_t i = 0; i < SCENES; i++) {
		struct scene_shown shown = scene_open(s, &scenes[i], 24, 80);
		for (int n = 0; n < 200; n++) {
			seed = seed * 1664525 + 1013904223;
			app_resize(shown.screen.app, (int)(seed >> 8) % 70, (int)(seed >> 16) % 210);
			if (n % 3 == 0)
				screen_keys(&shown.screen, keys[(seed >> 24) % (sizeof keys / sizeof *keys)]);
			if (n % 5 == 0)
				size_check(app_draw(shown.screen.app), scenes[i].name);
		}
		scene_close(&shown);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SIZE_TEST(test_any_size__everything_is_drawn_whole),
		SIZE_TEST(test_any_size__nothing_is_drawn_outside),
		SIZE_TEST(test_any_size__small_ones_can_be_used),
		SIZE_TEST(test_any_size__large_ones_are_filled),
		SIZE_TEST(test_any_size__the_c_locale_is_all_ascii),
		SIZE_TEST(test_any_size__resizing_storms_harm_nothing),
	};
	signal(SIGPIPE, SIG_IGN);
	/* Workers are this very program: as one of them it has nothing to say. */
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
