/* Following a journal: new events by watching the file, the job's end by its pid. */
#include <poll.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/journal/reader.h"
#include "core/os/lock.h"

/* Where no pidfd is to be had: how often the lock is asked for. */
enum { FOLLOW_ASK_MS = 1000 };

/* How long to let a job write before looking again: reading each event by itself takes the
 * engine 5 to 10 ms of a build of 30 cached steps on two processors. */
enum { FOLLOW_PACE_MS = 15 };

static void follow_arm(struct journal *j);

static void follow_disarm(struct journal *j)
{
	if (j->job >= 0) {
		loop_unwatch(j->loop, j->job);
		close(j->job);
	}
	loop_untimer(j->loop, j->timer);
	j->job = -1;
	j->timer = 0;
}

/* The job first, the file after it: what it wrote last is then there to be read. */
static void follow_look(struct journal *j)
{
	enum journal_state state = journal_state(j, NULL);
	bool any = journal_refresh(j);
	if (any)
		state = journal_state(j, NULL);
	bool changed = state != j->told;
	j->told = state;
	if (state != JOURNAL_RUNNING)
		follow_disarm(j);
	/* Nothing follows build.done: no wake-up for it, and no watch kept from others. */
	if (state == JOURNAL_DONE) {
		watch_free(j->watch);
		j->watch = NULL;
	}
	if (any || changed)
		j->more(j, j->data);
}

static void follow_changed(struct watch *watch, const char *path, void *data)
{
	(void)watch, (void)path;
	follow_look(data);
}

static void follow_job_ended(struct loop *loop, int fd, short revents, void *data)
{
	(void)loop, (void)fd, (void)revents;
	struct journal *j = data;
	follow_arm(j);
	follow_look(j);
}

static void follow_ask(struct loop *loop, void *data)
{
	(void)loop;
	struct journal *j = data;
	j->timer = 0;
	follow_arm(j);
	follow_look(j);
}

static void follow_arm(struct journal *j)
{
	pid_t job;
	follow_disarm(j);
	if (journal_state(j, &job) != JOURNAL_RUNNING)
		return;
	j->job = lock_watch_process(job);
	if (j->job >= 0)
		loop_watch(j->loop, j->job, POLLIN, follow_job_ended, j);
	else
		j->timer = loop_timer(j->loop, FOLLOW_ASK_MS, follow_ask, j);
}

bool journal_follow(struct journal *j, struct loop *loop, void (*more)(struct journal *, void *),
                    void *data, struct error *err)
{
	(void)err;
	journal_unfollow(j);
	j->loop = loop;
	j->more = more;
	j->data = data;
	j->told = JOURNAL_RUNNING;
	j->watch = watch_new(loop, follow_changed, j);
	watch_set_pace(j->watch, FOLLOW_PACE_MS);
	watch_add(j->watch, j->path);
	follow_arm(j);
	/* What came between the last refresh and the watch. */
	j->timer = j->timer ? j->timer : loop_timer(loop, 0, follow_ask, j);
	return true;
}

void journal_unfollow(struct journal *j)
{
	if (!j->loop)
		return;
	follow_disarm(j);
	watch_free(j->watch);
	j->watch = NULL;
	j->loop = NULL;
}

enum watch_lack journal_lack(const struct journal *j)
{
	return j->watch ? watch_lack(j->watch) : WATCH_LACKS_NOTHING;
}
