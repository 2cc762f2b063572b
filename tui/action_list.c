#include "tui/action_list.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/intern.h"
#include "core/history/list.h"
#include "tui/action_prompt.h"
#include "tui/app.h"
#include "tui/fuzzy.h"
#include "tui/list.h"
#include "tui/prompt.h"
#include "tui/view_project.h"

enum { ACTIONS_BUILDS = 30, ACTIONS_ROWS = 16, ACTIONS_COLS = 76, ACTIONS_KEYS = 12,
       ACTIONS_RECENT = 6, ACTIONS_LAST = 1 << 20 };

enum action_kind { ITEM_ACTION, ITEM_BUILD, ITEM_PROFILE, ITEM_FILE, ITEM_TASK,
                   ITEM_ERRAND };

struct action_errand;

struct action_item {
	enum action_kind kind;
	enum action action;
	const struct kind_action *task; /* of the project's kind */
	const struct action_errand *errand;
	const char *name;               /* what is remembered; of a build its folder, of a file its
	                                 * path, of a profile its name */
	struct str text, keys;          /* keys: or what kind of thing it is */
	int score;
	size_t order;
};

struct action_list {
	struct popup popup;
	struct arena *arena;
	unsigned where;
	struct recent *recent;
	struct action_item *items;
	size_t n, cap;
	size_t *shown;                  /* into items, the best first */
	struct list list;
	struct prompt prompt;
};

/* ---- what there is ---- */

static void actions_add(struct action_list *p, struct action_item item)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 256;
		p->items = xrealloc(p->items, p->cap, sizeof *p->items);
	}
	/* Nobody looks for j here: what only moves stands last. */
	item.order = p->n + (item.kind == ITEM_ACTION && keymap_takes_count(item.action) ? ACTIONS_LAST
	                                                                                  : 0);
	p->items[p->n++] = item;
}

static void actions_add_actions(struct action_list *p)
{
	for (enum action a = ACTION_UNKNOWN + 1; a < ACTION_COUNT; a++) {
		const struct keymap_entry *entry = keymap_entry(a);
		if (entry->where & p->where && a != ACTION_COMMANDS)
			actions_add(p, (struct action_item){
				.kind = ITEM_ACTION, .action = a, .name = entry->name,
				.text = str_of(arena_printf(p->arena, "%s: %s", entry->name, entry->text)),
				.keys = keymap_first_at(a, p->where),
			});
	}
}

static void actions_add_project(struct action_list *p, const struct project *project)
{
	const struct settings *s = project ? project->settings : NULL;
	for (size_t i = 0; s && i < s->nprofiles; i++) {
		bool selected = false;
		for (size_t j = 0; j < project->selection.nprofiles; j++)
			selected |= strcmp(project->selection.profiles[j], s->profiles[i]) == 0;
		actions_add(p, (struct action_item){
			.kind = ITEM_PROFILE, .name = arena_text(p->arena, str_of(s->profiles[i])),
			.text = str_of(arena_printf(p->arena, "%s profile %s", selected ? "leave" : "take",
			                            s->profiles[i])),
			.keys = STR("profile"),
		});
	}
	for (size_t i = 0; s && i < s->ndocuments; i++) {
		const char *path = arena_text(p->arena, str_of(s->documents[i].path));
		actions_add(p, (struct action_item){
			.kind = ITEM_FILE, .name = path, .text = str_of(path), .keys = STR("file"),
		});
	}
}

static void actions_add_tasks(struct action_list *p, const struct project *project)
{
	const struct kind_action *task = project ? project->kind->actions : NULL;
	for (; task && task->name; task++)
		actions_add(p, (struct action_item){
			.kind = ITEM_TASK, .name = task->name, .task = task, .keys = STR("run"),
			.text = str_of(arena_printf(p->arena, "%s: %s", task->name, task->sentence)),
		});
}

/* Commands whose answer is for the screen as well; kind NULL: of any. */
static const struct action_errand {
	const char *name, *kind, *text, *title;
	const char *const words[4];
	bool selects;                   /* it takes a selection */
} action_errands[] = {
	{ "emit-github", NULL, "a GitHub workflow that builds this, with its cache",
	  "GitHub workflow", { "emit", "--for", "github" }, true },
	{ "lock", "poetry", "whether poetry.lock is what pyproject.toml asks for", "poetry.lock",
	  { "lock" }, false },
};
enum { ACTION_ERRANDS = sizeof action_errands / sizeof *action_errands };

