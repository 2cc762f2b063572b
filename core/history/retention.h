#ifndef CORE_HISTORY_RETENTION_H
#define CORE_HISTORY_RETENTION_H

#include "core/history/list.h"

/* How long builds are kept: the user's [history] keep_days, keep_builds and keep_size.  A
 * build goes when any of them says so; pinned builds and those that run never go, and count.
 * What was imported ages from its import. */
struct retention {
	double age;                     /* seconds; 0: any */
	size_t builds;                  /* 0: any number */
	uint64_t bytes;                 /* of journals and logs; 0: any */
};

enum retention_why { RETENTION_AGE, RETENTION_BUILDS, RETENTION_BYTES };
/* "older than keep_days", "beyond keep_builds", "beyond keep_size". */
const char *retention_why_text(enum retention_why);

struct retention_item {
	const struct history_item *item;
	enum retention_why why;
};

struct retention_plan {
	const struct retention_item *items;     /* what goes, newest first */
	size_t n;
	uint64_t bytes;                 /* what goes, together */
	size_t kept;
	uint64_t kept_bytes;
};

/* By the user's config.toml; false where that has errors: then nothing may go. */
bool retention_read(struct retention *ret_retention, struct error *);
/* all: newest first, borrowed by the plan.  self: never goes; NULL. */
void retention_decide(struct arena *, const struct retention *, const struct history_list *all,
                      const char *self, double now, struct retention_plan *ret_plan);
/* Reads, decides and removes: at the end of the build of this id.  What fails stays, and is
 * nobody's loss. */
void retention_after(const char *id);

#endif
