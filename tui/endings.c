#include "tui/endings.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/os/files.h"
#include "core/os/lock.h"

/* Where the system has no fd for a process: how often its lock is asked for. */
enum { ENDINGS_ASK_MS = 1000 };

struct ending {
	struct endings *endings;
	struct ending *next;
	char *dir;
	int job;                        /* pidfd; -1 */
	uint64_t timer;
};

struct endings {
	struct loop *loop;
	endings_fn *fn;
	void *data;
	struct ending *first;
};

struct endings *endings_new(struct loop *loop, endings_fn *fn, void *data)
{
	struct endings *e = xcalloc(1, sizeof *e);
	*e = (struct endings){ loop, fn, data, NULL };
	return e;
}

static void ending_free(struct ending *it)
{
	if (it->job >= 0) {
		loop_unwatch(it->endings->loop, it->job);
		close(it->job);
	}
	loop_untimer(it->endings->loop, it->timer);
	free(it->dir);
	free(it);
}

void endings_free(struct endings *e)
{
	struct ending *next;
	for (struct ending *it = e ? e->first : NULL; it; it = next) {
		next = it->next;
		ending_free(it);
	}
	free(e);
}

static void ending_tell(struct ending *it)
{
	owned(arena) struct arena *scratch = arena_new();
	struct endings *e = it->endings;
	struct history_item item;
	bool there = history_read_one(scratch, it->dir, &item);
	for (struct ending **at = &e->first; *at; at = &(*at)->next)
		if (*at == it) {
			*at = it->next;
			break;
		}
	ending_free(it);
	if (there)
		e->fn(e->data, &item);
}

/* Waits for whoever holds the lock; false: nobody does. */
static bool ending_arm(struct ending *it);

static void ending_look(struct ending *it)
{
	if (!ending_arm(it))
		ending_tell(it);
}

static void ending_ready(struct loop *loop, int fd, short revents, void *data)
{
	struct ending *it = data;
	(void)revents;
	loop_unwatch(loop, fd);
	close(fd);
	it->job = -1;
	ending_look(it);
}

static void ending_ask(struct loop *loop, void *data)
{
	struct ending *it = data;
	(void)loop;
	it->timer = 0;
	ending_look(it);
}

static bool ending_arm(struct ending *it)
{
	owned(arena) struct arena *scratch = arena_new();
	pid_t job = lock_holder(files_join(scratch, it->dir, "lock"));
	if (job == 0)
		return false;
	it->job = lock_watch_process(job);
	if (it->job >= 0)
		loop_watch(it->endings->loop, it->job, POLLIN, ending_ready, it);
	else
		it->timer = loop_timer(it->endings->loop, ENDINGS_ASK_MS, ending_ask, it);
	return true;
}

void endings_wait(struct endings *e, const char *dir)
{
	for (struct ending *it = e->first; it; it = it->next)
		if (strcmp(it->dir, dir) == 0)
			return;
	struct ending *it = xcalloc(1, sizeof *it);
	*it = (struct ending){ e, e->first, xstrdup(dir), -1, 0 };
	if (ending_arm(it))
		e->first = it;
	else
		ending_free(it);
}
