#ifndef CORE_LINT_QUIET_H
#define CORE_LINT_QUIET_H

#include "core/lint/lint.h"

/* What is not to be told, or as something else, and who says so:
 *
 *   # mortar: ignore=RULE[,RULE] reason        above an instruction, for it alone
 *   # mortar: ignore-file=RULE[,RULE] reason   above the first one, for the whole file
 *   # check=skip=RULE[,RULE];error=true;experimental=RULE
 *                                              BuildKit's, at the top or above an instruction
 *   [lint] ignore, [lint.severity]             config.toml and .mortar.toml
 *
 * "all" stands for every rule.  Inside lint/ only. */
struct quiet;
/* Borrows the subject and the kind's table. */
struct quiet *quiet_new(const struct subject *, const struct rule *rules);
void quiet_free(struct quiet *);
OWN_DEFINE(quiet)

/* Whether the finding is told, and at which severity. */
bool quiet_tells(struct quiet *, const struct problem *, enum severity *ret_severity);
/* Afterwards: what is wrong with these words, and with the option strict those that were
 * of no use. */
void quiet_report(const struct quiet *, struct problems *);

#endif
