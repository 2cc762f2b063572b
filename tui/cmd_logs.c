/* mortar logs: what a build has printed, all of it or what is to be read. */
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/history/line_filter.h"
#include "core/history/new_lines.h"
#include "core/job/job.h"
#include "core/journal/find_step.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tui/command.h"

enum { LOGS_CHUNK = 1 << 16, LOGS_LOOKED_AT = 4096, LOGS_SLICE = 1 << 16 };

/* What is asked for, and what is found out on the way. */
struct logs {
	struct journal *journal;
	struct build *build;
	int step;                       /* -1: all */
	bool visible, times, json;
	struct line_filter *filter;     /* NULL: not asked for */
	struct history_search *errors, *warnings;
	bool only_errors, only_new;
	struct known_lines *known;      /* NULL: not asked for */
	struct buf line, out;
	struct log_text text;
	size_t printed;
};

/* A line, and what is to be said of it. */
struct logs_line {
	struct str raw;
	double t;
	int step;
	const char *kind;               /* "error", "warning", NULL */
	enum known_line known;
};

static bool logs_matches(struct history_search *search, struct str text)
{
	size_t at, size;
	return search && history_search_line(search, str_slice(text, 0, LOGS_LOOKED_AT), 0, &at, &size);
}

static struct logs_line logs_read(struct logs *l, size_t n)
{
	size_t of_step;
	struct logs_line line = { .step = l->step };
	line.raw = journal_line(l->journal, l->step, n, &l->line, &line.t);
	if (l->step < 0)
		line.step = journal_line_step(l->journal, n, &of_step);
	if (!l->errors && !l->known)
		return line;
	log_text_read(&l->text, line.raw);
	if (logs_matches(l->errors, l->text.text))
		line.kind = "error";
	else if (logs_matches(l->warnings, l->text.text))
		line.kind = "warning";
	if (l->known)
		line.known = known_lines_tell(l->known, line.step, l->text.text);
	return line;
}

static bool logs_wants(const struct logs *l, const struct logs_line *line)
{
	return (!l->only_errors || (line->kind && strcmp(line->kind, "error") == 0)) &&
	       (!l->only_new || line->known == KNOWN_NEW);
}

/* A terminal gets no control character of the build's; a pipe gets the bytes. */
static void logs_append_text(struct logs *l, const struct logs_line *line)
{
	if (l->times && line->t > 0) {
		clock_append_local(&l->out, line->t);
		buf_append(&l->out, STR("  "));
	}
	if (l->visible)
		utf8_append_visible(&l->out, line->raw);
	else
		buf_append(&l->out, line->raw);
	buf_append_char(&l->out, '\n');
}

static void logs_append_json(struct logs *l, size_t n, const struct logs_line *line)
{
	static const char *const known[] = {
		[KNOWN_NEW] = "new", [KNOWN_SEEN] = "seen", [KNOWN_USUAL] = "usual",
	};
	buf_printf(&l->out, "%s\n{\"step\": %d, \"line\": %zu, \"t\": %.3f, \"text\": ",
	           l->printed ? "," : "", line->step, n, line->t);
	value_write_json_string(&l->out, line->raw, false);
	if (line->kind)
		buf_printf(&l->out, ", \"kind\": \"%s\"", line->kind);
	if (line->known != KNOWN_NOT)
		buf_printf(&l->out, ", \"before\": \"%s\"", known[line->known]);
	buf_append_char(&l->out, '}');
}

static int logs_flush(struct logs *l, size_t most)
{
	if (l->out.n <= most)
		return 0;
	int code = command_output(buf_str(&l->out));
	buf_clear(&l->out);
	return code;
}

