#include "core/history/report.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/history/log_text.h"
#include "core/history/report_inside.h"
#include "core/os/clock.h"
#include "core/os/files.h"

enum { REPORT_BUILDS = 40 };        /* looked at for usual times */

/* ---- text ---- */

static void report_escape(struct buf *out, struct str visible)
{
	for (size_t i = 0; i < visible.n; i++) {
		switch (visible.p[i]) {
		case '<': buf_append(out, STR("&lt;")); break;
		case '>': buf_append(out, STR("&gt;")); break;
		case '&': buf_append(out, STR("&amp;")); break;
		case '"': buf_append(out, STR("&quot;")); break;
		case '\'': buf_append(out, STR("&#39;")); break;
		default: buf_append_char(out, visible.p[i]);
		}
	}
}

void report_html_text(struct buf *out, struct str text)
{
	owned_buf struct buf visible = { 0 };
	struct str part;
	for (bool first = true; text.p && str_next(&text, '\t', &part); first = false) {
		if (!first)
			buf_append(&visible, STR("    "));
		utf8_append_visible(&visible, part);
	}
	report_escape(out, buf_str(&visible));
}

/* Every sign of markup is spelled as HTML has it, which Markdown passes through. */
void report_markdown_text(struct buf *out, struct str text)
{
	owned_buf struct buf visible = { 0 };
	utf8_append_visible(&visible, text);
	for (size_t i = 0; i < visible.n; i++) {
		char c = visible.p[i];
		if (strchr("\\`*_{}[]<>#|&~@:$", c))
			buf_printf(out, "&#%d;", c);
		else
			buf_append_char(out, c);
	}
}

/* ---- what is told ---- */

const char *report_step_word(const struct step *s)
{
	static const char *const words[] = {
		[STEP_WAITING] = "waiting", [STEP_RUNNING] = "running", [STEP_DONE] = "ran",
		[STEP_CACHED] = "cached", [STEP_FAILED] = "failed", [STEP_CANCELLED] = "cancelled",
		[STEP_SKIPPED] = "skipped",
	};
	return words[s->state];
}

struct str report_cut(struct str text, size_t most)
{
	if (text.n <= most)
		return text;
	while (most > 0 && ((unsigned char)text.p[most] & 0xc0) == 0x80)
		most--;
	return str_slice(text, 0, most);
}

void report_usual(const struct report *r, const struct step *s, struct buf *out)
{
	struct times_range range;
	if (!r->times || !times_step(r->times, s->stage, s->name, &range))
		return;
	clock_append_range(out, range.p25, range.p90, " – ");
}

struct str report_why(const struct report *r, size_t step)
{
	const struct forecast_step *f = forecast_find(&r->forecast, (int)step);
	const struct step *s = &r->build->steps[step];
	if (s->error.n)
		return s->error;
	return f && s->state != STEP_CACHED ? f->sentence : (struct str){ 0 };
}

struct str report_section(const struct report *r, size_t step)
{
	const struct step *s = &r->build->steps[step];
	if (s->stage.n)
		return s->stage;
	return s->group >= 0 && (size_t)s->group < r->build->ngroups ? r->build->groups[s->group]
	                                                             : (struct str){ 0 };
}

bool report_shows(const struct report *r, size_t step)
{
	const struct step *s = &r->build->steps[step];
	bool logged = journal_lines(r->journal, (int)step) > 0;
	return (!s->meta && !s->internal) || s->seconds > 0 || logged || s->state == STEP_FAILED;
}

/* Lines from the end as long as there is room; a line is counted before it is made fit,
 * which makes it at most a few times longer. */
static size_t report_log_first(struct report *r, int step, size_t lines)
{
	owned_buf struct buf scratch = { 0 };
	size_t n = journal_lines(r->journal, step), first = n;
	while (first > 0 && n - first < lines) {
		size_t size = journal_line(r->journal, step, first - 1, &scratch, NULL).n + 1;
		if (size > r->log_left)
			break;
		r->log_left -= size;
		first--;
	}
	return first;
}

