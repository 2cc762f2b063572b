#include "core/base/check.h"
#include "core/os/clock.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

enum {
	LOG_TIME = 8,                   /* columns of a time and the blanks around it */
	LOG_TIMES_FROM = 34,            /* no times in a narrower pane */
	LOG_MATCHES = 64,               /* of a line, marked */
	LOG_FLOWS_FROM = 6,             /* rows from which the window moves in leaps */
	LOG_OVERLAP = 1,                /* lines that stay when they come fast */
	LOG_FAST = 2,                   /* seconds for a pane full of lines */
};

int view_build_log_step(const struct view_build *b)
{
	return b->all ? -1 : b->step;
}

static size_t log_count(const struct view_build *b)
{
	int step = view_build_log_step(b);
	return b->all || step >= 0 ? journal_lines(b->journal, step) : 0;
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
	list_set_count(&b->log, log_count(b));
	if (b->follows)
		view_build_log_follow(b, true);
	view_build_find_update(b, anew);
}

void view_build_log_go(struct view_build *b, size_t line)
{
	view_build_log_follow(b, false);
	list_go(&b->log, line);
	b->pane = BUILD_LOG;
}

/* In the log of all the steps' pane shows whose line it is. */
static void log_mark_step(struct view_build *b)
{
	size_t n;
	if (!b->all || b->log.cursor >= b->log.n)
		return;
	int step = journal_line_step(b->journal, b->log.cursor, &n);
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

/* ---- a line's text ---- */

static struct ink log_ink(enum log_colour colour)
{
	static const enum style styles[] = {
		[LOG_PLAIN] = STYLE_TEXT, [LOG_RED] = STYLE_ERROR, [LOG_GREEN] = STYLE_GOOD,
		[LOG_YELLOW] = STYLE_WARNING, [LOG_BLUE] = STYLE_KEY, [LOG_MAGENTA] = STYLE_LITERAL,
		[LOG_CYAN] = STYLE_VARIABLE, [LOG_FAINT] = STYLE_FAINT, [LOG_BOLD] = STYLE_STRONG,
	};
	return (struct ink){ (uint8_t)styles[colour], STYLE_NONE };
}

struct log_match {
	size_t at, end;
};

static size_t log_matches(struct view_build *b, struct str text, struct log_match *matches)
{
	size_t n = 0, at, size;
	for (size_t from = 0; b->search && n < LOG_MATCHES && from <= text.n; ) {
		if (!history_search_line(b->search, text, from, &at, &size))
			break;
		if (size)
			matches[n++] = (struct log_match){ at, at + size };
		from = at + (size ? size : 1);
	}
	return n;
}

/* What is drawn of a line: its text with colours, matches, and where a piece is. */
struct log_line {
	const struct log_text *text;
	struct log_match matches[LOG_MATCHES];
	size_t nmatches, run, match;
};

/* Bytes [from, to) of the text; called with pieces in order. */
static void log_draw_piece(struct log_line *l, struct pen *pen, size_t from, size_t to)
{
	const struct log_text *t = l->text;
	while (from < to) {
		size_t next = to;
		while (l->run < t->nruns && t->runs[l->run].at <= from)
			l->run++;
		while (l->match < l->nmatches && l->matches[l->match].end <= from)
			l->match++;
		struct ink ink = log_ink(l->run ? t->runs[l->run - 1].colour : LOG_PLAIN);
		if (l->run < t->nruns && t->runs[l->run].at < next)
			next = t->runs[l->run].at;
		if (l->match < l->nmatches) {
			const struct log_match *m = &l->matches[l->match];
			size_t edge = m->at <= from ? m->end : m->at;
			if (m->at <= from)
				ink.over = STYLE_FOUND;
			next = edge < next ? edge : next;
		}
		pen_text(pen, str_slice(t->text, from, next - from), ink);
		from = next;
	}
}

/* ---- layout of a line ---- */

struct log_layout {
	bool times;
	int tag;                        /* columns of "#12 " where all steps' lines are shown */
	int text;                       /* columns for the text */
	/* Of the line drawn before. */
	long second;
	int step;
};

static struct log_layout log_layout(const struct view_build *b, struct area a)
{
	struct log_layout l = { .times = b->times && a.cols >= LOG_TIMES_FROM };
	l.tag = !b->all ? 0 : b->build->nsteps > 1000 ? 6 : b->build->nsteps > 100 ? 5 : 4;
	l.text = a.cols - 1 - (l.times ? LOG_TIME : 0) - l.tag;
	return l;
}

static struct str log_read(struct view_build *b, size_t line, double *ret_t)
{
	struct str raw = journal_line(b->journal, view_build_log_step(b), line, &b->scratch, ret_t);
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
static int log_height(struct view_build *b, size_t line, int columns, int most)
{
	struct str text = log_read(b, line, NULL);
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

/* The time stands where a second begins, in the first row and under the cursor: more
 * would be noise, and traffic. */
static void log_draw_time(struct view_build *b, struct pen *pen, struct log_layout *l, size_t line,
                          int step, double t)
{
	double since = t - log_start(b, step);
	since = since > 0 && since < 1e8 ? since : 0;
	bool here = line == b->log.cursor && !log_flows(b);
	if (line == b->log.top || here || (long)since != l->second)
		pen_printf(pen, INK(FAINT), since < 10000 ? "%6.1f" : "%6.0f", since);
	l->second = (long)since;
}

static void log_draw_margin(struct view_build *b, struct pen *pen, struct log_layout *l,
                            size_t line, double t)
{
	char kind = view_build_find_kind(b, b->text.text);
	size_t n;
	int step = b->all ? journal_line_step(b->journal, line, &n) : b->step;
	if (kind != ' ')
		pen_word(pen, kind == 'E' ? "E" : "W", kind == 'E' ? INK(ERROR) : INK(WARNING));
	pen_to(pen, 1, INK(TEXT));
	if (l->times)
		log_draw_time(b, pen, l, line, step, t);
	pen_to(pen, 1 + (l->times ? LOG_TIME : 0), INK(TEXT));
	if (l->tag && step >= 0 && (line == b->log.top || step != l->step))
		pen_printf(pen, INK(TEXT), "#%-*d", l->tag - 1, step);
	l->step = step;
	pen_to(pen, 1 + (l->times ? LOG_TIME : 0) + l->tag, INK(TEXT));
}

/* Draws a line from the row on; returns the rows it took. */
static int log_draw_line(struct view_build *b, struct surface *s, struct area a, int row,
                         size_t line, struct log_layout *l)
{
	double t = 0;
	struct str text = log_read(b, line, l->times ? &t : NULL);
	struct log_line drawn = { .text = &b->text };
	uint8_t over = line != b->log.cursor || log_flows(b) ? STYLE_NONE :
	               b->pane == BUILD_LOG ? STYLE_CURSOR : STYLE_RESTING;
	int columns = l->text > 1 ? l->text : 1, taken = 0;
	/* No more than can be seen: a line may be a megabyte. */
	size_t seen = ((size_t)b->log.shift + (size_t)columns * (size_t)a.rows) * 16 + 4096;
	size_t at = 0, end = text.n < seen ? text.n : seen;
	drawn.nmatches = log_matches(b, str_slice(text, 0, end), drawn.matches);
	do {
		struct pen pen = pen_at(s, a, row + taken);
		pen.over = over;
		if (taken == 0)
			log_draw_margin(b, &pen, l, line, t);
		pen_to(&pen, a.cols - columns, INK(TEXT));
		pen = pen_at(s, area_cols(a, a.cols - columns, columns), row + taken);
		pen.over = over;
		if (!b->wraps)
			pen_shift(&pen, b->log.shift);
		size_t size = b->wraps ? log_piece(text, at, columns) : end;
		log_draw_piece(&drawn, &pen, at, at + size);
		pen_fill(&pen, INK(TEXT));
		at += size;
		taken++;
	} while (b->wraps && at < text.n && row + taken < a.rows);
	return taken;
}

/* ---- the pane ---- */

static void log_tell(const struct view_build *b, struct buf *out)
{
	view_build_find_tell(b, out);
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
	size_t line = b->log.top;
	for (int row = 0; row < lines.rows && line < b->log.n; line++)
		row += log_draw_line(b, s, lines, row, line, &l);
	struct list bar = b->log;
	if (bar.n > bar.height && bar.top > bar.n - bar.height)
		bar.top = bar.n - bar.height;
	list_draw_bar(&bar, s, a);
	/* Where lines are wrapped a row tells no line. */
	list_at(&b->log, b->wraps ? (struct area){ 0 } : a);
}
