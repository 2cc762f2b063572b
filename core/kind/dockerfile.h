#ifndef CORE_KIND_DOCKERFILE_H
#define CORE_KIND_DOCKERFILE_H

#include "core/kind/kind.h"

/* Any folder with a Dockerfile or Containerfile, and any file named as one
 * (docs/dockerfile.md).  Which of several is built: the option `file` or the file that was
 * named, [image] dockerfile, Dockerfile, Containerfile, the only one there is.  Its
 * configuration is [image] of .mortar.toml with its profiles, and .env (image_settings.h);
 * the build context is the Dockerfile's folder or [image] context, past FILE.dockerignore
 * where that is there, else past the context's .dockerignore (BuildKit's order). */
extern const struct kind kind_dockerfile;

#endif
