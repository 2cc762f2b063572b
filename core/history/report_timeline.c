/* The timeline: a bar for each step that took time, one below the other, as SVG. */
#include "core/history/report_inside.h"
#include "core/os/clock.h"

enum {
	ROW = 18, HEAD = 22,            /* pixels */
	WIDTH = 1000, NAMES = 340,      /* of it the names have */
	ROWS_MAX = 400,
};

static bool timeline_has(const struct report *r, size_t step)
{
	const struct report_span *span = &r->spans[step];
	return span->from > 0 && span->to >= span->from && r->build->steps[step].state != STEP_CACHED;
}

/* Seconds of the whole picture; at least one, so that nothing is divided by nothing. */
static double timeline_length(const struct report *r)
{
	double to = r->item.ended;
	for (size_t i = 0; i < r->build->nsteps; i++)
		if (timeline_has(r, i) && r->spans[i].to > to)
			to = r->spans[i].to;
	return to - r->item.started > 1 ? to - r->item.started : 1;
}

static double timeline_x(const struct report *r, double t, double length)
{
	double part = (t - r->item.started) / length;
	part = part > 0 ? part < 1 ? part : 1 : 0;
	return NAMES + part * (WIDTH - NAMES - 70);
}

static void timeline_bar(struct report *r, size_t step, size_t y, double length)
{
	const struct step *s = &r->build->steps[step];
	struct buf *out = r->out;
	double from = timeline_x(r, r->spans[step].from, length);
	double to = timeline_x(r, r->spans[step].to, length);
	enum { NAME = 52 };
	buf_printf(out, "<g><title>");
	report_html_text(out, s->name);
	buf_printf(out, ": %s, ", report_step_word(s));
	clock_append_seconds(out, s->seconds);
	buf_printf(out, "</title><text x=\"%d\" y=\"%zu\">", 14, y + ROW - 5);
	report_html_text(out, report_cut(s->name, NAME));
	buf_printf(out, "%s</text><rect class=\"%s\" x=\"%.1f\" y=\"%zu\" width=\"%.1f\" "
	           "height=\"%d\"/><text class=\"t\" x=\"%.1f\" y=\"%zu\">",
	           s->name.n > NAME ? "…" : "",
	           report_step_word(s), from, y + 3, to - from > 1 ? to - from : 1, ROW - 6, to + 4,
	           y + ROW - 5);
	clock_append_seconds(out, s->seconds);
	buf_printf(out, "%s</text></g>\n", s->state == STEP_FAILED ? " failed" : "");
}

static size_t timeline_rows(struct report *r, bool draw, double length)
{
	struct str section = { 0 };
	size_t y = 0, rows = 0;
	for (size_t i = 0; i < r->build->nsteps && rows < ROWS_MAX; i++) {
		struct str here = report_section(r, i);
		if (!timeline_has(r, i))
			continue;
		if (here.n && !str_eq(here, section)) {
			if (draw) {
				buf_printf(r->out, "<text class=\"s\" x=\"2\" y=\"%zu\">", y + HEAD - 7);
				report_html_text(r->out, here);
				buf_append(r->out, STR("</text>\n"));
			}
			y += HEAD;
		}
		section = here;
		if (draw)
			timeline_bar(r, i, y, length);
		y += ROW;
		rows++;
	}
	return y;
}

void report_timeline(struct report *r)
{
	double length = timeline_length(r);
	size_t height = timeline_rows(r, false, length);
	if (!height)
		return;
	buf_printf(r->out, "<section><h2>Timeline</h2>\n<svg viewBox=\"0 0 %d %zu\" role=\"img\" "
	           "aria-label=\"when each step ran\">\n", WIDTH, height + 4);
	timeline_rows(r, true, length);
	buf_append(r->out, STR("</svg></section>\n"));
}
