#ifndef TUI_SPOUT_H
#define TUI_SPOUT_H

#include "core/base/buf.h"
#include "core/base/own.h"
#include "core/os/loop.h"

/* Bytes on their way to standard output or error, which may not take them now (a pager
 * that waits, a terminal that was stopped): they go from the loop, so that a Ctrl-C is
 * heard meanwhile. */
struct spout;

/* changed: when all is written, and when it cannot be.  The fd stays as it is. */
struct spout *spout_new(struct loop *, int fd, void (*changed)(void *data), void *data);
void spout_free(struct spout *);
OWN_DEFINE(spout)

void spout_add(struct spout *, struct str bytes);
/* Bytes still to be written: past SPOUT_FULL it is time to wait. */
enum { SPOUT_FULL = 1 << 20 };
size_t spout_left(const struct spout *);
/* Writing has failed: errno then; what is added is dropped.  0: all is well. */
int spout_fault(const struct spout *);

#endif
