/* Self-contained: it reads cells and calls nothing of tui, so that tests of the
 * core link it as well. */
#include "tests/fake/term_fake.h"

#include <stdlib.h>

#include "core/base/check.h"

static void term_fake_trim(struct buf *out, size_t from)
{
	while (out->n > from && out->p[out->n - 1] == ' ')
		out->n--;
	buf_append_char(out, '\n');
}

void term_fake_text(const struct surface *s, struct buf *out)
{
	for (int row = 0; row < s->rows; row++) {
		size_t from = out->n;
		for (int col = 0; col < s->cols; col++) {
			const struct cell *cell = &s->cells[row * s->cols + col];
			for (int i = 0; cell->width && i < 1 + TEXT_MARKS && cell->runes[i]; i++)
				buf_append_rune(out, cell->runes[i]);
		}
		term_fake_trim(out, from);
	}
}

void term_fake_styles(const struct surface *s, const struct term_fake_letter *legend,
                      struct buf *out)
{
	for (int row = 0; row < s->rows; row++) {
		for (int col = 0; col < s->cols; col++) {
			const struct cell *cell = &s->cells[row * s->cols + col];
			char letter = '.';
			for (const struct term_fake_letter *l = legend; l->letter; l++)
				if (cell->over == l->style || (letter == '.' && cell->style == l->style))
					letter = l->letter;
			buf_append_char(out, letter);
		}
		buf_append_char(out, '\n');
	}
}

/* ---- term.h, for what links app_run.c ---- */

struct term {
	int rows, cols;
};

struct term_facts term_facts(void)
{
	return (struct term_facts){
		.name = "fake", .is_terminal = true, .is_known = true, .can_place = true,
		.has_alternate = true, .colours = 256, .used = 256, .rows = 24, .cols = 80,
	};
}

struct term *term_open(const struct theme *theme, const struct around *around, struct error *err)
{
	(void)theme;
	(void)around;
	(void)err;
	struct term *t = xcalloc(1, sizeof *t);
	*t = (struct term){ 24, 80 };
	return t;
}

void term_free(struct term *t)
{
	free(t);
}

uint32_t term_key(struct term *t)
{
	(void)t;
	return 0;
}

struct mouse_event term_mouse_event(const struct term *t)
{
	(void)t;
	return (struct mouse_event){ 0 };
}

bool term_mouse(struct term *t, bool on)
{
	(void)t;
	(void)on;
	return true;
}

void term_write(struct term *t, struct str bytes)
{
	(void)t;
	(void)bytes;
}

void term_size(const struct term *t, int *ret_rows, int *ret_cols)
{
	*ret_rows = t->rows;
	*ret_cols = t->cols;
}

void term_resize(struct term *t)
{
	(void)t;
}

void term_draw(struct term *t, const struct surface *s)
{
	t->rows = s->rows;
	t->cols = s->cols;
}

void term_redraw(struct term *t)
{
	(void)t;
}

void term_recolour(struct term *t)
{
	(void)t;
}

struct term_told term_told(const struct term *t)
{
	(void)t;
	return (struct term_told){ .has_focus = true };
}

void term_tell(struct term *t, struct str title, enum around_progress progress, int percent)
{
	(void)t;
	(void)title;
	(void)progress;
	(void)percent;
}

void term_notice(struct term *t, struct str title, struct str text)
{
	(void)t;
	(void)title;
	(void)text;
}

void term_leave(struct term *t)
{
	(void)t;
}

void term_return(struct term *t)
{
	(void)t;
}

void term_stop(struct term *t)
{
	(void)t;
}

void term_halt(void)
{
}
