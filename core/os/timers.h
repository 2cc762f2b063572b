#ifndef CORE_OS_TIMERS_H
#define CORE_OS_TIMERS_H

#include "core/os/loop.h"

/* The loop's timers, soonest first (a heap).  {0} is none. */
struct timer {
	int64_t due_ms;         /* of clock_monotonic_ms */
	uint64_t id;            /* counts up: equal times run in order of adding */
	loop_timer_fn *fn;
	void *data;
};

struct timers {
	struct timer *heap;
	size_t n, cap;
	uint64_t last_id;
};

void timers_finish(struct timers *);
uint64_t timers_add(struct timers *, int64_t due_ms, loop_timer_fn *, void *data);
/* No such id is fine. */
void timers_remove(struct timers *, uint64_t id);
/* The soonest; false when there is none. */
bool timers_first(const struct timers *, struct timer *ret_timer);

#endif
