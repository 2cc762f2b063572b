#include "core/engine/buildkit.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/buildkit_inside.h"
#include "core/engine/sentence.h"
#include "core/ext/crypto.h"

/* BUILDKIT_LAST_MS: how long the last word of Status is waited for once Solve has ended, as
 * docker's own client does; after a cancel BuildKit tells how its steps stopped within 40 ms.
 * BUILDKIT_NONE_MS: of a build that has told nothing, since it failed before it was one.
 * BUILDKIT_ASKS: times that a daemon may say within 3 s each that it knows no such build. */
#define BUILDKIT_LABEL "org.mobyproject.buildkit.worker."
enum { BUILDKIT_LAST_MS = 5000, BUILDKIT_NONE_MS = 200, BUILDKIT_ASKS = 20 };

/* -- what the decoder tells -------------------------------------------------------------------- */

static void buildkit_step(void *data, const struct step_report *s)
{
	struct buildkit_work *w = data;
	if (s->started && !s->ended) {
		buf_clear(&w->current);
		buf_append(&w->current, s->name);
	}
	if (w->base.sink.step)
		w->base.sink.step(w->base.sink.data, s);
}

void buildkit_warn(struct buildkit_work *w, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	work_warning(w, buf_str(&text));
}

const char *buildkit_place(struct buildkit_work *w)
{
	if (!w->current.n)
		return "before the build began";
	return arena_printf(w->arena, "while it was at %.*s",
	                    STR_ARG(str_slice(buf_str(&w->current), 0, 120)));
}

/* -- the end ----------------------------------------------------------------------------------- */

static void buildkit_hang_up(struct buildkit_work *w)
{
	loop_untimer(w->base.engine->loop, w->timer);
	w->timer = 0;
	session_free(take(w->session));
	control_free(take(w->control));
	w->tunnel = w->solve = w->status = NULL;
}

static void buildkit_work_drop(struct buildkit_work *w)
{
	*w->link = w->next;
	if (w->next)
		w->next->link = w->link;
	buildkit_rejoin_free(w->rejoin);
	buildkit_hang_up(w);
	decoder_free(w->decoder);
	arena_free(w->arena);
	buf_finish(&w->ref);
	buf_finish(&w->current);
	buf_finish(&w->image_id);
	buf_finish(&w->digest);
	buf_finish(&w->message);
	blame_finish(&w->blame);
	free(w);
}

void buildkit_drop(struct buildkit_site *s)
{
	while (s->works)
		buildkit_work_drop(s->works);
}

/* What ended it, all told. */
static void buildkit_judge(struct buildkit_work *w, struct work_result *ret_result)
{
	const struct decoder_result *r = &w->decoder->result;
	struct error *err = &ret_result->error;
	if (w->was_told) {
		decoder_fail(w->decoder, buf_str(&w->message));
		blame_tell(&w->blame, w->decoder);
	}
	ret_result->cancelled = w->cancelled || (r->cancelled && !w->err.code);
	if (ret_result->cancelled)
		error_set(err, ERROR_CANCELLED, "the build was cancelled");
	else if (w->err.code)
		*err = w->err;
	else if (w->was_told && w->has_progress)
		sentence_of_build(w->recipe, r, err);
	else if (!w->ok)
		*err = w->fault;
	else if (w->plan.has_image && !w->image_id.n)
		error_set(err, ERROR_PROTOCOL, "the engine ended the build without an image");
	ret_result->ok = err->code == ERROR_NONE;
}

void buildkit_finish(struct buildkit_work *w)
{
	struct engine_sink sink = w->base.sink;
	struct work_result result = { 0 };
	owned_buf struct buf id = { 0 }, digest = { 0 };
	struct error ignored = { 0 };
	buildkit_hang_up(w);
	decoder_end(w->decoder, &ignored);
	buildkit_judge(w, &result);
	if (result.ok) {
		buf_append(&id, buf_str(&w->image_id));
		buf_append(&digest, buf_str(&w->digest));
		result.image_id = buf_str(&id);
		result.digest = buf_str(&digest);
	}
	buildkit_work_drop(w);
	sink.done(sink.data, &result);
}

static void buildkit_timed_finish(struct loop *l, void *data)
{
	struct buildkit_work *w = data;
	(void)l;
	w->timer = 0;
	buildkit_finish(w);
}

void buildkit_finish_in(struct buildkit_work *w, int64_t ms)
{
	loop_untimer(w->base.engine->loop, w->timer);
	w->timer = loop_timer(w->base.engine->loop, ms, buildkit_timed_finish, w);
}

