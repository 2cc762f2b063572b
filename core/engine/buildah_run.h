#ifndef CORE_ENGINE_BUILDAH_RUN_H
#define CORE_ENGINE_BUILDAH_RUN_H

#include "core/engine/buildah.h"
#include "core/os/spawn.h"
#include "core/os/tty.h"

/* A working container; shared by buildah_run.c and buildah_run_quiet.c. */
struct buildah_run {
	struct work base;
	struct buildah_run *next, **link;
	struct run_task task;
	struct arena *arena;
	const char *name;               /* of the working container; NULL: there is none */
	struct child child;             /* `buildah run` */
	struct tty *tty;                /* as it was before; NULL: none */
	uint64_t timer;
	bool running, cancelled;
	int status;                     /* as it ended, while its pipes are read */
	struct run_report report;
	struct error err;
};

/* A command that ends at once, and what it says on stdout. */
bool buildah_ask(struct arena *, const char *const *argv, struct str *ret_said, struct error *);
/* `buildah run … `, with room for so many words more. */
const char **buildah_run_command(struct buildah_run *, size_t more, size_t *ret_n, struct error *);
enum { BUILDAH_RUN_WORDS = 36 };
void buildah_run_phase(struct buildah_run *, enum run_phase);
/* Tells the end; r is gone afterwards. */
void buildah_run_finish(struct buildah_run *);

/* One without a person: its input is empty, its output goes to the sink, files are copied. */
bool buildah_quiet_start(struct buildah_run *, struct error *);
void buildah_quiet_drop(struct buildah_run *);

#endif
