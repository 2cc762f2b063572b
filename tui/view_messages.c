#include "tui/view_messages.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/search.h"
#include "tui/wrap.h"

struct view_messages {
	struct view view;
	const struct messages *messages;
	size_t shown[MESSAGES_MAX];     /* those that the filter lets pass */
	struct list list;
	size_t said, forgotten;         /* as of the last update */
	struct buf filter, needle, line;
	bool filters;                   /* what is typed is the filter */
};

/* ---- rows ---- */

static void messages_text(const struct message *m, struct buf *out)
{
	clock_append_local(out, m->t);
	buf_printf(out, " %c %s", m->alert ? '!' : ' ', m->text);
	if (m->times > 1)
		buf_printf(out, " (%u times)", m->times);
}

static const struct message *messages_here(const struct view_messages *v)
{
	return v->list.cursor < v->list.n ? &v->messages->all[v->shown[v->list.cursor]] : NULL;
}

/* The cursor stays on its message; at the end it goes on with what comes. */
static void messages_refill(struct view_messages *v)
{
	bool at_end = v->list.cursor + 1 >= v->list.n;
	size_t here = v->list.cursor < v->list.n ? v->shown[v->list.cursor] : 0, n = 0, cursor = 0;
	size_t gone = v->messages->forgotten - v->forgotten;
	here = here > gone ? here - gone : 0;
	for (size_t i = 0; i < v->messages->n; i++) {
		owned_buf struct buf text = { 0 };
		messages_text(&v->messages->all[i], &text);
		if (v->filter.n && search_find(buf_str(&text), buf_str(&v->filter), 0) == STR_NONE)
			continue;
		if (i <= here)
			cursor = n;
		v->shown[n++] = i;
	}
	v->said = v->messages->said;
	v->forgotten = v->messages->forgotten;
	v->list.cursor = at_end && n ? n - 1 : cursor;
	list_set_count(&v->list, n);
}

/* ---- drawing ---- */

static void messages_draw_row(struct view_messages *v, struct pen *pen, const struct message *m)
{
	owned_buf struct buf when = { 0 };
	clock_append_local(&when, m->t);
	struct str time = str_slice(buf_str(&when), 11, 8);
	pen_text(pen, time, INK(FAINT));
	pen_word(pen, m->alert ? " ! " : "   ", INK(ERROR));
	pen_shift(pen, v->list.shift);
	pen_word(pen, m->text, m->alert ? INK(ERROR) : INK(TEXT));
	if (m->times > 1)
		pen_printf(pen, INK(FAINT), " (%u times)", m->times);
	pen_fill(pen, INK(TEXT));
}

/* The whole of what the row of the cursor may have cut. */
static void messages_draw_more(const struct view_messages *v, struct surface *s, struct area a)
{
	const struct message *m = messages_here(v);
	owned_buf struct buf text = { 0 };
	surface_horizontal(s, area_cut_top(&a, 1), INK(BORDER));
	if (!m)
		return;
	messages_text(m, &text);
	wrap_draw(s, a, buf_str(&text), m->alert ? INK(ERROR) : INK(TEXT));
}

static void messages_draw_title(const struct view_messages *v, struct surface *s, struct area row)
{
	struct pen pen = pen_at(s, row, 0);
	pen_word(&pen, " messages ", INK(BARSTRONG));
	pen_printf(&pen, INK(BAR), " %zu", v->messages->n);
	if (v->filter.n) {
		pen_printf(&pen, INK(BAR), "  %zu with ", v->list.n);
		pen_text(&pen, buf_str(&v->filter), INK(BARSTRONG));
	}
	if (v->messages->forgotten)
		pen_printf(&pen, INK(BAR), "  %zu older ones are forgotten", v->messages->forgotten);
	pen_fill(&pen, INK(BAR));
}

