#include "tui/popup.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"

static void popup_border(struct popup *p, struct surface *s, struct area box)
{
	struct ink ink = INK(POPUP);
	surface_fill(s, box, ink);
	for (int row = 0; row < box.rows; row++) {
		static const enum text_sign signs[][2] = {
			{ SIGN_VERTICAL, SIGN_VERTICAL }, { SIGN_TOP_LEFT, SIGN_TOP_RIGHT },
			{ SIGN_BOTTOM_LEFT, SIGN_BOTTOM_RIGHT },
		};
		bool top = row == 0, bottom = row == box.rows - 1;
		const enum text_sign *sign = signs[top ? 1 : bottom ? 2 : 0];
		struct pen pen = pen_at(s, box, row);
		pen_text(&pen, text_sign(sign[0]), ink);
		while ((top || bottom) && pen_left(&pen) > 1)
			pen_text(&pen, text_sign(SIGN_HORIZONTAL), ink);
		pen_to(&pen, box.cols - 1, ink);
		pen_text(&pen, text_sign(sign[1]), ink);
	}
	struct pen pen = pen_at(s, area_cols(box, 2, box.cols - 4), 0);
	pen_printf(&pen, INK(POPUPHOT), " %s ", p->title);
	pen = pen_at(s, area_cols(box, 2, box.cols - 4), box.rows - 1);
	if (p->hint)
		pen_printf(&pen, INK(POPUPFAINT), " %s ", p->hint);
}

static int popup_least(int a, int b)
{
	return a < b ? a : b;
}

void popup_draw(struct popup *p, struct surface *s, struct area a)
{
	/* With no room for a border the inside still shows. */
	int edge = a.rows >= 5 && a.cols >= 12 ? 1 : 0;
	int rows = a.rows - 2 * edge, cols = a.cols - 4 * edge;
	p->ops->size(p, &rows, &cols);
	size_t title = text_width(str_of(p->title)), hint = text_width(str_of(p->hint ? p->hint : ""));
	int least = (int)(title > hint ? title : hint) + 4;
	cols = cols > least ? cols : least;
	rows = popup_least(rows, a.rows - 2 * edge);
	cols = popup_least(cols, a.cols - 4 * edge);
	struct area box = {
		a.row + (a.rows - rows - 2 * edge) / 2, a.col + (a.cols - cols - 4 * edge) / 2,
		rows + 2 * edge, cols + 4 * edge,
	};
	if (edge)
		popup_border(p, s, box);
	else
		surface_fill(s, box, INK(POPUP));
	p->ops->draw(p, s, (struct area){ box.row + edge, box.col + 2 * edge, rows, cols });
}

/* ---- text ---- */

struct popup_text {
	struct popup popup;
	char *text;
	struct list list;
	void (*yes)(void *data);        /* of a question; else NULL */
	void *data;
};

static void popup_text_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct popup_text *p = (struct popup_text *)popup;
	struct str rest = str_of(p->text), line;
	size_t widest = 0;
	while (str_next(&rest, '\n', &line)) {
		size_t width = text_width(line);
		widest = width > widest ? width : widest;
	}
	*ret_rows = p->list.n < 1000 ? (int)p->list.n : 1000;
	*ret_cols = widest < 1000 ? (int)widest : 1000;
}

static void popup_text_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct popup_text *p = (struct popup_text *)popup;
	struct str rest = str_of(p->text), line;
	/* No cursor here: the window is what moves. */
	p->list.height = a.rows > 0 ? (size_t)a.rows : 1;
	size_t last = p->list.n > p->list.height ? p->list.n - p->list.height : 0;
	p->list.top = p->list.cursor < last ? p->list.cursor : last;
	p->list.cursor = p->list.top;
	for (size_t i = 0; str_next(&rest, '\n', &line); i++) {
		if (i < p->list.top)
			continue;
		struct pen pen = pen_at(s, a, (int)(i - p->list.top));
		char mark = line.n ? line.p[0] : 0;
		pen_shift(&pen, p->list.shift);
		pen_text(&pen, mark == 1 || mark == 2 ? str_slice(line, 1, line.n) : line,
		         mark == 1 ? INK(POPUPHOT) : mark == 2 ? INK(POPUPFAINT) : INK(POPUP));
	}
}

static bool popup_text_act(struct popup *popup, enum action action, unsigned count)
{
	struct popup_text *p = (struct popup_text *)popup;
	return list_move(&p->list, action, count, 8);
}

static bool popup_question_act(struct popup *popup, enum action action, unsigned count)
{
	struct popup_text *p = (struct popup_text *)popup;
	void (*yes)(void *) = p->yes;
	void *data = p->data;
	if (action != ACTION_YES && action != ACTION_NO)
		return popup_text_act(popup, action, count);
	app_close(popup->app);
	if (action == ACTION_YES)
		yes(data);
	return true;
}

static void popup_text_free(struct popup *popup)
{
	struct popup_text *p = (struct popup_text *)popup;
	free(p->text);
	free(p);
}

static const struct popup_ops popup_text_ops = {
	.where = WHERE_TEXT, .size = popup_text_size, .draw = popup_text_draw, .act = popup_text_act,
	.free = popup_text_free,
};

static const struct popup_ops popup_question_ops = {
	.where = WHERE_TEXT | WHERE_CONFIRM, .size = popup_text_size, .draw = popup_text_draw,
	.act = popup_question_act, .free = popup_text_free,
};

struct popup *popup_new_question(const char *title, char *text, void (*yes)(void *data),
                                 void *data)
{
	struct popup_text *p = (struct popup_text *)popup_new_text(title, text);
	p->popup.ops = &popup_question_ops;
	p->popup.hint = "y does it  n leaves it";
	p->yes = yes;
	p->data = data;
	return &p->popup;
}

struct popup *popup_new_text(const char *title, char *text)
{
	struct popup_text *p = xcalloc(1, sizeof *p);
	p->popup = (struct popup){ .ops = &popup_text_ops, .title = title, .hint = "q closes" };
	size_t n = strlen(text);
	while (n && text[n - 1] == '\n')
		text[--n] = '\0';
	p->text = text;
	p->list.n = 1;
	for (size_t i = 0; i < n; i++)
		p->list.n += text[i] == '\n';
	return &p->popup;
}
