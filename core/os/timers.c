#include "core/os/timers.h"

#include <stdlib.h>

#include "core/base/check.h"

void timers_finish(struct timers *t)
{
	free(t->heap);
	*t = (struct timers){ 0 };
}

static bool timers_before(const struct timer *a, const struct timer *b)
{
	return a->due_ms < b->due_ms || (a->due_ms == b->due_ms && a->id < b->id);
}

static void timers_up(struct timers *t, size_t at)
{
	struct timer moved = t->heap[at];
	for (; at && timers_before(&moved, &t->heap[(at - 1) / 2]); at = (at - 1) / 2)
		t->heap[at] = t->heap[(at - 1) / 2];
	t->heap[at] = moved;
}

static void timers_down(struct timers *t, size_t at)
{
	struct timer moved = t->heap[at];
	for (size_t below; (below = 2 * at + 1) < t->n; at = below) {
		if (below + 1 < t->n && timers_before(&t->heap[below + 1], &t->heap[below]))
			below++;
		if (!timers_before(&t->heap[below], &moved))
			break;
		t->heap[at] = t->heap[below];
	}
	t->heap[at] = moved;
}

uint64_t timers_add(struct timers *t, int64_t due_ms, loop_timer_fn *fn, void *data)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 8;
		t->heap = xrealloc(t->heap, t->cap, sizeof *t->heap);
	}
	t->heap[t->n] = (struct timer){ due_ms, ++t->last_id, fn, data };
	timers_up(t, t->n++);
	return t->last_id;
}

void timers_remove(struct timers *t, uint64_t id)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->heap[i].id == id) {
			t->heap[i] = t->heap[--t->n];
			if (i < t->n) {
				timers_up(t, i);
				timers_down(t, i);
			}
			return;
		}
}

bool timers_first(const struct timers *t, struct timer *ret_timer)
{
	if (t->n == 0)
		return false;
	*ret_timer = t->heap[0];
	return true;
}