/* Once Solve is over: its end is told when Status' is there too. */
static void buildkit_settle(struct buildkit_work *w)
{
	if (!w->solved)
		return;
	if (!w->status)
		buildkit_finish_in(w, 0);
	else if (!w->ok && !w->has_progress)
		buildkit_finish_in(w, BUILDKIT_NONE_MS);
	else
		buildkit_finish_in(w, BUILDKIT_LAST_MS);
}

/* Something here has failed: the daemon is told by the line's end. */
static void buildkit_fail(struct buildkit_work *w, const struct error *err)
{
	if (!w->err.code)
		w->err = *err;
	w->solved = true;
	control_cancel(take(w->solve));
	buildkit_settle(w);
}

/* -- what the daemon says ---------------------------------------------------------------------- */

static void buildkit_take_text(struct buf *out, const struct pair *answer, size_t n,
                               const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(answer[i].name, str_of(name)) || !answer[i].value.n)
			continue;
		buf_clear(out);
		buf_append(out, answer[i].value);
	}
}

/* dockerd's images have the id that it calls their digest; elsewhere an image is known by its
 * configuration's. */
void buildkit_answered(struct buildkit_work *w, const struct pair *answer, size_t n)
{
	bool is_dockerd = w->site->facts.daemon == SOLVE_DOCKERD;
	w->ok = true;
	buildkit_take_text(&w->image_id, answer, n, "containerimage.digest");
	if (!is_dockerd) {
		buf_append(&w->digest, buf_str(&w->image_id));
		buildkit_take_text(&w->image_id, answer, n, "containerimage.config.digest");
	}
}

/* What it blames may be told of only now: looked at in the end. */
void buildkit_refused(struct buildkit_work *w, struct str message, struct str details)
{
	w->was_told = true;
	buf_clear(&w->message);
	buf_append(&w->message, message);
	blame_finish(&w->blame);
	blame_read(&w->blame, details);
}

void buildkit_progress(struct buildkit_work *w, const struct pb_trace *p)
{
	struct error err = { 0 };
	bool is_first = !w->has_progress;
	w->has_progress = true;
	if (!decoder_trace_take(w->decoder, p, &err))
		buildkit_fail(w, &err);
	else if (is_first)
		buildkit_settle(w);
}

static bool buildkit_is_lost(const struct control_end *end)
{
	return end->status < 0 && end->error.code == ERROR_UNREACHABLE;
}

static void buildkit_lost(struct buildkit_work *w, const struct error *err)
{
	struct error why = *err;
	if (w->site->explain)
		w->site->explain(w->site->data, &why);
	if (w->site->facts.daemon == SOLVE_BUILDKITD && w->has_progress && !w->cancelled) {
		buildkit_hang_up(w);
		buildkit_rejoin(w, &why);
		return;
	}
	if (!w->has_progress)
		w->fault = why;
	else
		error_set(&w->fault, ERROR_UNREACHABLE, "the line to the engine broke %s (%s): dockerd "
		          "stops a build whose client has gone, so nothing came of it",
		          buildkit_place(w), why.text);
	w->solved = true;
	w->status = NULL;
	buildkit_settle(w);
}

static void buildkit_solved(void *data, const struct control_end *end, const struct pair *answer,
                            size_t n)
{
	struct buildkit_work *w = data;
	w->solve = NULL;
	if (buildkit_is_lost(end)) {
		buildkit_lost(w, &end->error);
		return;
	}
	w->solved = true;
	w->fault = end->error;
	if (end->ok)
		buildkit_answered(w, answer, n);
	else if (end->status >= 0)
		buildkit_refused(w, end->message, end->details);
	buildkit_settle(w);
}

static void buildkit_trace(void *data, const struct pb_trace *p)
{
	buildkit_progress(data, p);
}

static void buildkit_ask_status(struct buildkit_work *w);

static void buildkit_status_over(void *data, const struct control_end *end)
{
	struct buildkit_work *w = data;
	w->status = NULL;
	/* A slow daemon knows the build only later; a line that broke is told by Solve too, but
	 * not what was wrong with Status alone. */
	if (!w->solved && end->status < 0 && !buildkit_is_lost(end))
		buildkit_fail(w, &end->error);
	else if (!w->solved && !end->ok && end->status >= 0 && !w->has_progress &&
	    ++w->nstatuses < BUILDKIT_ASKS)
		buildkit_ask_status(w);
	else
		buildkit_settle(w);
}

static void buildkit_ask_status(struct buildkit_work *w)
{
	w->status = control_status(w->control, buf_str(&w->ref), buildkit_trace,
	                           buildkit_status_over, w);
}

/* -- the session ------------------------------------------------------------------------------- */

