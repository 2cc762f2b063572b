/* The page as HTML: one file, no network, no script. */
#include "core/history/report_inside.h"
#include "core/os/clock.h"

/* The policy holds even where something should get in that is markup. */
#define REPORT_HEAD \
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n" \
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; " \
	"style-src 'unsafe-inline'\">\n" \
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" \
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
#define REPORT_STYLE \
	"<style>\n" \
	":root{--bg:#fff;--fg:#1b1f24;--faint:#59636e;--line:#d1d9e0;--box:#f6f8fa;--bad:#b3261e;" \
	"--good:#1a7f37;--warn:#8a5a00;--bar:#2f6fd0}\n" \
	"@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e6edf3;--faint:#9aa4af;" \
	"--line:#333b45;--box:#171c23;--bad:#ff8b82;--good:#56d364;--warn:#e3b341;--bar:#6ea8fe}}\n" \
	"body{margin:0 auto;max-width:75rem;padding:1rem 1.5rem 4rem;background:var(--bg);" \
	"color:var(--fg);font:15px/1.5 system-ui,sans-serif}\n" \
	"h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.1rem;margin:2rem 0 .5rem}\n" \
	"pre,code,.m{font:13px/1.45 ui-monospace,monospace}\n" \
	"pre{background:var(--box);border:1px solid var(--line);border-radius:4px;padding:.6rem;" \
	"overflow-x:auto;margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere}\n" \
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0}" \
	"dt{color:var(--faint)}dd{margin:0;overflow-wrap:anywhere}\n" \
	"table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--faint);" \
	"font-weight:normal}th,td{border-bottom:1px solid var(--line);padding:.2rem .5rem .2rem 0;" \
	"vertical-align:top;overflow-wrap:anywhere}.r{text-align:right;white-space:nowrap}\n" \
	".failed,.lost{color:var(--bad);font-weight:600}.done,.ran{color:var(--good)}" \
	".cancelled{color:var(--warn)}.cached,.skipped,.faint{color:var(--faint)}\n" \
	".bad{border-left:4px solid var(--bad);padding-left:1rem}\n" \
	"svg{width:100%;height:auto}svg text{font:11px ui-monospace,monospace;fill:var(--fg)}" \
	"svg .t{fill:var(--faint)}svg .s{font-weight:bold}svg rect{fill:var(--bar)}" \
	"svg rect.failed{fill:var(--bad)}svg rect.cancelled{fill:var(--warn)}\n" \
	"summary{cursor:pointer;padding:.15rem 0}\n" \
	"@media print{details>*{display:block}}\n" \
	"</style>\n"

static void html_fact(struct report *r, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(r->out, "<dt>%s</dt><dd>", name);
	report_html_text(r->out, value);
	buf_append(r->out, STR("</dd>\n"));
}

static void html_field(struct report *r, const char *name, enum history_field field)
{
	owned_buf struct buf text = { 0 };
	history_field_text(&r->item, field, r->item.ended, &text);
	html_fact(r, name, buf_str(&text));
}

static void html_head(struct report *r)
{
	const char *state = history_state_name(r->item.state);
	buf_append(r->out, STR(REPORT_HEAD "<title>"));
	report_html_text(r->out, str_of(r->item.project));
	buf_printf(r->out, ": %s, build ", state);
	report_html_text(r->out, str_of(r->item.id));
	buf_append(r->out, STR("</title>\n" REPORT_STYLE "</head><body>\n<h1>"));
	report_html_text(r->out, str_of(r->item.project));
	buf_printf(r->out, " <span class=\"%s\">%s</span></h1>\n", state, state);
}

static void html_facts(struct report *r)
{
	owned_buf struct buf cache = { 0 };
	size_t all, cached;
	build_count_cached(r->build, &all, &cached);
	buf_printf(&cache, "%zu of %zu layers from the cache", cached, all);
	buf_append(r->out, STR("<dl>\n"));
	html_field(r, "image", FIELD_IMAGE);
	html_fact(r, "image id", str_of(r->item.image_id));
	html_fact(r, "digest", str_of(r->item.digest));
	html_field(r, "profiles", FIELD_PROFILES);
	html_field(r, "cache level", FIELD_LEVEL);
	html_fact(r, "engine", r->build->engine_version.n ? r->build->engine_version
	                                                  : str_of(r->item.engine));
	html_field(r, "began", FIELD_WHEN);
	html_field(r, "took", FIELD_TOOK);
	html_fact(r, "cache", all ? buf_str(&cache) : (struct str){ 0 });
	html_field(r, "folder", FIELD_ROOT);
	html_field(r, "build", FIELD_ID);
	buf_append(r->out, STR("</dl>\n"));
}

static void html_log(struct report *r, int step, size_t lines)
{
	size_t left_out;
	buf_append(r->out, STR("<pre>"));
	size_t at = r->out->n;
	report_log(r, step, lines, report_html_text, &left_out);
	if (left_out) {
		owned_buf struct buf note = { 0 };
		buf_printf(&note, "<span class=\"faint\">[%zu earlier lines are not in this page: mortar "
		           "logs %s %d]</span>\n", left_out, r->item.id, step);
		buf_replace(r->out, at, 0, buf_str(&note));
	}
	buf_append(r->out, STR("</pre>\n"));
}

