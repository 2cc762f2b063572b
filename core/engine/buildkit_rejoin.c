/* A build whose line broke: BuildKit keeps what a build tells, for all who ask, from its
 * start and also when it is over (buildkit 0.11).  So it is asked on a new line, until it can
 * be reached again, how the build goes on and how it ended. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/buildkit_inside.h"
#include "core/os/clock.h"

/* REJOIN_FIRST_MS: before the first try; then twice as long each time up to REJOIN_MOST_MS,
 * and no longer than REJOIN_ALL_MS. */
enum { REJOIN_FIRST_MS = 250, REJOIN_MOST_MS = 4000, REJOIN_ALL_MS = 30000 };

struct buildkit_rejoin {
	struct buildkit_work *work;
	struct control *control;
	struct control_call *status, *history;
	const char *place;              /* where the build was when the line broke */
	struct error why;               /* what broke it, or the last try */
	uint64_t timer;
	int64_t since_ms, wait_ms;
	bool is_on;                     /* told: the build goes on */
	bool is_known;                  /* it has a record */
	bool is_over;                   /* that has been read */
};

/* err NULL: the line is whole, there is nothing to be had yet. */
static void rejoin_again(struct buildkit_rejoin *, const struct error *err);

static void rejoin_hang_up(struct buildkit_rejoin *r)
{
	loop_untimer(r->work->base.engine->loop, r->timer);
	r->timer = 0;
	control_free(take(r->control));
	r->status = r->history = NULL;
}

void buildkit_rejoin_free(struct buildkit_rejoin *r)
{
	if (!r)
		return;
	rejoin_hang_up(r);
	free(r);
}

/* Nothing more is to be had of it. */
static void rejoin_give_up(struct buildkit_rejoin *r, const char *what)
{
	struct buildkit_work *w = r->work;
	error_set(&w->fault, ERROR_UNREACHABLE, "the line to the engine broke %s (%s), and %s",
	          r->place, r->why.text, what);
	buildkit_finish(w);
}

static void rejoin_recorded(void *data, const struct pb_history *event)
{
	struct buildkit_rejoin *r = data;
	struct buildkit_work *w = r->work;
	if (!str_eq(event->ref, buf_str(&w->ref)))
		return;
	r->is_known = true;
	if (event->kind != PB_HISTORY_COMPLETE || r->is_over)
		return;
	r->is_over = true;
	if (event->details.n)
		buildkit_refused(w, event->message, event->details);
	else
		buildkit_answered(w, event->answer, event->nanswer);
}

/* The daemon cancels a build whose client it sees go, or whose files it does not get: that was
 * nobody's wish. */
static bool rejoin_was_stopped(const struct buildkit_work *w)
{
	struct str message = buf_str(&w->message);
	return w->was_told && !w->cancelled &&
	       (str_has_suffix(str_trim(message), STR("context canceled")) ||
	        str_find_str(message, STR("no active session")) != STR_NONE);
}

static void rejoin_judge(struct buildkit_rejoin *r)
{
	struct buildkit_work *w = r->work;
	if (rejoin_was_stopped(w))
		error_set(&w->err, ERROR_UNREACHABLE, "the line to the engine broke %s (%s), and the "
		          "engine stopped the build then", r->place, r->why.text);
	else if (!w->was_told)
		buildkit_warn(w, "the engine has finished the build without us: its result is taken");
	buildkit_finish(w);
}

static void rejoin_history_over(void *data, const struct control_end *end)
{
	struct buildkit_rejoin *r = data;
	r->history = NULL;
	if (r->is_over)
		rejoin_judge(r);
	else if (end->status < 0 || r->is_known)
		rejoin_again(r, end->status < 0 ? &end->error : NULL);
	else if (end->status == CONTROL_STATUS_UNIMPLEMENTED)
		rejoin_give_up(r, "this engine keeps no history that would tell what became of the build");
	else
		rejoin_give_up(r, "the engine has no record of the build");
}

static void rejoin_ask_history(struct buildkit_rejoin *r)
{
	struct pb_history_request ask = { .early_exit = true, .ref = buf_str(&r->work->ref) };
	r->history = control_history(r->control, &ask, rejoin_recorded, rejoin_history_over, r);
}

static void rejoin_trace(void *data, const struct pb_trace *p)
{
	struct buildkit_rejoin *r = data;
	if (!r->is_on)
		buildkit_warn(r->work, "the line to the engine is back, and it tells of the build again");
	r->is_on = true;
	buildkit_progress(r->work, p);
}

/* A build that it no longer has in work may be in its history. */
static void rejoin_status_over(void *data, const struct control_end *end)
{
	struct buildkit_rejoin *r = data;
	r->status = NULL;
	if (end->status < 0)
		rejoin_again(r, &end->error);
	else
		rejoin_ask_history(r);
}

static void rejoin_try(struct loop *l, void *data)
{
	struct buildkit_rejoin *r = data;
	struct buildkit_work *w = r->work;
	struct error err = { 0 };
	r->timer = 0;
	r->is_on = false;
	decoder_trace_replay(w->decoder);
	r->control = control_open(l, w->site->at, w->site->way, NULL, &err);
	if (r->control)
		r->status = control_status(r->control, buf_str(&w->ref), rejoin_trace,
		                           rejoin_status_over, r);
	else
		rejoin_again(r, &err);
}

static void rejoin_again(struct buildkit_rejoin *r, const struct error *err)
{
	struct buildkit_work *w = r->work;
	rejoin_hang_up(r);
	if (err) {
		r->why = *err;
		if (w->site->explain)
			w->site->explain(w->site->data, &r->why);
	}
	if (clock_monotonic_ms() - r->since_ms > REJOIN_ALL_MS) {
		rejoin_give_up(r, "it could not be reached again to ask what became of the build");
		return;
	}
	r->timer = loop_timer(w->base.engine->loop, r->wait_ms, rejoin_try, r);
	r->wait_ms = r->wait_ms * 2 < REJOIN_MOST_MS ? r->wait_ms * 2 : REJOIN_MOST_MS;
}

void buildkit_rejoin(struct buildkit_work *w, const struct error *err)
{
	struct buildkit_rejoin *r = xcalloc(1, sizeof *r);
	r->work = w;
	r->why = *err;
	r->place = buildkit_place(w);
	r->since_ms = clock_monotonic_ms();
	r->wait_ms = REJOIN_FIRST_MS;
	w->rejoin = r;
	buildkit_warn(w, "the line to the engine broke %s (%s): it is asked whether it went on",
	              r->place, err->text);
	rejoin_again(r, err);
}

/* Nobody can stop a build whose Solve is not theirs. */
void buildkit_rejoin_cancel(struct buildkit_work *w)
{
	if (!w->rejoin->is_on) {
		buildkit_finish_in(w, 0);
		return;
	}
	if (w->base.sink.busy)
		w->base.sink.busy(w->base.sink.data, STR("the line on which this build was started broke: "
		                                         "the engine cannot be told to stop it"));
}
