#ifndef CORE_ENGINE_INFO_H
#define CORE_ENGINE_INFO_H

#include "core/engine/engine.h"

/* What an engine tells of itself beyond the facts of a probe: where its images lie,
 * as whom it runs.  For doctor; no build needs it. */
struct engine_info {
	const char *root;               /* the folder of its images, on its machine; "" unknown */
	const char *host;               /* its machine's name; "" unknown */
	bool is_rootless;
	bool is_here;                   /* that folder is on this machine, for us to look at */
	double time;                    /* its clock, seconds since the epoch; 0: not told */
	bool has_used;
	uint64_t used;                  /* bytes of its images and build cache */
	const char *platform;           /* of its machine: "linux/amd64"; "" not told */
	unsigned cpus;                  /* that it may use; 0: not told */
};

/* Called once, from the loop; texts are lent.  NULL with why it does not tell. */
typedef void engine_info_fn(void *data, const struct engine_info *, const struct error *);
struct engine_asking;
/* Asks the engine of these facts, which a probe has given; dockerd and podman by GET /info
 * (and /system/df where its disk is another machine's), buildah by `buildah info`. */
struct engine_asking *engine_info_ask(struct loop *, const struct engine_facts *,
                                      engine_info_fn *, void *data);
/* Right after engine_info_ask: never the bytes, for which some engines look at all they have. */
void engine_info_without_usage(struct engine_asking *);
/* Ends it, with or without an answer. */
void engine_asking_free(struct engine_asking *);
OWN_DEFINE(engine_asking)

/* ---- the answers, for tests ---- */
bool engine_info_read_docker(struct arena *, struct str json, struct engine_info *ret_info,
                             struct error *);
bool engine_info_read_usage(struct str json, uint64_t *ret_used, struct error *);
bool engine_info_read_buildah(struct arena *, struct str json, struct engine_info *ret_info,
                              struct error *);

#endif
