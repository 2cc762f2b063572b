/* What a step downloads or sends: how much of it, how fast, part by part. */
#include "tui/view_build_inside.h"

enum {
	PARTS_ROWS = 6,                 /* lines at most */
	PARTS_BAR_FROM = 44,            /* columns from which there is a bar */
	PARTS_BAR = 10,                 /* its cells */
	PARTS_NUMBERS = 24,             /* columns of what stands behind it */
};

static void parts_append_bytes(struct buf *out, double size)
{
	static const char *const units[] = { "B", "k", "M", "G", "T" };
	size_t unit = 0;
	for (; size >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
		size /= 1000;
	buf_printf(out, unit && size < 100 ? "%.1f%s" : "%.0f%s", size, units[unit]);
}

static unsigned parts_share(const struct step_part *p)
{
	return !p->total ? 0 : p->current >= p->total ? 100 :
	       (unsigned)(100.0 * (double)p->current / (double)p->total);
}

void view_build_append_share(const struct step *s, struct buf *out)
{
	struct step_part sum = step_progress(s);
	if (sum.current && sum.total)
		buf_printf(out, "%u%% ", parts_share(&sum));
	else if (sum.current) {
		parts_append_bytes(out, (double)sum.current);
		buf_append_char(out, ' ');
	}
}

static void parts_append_numbers(const struct step_part *p, bool runs, struct buf *out)
{
	double rate = runs && !(p->total && p->current >= p->total) ? step_part_rate(p) : 0;
	parts_append_bytes(out, (double)p->current);
	if (p->total) {
		buf_append_char(out, '/');
		parts_append_bytes(out, (double)p->total);
	}
	if (rate > 0) {
		buf_append_char(out, ' ');
		parts_append_bytes(out, rate);
		buf_append(out, STR("/s"));
	}
}

static bool parts_is_done(const struct step_part *p)
{
	return p->total && p->current >= p->total;
}

int view_build_parts_rows(const struct step *s)
{
	if (s->state != STEP_RUNNING)
		return 0;
	return s->nparts < PARTS_ROWS ? (int)s->nparts : PARTS_ROWS;
}

static void parts_draw(const struct view_build *b, struct surface *s, struct area line,
                       const struct step_part *p)
{
	owned_buf struct buf numbers = { 0 };
	parts_append_numbers(p, view_build_runs(b), &numbers);
	int bar = line.cols >= PARTS_BAR_FROM ? PARTS_BAR + 3 : 0;
	int right = bar + PARTS_NUMBERS < line.cols - 8 ? bar + PARTS_NUMBERS : line.cols / 2;
	struct pen pen = pen_at(s, area_cols(line, 0, line.cols - right), 0);
	pen_word(&pen, " ", INK(TEXT));
	pen_text(&pen, p->id.n ? p->id : STR("bytes"), INK(TEXT));
	pen_fill(&pen, INK(TEXT));
	pen = pen_at(s, area_cols(line, line.cols - right, right), 0);
	if (bar && p->total) {
		int done = (int)(parts_share(p) * PARTS_BAR / 100);
		pen_word(&pen, " [", INK(BORDER));
		for (int i = 0; i < PARTS_BAR; i++)
			pen_word(&pen, i < done ? "#" : ".", i < done ? INK(BUSY) : INK(FAINT));
		pen_word(&pen, "]", INK(BORDER));
	}
	pen_to(&pen, bar, INK(TEXT));
	pen_word(&pen, " ", INK(TEXT));
	pen_text(&pen, buf_str(&numbers), parts_is_done(p) ? INK(FAINT) : INK(TEXT));
	pen_fill(&pen, INK(TEXT));
}

/* What still comes stands first; those for which there is no line are counted. */
void view_build_parts_draw(const struct view_build *b, struct surface *s, struct area a,
                           const struct step *step)
{
	int row = 0;
	size_t shown = 0;
	for (int done = 0; done < 2; done++)
		for (size_t i = 0; i < step->nparts; i++) {
			if (parts_is_done(&step->parts[i]) != done)
				continue;
			if (row + 1 >= a.rows && shown + 1 < step->nparts)
				continue;
			parts_draw(b, s, area_rows(a, row++, 1), &step->parts[i]);
			shown++;
		}
	if (shown == step->nparts || row >= a.rows)
		return;
	struct pen pen = pen_at(s, a, row);
	struct step_part sum = step_progress(step);
	owned_buf struct buf numbers = { 0 };
	parts_append_numbers(&sum, false, &numbers);
	pen_printf(&pen, INK(FAINT), " and %zu more: of all %zu ", step->nparts - shown, step->nparts);
	pen_text(&pen, buf_str(&numbers), INK(FAINT));
}
