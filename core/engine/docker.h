#ifndef CORE_ENGINE_DOCKER_H
#define CORE_ENGINE_DOCKER_H

#include "core/engine/buildkit.h"
#include "core/engine/endpoint.h"
#include "core/engine/work.h"
#include "core/ext/http.h"

/* dockerd, and podman's service that speaks the same, over the Engine API
 * (docs.docker.com/reference/api/engine); shared by the files of that engine. */
struct docker_work;
struct docker_run;
struct docker_push;
struct docker_untag;

struct docker {
	struct engine base;
	struct arena *arena;            /* every text of this engine */
	struct http *http;
	struct endpoint *endpoint;
	struct http_address at;         /* the endpoint's, as its name is */
	const char *address, *build_id;
	enum docker_builder builder;    /* asked for; after the probe: what is there */
	bool has_places;                /* podman's own places are tried, `place` now */
	unsigned place;
	struct engine_facts facts;
	struct buf answer;              /* of the probe */
	struct http_transfer *asking;
	struct control *trying;         /* whether it speaks gRPC at once */
	bool is_modern, prefers_buildkit;       /* as its API's version and its ping say */
	struct buildkit_site site;
	bool has_sessions;              /* builds go over one, by the site */
	engine_ready_fn *ready;
	void *data;
	struct docker_work *works;
	struct docker_run *runs;
	struct docker_push *pushes;
	struct docker_untag *untag;
	unsigned nworks;
};

struct work *docker_image(struct engine *, const struct image_task *, const struct engine_sink *);
void docker_cancel(struct work *);
/* Without a word, when the engine is freed. */
void docker_work_drop(struct docker_work *);
struct work *docker_run(struct engine *, const struct run_task *, const struct engine_sink *,
                        struct error *);
void docker_run_drop(struct docker_run *);
struct work *docker_push(struct engine *, const struct push_task *, const struct engine_sink *);
void docker_push_drop(struct docker_push *);
void docker_untag(struct engine *, const char *name, engine_untagged_fn *, void *data);
/* NULL is fine. */
void docker_untag_drop(struct docker_untag *);

#endif
