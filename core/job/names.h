#ifndef CORE_JOB_NAMES_H
#define CORE_JOB_NAMES_H

#include "core/plan/plan.h"

/* Names of images whose tag has PUSH_GIT in it: filled in when git has told. */
bool names_need_git(const struct plan *);
/* described: as `git describe` has it, whose characters that no tag may have become '-'.
 * ERROR_PROJECT for a tag that would be none. */
bool names_fill(struct plan *, struct str described, struct error *);

#endif
