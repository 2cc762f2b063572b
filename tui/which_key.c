#include "tui/which_key.h"

/* Below that a box would hide what it is about. */
enum { WHICH_ROWS = 14, WHICH_COLS = 40, WHICH_COLUMN = 50, WHICH_NARROW = 30 };
enum { WHICH_MOST = ACTION_COUNT };

struct which {
	struct str rest;                /* to be typed */
	const char *text;
};

static size_t which_list(const struct keymap *km, unsigned where, struct which *ret)
{
	size_t n = 0;
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		struct str keys = keymap_keys(a, where), one;
		if (km->nkeys == 0 && !keymap_takes_count(a))
			continue;
		while (keys.n && n < WHICH_MOST && str_next(&keys, ' ', &one)) {
			struct str rest = keymap_rest(km, one);
			if (!rest.n)
				continue;
			ret[n++] = (struct which){ rest, keymap_entry(a)->text };
			/* A number needs no second way. */
			if (km->nkeys == 0)
				break;
		}
	}
	return n;
}

static int which_least(int a, int b)
{
	return a < b ? a : b;
}

static struct area which_box(struct area a, size_t n, int *ret_columns)
{
	int columns = (a.cols - 2) / WHICH_COLUMN > 0 ? (a.cols - 2) / WHICH_COLUMN : 1;
	int most = a.rows / 2;
	while (((int)n + columns - 1) / columns > most && (a.cols - 2) / (columns + 1) >= WHICH_NARROW)
		columns++;
	*ret_columns = columns;
	return area_cut_bottom(&a, which_least(((int)n + columns - 1) / columns, most) + 2);
}

bool which_key_draw(const struct keymap *km, unsigned where, struct surface *s, struct area a)
{
	struct which found[WHICH_MOST];
	size_t n = which_list(km, where, found);
	int columns;
	if (a.rows < WHICH_ROWS || a.cols < WHICH_COLS || n == 0)
		return false;
	struct area box = which_box(a, n, &columns);
	int rows = box.rows - 2, width = (box.cols - 2) / columns;
	surface_fill(s, box, INK(POPUP));
	surface_horizontal(s, area_rows(box, 0, 1), INK(POPUP));
	surface_horizontal(s, area_rows(box, box.rows - 1, 1), INK(POPUP));
	owned_buf struct buf typed = { 0 };
	keymap_pending(km, &typed);
	struct pen title = pen_at(s, area_cols(box, 2, box.cols - 4), 0);
	pen_printf(&title, INK(POPUPHOT), " %s ", buf_text(&typed));
	pen_word(&title, "may go on with ", INK(POPUPFAINT));
	for (size_t i = 0; i < n && (int)i < rows * columns; i++) {
		int column = (int)i / rows * width;
		struct pen pen = pen_at(s, area_cols(box, 1 + column, width - 1), 1 + (int)i % rows);
		pen_text(&pen, found[i].rest, INK(POPUPHOT));
		pen_to(&pen, 8, INK(POPUP));
		pen_printf(&pen, INK(POPUP), " %s", found[i].text);
	}
	if ((int)n > rows * columns) {
		struct pen pen = pen_at(s, area_cols(box, 2, box.cols - 4), box.rows - 1);
		pen_printf(&pen, INK(POPUPFAINT), " and %d more: ? lists them ", (int)n - rows * columns);
	}
	return true;
}

void which_key_draw_line(const struct keymap *km, unsigned where, struct pen *pen)
{
	struct which found[WHICH_MOST];
	size_t n = which_list(km, where, found);
	for (size_t i = 0; i < n && pen_left(pen) > 8; i++) {
		pen_text(pen, found[i].rest, INK(HOT));
		pen_printf(pen, INK(FAINT), " %s  ", found[i].text);
	}
}
