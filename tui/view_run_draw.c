#include "core/os/clock.h"
#include "tui/view_run_inside.h"

enum {
	DRAW_TIME = 8,                  /* columns of a time and the blanks around it */
	DRAW_TIMES_FROM = 34,           /* no times where it is narrower */
	DRAW_FACTS_FROM = 9,            /* rows from which the facts stand above the log */
	DRAW_KEY = 9,                   /* columns of a fact's name */
};

/* ---- head ---- */

static const char *draw_state(const struct view_run *v)
{
	static const char *const states[] = {
		[RUN_PREPARING] = "STARTING", [RUN_CREATED] = "STARTING", [RUN_RUNNING] = "RUNNING",
		[RUN_STOPPING] = "STOPPING", [RUN_EXITED] = "ENDED", [RUN_REMOVED] = "ENDED",
	};
	if (v->ended && v->end.error.code && !v->end.cancelled)
		return "FAILED";
	if (v->ended)
		return v->report->exit_code < 0 ? "REMOVED" : "ENDED";
	return states[v->report->phase];
}

static void draw_append_uptime(const struct view_run *v, struct buf *out)
{
	const struct run_report *r = v->report;
	double until = r->ended > 0 ? r->ended : clock_now();
	if (!(r->started > 0) || until < r->started)
		return;
	buf_append_char(out, ' ');
	/* A clock that runs shows whole seconds. */
	if (!(r->ended > 0) && until - r->started < 60)
		buf_printf(out, "%ds", (int)(until - r->started));
	else
		clock_append_seconds(out, until - r->started);
}

static bool draw_is_bad(const struct view_run *v)
{
	const struct run_report *r = v->report;
	return r->health == RUN_HEALTH_UNHEALTHY || r->exit_code > 0 ||
	       (v->ended && v->end.error.code && !v->end.cancelled);
}

static void draw_title(const struct view_run *v, struct surface *s, struct area a)
{
	const struct run_report *r = v->report;
	owned_buf struct buf right = { 0 };
	buf_printf(&right, " %s", draw_state(v));
	if (r->exit_code >= 0)
		buf_printf(&right, " %d", r->exit_code);
	else if (r->health != RUN_HEALTH_NONE && r->phase == RUN_RUNNING)
		buf_printf(&right, " %s", run_health_name(r->health));
	draw_append_uptime(v, &right);
	buf_append_char(&right, ' ');
	int width = (int)right.n < a.cols ? (int)right.n : a.cols;
	struct pen pen = pen_at(s, area_cols(a, 0, a.cols - width), 0);
	pen_word(&pen, " ", INK(BAR));
	pen_word(&pen, v->build.image[0] ? v->build.image : v->build.image_id, INK(BARSTRONG));
	if (r->name.n && pen_left(&pen) > 8) {
		pen_word(&pen, "  ", INK(BAR));
		pen_text(&pen, r->name, INK(BAR));
	}
	pen_fill(&pen, INK(BAR));
	pen = pen_at(s, area_cols(a, a.cols - width, width), 0);
	pen_text(&pen, buf_str(&right), draw_is_bad(v) ? INK(BARALERT) : INK(BARSTRONG));
	pen_fill(&pen, INK(BAR));
}

/* ---- facts ---- */

static struct pen draw_fact(struct surface *s, struct area *a, const char *key)
{
	struct pen pen = pen_at(s, area_cut_top(a, 1), 0);
	pen_printf(&pen, INK(FAINT), " %s", key);
	pen_to(&pen, DRAW_KEY, INK(TEXT));
	return pen;
}

