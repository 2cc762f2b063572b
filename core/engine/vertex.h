#ifndef CORE_ENGINE_VERTEX_H
#define CORE_ENGINE_VERTEX_H

#include "core/base/map.h"
#include "core/engine/decoder.h"
#include "core/ext/pb.h"

/* What is known of BuildKit's work while it runs.  A vertex is told again and again
 * as a whole and may run several times; a row is what people see: a vertex, or all
 * of a progress group (COPY --link). */

struct interval {
	int64_t from, to;               /* ns; to 0: still running */
};

/* Where the log of one of a vertex' two streams stands, which the daemon's limits may have
 * clipped. */
struct clip {
	uint64_t n;                     /* bytes told */
	uint64_t again;                 /* of them are still to come again */
	bool clipping;                  /* the last bytes were the daemon's own mark */
	struct buf last;                /* the bytes before it, to find the overlap again */
};

struct row;

struct vertex {
	struct vertex *next;            /* in its row */
	struct row *row;
	struct str digest, name, error;
	struct interval *intervals;     /* sorted by from */
	size_t nintervals, cap;
	struct clip clips[2];
	bool cached, weak;
	bool fetched;                   /* bytes of a base image came from a registry */
};

struct row {
	uint64_t key;
	struct str name;
	int instruction;                /* -1: none */
	struct vertex *first;
	unsigned nmembers;
	bool dirty, told;
	struct step_report last;        /* as told */
};

/* More vertices are ERROR_LIMIT, more intervals are not counted, more members of a
 * group are rows of their own. */
enum { VERTEX_MAX = 100000, VERTEX_INTERVALS = 1000, VERTEX_GROUP = 100 };

struct vertexes {
	struct arena *arena;            /* digests and names */
	const struct recipe *recipe;    /* or NULL */
	struct map by_digest, by_group;
	struct row **rows;
	size_t nrows, cap;
	int *claimed;                   /* by instruction: index of its row + 1 */
	int64_t began;                  /* ns: when this build did; 0: not known.  What was over
	                                 * by then was done for another one and is cached */
};

void vertexes_init(struct vertexes *, const struct recipe *);
void vertexes_finish(struct vertexes *);
/* Takes one message about a vertex in; its row becomes dirty. */
bool vertexes_update(struct vertexes *, const struct pb_vertex *, struct error *);
/* NULL when the digest was never announced. */
struct vertex *vertexes_find(const struct vertexes *, struct str digest);

/* The row as a step; `error` is lent as long as the table. */
struct step_report vertexes_report(const struct vertexes *, const struct row *);

#endif
