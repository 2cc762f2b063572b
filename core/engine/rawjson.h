#ifndef CORE_ENGINE_RAWJSON_H
#define CORE_ENGINE_RAWJSON_H

#include "core/ext/pb.h"
#include "core/value/value.h"

/* A line of `docker buildx build --progress=rawjson`: BuildKit's status (buildkit
 * client/graph.go, SolveStatus) as JSON, {"vertexes", "statuses", "logs", "warnings"}. */

bool rawjson_is(const struct value *message);
/* As if it had come as protobuf; in the arena, borrowing the message.  What is missing
 * or of another type is absent; output that is no base64 is ERROR_PROTOCOL. */
bool rawjson_parse(struct arena *, const struct value *message, struct pb_trace *ret_trace,
                   struct error *);

#endif
