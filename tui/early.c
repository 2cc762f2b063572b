#include "tui/early.h"

#include <unistd.h>

#include "core/base/intern.h"

static void early_line(void *data, const struct value *line, bool ended_well)
{
	struct early *e = data;
	(void)ended_well;
	if (line)
		return;
	worker_free(e->worker);
	e->worker = NULL;
}

/* One that has run out is the build's to see. */
static bool early_is_there(const char *dir)
{
	owned(arena) struct arena *arena = arena_new();
	return access(arena_printf(arena, "%s/cert.pem", dir), F_OK) == 0;
}

static void early_start(struct early *e, struct loop *loop, const struct stage_task *stage)
{
	owned(arena) struct arena *arena = arena_new();
	struct value *argument = value_new_object(arena);
	struct error ignored;
	value_set(arena, argument, "dir", value_new_string(arena, str_of(stage->dir)));
	value_set(arena, argument, "common_name", value_new_string(arena, str_of(stage->common_name)));
	value_set(arena, argument, "early", value_new_bool(arena, true));
	e->worker = worker_start(loop, "certificate", argument, early_line, e, &ignored);
}

void early_begin(struct early *e, struct loop *loop, const struct plan *plan)
{
	for (size_t i = 0; plan && i < plan->ntasks; i++) {
		const struct task *t = &plan->tasks[i];
		const char *dir = t->kind == TASK_STAGE ? intern(str_of(t->stage.dir)) : NULL;
		if (!dir || e->worker || dir == e->dir)
			continue;
		e->dir = dir;
		if (!early_is_there(dir))
			early_start(e, loop, &t->stage);
	}
}

void early_finish(struct early *e)
{
	worker_leave(e->worker);
	e->worker = NULL;
}
