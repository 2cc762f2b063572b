/* The archive of an image from its engine, read while it comes. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/engine/layers.h"
#include "core/engine/service.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

enum { ASK_ERROR_MAX = 64 << 10, ASK_READ = 64 << 10 };

/* ---- dockerd and podman's service ---- */

/* libarchive pulls, libcurl pushes: one turn of the loop at a time fills what the next
 * pull takes. */
struct asking {
	struct loop *loop;
	struct http_transfer *transfer;
	const char *image;
	struct buf came, taken;
	int status;
	bool is_over;
	struct error err;               /* code 0: none */
};

static bool asking_bytes(void *data, struct str bytes, struct error *err)
{
	struct asking *q = data;
	(void)err;
	if (http_status(q->transfer) == 200 || q->came.n < ASK_ERROR_MAX)
		buf_append(&q->came, bytes);
	return true;
}

static void asking_done(void *data, const struct error *err)
{
	struct asking *q = data;
	q->status = http_status(q->transfer);
	q->transfer = NULL;
	q->is_over = true;
	if (err)
		q->err = *err;
}

/* {"message": …}; dockerd 20.10 has 404 for names alone, podman no word of its own. */
static bool asking_refused(const struct asking *q, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	const struct value *v, *message = NULL;
	struct error ignored;
	struct str text = { 0 };
	if (value_parse_json(a, buf_str(&q->came), &v, &ignored) && value_type(v) == VALUE_OBJECT)
		message = value_get(v, STR("message"));
	if (message && value_type(message) == VALUE_STRING)
		text = value_text(message);
	if (q->status == 404 || str_find_str(text, STR("no such")) != STR_NONE ||
	    str_find_str(text, STR("No such")) != STR_NONE)
		return error_set(err, ERROR_MISSING, "the engine no longer has the image %s", q->image);
	if (text.n)
		return error_set(err, ERROR_REFUSED, "the engine does not give the image %s: %.*s",
		                 q->image, STR_ARG(text));
	return error_set(err, ERROR_PROTOCOL, "the engine answers with status %d when asked for the "
	                 "image %s", q->status, q->image);
}

static bool asking_more(void *data, struct str *ret_bytes, struct error *err)
{
	struct asking *q = data;
	while (!q->is_over && (!q->came.n || http_status(q->transfer) != 200))
		if (!loop_turn(q->loop, -1, err))
			return false;
	if (q->is_over && q->err.code) {
		*err = q->err;
		return false;
	}
	if (q->is_over && q->status != 200)
		return asking_refused(q, err);
	struct buf taken = q->taken;
	q->taken = q->came;
	q->came = taken;
	buf_clear(&q->came);
	*ret_bytes = buf_str(&q->taken);
	return true;
}

static bool layers_ask_service(struct arena *a, const struct engine_facts *f,
                               const char *image, struct image_layers *ret_layers,
                               struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned_buf struct buf path = { 0 };
	struct asking q = { .loop = loop, .image = image };
	struct service service;
	if (!service_init(&service, loop, f->spec, err))
		return false;
	buf_printf(&path, "/v%s/images/", f->api_version);
	http_append_escaped(&path, str_of(image));
	buf_append_text(&path, "/get");
	struct http_request r = { .method = "GET", .path = buf_text(&path), .at = service.at };
	struct http_events events = { .bytes = asking_bytes, .done = asking_done, .data = &q };
	q.transfer = http_start(service.http, &r, &events);
	bool ok = layers_read(a, asking_more, &q, LAYERS_LIMITS, ret_layers, err);
	service_finish(&service);
	buf_finish(&q.came);
	buf_finish(&q.taken);
	return ok;
}

/* ---- buildah, which has no service ---- */

struct piping {
	int fd;
	char *bytes;
};

static bool piping_more(void *data, struct str *ret_bytes, struct error *err)
{
	struct piping *p = data;
	ssize_t n;
	do
		n = read(p->fd, p->bytes, ASK_READ);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set_errno(err, "reading what buildah pushes");
	*ret_bytes = (struct str){ p->bytes, (size_t)n };
	return true;
}

static bool piping_start(const char *image, struct child *ret_child, int *ret_fd,
                         struct error *err)
{
	int ends[2];
	if (pipe2(ends, 0) < 0)
		return error_set_errno(err, "a pipe for buildah");
	const char *const argv[] = { "buildah", "push", "--quiet", image,
	                             "docker-archive:/dev/stdout", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = ends[1], .err = SPAWN_NULL,
	                   .die_with_parent = true };
	bool ok = spawn_start(&s, ret_child, err);
	close(ends[1]);
	if (!ok)
		close(ends[0]);
	*ret_fd = ends[0];
	return ok;
}

static bool layers_ask_buildah(struct arena *a, const char *image,
                               struct image_layers *ret_layers, struct error *err)
{
	struct child child;
	struct piping p;
	int status = 0;
	if (!piping_start(image, &child, &p.fd, err))
		return false;
	p.bytes = xrealloc(NULL, ASK_READ, 1);
	bool ok = layers_read(a, piping_more, &p, LAYERS_LIMITS, ret_layers, err);
	close(p.fd);
	free(p.bytes);
	if (!ok)
		kill(child.pid, SIGTERM);
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!ok && WIFEXITED(status) && WEXITSTATUS(status))
		return error_set(err, ERROR_MISSING, "buildah does not give the image %s: it may be gone",
		                 image);
	return ok;
}

bool layers_ask(struct arena *a, const struct engine_facts *f, const char *image,
                struct image_layers *ret_layers, struct error *err)
{
	if (!engine_keeps_images(f))
		return error_set(err, ERROR_REFUSED, "%s keeps no images that could be looked into: a "
		                 "build with --output has its files", f->product);
	if (!f->spec)
		return layers_ask_buildah(a, image, ret_layers, err);
	return layers_ask_service(a, f, image, ret_layers, err);
}
