#ifndef CORE_CONTEXT_TAR_H
#define CORE_CONTEXT_TAR_H

#include "core/context/context.h"

/* A tar over the entries of a scanned context, in constant memory: GNU format
 * with ustar headers where a name fits, uid and gid 0, no names, same input same
 * bytes.  first: extra entries sent before (the Dockerfile that is no file of
 * the context and the .dockerignore that lists it); the first header must be
 * short and plain, or dockerd takes the tar for a Dockerfile (moby
 * pkg/archive DetectCompression).  An entry of the context with the path of a
 * first one is left out. */
struct tar;

/* Borrows all until freed. */
struct tar *tar_new(const struct context *, const struct entry *first, size_t nfirst);
void tar_free(struct tar *);
OWN_DEFINE(tar)
/* *ret_bytes is lent until the next pull. */
enum pull tar_pull(struct tar *, struct str *ret_bytes, struct error *);

#endif
