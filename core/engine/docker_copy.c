#include "core/engine/docker_copy.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/engine/sentence.h"
#include "core/os/spool.h"

enum { COPY_REFUSAL_MAX = 4096 };

struct docker_copy {
	struct docker *docker;
	const struct run_task *task;
	const char *container;
	enum docker_copy_way way;
	bool accepted;
	size_t n;                       /* the one at hand */
	struct http_transfer *transfer;
	struct copies_pack *pack;
	struct spool *spool;
	uint64_t bytes;                 /* of the spool */
	struct buf refusal;             /* the body of an answer of 400 or more */
	uint64_t timer;
	docker_copied_fn *done;
	void *data;
};

static void copy_next(struct loop *, void *data);

void docker_copy_free(struct docker_copy *c)
{
	if (!c)
		return;
	http_cancel(c->transfer);
	loop_untimer(c->docker->base.loop, c->timer);
	copies_pack_free(c->pack);
	spool_free(c->spool);
	buf_finish(&c->refusal);
	free(c);
}

static const struct run_copy *copy_list(const struct docker_copy *c)
{
	return c->way == DOCKER_COPY_IN ? c->task->copies_in : c->task->copies_out;
}

static void copy_fail(struct docker_copy *c, struct error *why)
{
	const struct run_copy *at = &copy_list(c)[c->n];
	if (c->way == DOCKER_COPY_IN)
		error_prefix(why, "'%s' cannot be copied to %s", at->path, at->container);
	else
		error_prefix(why, "%s cannot be copied out of the container", at->container);
	c->done(c->data, why);
}

static void copy_next_soon(struct docker_copy *c)
{
	c->timer = loop_timer(c->docker->base.loop, 0, copy_next, c);
}

/* The one at hand is there, or need not be. */
static void copy_ended(struct docker_copy *c)
{
	copies_pack_free(c->pack);
	spool_free(c->spool);
	c->pack = NULL;
	c->spool = NULL;
	c->n++;
	copy_next_soon(c);
}

static enum http_body copy_pull(void *data, struct str *ret_bytes, struct error *err)
{
	struct docker_copy *c = data;
	switch (copies_pack_pull(c->pack, ret_bytes, err)) {
	case PULL_DATA: return HTTP_BODY_DATA;
	case PULL_DONE: return HTTP_BODY_DONE;
	case PULL_FAILED: break;
	}
	return HTTP_BODY_FAILED;
}

static bool copy_bytes(void *data, struct str bytes, struct error *err)
{
	struct docker_copy *c = data;
	if (http_status(c->transfer) >= 400 || !c->spool) {
		buf_append(&c->refusal, str_slice(bytes, 0, COPY_REFUSAL_MAX - c->refusal.n));
		return true;
	}
	c->bytes += bytes.n;
	if (c->bytes > COPIES_BYTES_MAX)
		return error_set(err, ERROR_LIMIT, "there are more than %llu GiB of it",
		                 (unsigned long long)(COPIES_BYTES_MAX >> 30));
	return spool_append(c->spool, bytes, err);
}

static bool copy_take(struct docker_copy *c, struct error *err)
{
	return c->way == DOCKER_COPY_IN ||
	       (spool_finish(c->spool, err) && copies_unpack(c->task, c->n, err));
}

static void copy_done(void *data, const struct error *err)
{
	struct docker_copy *c = data;
	struct error why = { 0 };
	int status = http_status(c->transfer);
	c->transfer = NULL;
	if (status == 404 && c->way == DOCKER_COPY_OUT)
		error_set(&why, ERROR_BUILD, "there is none");
	else if (status >= 400)
		sentence_of_refusal(status, buf_str(&c->refusal), &why);
	if (status == 404 && copy_list(c)[c->n].may_lack && c->way == DOCKER_COPY_OUT) {
		copy_ended(c);
	} else if (status >= 400) {
		copy_fail(c, &why);
	} else if (err) {
		why = *err;
		copy_fail(c, &why);
	} else if (!copy_take(c, &why)) {
		copy_fail(c, &why);
	} else {
		copy_ended(c);
	}
}

/* in: path is the folder that the tar is unpacked in; out: what is packed. */
static void copy_start(struct docker_copy *c, const char *method, struct str path)
{
	static const char *const headers[] = { "Content-Type: application/x-tar", NULL };
	struct docker *d = c->docker;
	bool in = c->way == DOCKER_COPY_IN;
	owned_buf struct buf where = { 0 };
	buf_printf(&where, "/v%s/containers/%s/archive?path=", d->facts.api_version, c->container);
	http_append_escaped(&where, path);
	struct http_request r = { .method = method, .path = buf_text(&where), .at = d->at,
	                          .headers = in ? headers : NULL };
	struct http_events e = { .pull = in ? copy_pull : NULL, .bytes = copy_bytes,
	                         .done = copy_done, .data = c };
	buf_clear(&c->refusal);
	c->bytes = 0;
	c->transfer = http_start(d->http, &r, &e);
}

static bool copy_in(struct docker_copy *c, const struct run_copy *copy, struct error *err)
{
	if (!copies_pack_new(c->task, copy, &c->pack, err))
		return false;
	if (c->pack)
		copy_start(c, "PUT", copies_folder(copy));
	else
		copy_ended(c);
	return true;
}

static bool copy_out(struct docker_copy *c, const struct run_copy *copy, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	c->spool = spool_new(copies_tar(a, c->task, c->n), 0600, err);
	if (c->spool)
		copy_start(c, "GET", str_of(copy->container));
	return c->spool;
}

static void copy_next(struct loop *l, void *data)
{
	(void)l;
	struct docker_copy *c = data;
	const struct run_copy *list = copy_list(c);
	struct error why = { 0 };
	c->timer = 0;
	while (c->way == DOCKER_COPY_OUT && list && list[c->n].container &&
	       !copies_is_due(&list[c->n], c->accepted))
		c->n++;
	if (!list || !list[c->n].container)
		c->done(c->data, NULL);
	else if (!(c->way == DOCKER_COPY_IN ? copy_in : copy_out)(c, &list[c->n], &why))
		copy_fail(c, &why);
}

struct docker_copy *docker_copy_new(struct docker *d, const struct run_task *t,
                                    const char *container, enum docker_copy_way way, bool accepted,
                                    docker_copied_fn *done, void *data)
{
	struct docker_copy *c = xcalloc(1, sizeof *c);
	*c = (struct docker_copy){ .docker = d, .task = t, .container = container, .way = way,
	                           .accepted = accepted, .done = done, .data = data };
	copy_next_soon(c);
	return c;
}