static void view_messages_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_messages *v = (struct view_messages *)view;
	if (v->said != v->messages->said)
		messages_refill(v);
	messages_draw_title(v, s, area_cut_top(&a, a.rows > 1 ? 1 : 0));
	if (a.rows >= 12)
		messages_draw_more(v, s, area_cut_bottom(&a, 4));
	struct area rows = list_draw_bar(&v->list, s, a);
	if (v->list.n == 0) {
		struct pen pen = pen_at(s, a, 0);
		pen_word(&pen, v->filter.n ? "no message has this text; & and Enter show all again"
		                           : "nothing was said yet", INK(FAINT));
	}
	for (int row = 0; row < rows.rows && v->list.top + (size_t)row < v->list.n; row++) {
		size_t i = v->list.top + (size_t)row;
		struct pen pen = pen_at(s, rows, row);
		pen.over = i == v->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		messages_draw_row(v, &pen, &v->messages->all[v->shown[i]]);
	}
}

/* ---- keys ---- */

static struct str messages_line(const void *data, size_t i)
{
	struct view_messages *v = (struct view_messages *)data;
	buf_clear(&v->line);
	messages_text(&v->messages->all[v->shown[i]], &v->line);
	return buf_str(&v->line);
}

static bool messages_find(struct view_messages *v, bool down)
{
	struct app *app = v->view.app;
	if (!v->needle.n || v->list.n == 0) {
		app_say(app, v->needle.n ? "there are no messages" : "/ searches first");
		return true;
	}
	size_t at = search_lines(v->list.n, v->list.cursor, down, buf_str(&v->needle), messages_line,
	                         v);
	if (at == STR_NONE)
		app_say(app, "%s is not found", buf_text(&v->needle));
	else
		list_go(&v->list, at);
	return true;
}

/* From the alert under the cursor to the next one. */
static bool messages_to_alert(struct view_messages *v, bool down)
{
	for (size_t i = v->list.cursor; down ? i + 1 < v->list.n : i > 0; ) {
		i = down ? i + 1 : i - 1;
		if (!v->messages->all[v->shown[i]].alert)
			continue;
		list_go(&v->list, i);
		return true;
	}
	app_say(v->view.app, down ? "no error after this one" : "no error before this one");
	return true;
}

static void view_messages_typed(struct view *view, struct str line)
{
	struct view_messages *v = (struct view_messages *)view;
	struct buf *to = v->filters ? &v->filter : &v->needle;
	buf_clear(to);
	buf_append(to, str_trim(line));
	if (v->filters)
		messages_refill(v);
	else if (v->needle.n)
		messages_find(v, false);
}

static bool messages_prompt(struct view_messages *v, bool filter)
{
	v->filters = filter;
	app_prompt(v->view.app, filter ? "&" : "/");
	return true;
}

static bool view_messages_act(struct view *view, enum action action, unsigned count)
{
	struct view_messages *v = (struct view_messages *)view;
	switch (action) {
	case ACTION_FILTER: return messages_prompt(v, true);
	case ACTION_SEARCH: return messages_prompt(v, false);
	case ACTION_SEARCH_NEXT: return messages_find(v, true);
	case ACTION_SEARCH_PREV: return messages_find(v, false);
	case ACTION_NEXT_ERROR: return messages_to_alert(v, true);
	case ACTION_PREV_ERROR: return messages_to_alert(v, false);
	default: return list_move(&v->list, action, count, 8);
	}
}

static void view_messages_free(struct view *view)
{
	struct view_messages *v = (struct view_messages *)view;
	buf_finish(&v->filter);
	buf_finish(&v->needle);
	buf_finish(&v->line);
	free(v);
}

static const struct hint view_messages_hints[] = {
	{ ACTION_SEARCH, "find" }, { ACTION_FILTER, "filter" }, { ACTION_PREV_ERROR, "error before" },
	{ ACTION_LAST, "newest" }, { ACTION_BACK, "back" }, { ACTION_HELP, "keys" }, { 0, NULL },
};
static struct list *view_messages_list(struct view *view, size_t i)
{
	return i ? NULL : &((struct view_messages *)view)->list;
}
static const struct view_nav view_messages_nav = { .list = view_messages_list };

static const struct view_ops view_messages_ops = {
	.name = "messages", .where = WHERE_MESSAGES,
	.nav = &view_messages_nav, .draw = view_messages_draw,
	.act = view_messages_act, .free = view_messages_free, .typed = view_messages_typed,
	.hints = view_messages_hints,
};

struct view *view_messages_new(const struct messages *messages)
{
	struct view_messages *v = xcalloc(1, sizeof *v);
	v->view.ops = &view_messages_ops;
	v->messages = messages;
	messages_refill(v);
	return &v->view;
}
