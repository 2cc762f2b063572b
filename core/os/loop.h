#ifndef CORE_OS_LOOP_H
#define CORE_OS_LOOP_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/own.h"

/* One thread, one poll(2) a process.  Everything that can make us wait is a
 * watch, a timer, a child or a signal here; everything else returns at once.
 *
 * A turn is: call the hooks in the order added; wait; call what is ready.  The
 * screen draws from a hook, so however many events a turn brings, it draws
 * once.  Nothing pending means no wake-up at all. */
struct loop;

typedef void loop_watch_fn(struct loop *, int fd, short revents, void *data);
typedef void loop_hook_fn(struct loop *, void *data);
typedef void loop_timer_fn(struct loop *, void *data);
typedef void loop_signal_fn(struct loop *, int signal, void *data);
/* status as wait(2) gives it. */
typedef void loop_child_fn(struct loop *, pid_t, int status, void *data);

struct loop *loop_new(void);
void loop_free(struct loop *);
OWN_DEFINE(loop)

/* The fd stays the caller's: remove it here before closing it.  events are those
 * of poll(2).  Removing a watch, the one now running included, is allowed inside
 * any callback.  A second loop_watch of the same fd changes its events and callback.
 * POLLHUP, POLLERR or POLLNVAL without any of events is told once; then the fd is
 * left alone until the next loop_watch of it, since poll would say so for ever. */
void loop_watch(struct loop *, int fd, short events, loop_watch_fn *, void *data);
void loop_unwatch(struct loop *, int fd);

/* Runs once after delay_ms (0: in the next turn); the id (never 0) is for
 * loop_untimer, which accepts ids that have run and 0. */
uint64_t loop_timer(struct loop *, int64_t delay_ms, loop_timer_fn *, void *data);
void loop_untimer(struct loop *, uint64_t id);

/* Called before each wait; what a hook adds runs in the same round. */
void loop_hook(struct loop *, loop_hook_fn *, void *data);
/* The signal is delivered from the loop instead of its default action, until the
 * loop is freed; one callback a signal; fn NULL gives the default back.  It is
 * blocked meanwhile (signalfd), which children of spawn_start do not inherit. */
void loop_signal(struct loop *, int signal, loop_signal_fn *, void *data);
/* Called once when the child has ended, which the loop then has waited for, after
 * the watches of that turn.  A child that ended before is told as well.  If somebody
 * else has waited for it, status says exit code 255. */
void loop_child(struct loop *, pid_t, loop_child_fn *, void *data);
void loop_unchild(struct loop *, pid_t);

void loop_stop(struct loop *);
/* Runs until loop_stop, or until there is no watch, timer or child left. */
bool loop_run(struct loop *, struct error *err);
/* A single turn that waits at most wait_ms (-1: as long as it takes; with nothing
 * to wait for it returns at once).  Neither may be called inside a callback. */
bool loop_turn(struct loop *, int64_t wait_ms, struct error *err);

#endif
