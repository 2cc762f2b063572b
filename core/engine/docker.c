#include "core/engine/docker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/buildkit.h"
#include "core/engine/podman.h"
#include "core/engine/stream.h"
#include "core/value/json.h"

/* DOCKER_API: the version whose words are spoken here, or the nearest that the daemon
 * takes.  1.39 brought BuildKit to /build. */
#define DOCKER_API "1.41"
/* Up to this one (Engine 28) a daemon is known to take DOCKER_API still: 1.24 is the least
 * that it takes; Engine 29, 1.52, takes 1.44 at least (docs.docker.com/reference/api/engine). */
#define DOCKER_API_KNOWN "1.51"
/* From this one on (Engine 29.2) BuildKit's gRPC is spoken on the socket itself, and the
 * upgrade of /grpc will go (moby/moby#51696). */
#define DOCKER_API_GRPC "1.53"
enum { DOCKER_PROBE_MS = 10000, DOCKER_ANSWER_MAX = 1 << 20 };

/* Takes the endpoint. */
static void docker_set_endpoint(struct docker *d, struct endpoint *e)
{
	endpoint_free(d->endpoint);
	d->endpoint = e;
	d->at = *endpoint_address(e);
	d->address = d->facts.address = endpoint_shown(e);
	d->facts.spec = endpoint_spec(e);
	d->facts.has_tls = d->at.tls;
	d->base.patience_ms = endpoint_patience_ms(e);
}

static void docker_fault(void *data, struct error *err)
{
	struct docker *d = data;
	endpoint_explain(d->endpoint, err);
}

static void docker_ready(struct docker *d, const struct error *err)
{
	d->ready(d->data, err ? NULL : &d->facts, err);
}

static void docker_no_buildkit(struct docker *d, const char *why)
{
	struct error err = { 0 };
	if (d->builder == DOCKER_BUILDKIT) {
		error_set(&err, ERROR_UNREACHABLE, "%s %s at %s has no BuildKit (%s); use --engine "
		          "classic", d->facts.product, d->facts.version, d->address, why);
		docker_ready(d, &err);
		return;
	}
	d->builder = DOCKER_CLASSIC;
	d->facts.name = "classic";
	d->facts.abilities = ABILITY_CACHE_IS_IMAGES;
	d->facts.numbering = NUMBERING_CLASSIC;
	docker_ready(d, NULL);
}

static void docker_has_buildkit(struct docker *d, unsigned abilities)
{
	d->builder = DOCKER_BUILDKIT;
	d->facts.name = "buildkit";
	d->facts.numbering = NUMBERING_BUILDKIT;
	d->facts.abilities = ABILITY_CACHE_MOUNTS | abilities;
	docker_ready(d, NULL);
}

static void docker_has_sessions(struct docker *d, enum control_way way)
{
	d->has_sessions = true;
	d->site.way = way;
	d->site.facts.version = d->facts.version;
	docker_has_buildkit(d, ABILITY_SECRET_MOUNTS | ABILITY_SSH_MOUNTS | ABILITY_NO_CACHE_STAGES |
	                    ABILITY_OUTPUTS);
}

/* What stands before a daemon may keep /grpc from us, and the daemon still have BuildKit. */
static void docker_upgraded(void *data, int status, const struct error *err)
{
	struct docker *d = data;
	d->asking = NULL;
	if (!err && status == 101)
		docker_has_sessions(d, CONTROL_UPGRADE);
	else if (!err && d->prefers_buildkit)
		docker_has_buildkit(d, 0);
	else
		docker_no_buildkit(d, err ? err->text : "it does not answer /grpc");
}

static void docker_ask_upgrade(struct docker *d)
{
	struct http_request r = { .method = "POST", .path = "/grpc", .at = d->at };
	d->asking = http_upgrade(d->http, &r, "h2c", docker_upgraded, d);
}

static void docker_tried(void *data, const struct control_end *end, const struct pb_worker *workers,
                         size_t n)
{
	struct docker *d = data;
	if (end->ok)
		buildkit_learn(&d->site, workers, n);
	control_free(take(d->trying));
	if (d->site.is_known)
		docker_has_sessions(d, CONTROL_DIRECT);
	else
		docker_ask_upgrade(d);
}

static void docker_try(struct docker *d)
{
	struct error ignored = { 0 };
	d->trying = d->is_modern
	            ? control_open(d->base.loop, &d->at, CONTROL_DIRECT, NULL, &ignored) : NULL;
	if (d->trying)
		control_workers(d->trying, docker_tried, d);
	else
		docker_ask_upgrade(d);
}

