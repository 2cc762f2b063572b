#include "tui/why.h"

#include "core/base/utf8.h"
#include "core/os/clock.h"
#include "tui/text.h"

/* Names and sentences are of projects: nothing of theirs makes a line. */
static void why_text(struct buf *out, struct str text)
{
	utf8_append_visible(out, text);
}

static void why_seconds(struct buf *out, const char *before, double seconds)
{
	buf_append_text(out, before);
	clock_append_seconds(out, seconds);
}

static void why_verdict(struct buf *out, const struct why *w)
{
	static const char *const texts[] = {
		"= hit: the engine's cache serves it", "x miss: it is run anew",
		"? unknown: whether the cache serves it cannot be told",
	};
	const struct forecast_step *f = w->forecast;
	if (!f) {
		buf_append_text(out, "\x02no forecast");
	} else {
		buf_printf(out, "%s", texts[f->verdict]);
		if (f->why != MISS_NONE)
			buf_printf(out, " (%s)", forecast_miss_name(f->why));
		buf_append_text(out, w->is_stale ? "; being looked at again" : "");
	}
	buf_append_char(out, '\n');
	if (w->note.n) {
		buf_append_text(out, "\x02");
		why_text(out, w->note);
		buf_append_char(out, '\n');
	}
}

static void why_files(struct buf *out, const struct forecast_step *f)
{
	static const char *const changes[] = { "added", "removed", "changed", "mode" };
	for (size_t i = 0; i < f->nfiles; i++) {
		buf_printf(out, "  %-8s", changes[f->files[i].change]);
		why_text(out, f->files[i].path);
		buf_append_char(out, '\n');
	}
	if (f->files_count > f->nfiles)
		buf_printf(out, "\x02  and %zu more\n", f->files_count - f->nfiles);
}

static void why_reason(struct buf *out, const struct why *w)
{
	const struct forecast_step *f = w->forecast;
	if (!f)
		return;
	if (f->sentence.n) {
		why_text(out, f->sentence);
		buf_append_char(out, '\n');
	}
	why_files(out, f);
	if (f->cause.n) {
		buf_append_text(out, "set at  ");
		why_text(out, f->cause);
		buf_append_char(out, '\n');
	}
	if (w->parent.n) {
		buf_append_text(out, "follows ");
		why_text(out, w->parent);
		buf_append_char(out, '\n');
	}
}

void why_append_bars(struct buf *out, const struct times_point *points, size_t n)
{
	double most = 0;
	for (size_t i = 0; i < n; i++)
		most = points[i].seconds > most ? points[i].seconds : most;
	for (size_t i = 0; !text_is_ascii() && i < n; i++) {
		/* U+2581 to U+2588: one eighth to the whole. */
		double part = most > 0 ? points[i].seconds / most : 0;
		buf_append_rune(out, 0x2581 + (uint32_t)(part * 7 + 0.5));
	}
}

static void why_runs(struct buf *out, const struct why *w)
{
	size_t n = w->npoints < WHY_POINTS ? w->npoints : WHY_POINTS;
	const struct times_point *points = n ? w->points + (w->npoints - n) : NULL;
	if (!n)
		return;
	buf_append_text(out, "last    ");
	why_append_bars(out, points, n);
	for (size_t i = 0; i < n; i++) {
		why_seconds(out, " ", points[i].seconds);
		buf_append_text(out, points[i].failed ? " failed" : points[i].cached ? " cached" : "");
		buf_append_text(out, i + 1 < n ? "," : "\n");
	}
}

static void why_usual(struct buf *out, const struct why *w)
{
	const struct times_range *u = w->usual;
	const struct forecast_step *f = w->forecast;
	bool is_run = u && u->n, is_foretold = !is_run && f && f->p50 >= 0;
	buf_append_char(out, '\n');
	if (!is_run && !is_foretold) {
		buf_append_text(out, "\x02how long it takes is not known: it has not run here yet\n");
		why_runs(out, w);
		return;
	}
	why_seconds(out, "usually ", is_run ? u->p50 : f->p50);
	if (is_foretold || u->n > 1) {
		why_seconds(out, ", from ", is_run ? u->p25 : f->p25);
		why_seconds(out, " (p25) to ", is_run ? u->p90 : f->p90);
		buf_append_text(out, " (p90)");
	}
	if (is_run)
		buf_printf(out, u->n > 1 ? " in %zu runs" : ", of %zu run", u->n);
	buf_append_char(out, '\n');
	why_runs(out, w);
}

void why_write(struct buf *out, const struct why *w)
{
	buf_append_text(out, "\x01");
	why_text(out, w->name);
	buf_append_char(out, '\n');
	if (w->stage.n) {
		buf_append_text(out, "\x02of stage ");
		why_text(out, w->stage);
		buf_append_char(out, '\n');
	}
	buf_append_char(out, '\n');
	if (w->is_meta) {
		buf_append_text(out, "makes no layer; what it sets counts for the steps below it");
		return;
	}
	why_verdict(out, w);
	why_reason(out, w);
	why_usual(out, w);
	/* A text ends without a line end. */
	out->n -= out->n && out->p[out->n - 1] == '\n';
}

struct popup *why_new(const struct why *w)
{
	owned_buf struct buf text = { 0 };
	why_write(&text, w);
	return popup_new_text("Step", buf_take(&text));
}