static void buildkit_session_send(void *data, struct str bytes)
{
	struct buildkit_work *w = data;
	if (w->tunnel)
		control_session_send(w->tunnel, bytes);
}

static size_t buildkit_session_unsent(void *data)
{
	struct buildkit_work *w = data;
	return w->tunnel ? control_session_unsent(w->tunnel) : 0;
}

static void buildkit_transferred(void *data, const struct transfer_report *t)
{
	struct buildkit_work *w = data;
	if (w->base.sink.transferred)
		w->base.sink.transferred(w->base.sink.data, t);
}

static void buildkit_session_failed(void *data, const struct error *err)
{
	buildkit_fail(data, err);
}

static void buildkit_tunnel_bytes(void *data, struct str bytes)
{
	struct buildkit_work *w = data;
	if (w->session)
		session_feed(w->session, bytes);
}

static void buildkit_tunnel_drained(void *data)
{
	struct buildkit_work *w = data;
	if (w->session)
		session_drained(w->session);
}

/* Without one the daemon would look for it for seconds, at each of its needs. */
static void buildkit_tunnel_over(void *data, const struct control_end *end)
{
	struct buildkit_work *w = data;
	w->tunnel = NULL;
	if (w->solved || end->ok || end->status < 0)
		return;
	struct error err = end->error;
	error_prefix(&err, "the engine takes no session for the build's files");
	buildkit_fail(w, &err);
}

static bool buildkit_open_session(struct buildkit_work *w, struct error *err)
{
	const struct image_task *t = w->task;
	struct session_dir *dirs = arena_array(w->arena, 2 + t->ncontexts, sizeof *dirs);
	dirs[0] = (struct session_dir){ .name = "dockerfile", .file_name = STR("Dockerfile"),
	                                .file_text = w->recipe->text };
	dirs[1] = (struct session_dir){ .name = "context", .context = t->context };
	for (size_t i = 0; i < t->ncontexts; i++)
		dirs[2 + i] = (struct session_dir){ .name = t->contexts[i].name,
		                                    .context = t->contexts[i].context };
	struct session_options *o = arena_alloc(w->arena, sizeof *o);
	*o = (struct session_options){
		.build_id = w->site->facts.build_id,
		.dirs = dirs, .ndirs = 2 + t->ncontexts,
		.secrets = t->secrets, .nsecrets = t->nsecrets,
		.ssh = w->plan.ssh, .nssh = w->plan.nssh,
		.exports = w->plan.outputs, .nexports = w->plan.noutputs,
	};
	struct session_events on = {
		.send = buildkit_session_send, .unsent = buildkit_session_unsent,
		.transferred = buildkit_transferred, .warning = work_warning,
		.failed = buildkit_session_failed, .data = w,
	};
	w->session = session_new(w->base.engine->loop, o, &on, err);
	return w->session;
}

/* -- the start --------------------------------------------------------------------------------- */

static const struct pb_typed *buildkit_parts(struct arena *a, const struct solve_part *parts,
                                             size_t n)
{
	struct pb_typed *all = arena_array(a, n + 1, sizeof *all);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct pb_typed){ str_of(parts[i].type), parts[i].attrs, parts[i].nattrs };
	return all;
}

static void buildkit_solve(struct buildkit_work *w)
{
	const struct solve_plan *p = &w->plan;
	struct solve_part only = { p->exporter, p->exporter_attrs, p->nexporter_attrs };
	size_t nexporters = p->nexporters ? p->nexporters : *p->exporter ? 1 : 0;
	struct pair *attrs = arena_array(w->arena, p->nattrs + 1, sizeof *attrs);
	for (size_t i = 0; i < p->nattrs; i++)
		attrs[i] = p->attrs[i];
	attrs[p->nattrs] = (struct pair){ STR("filename"), STR("Dockerfile") };
	struct pb_solve s = {
		.ref = buf_str(&w->ref), .session = str_of(session_id(w->session)),
		.frontend = STR("dockerfile.v0"), .attrs = attrs, .nattrs = p->nattrs + 1,
		.exporters = buildkit_parts(w->arena, p->nexporters ? p->exporters : &only, nexporters),
		.nexporters = nexporters,
		.cache_imports = buildkit_parts(w->arena, p->imports, p->nimports),
		.ncache_imports = p->nimports,
		.cache_exports = buildkit_parts(w->arena, p->exports, p->nexports),
		.ncache_exports = p->nexports,
		.entitlements = p->entitlements,
	};
	w->solve = control_solve(w->control, &s, buildkit_solved, w);
}

