#ifndef CORE_JOB_WORKER_FETCH_H
#define CORE_JOB_WORKER_FETCH_H

#include "core/job/kept.h"
#include "core/job/worker.h"

/* What the files of the worker fetch share.  It holds FILE.lock, so that nobody else
 * brings this file meanwhile. */
struct fetch {
	struct arena *arena;
	struct fetch_task task;
	const char *shown;              /* the address for messages */
	char have[SHA256_HEX_SIZE];     /* of the file that is there; "": none */
	char got[SHA256_HEX_SIZE];      /* of the file when all is done */
	struct kept known;              /* of `have` alone: nothing of another file */
};

/* By libcurl, by Google's programs. */
bool fetch_download(struct fetch *, struct error *);
bool fetch_storage(struct fetch *, struct error *);

/* The whole file's digest; false: it cannot be read. */
bool fetch_hash(const char *path, char ret_hex[SHA256_HEX_SIZE], struct error *);
/* A whole file of this digest lies at path: it becomes the file, unless that has these
 * bytes already and so stays as it is.  false: it is not what the project wants, or cannot
 * be put there; path is gone then. */
bool fetch_place(struct fetch *, const char *path, struct error *);

#endif
