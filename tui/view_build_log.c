#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

enum {
	LOG_TIME = 8,                   /* columns of a time and the blanks around it */
	LOG_CLOCK = 10,                 /* of one of the day */
	LOG_TIMES_FROM = 34,            /* no times in a narrower pane */
	LOG_FLOWS_FROM = 6,             /* rows from which the window moves in leaps */
	LOG_OVERLAP = 1,                /* lines that stay when they come fast */
	LOG_FAST = 2,                   /* seconds for a pane full of lines */
};

int view_build_log_step(const struct view_build *b)
{
	return b->all ? -1 : b->step;
}

/* ---- lines and rows ---- */

/* Rows are what the pane shows: all lines, or those that a filter leaves. */
static size_t log_count(const struct view_build *b)
{
	int step = view_build_log_step(b);
	if (b->filter)
		return line_filter_count(b->filter);
	return b->all || step >= 0 ? journal_lines(b->journal, step) : 0;
}

size_t view_build_log_line(const struct view_build *b, size_t row)
{
	return b->filter ? line_filter_line(b->filter, row) : row;
}

size_t view_build_log_here(const struct view_build *b)
{
	return b->log.cursor < b->log.n ? view_build_log_line(b, b->log.cursor) : STR_NONE;
}

bool view_build_log_shows(const struct view_build *b, size_t line)
{
	if (!b->filter)
		return true;
	size_t row = line_filter_find(b->filter, line);
	return row < line_filter_count(b->filter) && line_filter_line(b->filter, row) == line;
}

void view_build_log_put(struct view_build *b, size_t line)
{
	view_build_log_follow(b, false);
	list_go(&b->log, b->filter ? line_filter_find(b->filter, line) : line);
}

void view_build_log_follow(struct view_build *b, bool on)
{
	if (b->follows && !on)
		b->left_at = b->log.n;
	b->follows = on;
	if (on)
		b->log.cursor = b->log.n ? b->log.n - 1 : 0;
}

void view_build_log_update(struct view_build *b, bool anew)
{
	if (anew) {
		int shift = b->log.shift;
		b->log = (struct list){ .shift = shift, .height = b->log.height };
		b->follows = true;
	}
	view_build_find_update(b, anew);
	view_build_log_refresh(b);
}

void view_build_log_refresh(struct view_build *b)
{
	list_set_count(&b->log, log_count(b));
	if (b->follows)
		view_build_log_follow(b, true);
}

void view_build_log_go(struct view_build *b, size_t line)
{
	view_build_log_put(b, line);
	b->pane = BUILD_LOG;
}

/* In the log of all the steps' pane shows whose line it is. */
static void log_mark_step(struct view_build *b)
{
	size_t n, line = view_build_log_here(b);
	if (!b->all || line == STR_NONE)
		return;
	int step = journal_line_step(b->journal, line, &n);
	if (step < 0 || (size_t)step >= b->build->nsteps || step == b->step)
		return;
	b->step = step;
	b->leads = false;
	view_build_steps_mark(b, step);
}

bool view_build_log_act(struct view_build *b, enum action action, unsigned count)
{
	size_t before = b->log.cursor;
	int sideways = b->log.height > 0 ? 16 : 8;
	if (action == ACTION_SECTION_UP || action == ACTION_SECTION_DOWN)
		return view_build_steps_by(b, action == ACTION_SECTION_DOWN);
	if (action == ACTION_LAST && !count) {
		view_build_log_follow(b, true);
		return true;
	}
	if (action == ACTION_ENTER) {
		b->zoomed = !b->zoomed;
		return true;
	}
	if (action == ACTION_LEFT && b->log.shift == 0) {
		b->pane = BUILD_STEPS;
		return true;
	}
	if (!list_move(&b->log, action, count, sideways))
		return false;
	if (b->log.cursor < before)
		view_build_log_follow(b, false);
	if (b->log.cursor != before)
		log_mark_step(b);
	return true;
}

