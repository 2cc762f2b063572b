#ifndef CORE_OS_PUMP_H
#define CORE_OS_PUMP_H

#include "core/base/buf.h"
#include "core/base/own.h"
#include "core/os/loop.h"

/* Bytes between two sockets, both ways at once, until each has said all it has to say: in
 * their order, neither read faster than the other takes them, and the end of what one
 * sends passed on behind them. */
struct pump;

/* All from the loop, each at most once. */
struct pump_events {
	/* The first bytes of the right side have come. */
	void (*answered)(void *data);
	/* The right side says no more, and the left has it all.  True: the end is passed on;
	 * false: it stays unsaid until the pump is freed.  NULL: it is passed on. */
	bool (*silent)(void *data);
	/* The left side is gone, and what it said is passed on. */
	void (*gone)(void *data);
	/* Nothing is left to be carried, neither way. */
	void (*over)(void *data);
	void *data;
};

/* PUMP_BYTES: read ahead, each way.  PUMP_KEPT: of what the left says, kept for
 * pump_give_back. */
enum { PUMP_BYTES = 64 << 10, PUMP_KEPT = 32 << 10 };

/* Takes the fds.  first: what goes to the right before all else. */
struct pump *pump_new(struct loop *, int left, int right, struct str first,
                      const struct pump_events *);
/* Frees it as if it had never been: the left side's fd, and what it has said.  -1: too late,
 * the right has answered or too much was said, and nothing is done. */
int pump_give_back(struct pump *, struct buf *ret_said);
/* Nothing is to come from the right side any more but what is there: its writer has ended,
 * whoever else may hold it open. */
void pump_end_right(struct pump *);
/* Closes both; allowed inside its events.  NULL is fine. */
void pump_free(struct pump *);
OWN_DEFINE(pump)

#endif
