#include "core/os/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "core/base/check.h"
#include "core/os/clock.h"
#include "core/os/timers.h"

/* fd, wanted and last seen events of loop_watcher i are in fds[i]. */
struct loop_watcher {
	loop_watch_fn *fn;      /* NULL once removed; swept after the turn */
	void *data;
	int fd;                 /* fds[i].fd is -1 while it is muted */
};

struct loop_hooked {
	loop_hook_fn *fn;
	void *data;
};

struct loop_waited {
	pid_t pid;              /* 0 once removed; swept after the turn */
	loop_child_fn *fn;
	void *data;
};

struct loop {
	struct pollfd *fds;
	struct loop_watcher *watches;
	size_t nwatches, cap_watches;
	struct loop_hooked *hooks;
	size_t nhooks;
	struct loop_waited *children;
	size_t nchildren;
	struct timers timers;
	struct {
		loop_signal_fn *fn;
		void *data;
	} signals[NSIG];
	sigset_t listened;      /* by signal_fd */
	sigset_t blocked;       /* by us, so to be given back */
	int signal_fd;
	bool stopped, is_in_turn;
	bool look_for_children; /* a SIGCHLD came, or a child was added */
};

static void loop_signalled(struct loop *l, int fd, short revents, void *data)
{
	(void)revents;
	(void)data;
	struct signalfd_siginfo got;
	while (read(fd, &got, sizeof got) == (ssize_t)sizeof got) {
		int signal = (int)got.ssi_signo;
		if (signal == SIGCHLD)
			l->look_for_children = true;
		if (l->signals[signal].fn)
			l->signals[signal].fn(l, signal, l->signals[signal].data);
	}
}

static size_t loop_find(const struct loop *l, int fd)
{
	size_t i = 0;
	while (i < l->nwatches && !(l->watches[i].fn && l->watches[i].fd == fd))
		i++;
	return i;
}

void loop_watch(struct loop *l, int fd, short events, loop_watch_fn *fn, void *data)
{
	CHECK(fd >= 0 && fn);
	size_t at = loop_find(l, fd);
	if (at == l->nwatches) {
		if (at == l->cap_watches) {
			l->cap_watches = at ? at * 2 : 16;
			l->fds = xrealloc(l->fds, l->cap_watches, sizeof *l->fds);
			l->watches = xrealloc(l->watches, l->cap_watches, sizeof *l->watches);
		}
		l->nwatches++;
		l->fds[at].revents = 0;
	}
	l->fds[at].fd = fd;
	l->fds[at].events = events;
	l->watches[at] = (struct loop_watcher){ fn, data, fd };
}

void loop_unwatch(struct loop *l, int fd)
{
	size_t at = loop_find(l, fd);
	if (at == l->nwatches)
		return;
	l->fds[at].fd = -1;
	l->watches[at].fn = NULL;
}

struct loop *loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof *l);
	sigemptyset(&l->listened);
	sigemptyset(&l->blocked);
	/* Taken at once: later there may be no fd left, but a mask always can change. */
	l->signal_fd = signalfd(-1, &l->listened, SFD_NONBLOCK | SFD_CLOEXEC);
	CHECK(l->signal_fd >= 0);
	loop_watch(l, l->signal_fd, POLLIN, loop_signalled, NULL);
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	CHECK(!l->is_in_turn);
	own_fd_close(&l->signal_fd);
	sigprocmask(SIG_UNBLOCK, &l->blocked, NULL);
	timers_finish(&l->timers);
	free(l->children);
	free(l->hooks);
	free(l->watches);
	free(l->fds);
	free(l);
}

uint64_t loop_timer(struct loop *l, int64_t delay_ms, loop_timer_fn *fn, void *data)
{
	return timers_add(&l->timers, clock_monotonic_ms() + (delay_ms > 0 ? delay_ms : 0), fn,
	                  data);
}

void loop_untimer(struct loop *l, uint64_t id)
{
	timers_remove(&l->timers, id);
}

void loop_hook(struct loop *l, loop_hook_fn *fn, void *data)
{
	l->hooks = xrealloc(l->hooks, l->nhooks + 1, sizeof *l->hooks);
	l->hooks[l->nhooks++] = (struct loop_hooked){ fn, data };
}

/* Makes signal_fd tell the signals of `listened`. */
static void loop_listen(struct loop *l)
{
	CHECK(signalfd(l->signal_fd, &l->listened, 0) == l->signal_fd);
}

static void loop_take_signal(struct loop *l, int signal)
{
	sigset_t set, before;
	if (sigismember(&l->listened, signal))
		return;
	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_BLOCK, &set, &before);
	if (!sigismember(&before, signal))
		sigaddset(&l->blocked, signal);
	sigaddset(&l->listened, signal);
	loop_listen(l);
}

static void loop_give_signal(struct loop *l, int signal)
{
	sigset_t set;
	if (!sigismember(&l->listened, signal) || (signal == SIGCHLD && l->nchildren))
		return;
	sigdelset(&l->listened, signal);
	loop_listen(l);
	if (!sigismember(&l->blocked, signal))
		return;
	sigdelset(&l->blocked, signal);
	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void loop_signal(struct loop *l, int signal, loop_signal_fn *fn, void *data)
{
	CHECK(signal > 0 && signal < NSIG);
	l->signals[signal].fn = fn;
	l->signals[signal].data = data;
	if (fn)
		loop_take_signal(l, signal);
	else
		loop_give_signal(l, signal);
}

void loop_child(struct loop *l, pid_t pid, loop_child_fn *fn, void *data)
{
	CHECK(pid > 0 && fn);
	loop_take_signal(l, SIGCHLD);
	l->children = xrealloc(l->children, l->nchildren + 1, sizeof *l->children);
	l->children[l->nchildren++] = (struct loop_waited){ pid, fn, data };
	l->look_for_children = true;
}

static void loop_sweep_children(struct loop *l)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->nchildren; i++)
		if (l->children[i].pid)
			l->children[kept++] = l->children[i];
	l->nchildren = kept;
}

