#include "tui/foretold.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/forecast_times.h"
#include "core/job/steps.h"
#include "core/job/worker.h"
#include "core/value/json.h"

void foretold_init(struct foretold *f, const struct project *project,
                   void (*changed)(void *data), void *data)
{
	*f = (struct foretold){ .project = project, .changed = changed, .data = data };
}

static void foretold_clear(struct foretold *f)
{
	map_finish(&f->steps);
	arena_free(f->arena);
	f->arena = NULL;
	f->forecast = (struct forecast){ 0 };
}

void foretold_finish(struct foretold *f)
{
	if (f->timer)
		loop_untimer(f->loop, f->timer);
	f->timer = 0;
	worker_free(f->worker);
	f->worker = NULL;
	foretold_clear(f);
}

/* ---- the answer ---- */

static size_t foretold_task(const struct plan *plan)
{
	const struct image_task *image = plan_image(plan);
	for (size_t i = 0; i < plan->ntasks; i++)
		if (&plan->tasks[i].image == image)
			return i;
	return STR_NONE;
}

static void foretold_key(struct buf *key, const struct recipe *r, size_t instruction)
{
	const struct instruction *in = &r->instructions[instruction];
	buf_clear(key);
	buf_printf(key, "%d", in->stage);
	buf_append_char(key, '\0');
	buf_append(key, in->text);
}

/* By their texts: the next plan's instructions have other numbers. */
static void foretold_index(struct foretold *f)
{
	const struct plan *plan = f->project->plan;
	size_t task = plan ? foretold_task(plan) : STR_NONE;
	if (task == STR_NONE)
		return;
	owned(steps) struct steps *steps = steps_new(plan);
	const struct recipe *r = steps_recipe(&plan->tasks[task].image);
	owned_buf struct buf key = { 0 };
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct forecast_step *s = forecast_find(&f->forecast,
		                                              steps_of_instruction(steps, task, (int)i));
		foretold_key(&key, r, i);
		if (s)
			map_set(&f->steps, arena_str(f->arena, buf_str(&key)), (void *)(uintptr_t)s);
	}
}

int foretold_instruction(const struct foretold *f, int step)
{
	const struct plan *plan = f->project->plan;
	size_t task = plan ? foretold_task(plan) : STR_NONE;
	if (task == STR_NONE || step < 0)
		return -1;
	owned(steps) struct steps *steps = steps_new(plan);
	const struct recipe *r = steps_recipe(&plan->tasks[task].image);
	for (size_t i = 0; i < r->ninstructions; i++)
		if (steps_of_instruction(steps, task, (int)i) == step)
			return (int)i;
	return -1;
}

/* The line is lent for the call, its texts are kept. */
static void foretold_take(struct foretold *f, const struct value *line)
{
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf text = { 0 };
	const struct value *kept;
	struct forecast forecast;
	struct error broken;
	value_write_json(&text, line, JSON_LINE);
	if (!value_parse_json(arena, arena_str(arena, buf_str(&text)), &kept, &broken) ||
	    !forecast_read(arena, kept, &forecast))
		return;
	foretold_clear(f);
	f->arena = take(arena);
	f->forecast = forecast;
	f->is_stale = false;
	foretold_index(f);
}

void foretold_line(struct foretold *f, const struct value *line)
{
	const struct value *ask = value_get(line, STR("ask"));
	unsigned long long number = 0;
	struct error why;
	if (ask && (!str_number(value_text(ask), f->ask, &number) || number != f->ask))
		return;
	/* The view says itself what is wrong with the project. */
	if (worker_error(line, &why))
		foretold_clear(f);
	else
		foretold_take(f, line);
	f->changed(f->data);
}

static void foretold_told(void *data, const struct value *line, bool ended_well)
{
	struct foretold *f = data;
	(void)ended_well;
	if (line) {
		foretold_line(f, line);
		return;
	}
	worker_free(f->worker);
	f->worker = NULL;
}

/* ---- the question ---- */

static struct value *foretold_argument(const struct foretold *f, struct arena *a)
{
	owned_buf struct buf text = { 0 };
	const struct value *request;
	struct error bug;
	struct value *argument = value_new_object(a);
	struct request asked = project_request(f->project, a, "forecast");
	request_write(&text, &asked);
	CHECK(value_parse_json(a, arena_str(a, buf_str(&text)), &request, &bug));
	value_set(a, argument, "request", value_share(a, request));
	value_set(a, argument, "engine", value_new_bool(a, true));
	value_set(a, argument, "ask", value_new_integer(a, (long long)f->ask));
	return argument;
}

static void foretold_now(struct loop *loop, void *data)
{
	struct foretold *f = data;
	owned(arena) struct arena *a = arena_new();
	struct error ignored;
	f->timer = 0;
	if (!f->project->plan)
		return;
	f->ask++;
	struct value *argument = foretold_argument(f, a);
	if (f->worker)
		worker_tell(f->worker, argument);
	else
		f->worker = worker_start_staying(loop, "forecast", argument, foretold_told, f, &ignored);
}

void foretold_ask(struct foretold *f, struct loop *loop)
{
	f->is_stale = true;
	f->loop = loop;
	if (!f->timer && f->project->plan)
		f->timer = loop_timer(loop, FORETOLD_MS, foretold_now, f);
}

/* ---- asking ---- */

const struct forecast_step *foretold_find(const struct foretold *f, const struct recipe *r,
                                          size_t instruction)
{
	owned_buf struct buf key = { 0 };
	foretold_key(&key, r, instruction);
	return map_get(&f->steps, buf_str(&key));
}

void foretold_write_sum(const struct foretold *f, bool brief, struct buf *out)
{
	owned_buf struct buf range = { 0 };
	const struct forecast *c = &f->forecast;
	if (!f->arena || !c->nsteps)
		return;
	buf_printf(out, brief ? "%zu= %zux" : "%zu hit %zu rebuild", c->hits, c->misses);
	if (c->unknowns)
		buf_printf(out, brief ? " %zu?" : " %zu unknown", c->unknowns);
	forecast_append_range(&range, c);
	if (range.n)
		buf_printf(out, " ~%.*s", STR_ARG(buf_str(&range)));
	if (c->picked.n && !brief)
		buf_printf(out, " on %.*s", STR_ARG(c->picked));
}
