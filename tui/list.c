#include "tui/list.h"

void list_set_count(struct list *l, size_t n)
{
	l->n = n;
	if (l->cursor >= n)
		l->cursor = n ? n - 1 : 0;
	if (l->top > l->cursor)
		l->top = l->cursor;
}

void list_show(struct list *l, int rows)
{
	l->height = rows > 0 ? (size_t)rows : 1;
	if (l->cursor < l->top)
		l->top = l->cursor;
	if (l->cursor >= l->top + l->height)
		l->top = l->cursor - l->height + 1;
	if (l->top + l->height > l->n)
		l->top = l->n > l->height ? l->n - l->height : 0;
}

void list_go(struct list *l, size_t line)
{
	l->cursor = line < l->n ? line : l->n ? l->n - 1 : 0;
	/* What was jumped to far away stands in the middle, not at an edge. */
	if (l->height && (l->cursor < l->top || l->cursor >= l->top + l->height))
		l->top = l->cursor > l->height / 2 ? l->cursor - l->height / 2 : 0;
}

static void list_by(struct list *l, bool down, size_t lines)
{
	if (down)
		l->cursor = l->n - l->cursor > lines ? l->cursor + lines : l->n ? l->n - 1 : 0;
	else
		l->cursor = l->cursor > lines ? l->cursor - lines : 0;
}

/* A page moves the window as well, so that the cursor keeps its row. */
static void list_page(struct list *l, bool down, size_t lines)
{
	list_by(l, down, lines);
	if (down)
		l->top = l->top + lines < l->n ? l->top + lines : l->n;
	else
		l->top = l->top > lines ? l->top - lines : 0;
	list_show(l, (int)l->height);
}

void list_at(struct list *l, struct area a)
{
	l->at = a;
}

void list_scroll(struct list *l, bool down, size_t lines)
{
	list_page(l, down, lines);
}

static void list_sideways(struct list *l, bool right, unsigned count, int columns)
{
	int by = count < 1000 ? columns * (int)count : columns * 1000;
	l->shift = right ? l->shift + by : l->shift - by;
	if (l->shift < 0)
		l->shift = 0;
	if (l->shift > 1 << 20)
		l->shift = 1 << 20;
}

bool list_move(struct list *l, enum action action, unsigned count, int sideways)
{
	size_t height = l->height ? l->height : 1, times = count ? count : 1;
	size_t half = (height + 1) / 2;
	switch (action) {
	case ACTION_DOWN:
	case ACTION_UP:
		list_by(l, action == ACTION_DOWN, times);
		return true;
	case ACTION_HALF_DOWN:
	case ACTION_HALF_UP:
		list_page(l, action == ACTION_HALF_DOWN, half * times);
		return true;
	case ACTION_PAGE_DOWN: case ACTION_SPACE_DOWN:
	case ACTION_PAGE_UP:
		list_page(l, action != ACTION_PAGE_UP, height * times);
		return true;
	case ACTION_FIRST:
		list_go(l, count ? count - 1 : 0);
		return true;
	case ACTION_LAST:
		list_go(l, count ? count - 1 : l->n);
		return true;
	case ACTION_MIDDLE:
		l->top = l->cursor > height / 2 ? l->cursor - height / 2 : 0;
		return true;
	case ACTION_TOP:
		l->top = l->cursor;
		return true;
	case ACTION_BOTTOM:
		l->top = l->cursor + 1 > height ? l->cursor + 1 - height : 0;
		return true;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		if (sideways > 0)
			list_sideways(l, action == ACTION_RIGHT, (unsigned)times, sideways);
		return sideways > 0;
	default:
		return false;
	}
}

bool list_is_at_end(const struct list *l, enum action action)
{
	switch (action) {
	case ACTION_DOWN: case ACTION_HALF_DOWN: case ACTION_PAGE_DOWN: case ACTION_SPACE_DOWN:
		return l->cursor + 1 >= l->n;
	case ACTION_UP: case ACTION_HALF_UP: case ACTION_PAGE_UP:
		return l->cursor == 0;
	case ACTION_LEFT:
		return l->shift == 0;
	default:
		return false;
	}
}

struct area list_draw_bar(struct list *l, struct surface *s, struct area a)
{
	list_show(l, a.rows);
	list_at(l, a);
	if (l->n <= l->height || a.rows < 2 || a.cols < 12)
		return a;
	size_t rows = (size_t)a.rows, size = rows * rows / l->n;
	size = size ? size : 1;
	size_t at = l->top * (rows - size) / (l->n - l->height);
	struct area bar = area_cols(area_rows(a, (int)at, (int)size), a.cols - 1, 1);
	for (int row = 0; row < bar.rows; row++) {
		struct pen pen = pen_at(s, bar, row);
		pen_text(&pen, text_sign(SIGN_SCROLL), INK(BORDER));
	}
	return area_cols(a, 0, a.cols - 1);
}
