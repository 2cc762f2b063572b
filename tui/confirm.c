#include "tui/confirm.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "tui/app.h"
#include "tui/wrap.h"

struct confirm {
	struct popup popup;
	char *question;
	void (*yes)(void *data);
	void *data;
};

static void confirm_size(struct popup *popup, int *ret_rows, int *ret_cols)
{
	struct confirm *c = (struct confirm *)popup;
	size_t width = text_width(str_of(c->question));
	if (width < (size_t)*ret_cols)
		*ret_cols = (int)width;
	*ret_rows = wrap_rows(str_of(c->question), *ret_cols, *ret_rows);
}

static void confirm_draw(struct popup *popup, struct surface *s, struct area a)
{
	struct confirm *c = (struct confirm *)popup;
	owned_buf struct buf text = { 0 };
	/* Where there is only this line the keys stand first. */
	buf_printf(&text, "%s%s", a.rows == s->rows || a.cols < 12 ? "y/n " : "", c->question);
	wrap_draw(s, a, buf_str(&text), INK(POPUP));
}

static bool confirm_act(struct popup *popup, enum action action, unsigned count)
{
	struct confirm *c = (struct confirm *)popup;
	void (*yes)(void *) = c->yes;
	void *data = c->data;
	(void)count;
	if (action != ACTION_YES && action != ACTION_NO)
		return action == ACTION_ENTER;
	app_close(popup->app);
	if (action == ACTION_YES)
		yes(data);
	return true;
}

static void confirm_free(struct popup *popup)
{
	struct confirm *c = (struct confirm *)popup;
	free(c->question);
	free(c);
}

static const struct popup_ops confirm_ops = {
	.where = WHERE_CONFIRM, .size = confirm_size, .draw = confirm_draw, .act = confirm_act,
	.free = confirm_free,
};

struct popup *confirm_new(const char *title, const char *question, void (*yes)(void *data),
                          void *data)
{
	struct confirm *c = xcalloc(1, sizeof *c);
	c->popup = (struct popup){ .ops = &confirm_ops, .title = title, .hint = "y yes  n no" };
	c->question = xstrdup(question);
	c->yes = yes;
	c->data = data;
	return &c->popup;
}
