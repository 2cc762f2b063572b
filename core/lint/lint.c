#include "core/lint/lint.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/lint/quiet.h"
#include "core/plan/given.h"

static void lint_check(const struct rule *rules, const struct subject *subject,
                       struct problems *problems)
{
	for (; rules && rules->id; rules++)
		if (rules->check)
			rules->check(rules, subject, problems);
}

static bool lint_is_derived(const struct recipe *r)
{
	return r->ninstructions && !r->instructions[0].at.source;
}

const struct context *lint_scan(const struct plan *plan, struct problems *problems)
{
	const struct image_task *image = plan ? plan_image(plan) : NULL;
	struct error err;
	if (!image || !image->context)
		return NULL;
	if (context_scan(image->context, &err))
		return image->context;
	/* What a made Dockerfile copies may have to be fetched first; a folder is there. */
	if (image->recipe->ninstructions && !lint_is_derived(image->recipe))
		problems_add(problems, SEVERITY_NOTE, "lint-context", (struct span){ 0 },
		             "the build context is not looked at: %s", err.text);
	return NULL;
}

void lint_run(const struct rule *rules, const struct subject *subject, struct problems *problems)
{
	struct subject whole = *subject;
	const struct image_task *image = whole.plan ? plan_image(whole.plan) : NULL;
	owned(values) struct values *values = NULL;
	owned(problems) struct problems *found = problems_new();
	whole.recipe = image ? image->recipe : NULL;
	whole.for_derived = whole.recipe && lint_is_derived(whole.recipe);
	owned(arena) struct arena *arena = arena_new();
	if (whole.recipe) {
		whole.values = values = given_values(image, image->recipe, false);
		whole.scripts = lint_scripts(&whole, arena);
	}
	lint_check(rules, &whole, found);
	if (whole.recipe) {
		lint_check(lint_check_rules, &whole, found);
		lint_check(lint_own_rules, &whole, found);
	}
	for (size_t i = 0; whole.told && i < problems_count(whole.told); i++)
		problems_add_problem(found, problems_get(whole.told, i));
	owned(quiet) struct quiet *quiet = quiet_new(&whole, rules);
	for (size_t i = 0; i < problems_count(found); i++) {
		struct problem p = *problems_get(found, i);
		if (quiet_tells(quiet, &p, &p.severity))
			problems_add_problem(problems, &p);
	}
	quiet_report(quiet, problems);
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
	found = found ? found : lint_find(lint_own_rules, id);
	return found ? found : lint_find(lint_quiet_rules, id);
}
