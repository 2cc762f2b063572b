#include "core/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/check.h"

enum { ARENA_ALIGN = 16, ARENA_FIRST = 4096, ARENA_LARGEST = 1 << 20 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ARENA_ALIGN) char bytes[];
};

struct arena {
	struct arena_block *blocks;     /* the one in use first */
	struct arena **kept;
	size_t nkept, asked;
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct arena_block *next, *b = a->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	for (size_t i = 0; i < a->nkept; i++)
		arena_free(a->kept[i]);
	free(a->kept);
	free(a);
}

static struct arena_block *arena_grow(struct arena *a, size_t need)
{
	size_t size = a->blocks ? a->blocks->size * 2 : ARENA_FIRST;
	if (size > ARENA_LARGEST)
		size = ARENA_LARGEST;
	if (size < need)
		size = need;
	struct arena_block *b = xcalloc(1, sizeof *b + size);
	b->size = size;
	/* A block made for one large piece goes behind the one in use. */
	if (a->blocks && size == need && a->blocks->size - a->blocks->used > ARENA_FIRST / 8) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	CHECK(size < SIZE_MAX / 2);
	size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	struct arena_block *b = a->blocks;
	if (!b || b->size - b->used < need)
		b = arena_grow(a, need);
	void *p = b->bytes + b->used;
	b->used += need;
	a->asked += size;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	CHECK(size == 0 || count < SIZE_MAX / 2 / size);
	return arena_alloc(a, count * size);
}

char *arena_text(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){ arena_text(a, s), s.n };
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	CHECK(n >= 0);
	char *text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return text;
}

void arena_keep(struct arena *a, struct arena *kept)
{
	a->kept = xrealloc(a->kept, a->nkept + 1, sizeof *a->kept);
	a->kept[a->nkept++] = kept;
}

size_t arena_size(const struct arena *a)
{
	return a->asked;
}
