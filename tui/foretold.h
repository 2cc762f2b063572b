#ifndef TUI_FORETOLD_H
#define TUI_FORETOLD_H

#include "core/base/map.h"
#include "core/history/forecast.h"
#include "core/job/job.h"
#include "tui/project.h"

/* The forecast of what the project view shows, by a worker that stays: it is asked with each
 * change of profiles, level or configuration, and tells by itself when files of the context
 * have changed.  Until it has answered, what it said last is stale. */
struct foretold {
	struct loop *loop;
	struct worker *worker;          /* NULL: none was needed yet, or it has died */
	uint64_t timer;                 /* until it is asked; 0: not to be */
	unsigned long long ask;         /* of the last question */
	const struct project *project;  /* borrowed */
	struct arena *arena;            /* of what follows; NULL: nothing is known */
	struct forecast forecast;
	struct map steps;               /* "STAGE\0TEXT" of an instruction → its forecast_step */
	bool is_stale;
	void (*changed)(void *data);
	void *data;
};

void foretold_init(struct foretold *, const struct project *, void (*changed)(void *data),
                   void *data);
void foretold_finish(struct foretold *);
/* FORETOLD_MS later, so that the first picture comes first and several changes are one
 * question; nothing while the project cannot be planned. */
enum { FORETOLD_MS = 60 };
void foretold_ask(struct foretold *, struct loop *);
/* A line of the worker; of another question than the last it is passed over. */
void foretold_line(struct foretold *, const struct value *line);

/* What is foretold of an instruction of this recipe, also of one that only reads like the
 * one it was foretold of; NULL: nothing. */
const struct forecast_step *foretold_find(const struct foretold *, const struct recipe *,
                                          size_t instruction);
/* The instruction of the step in the project's plan, or -1. */
int foretold_instruction(const struct foretold *, int step);
/* "5 hit 5 rebuild ~2m05s-2m40s", in brief "5= 5x ~2m05s-2m40s"; "" while nothing is known. */
void foretold_write_sum(const struct foretold *, bool brief, struct buf *out);

#endif
