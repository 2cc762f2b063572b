#include "core/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/buildkit.h"
#include "core/engine/endpoint.h"
#include "core/engine/podman.h"
#include "core/engine/run_owner.h"
#include "core/engine/work.h"
#include "core/ext/http.h"
#include "core/os/clock.h"
#include "core/os/spawn.h"

void engine_free(struct engine *e)
{
	if (e)
		e->ops->free(e);
}

bool engine_keeps_images(const struct engine_facts *f)
{
	return !(f->abilities & ABILITY_PUSHES_WITH_IMAGE);
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
	return e->ops->run(e, t, sink, err);
}

struct work *engine_push(struct engine *e, const struct push_task *t,
                         const struct engine_sink *sink, struct error *err)
{
	if (e->ops->push)
		return e->ops->push(e, t, sink);
	error_set(err, ERROR_REFUSED, "this engine pushes no image by itself: --engine buildkit, "
	          "classic, podman and buildah do");
	return NULL;
}

void engine_append_temporary_tag(struct buf *out)
{
	buf_append(out, STR(RUN_OWNER_SHELL ":"));
	run_owner_append_name(out, (int64_t)clock_now());
}

void engine_untag(struct engine *e, const char *name, engine_untagged_fn *done, void *data)
{
	CHECK(e->ops->untag);
	e->ops->untag(e, name, done, data);
}

void engine_run_input(struct work *w, struct str bytes)
{
	if (w->input)
		w->input->bytes(w, bytes);
}

void engine_run_input_end(struct work *w)
{
	if (w->input)
		w->input->end(w);
}

size_t engine_run_unsent(const struct work *w)
{
	return w->input ? w->input->unsent(w) : 0;
}

void engine_run_resize(struct work *w, unsigned rows, unsigned cols)
{
	if (w->input)
		w->input->resize(w, rows, cols);
}

void engine_cancel(struct work *w)
{
	if (w->cancel)
		w->cancel(w);
	else
		w->engine->ops->cancel(w);
}

/* auto: the first of these that answers. */
enum { CHOICE_DOCKER, CHOICE_PODMAN, CHOICE_BUILDAH, CHOICES };

struct choice {
	struct engine base;
	struct engine *engines[CHOICES];        /* NULL: cannot be had, see why */
	struct error why[CHOICES];
	unsigned asked;
	struct engine *chosen;
	engine_ready_fn *ready;
	void *data;
	uint64_t timer;
};

static void choice_none(struct choice *c)
{
	owned_buf struct buf places = { 0 };
	struct error err = { 0 };
	podman_append_places(&places);
	error_set(&err, ERROR_UNREACHABLE,
	          "no engine: dockerd: %s; podman: no service at %s; buildah: %s. Start one of the "
	          "two, or set DOCKER_HOST, or install buildah (it needs no server)",
	          c->why[CHOICE_DOCKER].text, buf_text(&places), c->why[CHOICE_BUILDAH].text);
	c->ready(c->data, NULL, &err);
}

static void choice_ready(void *data, const struct engine_facts *f, const struct error *err);

/* Asks the next one. */
static void choice_ask(struct loop *l, void *data)
{
	(void)l;
	struct choice *c = data;
	c->timer = 0;
	while (c->asked < CHOICES && !c->engines[c->asked])
		c->asked++;
	if (c->asked < CHOICES)
		engine_probe(c->engines[c->asked], choice_ready, c);
	else
		choice_none(c);
}

static void choice_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct choice *c = data;
	if (!err) {
		c->chosen = c->engines[c->asked];
		c->ready(c->data, f, NULL);
		return;
	}
	c->why[c->asked++] = *err;
	choice_ask(c->base.loop, c);
}

static void choice_probe(struct engine *e, engine_ready_fn *ready, void *data)
{
	struct choice *c = (struct choice *)e;
	c->ready = ready;
	c->data = data;
	c->timer = loop_timer(e->loop, 0, choice_ask, c);
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

static struct work *choice_push(struct engine *e, const struct push_task *t,
                                const struct engine_sink *sink)
{
	struct choice *c = (struct choice *)e;
	CHECK(c->chosen);
	return c->chosen->ops->push(c->chosen, t, sink);
}

static void choice_untag(struct engine *e, const char *name, engine_untagged_fn *done, void *data)
{
	struct choice *c = (struct choice *)e;
	CHECK(c->chosen);
	engine_untag(c->chosen, name, done, data);
}

static void choice_free(struct engine *e)
{
	struct choice *c = (struct choice *)e;
	loop_untimer(e->loop, c->timer);
	for (unsigned i = 0; i < CHOICES; i++)
		engine_free(c->engines[i]);
	free(c);
}

/* Never called: a work knows the engine that was chosen. */
static void choice_cancel(struct work *w)
{
	(void)w;
}

static const struct engine_ops choice_ops = {
	.probe = choice_probe, .image = choice_image, .run = choice_run,
	.push = choice_push, .untag = choice_untag, .cancel = choice_cancel, .free = choice_free,
};

/* Whoever points docker at another machine does not mean this one's engines instead. */
static struct engine *choice_far(const struct engine_options *o, struct loop *l)
{
	struct endpoint_options usual = { .spec = NULL };
	struct error ignored;
	owned(endpoint) struct endpoint *e = endpoint_new(l, &usual, &ignored);
	return e && endpoint_patience_ms(e) ? docker_new(take(e), DOCKER_ANY, o, l, &ignored) : NULL;
}

static struct engine *choice_new(const struct engine_options *o, struct loop *l)
{
	struct engine *far = choice_far(o, l);
	if (far)
		return far;
	struct choice *c = xcalloc(1, sizeof *c);
	c->base = (struct engine){ .ops = &choice_ops, .loop = l };
	c->engines[CHOICE_DOCKER] = docker_new(NULL, DOCKER_ANY, o, l, &c->why[CHOICE_DOCKER]);
	c->engines[CHOICE_PODMAN] = docker_new(NULL, DOCKER_PODMAN, o, l, &c->why[CHOICE_PODMAN]);
	c->engines[CHOICE_BUILDAH] = buildah_new(o, l, &c->why[CHOICE_BUILDAH]);
	return &c->base;
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
	error_set(err, ERROR_USAGE, "no engine '%s'; there are auto, buildkit, classic, podman, "
	          "buildah, an address (unix:///path, tcp://host:port, ssh://host …), context:NAME of "
	          "docker's%s%s", spec,
	          names.n ? " and from config.toml: " : "", names.n ? buf_text(&names) + 2 : "");
	return NULL;
}

static struct engine *engine_at(const struct engine_options *o, struct loop *l,
                                struct error *err)
{
	struct endpoint_options at = { .spec = o->spec, .named = o->named, .nnamed = o->nnamed };
	struct endpoint *e = endpoint_new(l, &at, err);
	if (!e)
		return NULL;
	if (endpoint_speaks(e) == ENDPOINT_DOCKER)
		return docker_new(e, DOCKER_ANY, o, l, err);
	return buildkit_new(e, o, l);
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
	if (strcmp(spec, "podman") == 0)
		return docker_new(NULL, DOCKER_PODMAN, o, l, err);
	if (endpoint_is_spec(spec))
		return engine_at(o, l, err);
	return engine_unknown(o, spec, err);
}