void report_log(struct report *r, int step, size_t lines,
                void (*text)(struct buf *, struct str), size_t *ret_left_out)
{
	owned_buf struct buf scratch = { 0 };
	struct log_text plain = { 0 };
	size_t first = report_log_first(r, step, lines), n = journal_lines(r->journal, step);
	for (size_t i = first; i < n; i++) {
		log_text_read(&plain, journal_line(r->journal, step, i, &scratch, NULL));
		text(r->out, plain.text);
		buf_append_char(r->out, '\n');
	}
	log_text_finish(&plain);
	*ret_left_out = first;
}

struct str report_file(const struct report *r, const char *name, bool *ret_cut)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text = { 0 };
	struct error ignored;
	const char *path = files_join(r->arena, r->item.dir, name);
	if (files_read(disk, path, r->arena, &text, &ignored) != FILES_OK)
		return (struct str){ 0 };
	*ret_cut = text.n > REPORT_FILE_MAX;
	return report_cut(text, REPORT_FILE_MAX);
}

/* ---- reading ---- */

/* What was done on an engine that is lost was done for nothing. */
static void report_forget_spans(struct report *r, size_t cap)
{
	for (size_t i = 0; i < cap && i < r->build->nsteps; i++)
		if (!r->build->steps[i].internal)
			r->spans[i] = (struct report_span){ 0 };
}

static void report_note_span(struct report *r, const struct event *e, size_t *cap)
{
	if (e->kind == EVENT_ENGINE && e->step < 0)
		report_forget_spans(r, *cap);
	if (e->step < 0 || e->step >= JOURNAL_STEPS_MAX)
		return;
	size_t step = (size_t)e->step, before = *cap;
	if (step >= *cap) {
		*cap = 2 * step + 64;
		r->spans = xrealloc(r->spans, *cap, sizeof *r->spans);
		memset(r->spans + before, 0, (*cap - before) * sizeof *r->spans);
	}
	struct report_span *span = &r->spans[step];
	if (e->kind == EVENT_STEP_START && !(span->from > 0))
		span->from = e->t;
	if (e->kind == EVENT_STEP_DONE)
		span->to = e->t;
}

static void report_read(struct report *r)
{
	struct cursor cursor = { 0 };
	struct event e;
	size_t cap = 0;
	journal_refresh(r->journal);
	while (journal_next(r->journal, &cursor, &e)) {
		if (e.kind == EVENT_LOG)
			continue;
		report_note_span(r, &e, &cap);
		build_apply(r->build, &e);
	}
	if (r->build->nsteps > cap) {
		r->spans = xrealloc(r->spans, r->build->nsteps, sizeof *r->spans);
		memset(r->spans + cap, 0, (r->build->nsteps - cap) * sizeof *r->spans);
	}
}

static bool report_open(struct report *r, const char *dir, struct error *err)
{
	struct error ignored;
	if (!history_read_one(r->arena, dir, &r->item))
		return error_set(err, ERROR_MISSING, "there is no build in '%s'", dir);
	r->journal = journal_open(dir, err);
	if (!r->journal)
		return false;
	report_read(r);
	r->times = times_read(r->item.root, r->item.project, r->item.engine, r->item.address,
	                      REPORT_BUILDS, &ignored);
	if (!forecast_read_file(r->arena, dir, &r->forecast, &ignored))
		r->forecast = (struct forecast){ 0 };
	if (r->options->against)
		r->compare = compare_new(r->options->against, dir, err);
	return !r->options->against || r->compare;
}

bool history_report(const char *dir, const struct report_options *options, struct buf *out,
                    struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	struct report r = { .arena = arena, .options = options, .out = out, .build = build_new(),
	                    .log_left = REPORT_LOG_BYTES };
	bool ok = report_open(&r, dir, err);
	if (ok && options->markdown)
		report_markdown(&r);
	else if (ok)
		report_html(&r);
	compare_free(r.compare);
	times_free(r.times);
	build_free(r.build);
	journal_free(r.journal);
	free(r.spans);
	return ok;
}
