/* mortar lint: everything that is wrong with a project, and what is worth a word. */
#include <string.h>

#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

static const char *lint_severity(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : severity == SEVERITY_WARNING ? "warning" : "note";
}

static void lint_set_text(struct arena *arena, struct value *to, const char *key, struct str text)
{
	struct value *v = text.p ? value_new_string(arena, text)
	                         : value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 });
	value_set(arena, to, key, v);
}

static void lint_set_number(struct arena *arena, struct value *to, const char *key, size_t n)
{
	value_set(arena, to, key, value_new_integer(arena, (long long)n));
}

static struct value *lint_problem(struct arena *arena, const struct project *p,
                                  const struct problem *problem)
{
	struct value *out = value_new_object(arena);
	struct origin at = span_origin(problem->at);
	const struct source *source = problem->at.source;
	const struct rule *rule = lint_find_any(p->kind->rules, problem->rule);
	lint_set_text(arena, out, "rule", str_of(problem->rule));
	lint_set_text(arena, out, "severity", str_of(lint_severity(problem->severity)));
	lint_set_text(arena, out, "file", str_of(source && source->name ? source->name : at.path));
	if (at.line) {
		lint_set_number(arena, out, "line", at.line);
		lint_set_number(arena, out, "column", at.column);
	}
	if (source && source->profile)
		lint_set_text(arena, out, "profile", str_of(source->profile));
	if (problem->schema.n) {
		lint_set_text(arena, out, "pointer", problem->pointer.p ? problem->pointer : STR(""));
		lint_set_text(arena, out, "schema", problem->schema);
	}
	lint_set_text(arena, out, "text", problem->text);
	if (rule)
		lint_set_text(arena, out, "reason", str_of(rule->reason));
	return out;
}

static void lint_write_json(struct arena *arena, struct buf *out, const struct project *p,
                            const size_t counts[])
{
	struct value *all = value_new_object(arena), *list = value_new_array(arena);
	struct value *profiles = value_new_array(arena);
	for (size_t i = 0; i < p->selection.nprofiles; i++)
		value_append(profiles, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, str_of(p->selection.profiles[i])));
	for (size_t i = 0; i < problems_count(p->problems); i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             lint_problem(arena, p, problems_get(p->problems, i)));
	lint_set_text(arena, all, "project", str_of(p->settings ? p->settings->name : p->target.name));
	lint_set_text(arena, all, "kind", str_of(p->kind->name));
	value_set(arena, all, "profiles", profiles);
	lint_set_number(arena, all, "errors", counts[SEVERITY_ERROR]);
	lint_set_number(arena, all, "warnings", counts[SEVERITY_WARNING]);
	lint_set_number(arena, all, "notes", counts[SEVERITY_NOTE]);
	value_set(arena, all, "problems", list);
	value_write_json(out, all, JSON_FILE);
	buf_append_char(out, '\n');
}

static void lint_write_text(struct buf *out, const struct project *p)
{
	for (size_t i = 0; i < problems_count(p->problems); i++) {
		const struct problem *problem = problems_get(p->problems, i);
		if (!problem->at.source)
			buf_append(out, STR("mortar: "));
		problem_print(out, problem);
		buf_append_char(out, '\n');
	}
}

/* To stderr: the findings are the result. */
static void lint_say_counts(const size_t counts[])
{
	static const char *const names[] = { "error", "warning", "note" };
	owned_buf struct buf text = { 0 };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (counts[i])
			buf_printf(&text, "%s%zu %s%s", text.n ? ", " : "", counts[i], names[i],
			           counts[i] == 1 ? "" : "s");
	command_say("mortar: %s", text.n ? buf_text(&text) : "nothing is wrong");
}

int cmd_lint(struct arena *arena, const struct args *args)
{
	struct error err;
	owned_buf struct buf out = { 0 };
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p)
		return command_fail(&err);
	bool strict = args_has(args, "strict");
	if (strict)
		project_add_option(p, "strict", "true");
	p->lints = true;
	project_read(p);
	size_t counts[3] = { 0 };
	for (size_t i = 0; i < problems_count(p->problems); i++)
		counts[problems_get(p->problems, i)->severity]++;
	counts[SEVERITY_ERROR] = problems_errors(p->problems);
	if (args_has(args, "json")) {
		lint_write_json(arena, &out, p, counts);
	} else {
		lint_write_text(&out, p);
		lint_say_counts(counts);
	}
	int code = command_output(buf_str(&out));
	bool bad = counts[SEVERITY_ERROR] || (strict && counts[SEVERITY_WARNING]);
	return code ? code : bad ? 3 : 0;
}
