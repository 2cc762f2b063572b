#ifndef CORE_ENGINE_SOLVE_PLAN_H
#define CORE_ENGINE_SOLVE_PLAN_H

#include "core/plan/plan.h"

/* What a SolveRequest says of an image task: its exporter, its caches and the attributes of
 * the frontend dockerfile.v0.  Pure: the words of the task's options (option.def) become
 * BuildKit's, and what this daemon lacks is refused, since BuildKit passes over attributes
 * that it does not know. */
struct session_export;

enum solve_daemon {
	SOLVE_DOCKERD,                  /* its BuildKit: moby's exporters, images in its store */
	SOLVE_BUILDKITD,                /* exporters of its own, no image store for others */
};

struct solve_facts {
	enum solve_daemon daemon;
	const char *version;            /* as the daemon tells it: "20.10.24", "v0.24.0"; NULL: it
	                                 * tells none, and is taken for the oldest */
	bool has_containerd_store;      /* of dockerd: its images lie in containerd's store */
	const char *build_id;           /* fresh values for cache levels */
	const char *agent;              /* $SSH_AUTH_SOCK, or NULL */
};

/* A cache to import from or export to, as CacheOptions has it. */
struct solve_cache {
	const char *type;               /* "registry", "inline", "local", … */
	const struct pair *attrs;
	size_t nattrs;
};

/* All in the arena it was made in or the task's; no list is NULL when its count is not 0. */
struct solve_plan {
	const char *exporter;           /* "moby", "image", "tar", …; "": nothing comes out */
	const struct pair *exporter_attrs;
	size_t nexporter_attrs;
	const struct pair *attrs;       /* of the frontend; `filename` is the caller's, who knows
	                                 * under which name the Dockerfile travels */
	size_t nattrs;
	const struct solve_cache *imports, *exports;
	size_t nimports, nexports;
	const char *const *entitlements;        /* NULL-terminated */
	/* Files and folders here that the daemon sends, and of local caches; paths absolute. */
	const struct session_export *outputs;
	size_t noutputs;
	const struct pair *ssh;         /* id → path of the agent's socket */
	size_t nssh;
	/* An image comes out that can be run where it was built (its id is told); false: the
	 * result is a file, a folder, an image in a registry or nothing. */
	bool has_image;
};

/* False: ERROR_REFUSED says what this daemon lacks and what has it, ERROR_USAGE what is
 * wrong with an option's text.  Contexts of the task that lie here (image_task.contexts)
 * are named `local:NAME` in the attributes: the session offers them as the folder NAME. */
bool solve_plan_make(struct arena *, const struct image_task *, const struct solve_facts *,
                     struct solve_plan *ret_plan, struct error *);

#endif
