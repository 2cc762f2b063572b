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

static void early_start(struct loop *loop, void *data)
{
	struct early *e = data;
	owned(arena) struct arena *arena = arena_new();
	struct value *argument = value_new_object(arena);
	struct error ignored;
	e->timer = 0;
	if (early_is_there(e->dir))
		return;
	value_set(arena, argument, "dir", value_new_string(arena, str_of(e->dir)));
	value_set(arena, argument, "common_name", value_new_string(arena, str_of(e->common_name)));
	value_set(arena, argument, "early", value_new_bool(arena, true));
	e->worker = worker_start(loop, "certificate", argument, early_line, e, &ignored);
}

void early_begin(struct early *e, struct loop *loop, const struct plan *plan)
{
	for (size_t i = 0; plan && i < plan->ntasks; i++) {
		const struct task *t = &plan->tasks[i];
		const char *dir = t->kind == TASK_STAGE ? intern(str_of(t->stage.dir)) : NULL;
		if (!dir || e->worker || e->timer || dir == e->dir)
			continue;
		e->loop = loop;
		e->dir = dir;
		e->common_name = intern(str_of(t->stage.common_name));
		e->timer = loop_timer(loop, EARLY_MS, early_start, e);
	}
}

void early_finish(struct early *e)
{
	if (e->timer)
		loop_untimer(e->loop, e->timer);
	worker_leave(e->worker);
	e->timer = 0;
	e->worker = NULL;
}
