#ifndef CORE_EXT_PB_CONTROL_H
#define CORE_EXT_PB_CONTROL_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/error.h"

/* The messages of moby.buildkit.v1.Control (control.proto) in our words, but for progress
 * (pb.h) and what sessions travel in (pb_session.h).  What is read lies in the arena; a message
 * with more than PB_SIZE_MAX bytes is ERROR_LIMIT, what is none ERROR_PROTOCOL.  What is written
 * is appended.  Times are nanoseconds since the epoch, 0: absent. */

/* An exporter, a cache's import or export: its type and attributes. */
struct pb_typed {
	struct str type;
	const struct pair *attrs;
	size_t nattrs;
};

struct pb_solve {
	struct str ref, session, frontend;
	const struct pair *attrs;               /* of the frontend */
	size_t nattrs;
	/* A single one goes where BuildKit before 0.13 looks for it, too. */
	const struct pb_typed *exporters;
	size_t nexporters;
	const struct pb_typed *cache_imports, *cache_exports;
	size_t ncache_imports, ncache_exports;
	const char *const *entitlements;        /* NULL-terminated, or NULL */
};

struct pb_version {
	struct str package, version, revision;  /* "github.com/moby/buildkit", "v0.24.0", … */
};

struct pb_platform {
	struct str os, architecture, variant;
};

struct pb_worker {
	struct str id;                          /* "moby" in dockerd */
	const struct pair *labels;
	size_t nlabels;
	const struct pb_platform *platforms;
	size_t nplatforms;
	struct pb_version version;
};

/* A piece of the build cache. */
struct pb_usage {
	struct str id, description;
	struct str type;                        /* "regular", "source.local", "exec.cachemount", … */
	bool is_mutable, in_use, shared;
	int64_t size;                           /* bytes */
	int64_t created, last_used;
	int64_t count;                          /* of its uses */
	const struct str *parents;
	size_t nparents;
};

struct pb_prune {
	/* "id==X", "type==source.local"; NULL-terminated, or NULL */
	const char *const *filters;
	bool all;
	int64_t keep_ns;                        /* what was used in this time stays; 0: no matter */
	int64_t keep_bytes;                     /* this much stays; 0: nothing */
};

struct pb_history_request {
	bool active_only, early_exit;
	struct str ref;                         /* n 0: of every build */
	int limit;                              /* 0: none */
};

enum pb_history_kind { PB_HISTORY_STARTED, PB_HISTORY_COMPLETE, PB_HISTORY_DELETED };

struct pb_history {
	enum pb_history_kind kind;
	struct str ref, frontend;
	const struct pair *attrs;               /* of the frontend */
	size_t nattrs;
	int64_t created, completed;
	int code;                               /* gRPC's; with message "": it went well */
	struct str message;
	struct str details;                     /* for pb_details_parse; n 0: none */
	const struct pair *answer;              /* what Solve answered */
	size_t nanswer;
	int cached_steps, total_steps, completed_steps;
};

/* One of google.rpc.Status' details: BuildKit's are JSON, by a type ending in "+json". */
struct pb_detail {
	struct str type, bytes;
};
struct pb_details {
	int code;
	struct str message;
	const struct pb_detail *all;
	size_t n;
};

void pb_solve_append(struct buf *, const struct pb_solve *);
bool pb_solve_answer_parse(struct arena *, struct str, const struct pair **ret_pairs, size_t *ret_n,
                           struct error *);
void pb_ref_append(struct buf *, struct str ref);               /* StatusRequest */
bool pb_workers_parse(struct arena *, struct str, const struct pb_worker **ret_workers,
                      size_t *ret_n, struct error *);
bool pb_info_parse(struct arena *, struct str, struct pb_version *ret_version, struct error *);
void pb_usage_request_append(struct buf *, const char *const *filters);
bool pb_usages_parse(struct arena *, struct str, const struct pb_usage **ret_usages,
                     size_t *ret_n, struct error *);
bool pb_usage_parse(struct arena *, struct str, struct pb_usage *ret_usage, struct error *);
void pb_prune_append(struct buf *, const struct pb_prune *);
void pb_history_request_append(struct buf *, const struct pb_history_request *);
bool pb_history_parse(struct arena *, struct str, struct pb_history *ret_event, struct error *);
bool pb_details_parse(struct arena *, struct str, struct pb_details *ret_details, struct error *);

#endif
