#include "core/value/json.h"
#include "tui/lint.h"

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

static void lint_append(struct value *list, struct value *item)
{
	value_append(list, (struct str){ 0 }, (struct span){ 0 }, item);
}

/* The edits, or null. */
static struct value *lint_edits(struct arena *arena, const struct problem *p)
{
	if (!p->nfix)
		return value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 });
	struct value *list = value_new_array(arena);
	for (size_t i = 0; i < p->nfix; i++) {
		struct span at = p->fix[i].at, end = { at.source, at.at + at.size, 0 };
		struct origin from = span_origin(at), to = span_origin(end);
		struct value *edit = value_new_object(arena);
		lint_set_number(arena, edit, "line", from.line);
		lint_set_number(arena, edit, "column", from.column);
		lint_set_number(arena, edit, "end_line", to.line);
		lint_set_number(arena, edit, "end_column", to.column);
		lint_set_text(arena, edit, "text", p->fix[i].text);
		lint_append(list, edit);
	}
	return list;
}

static struct value *lint_problem(struct arena *arena, const struct project *p,
                                  const struct problem *problem)
{
	struct value *out = value_new_object(arena);
	struct origin at = span_origin(problem->at);
	const struct source *source = problem->at.source;
	const struct rule *rule = lint_find_any(p->kind->rules, problem->rule);
	lint_set_text(arena, out, "rule", str_of(problem->rule));
	lint_set_text(arena, out, "severity", str_of(lint_severity_name(problem->severity)));
	lint_set_text(arena, out, "file", lint_file(p, source));
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
	lint_set_text(arena, out, "message", problem->text);
	if (rule) {
		lint_set_text(arena, out, "reason", str_of(rule->reason));
		lint_set_text(arena, out, "sentence", str_of(rule->sentence));
	}
	value_set(arena, out, "fix", lint_edits(arena, problem));
	return out;
}

void lint_write_json(struct arena *arena, struct buf *out, const struct project *p,
                     const size_t counts[])
{
	struct value *all = value_new_object(arena), *list = value_new_array(arena);
	struct value *profiles = value_new_array(arena);
	for (size_t i = 0; i < p->selection.nprofiles; i++)
		lint_append(profiles, value_new_string(arena, str_of(p->selection.profiles[i])));
	for (size_t i = 0; i < problems_count(p->problems); i++)
		lint_append(list, lint_problem(arena, p, problems_get(p->problems, i)));
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
