/* {"spec": ENGINE, "engines": {NAME: ENDPOINT}, "a": IMAGE, "b": IMAGE} → {"image": …}:
 * two images of an engine, file by file (layers_diff.h). */
#include "core/base/check.h"
#include "core/engine/layers_diff.h"
#include "core/job/worker.h"

/* Of each list of files so many are told. */
enum { LAYERS_FILES = 200 };

struct layers {
	struct loop *loop;
	struct engine_facts facts;
	struct error *err;
	bool is_there;
};

static void layers_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct layers *l = data;
	loop_stop(l->loop);
	l->is_there = !err;
	if (err)
		*l->err = *err;
	else
		l->facts = *f;
}

static bool layers_compare(struct worker_io *io, const struct engine_facts *f, struct error *err)
{
	struct image_layers a, b;
	struct layers_diff diff;
	struct value *line = value_new_object(io->arena);
	if (!layers_ask(io->arena, f, worker_text(io, "a"), &a, err) ||
	    !layers_ask(io->arena, f, worker_text(io, "b"), &b, err))
		return false;
	layers_diff_make(io->arena, &a, &b, &diff);
	value_set(io->arena, line, "image", layers_diff_value(io->arena, &diff, LAYERS_FILES));
	worker_say(line);
	return true;
}

bool worker_layers(struct worker_io *io, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct layers l = { .loop = loop, .err = err };
	struct engine_options options = { .spec = worker_text(io, "spec") };
	options.named = worker_engines(io, "engines", &options.nnamed);
	if (!worker_text(io, "a") || !worker_text(io, "b"))
		return error_set(err, ERROR_USAGE, "the worker layers needs two images, 'a' and 'b'");
	owned(engine) struct engine *engine = engine_new(&options, loop, err);
	if (!engine)
		return false;
	engine_probe(engine, layers_ready, &l);
	return loop_run(loop, err) && l.is_there && layers_compare(io, &l.facts, err);
}
