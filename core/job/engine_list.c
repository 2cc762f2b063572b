#include "core/job/engine_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/job/running.h"
#include "core/job/worker.h"
#include "core/journal/build.h"
#include "core/os/save.h"

struct engine_asked {
	struct engine_list *list;
	struct worker *worker;          /* NULL: has ended */
	struct engine_row *row;
};

struct engine_list {
	struct arena *arena;
	struct loop *loop;
	struct engine_row *rows;
	struct engine_asked *asked;
	size_t n, waiting;
	size_t all;                     /* rows beyond n: what only pools name */
	uint64_t timer;
	int64_t limit_ms;
	const char **busy;              /* addresses of the engines of builds that run */
	size_t nbusy;
	engine_list_fn *changed;
	void *data;
};

static const char *list_text(struct arena *a, const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	return v && value_type(v) == VALUE_STRING ? arena_text(a, value_text(v)) : "";
}

static bool list_number(const struct value *object, const char *key, uint64_t *ret_number)
{
	unsigned long long n = 0;
	const struct value *v = value_get(object, str_of(key));
	bool told = v && str_number(value_text(v), 1ull << 62, &n);
	*ret_number = n;
	return told;
}

static void list_take_facts(struct engine_list *l, struct engine_row *row,
                            const struct value *facts)
{
	row->answer = ENGINE_ANSWERS;
	row->builder = list_text(l->arena, facts, "builder");
	row->product = list_text(l->arena, facts, "product");
	row->version = list_text(l->arena, facts, "version");
	row->address = list_text(l->arena, facts, "address");
	for (size_t i = 0; i < l->nbusy; i++)
		row->builds += strcmp(l->busy[i], row->address) == 0;
}

static void list_take_info(struct engine_list *l, struct engine_row *row,
                           const struct value *info)
{
	row->host = list_text(l->arena, info, "host");
	row->has_used = list_number(info, "used", &row->used);
	row->has_space = list_number(info, "free", &row->free) &&
	                 list_number(info, "total", &row->total);
}

/* ---- pools ---- */

static struct engine_row *list_find(const struct engine_list *l, const char *name)
{
	for (size_t i = 0; i < l->all; i++)
		if (!l->rows[i].pool && strcmp(l->rows[i].name, name) == 0)
			return &l->rows[i];
	return NULL;
}

/* By what is known of its engines now. */
static void list_update_pool(struct engine_list *l, struct engine_row *row)
{
	size_t answers = 0, silent = 0;
	row->builds = 0;
	for (size_t i = 0; i < row->pool->n; i++) {
		const struct engine_row *member = list_find(l, row->pool->engines[i]);
		answers += member->answer == ENGINE_ANSWERS;
		silent += member->answer == ENGINE_SILENT;
		row->builds += member->builds;
	}
	row->answer = answers ? ENGINE_ANSWERS : silent == row->pool->n ? ENGINE_SILENT : ENGINE_ASKED;
	row->product = arena_printf(l->arena, "%zu of %zu engines", answers, row->pool->n);
	error_set(&row->err, ERROR_UNREACHABLE, "none of its engines answers");
}

static void list_changed(struct engine_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->rows[i].pool)
			list_update_pool(l, &l->rows[i]);
	l->changed(l->data);
}

/* ---- answers ---- */

/* Its worker is gone. */
static void list_ended(struct engine_asked *it)
{
	struct engine_list *l = it->list;
	worker_free(it->worker);
	it->worker = NULL;
	if (it->row->answer == ENGINE_ASKED) {
		it->row->answer = ENGINE_SILENT;
		if (!it->row->err.code)
			error_set(&it->row->err, ERROR_SYSTEM, "a worker of ours has died");
	}
	if (--l->waiting)
		return;
	loop_untimer(l->loop, l->timer);
	l->timer = 0;
}

static void list_line(void *data, const struct value *line, bool ended_well)
{
	struct engine_asked *it = data;
	struct engine_list *l = it->list;
	(void)ended_well;
	if (!line) {
		list_ended(it);
	} else {
		const struct value *facts = value_get(line, STR("facts"));
		const struct value *info = value_get(line, STR("info"));
		if (facts)
			list_take_facts(l, it->row, facts);
		if (info)
			list_take_info(l, it->row, info);
		worker_error(line, &it->row->err);
	}
	list_changed(l);
}

static void list_late(struct loop *loop, void *data)
{
	struct engine_list *l = data;
	(void)loop;
	l->timer = 0;
	for (size_t i = 0; i < l->all; i++) {
		struct engine_asked *it = &l->asked[i];
		if (!it->worker)
			continue;
		if (it->row->answer == ENGINE_ASKED && !it->row->err.code)
			error_set(&it->row->err, ERROR_UNREACHABLE, "does not answer (waited %.1f s)",
			          (double)l->limit_ms / 1000);
		list_ended(it);
	}
	list_changed(l);
}

/* Where the builds that run are; whatever cannot be read counts nowhere. */
static void list_look_for_builds(struct engine_list *l)
{
	struct error ignored;
	size_t n = 0;
	const char *const *ids = running_list(l->arena, NULL, &n, &ignored);
	l->busy = arena_array(l->arena, n + 1, sizeof *l->busy);
	for (size_t i = 0; ids && i < n; i++) {
		const char *dir = save_state_path(arena_printf(l->arena, "builds/%s", ids[i]));
		owned(build) struct build *b = dir ? build_read(dir, &ignored) : NULL;
		if (b && b->address.n)
			l->busy[l->nbusy++] = arena_text(l->arena, b->address);
	}
}

