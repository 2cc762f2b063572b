#ifndef CORE_JOB_DISK_INSIDE_H
#define CORE_JOB_DISK_INSIDE_H

#include "core/job/disk.h"
#include "core/job/worker.h"

/* Private to disk*.c. */
struct disk {
	struct loop *loop;
	struct disk_events events;
	struct arena *own;              /* of the request */
	struct arena *arena, *before;   /* of what is listed, and of the listing before */
	bool prunes;
	const char *engine;
	const struct pair *named;
	size_t nnamed;
	struct worker *worker;          /* NULL: none yet, or it has died */
	bool failed;
	struct error err;
	const struct value *told;       /* the engine */
	struct disk_item *items;
	size_t nitems, cap;
};

/* A line of the worker. */
void disk_take(struct disk *, const struct value *line);

#endif
