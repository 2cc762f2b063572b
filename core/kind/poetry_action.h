#ifndef CORE_KIND_POETRY_ACTION_H
#define CORE_KIND_POETRY_ACTION_H

#include "core/kind/kind.h"

/* Poetry's own work (add, update, lock, build a wheel …) in a container of the stage that has
 * Poetry: of what comes before the manifests are copied there, so that a lock that is stale or
 * not there is no hindrance to making it anew; what needs the environment gets the whole
 * stage. */
extern const struct kind_action poetry_actions[];

/* Whether the selection asks for one: then nothing that is wrong with the lock is an error. */
bool poetry_action_is_asked(const struct selection *);
/* Completes the plan, which has kind, project and root, with the action that the selection
 * names: the image that it runs in, made from `image` as it would be built (recipe, which is the
 * plan's own, context, contexts, options, secrets; the plan takes them), and the run.  Of a
 * derived recipe the part before the manifests is enough where the rest cannot be derived.
 * paths: what Poetry must have beside the manifests to resolve (path dependencies), below the
 * root, NULL-terminated, or NULL.  false: problems says why (no such action, words missing, no
 * stage has Poetry); the image's contexts are the plan's then too. */
bool poetry_action_add(struct plan *plan, const struct selection *, const struct image_task *image,
                       const char *const *paths, struct problems *);

#endif
