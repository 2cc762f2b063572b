#include "core/history/forecast_times.h"

#include "core/base/check.h"
#include "core/os/clock.h"

static void forecast_time_steps(struct forecast_step *steps, size_t n, const struct critical *c,
                                const struct times *times)
{
	for (size_t i = 0; i < n; i++) {
		struct forecast_step *s = &steps[i];
		struct times_range range;
		s->p25 = s->p50 = s->p90 = -1;
		if (s->step < 0 || (size_t)s->step >= critical_count(c))
			continue;
		const struct critical_step *what = critical_step(c, (size_t)s->step);
		if (!times_step(times, what->stage, what->name, &range))
			continue;
		s->p25 = range.p25;
		s->p50 = range.p50;
		s->p90 = range.p90;
	}
}

static void forecast_time_whole(struct arena *a, struct forecast *f, const struct critical *c,
                                const struct times *times)
{
	size_t n = critical_count(c);
	owned_memory double *seconds = xcalloc(n + 1, sizeof *seconds);
	owned_memory enum critical_will *will = xcalloc(n + 1, sizeof *will);
	int *path = arena_array(a, n + 1, sizeof *path);
	for (size_t i = 0; i < n; i++)
		will[i] = CRITICAL_IS_CACHED;
	for (size_t i = 0; i < f->nsteps; i++) {
		const struct forecast_step *s = &f->steps[i];
		if (s->verdict == VERDICT_HIT || s->step < 0 || (size_t)s->step >= n)
			continue;
		will[s->step] = CRITICAL_RUNS;
		seconds[s->step] = s->p50;
	}
	struct critical_range range = critical_expect(c, times, will);
	f->p25 = range.p25;
	f->p50 = range.p50;
	f->p90 = range.p90;
	critical_path(c, seconds, path, &f->npath);
	f->path = path;
}

void forecast_add_times(struct arena *a, struct forecast *f, const struct value *steps,
                        const struct recipe *recipe, const struct times *times)
{
	struct forecast_step *timed = arena_array(a, f->nsteps + 1, sizeof *timed);
	owned(critical) struct critical *c = critical_of_steps(steps, recipe,
	                                                       arena_text(a, f->engine));
	if (f->nsteps)
		memcpy(timed, f->steps, f->nsteps * sizeof *timed);
	forecast_time_steps(timed, f->nsteps, c, times);
	f->steps = timed;
	f->p25 = f->p50 = f->p90 = -1;
	f->path = NULL;
	f->npath = 0;
	if (times_builds(times))
		forecast_time_whole(a, f, c, times);
}

size_t forecast_untimed(const struct forecast *f)
{
	size_t n = 0;
	for (size_t i = 0; i < f->nsteps; i++)
		n += f->steps[i].verdict != VERDICT_HIT && f->steps[i].p50 < 0;
	return n;
}

void forecast_append_range(struct buf *out, const struct forecast *f)
{
	size_t untimed = forecast_untimed(f);
	if (f->p25 < 0)
		return;
	clock_append_range(out, f->p25, f->p90, "-");
	if (untimed)
		buf_printf(out, " + %zu never timed", untimed);
}
