#include "core/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/work.h"
#include "core/ext/http.h"
#include "core/os/spawn.h"

void engine_free(struct engine *e)
{
	if (e)
		e->ops->free(e);
}

void engine_probe(struct engine *e, engine_ready_fn *ready, void *data)
{
	e->ops->probe(e, ready, data);
}

struct work *engine_image(struct engine *e, const struct image_task *t,
                          const struct engine_sink *sink)
{
	return e->ops->image(e, t, sink);
}

struct work *engine_run(struct engine *e, const struct run_task *t,
                        const struct engine_sink *sink, struct error *err)
{
	if (e->ops->run)
		return e->ops->run(e, t, sink, err);
	error_set(err, ERROR_REFUSED, "buildah makes images and serves no containers; dockerd does, "
	          "and podman, which has buildah's images: use --engine podman");
	return NULL;
}

void engine_cancel(struct work *w)
{
	if (w->cancel)
		w->cancel(w);
	else
		w->engine->ops->cancel(w);
}

/* auto: dockerd where it answers, else buildah. */
struct choice {
	struct engine base;
	struct engine *docker, *buildah;        /* NULL: cannot be had, see why */
	struct engine *chosen;
	struct error why, why2;                 /* docker's and buildah's */
	engine_ready_fn *ready;
	void *data;
	uint64_t timer;
};

static void choice_none(struct choice *c)
{
	struct error err = { 0 };
	error_set(&err, ERROR_UNREACHABLE,
	          "no engine: dockerd: %s; buildah: %s. Start dockerd, or set DOCKER_HOST, or "
	          "install buildah (it needs no server)", c->why.text, c->why2.text);
	c->ready(c->data, NULL, &err);
}

static void choice_buildah_ready(void *data, const struct engine_facts *f,
                                 const struct error *err)
{
	struct choice *c = data;
	if (!err) {
		c->chosen = c->buildah;
		c->ready(c->data, f, NULL);
		return;
	}
	c->why2 = *err;
	choice_none(c);
}

static void choice_docker_ready(void *data, const struct engine_facts *f,
                                const struct error *err)
{
	struct choice *c = data;
	if (!err) {
		c->chosen = c->docker;
		c->ready(c->data, f, NULL);
		return;
	}
	c->why = *err;
	if (c->buildah)
		engine_probe(c->buildah, choice_buildah_ready, c);
	else
		choice_none(c);
}

static void choice_without_docker(struct loop *l, void *data)
{
	(void)l;
	struct choice *c = data;
	c->timer = 0;
	choice_docker_ready(c, NULL, &c->why);
}

static void choice_probe(struct engine *e, engine_ready_fn *ready, void *data)
{
	struct choice *c = (struct choice *)e;
	c->ready = ready;
	c->data = data;
	if (c->docker)
		engine_probe(c->docker, choice_docker_ready, c);
	else
		c->timer = loop_timer(e->loop, 0, choice_without_docker, c);
}

static struct work *choice_image(struct engine *e, const struct image_task *t,
                                 const struct engine_sink *sink)
{
	struct choice *c = (struct choice *)e;
	CHECK(c->chosen);
	return engine_image(c->chosen, t, sink);
}

static struct work *choice_run(struct engine *e, const struct run_task *t,
                               const struct engine_sink *sink, struct error *err)
{
	struct choice *c = (struct choice *)e;
	CHECK(c->chosen);
	return engine_run(c->chosen, t, sink, err);
}

static void choice_free(struct engine *e)
{
	struct choice *c = (struct choice *)e;
	loop_untimer(e->loop, c->timer);
	engine_free(c->docker);
	engine_free(c->buildah);
	free(c);
}

/* Never called: a work knows the engine that was chosen. */
static void choice_cancel(struct work *w)
{
	(void)w;
}

static const struct engine_ops choice_ops = {
	.probe = choice_probe, .image = choice_image, .run = choice_run, .cancel = choice_cancel,
	.free = choice_free,
};

static struct engine *choice_new(const struct engine_options *o, struct loop *l)
{
	struct choice *c = xcalloc(1, sizeof *c);
	c->base = (struct engine){ &choice_ops, l };
	c->docker = docker_new(NULL, DOCKER_ANY, o, l, &c->why);
	c->buildah = buildah_new(o, l, &c->why2);
	return &c->base;
}

static bool engine_is_address(const char *spec)
{
	return strstr(spec, "://") != NULL;
}

static const char *engine_named(const struct engine_options *o, const char *name,
                                struct arena *a)
{
	for (size_t i = 0; i < o->nnamed; i++)
		if (str_eq(o->named[i].name, str_of(name)))
			return arena_text(a, o->named[i].value);
	return NULL;
}

static struct engine *engine_unknown(const struct engine_options *o, const char *spec,
                                     struct error *err)
{
	owned_buf struct buf names = { 0 };
	for (size_t i = 0; i < o->nnamed; i++)
		buf_printf(&names, ", %.*s", STR_ARG(o->named[i].name));
	error_set(err, ERROR_USAGE, "no engine '%s'; there are auto, buildkit, classic, buildah, an "
	          "address (unix:///path, tcp://host:port)%s%s", spec,
	          names.n ? " and from config.toml: " : "", names.n ? buf_text(&names) + 2 : "");
	return NULL;
}

void engine_warm_up(void)
{
	http_load();
}

struct engine *engine_new(const struct engine_options *o, struct loop *l, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const char *spec = o->spec && *o->spec ? o->spec : "auto";
	const char *named = engine_named(o, spec, a);
	if (named)
		spec = named;
	if (strcmp(spec, "auto") == 0)
		return choice_new(o, l);
	if (strcmp(spec, "buildkit") == 0)
		return docker_new(NULL, DOCKER_BUILDKIT, o, l, err);
	if (strcmp(spec, "classic") == 0)
		return docker_new(NULL, DOCKER_CLASSIC, o, l, err);
	if (strcmp(spec, "buildah") == 0)
		return buildah_new(o, l, err);
	if (strcmp(spec, "podman") == 0) {
		error_set(err, ERROR_USAGE, "this version builds with dockerd (buildkit, classic) and "
		          "with buildah, which shares podman's images: use --engine buildah");
		return NULL;
	}
	if (engine_is_address(spec))
		return docker_new(spec, DOCKER_ANY, o, l, err);
	return engine_unknown(o, spec, err);
}