/* What went wrong, before anything else. */
static void html_error(struct report *r)
{
	enum { TAIL = 40 };
	int failed = build_failed_step(r->build);
	if (r->item.state == HISTORY_DONE || (!r->item.error[0] && failed < 0))
		return;
	buf_append(r->out, STR("<section class=\"bad\"><h2 class=\"failed\">"));
	report_html_text(r->out, r->item.error[0] ? str_of(r->item.error) : STR("a step failed"));
	buf_append(r->out, STR("</h2>\n"));
	if (failed >= 0) {
		buf_printf(r->out, "<p>step <a href=\"#log%d\">%d</a> <code>", failed, failed);
		report_html_text(r->out, r->build->steps[failed].name);
		buf_append(r->out, STR("</code></p>\n"));
		if (journal_lines(r->journal, failed) && r->options->lines)
			html_log(r, failed, TAIL);
	}
	buf_append(r->out, STR("</section>\n"));
}

static void html_step(struct report *r, size_t i)
{
	const struct step *s = &r->build->steps[i];
	const char *word = report_step_word(s);
	buf_printf(r->out, "<tr><td class=\"r faint\">%zu</td><td class=\"m\">", i);
	report_html_text(r->out, s->name);
	buf_append(r->out, STR("</td><td>"));
	report_html_text(r->out, report_section(r, i));
	buf_printf(r->out, "</td><td><span class=\"%s\">%s", word, word);
	if (report_why(r, i).n) {
		buf_append(r->out, STR("</span> <span class=\"faint\">"));
		report_html_text(r->out, report_why(r, i));
	}
	buf_append(r->out, STR("</span></td><td class=\"r\">"));
	if (s->seconds > 0)
		clock_append_seconds(r->out, s->seconds);
	buf_append(r->out, STR("</td><td class=\"r faint\">"));
	report_usual(r, s, r->out);
	buf_append(r->out, STR("</td><td class=\"m faint\">"));
	report_html_text(r->out, s->origin);
	buf_append(r->out, STR("</td></tr>\n"));
}

static void html_steps(struct report *r)
{
	buf_append(r->out, STR("<section><h2>Steps</h2>\n<table><tr><th class=\"r\">#</th>"
	                       "<th>step</th><th>stage</th><th>result</th><th class=\"r\">took</th>"
	                       "<th class=\"r\">usual</th>"
	                       "<th>cause</th></tr>\n"));
	for (size_t i = 0; i < r->build->nsteps; i++)
		if (report_shows(r, i))
			html_step(r, i);
	buf_append(r->out, STR("</table></section>\n"));
}

static void html_warnings(struct report *r)
{
	if (!r->build->nwarnings)
		return;
	buf_append(r->out, STR("<section><h2>Warnings</h2><ul>\n"));
	for (size_t i = 0; i < r->build->nwarnings; i++) {
		buf_append(r->out, STR("<li>"));
		report_html_text(r->out, r->build->warnings[i]);
		buf_append(r->out, STR("</li>\n"));
	}
	buf_append(r->out, STR("</ul></section>\n"));
}

static void html_logs(struct report *r)
{
	enum { FAILED_TIMES = 3 };
	if (!r->options->lines || !journal_lines(r->journal, -1))
		return;
	buf_append(r->out, STR("<section><h2>Logs</h2>\n"));
	for (size_t i = 0; i < r->build->nsteps; i++) {
		const struct step *s = &r->build->steps[i];
		size_t n = journal_lines(r->journal, (int)i);
		bool failed = s->state == STEP_FAILED;
		if (!n)
			continue;
		buf_printf(r->out, "<details id=\"log%zu\"%s><summary>%zu <code>", i,
		           failed ? " open" : "", i);
		report_html_text(r->out, s->name);
		buf_printf(r->out, "</code> <span class=\"faint\">%zu line%s</span></summary>", n,
		           n == 1 ? "" : "s");
		html_log(r, (int)i, r->options->lines * (failed ? FAILED_TIMES : 1));
		buf_append(r->out, STR("</details>\n"));
	}
	buf_append(r->out, STR("</section>\n"));
}

static void html_file(struct report *r, const char *name, const char *title)
{
	bool cut = false;
	struct str text = report_file(r, name, &cut), line;
	if (!text.n)
		return;
	buf_printf(r->out, "<details><summary>%s</summary><pre>", title);
	while (str_next(&text, '\n', &line)) {
		report_html_text(r->out, line);
		buf_append_char(r->out, '\n');
	}
	if (cut)
		buf_append(r->out, STR("[what follows is not in this page]\n"));
	buf_append(r->out, STR("</pre></details>\n"));
}

void report_html(struct report *r)
{
	html_head(r);
	html_facts(r);
	html_error(r);
	if (r->compare)
		report_compare_html(r);
	report_timeline(r);
	html_steps(r);
	html_warnings(r);
	html_logs(r);
	buf_append(r->out, STR("<section><h2>What was built</h2>\n"));
	html_file(r, "Dockerfile", "Dockerfile");
	html_file(r, "settings.json", "configuration, every file by its path");
	buf_append(r->out, STR("</section>\n<p class=\"faint\">mortar " MORTAR_VERSION
	                       "</p></body></html>\n"));
}
