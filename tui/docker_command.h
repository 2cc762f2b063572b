#ifndef TUI_DOCKER_COMMAND_H
#define TUI_DOCKER_COMMAND_H

#include "core/base/buf.h"
#include "core/base/error.h"

/* A line for the shell that does what a build did, with the engine's own program: it has
 * mortar write the build context, and takes the Dockerfile that was kept.  Secrets are no
 * part of it.  dir: the build's folder.  False: err says what is not known. */
bool docker_command_append(struct buf *, const char *dir, struct error *);

#endif
