#include "core/job/compare_ask.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/list.h"
#include "core/job/worker.h"
#include "core/value/json.h"

struct compare_ask {
	struct worker *worker;
	struct arena *arena;
	const char *member;             /* of the line: "compare", "log", "image" */
	const struct value *answer;
	struct error why;
	compare_ask_fn *done;
	void *data;
};

void compare_ask_free(struct compare_ask *q)
{
	if (!q)
		return;
	worker_free(q->worker);
	free(q);
}

/* The line is lent: what stays is written and read again. */
static void compare_take(struct compare_ask *q, const struct value *v)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, v, JSON_LINE);
	if (!value_parse_json(q->arena, arena_str(q->arena, buf_str(&text)), &q->answer, &q->why))
		q->answer = NULL;
}

static void compare_line(void *data, const struct value *line, bool ended_well)
{
	struct compare_ask *q = data;
	const struct value *v = line ? value_get(line, str_of(q->member)) : NULL;
	if (v)
		compare_take(q, v);
	else if (line)
		worker_error(line, &q->why);
	if (line)
		return;
	if ((!ended_well || !q->answer) && !q->why.code)
		error_set(&q->why, ERROR_SYSTEM, "the worker that compares has died");
	q->done(q->data, q->why.code ? NULL : q->answer, q->why.code ? &q->why : NULL);
}

static struct compare_ask *compare_start(struct loop *loop, struct arena *a, const char *verb,
                                         const char *member, const struct value *argument,
                                         compare_ask_fn *done, void *data, struct error *err)
{
	owned(compare_ask) struct compare_ask *q = xcalloc(1, sizeof *q);
	*q = (struct compare_ask){ .arena = a, .member = member, .done = done, .data = data };
	q->worker = worker_start(loop, verb, argument, compare_line, q, err);
	return q->worker ? take(q) : NULL;
}

static struct value *compare_dirs(struct arena *a, const char *dir_a, const char *dir_b)
{
	struct value *argument = value_new_object(a);
	if (dir_a)
		value_set(a, argument, "a", value_new_string(a, str_of(dir_a)));
	value_set(a, argument, "b", value_new_string(a, str_of(dir_b)));
	return argument;
}

struct compare_ask *compare_ask_builds(struct loop *loop, struct arena *a, const char *dir_a,
                                       const char *dir_b, compare_ask_fn *done, void *data,
                                       struct error *err)
{
	return compare_start(loop, a, "compare", "compare", compare_dirs(a, dir_a, dir_b), done,
	                     data, err);
}

struct compare_ask *compare_ask_logs(struct loop *loop, struct arena *a, const char *dir_a,
                                     int step_a, const char *dir_b, int step_b,
                                     compare_ask_fn *done, void *data, struct error *err)
{
	struct value *argument = compare_dirs(a, dir_a, dir_b), *steps = value_new_array(a);
	const int pair[2] = { step_a, step_b };
	for (int i = 0; i < 2; i++)
		value_append(steps, (struct str){ 0 }, (struct span){ 0 }, pair[i] >= 0
		             ? value_new_integer(a, pair[i])
		             : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
	value_set(a, argument, "steps", steps);
	return compare_start(loop, a, "compare", "log", argument, done, data, err);
}

/* The engine as engine_new takes it: where it listened then, or the program's name. */
static struct value *compare_image(struct arena *a, const char *dir, struct error *err)
{
	struct history_item item;
	if (!history_read_one(a, dir, &item)) {
		error_set(err, ERROR_MISSING, "'%s' holds no build", dir);
		return NULL;
	}
	if (!item.image_id[0]) {
		error_set(err, ERROR_MISSING, "build %s has left no image", item.id);
		return NULL;
	}
	struct value *o = value_new_object(a);
	const char *spec = item.spec[0] ? item.spec :
	                   strstr(item.address, "://") ? item.address : item.engine;
	value_set(a, o, "spec", value_new_string(a, str_of(spec)));
	value_set(a, o, "image", value_new_string(a, str_of(item.image_id)));
	return o;
}

struct compare_ask *compare_ask_images(struct loop *loop, struct arena *a, const char *dir_a,
                                       const char *dir_b, compare_ask_fn *done, void *data,
                                       struct error *err)
{
	struct value *argument = value_new_object(a);
	struct value *x = compare_image(a, dir_a, err), *y = x ? compare_image(a, dir_b, err) : NULL;
	if (!y)
		return NULL;
	value_set(a, argument, "a", x);
	value_set(a, argument, "b", y);
	return compare_start(loop, a, "layers", "image", argument, done, data, err);
}
