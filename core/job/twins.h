#ifndef CORE_JOB_TWINS_H
#define CORE_JOB_TWINS_H

#include "core/job/record.h"

/* Builds of the same image at the same time: the tag goes to the one that finishes
 * last, and each of them says so. */
struct twins;

/* Looks for builds of the image that run now, and warns.  image NULL: none. */
struct twins *twins_new(struct record *, const char *id, const char *image);
void twins_free(struct twins *);
OWN_DEFINE(twins)
/* Before build.done: who has the tag, or may get it, among those found at the start
 * and those begun since. */
void twins_end(struct twins *, struct record *, bool ok);

#endif
