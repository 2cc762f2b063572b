#include "core/engine/docker_sweep.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/run_owner.h"
#include "core/engine/sentence.h"
#include "core/engine/stream.h"
#include "core/os/clock.h"
#include "core/value/json.h"

/* A daemon that does not list or remove in this time keeps nobody from running. */
enum { SWEEP_MS = 10000 };

struct docker_sweep {
	struct docker *docker;
	const struct engine_sink *sink;
	void (*done)(void *data);
	void *data;
	struct arena *arena;
	struct docker_call call;
	const struct value *next;       /* container to look at, or NULL */
	const struct value *image;      /* the same of images, which come after them */
	const struct value *tag;        /* of it */
	const char *name;               /* of the one that is being removed */
};

static void sweep_warn(struct docker_sweep *s, const char *text)
{
	if (s->sink->warning)
		s->sink->warning(s->sink->data, str_of(text));
}

static void sweep_next(struct docker_sweep *s);

/* ---- images ---- */

static void sweep_next_tag(struct docker_sweep *s);

static void sweep_untagged(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_sweep *s = data;
	(void)answer;
	/* One in use stays until it is not. */
	if (!err && status < 400)
		sweep_warn(s, arena_printf(s->arena, "removed the image %s, which a mortar that was "
		                           "killed left behind", s->name));
	sweep_next_tag(s);
}

static bool sweep_is_ours(struct str tag)
{
	size_t at = str_find_str(tag, STR(RUN_OWNER_SHELL ":"));
	struct str owner = str_slice(tag, at == STR_NONE ? tag.n : at + STR(RUN_OWNER_SHELL ":").n,
	                             tag.n);
	return run_owner_name_is_gone(owner, (int64_t)clock_now());
}

static const struct value *sweep_tags(const struct value *image)
{
	const struct value *tags = image ? value_get(image, STR("RepoTags")) : NULL;
	return tags && value_type(tags) == VALUE_ARRAY ? value_child(tags) : NULL;
}

/* The next one of ours that is abandoned; n 0: there is none. */
static struct str sweep_find_tag(struct docker_sweep *s)
{
	while (s->image) {
		for (; s->tag; s->tag = value_next(s->tag))
			if (value_type(s->tag) == VALUE_STRING && sweep_is_ours(value_text(s->tag)))
				return value_text(s->tag);
		s->image = value_next(s->image);
		s->tag = sweep_tags(s->image);
	}
	return (struct str){ 0 };
}

static void sweep_next_tag(struct docker_sweep *s)
{
	struct str tag = sweep_find_tag(s);
	if (!tag.n) {
		s->done(s->data);
		return;
	}
	s->tag = value_next(s->tag);
	owned_buf struct buf path = { 0 };
	buf_append(&path, STR("/images/"));
	http_append_escaped(&path, tag);
	buf_append(&path, STR("?noprune=1"));
	s->name = arena_text(s->arena, tag);
	docker_call(s->docker, &s->call, "DELETE", buf_text(&path), SWEEP_MS, sweep_untagged, s);
}

static void sweep_images_listed(void *data, int status, struct str answer,
                                const struct error *err)
{
	struct docker_sweep *s = data;
	const struct value *all;
	struct error ignored = { 0 };
	if (!err && status == 200 &&
	    value_parse_json(s->arena, arena_str(s->arena, answer), &all, &ignored) &&
	    value_type(all) == VALUE_ARRAY) {
		s->image = value_child(all);
		s->tag = sweep_tags(s->image);
	}
	sweep_next_tag(s);
}

/* Only BuildKit's have names (ABILITY_CACHE_IS_IMAGES). */
static void sweep_images(struct docker_sweep *s)
{
	owned_buf struct buf path = { 0 };
	if (s->docker->builder != DOCKER_BUILDKIT) {
		s->done(s->data);
		return;
	}
	buf_append(&path, STR("/images/json?filters="));
	http_append_escaped(&path, STR("{\"reference\":[\"" RUN_OWNER_SHELL "\"]}"));
	docker_call(s->docker, &s->call, "GET", buf_text(&path), SWEEP_MS, sweep_images_listed, s);
}

