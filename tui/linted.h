#ifndef TUI_LINTED_H
#define TUI_LINTED_H

#include "core/job/lint_ask.h"
#include "tui/project.h"

/* What the rules find in the project with its build context looked at, from a worker.  Until the
 * answer is there the project has what they find without; then the answer is in its place, for
 * as long as files and selection are those that were asked about.  A project that does not lint
 * asks nobody. */
struct linted {
	struct loop *loop;
	struct project *project;        /* borrowed */
	struct lint_asking *asking;     /* NULL: nobody is asked */
	uint64_t timer;                 /* until somebody is; 0: not to be */
	size_t asked;                   /* hash of what was asked about */
	size_t told;                    /* of what the findings are about */
	struct arena *arena;            /* of the findings; NULL: there are none */
	const struct value *findings;
	/* Right after the project has other problems: those before, lent. */
	void (*changed)(void *data, const struct problems *before);
	void *data;
};

void linted_init(struct linted *, struct project *,
                 void (*changed)(void *data, const struct problems *before), void *data);
void linted_finish(struct linted *);
/* After each project_read: puts the findings there are into the project again, if they are about
 * what was read; nobody is told. */
void linted_reread(struct linted *);
/* LINTED_MS later.  Nothing while the project cannot be planned. */
enum { LINTED_MS = 400 };
void linted_ask(struct linted *, struct loop *);

#endif