static void list_start(struct engine_list *l, struct engine_asked *it, struct value *named)
{
	struct value *argument = value_new_object(l->arena);
	value_set(l->arena, argument, "spec", value_new_string(l->arena, str_of(it->row->name)));
	value_set(l->arena, argument, "engines", named);
	it->worker = worker_start(l->loop, "probe", argument, list_line, it, &it->row->err);
	if (it->worker)
		l->waiting++;
	else
		it->row->answer = ENGINE_SILENT;
}

static struct engine_row list_row(const char *name)
{
	return (struct engine_row){ .name = name, .builder = "", .product = "", .version = "",
	                            .address = "", .host = "" };
}

/* A row for each, and hidden ones for what they name that is none. */
static void list_add_pools(struct engine_list *l, const struct engine_list_request *r)
{
	for (size_t i = 0; i < r->npools; i++) {
		struct engine_row *row = &l->rows[l->n++];
		*row = list_row(r->pools[i].name);
		row->is_configured = true;
		row->pool = &r->pools[i];
		row->address = "";
		for (size_t k = 0; k < r->pools[i].n; k++)
			row->address = arena_printf(l->arena, "%s%s%s", row->address, k ? ", " : "",
			                            r->pools[i].engines[k]);
	}
	l->all = l->n;
	for (size_t i = 0; i < r->npools; i++)
		for (size_t k = 0; k < r->pools[i].n; k++)
			if (!list_find(l, r->pools[i].engines[k]))
				l->rows[l->all++] = list_row(r->pools[i].engines[k]);
}

static size_t list_most(const struct engine_list_request *r, size_t built_in)
{
	size_t most = built_in + r->nnamed + r->npools;
	for (size_t i = 0; i < r->npools; i++)
		most += r->pools[i].n;
	return most;
}

struct engine_list *engine_list_ask(struct loop *loop, const struct engine_list_request *r,
                                    engine_list_fn *changed, void *data)
{
	static const char *const built_in[] = { "auto", "buildkit", "classic", "podman", "buildah" };
	enum { BUILT_IN = sizeof built_in / sizeof *built_in };
	struct engine_list *l = xcalloc(1, sizeof *l);
	*l = (struct engine_list){ .arena = arena_new(), .loop = loop, .changed = changed,
	                           .data = data, .limit_ms = r->limit_ms };
	l->rows = arena_array(l->arena, list_most(r, BUILT_IN), sizeof *l->rows);
	l->asked = arena_array(l->arena, list_most(r, BUILT_IN), sizeof *l->asked);
	struct value *named = worker_engines_value(l->arena, r->named, r->nnamed);
	list_look_for_builds(l);
	l->timer = loop_timer(loop, r->limit_ms, list_late, l);
	for (; l->n < BUILT_IN + r->nnamed; l->n++) {
		bool is_configured = l->n >= BUILT_IN;
		l->rows[l->n] = list_row(is_configured ? arena_text(l->arena,
		                                                    r->named[l->n - BUILT_IN].name)
		                                       : built_in[l->n]);
		l->rows[l->n].is_configured = is_configured;
	}
	list_add_pools(l, r);
	for (size_t i = 0; i < l->all; i++) {
		l->asked[i] = (struct engine_asked){ .list = l, .row = &l->rows[i] };
		if (!l->rows[i].pool)
			list_start(l, &l->asked[i], named);
	}
	return l;
}

void engine_list_free(struct engine_list *l)
{
	if (!l)
		return;
	loop_untimer(l->loop, l->timer);
	for (size_t i = 0; i < l->all; i++)
		worker_free(l->asked[i].worker);
	arena_free(l->arena);
	free(l);
}

const struct engine_row *engine_list_rows(const struct engine_list *l, size_t *ret_n)
{
	*ret_n = l->n;
	return l->rows;
}

bool engine_list_is_waiting(const struct engine_list *l)
{
	return l->waiting > 0;
}

static void list_set_text(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text[0])
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

static void list_set_number(struct arena *a, struct value *o, const char *key, uint64_t n)
{
	value_set(a, o, key, value_new_integer(a, (int64_t)n));
}

struct value *engine_list_value(struct arena *a, const struct engine_list *l)
{
	struct value *all = value_new_array(a);
	for (size_t i = 0; i < l->n; i++) {
		const struct engine_row *row = &l->rows[i];
		struct value *o = value_new_object(a);
		list_set_text(a, o, "name", row->name);
		if (row->pool)
			value_set(a, o, "pool", value_new_bool(a, true));
		value_set(a, o, "answers", value_new_bool(a, row->answer == ENGINE_ANSWERS));
		list_set_text(a, o, "builder", row->builder);
		list_set_text(a, o, "product", row->product);
		list_set_text(a, o, "version", row->version);
		list_set_text(a, o, "address", row->address);
		list_set_text(a, o, "host", row->host);
		if (row->has_space) {
			list_set_number(a, o, "free", row->free);
			list_set_number(a, o, "total", row->total);
		}
		if (row->has_used)
			list_set_number(a, o, "used", row->used);
		if (row->answer == ENGINE_ANSWERS)
			list_set_number(a, o, "builds", row->builds);
		else
			list_set_text(a, o, "error", row->err.text);
		value_append(all, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return all;
}