/* ---- containers ---- */

static void sweep_removed(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_sweep *s = data;
	struct error why = { 0 };
	/* 404: somebody was faster; 409: somebody is at it. */
	if (err)
		why = *err;
	else if (status >= 400 && status != 404 && status != 409)
		sentence_of_refusal(status, answer, &why);
	if (why.code)
		sweep_warn(s, arena_printf(s->arena, "the container %s, which a mortar that was killed "
		                           "left behind, cannot be removed: %s", s->name, why.text));
	else if (status < 400)
		sweep_warn(s, arena_printf(s->arena, "removed the container %s, which a mortar that was "
		                           "killed left behind", s->name));
	sweep_next(s);
}

static const char *sweep_name(struct docker_sweep *s, const struct value *container)
{
	const struct value *names = value_get(container, STR("Names"));
	const struct value *first = names ? value_child(names) : NULL;
	struct str name = first && value_type(first) == VALUE_STRING ? value_text(first)
	                                                             : stream_text(container, "Id");
	if (str_has_prefix(name, STR("/")))
		name = str_slice(name, 1, name.n);
	return arena_text(s->arena, name);
}

static bool sweep_is_abandoned(const struct value *container)
{
	const struct value *labels = value_get(container, STR("Labels"));
	const struct value *made = value_get(container, STR("Created"));
	struct str owner = labels ? stream_text(labels, RUN_OWNER_LABEL) : (struct str){ 0 };
	unsigned long long t = 0;
	if (!owner.n || !stream_text(container, "Id").n)
		return false;
	if (made && !str_number(value_text(made), INT64_MAX, &t))
		t = 0;
	struct str state = stream_text(container, "State");
	bool rests = str_eq(state, STR("exited")) || str_eq(state, STR("created")) ||
	             str_eq(state, STR("dead"));
	return run_owner_is_gone(owner, !rests, (int64_t)t, (int64_t)clock_now());
}

static void sweep_next(struct docker_sweep *s)
{
	while (s->next && !sweep_is_abandoned(s->next))
		s->next = value_next(s->next);
	if (!s->next) {
		sweep_images(s);
		return;
	}
	owned_buf struct buf path = { 0 };
	buf_append(&path, STR("/containers/"));
	http_append_escaped(&path, stream_text(s->next, "Id"));
	buf_append(&path, STR("?force=1&v=1"));
	s->name = sweep_name(s, s->next);
	s->next = value_next(s->next);
	docker_call(s->docker, &s->call, "DELETE", buf_text(&path), SWEEP_MS, sweep_removed, s);
}

static void sweep_listed(void *data, int status, struct str answer, const struct error *err)
{
	struct docker_sweep *s = data;
	const struct value *all;
	struct error ignored = { 0 };
	/* What is wrong with the engine the run itself will find. */
	if (!err && status == 200 &&
	    value_parse_json(s->arena, arena_str(s->arena, answer), &all, &ignored) &&
	    value_type(all) == VALUE_ARRAY)
		s->next = value_child(all);
	sweep_next(s);
}

struct docker_sweep *docker_sweep_new(struct docker *d, const struct engine_sink *sink,
                                      void (*done)(void *data), void *data)
{
	struct docker_sweep *s = xcalloc(1, sizeof *s);
	owned_buf struct buf path = { 0 };
	*s = (struct docker_sweep){ .docker = d, .sink = sink, .done = done, .data = data,
	                            .arena = arena_new() };
	buf_append(&path, STR("/containers/json?all=1&filters="));
	http_append_escaped(&path, STR("{\"label\":[\"" RUN_OWNER_LABEL "\"]}"));
	docker_call(d, &s->call, "GET", buf_text(&path), SWEEP_MS, sweep_listed, s);
	return s;
}

void docker_sweep_free(struct docker_sweep *s)
{
	if (!s)
		return;
	docker_call_finish(&s->call);
	arena_free(s->arena);
	free(s);
}
