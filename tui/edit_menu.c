#include "tui/edit_menu.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/json_text.h"
#include "tui/list.h"
#include "tui/wrap.h"

enum { EDIT_MENU_COLS = 76, EDIT_MENU_NOTE = 4, EDIT_MENU_HELD = 24, EDIT_MENU_NAME = 12 };

struct edit_menu {
	struct popup popup;
	const struct edit_places *places;
	const struct selection *selection;
	const char *head;
	struct list list;
	edit_menu_fn *chosen;
	void *data;
};

static void edit_menu_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct edit_menu *m = (struct edit_menu *)popup;
	*ret_rows = (int)m->list.n + EDIT_MENU_NOTE + 2;
	*ret_cols = EDIT_MENU_COLS;
}

/* ---- drawing ---- */

static const char *edit_menu_effect(const struct edit_place *place)
{
	switch (place->effect) {
	case EDIT_SHOWS: return place->nlost ? "shows, hides others" : "shows";
	case EDIT_SHADOWED: return "hidden";
	case EDIT_NOTHING: return "no change";
	case EDIT_UNCOVERS: return "another shows";
	case EDIT_GONE: return "gone";
	case EDIT_SAME: return "as it is";
	case EDIT_REFUSED: return "cannot";
	}
	return "";
}

/* The place of the file's profile in the order: as origin marks have it. */
static char edit_menu_sign(const struct edit_menu *m, const struct edit_place *place)
{
	const char *profile = place->files[0].profile;
	size_t at = 0;
	if (place->nfiles > 1)
		return '*';
	if (!profile)
		return 'b';
	for (size_t i = 0; i < m->selection->nprofiles; i++)
		if (strcmp(m->selection->profiles[i], profile) == 0)
			at = i;
	return at < 9 ? (char)('1' + at) : '+';
}

static void edit_menu_name(const struct edit_place *place, struct buf *out)
{
	const char *name = place->files[0].name, *slash = strrchr(name, '/');
	if (place->nfiles > 1)
		buf_printf(out, "all %zu files that have it", place->nfiles);
	else
		buf_append_text(out, slash ? slash + 1 : name);
	if (place->whole)
		buf_printf(out, " + all of %.*s", STR_ARG(place->pointer));
}

static void edit_menu_held(const struct edit_place *place, struct buf *out)
{
	if (place->nfiles > 1 || place->whole)
		return;
	if (place->held)
		json_text_short(out, place->held, EDIT_MENU_HELD);
	else
		buf_append_text(out, place->files[0].before.p ? "-" : "(new file)");
}

static void edit_menu_draw_place(const struct edit_menu *m, struct pen *pen,
                                 const struct edit_place *place, bool here)
{
	owned_buf struct buf name = { 0 }, held = { 0 }, effect = { 0 };
	size_t width;
	edit_menu_name(place, &name);
	edit_menu_held(place, &held);
	buf_printf(&effect, " %s ", edit_menu_effect(place));
	pen_printf(pen, here ? INK(POPUPHERE) : INK(POPUPHOT), "%s%c ", here ? ">" : " ",
	           edit_menu_sign(m, place));
	/* What will show matters more than all of the name. */
	int room = pen_left(pen) - (int)effect.n;
	struct str cut = room < EDIT_MENU_NAME ? buf_str(&name)
	                                       : text_cut(buf_str(&name), (size_t)room, &width);
	pen_text(pen, cut, here ? INK(POPUPHERE) : INK(POPUP));
	pen_word(pen, "  ", here ? INK(POPUPHERE) : INK(POPUP));
	if (pen_left(pen) >= (int)text_width(buf_str(&held)) + (int)effect.n)
		pen_text(pen, buf_str(&held), here ? INK(POPUPHERE) : INK(POPUPFAINT));
	pen_right(pen, buf_str(&effect), here ? INK(POPUPHERE) : INK(POPUPFAINT));
	pen_fill(pen, here ? INK(POPUPHERE) : INK(POPUP));
}

static void edit_menu_draw_note(const struct edit_place *place, struct surface *s, struct area a)
{
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < place->nfiles; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", place->files[i].name);
	buf_printf(&text, "%s%s", place->note[0] ? ": " : "", place->note);
	wrap_draw(s, a, buf_str(&text), INK(POPUPFAINT));
}

static void edit_menu_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct edit_menu *m = (struct edit_menu *)popup;
	/* Where rows are few the files come first, then what is said of one. */
	int spare = a.rows - (int)m->list.n;
	struct area note = area_cut_bottom(&a, spare > EDIT_MENU_NOTE ? EDIT_MENU_NOTE
	                                       : spare > 0 ? spare : a.rows > 2 ? 1 : 0);
	if (spare > EDIT_MENU_NOTE) {
		struct pen pen = pen_at(s, area_cut_top(&a, 1), 0);
		pen_word(&pen, m->head, INK(POPUPHOT));
	}
	list_show(&m->list, a.rows);
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		edit_menu_draw_place(m, &pen, &m->places->places[i], i == m->list.cursor);
	}
	edit_menu_draw_note(&m->places->places[m->list.cursor], s, note);
}

/* ---- keys ---- */

static bool edit_menu_act(struct popup *popup, enum action action, unsigned count)
{
	struct edit_menu *m = (struct edit_menu *)popup;
	const struct edit_place *place = &m->places->places[m->list.cursor];
	edit_menu_fn *chosen = m->chosen;
	void *data = m->data;
	if (action != ACTION_ENTER)
		return list_move(&m->list, action, count, 0);
	if (place->effect == EDIT_REFUSED) {
		app_alert(popup->app, "%s: %s", place->files[0].name, place->note);
		return true;
	}
	m->chosen = NULL;
	app_close(popup->app);
	chosen(data, place);
	return true;
}

static void edit_menu_free(struct popup *popup)
{
	struct edit_menu *m = (struct edit_menu *)popup;
	if (m->chosen)
		m->chosen(m->data, NULL);
	free(m);
}

static const struct popup_ops edit_menu_ops = {
	.where = WHERE_PICKER, .size = edit_menu_size, .draw = edit_menu_draw, .act = edit_menu_act,
	.free = edit_menu_free,
};

struct popup *edit_menu_new(const char *title, const struct edit_places *places,
                            const struct selection *selection, const char *head,
                            edit_menu_fn *chosen, void *data)
{
	struct edit_menu *m = xcalloc(1, sizeof *m);
	m->popup = (struct popup){
		.ops = &edit_menu_ops, .title = title, .hint = "Enter saves  Esc",
	};
	m->places = places;
	m->selection = selection;
	m->head = head;
	m->chosen = chosen;
	m->data = data;
	list_set_count(&m->list, places->n);
	list_go(&m->list, places->best);
	return &m->popup;
}
