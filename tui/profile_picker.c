#include "tui/profile_picker.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/list.h"

struct profile_picker {
	struct popup popup;
	struct project *project;
	struct arena *arena;
	const char **names;             /* chosen ones first, in their order */
	bool *chosen;
	enum cascade_rule rule;
	struct list list;
	profile_picker_fn *hand_over;   /* NULL: to the project itself */
	void *data;
};

static size_t profile_picker_chosen(const struct profile_picker *p)
{
	size_t n = 0;
	while (n < p->list.n && p->chosen[n])
		n++;
	return n;
}

static void profile_picker_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct profile_picker *p = (struct profile_picker *)popup;
	size_t widest = 44;
	for (size_t i = 0; i < p->list.n; i++) {
		size_t width = text_width(str_of(p->names[i])) + 6;
		widest = width > widest ? width : widest;
	}
	*ret_rows = (int)(p->list.n ? p->list.n : 1) + (p->hand_over ? 0 : 2);
	*ret_cols = (int)widest;
}

static void profile_picker_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct profile_picker *p = (struct profile_picker *)popup;
	size_t n = profile_picker_chosen(p);
	struct area rule = area_cut_bottom(&a, a.rows > 2 && !p->hand_over ? 2 : 0);
	struct pen pen = pen_at(s, rule, 1);
	if (!p->hand_over) {
		pen_word(&pen, "m", INK(POPUPHOT));
		pen_printf(&pen, INK(POPUP), " merge rule: %s", p->rule == CASCADE_DEEP
			? "deep (objects update inside)" : "root (only the root level)");
	}
	if (p->list.n == 0) {
		pen = pen_at(s, a, 0);
		pen_word(&pen, "no file has an overlay: there are no profiles", INK(POPUPFAINT));
	}
	list_show(&p->list, a.rows);
	for (int row = 0; row < a.rows && p->list.top + (size_t)row < p->list.n; row++) {
		size_t i = p->list.top + (size_t)row;
		bool here = i == p->list.cursor;
		pen = pen_at(s, a, row);
		pen_word(&pen, here ? ">" : " ", here ? INK(POPUPHERE) : INK(POPUP));
		if (p->chosen[i])
			pen_printf(&pen, here ? INK(POPUPHERE) : INK(POPUPHOT), "[%zu] ", i + 1);
		else
			pen_word(&pen, "[ ] ", here ? INK(POPUPHERE) : INK(POPUPFAINT));
		pen_word(&pen, p->names[i], here ? INK(POPUPHERE) : INK(POPUP));
		if (i + 1 == n && n > 1 && !here)
			pen_word(&pen, "  wins", INK(POPUPFAINT));
		if (here)
			pen_fill(&pen, INK(POPUPHERE));
	}
}

/* Moves one profile to another place, the cursor with it. */
static void profile_picker_move(struct profile_picker *p, size_t from, size_t to)
{
	const char *name = p->names[from];
	bool chosen = p->chosen[from];
	for (size_t i = from; i != to; i = from < to ? i + 1 : i - 1) {
		size_t next = from < to ? i + 1 : i - 1;
		p->names[i] = p->names[next];
		p->chosen[i] = p->chosen[next];
	}
	p->names[to] = name;
	p->chosen[to] = chosen;
	p->list.cursor = to;
}

static bool profile_picker_toggle(struct profile_picker *p)
{
	size_t at = p->list.cursor, n = profile_picker_chosen(p);
	if (p->list.n == 0)
		return false;
	p->chosen[at] = !p->chosen[at];
	/* What is taken goes behind the others taken, what is left before the rest. */
	profile_picker_move(p, at, at < n ? n - 1 : n);
	return true;
}

static bool profile_picker_shift(struct profile_picker *p, bool down)
{
	size_t at = p->list.cursor, n = profile_picker_chosen(p);
	if (at >= n || (down ? at + 1 >= n : at == 0))
		return false;
	profile_picker_move(p, at, down ? at + 1 : at - 1);
	return true;
}

static void profile_picker_apply(struct profile_picker *p)
{
	struct app *app = p->popup.app;
	if (p->hand_over) {
		p->hand_over(p->data, p->names, profile_picker_chosen(p));
		app_close(app);
		return;
	}
	project_select_profiles(p->project, p->names, profile_picker_chosen(p));
	project_select_rule(p->project, p->rule);
	app_reread(app);
	app_close(app);
}

static bool profile_picker_act(struct popup *popup, enum action action, unsigned count)
{
	struct profile_picker *p = (struct profile_picker *)popup;
	switch (action) {
	case ACTION_TOGGLE:
		return profile_picker_toggle(p);
	case ACTION_MOVE_DOWN:
	case ACTION_MOVE_UP:
		return profile_picker_shift(p, action == ACTION_MOVE_DOWN);
	case ACTION_PICK_RULE:
		if (p->hand_over)
			return false;
		p->rule = p->rule == CASCADE_DEEP ? CASCADE_ROOT : CASCADE_DEEP;
		return true;
	case ACTION_ENTER:
		profile_picker_apply(p);
		return true;
	default:
		return list_move(&p->list, action, count, 0);
	}
}

static void profile_picker_free(struct popup *popup)
{
	struct profile_picker *p = (struct profile_picker *)popup;
	arena_free(p->arena);
	free(p);
}

static const struct popup_ops profile_picker_ops = {
	.where = WHERE_PICKER, .size = profile_picker_size, .draw = profile_picker_draw,
	.act = profile_picker_act, .free = profile_picker_free,
};

static void profile_picker_add(struct profile_picker *p, const char *name, bool chosen)
{
	for (size_t i = 0; i < p->list.n; i++)
		if (strcmp(p->names[i], name) == 0)
			return;
	p->names[p->list.n] = arena_text(p->arena, str_of(name));
	p->chosen[p->list.n++] = chosen;
}

static struct profile_picker *profile_picker_make(struct project *project, const char *title,
                                                  const char *hint, bool chosen)
{
	struct profile_picker *p = xcalloc(1, sizeof *p);
	const struct selection *selection = &project->selection;
	const struct settings *s = project->settings ? project->settings : project->good_settings;
	size_t most = selection->nprofiles + (s ? s->nprofiles : 0);
	p->popup = (struct popup){ .ops = &profile_picker_ops, .title = title, .hint = hint };
	p->project = project;
	p->arena = arena_new();
	p->names = arena_array(p->arena, most, sizeof *p->names);
	p->chosen = arena_array(p->arena, most, sizeof *p->chosen);
	p->rule = selection->rule;
	for (size_t i = 0; chosen && i < selection->nprofiles; i++)
		profile_picker_add(p, selection->profiles[i], true);
	for (size_t i = 0; s && i < s->nprofiles; i++)
		profile_picker_add(p, s->profiles[i], false);
	return p;
}

struct popup *profile_picker_new(struct project *project)
{
	return &profile_picker_make(project, "Profiles: later ones win",
	                            "Space takes  J K order  Enter applies  Esc", true)->popup;
}

struct popup *profile_picker_ask(struct project *project, const char *title,
                                 profile_picker_fn *chosen, void *data)
{
	struct profile_picker *p = profile_picker_make(project, title,
	                                               "Space takes  J K order  Enter  Esc", false);
	p->hand_over = chosen;
	p->data = data;
	return &p->popup;
}
