#ifndef CORE_HISTORY_FORECAST_H
#define CORE_HISTORY_FORECAST_H

#include "core/base/error.h"
#include "core/value/value.h"

/* What an engine's cache will serve of a build, said before it.  The file
 * `forecast.json` in a build's folder is the forecast as it stood when the build began;
 * `mortar plan --json` and `mortar worker forecast` say the same JSON. */
enum verdict { VERDICT_HIT, VERDICT_MISS, VERDICT_UNKNOWN };

enum miss {
	MISS_NONE,
	MISS_TEXT,              /* the instruction is another one */
	MISS_ARG,               /* an ARG or a variable that it sees */
	MISS_CONTEXT,           /* files that it copies from the context */
	MISS_FROM,              /* what it copies from a stage */
	MISS_MOUNT,             /* what it mounts */
	MISS_PARENT,            /* a step above it is run anew */
	MISS_BASE,              /* the base image is another one */
	MISS_LEVEL,             /* the cache level says so */
	MISS_PRUNED,            /* the engine has forgotten it */
	MISS_NEVER,             /* that engine has never built it */
};

enum forecast_change { FILE_ADDED, FILE_REMOVED, FILE_CHANGED, FILE_MODE };

struct forecast_file {
	enum forecast_change change;
	struct str path;                /* in the context */
};

enum { FORECAST_FILES_MAX = 20 };

/* A step that makes a layer; others (ENV, LABEL …) have no entry. */
struct forecast_step {
	int step;                       /* index into build.start's steps */
	enum verdict verdict;
	enum miss why;                  /* MISS_NONE unless it is a miss */
	struct str sentence;            /* one line for a person; escape it before a terminal sees it */
	const struct forecast_file *files;      /* the first FORECAST_FILES_MAX */
	size_t nfiles, files_count;     /* and how many there are */
	struct str cause;               /* the setting behind it: "pesto/a.json:3 /a/b"; n 0: none */
	int parent;                     /* MISS_PARENT, MISS_FROM: the step it follows from; else -1 */
	double p25, p50, p90;           /* seconds if it is run anew, by former builds; -1 unknown */
};

struct forecast {
	const struct forecast_step *steps;      /* ascending by step */
	size_t nsteps;
	size_t hits, misses, unknowns;
	double p25, p50, p90;           /* seconds of the build; -1 unknown */
	const int *path;                /* the critical path: steps, first to last */
	size_t npath;
	struct str against;             /* id of the build it was compared with; n 0: there is none */
	struct str engine;              /* "buildkit"; n 0: none is known */
	bool is_guess;                  /* the engine was asked and has not answered */
	struct str picked, picked_why;  /* of a pool: the engine that it is for, and why that one */
	struct str note;                /* what it could not take into account; n 0: nothing */
};

/* "hit", "miss", "unknown"; "text", "arg" … */
const char *forecast_verdict_name(enum verdict);
const char *forecast_miss_name(enum miss);

/* The entry of a step, or NULL. */
const struct forecast_step *forecast_find(const struct forecast *, int step);

/* The JSON (docs/formats.md, "forecast"), in the arena; and back: false for what is none.
 * The texts of what was read borrow the value. */
struct value *forecast_value(struct arena *, const struct forecast *);
bool forecast_read(struct arena *, const struct value *, struct forecast *ret_forecast);
/* forecast.json of a build's folder; ERROR_MISSING when there is none. */
bool forecast_read_file(struct arena *, const char *build_dir, struct forecast *ret_forecast,
                        struct error *);

#endif
