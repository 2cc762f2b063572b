#include "tui/problem_panel.h"

#include <string.h>

#include "core/base/utf8.h"
#include "tui/search.h"

/* Below so many columns a file is named without its folder. */
enum { PANEL_WIDE = 100, PANEL_ROWS_LEAST = 3 };

void problem_panel_finish(struct problem_panel *p)
{
	buf_finish(&p->here);
}

static size_t panel_count(const struct problems *problems)
{
	return problems ? problems_count(problems) : 0;
}

static const char *panel_path(const struct problem *p)
{
	const struct source *source = p->at.source;
	return !source ? NULL : source->name ? source->name : source->path;
}

static void panel_place(const struct problem *p, const char *path, struct buf *out)
{
	if (!path)
		return;
	struct origin at = span_origin(p->at);
	utf8_append_visible(out, str_of(path));
	if (at.line)
		buf_printf(out, ":%u:%u", at.line, at.column);
	buf_append(out, STR(": "));
}

void problem_panel_text(const struct problem *p, struct buf *out)
{
	panel_place(p, panel_path(p), out);
	buf_append(out, p->text);
}

const char *problem_panel_sign(enum severity severity, struct ink *ret_ink)
{
	*ret_ink = severity == SEVERITY_ERROR ? INK(ERROR) :
	           severity == SEVERITY_WARNING ? INK(WARNING) : INK(FAINT);
	return severity == SEVERITY_ERROR ? "!" : severity == SEVERITY_WARNING ? "?" : "i";
}

/* ---- where the cursor is ---- */

/* What stays of a problem while lines above it come and go. */
static void panel_name(const struct problem *p, struct buf *out)
{
	const char *path = panel_path(p);
	buf_printf(out, "%s %s ", path ? path : "", p->rule);
	buf_append(out, p->text);
}

void problem_panel_go(struct problem_panel *p, const struct problems *problems, size_t i)
{
	buf_clear(&p->here);
	list_go(&p->list, i);
	if (p->list.cursor < panel_count(problems))
		panel_name(problems_get(problems, p->list.cursor), &p->here);
}

void problem_panel_fill(struct problem_panel *p, const struct problems *problems)
{
	size_t n = panel_count(problems), cursor = p->list.cursor;
	owned_buf struct buf name = { 0 };
	list_set_count(&p->list, n);
	for (size_t i = 0; i < 2 * n; i++) {
		/* The nearest of those that read alike. */
		size_t at = i % 2 ? cursor - (i + 1) / 2 : cursor + i / 2;
		if (at >= n)
			continue;
		buf_clear(&name);
		panel_name(problems_get(problems, at), &name);
		if (str_eq(buf_str(&name), buf_str(&p->here))) {
			cursor = at;
			break;
		}
	}
	problem_panel_go(p, problems, cursor < n ? cursor : n ? n - 1 : 0);
}

static struct str panel_line(const void *data, size_t i)
{
	return problems_get(data, i)->text;
}

bool problem_panel_search(struct problem_panel *p, const struct problems *problems,
                          struct str needle, bool down)
{
	size_t n = panel_count(problems);
	size_t at = n ? search_lines(n, p->list.cursor, down, needle, panel_line, problems) : STR_NONE;
	if (at != STR_NONE)
		problem_panel_go(p, problems, at);
	return at != STR_NONE;
}

/* ---- drawing ---- */

int problem_panel_rows(const struct problem_panel *p, int rows)
{
	int most = rows / 3 > PANEL_ROWS_LEAST ? rows / 3 : PANEL_ROWS_LEAST;
	int want = p->list.n < PANEL_ROWS_LEAST ? PANEL_ROWS_LEAST
	         : p->list.n < (size_t)most ? (int)p->list.n : most;
	return want + 1;
}

static void panel_count_to(struct buf *out, size_t n, const char *what)
{
	if (n)
		buf_printf(out, "%s%zu %s%s", out->n ? ", " : "", n, what, n == 1 ? "" : "s");
}

static void panel_draw_header(const struct problem_panel *p, struct surface *s, struct area line,
                              const struct problems *problems)
{
	static const char keys[] = "Enter goes there  e edits  gp closes ";
	struct ink ink = p->has_keys ? INK(PANEHERE) : INK(PANE);
	struct pen pen = pen_at(s, line, 0);
	owned_buf struct buf about = { 0 };
	size_t counts[3] = { 0 };
	for (size_t i = 0; i < p->list.n; i++)
		counts[problems_get(problems, i)->severity]++;
	panel_count_to(&about, problems ? problems_errors(problems) : 0, "error");
	panel_count_to(&about, counts[SEVERITY_WARNING], "warning");
	panel_count_to(&about, counts[SEVERITY_NOTE], "note");
	pen_printf(&pen, ink, " problems  %s", about.n ? buf_text(&about) : "nothing is wrong");
	if (p->has_keys && pen_left(&pen) > (int)sizeof keys)
		pen_right(&pen, (struct str){ keys, sizeof keys - 1 }, ink);
	pen_fill(&pen, ink);
}

static void panel_draw_row(const struct problem_panel *p, struct pen *pen,
                           const struct problem *problem, bool wide)
{
	struct ink ink;
	const char *sign = problem_panel_sign(problem->severity, &ink), *path = panel_path(problem);
	const char *slash = path && !wide ? strrchr(path, '/') : NULL;
	owned_buf struct buf place = { 0 };
	pen_printf(pen, ink, " %s ", sign);
	panel_place(problem, slash ? slash + 1 : path, &place);
	pen_shift(pen, p->list.shift);
	pen_text(pen, buf_str(&place), INK(KEY));
	pen_text(pen, problem->text, INK(TEXT));
	pen->shift = 0;
	pen_fill(pen, INK(TEXT));
}

void problem_panel_draw(struct problem_panel *p, struct surface *s, struct area a,
                        const struct problems *problems)
{
	bool wide = a.cols >= PANEL_WIDE;
	if (a.rows > 1)
		panel_draw_header(p, s, area_cut_top(&a, 1), problems);
	a = list_draw_bar(&p->list, s, a);
	for (int row = 0; row < a.rows && p->list.top + (size_t)row < p->list.n; row++) {
		size_t i = p->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		if (i == p->list.cursor)
			pen.over = p->has_keys ? STYLE_CURSOR : STYLE_RESTING;
		panel_draw_row(p, &pen, problems_get(problems, i), wide);
	}
}
