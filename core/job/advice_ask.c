#include "core/job/advice_ask.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/request.h"
#include "core/job/worker.h"

struct advice_asking {
	struct worker *worker;
	struct arena *arena;
	struct advice *list;
	size_t n;
	bool is_told;
	struct error why;
	advice_told_fn *told;
	void *data;
};

void advice_asking_free(struct advice_asking *q)
{
	if (!q)
		return;
	worker_free(q->worker);
	free(q);
}

static bool ask_take(struct advice_asking *q, const struct value *v, struct advice *ret)
{
	const struct value *text = value_get(v, STR("text")), *at = value_get(v, STR("instruction"));
	const struct value *builds = value_get(v, STR("builds")), *s = value_get(v, STR("seconds"));
	unsigned long long instruction, n;
	if (!text || !at || !builds || !s ||
	    !str_number(value_text(at), 0x7fffffff, &instruction) ||
	    !str_number(value_text(builds), (size_t)-1, &n))
		return false;
	*ret = (struct advice){ (int)instruction, arena_str(q->arena, value_text(text)),
	                        strtod(arena_text(q->arena, value_text(s)), NULL), (size_t)n };
	return true;
}

static void ask_keep(struct advice_asking *q, const struct value *all)
{
	q->list = arena_array(q->arena, value_count(all), sizeof *q->list);
	for (const struct value *v = value_child(all); v; v = value_next(v))
		q->n += ask_take(q, v, &q->list[q->n]);
	q->is_told = true;
}

static void ask_line(void *data, const struct value *line, bool ended_well)
{
	struct advice_asking *q = data;
	const struct value *all = line ? value_get(line, STR("advice")) : NULL;
	if (line && !worker_error(line, &q->why) && all)
		ask_keep(q, all);
	if (line)
		return;
	if (!q->is_told && !q->why.code)
		error_set(&q->why, ERROR_SYSTEM, "the worker that looks for advice has %s",
		          ended_well ? "told none" : "died");
	q->told(q->data, q->is_told ? q->list : NULL, q->n, q->is_told ? NULL : &q->why);
}

struct advice_asking *advice_ask(struct loop *loop, struct arena *a, const struct request *r,
                                 advice_told_fn *told, void *data, struct error *err)
{
	owned(advice_asking) struct advice_asking *q = xcalloc(1, sizeof *q);
	owned(arena) struct arena *scratch = arena_new();
	struct value *argument = value_new_object(scratch);
	*q = (struct advice_asking){ .arena = a, .told = told, .data = data };
	value_set(scratch, argument, "request", request_value(scratch, r));
	q->worker = worker_start(loop, "advice", argument, ask_line, q, err);
	return q->worker ? take(q) : NULL;
}

struct advice_waiting {
	struct loop *loop;
	const struct advice **list;
	size_t *n;
	struct error *err;
	bool ok;
};

static void ask_waited(void *data, const struct advice *list, size_t n, const struct error *why)
{
	struct advice_waiting *w = data;
	w->ok = !why;
	*w->list = list;
	*w->n = n;
	if (why)
		*w->err = *why;
	loop_stop(w->loop);
}

bool advice_wait(struct arena *a, const struct request *r, const struct recipe *recipe,
                 const struct advice **ret_advice, size_t *ret_n, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct advice_waiting w = { loop, ret_advice, ret_n, err, false };
	owned(advice_asking) struct advice_asking *q = advice_ask(loop, a, r, ask_waited, &w, err);
	if (!q || !loop_run(loop, err) || !w.ok)
		return false;
	/* The file may have been saved in between. */
	for (size_t i = 0; i < *ret_n; i++)
		if ((*ret_advice)[i].instruction < 0 ||
		    (size_t)(*ret_advice)[i].instruction >= recipe->ninstructions)
			*ret_n = 0;
	return true;
}

void advice_wait_report(struct arena *a, const struct request *r, const struct recipe *recipe,
                        struct problems *problems)
{
	const struct advice *list;
	struct error ignored;
	size_t n;
	if (advice_wait(a, r, recipe, &list, &n, &ignored))
		advice_report(recipe, list, n, problems);
}