static int logs_print(struct logs *l)
{
	size_t n = l->filter ? line_filter_count(l->filter) : journal_lines(l->journal, l->step);
	if (l->json)
		buf_append(&l->out, STR("["));
	for (size_t i = 0; i < n; i++) {
		size_t at = l->filter ? line_filter_line(l->filter, i) : i;
		struct logs_line line = logs_read(l, at);
		if (!logs_wants(l, &line))
			continue;
		if (l->json)
			logs_append_json(l, at, &line);
		else
			logs_append_text(l, &line);
		l->printed++;
		if (logs_flush(l, LOGS_CHUNK) != 0)
			return 1;
	}
	if (l->json)
		buf_append(&l->out, STR("\n]\n"));
	return logs_flush(l, 0);
}

/* ---- what is asked for ---- */

static bool logs_context(const struct args *args, unsigned long long *ret_n, struct error *err)
{
	const char *context = args_get(args, "context");
	*ret_n = 0;
	if (!context)
		return true;
	if (!args_has(args, "filter"))
		return error_set(err, ERROR_USAGE, "--context is of --filter: lines around each match");
	return str_number(str_of(context), LINE_FILTER_CONTEXT_MAX, ret_n) ||
	       error_set(err, ERROR_USAGE, "--context wants a number of lines, at most %d",
	                 LINE_FILTER_CONTEXT_MAX);
}

static bool logs_open_filter(struct logs *l, const struct args *args, struct error *err)
{
	unsigned long long context;
	if (!logs_context(args, &context, err))
		return false;
	if (!args_has(args, "filter"))
		return true;
	l->filter = line_filter_new(str_of(args_get(args, "filter")), (size_t)context, err);
	if (!l->filter)
		return error_prefix(err, "--filter");
	line_filter_over(l->filter, l->journal, l->step);
	while (line_filter_more(l->filter, LOGS_SLICE))
		;
	return true;
}

static void logs_open_known(struct logs *l, struct arena *arena, const char *dir)
{
	/* One that is deleted meanwhile is one less. */
	struct error gone;
	const char *dirs[NEW_LINES_BUILDS];
	size_t n = new_lines_former(arena, l->build, dir, dirs);
	l->known = known_lines_new();
	for (size_t i = 0; i < n; i++)
		known_lines_learn(l->known, l->build, dirs[i], &gone);
	if (l->only_new && !known_lines_any(l->known))
		command_say("mortar: nothing to compare with: no step of this build ran in a good build "
		            "of the project before it on this engine");
}

static bool logs_open(struct logs *l, struct arena *arena, const struct args *args,
                      const char *dir, struct error *err)
{
	l->times = args_has(args, "timestamps");
	l->json = args_has(args, "json");
	l->only_errors = args_has(args, "errors");
	l->only_new = args_has(args, "new");
	l->visible = command_is_terminal();
	if (args->noperands > 1 && !build_find_step(l->build, args->operands[1], &l->step, err))
		return false;
	if (!logs_open_filter(l, args, err))
		return false;
	if (l->only_errors || l->json) {
		l->errors = history_search_new(str_of(history_search_errors), err);
		l->warnings = history_search_new(str_of(history_search_warnings), err);
		if (!l->errors || !l->warnings)
			return false;
	}
	if (l->only_new || l->json)
		logs_open_known(l, arena, dir);
	return true;
}

static void logs_finish(struct logs *l)
{
	line_filter_free(l->filter);
	history_search_free(l->errors);
	history_search_free(l->warnings);
	known_lines_free(l->known);
	build_free(l->build);
	journal_free(l->journal);
	log_text_finish(&l->text);
	buf_finish(&l->line);
	buf_finish(&l->out);
}

int cmd_logs(struct arena *arena, const struct args *args)
{
	struct error err;
	const char *dir = request_find(args->noperands ? args->operands[0] : NULL, &err);
	struct logs l = { .step = -1, .journal = dir ? journal_open(dir, &err) : NULL };
	if (!l.journal)
		return command_fail(&err);
	l.build = build_from(l.journal);
	int code = logs_open(&l, arena, args, dir, &err) ? logs_print(&l) : command_fail(&err);
	logs_finish(&l);
	return code;
}
