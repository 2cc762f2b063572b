#include "core/job/images.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/worker.h"

struct images_asking {
	struct worker *worker;
	struct arena *arena;
	struct images_found found;
	struct error why;
	images_fn *done;
	void *data;
};

void images_asking_free(struct images_asking *q)
{
	if (!q)
		return;
	worker_free(q->worker);
	free(q);
}

static const char *images_text(struct arena *a, const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	return v && value_type(v) == VALUE_STRING ? arena_text(a, value_text(v)) : "";
}

static unsigned long long images_number(const struct value *object, const char *key)
{
	unsigned long long n;
	const struct value *v = value_get(object, str_of(key));
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}

static void images_take_engine(struct images_asking *q, const struct value *engine)
{
	static const char *const keys[] = { "name", "product", "version", "address" };
	struct value *copy = value_new_object(q->arena);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		value_set(q->arena, copy, keys[i],
		          value_new_string(q->arena, str_of(images_text(q->arena, engine, keys[i]))));
	q->found.engine = copy;
}

static void images_take(struct images_asking *q, const struct value *list)
{
	struct arena *a = q->arena;
	struct image_found *items = arena_array(a, value_count(list) + 1, sizeof *items);
	for (const struct value *v = value_child(list); v; v = value_next(v))
		items[q->found.n++] = (struct image_found){
			.name = images_text(a, v, "name"), .tag = images_text(a, v, "tag"),
			.id = images_text(a, v, "id"), .size = images_number(v, "size"),
			.created = (double)images_number(v, "created"),
		};
	q->found.items = items;
}

static void images_line(void *data, const struct value *line, bool ended_well)
{
	struct images_asking *q = data;
	const struct value *engine = line ? value_get(line, STR("engine")) : NULL;
	const struct value *list = line ? value_get(line, STR("images")) : NULL;
	if (engine)
		images_take_engine(q, engine);
	if (list)
		images_take(q, list);
	if (line) {
		worker_error(line, &q->why);
		return;
	}
	if (!ended_well && !q->why.code)
		error_set(&q->why, ERROR_SYSTEM, "the worker that asks the engine has died");
	q->found.why = q->why.code ? &q->why : NULL;
	q->done(q->data, &q->found);
}

struct images_asking *images_ask(struct loop *loop, struct arena *a,
                                 const struct images_request *r, images_fn *done, void *data,
                                 struct error *err)
{
	owned(images_asking) struct images_asking *q = xcalloc(1, sizeof *q);
	struct value *argument = value_new_object(a), *pool = value_new_array(a);
	*q = (struct images_asking){ .arena = a, .done = done, .data = data };
	for (size_t i = 0; i < r->npool; i++)
		value_append(pool, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(r->pool[i])));
	value_set(a, argument, "pool", pool);
	value_set(a, argument, "spec", value_new_string(a, str_of(r->engine)));
	value_set(a, argument, "engines", worker_engines_value(a, r->named, r->nnamed));
	value_set(a, argument, "repository", value_new_string(a, str_of(r->repository)));
	q->worker = worker_start(loop, "images", argument, images_line, q, err);
	return q->worker ? take(q) : NULL;
}
