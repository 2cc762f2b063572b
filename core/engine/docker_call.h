#ifndef CORE_ENGINE_DOCKER_CALL_H
#define CORE_ENGINE_DOCKER_CALL_H

#include "core/engine/docker.h"

/* One question to dockerd with a short answer, kept whole.  {0} is one at rest; asked
 * again and again, then finished.
 *
 * told: status 0 and err: there is no answer.  The answer is lent for the call. */
typedef void docker_told_fn(void *data, int status, struct str answer, const struct error *err);
struct docker_call {
	struct http_transfer *transfer; /* NULL: at rest */
	struct buf answer, body;
	bool sent;
	docker_told_fn *told;
	void *data;
};

/* An answer of more is ERROR_LIMIT. */
enum { DOCKER_CALL_MAX = 8 << 20 };

/* path begins behind the version, as "/containers/json".  A body that is in c->body is
 * sent as JSON and empty afterwards.  timeout_ms 0: as long as it takes. */
void docker_call(struct docker *, struct docker_call *, const char *method, const char *path,
                 int64_t timeout_ms, docker_told_fn *, void *data);
/* No answer is told any more. */
void docker_call_cancel(struct docker_call *);
void docker_call_finish(struct docker_call *);

#endif