void loop_unchild(struct loop *l, pid_t pid)
{
	for (size_t i = 0; i < l->nchildren; i++)
		if (l->children[i].pid == pid)
			l->children[i].pid = 0;
	if (!l->is_in_turn)
		loop_sweep_children(l);
}

static void loop_call_children(struct loop *l)
{
	bool look = l->look_for_children;
	l->look_for_children = false;
	for (size_t i = 0; i < l->nchildren; i++) {
		struct loop_waited child = l->children[i];
		int status = 0;
		if (!look || !child.pid)
			continue;
		pid_t ended = waitpid(child.pid, &status, WNOHANG);
		if (ended == 0)
			continue;
		l->children[i].pid = 0;
		child.fn(l, child.pid, ended < 0 ? 255 << 8 : status, child.data);
	}
	loop_sweep_children(l);
}

static void loop_call_watch(struct loop *l, size_t i)
{
	enum { UNASKED = POLLERR | POLLHUP | POLLNVAL };
	struct loop_watcher w = l->watches[i];
	/* A callback before may have changed what this one wants. */
	short revents = l->fds[i].revents & (short)(l->fds[i].events | UNASKED);
	l->fds[i].revents = 0;
	if (!w.fn || !revents)
		return;
	if (!(revents & l->fds[i].events))
		l->fds[i].fd = -1;
	w.fn(l, w.fd, revents, w.data);
}

/* Those added meanwhile stand behind n, so a number used again gets no old event. */
static void loop_call_watches(struct loop *l)
{
	for (size_t i = 0, n = l->nwatches; i < n; i++)
		loop_call_watch(l, i);
	size_t kept = 0;
	for (size_t i = 0; i < l->nwatches; i++)
		if (l->watches[i].fn) {
			l->fds[kept] = l->fds[i];
			l->watches[kept++] = l->watches[i];
		}
	l->nwatches = kept;
}

/* Timers added meanwhile, even without delay, wait for the next turn. */
static void loop_call_timers(struct loop *l)
{
	int64_t now = clock_monotonic_ms();
	uint64_t last = l->timers.last_id;
	struct timer t;
	while (timers_first(&l->timers, &t) && t.due_ms <= now && t.id <= last) {
		timers_remove(&l->timers, t.id);
		t.fn(l, t.data);
	}
}

static void loop_call_hooks(struct loop *l)
{
	for (size_t i = 0; i < l->nhooks; i++) {
		struct loop_hooked hook = l->hooks[i];
		hook.fn(l, hook.data);
	}
}

static bool loop_is_pending(const struct loop *l)
{
	for (size_t i = 0; i < l->nwatches; i++)
		if (l->watches[i].fn && l->watches[i].fd != l->signal_fd)
			return true;
	for (size_t i = 0; i < l->nchildren; i++)
		if (l->children[i].pid)
			return true;
	return l->timers.n > 0;
}

/* For poll: the time until the soonest timer, at most wait_ms. */
static int loop_wait_ms(const struct loop *l, int64_t wait_ms)
{
	struct timer t;
	if (l->look_for_children)
		return 0;
	if (timers_first(&l->timers, &t)) {
		int64_t left = t.due_ms - clock_monotonic_ms();
		if (left < 0)
			left = 0;
		if (wait_ms < 0 || left < wait_ms)
			wait_ms = left;
	}
	if (wait_ms < 0)
		return -1;
	return wait_ms < INT_MAX ? (int)wait_ms : INT_MAX;
}

static bool loop_wait(struct loop *l, int64_t wait_ms, struct error *err)
{
	int n = poll(l->fds, l->nwatches, loop_wait_ms(l, wait_ms));
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return error_set_errno(err, "waiting for events");
	/* Interrupted, as by SIGWINCH: what poll wrote does not count, the hooks look. */
	for (size_t i = 0; n < 0 && i < l->nwatches; i++)
		l->fds[i].revents = 0;
	loop_call_watches(l);
	loop_call_children(l);
	loop_call_timers(l);
	return true;
}

/* Without anything that could end the waiting it stops instead. */
static bool loop_step(struct loop *l, int64_t wait_ms, bool is_endless, struct error *err)
{
	CHECK(!l->is_in_turn);
	l->is_in_turn = true;
	bool ok = true;
	loop_call_hooks(l);
	if (is_endless && !loop_is_pending(l))
		l->stopped = true;
	if (!l->stopped)
		ok = loop_wait(l, wait_ms, err);
	l->is_in_turn = false;
	return ok;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

bool loop_run(struct loop *l, struct error *err)
{
	for (l->stopped = false; !l->stopped;)
		if (!loop_step(l, -1, true, err))
			return false;
	return true;
}

bool loop_turn(struct loop *l, int64_t wait_ms, struct error *err)
{
	l->stopped = false;
	return loop_step(l, wait_ms, wait_ms < 0 && sigisemptyset(&l->listened), err);
}
