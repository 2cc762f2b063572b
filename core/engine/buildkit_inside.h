#ifndef CORE_ENGINE_BUILDKIT_INSIDE_H
#define CORE_ENGINE_BUILDKIT_INSIDE_H

#include "core/engine/blame.h"
#include "core/engine/buildkit.h"
#include "core/engine/decoder.h"
#include "core/engine/session.h"

/* What the files of a build by BuildKit share: buildkit.c from its start to its end,
 * buildkit_rejoin.c after the line broke. */

struct buildkit_rejoin;

struct buildkit_work {
	struct work base;
	struct buildkit_site *site;
	struct buildkit_work *next, **link;
	const struct image_task *task;
	const struct recipe *recipe;
	struct arena *arena;
	struct solve_plan plan;
	struct session *session;
	struct control *control;
	struct control_call *tunnel, *solve, *status;   /* NULL: over */
	struct decoder *decoder;
	struct engine_sink proxy;       /* between decoder and caller */
	struct buf ref;
	struct buf current;             /* the step that runs, for messages */
	struct error err;               /* a fault of ours: the build's error */
	/* How Solve ended. */
	bool solved, ok;
	struct error fault;             /* of the connection, or a refusal */
	struct buf image_id, digest;
	bool has_progress;              /* the build exists: Status told something */
	bool was_told;                  /* the daemon's word of failure: */
	struct buf message;
	struct blame blame;
	bool cancelled;
	unsigned nstatuses;             /* times that Status was asked */
	uint64_t timer;
	struct buildkit_rejoin *rejoin; /* NULL: the line is whole */
};

/* How the daemon says that the build ended. */
void buildkit_answered(struct buildkit_work *, const struct pair *answer, size_t n);
void buildkit_refused(struct buildkit_work *, struct str message, struct str details);
void buildkit_progress(struct buildkit_work *, const struct pb_trace *);
/* Tells the end; w is gone afterwards. */
void buildkit_finish(struct buildkit_work *);
void buildkit_finish_in(struct buildkit_work *, int64_t ms);
void buildkit_warn(struct buildkit_work *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "while it was at STEP", or "before it began"; in the arena. */
const char *buildkit_place(struct buildkit_work *);

/* The line broke by err, and the daemon may have gone on: asks it, takes what it has to say
 * and finishes the work. */
void buildkit_rejoin(struct buildkit_work *, const struct error *err);
/* It is cancelled meanwhile. */
void buildkit_rejoin_cancel(struct buildkit_work *);
/* NULL is fine. */
void buildkit_rejoin_free(struct buildkit_rejoin *);

#endif