static void draw_health(const struct view_run *v, struct surface *s, struct area *a)
{
	static const enum style styles[] = {
		[RUN_HEALTH_NONE] = STYLE_FAINT, [RUN_HEALTH_STARTING] = STYLE_BUSY,
		[RUN_HEALTH_HEALTHY] = STYLE_GOOD, [RUN_HEALTH_UNHEALTHY] = STYLE_ERROR,
	};
	const struct run_report *r = v->report;
	struct pen pen = draw_fact(s, a, "health");
	struct ink ink = { (uint8_t)styles[r->health], STYLE_NONE };
	if (r->phase < RUN_RUNNING) {
		pen_word(&pen, "not started yet", INK(FAINT));
		return;
	}
	if (r->health == RUN_HEALTH_NONE) {
		pen_word(&pen, "the image has no HEALTHCHECK", ink);
		return;
	}
	pen_word(&pen, run_health_name(r->health), ink);
	if (r->probe_exit < 0)
		return;
	pen_printf(&pen, INK(TEXT), "  last check: %d", r->probe_exit);
	if (r->failing > 1)
		pen_printf(&pen, INK(TEXT), ", %u failed in a row", r->failing);
	/* One line: the last says most. */
	size_t eol = str_find_last(r->probe, '\n');
	struct str last = eol == STR_NONE ? r->probe : str_slice(r->probe, eol + 1, r->probe.n);
	if (last.n) {
		pen_word(&pen, "  ", INK(TEXT));
		pen_text(&pen, last, INK(FAINT));
	}
}

static void draw_ports(const struct view_run *v, struct surface *s, struct area *a)
{
	const struct run_report *r = v->report;
	struct pen pen = draw_fact(s, a, "at");
	if (!r->nports)
		pen_word(&pen, r->phase < RUN_RUNNING ? "" : "the image exposes no port", INK(FAINT));
	for (size_t i = 0; i < r->nports; i++) {
		owned_buf struct buf url = { 0 };
		run_port_append_url(&url, &r->ports[i]);
		pen_text(&pen, buf_str(&url), INK(KEY));
		pen_printf(&pen, INK(FAINT), " (%.*s)  ", STR_ARG(r->ports[i].port));
	}
}

static void draw_build(const struct view_run *v, struct surface *s, struct area *a)
{
	struct pen pen = draw_fact(s, a, "build");
	struct str id = str_of(v->build.image_id);
	if (str_has_prefix(id, STR("sha256:")))
		id = str_slice(id, 0, 7 + 12);
	pen_word(&pen, v->build.id, INK(TEXT));
	pen_word(&pen, "  ", INK(TEXT));
	pen_text(&pen, id, INK(FAINT));
	pen_word(&pen, "  ", INK(TEXT));
	pen_word(&pen, v->engine, INK(FAINT));
}

static void draw_end(const struct view_run *v, struct surface *s, struct area *a)
{
	const struct run_report *r = v->report;
	struct pen pen = draw_fact(s, a, "end");
	if (v->end.error.code && !v->end.cancelled)
		pen_word(&pen, v->end.error.text, INK(ERROR));
	else if (r->exit_code < 0)
		pen_word(&pen, "stopped and removed", INK(TEXT));
	else
		pen_printf(&pen, r->exit_code ? INK(ERROR) : INK(GOOD), "exit code %d%s", r->exit_code,
		           r->out_of_memory ? ": it had used up its memory" : "");
}

/* ---- log ---- */

static void draw_log_title(const struct view_run *v, struct surface *s, struct area a)
{
	owned_buf struct buf right = { 0 };
	size_t all = v->list.n + v->log.dropped;
	if (v->pattern.n) {
		buf_append(&right, STR(" /"));
		buf_append(&right, str_slice(buf_str(&v->pattern), 0, 24));
	}
	buf_printf(&right, "  %zu line%s", all, all == 1 ? "" : "s");
	if (v->log.dropped)
		buf_printf(&right, ", the first %zu not kept", v->log.dropped);
	if (v->follows && !v->ended)
		buf_append(&right, STR(" FOLLOW"));
	else if (!v->follows && all > v->left_at)
		buf_printf(&right, " +%zu new", all - v->left_at);
	if (v->list.shift)
		buf_printf(&right, " >%d", v->list.shift);
	buf_append_char(&right, ' ');
	int width = (int)text_width(buf_str(&right));
	width = width < a.cols - 4 ? width : a.cols > 4 ? a.cols - 4 : 0;
	struct pen pen = pen_at(s, area_cols(a, 0, a.cols - width), 0);
	pen_word(&pen, " log", INK(PANEHERE));
	pen_fill(&pen, INK(PANEHERE));
	pen = pen_at(s, area_cols(a, a.cols - width, width), 0);
	pen_text(&pen, buf_str(&right), INK(PANEHERE));
	pen_fill(&pen, INK(PANEHERE));
}