/* ---- layout of a line ---- */

struct log_layout {
	int times;                      /* columns of a time; 0: none */
	int marks;                      /* of the marks before it */
	int tag;                        /* of "#12 " where all steps' lines are shown */
	int text;                       /* columns for the text */
	/* Of the line drawn before. */
	long second;
	double t;
	int step;
};

static int log_margin(const struct log_layout *l)
{
	return l->marks + l->times + l->tag;
}

static struct log_layout log_layout(const struct view_build *b, struct area a)
{
	struct log_layout l = { .marks = view_build_new_is_known(b) ? 2 : 1, .t = -1 };
	if (b->times != LOG_NO_TIMES && a.cols >= LOG_TIMES_FROM)
		l.times = b->times == LOG_OF_DAY ? LOG_CLOCK : LOG_TIME;
	else if (l.marks > 1)
		l.marks++;
	l.tag = !b->all ? 0 : b->build->nsteps > 1000 ? 6 : b->build->nsteps > 100 ? 5 : 4;
	l.text = a.cols - log_margin(&l);
	return l;
}

static struct str log_read(struct view_build *b, size_t row, double *ret_t)
{
	struct str raw = journal_line(b->journal, view_build_log_step(b), view_build_log_line(b, row),
	                              &b->scratch, ret_t);
	log_text_read(&b->text, raw);
	return b->text.text;
}

/* The bytes of the piece at `at` that fill one row. */
static size_t log_piece(struct str text, size_t at, int columns)
{
	size_t width;
	struct glyph g;
	struct str rest = str_slice(text, at, text.n);
	struct str piece = text_cut(rest, columns > 0 ? (size_t)columns : 0, &width);
	if (!piece.n && rest.n)
		return text_glyph(rest, &g);
	return piece.n;
}

/* Rows that a wrapped line takes, at most `most`. */
static int log_height(struct view_build *b, size_t row, int columns, int most)
{
	struct str text = log_read(b, row, NULL);
	int rows = 0;
	for (size_t at = 0; (at < text.n || rows == 0) && rows < most; rows++)
		at += log_piece(text, at, columns);
	return rows;
}

/* While lines come the window moves by more than a line at a time: what was drawn
 * stays where it is, so that a line costs a slow link its own bytes and not a pane's. */
static bool log_flows(const struct view_build *b)
{
	return b->follows && view_build_runs(b);
}

/* Nobody reads lines that fill the pane in this time while they move. */
static bool log_is_fast(struct view_build *b, size_t lines)
{
	double first = 0, last = 0;
	log_read(b, b->log.n - lines, &first);
	log_read(b, b->log.n - 1, &last);
	return last - first < LOG_FAST;
}

/* The last line did not fit below `top`: half of the pane is left for those to come,
 * or nearly all of it when they come fast. */
static void log_show_flowing(struct view_build *b, size_t top)
{
	struct list *log = &b->log;
	if (log->height < LOG_FLOWS_FROM || log->n <= log->height)
		return;
	if (top < log->n && log->n <= top + log->height)
		log->top = top;
	else
		log->top = log->n - (log_is_fast(b, log->height) ? LOG_OVERLAP : log->height / 2);
}

/* The window moves until the line under the cursor shows whole; when following, the
 * last line stands at the bottom. */
static void log_show(struct view_build *b, struct area a, const struct log_layout *l)
{
	size_t top = b->log.top;
	list_show(&b->log, a.rows);
	if (!b->wraps && log_flows(b))
		log_show_flowing(b, top);
	if (!b->wraps || b->log.n == 0)
		return;
	int rows = 0;
	size_t line = b->log.cursor + 1;
	bool to_end = b->log.cursor + 1 == b->log.n;
	while (line > 0 && rows < a.rows) {
		int height = log_height(b, line - 1, l->text, a.rows);
		if (rows && rows + height > a.rows)
			break;
		rows += height;
		line--;
	}
	if (b->log.top < line || to_end)
		b->log.top = line;
}

