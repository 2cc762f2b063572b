#ifndef TESTS_FAKE_FAKE_ENGINE_H
#define TESTS_FAKE_FAKE_ENGINE_H

#include "core/engine/work.h"

/* An engine that plays a script of lines, one a turn of the loop:
 * "start KEY INSTRUCTION", "done KEY INSTRUCTION SECONDS", "cached KEY INSTRUCTION",
 * "fail KEY INSTRUCTION ERROR", "log KEY STREAM TEXT", "progress KEY ID CURRENT TOTAL",
 * "context KEY" (a step that loads it), "transfer DIR ENTRIES BYTES PATH…", "warn TEXT",
 * "ok IMAGE_ID", "broken TEXT", "wait" (for a cancel).  \n in a text is a newline.
 * INSTRUCTION -1: "internal KEY". */
struct fake_engine {
	struct engine base;
	struct work work;
	const char *const *script;      /* NULL-terminated */
	size_t at;
	struct engine_sink sink;
	uint64_t timer;
	bool deaf;                      /* to cancel */
	bool was_cancelled;
	void (*on_cancel)(void *data);
	void *data;
};

void fake_engine_init(struct fake_engine *, struct loop *, const char *const *script);

#endif
