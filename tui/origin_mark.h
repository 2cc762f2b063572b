#ifndef TUI_ORIGIN_MARK_H
#define TUI_ORIGIN_MARK_H

#include "core/config/settings.h"
#include "tui/surface.h"

/* Which layer a value comes from, as one sign: b the base file, 1 2 … the profiles
 * in their order, g generated; over: it shadows something. */
struct origin_mark {
	char sign;
	bool over;
	struct ink ink;
};
struct origin_mark origin_mark(const struct value *, const struct selection *);

/* Appends what `o` shows: the value that wins and what it shadows, each with its
 * file, line, column and profile; lines as popup_new_text takes them. */
void origin_describe(struct buf *, const struct value *, const struct selection *);

#endif
