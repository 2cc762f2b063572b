#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include <stddef.h>

#include "core/base/own.h"
#include "core/base/str.h"

/* Memory released all at once.  Each artefact of the way of the data lives in
 * one and never changes after its maker has returned, so parts are shared
 * without counting.  What an arena hands out never moves and is not NULL. */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *);
OWN_DEFINE(arena)

/* Zeroed and aligned for any type. */
void *arena_alloc(struct arena *, size_t size)
	__attribute__((alloc_size(2), returns_nonnull));
/* Zeroed room for count items of size bytes. */
void *arena_array(struct arena *, size_t count, size_t size)
	__attribute__((alloc_size(2, 3), returns_nonnull));
/* A copy with a NUL behind it. */
struct str arena_str(struct arena *, struct str);
char *arena_text(struct arena *, struct str) __attribute__((returns_nonnull));
char *arena_printf(struct arena *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
/* A place in the arena.  Rewinding forgets all that was asked for since, whose memory
 * is handed out again: for readers that keep little of what they make on the way. */
struct arena_mark {
	struct arena_block *blocks, *singles;
	size_t used, asked;
};
struct arena_mark arena_mark(const struct arena *);
void arena_rewind(struct arena *, struct arena_mark);
/* Another arena lives as long as this one: takes `kept`. */
void arena_keep(struct arena *, struct arena *kept);
/* Bytes asked for so far. */
size_t arena_size(const struct arena *);

#endif