/* All that the daemon must be known for is known. */
static void buildkit_begin(struct buildkit_work *w)
{
	struct control_session_events on = { buildkit_tunnel_bytes, buildkit_tunnel_drained,
	                                     buildkit_tunnel_over, w };
	struct error err = { 0 };
	size_t n;
	if (!solve_plan_make(w->arena, w->task, &w->site->facts, &w->plan, &err) ||
	    !buildkit_open_session(w, &err)) {
		buildkit_fail(w, &err);
		return;
	}
	const struct pair *metadata = session_metadata(w->session, &n);
	w->tunnel = control_session(w->control, metadata, n, &on);
	buildkit_solve(w);
	buildkit_ask_status(w);
}

static void buildkit_learnt(void *data, const struct control_end *end,
                            const struct pb_worker *workers, size_t n)
{
	struct buildkit_work *w = data;
	w->status = NULL;
	if (w->cancelled) {
		buildkit_settle(w);
		return;
	}
	if (end->ok) {
		buildkit_learn(w->site, workers, n);
		buildkit_begin(w);
		return;
	}
	w->fault = end->error;
	if (w->site->explain)
		w->site->explain(w->site->data, &w->fault);
	w->solved = true;
	buildkit_settle(w);
}

static bool buildkit_start(struct buildkit_work *w, struct error *err)
{
	const struct image_task *t = w->task;
	if (!work_secrets_allowed(t, err) ||
	    (!context_is_scanned(t->context) && !context_scan(t->context, err)))
		return false;
	for (size_t i = 0; i < t->ncontexts; i++)
		if (!context_is_scanned(t->contexts[i].context) &&
		    !context_scan(t->contexts[i].context, err))
			return false;
	w->control = control_open(w->base.engine->loop, w->site->at, w->site->way, NULL, err);
	if (!w->control)
		return false;
	if (w->site->is_known)
		buildkit_begin(w);
	else
		w->status = control_workers(w->control, buildkit_learnt, w);
	return true;
}

static const char *buildkit_label(struct arena *a, const struct pb_worker *worker,
                                  const char *name)
{
	for (size_t i = 0; i < worker->nlabels; i++)
		if (str_eq(worker->labels[i].name, str_of(name)))
			return arena_text(a, worker->labels[i].value);
	return NULL;
}

void buildkit_learn(struct buildkit_site *s, const struct pb_worker *workers, size_t n)
{
	s->is_known = true;
	for (size_t i = 0; i < n; i++) {
		const char *gateway = buildkit_label(s->arena, &workers[i], BUILDKIT_LABEL
		                                     "moby.host-gateway-ip");
		const char *store = buildkit_label(s->arena, &workers[i], BUILDKIT_LABEL "snapshotter");
		if (gateway)
			s->facts.host_gateway = gateway;
		s->facts.has_containerd_store = s->facts.has_containerd_store ||
		                                (store && s->facts.daemon == SOLVE_DOCKERD);
	}
}

/* A name for the build that no other client of the daemon uses. */
static void buildkit_name(struct buildkit_work *w)
{
	unsigned char fresh[8];
	crypto_random(fresh, sizeof fresh);
	buf_printf(&w->ref, "%s-%u-", w->site->facts.build_id, ++w->site->nworks);
	for (size_t i = 0; i < sizeof fresh; i++)
		buf_printf(&w->ref, "%02x", fresh[i]);
}

static void buildkit_cancel(struct work *base)
{
	struct buildkit_work *w = (struct buildkit_work *)base;
	if (w->cancelled)
		return;
	w->cancelled = true;
	if (w->rejoin) {
		buildkit_rejoin_cancel(w);
		return;
	}
	/* The daemon's RUN stops with Solve; Status then tells how the steps stopped. */
	control_cancel(take(w->solve));
	w->solved = true;
	buildkit_settle(w);
}

struct work *buildkit_image(struct engine *e, struct buildkit_site *site,
                            const struct image_task *t, const struct engine_sink *sink)
{
	struct buildkit_work *w = xcalloc(1, sizeof *w);
	w->base = (struct work){ .engine = e, .sink = *sink, .cancel = buildkit_cancel };
	w->site = site;
	w->next = site->works;
	w->link = &site->works;
	if (w->next)
		w->next->link = &w->next;
	site->works = w;
	w->task = t;
	w->recipe = work_recipe(t);
	w->arena = arena_new();
	w->proxy = (struct engine_sink){ .step = buildkit_step, .log = work_log,
	                                 .progress = work_progress,
	                                 .warning = work_warning, .data = w };
	w->decoder = decoder_trace_new(w->recipe, &w->proxy);
	buildkit_name(w);
	if (!buildkit_start(w, &w->err)) {
		buildkit_hang_up(w);
		buildkit_finish_in(w, 0);
	}
	return &w->base;
}