static double log_start(const struct view_build *b, int step)
{
	if (!b->all && step >= 0 && (size_t)step < b->build->nsteps &&
	    b->build->steps[step].started > 0)
		return b->build->steps[step].started;
	return b->build->started;
}

static double log_bounded(double seconds)
{
	return seconds > 0 && seconds < 1e8 ? seconds : 0;
}

/* How long after the line above it came, where that is worth speaking of. */
static void log_draw_gap(struct pen *pen, double since)
{
	if (since >= 0.05)
		pen_printf(pen, INK(FAINT), since < 1000 ? "%+6.1f" : "%+6.0f", since);
}

/* The time stands where a second begins, in the first row and under the cursor: more
 * would be noise, and traffic. */
static void log_draw_time(struct view_build *b, struct pen *pen, struct log_layout *l, size_t row,
                          int step, double t)
{
	double since = log_bounded(t - log_start(b, step));
	long second = b->times == LOG_OF_DAY ? (t > 0 && t < 1e15 ? (long)t : 0) : (long)since;
	bool here = row == b->log.cursor && !log_flows(b);
	bool told = row == b->log.top || here || second != l->second;
	owned_buf struct buf clock = { 0 };
	if (b->times == LOG_SINCE_LINE) {
		log_draw_gap(pen, l->t < 0 ? since : log_bounded(t - l->t));
	} else if (told && b->times == LOG_OF_DAY) {
		clock_append_local(&clock, t);
		pen_text(pen, str_slice(buf_str(&clock), 11, 8), INK(FAINT));
	} else if (told) {
		pen_printf(pen, INK(FAINT), since < 10000 ? "%6.1f" : "%6.0f", since);
	}
	l->second = second;
	l->t = t;
}

static void log_draw_margin(struct view_build *b, struct pen *pen, struct log_layout *l, size_t row,
                            double t)
{
	size_t n, line = view_build_log_line(b, row);
	int step = b->all ? journal_line_step(b->journal, line, &n) : b->step;
	view_build_line_marks(b, pen, step, l->marks);
	pen_to(pen, l->marks, INK(TEXT));
	if (l->times)
		log_draw_time(b, pen, l, row, step, t);
	pen_to(pen, l->marks + l->times, INK(TEXT));
	if (l->tag && step >= 0 && (row == b->log.top || step != l->step))
		pen_printf(pen, INK(TEXT), "#%-*d", l->tag - 1, step);
	l->step = step;
	pen_to(pen, log_margin(l), INK(TEXT));
}

/* Draws a line from the row of the area on; returns the rows it took. */
static int log_draw_line(struct view_build *b, struct surface *s, struct area a, int at_row,
                         size_t row, struct log_layout *l)
{
	double t = 0;
	if (l->times && b->times == LOG_SINCE_LINE && l->t < 0 && row)
		log_read(b, row - 1, &l->t);
	struct str text = log_read(b, row, l->times ? &t : NULL);
	struct view_build_line drawn;
	uint8_t over = row != b->log.cursor || log_flows(b) ? STYLE_NONE :
	               b->pane == BUILD_LOG ? STYLE_CURSOR : STYLE_RESTING;
	int columns = l->text > 1 ? l->text : 1, taken = 0;
	/* No more than can be seen: a line may be a megabyte. */
	size_t seen = ((size_t)b->log.shift + (size_t)columns * (size_t)a.rows) * 16 + 4096;
	size_t at = 0, end = text.n < seen ? text.n : seen;
	view_build_line_begin(b, str_slice(text, 0, end), &drawn);
	do {
		struct pen pen = pen_at(s, a, at_row + taken);
		pen.over = over;
		if (taken == 0)
			log_draw_margin(b, &pen, l, row, t);
		pen_to(&pen, a.cols - columns, INK(TEXT));
		pen = pen_at(s, area_cols(a, a.cols - columns, columns), at_row + taken);
		pen.over = over;
		if (!b->wraps)
			pen_shift(&pen, b->log.shift);
		size_t size = b->wraps ? log_piece(text, at, columns) : end;
		view_build_line_draw(&drawn, &pen, at, at + size);
		at += size;
		taken++;
		if (at >= text.n)
			view_build_line_end(&drawn, &pen);
		pen_fill(&pen, INK(TEXT));
	} while (b->wraps && at < text.n && at_row + taken < a.rows);
	return taken;
}