static void actions_add_errands(struct action_list *p, const struct project *project)
{
	for (size_t i = 0; project && i < ACTION_ERRANDS; i++) {
		const struct action_errand *e = &action_errands[i];
		if (!e->kind || strcmp(e->kind, project->kind->name) == 0)
			actions_add(p, (struct action_item){
				.kind = ITEM_ERRAND, .name = e->name, .errand = e, .keys = STR("show"),
				.text = str_of(arena_printf(p->arena, "%s: %s", e->name, e->text)),
			});
	}
}

static void actions_add_builds(struct action_list *p)
{
	struct history_list builds;
	struct error err;
	if (!history_read(p->arena, ACTIONS_BUILDS, &builds, &err))
		return;
	for (size_t i = 0; i < builds.n; i++) {
		const struct history_item *b = &builds.items[i];
		actions_add(p, (struct action_item){
			.kind = ITEM_BUILD, .name = b->dir, .keys = STR("build"),
			.text = str_of(arena_printf(p->arena, "%s %s %s %s", b->id, b->project, b->image,
			                            history_state_name(b->state))),
		});
	}
}

/* ---- what fits ---- */

/* The newest of what was chosen counts most. */
static int actions_recent(const struct action_list *p, const char *name)
{
	for (size_t i = 0; i < p->recent->n; i++)
		if (strcmp(p->recent->names[i], name) == 0)
			return (int)(p->recent->n - i) * ACTIONS_RECENT;
	return 0;
}

static int actions_compare(const void *a, const void *b, void *data)
{
	const struct action_list *p = data;
	const struct action_item *one = &p->items[*(const size_t *)a];
	const struct action_item *other = &p->items[*(const size_t *)b];
	if (one->score != other->score)
		return one->score > other->score ? -1 : 1;
	return one->order < other->order ? -1 : 1;
}

static void actions_narrow(struct action_list *p)
{
	struct str typed = str_trim(buf_str(&p->prompt.text));
	size_t n = 0;
	int best = 0;
	for (size_t i = 0; i < p->n; i++) {
		p->items[i].score = fuzzy_score(typed, p->items[i].text);
		best = p->items[i].score > best ? p->items[i].score : best;
	}
	for (size_t i = 0; i < p->n; i++) {
		struct action_item *item = &p->items[i];
		/* Letters strewn over a long text are no find beside a word. */
		if (item->score == FUZZY_NO || item->score < best / 2)
			continue;
		item->score += actions_recent(p, item->name);
		p->shown[n++] = i;
	}
	qsort_r(p->shown, n, sizeof *p->shown, actions_compare, p);
	p->list = (struct list){ .height = p->list.height };
	list_set_count(&p->list, n);
}

/* ---- doing it ---- */

static void actions_remember(struct recent *r, const char *name)
{
	const char *kept = intern(str_of(name));
	size_t at = 0;
	while (at < r->n && r->names[at] != kept)
		at++;
	if (at == r->n && r->n < RECENT_MAX)
		r->n++;
	if (at == RECENT_MAX)
		at--;
	memmove(r->names + 1, r->names, at * sizeof *r->names);
	r->names[0] = kept;
}

static void actions_toggle_profile(struct app *app, const char *name)
{
	struct project *project = app_project(app);
	owned(arena) struct arena *arena = arena_new();
	size_t n = 0;
	bool leaves = false;
	const struct selection *s = &project->selection;
	const char **names = arena_array(arena, s->nprofiles + 1, sizeof *names);
	for (size_t i = 0; i < s->nprofiles; i++) {
		if (strcmp(s->profiles[i], name) == 0)
			leaves = true;
		else
			names[n++] = s->profiles[i];
	}
	if (!leaves)
		names[n++] = name;
	project_select_profiles(project, names, n);
	app_reread(app);
	app_say(app, leaves ? "without profile %s" : "with profile %s, over those before it", name);
}

static void actions_file(struct app *app, const char *path)
{
	app_perform(app, ACTION_VIEW1, 0);
	struct view *view = app_view(app);
	if (view->ops->where == WHERE_PROJECT)
		view_project_go_value(view, path, STR(""));
}

static void actions_do(struct app *app, const struct action_item *item)
{
	switch (item->kind) {
	case ITEM_ACTION: app_perform(app, item->action, 0); break;
	case ITEM_BUILD: app_open_build(app, item->name); break;
	case ITEM_PROFILE: actions_toggle_profile(app, item->name); break;
	case ITEM_FILE: actions_file(app, item->name); break;
	case ITEM_ERRAND:
		app_project_errand(app, item->errand->title, item->errand->words,
		                   item->errand->selects);
		break;
	case ITEM_TASK: app_open(app, action_prompt_new(item->task)); break;
	}
}

