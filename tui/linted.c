#include "tui/linted.h"

#include "core/base/map.h"
#include "core/value/json.h"

void linted_init(struct linted *l, struct project *project,
                 void (*changed)(void *data, const struct problems *before), void *data)
{
	*l = (struct linted){ .project = project, .changed = changed, .data = data };
}

static void linted_stop(struct linted *l)
{
	if (l->timer)
		loop_untimer(l->loop, l->timer);
	l->timer = 0;
	lint_asking_free(l->asking);
	l->asking = NULL;
}

static void linted_clear(struct linted *l)
{
	arena_free(l->arena);
	l->arena = NULL;
	l->findings = NULL;
}

void linted_finish(struct linted *l)
{
	linted_stop(l);
	linted_clear(l);
}

static bool linted_can_ask(const struct linted *l)
{
	return l->project->plan && l->project->unlinted;
}

/* Of all that a worker would be given: the files as they were read, and the selection. */
static size_t linted_hash(const struct linted *l)
{
	owned(arena) struct arena *arena = arena_new();
	owned_buf struct buf text = { 0 };
	struct request request = project_request(l->project, arena, "lint");
	request_write(&text, &request);
	return map_hash(buf_str(&text));
}

void linted_reread(struct linted *l)
{
	if (!l->findings)
		return;
	if (linted_can_ask(l) && linted_hash(l) == l->told)
		problems_free(project_lint_told(l->project, l->findings));
	else
		linted_clear(l);
}

/* The line that has them is gone after the call. */
static void linted_keep(struct linted *l, const struct value *findings)
{
	owned_buf struct buf text = { 0 };
	struct error bug;
	linted_clear(l);
	l->arena = arena_new();
	value_write_json(&text, findings, JSON_LINE);
	if (!value_parse_json(l->arena, arena_str(l->arena, buf_str(&text)), &l->findings, &bug))
		linted_clear(l);
	l->told = l->asked;
}

/* A fault says nothing: what was found without the context holds. */
static void linted_told(void *data, const struct value *findings, const struct error *why)
{
	struct linted *l = data;
	(void)why;
	if (!findings || !linted_can_ask(l) || linted_hash(l) != l->asked)
		return;
	linted_keep(l, findings);
	if (!l->findings)
		return;
	owned(problems) struct problems *before = project_lint_told(l->project, l->findings);
	l->changed(l->data, before);
}

static void linted_now(struct loop *loop, void *data)
{
	struct linted *l = data;
	struct error ignored;
	l->timer = 0;
	linted_stop(l);
	if (!linted_can_ask(l))
		return;
	owned(arena) struct arena *brief = arena_new();
	struct request request = project_request(l->project, brief, "lint");
	l->asked = linted_hash(l);
	l->asking = lint_ask(loop, &request, linted_told, l, &ignored);
}

void linted_ask(struct linted *l, struct loop *loop)
{
	if (!linted_can_ask(l)) {
		linted_stop(l);
		return;
	}
	l->loop = loop;
	if (!l->timer)
		l->timer = loop_timer(loop, LINTED_MS, linted_now, l);
}
