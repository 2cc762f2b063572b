#ifndef CORE_ENGINE_SOLVE_PLAN_H
#define CORE_ENGINE_SOLVE_PLAN_H

#include "core/engine/session.h"

/* What a SolveRequest says of an image task: its exporters, its caches and the attributes of
 * the frontend dockerfile.v0.  Pure: the words of the task's options (plan.h, spec.h) become
 * BuildKit's, and what this daemon lacks is refused, since BuildKit passes over attributes
 * that it does not know.
 *
 * What came with which version is from moby/buildkit (frontend/dockerfile/builder/build.go,
 * frontend/dockerui, cmd/buildkitd/main.go at its tags) and moby/moby (vendor.mod and
 * builder/builder-next at v20.10.24 to v28). */

enum solve_daemon {
	SOLVE_DOCKERD,                  /* its BuildKit: moby's exporters, images in its store */
	SOLVE_BUILDKITD,                /* exporters of its own, no image store for others */
};

struct solve_facts {
	enum solve_daemon daemon;
	const char *version;            /* as the daemon tells it: "20.10.24", "v0.24.0"; NULL: it
	                                 * tells none, and is taken for the oldest */
	/* Of dockerd from 24.0, by ListWorkers: the worker has the label
	 * org.mobyproject.buildkit.worker.snapshotter, so its images lie in containerd's store. */
	bool has_containerd_store;
	const char *host_gateway;       /* org.mobyproject.buildkit.worker.moby.host-gateway-ip of
	                                 * the worker, or NULL */
	const char *build_id;           /* fresh values for cache levels */
	const char *agent;              /* $SSH_AUTH_SOCK, or NULL */
};

/* "20.10.24" is BuildKit 0.8: 8; 0 when nothing is known of it. */
unsigned solve_buildkit(const struct solve_facts *);

/* A cache to import from or export to, as CacheOptions has it; an exporter. */
struct solve_part {
	const char *type;               /* "registry", "inline"; "moby", "tar" … */
	const struct pair *attrs;
	size_t nattrs;
};

/* All in the arena it was made in or the task's. */
struct solve_plan {
	const char *exporter;           /* "moby", "image", "tar", …; "": nothing comes out */
	const struct pair *exporter_attrs;
	size_t nexporter_attrs;
	/* All of them where there are several: the request's list (BuildKit 0.13) has them, and
	 * `exporter`, the first one, is not sent.  Else n 0. */
	const struct solve_part *exporters;
	size_t nexporters;
	const struct pair *attrs;       /* of the frontend; `filename` is the caller's, who knows
	                                 * under which name the Dockerfile travels */
	size_t nattrs;
	const struct solve_part *imports, *exports;
	size_t nimports, nexports;
	const char *const *entitlements;        /* NULL-terminated */
	/* One for each exporter in their order, path NULL for one that sends nothing; n 0 where
	 * none does.  Paths are absolute. */
	const struct session_export *outputs;
	size_t noutputs;
	const struct pair *ssh;         /* id → path of the agent's socket */
	size_t nssh;
	/* An image of the daemon's store comes out, whose id is told; false: the result is a file,
	 * a folder, an image in a registry or nothing. */
	bool has_image;
};

/* False: ERROR_REFUSED says what this daemon lacks and what has it, ERROR_USAGE what is
 * wrong with an option's text.  Contexts of the task that lie here (image_task.contexts)
 * are named `local:NAME` in the attributes: the session offers them as the folder NAME. */
bool solve_plan_make(struct arena *, const struct image_task *, const struct solve_facts *,
                     struct solve_plan *ret_plan, struct error *);

#endif
