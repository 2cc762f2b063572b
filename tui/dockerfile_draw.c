/* The Dockerfile pane: how its rows look. */
#include <ctype.h>

#include "core/os/clock.h"
#include "tui/dockerfile.h"

/* Columns of a time, and those that a pane has at least when it shows them. */
enum { DOCKERFILE_TIME = 8, DOCKERFILE_TIMED = 50 };

static bool dockerfile_is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where the token that begins at `at` ends, and how it looks. */
static size_t dockerfile_token(struct str s, size_t at, struct ink *ret_ink)
{
	size_t end = at + 1;
	*ret_ink = INK(TEXT);
	if (s.p[at] == '"' || s.p[at] == '\'') {
		while (end < s.n && s.p[end] != s.p[at])
			end += s.p[end] == '\\' ? 2 : 1;
		*ret_ink = INK(STRING);
		return end < s.n ? end + 1 : s.n;
	}
	if (s.p[at] == '$' && end < s.n && (s.p[end] == '{' || dockerfile_is_name(s.p[end]))) {
		if (s.p[end] == '{')
			while (end < s.n && s.p[end++] != '}')
				continue;
		else
			while (end < s.n && dockerfile_is_name(s.p[end]))
				end++;
		*ret_ink = INK(VARIABLE);
		return end;
	}
	if (s.p[at] == '-' && end < s.n && s.p[end] == '-' && (at == 0 || s.p[at - 1] == ' ')) {
		while (end < s.n && s.p[end] != ' ' && s.p[end] != '=')
			end++;
		*ret_ink = INK(KEY);
		return end;
	}
	while (end < s.n && !strchr("\"'$-", s.p[end]))
		end++;
	return end;
}

/* No stage that is built needs it. */
static bool dockerfile_is_idle(const struct dockerfile *d, const struct dockerfile_row *row)
{
	int stage = row->stage >= 0 ? row->stage :
	            row->instruction >= 0 ? d->recipe->instructions[row->instruction].stage : -1;
	return stage >= 0 && !d->recipe->stages[stage].reachable;
}

/* Up to where the bytes from `at` on are of one sort, which *ret_ink says; else of the
 * token's. */
static size_t dockerfile_part(const struct dockerfile *d, const struct dockerfile_row *row,
                              size_t at, size_t end, struct ink *ret_ink)
{
	bool filled = d->fills && row->filled.p;
	for (size_t i = 0; filled && i < row->nruns; i++) {
		const struct dockerfile_run *run = &row->runs[i];
		if (at >= run->at && at < run->at + (size_t)run->size) {
			*ret_ink = INK(FILLED);
			return run->at + (size_t)run->size < end ? run->at + (size_t)run->size : end;
		}
		if (run->at > at)
			return run->at < end ? run->at : end;
	}
	if (filled || row->mark == 'i' || at >= row->to)
		return end;
	if (at < row->from)
		return row->from < end ? row->from : end;
	*ret_ink = row->mark == '!' ? INK(ERROR) : INK(WARNING);
	return row->to < end ? row->to : end;
}

static void dockerfile_draw_token(const struct dockerfile *d, struct pen *pen,
                                  const struct dockerfile_row *row, struct str s, size_t at,
                                  size_t end, struct ink ink)
{
	while (at < end) {
		struct ink own = ink;
		size_t to = dockerfile_part(d, row, at, end, &own);
		pen_text(pen, str_slice(s, at, to - at), own);
		at = to;
	}
}

static void dockerfile_draw_text(const struct dockerfile *d, struct pen *pen,
                                 const struct dockerfile_row *row)
{
	struct str s = d->fills && row->filled.p ? row->filled : row->text;
	bool stale = d->stale || dockerfile_is_idle(d, row);
	if (stale || row->instruction < 0) {
		dockerfile_draw_token(d, pen, row, s, 0, s.n, stale ? INK(STALE) : INK(COMMENT));
		return;
	}
	const struct instruction *in = &d->recipe->instructions[row->instruction];
	size_t at = 0;
	if (in->first_line == row->line) {
		at = str_find(s, ' ');
		at = at == STR_NONE ? s.n : at;
		dockerfile_draw_token(d, pen, row, s, 0, at, INK(KEYWORD));
	}
	for (size_t end; at < s.n; at = end) {
		struct ink ink;
		end = dockerfile_token(s, at, &ink);
		dockerfile_draw_token(d, pen, row, s, at, end, ink);
	}
}

static void dockerfile_draw_rule(const struct dockerfile *d, struct pen *pen,
                                 const struct dockerfile_row *row)
{
	bool boundary = row->kind == DOCKERFILE_BOUNDARY;
	bool stale = d->stale || dockerfile_is_idle(d, row);
	struct ink ink = stale ? INK(STALE) : boundary ? INK(BUSY) : INK(BORDER);
	for (int i = 0; i < 2; i++)
		pen_text(pen, text_sign(SIGN_HORIZONTAL), ink);
	pen_word(pen, " ", ink);
	if (boundary)
		pen_printf(pen, ink, "level %s: %s below runs anew", d->level->name ? d->level->name : "",
		           d->is_part ? "every RUN" : "everything");
	else
		pen_text(pen, row->text, stale ? ink : INK(STRONG));
	pen_word(pen, " ", ink);
	while (pen_left(pen) > 0)
		pen_text(pen, text_sign(SIGN_HORIZONTAL), ink);
}

