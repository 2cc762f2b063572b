#ifndef CORE_ENGINE_BUILDAH_H
#define CORE_ENGINE_BUILDAH_H

#include "core/engine/work.h"

/* buildah (1.24 and later), which needs no server; shared by the files of that engine. */
struct buildah_work;
struct buildah_run;
struct buildah_push;

struct buildah_engine {
	struct engine base;
	struct arena *arena;
	const char *scratch, *build_id;
	struct engine_facts facts;
	struct error why;               /* when it cannot be used */
	engine_ready_fn *ready;
	void *data;
	uint64_t timer;
	struct buildah_work *works;
	struct buildah_run *runs;
	struct buildah_push *pushes;
	unsigned nworks;
};

struct work *buildah_image(struct engine *, const struct image_task *, const struct engine_sink *);
void buildah_cancel(struct work *);
/* Without a word, when the engine is freed: ends what runs. */
void buildah_work_drop(struct buildah_work *);

/* version: buildah's own.  False: ERROR_REFUSED says which of the task's options it lacks,
 * ERROR_USAGE which is wrong. */
bool buildah_can(const struct image_task *, const char *version, struct error *);
/* Nothing comes from the cache: what a last step that does has made would be missing in the
 * files that are written (1.28.2). */
bool buildah_runs_all(const struct image_task *);
/* The command for a task, NULL-terminated, in the arena.  It names secrets and where they
 * are, and has none.  An image without a name has its id written to iidfile, since buildah
 * then tells it where it can be taken for output.  The task's own contexts lie in FOLDER-0,
 * FOLDER-1 and so on. */
const char *const *buildah_command(struct arena *, const struct image_task *, const char *build_id,
                                   const char *dockerfile, const char *iidfile,
                                   const char *folder);
/* --isolation and --network as a build has them: words of a command, in the arena. */
const char *const *buildah_isolation(struct arena *, struct str network);
/* Interactive runs alone (buildah run, which has our terminal); ERROR_REFUSED else. */
struct work *buildah_run(struct engine *, const struct run_task *, const struct engine_sink *,
                         struct error *);
void buildah_run_drop(struct buildah_run *);
struct work *buildah_push(struct engine *, const struct push_task *, const struct engine_sink *);
void buildah_push_drop(struct buildah_push *);
/* The command's environment over ours: dir for its temporary files, and what is to be read
 * in nobody's arguments.  The same. */
const char *const *buildah_environment(struct arena *, const struct image_task *,
                                       const char *temporary);

#endif
