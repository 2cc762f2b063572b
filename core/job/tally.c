#include "core/job/tally.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/critical.h"
#include "core/os/save.h"
#include "core/value/json.h"

struct tally_lines {
	size_t ended;
	bool open[2];                   /* the stream's last line has no end yet */
};

struct tally {
	struct build *build;
	struct tally_lines *lines;      /* of each step */
	size_t nlines;
	bool any;                       /* step has begun */
};

struct tally *tally_new(void)
{
	struct tally *t = xcalloc(1, sizeof *t);
	t->build = build_new();
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	build_free(t->build);
	free(t->lines);
	free(t);
}

void tally_event(struct tally *t, double at, enum event_kind kind, int step,
                 const struct value *fields)
{
	const struct value *text = fields ? value_get(fields, STR("text")) : NULL;
	struct event e = { .t = at, .kind = kind, .step = step, .fields = fields };
	if (text)
		e.text = value_text(text);
	t->any = t->any || kind == EVENT_STEP_START;
	build_apply(t->build, &e);
}

const struct build *tally_build(const struct tally *t)
{
	return t->build;
}

static struct tally_lines *tally_lines(struct tally *t, size_t step)
{
	if (step >= t->nlines) {
		size_t n = 2 * step + 32;
		t->lines = xrealloc(t->lines, n, sizeof *t->lines);
		memset(t->lines + t->nlines, 0, (n - t->nlines) * sizeof *t->lines);
		t->nlines = n;
	}
	return &t->lines[step];
}

void tally_log(struct tally *t, int step, int stream, struct str bytes)
{
	if (step < 0 || step >= JOURNAL_STEPS_MAX || !bytes.n)
		return;
	struct tally_lines *lines = tally_lines(t, (size_t)step);
	const char *at = bytes.p, *end = bytes.p + bytes.n;
	while ((at = memchr(at, '\n', (size_t)(end - at))) && ++at)
		lines->ended++;
	lines->open[stream == 2] = end[-1] != '\n';
}

static double tally_path(const struct tally *t, const struct recipe *recipe)
{
	owned(critical) struct critical *c = critical_of_build(t->build, recipe);
	owned_memory double *seconds = xcalloc(t->build->nsteps + 1, sizeof *seconds);
	for (size_t i = 0; i < t->build->nsteps; i++)
		seconds[i] = t->build->steps[i].seconds;
	return critical_path(c, seconds, NULL, NULL);
}

void tally_write(struct tally *t, const char *dir, const struct recipe *recipe, double at,
                 const struct value *done)
{
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	struct error none;
	size_t n = t->build->nsteps;
	if (!t->any)
		return;
	tally_event(t, at, EVENT_BUILD_DONE, -1, done);
	size_t *lines = arena_array(a, n + 1, sizeof *lines);
	for (size_t i = 0; i < n; i++) {
		const struct tally_lines *l = tally_lines(t, i);
		lines[i] = l->ended + l->open[0] + l->open[1];
	}
	value_write_json(&text, times_describe(a, t->build, t->build->address, lines,
	                                         tally_path(t, recipe)),
	                 JSON_LINE);
	buf_append_char(&text, '\n');
	save_derived(arena_printf(a, "%s/times.json", dir), buf_str(&text), 0600, &none);
}
