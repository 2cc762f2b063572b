#include "tui/view_help.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/search.h"

/* A key, or the head of several (action ACTION_NONE). */
struct help_line {
	enum action action;
	const char *head;
	unsigned where;                 /* whose keys are told */
};

struct view_help {
	struct view view;
	const struct view_ops *from;
	struct help_line lines[ACTION_COUNT + 4];
	size_t n;
	size_t shown[ACTION_COUNT + 4];
	struct list list;
	struct buf filter;
};

/* ---- lines ---- */

static void help_text(const struct help_line *line, struct buf *out)
{
	const struct keymap_entry *entry = keymap_entry(line->action);
	buf_clear(out);
	buf_append(out, keymap_keys(line->action, line->where));
	buf_printf(out, " %s %s", entry->text, entry->name);
}

static void help_refilter(struct view_help *h)
{
	owned_buf struct buf text = { 0 };
	struct str needle = buf_str(&h->filter);
	size_t n = 0, head = STR_NONE;
	for (size_t i = 0; i < h->n; i++) {
		if (h->lines[i].action == ACTION_NONE) {
			head = i;
			continue;
		}
		help_text(&h->lines[i], &text);
		if (needle.n && search_find(buf_str(&text), needle, 0) == STR_NONE)
			continue;
		if (head != STR_NONE)
			h->shown[n++] = head;
		head = STR_NONE;
		h->shown[n++] = i;
	}
	list_set_count(&h->list, n);
}

/* Keys valid in one of `where` and, if it is not 0, of `also`, and in none of `but`. */
static void help_add(struct view_help *h, const char *head, unsigned where, unsigned also,
                     unsigned but)
{
	size_t at = h->n++;
	h->lines[at] = (struct help_line){ .head = head };
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		unsigned valid = keymap_entry(a)->where;
		if ((valid & where) && (!also || (valid & also)) && !(valid & but))
			h->lines[h->n++] = (struct help_line){ .action = a, .where = where };
	}
	if (h->n == at + 1)
		h->n = at;
}

/* ---- drawing ---- */

static void help_draw_line(struct view_help *h, struct pen *pen, const struct help_line *line,
                           int keys)
{
	const struct keymap_entry *entry = keymap_entry(line->action);
	if (!entry) {
		pen_word(pen, line->head, INK(STRONG));
		if (h->lines == line)
			pen_printf(pen, INK(STRONG), " (%s)", h->from->name);
		pen_fill(pen, INK(TEXT));
		return;
	}
	pen_word(pen, "  ", INK(HOT));
	pen_text(pen, keymap_keys(line->action, line->where), INK(HOT));
	if (pen_left(pen) > 0)
		pen_word(pen, " ", INK(TEXT));
	pen_to(pen, keys, INK(TEXT));
	pen_word(pen, entry->text, INK(TEXT));
	pen_fill(pen, INK(TEXT));
}

static void view_help_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_help *h = (struct view_help *)view;
	struct pen pen = pen_at(s, area_cut_top(&a, 1), 0);
	pen_word(&pen, " keys ", INK(BARSTRONG));
	pen_word(&pen, " a number before a key repeats it ", INK(BAR));
	if (h->filter.n) {
		pen_word(&pen, " with ", INK(BAR));
		pen_text(&pen, buf_str(&h->filter), INK(BARSTRONG));
	}
	pen_fill(&pen, INK(BAR));
	list_show(&h->list, a.rows);
	if (h->list.n == 0) {
		pen = pen_at(s, a, 0);
		pen_word(&pen, "  no key has this text; / and Enter show all again", INK(FAINT));
	}
	for (int row = 0; row < a.rows && h->list.top + (size_t)row < h->list.n; row++) {
		size_t i = h->list.top + (size_t)row;
		pen = pen_at(s, area_cols(a, 0, a.cols - 1), row);
		pen.over = i == h->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		help_draw_line(h, &pen, &h->lines[h->shown[i]], a.cols >= 60 ? 26 : 14);
	}
	list_draw_bar(&h->list, s, a);
}

/* ---- keys ---- */

static void view_help_typed(struct view *view, struct str line)
{
	struct view_help *h = (struct view_help *)view;
	buf_clear(&h->filter);
	buf_append(&h->filter, str_trim(line));
	h->list.cursor = 0;
	help_refilter(h);
}

static bool help_to_head(struct view_help *h, bool down)
{
	for (size_t i = h->list.cursor; down ? i + 1 < h->list.n : i > 0; ) {
		i = down ? i + 1 : i - 1;
		if (h->lines[h->shown[i]].action == ACTION_NONE) {
			list_go(&h->list, i);
			return true;
		}
	}
	return false;
}

/* In the view that asked for help, and this one goes with it. */
static bool help_run(struct view_help *h)
{
	struct app *app = h->view.app;
	enum action action = h->list.n ? h->lines[h->shown[h->list.cursor]].action : ACTION_NONE;
	const struct keymap_entry *entry = keymap_entry(action);
	if (!entry)
		return false;
	if (!(entry->where & h->from->where)) {
		app_say(app, "%s means nothing in the %s view", entry->name, h->from->name);
		return true;
	}
	app_pop(app);
	app_perform(app, action, 0);
	return true;
}

static bool view_help_act(struct view *view, enum action action, unsigned count)
{
	struct view_help *h = (struct view_help *)view;
	switch (action) {
	case ACTION_SEARCH: app_prompt(view->app, "/"); return true;
	case ACTION_FILTER: app_prompt(view->app, "&"); return true;
	case ACTION_ENTER: return help_run(h);
	case ACTION_SECTION_UP: return help_to_head(h, false);
	case ACTION_SECTION_DOWN: return help_to_head(h, true);
	default: return list_move(&h->list, action, count, 0);
	}
}

static void view_help_free(struct view *view)
{
	struct view_help *h = (struct view_help *)view;
	buf_finish(&h->filter);
	free(h);
}

static const struct hint view_help_hints[] = {
	{ ACTION_ENTER, "do it" }, { ACTION_SEARCH, "find" },
	{ ACTION_SECTION_DOWN, "next part" }, { ACTION_BACK, "back" },
	{ 0, NULL },
};
static struct list *view_help_list(struct view *view, size_t i)
{
	return i ? NULL : &((struct view_help *)view)->list;
}
static const struct view_nav view_help_nav = { .list = view_help_list };

static const struct view_ops view_help_ops = {
	.name = "help", .where = WHERE_HELP,
	.nav = &view_help_nav, .draw = view_help_draw, .act = view_help_act,
	.free = view_help_free, .typed = view_help_typed, .hints = view_help_hints,
};

struct view *view_help_new(const struct view_ops *from)
{
	static const unsigned popups = WHERE_PICKER | WHERE_LEVELS | WHERE_TEXT | WHERE_CONFIRM |
	                               WHERE_BATCH;
	struct view_help *h = xcalloc(1, sizeof *h);
	h->view.ops = &view_help_ops;
	h->from = from;
	/* What works in the help as well works everywhere. */
	help_add(h, "Of the view you came from", from->where, 0, WHERE_HELP);
	help_add(h, "In every view", from->where, WHERE_HELP, 0);
	help_add(h, "In other views", ~popups, 0, from->where);
	help_add(h, "In menus and boxes", popups, 0, ~popups);
	help_refilter(h);
	return &h->view;
}
