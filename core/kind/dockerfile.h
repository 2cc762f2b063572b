#ifndef CORE_KIND_DOCKERFILE_H
#define CORE_KIND_DOCKERFILE_H

#include "core/kind/kind.h"

/* Any folder with a Dockerfile or Containerfile, and any file named as one: Dockerfile,
 * Containerfile, NAME.Dockerfile, Dockerfile.NAME.  It has no configuration files; the
 * folder of the Dockerfile is its build context, past FILE.dockerignore where that is
 * there, else past .dockerignore (BuildKit's order). */
extern const struct kind kind_dockerfile;

#endif
