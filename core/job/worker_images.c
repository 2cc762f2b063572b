/* {"spec": ENGINE, "engines": {NAME: ENDPOINT}, "pool": [NAME …], "repository": NAME} →
 * {"engine": {…}}, then {"images": […]}: what an engine, or one of the pool, has under that
 * name. */
#include "core/base/check.h"
#include "core/engine/images.h"
#include "core/job/pool.h"
#include "core/job/worker.h"

struct images {
	struct arena *arena;
	struct loop *loop;
	struct engine_facts facts;
	struct error *err;
	bool is_there;
};

static void images_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text)
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

static void images_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct images *i = data;
	loop_stop(i->loop);
	i->is_there = !err;
	if (err)
		*i->err = *err;
	else
		i->facts = *f;
}

static void images_say_engine(struct arena *a, const struct engine_facts *f)
{
	struct value *line = value_new_object(a), *engine = value_new_object(a);
	images_set(a, engine, "name", f->name);
	images_set(a, engine, "product", f->product);
	images_set(a, engine, "version", f->version);
	images_set(a, engine, "address", f->address);
	value_set(a, line, "engine", engine);
	worker_say(line);
}

static void images_say(struct arena *a, const struct engine_images *images)
{
	struct value *line = value_new_object(a), *list = value_new_array(a);
	for (size_t i = 0; i < images->n; i++) {
		const struct engine_image *image = &images->items[i];
		struct value *o = value_new_object(a);
		images_set(a, o, "name", image->name);
		images_set(a, o, "tag", image->tag);
		images_set(a, o, "id", image->id);
		value_set(a, o, "size", value_new_integer(a, (long long)image->size));
		value_set(a, o, "created", value_new_integer(a, (long long)image->created));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	value_set(a, line, "images", list);
	worker_say(line);
}

/* Of a pool the engine that a build would take now. */
static bool images_choose(struct worker_io *io, struct engine_options *o, struct error *err)
{
	const struct value *pool = value_get(io->argument, STR("pool"));
	size_t n = 0, most = pool ? value_count(pool) : 0;
	const char **engines = arena_array(io->arena, most + 1, sizeof *engines), *why;
	for (const struct value *v = most ? value_child(pool) : NULL; v; v = value_next(v))
		engines[n++] = arena_text(io->arena, value_text(v));
	struct request r = { .id = "images", .engine = o->spec, .named = o->named,
	                     .nnamed = o->nnamed, .pool = { .engines = engines, .n = n } };
	struct pool_ask ask = { .request = &r };
	return !n || pool_choose(io->arena, &ask, &o->spec, &why, err);
}

bool worker_images(struct worker_io *io, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct images i = { .arena = io->arena, .loop = loop, .err = err };
	struct engine_images images;
	struct engine_options options = { .spec = worker_text(io, "spec") };
	const char *repository = worker_text(io, "repository");
	options.named = worker_engines(io, "engines", &options.nnamed);
	if (!repository)
		return error_set(err, ERROR_USAGE, "the worker images needs a 'repository'");
	if (!images_choose(io, &options, err))
		return false;
	owned(engine) struct engine *engine = engine_new(&options, loop, err);
	if (!engine)
		return false;
	engine_probe(engine, images_ready, &i);
	if (!loop_run(loop, err) || !i.is_there)
		return false;
	images_say_engine(io->arena, &i.facts);
	if (!engine_images_list(io->arena, &i.facts, str_of(repository), &images, err))
		return false;
	images_say(io->arena, &images);
	return true;
}
