#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/podman.h"
#include "core/os/clock.h"
#include "core/os/contained.h"

/* PODMAN_LOOK_MS: between two looks at the processes, PODMAN_SLOW_MS once it is known to
 * last.  PODMAN_FOUND_MS: runc needs some 100 ms to start a RUN; what is not found by then
 * is elsewhere.  PODMAN_LATE_MS: a RUN may just have begun when the connection is closed. */
enum { PODMAN_LOOK_MS = 40, PODMAN_SLOW_MS = 500, PODMAN_FOUND_MS = 1000, PODMAN_LATE_MS = 500 };

struct podman_stop {
	struct loop *loop;
	struct podman_stop_events on;
	struct buf host;
	uint64_t timer;
	int64_t since_ms;               /* of this phase */
	bool in_run, closed, is_busy, warned;
};

static void stop_tell(struct podman_stop *s, const struct contained *found)
{
	if (found->ended && !s->warned) {
		s->warned = true;
		s->on.warning(s->on.data, STR("podman does not stop a RUN when its client goes: "
		                              "mortar has ended the RUN's processes itself"));
	}
	if (!s->in_run || s->warned || s->is_busy ||
	    clock_monotonic_ms() - s->since_ms < PODMAN_FOUND_MS)
		return;
	s->is_busy = true;
	s->on.busy(s->on.data, found->kept
	           ? STR("podman does not stop a RUN when its client goes, and this RUN's processes "
	                 "are another user's: the build ends with the RUN")
	           : STR("podman does not stop a RUN when its client goes, and this RUN's processes "
	                 "are not to be seen on this machine: the build ends with the RUN"));
}

static void stop_look(struct loop *l, void *data)
{
	struct podman_stop *s = data;
	s->timer = 0;
	if (!s->in_run && !s->closed) {
		s->closed = true;
		s->since_ms = clock_monotonic_ms();
		s->on.close(s->on.data);
	}
	struct contained found = contained_kill(buf_text(&s->host));
	stop_tell(s, &found);
	if (s->closed && clock_monotonic_ms() - s->since_ms >= PODMAN_LATE_MS) {
		s->on.over(s->on.data);
		return;
	}
	s->timer = loop_timer(l, s->is_busy && s->in_run ? PODMAN_SLOW_MS : PODMAN_LOOK_MS,
	                      stop_look, s);
}

struct podman_stop *podman_stop_new(struct loop *l, struct str work_id, bool in_run,
                                    const struct podman_stop_events *on)
{
	struct podman_stop *s = xcalloc(1, sizeof *s);
	s->loop = l;
	s->on = *on;
	s->in_run = in_run;
	s->since_ms = clock_monotonic_ms();
	podman_append_host(&s->host, work_id);
	s->timer = loop_timer(l, 0, stop_look, s);
	return s;
}

void podman_stop_free(struct podman_stop *s)
{
	if (!s)
		return;
	loop_untimer(s->loop, s->timer);
	buf_finish(&s->host);
	free(s);
}

void podman_stop_moved(struct podman_stop *s)
{
	if (!s->in_run)
		return;
	s->in_run = false;
	loop_untimer(s->loop, s->timer);
	s->timer = loop_timer(s->loop, 0, stop_look, s);
}

void podman_stop_now(struct str work_id)
{
	owned_buf struct buf host = { 0 };
	podman_append_host(&host, work_id);
	contained_kill(buf_text(&host));
}
