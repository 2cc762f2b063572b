#ifndef TUI_POPUP_H
#define TUI_POPUP_H

#include "tui/view.h"

/* A box over the view: a menu, a picker, a text.  While it is open it gets every
 * action; the app draws it last and frees it when closed.  Its state begins with
 * struct popup. */
struct popup;
struct popup_ops {
	unsigned where;                         /* WHERE_PICKER, WHERE_LEVELS or WHERE_TEXT */
	/* How much room it would like inside its border; it may get less.  On entry both
	 * hold the most there is. */
	void (*size)(struct popup *, int *ret_rows, int *ret_cols);
	void (*draw)(struct popup *, struct surface *, struct area inside);
	/* BACK closes it without asking; false: acts on nothing. */
	bool (*act)(struct popup *, enum action, unsigned count);
	void (*free)(struct popup *);
	/* Takes a key before the table of keys does, where something is typed inside; false: it
	 * does not.  NULL: nothing is. */
	bool (*key)(struct popup *, uint32_t key);
};

struct popup {
	const struct popup_ops *ops;
	struct app *app;
	const char *title;                      /* lent */
	const char *hint;                       /* keys, on the lower border; lent; NULL */
};

/* In the middle of the area, with a border; used by the app. */
void popup_draw(struct popup *, struct surface *, struct area);

/* A popup that shows lines and scrolls; takes the lines (malloc'd, NUL-terminated,
 * newline-separated; a line that starts with \x01 is strong, with \x02 faint). */
struct popup *popup_new_text(const char *title, char *text);
/* The same, that asks: y does it, n and the usual keys leave it.  yes is called once, after
 * the popup has closed; data must live as long as the view beneath. */
struct popup *popup_new_question(const char *title, char *text, void (*yes)(void *data),
                                 void *data);

#endif
