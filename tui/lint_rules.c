/* The rules there are: --rules, --explain. */
#include "core/base/similar.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/lint.h"

static void lint_each_of(const struct rule *rules, const char *origin, lint_rule_fn *each,
                         void *data)
{
	for (; rules && rules->id; rules++)
		each(data, rules, origin);
}

/* A rule about overlays is in more than one kind's table. */
struct lint_once {
	const char *const *seen;
	size_t n;
	struct arena *arena;
	lint_rule_fn *each;
	void *data;
};

static void lint_take_once(void *data, const struct rule *rule, const char *origin)
{
	struct lint_once *o = data;
	const char **seen = arena_array(o->arena, o->n + 1, sizeof *seen);
	for (size_t i = 0; i < o->n; i++)
		if (strcmp((seen[i] = o->seen[i]), rule->id) == 0)
			return;
	seen[o->n++] = rule->id;
	o->seen = seen;
	o->each(o->data, rule, origin);
}

void lint_each_rule(lint_rule_fn *each, void *data)
{
	owned(arena) struct arena *arena = arena_new();
	struct lint_once once = { .arena = arena, .each = each, .data = data };
	lint_each_of(lint_check_rules, "buildkit", lint_take_once, &once);
	lint_each_of(lint_own_rules, "mortar", lint_take_once, &once);
	lint_each_of(lint_quiet_rules, "mortar", lint_take_once, &once);
	for (size_t i = 0; kinds[i]; i++)
		lint_each_of(kinds[i]->rules, kinds[i]->name, lint_take_once, &once);
}

/* ---- --rules ---- */

static const char *lint_rule_severity(const struct rule *rule)
{
	return rule->is_off ? "off" : lint_severity_name(rule->severity);
}

static void lint_append_row(void *data, const struct rule *rule, const char *origin)
{
	buf_printf(data, "| `%s` | %s | %s | %s | %s |\n", rule->id, lint_rule_severity(rule), origin,
	           rule->sentence, rule->reason);
}

struct lint_rows {
	struct arena *arena;
	struct value *list;
};

static void lint_append_value(void *data, const struct rule *rule, const char *origin)
{
	struct lint_rows *r = data;
	struct value *v = value_new_object(r->arena);
	const struct pair fields[] = {
		{ STR("rule"), str_of(rule->id) },
		{ STR("severity"), str_of(lint_rule_severity(rule)) },
		{ STR("origin"), str_of(origin) },
		{ STR("sentence"), str_of(rule->sentence) },
		{ STR("reason"), str_of(rule->reason) },
		{ STR("url"), str_of(rule->url) },
	};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].value.p)
			value_set(r->arena, v, fields[i].name.p,
			          value_new_string(r->arena, fields[i].value));
	value_append(r->list, (struct str){ 0 }, (struct span){ 0 }, v);
}

int lint_list_rules(struct arena *arena, bool json)
{
	owned_buf struct buf out = { 0 };
	struct lint_rows rows = { arena, value_new_array(arena) };
	if (json) {
		lint_each_rule(lint_append_value, &rows);
		value_write_json(&out, rows.list, JSON_FILE);
		buf_append_char(&out, '\n');
	} else {
		buf_append_text(&out, "| rule | severity | origin | what it asks for | why |\n"
		                "|---|---|---|---|---|\n");
		lint_each_rule(lint_append_row, &out);
	}
	return command_output(buf_str(&out));
}

/* ---- --explain ---- */

struct lint_wanted {
	const struct rule *rule;
	const char *origin;
	struct similar similar;
};

static void lint_look(void *data, const struct rule *rule, const char *origin)
{
	struct lint_wanted *w = data;
	similar_try(&w->similar, rule->id);
	if (str_eq(str_of(rule->id), w->similar.typed)) {
		w->rule = rule;
		w->origin = origin;
	}
}

int lint_explain(const char *name)
{
	struct lint_wanted w = { .similar = { .typed = str_of(name) } };
	owned_buf struct buf out = { 0 };
	struct error err;
	lint_each_rule(lint_look, &w);
	if (!w.rule) {
		error_set(&err, ERROR_USAGE, "there is no rule '%s'%s%s%s", name,
		          w.similar.best ? ": did you mean '" : ": mortar lint --rules lists them",
		          w.similar.best ? w.similar.best : "", w.similar.best ? "'?" : "");
		return command_fail(&err);
	}
	buf_printf(&out, "%s (%s, %s)\n%s\n%s\n", w.rule->id, lint_rule_severity(w.rule), w.origin,
	           w.rule->sentence, w.rule->reason);
	if (w.rule->url)
		buf_printf(&out, "%s\n", w.rule->url);
	buf_printf(&out, "\nTo ignore it once, above the instruction:\n# mortar: ignore=%s\n",
	           w.rule->id);
	return command_output(buf_str(&out));
}
