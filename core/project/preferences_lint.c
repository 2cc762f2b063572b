#include "core/project/preferences.h"

static bool lint_wrong(struct problems *problems, const struct value *at, const char *right)
{
	return problems_add(problems, SEVERITY_ERROR, "preferences-type", value_span(at), "%s", right);
}

static void lint_add(struct preferences *p, const struct preferences_rule *rule)
{
	struct preferences_rule *all = arena_array(p->arena, p->nlint_rules + 1, sizeof *all);
	for (size_t i = 0; i < p->nlint_rules; i++)
		all[i] = p->lint_rules[i];
	all[p->nlint_rules++] = *rule;
	p->lint_rules = all;
}

static bool lint_read_ignore(struct preferences *p, const struct value *list, bool is_users,
                             struct problems *problems)
{
	const char *right = "ignore must be an array of names of rules: [\"JSONArgsRecommended\"]";
	if (value_type(list) != VALUE_ARRAY)
		return lint_wrong(problems, list, right);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		if (value_type(v) != VALUE_STRING || !preferences_is_name(value_text(v)))
			return lint_wrong(problems, v, right);
		lint_add(p, &(struct preferences_rule){
			.rule = arena_text(p->arena, value_text(v)), .is_users = is_users,
			.at = value_span(v) });
	}
	return true;
}

static bool lint_read_severity(struct preferences *p, const struct value *table, bool is_users,
                               struct problems *problems)
{
	static const char *const words[] = { [SEVERITY_ERROR] = "error",
	                                     [SEVERITY_WARNING] = "warning",
	                                     [SEVERITY_NOTE] = "note", "off" };
	enum { WORDS = sizeof words / sizeof *words };
	if (value_type(table) != VALUE_OBJECT)
		return lint_wrong(problems, table, "severity must be a table: [lint.severity]");
	for (const struct value *v = value_child(table); v; v = value_next(v)) {
		unsigned i = 0;
		while (i < WORDS && !str_eq(value_text(v), str_of(words[i])))
			i++;
		if (value_type(v) != VALUE_STRING || i == WORDS)
			return lint_wrong(problems, v, "a rule's severity must be \"error\", \"warning\", "
			                  "\"note\" or \"off\"");
		bool off = i == WORDS - 1;
		lint_add(p, &(struct preferences_rule){
			.rule = arena_text(p->arena, value_key(v)), .is_severity = true, .is_off = off,
			.severity = off ? SEVERITY_NOTE : (enum severity)i, .is_users = is_users,
			.at = value_key_span(v) });
	}
	return true;
}

bool preferences_read_lint(struct preferences *p, const struct value *table, bool is_users,
                           struct problems *problems)
{
	bool right = true;
	if (value_type(table) != VALUE_OBJECT)
		return lint_wrong(problems, table, "lint must be a table: [lint]");
	for (const struct value *v = value_child(table); v; v = value_next(v)) {
		if (str_eq(value_key(v), STR("ignore")))
			right &= lint_read_ignore(p, v, is_users, problems);
		else if (str_eq(value_key(v), STR("severity")))
			right &= lint_read_severity(p, v, is_users, problems);
		else
			problems_add(problems, SEVERITY_WARNING, "preferences-unknown", value_key_span(v),
			             "mortar knows no setting %.*s here: known are ignore, severity",
			             STR_ARG(value_key(v)));
	}
	return right;
}