/* ---- the pane ---- */

static void log_tell(const struct view_build *b, struct buf *out)
{
	view_build_find_tell(b, out);
	view_build_filter_tell(b, out);
	if (!b->filter)
		buf_printf(out, "  %zu line%s", b->log.n, b->log.n == 1 ? "" : "s");
	if (b->follows && view_build_runs(b))
		buf_append(out, STR(" FOLLOW"));
	else if (!b->follows && b->log.n > b->left_at)
		buf_printf(out, " +%zu new", b->log.n - b->left_at);
	if (b->wraps)
		buf_append(out, STR(" wrap"));
	else if (b->log.shift)
		buf_printf(out, " >%d", b->log.shift);
	buf_append_char(out, ' ');
}

static void log_draw_title(struct view_build *b, struct surface *s, struct area a)
{
	struct ink ink = b->pane == BUILD_LOG ? INK(PANEHERE) : INK(PANE);
	owned_buf struct buf right = { 0 };
	log_tell(b, &right);
	int width = (int)text_width(buf_str(&right));
	width = width < a.cols - 8 ? width : a.cols > 8 ? a.cols - 8 : 0;
	struct pen pen = pen_at(s, area_cols(a, 0, a.cols - width), 0);
	pen_word(&pen, " ", ink);
	if (b->all)
		pen_word(&pen, "all steps", ink);
	else if (b->step >= 0)
		pen_text(&pen, b->build->steps[b->step].name, ink);
	pen_fill(&pen, ink);
	pen = pen_at(s, area_cols(a, a.cols - width, width), 0);
	pen_text(&pen, buf_str(&right), ink);
	pen_fill(&pen, ink);
}

static const char *log_empty(const struct view_build *b)
{
	if (b->filter)
		return line_filter_is_done(b->filter) ? "no line matches the filter" : "looking";
	if (!b->all && b->step < 0)
		return "no step yet";
	if (b->all)
		return view_build_runs(b) ? "no output yet" : "no output";
	switch (b->build->steps[b->step].state) {
	case STEP_WAITING: return view_build_runs(b) ? "this step waits" : "this step did not run";
	case STEP_RUNNING: return "no output yet";
	case STEP_CACHED: return "from the cache: nothing ran";
	case STEP_SKIPPED: return "this step was not come to";
	default: return "this step printed nothing";
	}
}

void view_build_log_draw(struct view_build *b, struct surface *s, struct area a)
{
	log_draw_title(b, s, area_cut_top(&a, 1));
	struct log_layout l = log_layout(b, area_cols(a, 0, a.cols - 1));
	struct area lines = area_cols(a, 0, a.cols - 1);
	log_show(b, lines, &l);
	if (b->log.n == 0 && a.rows > 0) {
		struct pen pen = pen_at(s, a, 0);
		pen_printf(&pen, INK(FAINT), " %s", log_empty(b));
	}
	size_t row = b->log.top;
	for (int at = 0; at < lines.rows && row < b->log.n; row++)
		at += log_draw_line(b, s, lines, at, row, &l);
	struct list bar = b->log;
	if (bar.n > bar.height && bar.top > bar.n - bar.height)
		bar.top = bar.n - bar.height;
	list_draw_bar(&bar, s, a);
	/* Where lines are wrapped a row tells no line. */
	list_at(&b->log, b->wraps ? (struct area){ 0 } : a);
}
