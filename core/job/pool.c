#include "core/job/pool.h"

#include <sys/utsname.h>

#include "core/engine/engine.h"
#include "core/engine/platform.h"

void pool_of_request(struct request *r, const struct preferences *p)
{
	const struct preferences_pool *pool = preferences_pool(p, r->engine);
	if (pool)
		r->pool = (struct request_pool){ pool->engines, pool->n, NULL, pool->cache };
}

bool pool_is_none(const struct preferences *p, const char *engine, struct error *err)
{
	const struct preferences_pool *pool = engine ? preferences_pool(p, engine) : NULL;
	owned_buf struct buf names = { 0 };
	for (size_t i = 0; pool && i < pool->n; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", pool->engines[i]);
	return !pool || error_set(err, ERROR_USAGE, "'%s' is a pool: an image is on one of its "
	                          "engines alone, so name that: %s", engine, buf_text(&names));
}

struct pool_want pool_want(struct arena *a, const struct selection *s)
{
	struct utsname here;
	for (size_t i = s->noptions; i > 0; i--)
		if (str_eq(s->options[i - 1].name, STR("platform")) && s->options[i - 1].value.n)
			return (struct pool_want){ arena_text(a, s->options[i - 1].value), true };
	if (uname(&here) != 0)
		return (struct pool_want){ 0 };
	return (struct pool_want){ platform_name(a, STR("linux"), str_of(here.machine)), false };
}

/* ---- which one ---- */

/* How an engine makes an image of a platform, best first. */
enum pool_fit { FIT_NATIVE, FIT_UNTOLD, FIT_EMULATED };

static bool pool_is_out(const struct pool_engine *e)
{
	return e->why.code || e->is_tried;
}

static enum pool_fit pool_fit(const struct pool_engine *e, const struct pool_want *want)
{
	if (!want->platform)
		return FIT_NATIVE;
	if (!e->platform)
		return want->is_asked ? FIT_UNTOLD : FIT_NATIVE;
	return platform_same(str_of(e->platform), str_of(want->platform)) ? FIT_NATIVE
	                                                                  : FIT_EMULATED;
}

static enum pool_fit pool_best_fit(const struct pool_engine *engines, size_t n,
                                   const struct pool_want *want)
{
	enum pool_fit best = FIT_EMULATED;
	for (size_t i = 0; i < n; i++)
		if (!pool_is_out(&engines[i]) && pool_fit(&engines[i], want) < best)
			best = pool_fit(&engines[i], want);
	return best;
}

/* What engines are compared by: the seconds that all of them tell, else instructions. */
struct pool_measure {
	bool by_seconds;
	size_t most;                    /* steps of the build, for who knows nothing of it */
};

static struct pool_measure pool_measure(const struct pool_engine *engines, size_t n)
{
	struct pool_measure m = { .by_seconds = true };
	for (size_t i = 0; i < n; i++) {
		if (pool_is_out(&engines[i]))
			continue;
		m.by_seconds = m.by_seconds && engines[i].seconds >= 0;
		m.most = engines[i].steps > m.most ? engines[i].steps : m.most;
	}
	return m;
}

/* When the build would be done: what it waits for, and what it runs, slower the more runs
 * there.  One more than there is to do, so that a full cache on a busy engine counts as well;
 * a step that may be cached is half a step. */
static double pool_cost(const struct pool_engine *e, struct pool_measure m)
{
	double todo = e->steps ? (double)(e->steps - e->hits) - (double)e->maybe / 2
	                       : (double)m.most;
	double load = (double)e->running / (e->cpus ? e->cpus : 1);
	return (double)e->wait + (1 + (m.by_seconds ? e->seconds : todo)) * (1 + load);
}

enum pool_answer pool_pick(const struct pool_engine *engines, size_t n,
                           const struct pool_want *want, size_t *ret_at)
{
	enum pool_fit fit = pool_best_fit(engines, n, want);
	struct pool_measure m = pool_measure(engines, n);
	enum pool_answer answer = POOL_NONE;
	double least = 0;
	*ret_at = STR_NONE;
	for (size_t i = 0; i < n; i++) {
		const struct pool_engine *e = &engines[i];
		if (pool_is_out(e) || pool_fit(e, want) != fit)
			continue;
		answer = POOL_WAIT;
		if ((e->limit && e->running >= e->limit) ||
		    (*ret_at != STR_NONE && pool_cost(e, m) >= least))
			continue;
		*ret_at = i;
		least = pool_cost(e, m);
	}
	if (*ret_at == STR_NONE || engines[*ret_at].wait)
		return answer;
	return POOL_TAKE;
}

/* ---- in words ---- */

static size_t pool_count_live(const struct pool_engine *engines, size_t n)
{
	size_t live = 0;
	for (size_t i = 0; i < n; i++)
		live += !pool_is_out(&engines[i]);
	return live;
}

static void pool_append_part(struct buf *out, size_t from, const char *text)
{
	buf_printf(out, "%s%s", out->n > from ? "; " : "", text);
}

static void pool_append_cache(struct buf *out, size_t from, const struct pool_engine *engines,
                              size_t n, size_t at)
{
	const struct pool_engine *e = &engines[at];
	bool any = false;
	for (size_t i = 0; i < n; i++)
		any |= !pool_is_out(&engines[i]) && (engines[i].hits || engines[i].maybe);
	if (e->hits) {
		pool_append_part(out, from, "");
		buf_printf(out, "%zu of %zu steps are in its cache", e->hits, e->steps);
	} else if (e->maybe) {
		pool_append_part(out, from, "it has built this before");
	} else if (e->steps && !any) {
		pool_append_part(out, from, "none has any of it in its cache");
	}
}

void pool_append_reason(struct buf *out, const struct pool_engine *engines, size_t n,
                        const struct pool_want *want, size_t at)
{
	const struct pool_engine *e = &engines[at];
	size_t live = pool_count_live(engines, n), alike = 0, from = out->n;
	for (size_t i = 0; i < n; i++)
		alike += !pool_is_out(&engines[i]) &&
		         pool_fit(&engines[i], want) == pool_fit(e, want);
	if (live == 1 && n > 1)
		pool_append_part(out, from, "no other answers");
	else if (alike < live && pool_fit(e, want) == FIT_NATIVE) {
		pool_append_part(out, from, "");
		buf_printf(out, "it is of %s", want->platform);
	}
	pool_append_cache(out, from, engines, n, at);
	if (!e->running)
		pool_append_part(out, from, "nothing else is built there");
	else {
		pool_append_part(out, from, "");
		buf_printf(out, "%zu other build%s there", e->running, e->running == 1 ? " runs" : "s run");
	}
}

void pool_append_left_out(struct buf *out, const struct pool_engine *engines, size_t n)
{
	size_t from = out->n;
	for (size_t i = 0; i < n; i++)
		if (engines[i].why.code)
			buf_printf(out, "%s%s: %s", out->n > from ? "; " : "", engines[i].name,
			           engines[i].why.text);
}

void pool_none(const char *pool, const struct pool_engine *engines, size_t n, struct error *err)
{
	owned_buf struct buf reasons = { 0 };
	pool_append_left_out(&reasons, engines, n);
	error_set(err, ERROR_UNREACHABLE, "no engine of the pool %s is left: %s", pool,
	          reasons.n ? buf_text(&reasons) : "all were tried");
}
