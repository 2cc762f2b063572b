/* An old build as if it ran: the journal gives its events when a clock says so. */
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

enum {
	REPLAY_TURN_MS = 100,
	REPLAY_SLOWEST = -3, REPLAY_FASTEST = 10,       /* an eighth, a thousandfold */
};

bool view_build_replays(const struct view_build *b)
{
	return b->replay.at > 0;
}

static double replay_factor(const struct build_replay *r)
{
	return r->speed < 0 ? 1.0 / (1 << -r->speed) : (double)(1 << r->speed);
}

static void replay_later(struct view_build *b);

/* The journal's end: what is shown is over, or goes on by itself. */
static void replay_end(struct view_build *b)
{
	struct error err;
	b->replay.at = 0;
	journal_until(b->journal, 0);
	if (!journal_follow(b->journal, b->loop, view_build_more, b, &err))
		app_alert(b->view.app, "%s", err.text);
	view_build_more(b->journal, b);
}

static void replay_to(struct view_build *b, double at)
{
	b->replay.at = at;
	b->replay.last_ms = clock_monotonic_ms();
	journal_until(b->journal, at);
	bool any = journal_refresh(b->journal);
	if (journal_held(b->journal) == 0)
		replay_end(b);
	else if (any)
		view_build_more(b->journal, b);
	replay_later(b);
}

static void replay_turn(struct loop *loop, void *data)
{
	struct view_build *b = data;
	(void)loop;
	b->replay.timer = 0;
	double passed = (double)(clock_monotonic_ms() - b->replay.last_ms) / 1000;
	replay_to(b, b->replay.at + passed * replay_factor(&b->replay));
}

static void replay_later(struct view_build *b)
{
	loop_untimer(b->loop, b->replay.timer);
	b->replay.timer = 0;
	if (view_build_replays(b) && !b->replay.paused)
		b->replay.timer = loop_timer(b->loop, REPLAY_TURN_MS, replay_turn, b);
}

void view_build_replay_start(struct view_build *b)
{
	journal_unfollow(b->journal);
	/* Before any event: the first one's time is the beginning. */
	journal_rewind(b->journal, 1e-9);
	view_build_forget(b);
	double first = journal_held(b->journal);
	b->replay.paused = false;
	replay_to(b, first > 0 ? first : 1e-9);
}

static void replay_pause(struct view_build *b)
{
	b->replay.paused = !b->replay.paused;
	b->replay.last_ms = clock_monotonic_ms();
	replay_later(b);
}

static void replay_speed(struct view_build *b, int by)
{
	int speed = b->replay.speed + by;
	if (speed < REPLAY_SLOWEST || speed > REPLAY_FASTEST)
		app_say(b->view.app, by > 0 ? "this is the fastest" : "this is the slowest");
	else
		b->replay.speed = speed;
}

bool view_build_replay_act(struct view_build *b, enum action action)
{
	if (action == ACTION_REPLAY) {
		view_build_replay_start(b);
		return true;
	}
	if (!view_build_replays(b))
		return false;
	switch (action) {
	case ACTION_PAUSE: replay_pause(b); return true;
	case ACTION_FASTER: replay_speed(b, 1); return true;
	case ACTION_SLOWER: replay_speed(b, -1); return true;
	case ACTION_SKIP: replay_to(b, journal_held(b->journal)); return true;
	case ACTION_CANCEL: app_say(b->view.app, "this is a replay: nothing runs"); return true;
	default: return false;
	}
}

void view_build_replay_tell(const struct view_build *b, struct buf *out)
{
	const struct build_replay *r = &b->replay;
	buf_append_text(out, r->paused ? "PAUSED" : "REPLAY");
	if (r->speed > 0)
		buf_printf(out, " %dx", 1 << r->speed);
	else if (r->speed < 0)
		buf_printf(out, " 1/%d", 1 << -r->speed);
}

void view_build_replay_finish(struct view_build *b)
{
	loop_untimer(b->loop, b->replay.timer);
}
