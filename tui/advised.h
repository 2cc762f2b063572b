#ifndef TUI_ADVISED_H
#define TUI_ADVISED_H

#include "core/job/advice_ask.h"
#include "tui/dockerfile.h"
#include "tui/project.h"

/* Which order of the Dockerfile's instructions would have saved how much, by the builds that
 * are kept, from a worker.  Asked when the Dockerfile has another text than the last time;
 * until the answer is there, and where it is a fault, there is none. */
struct advised {
	struct loop *loop;
	struct advice_asking *asking;   /* NULL: nobody is asked */
	uint64_t timer;                 /* until somebody is; 0: not to be */
	const struct project *project;  /* borrowed */
	size_t text;                    /* hash of the Dockerfile that was asked about; 0: none */
	struct arena *arena;            /* of the items and the question; NULL: neither is there */
	struct dockerfile_advice *items;
	size_t n;
	void (*changed)(void *data);
	void *data;
};

void advised_init(struct advised *, const struct project *, void (*changed)(void *data),
                  void *data);
void advised_finish(struct advised *);
/* ADVISED_MS later; again: also about a text that was asked about already, since there may be
 * one more build.  Nothing while the project cannot be planned. */
enum { ADVISED_MS = 400 };
void advised_ask(struct advised *, struct loop *, bool again);

#endif