static void actions_enter(struct action_list *p)
{
	struct app *app = p->popup.app;
	unsigned long long line;
	if (str_number(str_trim(buf_str(&p->prompt.text)), KEYMAP_COUNT_MAX, &line)) {
		app_close(app);
		app_perform(app, line ? ACTION_LAST : ACTION_FIRST, (unsigned)line);
		return;
	}
	if (p->list.cursor >= p->list.n) {
		app_close(app);
		app_say(app, "nothing has this name");
		return;
	}
	/* What it needs goes with the list. */
	owned(arena) struct arena *arena = take(p->arena);
	(void)arena;
	struct action_item item = p->items[p->shown[p->list.cursor]];
	actions_remember(p->recent, item.name);
	p->arena = arena_new();
	app_close(app);
	actions_do(app, &item);
}

/* ---- keys ---- */

static bool actions_key(struct popup *popup, uint32_t key)
{
	struct action_list *p = (struct action_list *)popup;
	switch (key) {
	case KEY_ARROW_DOWN: case 'N' - '@': case KEY_TAB:
		list_move(&p->list, ACTION_DOWN, 1, 0);
		return true;
	case KEY_ARROW_UP: case 'P' - '@': case KEY_BACK_TAB:
		list_move(&p->list, ACTION_UP, 1, 0);
		return true;
	case KEY_PAGE_DOWN: case KEY_PAGE_UP:
		list_move(&p->list, key == KEY_PAGE_UP ? ACTION_PAGE_UP : ACTION_PAGE_DOWN, 1, 0);
		return true;
	case 'L' - '@': case 'Z' - '@':
		return false;
	default:
		break;
	}
	switch (prompt_key(&p->prompt, key)) {
	case PROMPT_ENTERED: actions_enter(p); break;
	case PROMPT_LEFT: app_close(popup->app); break;
	case PROMPT_TYPING: actions_narrow(p); break;
	}
	return true;
}

/* Keys are taken before the table has them, but for drawing anew and suspending. */
static bool actions_act(struct popup *popup, enum action action, unsigned count)
{
	struct action_list *p = (struct action_list *)popup;
	return list_move(&p->list, action, count, 0);
}

/* ---- drawing ---- */

static void actions_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	(void)popup;
	*ret_rows = *ret_rows < ACTIONS_ROWS ? *ret_rows : ACTIONS_ROWS;
	*ret_cols = *ret_cols < ACTIONS_COLS ? *ret_cols : ACTIONS_COLS;
}

static void actions_draw_item(const struct action_item *item, struct pen *pen, int keys, int cols)
{
	pen_word(pen, " ", INK(POPUP));
	if (keys > 0) {
		pen_text(pen, item->keys, item->kind == ITEM_ACTION ? INK(POPUPHOT) : INK(POPUPFAINT));
		if (pen_left(pen) > cols - keys)
			pen_to(pen, keys, INK(POPUP));
	}
	pen_text(pen, item->text, INK(POPUP));
	pen_fill(pen, INK(POPUP));
}

static void actions_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct action_list *p = (struct action_list *)popup;
	prompt_draw(&p->prompt, s, area_cut_top(&a, 1));
	list_show(&p->list, a.rows);
	for (int row = 0; row < a.rows && p->list.top + (size_t)row < p->list.n; row++) {
		size_t i = p->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		pen.over = i == p->list.cursor ? STYLE_CURSOR : STYLE_NONE;
		actions_draw_item(&p->items[p->shown[i]], &pen, a.cols >= 30 ? ACTIONS_KEYS : 0, a.cols);
	}
	if (p->list.n == 0) {
		struct pen pen = pen_at(s, a, 0);
		pen_word(&pen, " nothing has these letters", INK(POPUPFAINT));
	}
}

static void actions_free(struct popup *popup)
{
	struct action_list *p = (struct action_list *)popup;
	prompt_finish(&p->prompt);
	arena_free(p->arena);
	free(p->items);
	free(p->shown);
	free(p);
}

static const struct popup_ops action_list_ops = {
	.where = WHERE_TEXT, .size = actions_size, .draw = actions_draw, .act = actions_act,
	.free = actions_free, .key = actions_key,
};

struct popup *action_list_new(struct app *app, unsigned where, struct recent *recent)
{
	struct action_list *p = xcalloc(1, sizeof *p);
	p->popup = (struct popup){ .ops = &action_list_ops, .title = "Do or open",
	                           .hint = "Enter does it, Esc leaves" };
	p->arena = arena_new();
	p->where = where;
	p->recent = recent;
	actions_add_actions(p);
	actions_add_tasks(p, app_project(app));
	actions_add_errands(p, app_project(app));
	actions_add_project(p, app_project(app));
	actions_add_builds(p);
	p->shown = xcalloc(p->n + 1, sizeof *p->shown);
	prompt_open(&p->prompt, ":");
	actions_narrow(p);
	return &p->popup;
}
