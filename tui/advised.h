#ifndef TUI_ADVISED_H
#define TUI_ADVISED_H

#include "core/job/job.h"
#include "tui/dockerfile.h"
#include "tui/project.h"

/* What a worker has to say at lines of the Dockerfile that nobody may wait for: which order
 * would have saved how much, by the builds that are kept (verb "advice"), and what only a
 * look at the context finds (verb "lint").  Asked when the Dockerfile has another text than
 * the last time; until the answer comes there is none. */
struct advised {
	struct loop *loop;
	struct worker *advice, *lint;   /* NULL: none works */
	uint64_t timer;                 /* until they are asked; 0: not to be */
	const struct project *project;  /* borrowed */
	struct buf text;                /* of the Dockerfile that was asked about */
	struct arena *arena;            /* of the items; NULL: there is none */
	struct dockerfile_advice *items;        /* what is shown: both answers */
	size_t n, cap;
	void (*changed)(void *data);
	void *data;
};

void advised_init(struct advised *, const struct project *, void (*changed)(void *data),
                  void *data);
void advised_finish(struct advised *);
/* ADVISED_MS later; again: also about a text that was asked about already, since there may be
 * another build.  Nothing while the project cannot be planned. */
enum { ADVISED_MS = 400 };
void advised_ask(struct advised *, struct loop *, bool again);
/* A line of either worker. */
void advised_line(struct advised *, const struct value *line);

#endif