/* The text with what was searched for laid under; colours as the container meant them
 * are left out. */
static void draw_log_text(struct view_run *v, struct pen *pen, struct str text)
{
	size_t from = 0, at, size;
	/* No more than can be seen: a line may be long. */
	text = str_slice(text, 0, ((size_t)v->list.shift + (size_t)pen_left(pen)) * 16 + 4096);
	while (v->search && from < text.n &&
	       history_search_line(v->search, text, from, &at, &size) && size) {
		pen_text(pen, str_slice(text, from, at - from), INK(TEXT));
		pen_text(pen, str_slice(text, at, size), INK_OVER(TEXT, STYLE_FOUND));
		from = at + size;
	}
	pen_text(pen, str_slice(text, from, text.n), INK(TEXT));
}

static void draw_log_line(struct view_run *v, struct surface *s, struct area a, int row,
                          size_t line)
{
	const struct run_line *l = &v->log.lines[line];
	bool times = v->times && a.cols >= DRAW_TIMES_FROM;
	bool here = line == v->list.cursor && !(v->follows && !v->ended);
	uint8_t over = here ? STYLE_CURSOR : STYLE_NONE;
	int margin = 2 + (times ? DRAW_TIME : 0);
	struct pen pen = pen_at(s, a, row);
	pen.over = over;
	pen_word(&pen, l->stream == 2 ? "2" : " ", INK(WARNING));
	if (times) {
		double since = l->t - v->report->started;
		since = v->report->started > 0 && since > 0 && since < 1e6 ? since : 0;
		pen_printf(&pen, INK(FAINT), " %6.1f", since);
	}
	pen_to(&pen, margin, INK(TEXT));
	pen = pen_at(s, area_cols(a, margin, a.cols), row);
	pen.over = over;
	pen_shift(&pen, v->list.shift);
	log_text_read(&v->text, run_log_line(&v->log, line));
	draw_log_text(v, &pen, v->text.text);
	pen_fill(&pen, INK(TEXT));
}

static const char *draw_empty(const struct view_run *v)
{
	if (v->ended)
		return "it printed nothing";
	return v->report->phase < RUN_RUNNING ? "it is being started" : "no output yet";
}

static void draw_log(struct view_run *v, struct surface *s, struct area a)
{
	draw_log_title(v, s, area_cut_top(&a, 1));
	if (v->list.n == 0) {
		struct pen pen = pen_at(s, a, 0);
		pen_printf(&pen, INK(FAINT), " %s", draw_empty(v));
	}
	struct area lines = list_draw_bar(&v->list, s, a);
	for (int row = 0; row < lines.rows && v->list.top + (size_t)row < v->list.n; row++)
		draw_log_line(v, s, lines, row, v->list.top + (size_t)row);
}

void view_run_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_run *v = (struct view_run *)view;
	bool facts = a.rows >= DRAW_FACTS_FROM;
	draw_title(v, s, area_cut_top(&a, 1));
	if (v->ended && a.rows >= 3)
		draw_end(v, s, &a);
	if (facts) {
		draw_health(v, s, &a);
		draw_ports(v, s, &a);
		draw_build(v, s, &a);
	} else if (a.rows >= 4 && !v->ended) {
		draw_ports(v, s, &a);
	}
	draw_log(v, s, a);
}
