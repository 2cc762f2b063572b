/* What is copied, and where to. */
#include <stdlib.h>

#include "core/base/utf8.h"
#include "tui/app_inside.h"
#include "tui/list.h"

enum { APP_COPY_SHOWN = 60 };

/* The cursor's line as it is drawn. */
static bool app_copy_drawn(struct app *app, struct view *view, struct buf *out)
{
	size_t i = app_nav(view)->focused ? app_nav(view)->focused(view) : 0;
	const struct list *list = app_nav(view)->list ? app_nav(view)->list(view, i) : NULL;
	const struct surface *s = app->surface;
	if (!list || list->n == 0 || list->at.rows <= 0 || list->cursor < list->top)
		return false;
	int row = list->at.row + (int)(list->cursor - list->top), last = list->at.col + list->at.cols;
	if (row >= list->at.row + list->at.rows || row >= s->rows)
		return false;
	for (int col = list->at.col; col < last && col < s->cols; col++) {
		const struct cell *cell = &s->cells[row * s->cols + col];
		for (size_t j = 0; cell->width && j < 1 + TEXT_MARKS && cell->runes[j]; j++)
			buf_append_rune(out, cell->runes[j]);
	}
	struct str text = str_trim(buf_str(out));
	buf_replace(out, 0, (size_t)(text.p - out->p), STR(""));
	out->n = text.n;
	return out->n > 0;
}

static void app_copy_tell(struct app *app, struct str text, const char *file, bool sent)
{
	owned_buf struct buf shown = { 0 };
	size_t width;
	utf8_append_visible(&shown, text);
	struct str cut = text_cut(buf_str(&shown), APP_COPY_SHOWN, &width);
	const char *dots = cut.n < shown.n ? "..." : "";
	if (!sent)
		app_say(app, "copied into %s: %.*s%s", file, STR_ARG(cut), dots);
	else if (file)
		app_say(app, "copied, if tmux has set-clipboard on, and into %s: %.*s%s", file,
		        STR_ARG(cut), dots);
	else
		app_say(app, "copied: %.*s%s", STR_ARG(cut), dots);
}

static void app_copy_text(struct app *app, struct str text)
{
	const char *tmux = getenv("TMUX"), *screen = getenv("STY"), *file = NULL;
	struct copy_terminal here = { getenv("TERM"), tmux && tmux[0], screen && screen[0] };
	const struct copy_terminal *t = &here;
	enum clipboard way = app->project ? app->project->preferences->clipboard : CLIPBOARD_AUTO;
	bool sent = app->term && copy_to_terminal(way, t, text.n);
	struct error err;
	if (sent) {
		owned_buf struct buf sequence = { 0 };
		copy_append_sequence(&sequence, text);
		term_write(app->term, buf_str(&sequence));
	}
	if ((!sent || copy_is_unsure(way, t)) && !(file = copy_to_file(text, &err)) && !sent) {
		app_alert(app, "nothing is copied: %s", err.text);
		return;
	}
	app_copy_tell(app, text, file, sent);
}

bool app_copy(struct app *app, enum action action)
{
	struct view *view = app_view(app);
	owned_buf struct buf text = { 0 };
	if (app->popup || !view || (action != ACTION_COPY_LINE && action != ACTION_COPY_PATH &&
	    action != ACTION_COPY_KEY && action != ACTION_COPY_LOG && action != ACTION_COPY_COMMAND))
		return false;
	bool found = app_nav(view)->copy && app_nav(view)->copy(view, action, &text);
	if (!found && action == ACTION_COPY_LINE)
		found = app_copy_drawn(app, view, &text);
	/* A view may have said why not. */
	if (found)
		app_copy_text(app, buf_str(&text));
	return found || app->message.n;
}
