/* buildkitd: BuildKit by itself, also one in a cluster.  It keeps no images that could be run:
 * they go to a registry, or come here as files. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/buildkit.h"
#include "core/engine/endpoint.h"

struct buildkitd {
	struct engine base;
	struct arena *arena;
	struct endpoint *endpoint;
	struct buildkit_site site;
	struct engine_facts facts;
	struct control *control;        /* of the probe */
	uint64_t timer;                 /* of the probe */
	engine_ready_fn *ready;
	void *data;
};

/* BUILDKITD_PROBE_MS: beside what the way there may take. */
enum { BUILDKITD_PROBE_MS = 10000 };

static void buildkitd_explain(void *data, struct error *err)
{
	struct buildkitd *b = data;
	endpoint_explain(b->endpoint, err);
}

static void buildkitd_told(struct buildkitd *b, const struct error *err)
{
	loop_untimer(b->base.loop, b->timer);
	b->timer = 0;
	control_free(take(b->control));
	b->ready(b->data, err ? NULL : &b->facts, err);
}

static void buildkitd_missed(struct buildkitd *b, const struct error *why)
{
	struct error err = *why;
	endpoint_explain(b->endpoint, &err);
	if (err.code == ERROR_PROTOCOL || err.code == ERROR_REFUSED)
		error_prefix(&err, "what answers at %s is no buildkitd", b->facts.address);
	buildkitd_told(b, &err);
}

/* "v0.24.0" without what stands before the number. */
static void buildkitd_learn_version(struct buildkitd *b, struct str version)
{
	if (!version.n)
		return;
	b->site.facts.version = arena_text(b->arena, version);
	b->facts.version = version.p[0] == 'v' ? b->site.facts.version + 1 : b->site.facts.version;
}

static void buildkitd_listed(void *data, const struct control_end *end,
                             const struct pb_worker *workers, size_t n)
{
	struct buildkitd *b = data;
	struct error err = { 0 };
	if (!end->ok) {
		buildkitd_missed(b, &end->error);
		return;
	}
	if (!n) {
		error_set(&err, ERROR_UNREACHABLE, "buildkitd at %s has no worker that could build; its "
		          "log says why", b->facts.address);
		buildkitd_told(b, &err);
		return;
	}
	/* Daemons before 0.11 have no other place for it. */
	if (!*b->facts.version)
		buildkitd_learn_version(b, workers[0].version.version);
	buildkit_learn(&b->site, workers, n);
	buildkitd_told(b, NULL);
}

static void buildkitd_informed(void *data, const struct control_end *end,
                               const struct pb_version *version)
{
	struct buildkitd *b = data;
	if (!end->ok && end->status != CONTROL_STATUS_UNIMPLEMENTED) {
		buildkitd_missed(b, &end->error);
		return;
	}
	if (version)
		buildkitd_learn_version(b, version->version);
	control_workers(b->control, buildkitd_listed, b);
}

static void buildkitd_late(struct loop *l, void *data)
{
	struct buildkitd *b = data;
	struct error err = { 0 };
	(void)l;
	b->timer = 0;
	error_set(&err, ERROR_UNREACHABLE, "buildkitd at %s does not answer", b->facts.address);
	buildkitd_missed(b, &err);
}

static void buildkitd_begin(struct loop *l, void *data)
{
	struct buildkitd *b = data;
	struct error err = { 0 };
	b->control = control_open(l, b->site.at, CONTROL_DIRECT, NULL, &err);
	if (!b->control) {
		b->timer = 0;
		buildkitd_missed(b, &err);
		return;
	}
	b->timer = loop_timer(l, BUILDKITD_PROBE_MS + endpoint_patience_ms(b->endpoint),
	                      buildkitd_late, b);
	control_info(b->control, buildkitd_informed, b);
}

static void buildkitd_probe(struct engine *e, engine_ready_fn *ready, void *data)
{
	struct buildkitd *b = (struct buildkitd *)e;
	CHECK(!b->control && !b->timer);
	b->ready = ready;
	b->data = data;
	b->timer = loop_timer(e->loop, 0, buildkitd_begin, b);
}

static struct work *buildkitd_image(struct engine *e, const struct image_task *t,
                                    const struct engine_sink *sink)
{
	return buildkit_image(e, &((struct buildkitd *)e)->site, t, sink);
}

static struct work *buildkitd_run(struct engine *e, const struct run_task *t,
                                  const struct engine_sink *sink, struct error *err)
{
	struct buildkitd *b = (struct buildkitd *)e;
	(void)t;
	(void)sink;
	error_set(err, ERROR_REFUSED, "buildkitd at %s only builds: dockerd, podman or buildah run "
	          "containers (--engine)", b->facts.address);
	return NULL;
}

static void buildkitd_cancel(struct work *w)
{
	w->cancel(w);
}

static void buildkitd_free(struct engine *e)
{
	struct buildkitd *b = (struct buildkitd *)e;
	loop_untimer(e->loop, b->timer);
	buildkit_drop(&b->site);
	control_free(b->control);
	endpoint_free(b->endpoint);
	arena_free(b->arena);
	free(b);
}

static const struct engine_ops buildkitd_ops = {
	.probe = buildkitd_probe, .image = buildkitd_image, .run = buildkitd_run,
	.cancel = buildkitd_cancel, .free = buildkitd_free,
};

struct engine *buildkit_new(struct endpoint *endpoint, const struct engine_options *o,
                            struct loop *l)
{
	struct buildkitd *b = xcalloc(1, sizeof *b);
	b->base = (struct engine){ .ops = &buildkitd_ops, .loop = l,
	                           .patience_ms = endpoint_patience_ms(endpoint) };
	b->arena = arena_new();
	b->endpoint = endpoint;
	b->facts = (struct engine_facts){
		.name = "buildkitd", .product = "buildkitd", .version = "",
		.address = endpoint_shown(endpoint), .spec = endpoint_spec(endpoint),
		.has_tls = endpoint_address(endpoint)->tls, .numbering = NUMBERING_BUILDKIT,
		.abilities = ABILITY_SECRET_MOUNTS | ABILITY_SSH_MOUNTS | ABILITY_CACHE_MOUNTS |
		             ABILITY_NO_CACHE_STAGES | ABILITY_OUTPUTS | ABILITY_PUSHES_WITH_IMAGE,
	};
	b->site = (struct buildkit_site){
		.at = endpoint_address(endpoint), .way = CONTROL_DIRECT,
		.facts = { .daemon = SOLVE_BUILDKITD, .agent = getenv("SSH_AUTH_SOCK"),
		           .build_id = arena_text(b->arena, str_of(o->build_id ? o->build_id
		                                                               : "mortar")) },
		.arena = b->arena, .explain = buildkitd_explain, .data = b,
	};
	return &b->base;
}
