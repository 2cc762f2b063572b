#ifndef CORE_JOB_BATCH_INSIDE_H
#define CORE_JOB_BATCH_INSIDE_H

#include "core/job/batch.h"
#include "core/job/matrix.h"
#include "core/job/pool.h"
#include "core/job/record.h"
#include "core/journal/build.h"

/* The batch's state, for batch*.c alone. */
enum batch_state { BATCH_WAITS, BATCH_RUNS, BATCH_ENDED };

struct batch_build {
	struct batch *batch;
	size_t row;                     /* of the matrix; also its step and its combo */
	enum batch_state state;
	size_t engine;                  /* of the pool; STR_NONE: not told yet, or there is none */
	const char *id, *dir;           /* once it has begun */
	struct journal *journal;        /* while it runs */
	struct build *build;
	struct cursor cursor;
	double started;
	bool ok;
	int code;                       /* its exit code */
};

/* An engine of the pool that the batch is on. */
struct batch_engine {
	struct pool_engine is;
	size_t others;                  /* builds there that are not of this batch */
	bool *former;                   /* of each row: it was built there before */
};

struct batch {
	struct arena *arena;
	struct loop *loop;
	const struct request *request;  /* borrowed, as is dir */
	const char *dir;
	struct mask *mask;
	struct journal_writer *writer;
	struct record *record;

	struct files *disk, *files;
	const struct kind *kind;
	struct target target;
	struct matrix *matrix;
	struct batch_build *builds;     /* one a combo, as given */
	size_t *order;                  /* of builds, once all are planned */
	size_t n, running;
	struct pool_asking *asking;     /* builds wait for what it tells */
	struct batch_engine *engines;   /* once told */
	size_t nengines;
	uint64_t turn;                  /* timer: something may be planned or started */
	double started;
	bool cancelled, ended;
	int exit;
};

/* ---- batch_announce.c ---- */
void batch_announce_start(struct batch *);
/* fault: ours, which ended it; or NULL. */
void batch_announce_end(struct batch *, const struct error *fault);

/* ---- batch_build.c ---- */
/* Starts its job, on a pool for the engine that was picked (build->engine).  What keeps it
 * from starting is its end, told like one. */
void batch_build_start(struct batch_build *);
/* Asks its job to stop; for one that waits or has ended nothing is done. */
void batch_build_cancel(struct batch_build *);
void batch_build_finish(struct batch_build *);
/* Instructions at the beginning that are done. */
size_t batch_build_done(const struct batch_build *);

/* ---- batch_pool.c ---- */
/* Asks the pool's engines, where there is a pool. */
void batch_pool_ask(struct batch *);
/* The engine for that build; POOL_NONE: whoever makes it may look for one himself. */
enum pool_answer batch_pool_pick(struct batch *, size_t build, size_t *ret_engine);
/* Its journal may have told of another engine: tells of it, and keeps others from the one
 * that is lost. */
void batch_pool_follow(struct batch_build *);

/* ---- batch.c ---- */
/* A build has got on or ended: others may start. */
void batch_go_on(struct batch *);

#endif