/* What the cache will do with the instruction; NULL: nothing is foretold. */
static const struct forecast_step *dockerfile_step(const struct dockerfile *d,
                                                   const struct dockerfile_row *row)
{
	bool first = row->instruction >= 0 &&
	             d->recipe->instructions[row->instruction].first_line == row->line;
	return first && d->foretold ? d->foretold[row->instruction] : NULL;
}

static void dockerfile_draw_verdict(const struct dockerfile *d, struct pen *pen,
                                    const struct dockerfile_row *row)
{
	static const char *const signs[] = { "= ", "x ", "? " };
	const struct forecast_step *step = dockerfile_step(d, row);
	bool first = row->instruction >= 0 &&
	             d->recipe->instructions[row->instruction].first_line == row->line;
	if (!step) {
		pen_word(pen, first && dockerfile_is_idle(d, row) ? "- " : "  ", INK(STALE));
		return;
	}
	pen_word(pen, signs[step->verdict], d->is_guess ? INK(STALE) :
	         step->verdict == VERDICT_HIT ? INK(GOOD) :
	         step->verdict == VERDICT_MISS ? INK(BUSY) : INK(FAINT));
}

/* How long it usually takes, at the right. */
static void dockerfile_draw_time(const struct dockerfile *d, struct pen *pen,
                                 const struct dockerfile_row *row)
{
	const struct forecast_step *step = dockerfile_step(d, row);
	owned_buf struct buf text = { 0 };
	if (step && step->p50 >= 0)
		clock_append_seconds(&text, step->p50);
	pen_printf(pen, d->is_guess || step == NULL || step->verdict == VERDICT_HIT ? INK(STALE)
	                                                                           : INK(TEXT),
	           "%*s", DOCKERFILE_TIME - 1, buf_text(&text));
	pen_fill(pen, INK(TEXT));
}

/* As levels, lint and the editor count in a file that was read; what is made has steps. */
static unsigned dockerfile_number(const struct dockerfile *d, const struct dockerfile_row *row)
{
	bool is_read = d->recipe->instructions[row->instruction].at.source;
	return is_read ? row->line : (unsigned)row->instruction + 1;
}

/* The instruction's number, and what there is to say at the line. */
static void dockerfile_draw_number(const struct dockerfile *d, struct pen *pen,
                                   const struct dockerfile_row *row)
{
	bool first = row->instruction >= 0 &&
	             d->recipe->instructions[row->instruction].first_line == row->line;
	char mark = row->mark ? row->mark : row->advice != STR_NONE ? 'i' : 0;
	if (first && d->marks[row->instruction] && mark != '!')
		mark = d->marks[row->instruction];
	if (first)
		pen_printf(pen, INK(FAINT), mark ? "%3u" : "%3u ", dockerfile_number(d, row));
	else
		pen_word(pen, mark ? "   " : "    ", INK(TEXT));
	if (mark)
		pen_printf(pen, mark == '!' ? INK(ERROR) : mark == '?' ? INK(WARNING) : INK(HOT), "%c",
		           mark);
}

static void dockerfile_draw_row(const struct dockerfile *d, struct pen *pen, size_t i)
{
	const struct dockerfile_row *row = &d->rows[i];
	bool lit = dockerfile_is_lit(d, i);
	if (d->changed && row->instruction >= 0 && d->changed[row->instruction])
		pen_word(pen, "+", INK(GOOD));
	else
		pen_text(pen, lit ? text_sign(SIGN_DOT) : STR(" "), INK(HOT));
	if (row->kind != DOCKERFILE_TEXT) {
		dockerfile_draw_rule(d, pen, row);
		return;
	}
	dockerfile_draw_number(d, pen, row);
	dockerfile_draw_verdict(d, pen, row);
	pen_shift(pen, d->list.shift);
	dockerfile_draw_text(d, pen, row);
	pen->shift = 0;
	pen_fill(pen, INK(TEXT));
}

void dockerfile_draw(struct dockerfile *d, struct surface *s, struct area a, bool focused)
{
	a = list_draw_bar(&d->list, s, a);
	bool timed = d->has_times && !d->stale && a.cols >= DOCKERFILE_TIMED;
	struct area times = area_cols(a, a.cols - DOCKERFILE_TIME, timed ? DOCKERFILE_TIME : 0);
	a.cols -= times.cols;
	for (int row = 0; row < a.rows && d->list.top + (size_t)row < d->list.n; row++) {
		size_t i = d->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		if (i == d->list.cursor)
			pen.over = focused ? STYLE_CURSOR : STYLE_RESTING;
		if (dockerfile_is_lit(d, i) && !(focused && i == d->list.cursor))
			pen.over = STYLE_LINKED;
		dockerfile_draw_row(d, &pen, i);
		struct pen time = pen_at(s, times, row);
		time.over = pen.over;
		dockerfile_draw_time(d, &time, &d->rows[i]);
	}
}
