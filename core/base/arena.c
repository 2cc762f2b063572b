#include "core/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

#include "core/base/check.h"

/* Blocks double from the first to the largest.  From ARENA_MAPPED on, the size of
 * a huge page, they are mapped: filling half a gigabyte by pages of 4 KiB costs
 * more than parsing what is put there. */
enum {
	ARENA_ALIGN = 16, ARENA_FIRST = 4096, ARENA_LARGEST = 64 << 20, ARENA_MAPPED = 2 << 20,
};

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	size_t mapped;                  /* bytes to unmap; 0: from calloc */
	_Alignas(ARENA_ALIGN) char bytes[];
};

struct arena {
	struct arena_block *blocks;     /* the one in use first */
	struct arena_block *singles;    /* made for one large piece each */
	struct arena_block *spare;      /* empty, from the last rewinding, or NULL */
	struct arena **kept;
	size_t nkept, asked;
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

static void arena_block_free(struct arena_block *b)
{
	if (b->mapped)
		munmap(b, b->mapped);
	else
		free(b);
}

/* Frees the list up to a block that stays. */
static void arena_blocks_free(struct arena_block *b, const struct arena_block *stays)
{
	for (struct arena_block *next; b != stays; b = next) {
		next = b->next;
		arena_block_free(b);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_blocks_free(a->blocks, NULL);
	arena_blocks_free(a->singles, NULL);
	arena_blocks_free(a->spare, NULL);
	for (size_t i = 0; i < a->nkept; i++)
		arena_free(a->kept[i]);
	free(a->kept);
	free(a);
}

/* Zeroed pages from a multiple of ARENA_MAPPED on, which huge pages need.  What
 * nobody touches takes no memory. */
static struct arena_block *arena_map(size_t bytes)
{
	size_t mapped = (bytes + ARENA_MAPPED - 1) & ~(size_t)(ARENA_MAPPED - 1);
	char *p = mmap(NULL, mapped + ARENA_MAPPED, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		check_failed("memory", 0, "out of memory");
	size_t front = -(uintptr_t)p & (ARENA_MAPPED - 1);
	if (front)
		munmap(p, front);
	p += front;
	munmap(p + mapped, ARENA_MAPPED - front);
	/* A wish: a kernel without huge pages gives small ones. */
	madvise(p, mapped, MADV_HUGEPAGE);
	struct arena_block *b = (struct arena_block *)(void *)p;
	b->mapped = mapped;
	return b;
}

static struct arena_block *arena_push(struct arena_block **list, struct arena_block *b)
{
	b->next = *list;
	return *list = b;
}

static struct arena_block *arena_grow(struct arena *a, size_t need)
{
	size_t bytes = a->blocks ? (a->blocks->size + sizeof *a->blocks) * 2 : ARENA_FIRST;
	struct arena_block *spare = a->spare;
	if (spare && spare->size >= need) {
		a->spare = NULL;
		return arena_push(&a->blocks, spare);
	}
	if (bytes > ARENA_LARGEST)
		bytes = ARENA_LARGEST;
	bool is_single = bytes < need + sizeof(struct arena_block);
	if (is_single)
		bytes = need + sizeof(struct arena_block);
	struct arena_block *b = bytes < ARENA_MAPPED ? xcalloc(1, bytes) : arena_map(bytes);
	b->size = (b->mapped ? b->mapped : bytes) - sizeof *b;
	/* The one in use has room left for smaller pieces. */
	if (is_single && a->blocks && a->blocks->size - a->blocks->used > ARENA_FIRST / 8)
		return arena_push(&a->singles, b);
	return arena_push(&a->blocks, b);
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

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){
		.blocks = a->blocks, .singles = a->singles,
		.used = a->blocks ? a->blocks->used : 0, .asked = a->asked,
	};
}

static void arena_block_cut(struct arena_block *b, size_t used)
{
	memset(b->bytes + used, 0, b->used - used);
	b->used = used;
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	/* Whoever rewinds soon asks for as much again. */
	if (a->blocks != mark.blocks) {
		struct arena_block *newest = a->blocks;
		a->blocks = newest->next;
		arena_blocks_free(a->spare, NULL);
		newest->next = NULL;
		arena_block_cut(newest, 0);
		a->spare = newest;
	}
	arena_blocks_free(a->blocks, mark.blocks);
	arena_blocks_free(a->singles, mark.singles);
	a->blocks = mark.blocks;
	a->singles = mark.singles;
	a->asked = mark.asked;
	if (a->blocks)
		arena_block_cut(a->blocks, mark.used);
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