static bool docker_version_parse(struct str text, unsigned *ret_major, unsigned *ret_minor)
{
	unsigned long long major, minor;
	size_t dot = str_find(text, '.');
	if (dot == STR_NONE || !str_number(str_slice(text, 0, dot), 1000, &major) ||
	    !str_number(str_slice(text, dot + 1, text.n), 1000000, &minor))
		return false;
	*ret_major = (unsigned)major;
	*ret_minor = (unsigned)minor;
	return true;
}

/* <0, 0 or >0; what is no version counts as the lowest. */
static int docker_version_order(struct str a, struct str b)
{
	unsigned major = 0, minor = 0, major2 = 0, minor2 = 0;
	docker_version_parse(a, &major, &minor);
	docker_version_parse(b, &major2, &minor2);
	if (major != major2)
		return major < major2 ? -1 : 1;
	return minor < minor2 ? -1 : minor > minor2;
}

/* Podman is told by its answer: it takes every parameter for builders and ignores it. */
static bool docker_learn_podman(struct docker *d, bool is_podman, struct error *err)
{
	if (is_podman && d->builder != DOCKER_ANY && d->builder != DOCKER_PODMAN)
		return error_set(err, ERROR_UNREACHABLE, "what answers at %s is podman, which has "
		                 "neither of dockerd's builders; use --engine podman", d->address);
	if (!is_podman && d->builder == DOCKER_PODMAN)
		return error_set(err, ERROR_UNREACHABLE, "what answers at %s is not podman; use "
		                 "--engine %s for what is there", d->address, d->address);
	d->facts.product = is_podman ? "podman" : "dockerd";
	if (is_podman)
		d->builder = DOCKER_PODMAN;
	return true;
}

static bool docker_learn(struct docker *d, const struct value *v, struct error *err)
{
	struct str theirs = stream_text(v, "ApiVersion"), least = stream_text(v, "MinAPIVersion");
	struct str api = STR(DOCKER_API);
	unsigned major, minor;
	if (!docker_version_parse(theirs, &major, &minor))
		return error_set(err, ERROR_PROTOCOL, "what answers at %s is no docker engine: it "
		                 "tells no ApiVersion", d->address);
	if (docker_version_order(theirs, api) < 0)
		api = theirs;
	if (docker_version_order(least, api) > 0)
		api = least;
	if (!docker_learn_podman(d, podman_answers(v), err))
		return false;
	d->facts.version = arena_text(d->arena, stream_text(v, "Version"));
	d->facts.api_version = arena_text(d->arena, api);
	d->is_modern = docker_version_order(theirs, STR(DOCKER_API_GRPC)) >= 0;
	return true;
}

static void docker_ask(struct docker *);

/* To podman's next place, where there is one and nothing answers here. */
static bool docker_ask_next(struct docker *d)
{
	struct error ignored = { 0 };
	struct endpoint_options o = { .spec = podman_place(d->arena, d->place + 1) };
	if (!o.spec || d->builder != DOCKER_PODMAN || !d->has_places)
		return false;
	d->place++;
	struct endpoint *next = endpoint_new(d->base.loop, &o, &ignored);
	if (!next)
		return false;
	docker_set_endpoint(d, next);
	docker_ask(d);
	return true;
}

/* What answers is an engine we know. */
static void docker_choose(struct docker *d)
{
	if (d->builder == DOCKER_PODMAN) {
		d->facts.name = "podman";
		d->facts.numbering = NUMBERING_BUILDAH;
		d->facts.abilities = ABILITY_SECRET_MOUNTS | ABILITY_CACHE_MOUNTS |
		                     ABILITY_CACHE_IS_IMAGES;
		docker_ready(d, NULL);
	} else if (d->builder == DOCKER_CLASSIC) {
		docker_no_buildkit(d, "");
	} else {
		docker_try(d);
	}
}

/* Nothing answers. */
static void docker_missed(struct docker *d, const struct error *err)
{
	struct error fault = { 0 };
	if (docker_ask_next(d))
		return;
	if (d->has_places)
		podman_absent(err, &fault);
	docker_ready(d, d->has_places ? &fault : err);
}

static void docker_told(void *data, const struct error *err)
{
	struct docker *d = data;
	owned(arena) struct arena *a = arena_new();
	const struct value *v;
	struct error fault = { 0 }, bad = { 0 };
	int status = http_status(d->asking);
	d->asking = NULL;
	if (err) {
		docker_missed(d, err);
		return;
	}
	if (status != 200 || !value_parse_json(a, buf_str(&d->answer), &v, &bad))
		error_set(&fault, ERROR_PROTOCOL, "what answers at %s is no docker engine (status %d "
		          "for /version)", d->address, status);
	if (fault.code || !docker_learn(d, v, &fault))
		docker_ready(d, &fault);
	else
		docker_choose(d);
}

