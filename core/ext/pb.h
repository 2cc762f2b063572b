#ifndef CORE_EXT_PB_H
#define CORE_EXT_PB_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/str.h"

/* Protobuf messages of BuildKit (buildkit.proto) in our words: the door to
 * protobuf-c.  Times are nanoseconds since the epoch, 0: absent. */

struct pb_vertex {
	struct str digest, name, error;
	const struct str *inputs;       /* digests */
	size_t ninputs;
	int64_t started, completed;
	struct str group, group_name;   /* n 0: in no progress group */
	bool group_weak;
	bool cached;
};

struct pb_status {
	struct str id, vertex, name;
	int64_t current, total;
	int64_t timestamp, started, completed;
};

struct pb_log {
	struct str vertex, bytes;
	int64_t timestamp;
	int stream;
};

struct pb_warning {
	struct str vertex, text, url;
	int level;
};

struct pb_trace {
	const struct pb_vertex *vertexes;
	size_t nvertexes;
	const struct pb_status *statuses;
	size_t nstatuses;
	const struct pb_log *logs;
	size_t nlogs;
	const struct pb_warning *warnings;
	size_t nwarnings;
};

/* One StatusResponse.  All of it lies in the arena.  What is no such message is
 * ERROR_PROTOCOL. */
bool pb_trace_parse(struct arena *, struct str bytes, struct pb_trace *ret_trace,
                    struct error *err);

/* A message with more bytes than this is refused (ERROR_LIMIT): the daemon splits at
 * 1 MiB of logs, and small parts grow in memory. */
#define PB_SIZE_MAX ((size_t)8 << 20)

#endif
