/* What differs from the build that a report is compared with. */
#include "core/history/report_inside.h"
#include "core/os/clock.h"

/* Of a list of differences; the rest is counted. */
enum { COMPARE_ROWS = 100, COMPARE_NAME = 160, COMPARE_LEAST_MS = 50 };

/* How a step's result changed, or its time by more than noise. */
static bool compare_tells(const struct compare_step *s)
{
	double difference = s->seconds_b - s->seconds_a;
	return !s->a || !s->b || s->text_differs || compare_ran(s->a) != compare_ran(s->b) ||
	       difference * 1000 > COMPARE_LEAST_MS || -difference * 1000 > COMPARE_LEAST_MS;
}

static void compare_side(struct buf *out, const struct step *s, double seconds)
{
	if (!s)
		return;
	buf_append_text(out, compare_state(s));
	if (compare_ran(s)) {
		buf_append_char(out, ' ');
		clock_append_seconds(out, seconds);
	}
}

/* What the rows of both pages hold. */
struct compare_page {
	struct report *r;
	const char *row, *between, *end;
	void (*text)(struct buf *, struct str);
};

static void compare_row(const struct compare_page *p, const struct str cells[], size_t n)
{
	struct buf *out = p->r->out;
	buf_append_text(out, p->row);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_append_text(out, p->between);
		p->text(out, report_cut(cells[i], COMPARE_NAME));
	}
	buf_append_text(out, p->end);
}

static void compare_facts(const struct compare_page *p)
{
	const struct compare *c = p->r->compare;
	for (size_t i = 0; i < c->nfacts; i++)
		if (c->facts[i].differs)
			compare_row(p, (const struct str[]){ str_of(c->facts[i].name), c->facts[i].a,
			                                     c->facts[i].b, { 0 } }, 4);
	for (size_t i = 0; i < c->nbases; i++)
		if (c->bases[i].differs)
			compare_row(p, (const struct str[]){ str_of(c->bases[i].name), c->bases[i].a,
			                                     c->bases[i].b, STR("base image") }, 4);
	for (size_t i = 0; i < c->ndocuments && i < COMPARE_ROWS; i++)
		compare_row(p, (const struct str[]){ str_of(c->documents[i].path), { 0 }, { 0 },
		                                     STR("configuration differs") }, 4);
}

static void compare_steps(const struct compare_page *p)
{
	const struct compare *c = p->r->compare;
	size_t rows = 0;
	for (size_t i = 0; i < c->nsteps; i++) {
		const struct compare_step *s = &c->steps[i];
		owned_buf struct buf a = { 0 }, b = { 0 };
		if (!compare_tells(s) || rows++ >= COMPARE_ROWS)
			continue;
		compare_side(&a, s->a, s->seconds_a);
		compare_side(&b, s->b, s->seconds_b);
		compare_row(p, (const struct str[]){ (s->b ? s->b : s->a)->name, buf_str(&a), buf_str(&b),
		                                     s->why }, 4);
	}
	if (rows > COMPARE_ROWS) {
		owned_buf struct buf more = { 0 };
		buf_printf(&more, "%zu more steps", rows - COMPARE_ROWS);
		compare_row(p, (const struct str[]){ buf_str(&more), { 0 }, { 0 }, { 0 } }, 4);
	}
}

void report_compare_html(struct report *r)
{
	const struct compare_page page = { r, "<tr><td class=\"m\">", "</td><td>", "</td></tr>\n",
	                                   report_html_text };
	buf_append(r->out, STR("<section><h2>Against build "));
	report_html_text(r->out, str_of(r->compare->a.id));
	buf_append(r->out, STR("</h2><p>"));
	report_html_text(r->out, r->compare->explanation);
	buf_append(r->out, STR("</p>\n<table><tr><th></th><th>there</th><th>here</th><th></th>"
	                       "</tr>\n"));
	compare_facts(&page);
	compare_steps(&page);
	buf_append(r->out, STR("</table></section>\n"));
}

void report_compare_markdown(struct report *r)
{
	const struct compare_page page = { r, "| ", " | ", " |\n", report_markdown_text };
	buf_append(r->out, STR("### Against build "));
	report_markdown_text(r->out, str_of(r->compare->a.id));
	buf_append(r->out, STR("\n\n"));
	report_markdown_text(r->out, r->compare->explanation);
	buf_append(r->out, STR("\n\n| | there | here | |\n|---|---|---|---|\n"));
	compare_facts(&page);
	compare_steps(&page);
	buf_append_char(r->out, '\n');
}