static bool docker_answer(void *data, struct str bytes, struct error *err)
{
	struct docker *d = data;
	if (d->answer.n + bytes.n > DOCKER_ANSWER_MAX)
		return error_set(err, ERROR_LIMIT, "%s answers /version with more than %d bytes",
		                 d->address, DOCKER_ANSWER_MAX);
	buf_append(&d->answer, bytes);
	return true;
}

static void docker_ask_version(struct docker *d)
{
	struct http_request r = { .method = "GET", .path = "/version", .at = d->at,
	                          .timeout_ms = DOCKER_PROBE_MS + d->base.patience_ms };
	struct http_events events = { .bytes = docker_answer, .done = docker_told, .data = d };
	buf_clear(&d->answer);
	d->asking = http_start(d->http, &r, &events);
}

/* A dockerd that says so in the head of every answer: "Docker/20.10.24 (linux)". */
static bool docker_learn_head(struct docker *d)
{
	struct str server = http_header(d->asking, "Server"), name, api;
	struct error ignored = { 0 };
	unsigned major, minor;
	if (http_status(d->asking) != 200 || !str_has_prefix(server, STR("Docker/")))
		return false;
	api = http_header(d->asking, "Api-Version");
	if (!docker_version_parse(api, &major, &minor) ||
	    docker_version_order(api, STR(DOCKER_API)) < 0 ||
	    docker_version_order(api, STR(DOCKER_API_KNOWN)) > 0 ||
	    !docker_learn_podman(d, false, &ignored))
		return false;
	server = str_slice(server, STR("Docker/").n, server.n);
	str_next(&server, ' ', &name);
	d->facts.version = arena_text(d->arena, name);
	d->facts.api_version = DOCKER_API;
	return true;
}

static void docker_pinged(void *data, const struct error *err)
{
	struct docker *d = data;
	bool known = !err && docker_learn_head(d);
	d->prefers_buildkit = !err && str_eq(http_header(d->asking, "Builder-Version"), STR("2"));
	d->asking = NULL;
	if (err)
		docker_missed(d, err);
	else if (known)
		docker_choose(d);
	else
		docker_ask_version(d);
}

/* /version says more than the head of /_ping, but takes dockerd 10 ms instead of 1. */
static void docker_ask(struct docker *d)
{
	struct http_request r = { .method = "GET", .path = "/_ping", .at = d->at,
	                          .timeout_ms = DOCKER_PROBE_MS + d->base.patience_ms };
	struct http_events events = { .done = docker_pinged, .data = d };
	d->asking = http_start(d->http, &r, &events);
}

static void docker_probe(struct engine *e, engine_ready_fn *ready, void *data)
{
	struct docker *d = (struct docker *)e;
	CHECK(!d->asking);
	d->ready = ready;
	d->data = data;
	docker_ask(d);
}

static void docker_free(struct engine *e)
{
	struct docker *d = (struct docker *)e;
	buildkit_drop(&d->site);
	control_free(d->trying);
	while (d->works)
		docker_work_drop(d->works);
	while (d->runs)
		docker_run_drop(d->runs);
	while (d->pushes)
		docker_push_drop(d->pushes);
	docker_untag_drop(d->untag);
	http_cancel(d->asking);
	http_free(d->http);
	endpoint_free(d->endpoint);
	buf_finish(&d->answer);
	arena_free(d->arena);
	free(d);
}

static const struct engine_ops docker_ops = {
	.probe = docker_probe, .image = docker_image, .run = docker_run, .push = docker_push,
	.untag = docker_untag, .cancel = docker_cancel, .free = docker_free,
};

struct engine *docker_new(struct endpoint *endpoint, enum docker_builder builder,
                          const struct engine_options *o, struct loop *l, struct error *err)
{
	bool has_places = !endpoint && builder == DOCKER_PODMAN;
	owned(arena) struct arena *a = arena_new();
	struct endpoint_options usual = { .spec = has_places ? podman_place(a, 0) : NULL };
	if (!endpoint)
		endpoint = endpoint_new(l, &usual, err);
	if (!endpoint)
		return NULL;
	struct docker *d = xcalloc(1, sizeof *d);
	d->base = (struct engine){ .ops = &docker_ops, .loop = l };
	d->arena = take(a);
	d->builder = builder;
	d->has_places = has_places;
	docker_set_endpoint(d, endpoint);
	d->http = http_new(l);
	http_on_fault(d->http, docker_fault, d);
	d->build_id = arena_text(d->arena, str_of(o->build_id ? o->build_id : "mortar"));
	d->site = (struct buildkit_site){
		.at = &d->at, .way = CONTROL_UPGRADE, .arena = d->arena, .explain = docker_fault,
		.data = d,
		.facts = { .daemon = SOLVE_DOCKERD, .build_id = d->build_id,
		           .agent = getenv("SSH_AUTH_SOCK") },
	};
	return &d->base;
}
