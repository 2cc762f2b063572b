#ifndef CORE_ENGINE_BUILDAH_FOLDER_H
#define CORE_ENGINE_BUILDAH_FOLDER_H

#include "core/context/context.h"

/* A build context as a real folder, since buildah takes nothing else without reading
 * a tar whole: private (0700), filled piece by piece so that the loop goes on. */
struct buildah_folder;

/* dir must not be there; its parent must.  Borrows the context. */
struct buildah_folder *buildah_folder_new(const char *dir, const struct context *,
                                          struct error *err);
/* Removes the folder. */
void buildah_folder_free(struct buildah_folder *);
OWN_DEFINE(buildah_folder)

/* Writes some megabytes more.  DATA: there is more to do. */
enum pull buildah_folder_step(struct buildah_folder *, struct error *err);

#endif
