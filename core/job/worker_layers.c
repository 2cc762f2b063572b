/* {"a": {"spec": ENGINE, "image": IMAGE}, "b": {…}} → {"image": …}: two images, file by file
 * (core/engine/layers_diff.h). */
#include "core/base/check.h"
#include "core/engine/layers_diff.h"
#include "core/job/worker.h"

/* Of each list of files so many are told. */
enum { LAYERS_FILES = 200 };

struct layers_side {
	struct loop *loop;
	const char *image;
	struct error *err;
	struct engine_facts facts;
	bool is_there;
};

static void layers_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct layers_side *l = data;
	loop_stop(l->loop);
	l->is_there = !err;
	if (err)
		*l->err = *err;
	else
		l->facts = *f;
}

static const char *layers_text(struct arena *a, const struct value *side, const char *key)
{
	const struct value *v = side && value_type(side) == VALUE_OBJECT
		? value_get(side, str_of(key)) : NULL;
	return v && value_type(v) == VALUE_STRING && value_text(v).n ? arena_text(a, value_text(v))
	                                                             : NULL;
}

static bool layers_of(struct worker_io *io, const char *which, struct image_layers *ret_layers,
                      struct error *err)
{
	const struct value *given = value_get(io->argument, str_of(which));
	owned(loop) struct loop *loop = loop_new();
	struct layers_side l = { .loop = loop, .err = err,
	                         .image = layers_text(io->arena, given, "image") };
	struct engine_options options = { .spec = layers_text(io->arena, given, "spec") };
	if (!l.image || !options.spec)
		return error_set(err, ERROR_USAGE, "the worker layers needs '%s' with spec and image",
		                 which);
	owned(engine) struct engine *engine = engine_new(&options, loop, err);
	if (!engine)
		return false;
	engine_probe(engine, layers_ready, &l);
	return loop_run(loop, err) && l.is_there &&
	       layers_ask(io->arena, &l.facts, l.image, ret_layers, err);
}

bool worker_layers(struct worker_io *io, struct error *err)
{
	struct image_layers a, b;
	struct layers_diff diff;
	struct value *line = value_new_object(io->arena);
	if (!layers_of(io, "a", &a, err) || !layers_of(io, "b", &b, err))
		return false;
	layers_diff_make(io->arena, &a, &b, &diff);
	value_set(io->arena, line, "image", layers_diff_value(io->arena, &diff, LAYERS_FILES));
	worker_say(line);
	return true;
}
