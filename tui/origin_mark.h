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

/* The values at one pointer: the one that wins, then what lower layers hold there,
 * nearest first, whether they or what contains them was replaced. */
enum { ORIGIN_MAX = 64 };
struct origin_stack {
	const struct value *values[ORIGIN_MAX];
	size_t n;
};
/* document may be NULL: then only what the cascade noted (value_under) is known. */
void origin_find(const struct value *winner, const struct document *, struct str pointer,
                 struct origin_stack *ret_stack);
struct origin_mark origin_mark(const struct value *, bool over, const struct selection *);

/* Appends what `o` shows: each value with its file, line, column and profile; lines
 * as popup_new_text takes them. */
void origin_describe(struct buf *, const struct origin_stack *, const struct selection *);
/* Appends "pesto/api/config.json:4:5", or "(generated)". */
void origin_place(struct buf *, const struct value *);

#endif
