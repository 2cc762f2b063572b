#ifndef TESTS_CORE_HISTORY_HISTORY_CASE_H
#define TESTS_CORE_HISTORY_HISTORY_CASE_H

#include "core/base/buf.h"
#include "tests/core/os/scratch.h"

/* Builds as the job leaves them: times.json alone. */

struct case_step {
	const char *stage, *name;
	double seconds;
	bool cached, failed;
};

struct case_build {
	const char *id, *engine, *address, *project, *level;
	bool failed;
	double seconds, path;
	const struct case_step *steps;
	size_t nsteps;
};

static inline void case_history(struct scratch *s)
{
	setenv("XDG_STATE_HOME", scratch_path(s, "state"), 1);
	scratch_mkdir(s, "state");
	scratch_mkdir(s, "state/mortar");
	scratch_mkdir(s, "state/mortar/builds");
}

static inline void case_build(struct scratch *s, const struct case_build *b)
{
	owned_buf struct buf text = { 0 };
	scratch_mkdir(s, arena_printf(s->arena, "state/mortar/builds/%s", b->id));
	buf_printf(&text, "{\"format\":1,\"root\":\"/p\",\"project\":\"%s\",\"engine\":\"%s\","
	           "\"engine_address\":\"%s\",\"level\":\"%s\",\"ok\":%s,\"started\":1.000,"
	           "\"seconds\":%.3f,\"path\":%.3f,\"steps\":[", b->project ? b->project : "p",
	           b->engine ? b->engine : "buildkit", b->address ? b->address : "unix:///e",
	           b->level ? b->level : "none", b->failed ? "false" : "true", b->seconds, b->path);
	for (size_t i = 0; i < b->nsteps; i++)
		buf_printf(&text, "%s{\"step\":%zu,\"stage\":\"%s\",\"name\":\"%s\",\"cached\":%s,"
		           "\"ok\":%s,\"seconds\":%.3f,\"lines\":3}", i ? "," : "", i,
		           b->steps[i].stage, b->steps[i].name, b->steps[i].cached ? "true" : "false",
		           b->steps[i].failed ? "false" : "true", b->steps[i].seconds);
	buf_append_text(&text, "]}\n");
	scratch_write(s, arena_printf(s->arena, "state/mortar/builds/%s/times.json", b->id),
	              buf_text(&text));
}

/* A build of one step "RUN x" that took so long, itself a second longer. */
static inline void case_run(struct scratch *s, const char *id, double seconds)
{
	const struct case_step step = { "", "RUN x", seconds, false, false };
	case_build(s, &(struct case_build){ .id = id, .seconds = seconds + 1, .path = seconds,
	                                    .steps = &step, .nsteps = 1 });
}

#endif
