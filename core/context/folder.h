#ifndef CORE_CONTEXT_FOLDER_H
#define CORE_CONTEXT_FOLDER_H

#include "core/context/context.h"

/* A build context as a real folder, for who wants to see it and for buildah, which
 * takes nothing else without reading a tar whole: private (0700), filled piece by
 * piece so that the loop goes on. */
struct context_folder;

/* dir must not be there; its parent must.  Borrows the context. */
struct context_folder *context_folder_new(const char *dir, const struct context *,
                                          struct error *err);
/* Removes the folder unless it is to stay. */
void context_folder_free(struct context_folder *);
OWN_DEFINE(context_folder)

/* Writes some megabytes more.  DATA: there is more to do. */
enum pull context_folder_step(struct context_folder *, struct error *err);
/* From now on it stays; called when a step has said DONE. */
void context_folder_keep(struct context_folder *);

#endif
