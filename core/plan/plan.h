#ifndef CORE_PLAN_PLAN_H
#define CORE_PLAN_PLAN_H

#include "core/config/settings.h"
#include "core/context/context.h"
#include "core/plan/run.h"
#include "core/recipe/recipe.h"

/* What is to be done, as data: tasks in an order in which they may run; after[]
 * names earlier tasks only, so there is no cycle.  Kinds make plans, the job
 * runs them, history forecasts them. */

/* A cache level as a kind offers it. */
struct level {
	const char *name;               /* "C1" */
	const char *alias;              /* "CACHE_UP_TO_PESTO", or NULL */
	const char *text;               /* a sentence for menus */
};

/* What a level becomes.  args: build-args to pass; a value with p NULL stands for
 * the build's id, which is new every time.  recipe: NULL, or the one to send
 * instead, when the level needs an instruction of ours. */
struct level_effect {
	const char *name;
	bool no_cache;
	const char *const *no_cache_stages;     /* NULL-terminated, or NULL */
	const struct pair *args;
	size_t nargs;
	const struct recipe *recipe;
	int first_forced;               /* first instruction certainly run anew; -1 none */
};

/* How a secret gets to where it is used.  All but the first leave it in the image, so
 * engines refuse them unless the option allow-secret-in-layer is on. */
enum secret_way {
	SECRET_MOUNTED,                 /* --mount=type=secret; in no layer */
	SECRET_COPIED,                  /* the file is a file of the context */
	SECRET_ARGUMENT,                /* a build argument named as env */
};

struct secret {
	const char *id;                 /* as --mount=type=secret,id= names it */
	const char *file;               /* read by the job alone, or NULL: env */
	const char *env;                /* a variable of the job's environment */
	enum secret_way way;
};

enum task_kind {
	TASK_FETCH, TASK_STAGE, TASK_IMAGE, TASK_RUN, TASK_STOP, TASK_COPY_IN, TASK_COPY_OUT,
	TASK_GATE, TASK_PUSH, TASK_WRITE, TASK_HAND_OVER,
};

/* Brings url (file://, http://, https://, ftp://, gs://) to file; unpack: also
 * its archive into that folder, made anew when the bytes have changed. */
struct fetch_task {
	const char *url;                /* file:// already absolute */
	const char *file;
	const char *unpack;             /* folder, or NULL */
	const char *sha256;             /* what the file must have, lower case; or NULL */
	const struct value *cause;
};

/* Prepares something of ours: a self-signed certificate cert.pem, key.pem in
 * dir, made only when there is none that is still valid. */
struct stage_task {
	const char *dir;
	const char *common_name;
};

/* A context besides the main one, which the Dockerfile names: COPY --from=NAME, FROM NAME. */
struct named_context {
	const char *name;
	struct context *context;        /* owned by the plan; scanned when the task starts */
};

struct image_task {
	const struct recipe *recipe;
	struct context *context;        /* owned by the plan; scanned when the task starts */
	/* What the context's ignore file leaves out, kept by the plan; NULL: there is no such
	 * file, or the context is made, not a folder. */
	const struct ignore *ignore;
	const struct named_context *contexts;
	size_t ncontexts;
	struct level_effect level;
	const char *const *tags;        /* name:tag, first is the image's name; NULL-terminated */
	/* build-arg:N, label:K, network, platform, target, pull, allow-secret-in-layer; proxy: an
	 * address, or "" for the one that MORTAR_PROXY holds, since it has credentials; shm-size,
	 * cgroup-parent, push, provenance, sbom, build-context:N; what may come again: add-host,
	 * ulimit, cache-from, cache-to, output, ssh and no-cache-filter, a stage, which the level
	 * has too (spec.h has what stands in them). */
	const struct pair *options;
	size_t noptions;
	const struct secret *secrets;
	size_t nsecrets;
};

/* Gives an image of the plan a name and sends it to that name's registry. */
struct push_task {
	unsigned task;                  /* the image task's index */
	const char *name;               /* NAME:TAG; PUSH_CONTENT in it: see there */
	bool is_local;                  /* named only, and sent nowhere */
	/* For engines, filled in by who runs the plan: the id of an image that has not got the
	 * name yet; NULL: it has. */
	const char *image;
};
/* What stands in a name's tag for something that is not known before: by the first digits of
 * the image's id, so that only the same content has the same tag; by `git describe --always
 * --dirty`. */
#define PUSH_CONTENT "{content}"
#define PUSH_GIT "{git}"
enum { PUSH_CONTENT_DIGITS = 12 };

struct task {
	enum task_kind kind;
	const char *name, *phase;       /* phase may be NULL */
	const unsigned *after;
	size_t nafter;
	bool always;                    /* also after a failure or a cancel */
	const struct value *const *causes;
	size_t ncauses;
	union {
		struct fetch_task fetch;
		struct stage_task stage;
		struct image_task image;
		struct run_task run;
		struct push_task push;
	};
};

/* Owns its arena and contexts; borrows the settings it was made from. */
struct plan {
	struct arena *arena;
	const char *kind, *project, *root, *image;      /* image: the final name, or NULL */
	struct task *tasks;
	size_t ntasks, cap;
	struct recipe *recipe;          /* of the main image task; owned */
	struct ignore **ignores;        /* owned: what its contexts borrow */
	size_t nignores;
};

struct plan *plan_new(void);
void plan_free(struct plan *);
OWN_DEFINE(plan)
/* Appends a copy of the head and returns its index.  The plan takes the contexts
 * of an image task. */
unsigned plan_add(struct plan *, const struct task *);
/* Takes it (NULL is fine) and lends it back for as long as the plan lives. */
const struct ignore *plan_keep_ignore(struct plan *, struct ignore *);
/* The image task whose image is the plan's result, or NULL. */
const struct image_task *plan_image(const struct plan *);

/* "C1" or its long name, case as written; NULL when the table (ended by a NULL
 * name) has none. */
const struct level *level_find(const struct level *levels, const char *name);

#endif
