#ifndef CORE_ENGINE_USAGE_CALL_H
#define CORE_ENGINE_USAGE_CALL_H

#include "core/engine/usage.h"
#include "core/engine/service.h"
#include "core/value/value.h"

/* Private to usage*.c: questions one after the other, each blocking until its answer is
 * there. */
struct usage_line {
	struct loop *loop;
	struct service service;
	const char *api_version, *shown;
	struct http_transfer *transfer;
	struct buf answer;              /* of the last call */
	int status;
	struct error err;
};

/* False: the engine cannot be asked.  Not for buildah, which has no service, and not for
 * buildkitd, which has no images. */
bool usage_line_open(const struct engine_facts *, struct usage_line *ret_line, struct error *);
void usage_line_close(struct usage_line *);
/* path begins behind the version.  true: there is an answer, whatever its status. */
bool usage_call(struct usage_line *, const char *method, const char *path, int64_t timeout_ms,
                struct error *);
/* The same, and its status is 200. */
bool usage_get(struct usage_line *, const char *path, int64_t timeout_ms, struct error *);

/* An integer of an object, 0 when it has none. */
uint64_t usage_number(const struct value *object, const char *key);
/* An item more; the array is the arena's, `cap` for all. */
struct usage_item *usage_add(struct usage *, enum usage_kind);
/* Index of the item with the id (also without "sha256:"), STR_NONE: there is none. */
size_t usage_find(const struct usage *, enum usage_kind, struct str id);

/* ---- by engine ---- */
bool usage_ask_docker(struct arena *, struct usage_line *, const struct engine_facts *,
                      usage_waiting_fn *, void *data, struct usage *, struct error *);
bool usage_ask_buildah(struct arena *, usage_waiting_fn *, void *data, struct usage *,
                       struct error *);
bool usage_ask_buildkit(struct arena *, const struct engine_facts *, usage_waiting_fn *,
                        void *data, struct usage *, struct error *);
bool usage_remove_docker(struct usage_line *, const struct usage *, const struct usage_choice *,
                         const struct usage_removal *, struct error *);
bool usage_remove_buildah(const struct usage *, const struct usage_choice *,
                          const struct usage_removal *, struct error *);
bool usage_remove_buildkit(const struct engine_facts *, const struct usage *,
                           const struct usage_choice *, const struct usage_removal *,
                           struct error *);

#endif
