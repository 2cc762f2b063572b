#ifndef CORE_ENGINE_GRPC_STATUS_H
#define CORE_ENGINE_GRPC_STATUS_H

#include "core/engine/grpc.h"

/* Private: how a call ended, as headers say it and as we say it. */

/* The status that is among the headers, if one is; texts are in the arena. */
bool grpc_status_find(struct arena *, const struct pair *headers, size_t n,
                      struct grpc_status *ret_status);
/* That of an answer that is no gRPC, by its HTTP status. */
void grpc_status_of_http(struct arena *, unsigned http, struct grpc_status *ret_status);
/* Appends a message as grpc-message has it: what is not plain ASCII as %XX. */
void grpc_status_append_escaped(struct buf *, struct str message);

#endif
