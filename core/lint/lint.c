#include "core/lint/lint.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/buf.h"

void lint_run(const struct rule *rules, const struct subject *subject, struct problems *problems)
{
	for (; rules && rules->id; rules++)
		rules->check(rules, subject, problems);
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

const struct rule *lint_find(const struct rule *rules, const char *id)
{
	for (; rules && rules->id; rules++)
		if (strcmp(rules->id, id) == 0)
			return rules;
	return NULL;
}
