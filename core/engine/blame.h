#ifndef CORE_ENGINE_BLAME_H
#define CORE_ENGINE_BLAME_H

#include "core/engine/decoder.h"

/* What BuildKit says of a failure beside its message: the details of a gRPC status, JSON by
 * the types errdefs.Source, errdefs.Vertex and gatewayapi.ExitMessage (buildkit
 * solver/errdefs, 0.9 and later; dockerd 20.10 sends none).  All of it is hostile. */
struct blame {
	struct buf digest;              /* the vertex; empty: not told */
	struct buf file;                /* the Dockerfile's name there */
	unsigned line;                  /* where the failing part begins; 0: not told */
	struct buf text;                /* its lines, without the last one's end */
	int exit_code;                  /* -1: not told */
};

/* details: google.rpc.Status.  What cannot be read is as if it was not told. */
void blame_read(struct blame *ret_blame, struct str details);
void blame_finish(struct blame *);
/* Adds it to what the decoder of the trace knows. */
void blame_tell(const struct blame *, struct decoder *);

/* Of a text of many lines no more than this is kept. */
enum { BLAME_TEXT_MAX = 4096 };

#endif
