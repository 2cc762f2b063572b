#ifndef TESTS_FAKE_FAKE_ENGINE_H
#define TESTS_FAKE_FAKE_ENGINE_H

#include "core/base/buf.h"
#include "core/engine/work.h"

/* An engine that plays a script of lines, one a turn of the loop:
 * "start KEY INSTRUCTION", "done KEY INSTRUCTION SECONDS", "cached KEY INSTRUCTION",
 * "fail KEY INSTRUCTION ERROR", "log KEY STREAM TEXT", "progress KEY ID CURRENT TOTAL",
 * "context KEY" (a step that loads it), "transfer DIR ENTRIES BYTES PATH…", "warn TEXT",
 * "ok IMAGE_ID [DIGEST]", "broken TEXT", "gone TEXT" (it is), "wait" (for a cancel).
 * \n in a text is a newline.  INSTRUCTION -1: "internal KEY".  A push goes on in the script
 * where the work before it has ended: "ok DIGEST", "passing TEXT", "later SECONDS TEXT".  So does
 * a run: "give N NAME TEXT" is a file that copy N out of the container has brought, "exit CODE"
 * its end, which "ok -" follows. */
struct fake_engine {
	struct engine base;
	struct work work;
	const char *const *script;      /* NULL-terminated */
	size_t at;
	struct engine_sink sink;
	uint64_t timer;
	bool deaf;                      /* to cancel */
	bool was_cancelled;
	struct buf pushed;              /* "NAME\n", "NAME of IMAGE\n", "NAME here\n" a push */
	struct run_task ran;            /* the last run, its image in `image` */
	struct buf image;
	void (*on_cancel)(void *data);
	void *data;
};

void fake_engine_init(struct fake_engine *, struct loop *, const char *const *script);

#endif
