#ifndef CORE_JOURNAL_BUILD_H
#define CORE_JOURNAL_BUILD_H

#include "core/base/map.h"
#include "core/journal/journal.h"

/* What a build's events say so far: the one fold of a journal that every front
 * end shares.  A pure function of the events. */

enum step_state { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_CACHED, STEP_FAILED, STEP_CANCELLED,
                  STEP_SKIPPED };

/* What a step loads or sends: a layer, an archive, a file. */
struct step_part {
	struct str id;
	uint64_t current, total;        /* bytes, of a batch steps; total 0: not known */
	/* Where the rate is counted from, moved on every STEP_PART_SPAN seconds. */
	double since, t;                /* epoch; t: last heard of */
	uint64_t from;
	double rate;                    /* bytes a second until since; 0: none yet */
};
/* Of a step that has more, one that is done makes room, else the first. */
enum { STEP_PARTS_MAX = 64, STEP_PART_SPAN = 10 };

struct step {
	struct str name, stage, error;
	struct str origin;              /* "file:line" of its first cause; n 0: none */
	struct str forecast;            /* "hit", "miss", "unknown" */
	struct str task;                /* "fetch", "certificate" …; n 0: of the image */
	struct str build, image, image_id;      /* of a batch's step: its build, once begun */
	struct str engine;              /* the same: what the pool calls its engine; n 0: no pool */
	int group;                      /* -1: none */
	unsigned line;                  /* in the Dockerfile; 0: none */
	bool meta;                      /* makes no layer: neither hit nor miss */
	bool internal;                  /* the engine's own work, or a task of ours */
	struct str layer;               /* the image it made, where its engine keeps one; n 0: none */
	enum step_state state;
	double started;                 /* of the running interval, epoch; 0: never */
	double seconds;                 /* of the intervals that have ended */
	uint64_t current, total;        /* of the part last heard of */
	struct step_part *parts;        /* while it runs, in the order they were first heard of */
	size_t nparts;
	size_t warnings;
};

/* What an engine asked for of a folder of the build: the files that it did not have just so
 * from before.  The engine may ask for several times for one. */
struct build_transfer {
	struct str dir;                 /* "context", "dockerfile", a named context */
	size_t entries, count;          /* offered, with folders; asked for */
	uint64_t bytes;
	const struct str *files;        /* the first nfiles of count */
	size_t nfiles;
};

/* A name under which the image was sent to a registry. */
struct build_push {
	struct str ref, digest;
};

struct build {
	struct arena *arena;
	struct str id, project, kind, level, engine, image, image_id, error, root, argument;
	struct str address;             /* of the engine; n 0: unknown */
	struct str engine_version;      /* "dockerd 20.10.24"; n 0: unknown */
	struct str pool, member;        /* the pool asked for, its name for the engine; n 0: none */
	struct str lost;                /* why the engine before that one was left; n 0: none was */
	double since;                   /* when it went to the engine that it is on; epoch */
	size_t nbuilds;                 /* of a batch, whose steps they are; else 0 */
	struct str title;               /* the image, or "4 builds", or "action add requests" */
	const struct str *profiles;
	size_t nprofiles;
	const struct str *groups;       /* names of step groups */
	size_t ngroups;
	const struct build_push *pushes;
	size_t npushes;
	struct step *steps;
	size_t nsteps;
	struct str *warnings;
	size_t nwarnings;
	struct build_transfer *transfers;
	size_t ntransfers;
	struct str *artifacts;          /* paths of what was written */
	size_t nartifacts;
	double started, ended;          /* epoch; ended 0: not yet */
	bool done, ok, cancelled, cancel_requested;
	bool engine_busy;               /* cancel was requested, and the engine goes on */
	struct str cancel_note;         /* the last warning since then; n 0: none */
	int exit_code;                  /* of build.done: DESIGN's exit codes */
	struct cursor cursor;
	/* build.c's own */
	size_t steps_cap, warnings_cap, transfers_cap, artifacts_cap;
	struct map texts;               /* progress ids, each kept once */
};

struct build *build_new(void);
void build_free(struct build *);
OWN_DEFINE(build)
/* Takes in all new events of the journal; true when there were any. */
bool build_update(struct build *, struct journal *);
/* What the journal holds now; never NULL. */
struct build *build_from(struct journal *);
/* The same for who needs no more of the journal in this folder; NULL: it cannot be read. */
struct build *build_read(const char *dir, struct error *);
/* One event (tests, watch). */
void build_apply(struct build *, const struct event *);
/* Seconds of a step at `now`, running interval included. */
double step_seconds(const struct step *, double now);
/* All parts of a step together; a total is 0 while that of one is not known. */
struct step_part step_progress(const struct step *);
/* Bytes a second of a part; 0: nobody knows yet. */
double step_part_rate(const struct step_part *);
/* How many steps make layers, and how many of these came from the cache. */
void build_count_cached(const struct build *, size_t *ret_all, size_t *ret_cached);
/* First failed step, or -1. */
int build_failed_step(const struct build *);

#endif
