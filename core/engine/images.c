#include "core/engine/images.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/engine/service.h"
#include "core/engine/stream.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

/* Some 600 bytes an image. */
enum { IMAGES_ANSWER_MAX = 64 << 20, IMAGES_MS = 10000, IMAGES_TRIES = 5 };

/* ---- the answers ---- */

/* "localhost/svc:1.0" is svc and 1.0; false: it is not of the repository. */
static bool images_name(struct arena *a, struct str reference, struct str repository,
                        struct engine_image *image)
{
	static const char *const homes[] = { "localhost/", "docker.io/library/" };
	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++)
		if (str_has_prefix(reference, str_of(homes[i])))
			reference = str_slice(reference, strlen(homes[i]), reference.n);
	size_t colon = str_find_last(reference, ':');
	if (colon == STR_NONE || !str_eq(str_slice(reference, 0, colon), repository))
		return false;
	image->name = arena_text(a, repository);
	image->tag = arena_text(a, str_slice(reference, colon + 1, reference.n));
	return true;
}

static unsigned long long images_number(const struct value *image, const char *key)
{
	unsigned long long n;
	const struct value *v = value_get(image, str_of(key));
	return v && str_number(value_text(v), 1ull << 62, &n) ? n : 0;
}

/* "147 MB", as buildah writes it: units of 1000. */
static uint64_t images_size(struct str text)
{
	static const char *const units[] = { " B", " KB", " MB", " GB", " TB" };
	double scale = 1, size = strtod(text.n ? text.p : "", NULL);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++, scale *= 1000)
		if (str_has_suffix(text, str_of(units[i])))
			return size > 0 && size * scale < 1e18 ? (uint64_t)(size * scale + 0.5) : 0;
	return 0;
}

static int images_order(const void *a, const void *b)
{
	const struct engine_image *left = a, *right = b;
	if (left->created != right->created)
		return left->created > right->created ? -1 : 1;
	return strcmp(left->tag, right->tag);
}

/* names, size and created: the members' names in this engine's words. */
static bool images_read(struct arena *a, struct str json, struct str repository,
                        const char *const members[4], struct engine_images *ret_images,
                        struct error *err)
{
	const struct value *all;
	size_t cap = 0;
	if (!value_parse_json(a, json, &all, err))
		return error_prefix(err, "the list of images");
	if (value_type(all) != VALUE_ARRAY && value_type(all) != VALUE_NULL)
		return error_set(err, ERROR_PROTOCOL, "the list of images is no JSON array");
	*ret_images = (struct engine_images){ 0 };
	for (const struct value *v = value_child(all); v; v = value_next(v)) {
		const struct value *names = value_type(v) == VALUE_OBJECT
			? value_get(v, str_of(members[0])) : NULL;
		cap += names ? value_count(names) : 0;
	}
	ret_images->items = arena_array(a, cap + 1, sizeof *ret_images->items);
	for (const struct value *v = value_child(all); v; v = value_next(v)) {
		const struct value *names = value_type(v) == VALUE_OBJECT
			? value_get(v, str_of(members[0])) : NULL;
		if (!names || value_type(names) != VALUE_ARRAY)
			continue;
		const struct value *size = value_get(v, str_of(members[2]));
		struct engine_image image = {
			.id = arena_text(a, stream_text(v, members[1])),
			.created = (double)images_number(v, members[3]),
			.size = size && value_type(size) == VALUE_STRING
			        ? images_size(str_of(arena_text(a, value_text(size))))
			        : images_number(v, members[2]),
		};
		for (const struct value *n = value_child(names); n; n = value_next(n))
			if (value_type(n) == VALUE_STRING && images_name(a, value_text(n), repository, &image))
				ret_images->items[ret_images->n++] = image;
	}
	qsort(ret_images->items, ret_images->n, sizeof *ret_images->items, images_order);
	return true;
}

bool engine_images_read_docker(struct arena *a, struct str json, struct str repository,
                               struct engine_images *ret_images, struct error *err)
{
	static const char *const members[] = { "RepoTags", "Id", "Size", "Created" };
	return images_read(a, json, repository, members, ret_images, err);
}

bool engine_images_read_buildah(struct arena *a, struct str json, struct str repository,
                                struct engine_images *ret_images, struct error *err)
{
	static const char *const members[] = { "names", "id", "size", "created" };
	return images_read(a, json, repository, members, ret_images, err);
}

/* ---- asking ---- */

struct images_asking {
	struct loop *loop;
	struct http_transfer *transfer;
	struct buf answer;
	int status;
	struct error err;
};

static bool images_bytes(void *data, struct str bytes, struct error *err)
{
	struct images_asking *q = data;
	if (q->answer.n + bytes.n > IMAGES_ANSWER_MAX)
		return error_set(err, ERROR_LIMIT, "its list of images is over %d MiB",
		                 IMAGES_ANSWER_MAX >> 20);
	buf_append(&q->answer, bytes);
	return true;
}

static void images_came(void *data, const struct error *err)
{
	struct images_asking *q = data;
	q->status = http_status(q->transfer);
	q->transfer = NULL;
	if (err)
		q->err = *err;
	loop_stop(q->loop);
}

static bool images_ask_docker(struct arena *a, const struct engine_facts *f, struct buf *answer,
                              struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	owned_service struct service service = { 0 };
	struct images_asking q = { .loop = loop };
	if (!service_init(&service, loop, f->spec, err))
		return false;
	struct http_request r = {
		.method = "GET", .path = arena_printf(a, "/v%s/images/json", f->api_version),
		.at = service.at, .timeout_ms = IMAGES_MS + endpoint_patience_ms(service.endpoint),
	};
	struct http_events events = { .bytes = images_bytes, .done = images_came, .data = &q };
	q.transfer = http_start(service.http, &r, &events);
	bool ok = loop_run(loop, err);
	if (ok && q.err.code) {
		*err = q.err;
		ok = false;
	} else if (ok && q.status != 200) {
		ok = error_set(err, ERROR_PROTOCOL, "%s answers with status %d", f->address, q.status);
	}
	*answer = q.answer;
	return ok;
}

static bool images_ask_buildah(struct buf *answer, struct error *err)
{
	static const char *const argv[] = { "buildah", "images", "--json", NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_NULL,
	                   .die_with_parent = true };
	/* It fails when an image is removed while it looks. */
	for (int i = 0, status = 1; i < IMAGES_TRIES; i++) {
		buf_clear(answer);
		if (!spawn_run(&s, IMAGES_ANSWER_MAX, answer, &status, err))
			return false;
		if (status == 0)
			return true;
	}
	return error_set(err, ERROR_REFUSED, "buildah images fails");
}

bool engine_images_list(struct arena *a, const struct engine_facts *f, struct str repository,
                        struct engine_images *ret_images, struct error *err)
{
	owned_buf struct buf answer = { 0 };
	if (!engine_keeps_images(f))
		return error_set(err, ERROR_REFUSED, "%s keeps no images", f->product);
	if (!f->spec)
		return images_ask_buildah(&answer, err) &&
		       engine_images_read_buildah(a, buf_str(&answer), repository, ret_images, err);
	return images_ask_docker(a, f, &answer, err) &&
	       engine_images_read_docker(a, arena_str(a, buf_str(&answer)), repository, ret_images,
	                                 err);
}
