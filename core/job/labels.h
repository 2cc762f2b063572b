#ifndef CORE_JOB_LABELS_H
#define CORE_JOB_LABELS_H

#include "core/job/request.h"
#include "core/os/loop.h"
#include "core/plan/plan.h"

/* Labels that tell where an image comes from (image-spec annotations.md), by git's word:
 * org.opencontainers.image.source, the remote's address without credentials; .revision, the
 * commit, with "-dirty" when something in the project's folder is modified or untracked;
 * .created, when that was committed, so that the same tree makes the same image.  Without a
 * repository there are none; a label that was asked for stays as it is.  Names that need git's
 * word (names.h) get it with them. */
struct labels;

/* Called once, from the loop, when the plan's image tasks have them or there will be none;
 * why: a fault that is worth a warning, or NULL; names_need_git then says whether it is worth
 * more. */
typedef void labels_done_fn(void *data, const struct error *why);
/* Asks git in a worker.  NULL: there is nothing to ask, or the option no-git-labels is on and
 * no name needs it;
 * done is not called then.  Borrows the plan until done or labels_free. */
struct labels *labels_ask(struct loop *, struct plan *, const struct selection *,
                          labels_done_fn *, void *data);
void labels_free(struct labels *);
OWN_DEFINE(labels)

/* What done puts into the plan: a line of the worker git as labels. */
void labels_add(struct plan *, const struct value *line);

#endif
