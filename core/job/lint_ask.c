#include "core/job/lint_ask.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/worker.h"

struct lint_asking {
	struct worker *worker;
	bool is_told;
	struct error why;
	lint_told_fn *told;
	void *data;
};

void lint_asking_free(struct lint_asking *q)
{
	if (!q)
		return;
	worker_free(q->worker);
	free(q);
}

bool lint_asking_is_told(const struct lint_asking *q)
{
	return q->is_told;
}

static void ask_line(void *data, const struct value *line, bool ended_well)
{
	struct lint_asking *q = data;
	const struct value *findings = line ? value_get(line, STR("findings")) : NULL;
	if (q->is_told)
		return;
	if (line && (worker_error(line, &q->why) || !findings))
		return;
	if (!line && !q->why.code)
		error_set(&q->why, ERROR_SYSTEM, "the worker that looks at the build context has %s",
		          ended_well ? "told nothing" : "died");
	q->is_told = true;
	q->told(q->data, findings, findings ? NULL : &q->why);
}

struct lint_asking *lint_ask(struct loop *loop, const struct request *r, lint_told_fn *told,
                             void *data, struct error *err)
{
	owned(lint_asking) struct lint_asking *q = xcalloc(1, sizeof *q);
	owned(arena) struct arena *scratch = arena_new();
	struct value *argument = value_new_object(scratch);
	*q = (struct lint_asking){ .told = told, .data = data };
	value_set(scratch, argument, "request", request_value(scratch, r));
	q->worker = worker_start(loop, "lint", argument, ask_line, q, err);
	return q->worker ? take(q) : NULL;
}
