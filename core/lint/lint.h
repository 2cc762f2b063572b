#ifndef CORE_LINT_LINT_H
#define CORE_LINT_LINT_H

#include "core/plan/plan.h"

/* What is no error and yet worth a word.  A kind lists its rules in a table; they look at
 * what was read and planned, and at nothing else: no file, no engine. */

struct subject {
	const struct settings *settings;
	const struct plan *plan;        /* NULL: errors keep it from being made */
	const struct selection *selection;
};

struct rule {
	const char *id;                 /* of its problems; documented with the kind */
	const char *reason;             /* why it matters: a sentence for whoever asks */
	enum severity severity;
	void (*check)(const struct rule *, const struct subject *, struct problems *);
};

/* Checks every rule of the table (ended by a NULL id; NULL: no table). */
void lint_run(const struct rule *rules, const struct subject *, struct problems *);
/* A finding of the rule, at its severity or, where it concerns nothing that was selected,
 * as a note. */
void lint_report(const struct rule *, bool selected, struct problems *, struct span at,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The rule of this id, or NULL. */
const struct rule *lint_find(const struct rule *rules, const char *id);

#endif
