#include "core/lint/lint.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/buf.h"

static void lint_check(const struct rule *rules, const struct subject *subject,
                       struct problems *problems)
{
	for (; rules && rules->id; rules++)
		if (!rules->is_off)
			rules->check(rules, subject, problems);
}

void lint_run(const struct rule *rules, const struct subject *subject, struct problems *problems)
{
	struct subject whole = *subject;
	const struct image_task *image = whole.plan ? plan_image(whole.plan) : NULL;
	whole.recipe = image ? image->recipe : NULL;
	whole.for_derived = whole.recipe && whole.recipe->ninstructions &&
	                    !whole.recipe->instructions[0].at.source;
	lint_check(rules, &whole, problems);
	if (!whole.recipe)
		return;
	lint_check(lint_check_rules, &whole, problems);
	lint_check(lint_own_rules, &whole, problems);
}

void lint_report(const struct rule *rule, bool selected, struct problems *problems, struct span at,
                 const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	problems_add(problems, selected ? rule->severity : SEVERITY_NOTE, rule->id, at, "%s",
	             buf_text(&text));
}

void lint_report_fix(const struct rule *rule, bool selected, struct problems *problems,
                     struct span at, const struct edit *fix, size_t nfix, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	problems_add_problem(problems, &(struct problem){
		.rule = rule->id, .severity = selected ? rule->severity : SEVERITY_NOTE, .at = at,
		.text = buf_str(&text), .fix = fix, .nfix = nfix });
}

const struct rule *lint_find(const struct rule *rules, const char *id)
{
	for (; rules && rules->id; rules++)
		if (strcmp(rules->id, id) == 0)
			return rules;
	return NULL;
}

const struct rule *lint_find_any(const struct rule *rules, const char *id)
{
	const struct rule *found = lint_find(rules, id);
	found = found ? found : lint_find(lint_check_rules, id);
	return found ? found : lint_find(lint_own_rules, id);
}
