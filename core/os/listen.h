#ifndef CORE_OS_LISTEN_H
#define CORE_OS_LISTEN_H

#include "core/base/error.h"
#include "core/base/own.h"
#include "core/os/loop.h"

/* A unix socket that listens, for this user alone. */
struct listener;

/* The fd is non-blocking, close-on-exec and the callee's.  Freeing is allowed inside. */
typedef void listener_fn(void *data, int fd);

/* path: nothing is there yet; its folder is one that others cannot enter. */
struct listener *listener_new(struct loop *, const char *path, listener_fn *, void *data,
                              struct error *);
/* Removes the socket.  NULL is fine. */
void listener_free(struct listener *);
OWN_DEFINE(listener)
/* A connection to such a socket, non-blocking, close-on-exec and the caller's; -1: nothing
 * listens there. */
int listener_connect(const char *path);

#endif
