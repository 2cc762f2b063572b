#include "tui/action_prompt.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/recipe/shell.h"
#include "tui/app.h"
#include "tui/prompt.h"
#include "tui/wrap.h"

enum { ASK_COLS = 68 };

struct action_prompt {
	struct popup popup;
	const struct kind_action *action;
	struct prompt prompt;
};

bool action_prompt_words(struct arena *arena, struct str line, const struct str **ret_words,
                         size_t *ret_n, struct error *err)
{
	const struct str *raw = NULL;
	size_t n = 0;
	if (!shell_words(arena, line, &raw, &n))
		return error_set(err, ERROR_USAGE, "a quote is not closed");
	struct str *words = arena_array(arena, n + 1, sizeof *words);
	for (size_t i = 0; i < n; i++)
		if (shell_expand(arena, raw[i], '\\', NULL, NULL, &words[i], err) != SHELL_DONE)
			return error_set(err, ERROR_USAGE, "'%.*s' is no word: quote it", STR_ARG(raw[i]));
	*ret_words = words;
	*ret_n = n;
	return true;
}

/* The popup is gone when this returns. */
static void ask_enter(struct action_prompt *p)
{
	owned_buf struct buf line = { 0 };
	struct app *app = p->popup.app;
	const struct kind_action *action = p->action;
	buf_append(&line, buf_str(&p->prompt.text));
	app_close(app);
	app_action(app, action, buf_str(&line));
}

static bool ask_key(struct popup *popup, uint32_t key)
{
	struct action_prompt *p = (struct action_prompt *)popup;
	if (!p->action->words || key == 'L' - '@' || key == 'Z' - '@')
		return false;
	switch (prompt_key(&p->prompt, key)) {
	case PROMPT_ENTERED: ask_enter(p); break;
	case PROMPT_LEFT: app_close(popup->app); break;
	case PROMPT_TYPING: break;
	}
	return true;
}

static bool ask_act(struct popup *popup, enum action action, unsigned count)
{
	struct action_prompt *p = (struct action_prompt *)popup;
	(void)count;
	if (action != ACTION_ENTER)
		return false;
	ask_enter(p);
	return true;
}

static void ask_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct action_prompt *p = (struct action_prompt *)popup;
	*ret_cols = *ret_cols < ASK_COLS ? *ret_cols : ASK_COLS;
	*ret_rows = 3 + (p->action->words ? 1 : 0);
}

static void ask_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct action_prompt *p = (struct action_prompt *)popup;
	const struct kind_action *action = p->action;
	struct area line = action->words ? area_cut_bottom(&a, 1) : (struct area){ 0 };
	struct area note = area_cut_bottom(&a, 1);
	wrap_draw(s, area_cols(a, 1, a.cols - 2), str_of(action->sentence), INK(POPUP));
	struct pen pen = pen_at(s, area_cols(note, 1, note.cols - 2), 0);
	if (action->words)
		pen_printf(&pen, INK(POPUPFAINT), "%s %s", action->name, action->words);
	if (action->changes_files)
		pen_word(&pen, action->words ? ": files of the project are changed"
		                             : "files of the project are changed", INK(POPUPHOT));
	if (action->words)
		prompt_draw(&p->prompt, s, area_cols(line, 1, line.cols - 2));
}

static void ask_free(struct popup *popup)
{
	struct action_prompt *p = (struct action_prompt *)popup;
	prompt_finish(&p->prompt);
	free(p);
}

static const struct popup_ops action_prompt_ops = {
	.where = WHERE_LEVELS, .size = ask_size, .draw = ask_draw, .act = ask_act, .free = ask_free,
	.key = ask_key,
};

struct popup *action_prompt_new(const struct kind_action *action)
{
	struct action_prompt *p = xcalloc(1, sizeof *p);
	p->popup = (struct popup){ .ops = &action_prompt_ops, .title = action->name,
	                           .hint = "Enter does it  Esc leaves" };
	p->action = action;
	prompt_open(&p->prompt, "words: ");
	return &p->popup;
}
