/* The page as Markdown (GitHub's), for the summary of a CI run. */
#include "core/history/report_inside.h"
#include "core/os/clock.h"

enum {
	MARKDOWN_TAIL = 40,             /* lines of a failed step's log */
	MARKDOWN_TAIL_BYTES = 32 << 10, /* and bytes, which become seven times as many at most */
	MARKDOWN_STEPS_END = REPORT_MARKDOWN_MAX / 4 * 3,       /* no step is told behind */
	MARKDOWN_NAME = 160,            /* bytes of a step's name */
	MARKDOWN_FIELD = 2000,          /* and of a fact or an error */
	MARKDOWN_ROOM = 64 << 10,       /* left for what follows the logs */
};

static void markdown_field(struct report *r, const char *name, enum history_field field)
{
	owned_buf struct buf text = { 0 };
	history_field_text(&r->item, field, r->item.ended, &text);
	if (!text.n)
		return;
	buf_printf(r->out, "| %s | ", name);
	report_markdown_text(r->out, report_cut(buf_str(&text), MARKDOWN_FIELD));
	buf_append(r->out, STR(" |\n"));
}

static void markdown_head(struct report *r)
{
	size_t all, cached;
	build_count_cached(r->build, &all, &cached);
	buf_append(r->out, STR("## "));
	report_markdown_text(r->out, report_cut(str_of(r->item.project), MARKDOWN_NAME));
	buf_printf(r->out, ": %s\n\n| | |\n|---|---|\n", history_state_name(r->item.state));
	markdown_field(r, "image", FIELD_IMAGE);
	markdown_field(r, "profiles", FIELD_PROFILES);
	markdown_field(r, "cache level", FIELD_LEVEL);
	markdown_field(r, "engine", FIELD_ENGINE);
	markdown_field(r, "began", FIELD_WHEN);
	markdown_field(r, "took", FIELD_TOOK);
	if (all)
		buf_printf(r->out, "| cache | %zu of %zu layers |\n", cached, all);
	markdown_field(r, "build", FIELD_ID);
	buf_append_char(r->out, '\n');
}

/* <pre> ends with its tag alone, and the text holds none: so nothing in it is markup.  A
 * blank line would end it for GitHub. */
static void markdown_line(struct buf *out, struct str line)
{
	if (str_trim(line).n)
		report_html_text(out, line);
	else
		buf_append(out, STR("&nbsp;"));
}

static void markdown_log(struct report *r, int step, size_t lines)
{
	size_t left_out, at;
	buf_append(r->out, STR("<pre>\n"));
	at = r->out->n;
	report_log(r, step, lines, markdown_line, &left_out);
	if (left_out) {
		owned_buf struct buf note = { 0 };
		buf_printf(&note, "[%zu earlier lines: mortar logs %s %d]\n", left_out, r->item.id, step);
		buf_replace(r->out, at, 0, buf_str(&note));
	}
	buf_append(r->out, STR("</pre>\n\n"));
}

static void markdown_error(struct report *r)
{
	int failed = build_failed_step(r->build);
	if (r->item.state == HISTORY_DONE || (!r->item.error[0] && failed < 0))
		return;
	buf_append(r->out, STR("**"));
	report_markdown_text(r->out, r->item.error[0]
	                             ? report_cut(str_of(r->item.error), MARKDOWN_FIELD)
	                             : STR("a step failed"));
	buf_append(r->out, STR("**\n\n"));
	if (failed < 0)
		return;
	buf_printf(r->out, "step %d ", failed);
	report_markdown_text(r->out, report_cut(r->build->steps[failed].name, MARKDOWN_NAME));
	buf_append(r->out, STR("\n\n"));
	r->log_left = MARKDOWN_TAIL_BYTES;
	if (journal_lines(r->journal, failed) && r->options->lines)
		markdown_log(r, failed, MARKDOWN_TAIL);
}

static void markdown_step(struct report *r, size_t i)
{
	const struct step *s = &r->build->steps[i];
	buf_printf(r->out, "| %zu | ", i);
	report_markdown_text(r->out, report_cut(s->name, MARKDOWN_NAME));
	if (s->name.n > MARKDOWN_NAME)
		buf_append(r->out, STR("…"));
	buf_append(r->out, STR(" | "));
	report_markdown_text(r->out, report_cut(report_section(r, i), MARKDOWN_NAME));
	buf_printf(r->out, " | %s | ", report_step_word(s));
	if (s->seconds > 0)
		clock_append_seconds(r->out, s->seconds);
	buf_append(r->out, STR(" | "));
	report_usual(r, s, r->out);
	buf_append(r->out, STR(" | "));
	report_markdown_text(r->out, report_cut(report_why(r, i), MARKDOWN_NAME));
	buf_append(r->out, STR(" |\n"));
}

static void markdown_steps(struct report *r)
{
	size_t more = 0;
	buf_append(r->out, STR("| # | step | stage | result | took | usual | why |\n"
	                       "|--:|---|---|---|--:|--:|---|\n"));
	for (size_t i = 0; i < r->build->nsteps; i++) {
		if (!report_shows(r, i))
			continue;
		if (r->out->n < MARKDOWN_STEPS_END)
			markdown_step(r, i);
		else
			more++;
	}
	if (more)
		buf_printf(r->out, "\n%zu more steps: mortar attach %s\n", more, r->item.id);
	buf_append_char(r->out, '\n');
}

static void markdown_logs(struct report *r)
{
	/* A byte becomes so many at most: an empty line "&nbsp;" and its end. */
	enum { GROWS = 7 };
	for (size_t i = 0; r->options->lines && i < r->build->nsteps; i++) {
		size_t used = r->out->n + MARKDOWN_ROOM;
		size_t room = used < REPORT_MARKDOWN_MAX ? (REPORT_MARKDOWN_MAX - used) / GROWS : 0;
		if (!journal_lines(r->journal, (int)i) || !room)
			continue;
		r->log_left = room;
		buf_printf(r->out, "<details><summary>log of step %zu: ", i);
		report_html_text(r->out, report_cut(r->build->steps[i].name, MARKDOWN_NAME));
		buf_append(r->out, STR("</summary>\n\n"));
		markdown_log(r, (int)i, r->options->lines);
		buf_append(r->out, STR("</details>\n\n"));
	}
}

void report_markdown(struct report *r)
{
	markdown_head(r);
	markdown_error(r);
	if (r->compare)
		report_compare_markdown(r);
	markdown_steps(r);
	markdown_logs(r);
}
