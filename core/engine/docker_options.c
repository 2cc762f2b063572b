#include "core/engine/docker_options.h"

#include "core/engine/terms.h"
#include "core/ext/http.h"
#include "core/value/json.h"

bool docker_options_can(const struct image_task *t, enum docker_builder builder,
                        const char *version, struct error *err)
{
	return terms_can(t, builder == DOCKER_CLASSIC ? TERMS_CLASSIC :
	                              builder == DOCKER_PODMAN ? TERMS_PODMAN : TERMS_BUILDKIT,
	                 version, err);
}

void docker_options_add(struct buf *path, const char *name, struct str value)
{
	buf_append_char(path, str_find(buf_str(path), '?') == STR_NONE ? '?' : '&');
	buf_printf(path, "%s=", name);
	http_append_escaped(path, value);
}

/* Texts of a JSON array, and where they go. */
struct docker_list {
	struct arena *arena;
	struct buf out;
	struct buf *path;
	enum docker_builder builder;
};

static void docker_list_open(struct docker_list *l)
{
	buf_append_char(&l->out, l->out.n ? ',' : '[');
}

static void docker_list_add(struct docker_list *l, const char *text)
{
	docker_list_open(l);
	value_write_json_string(&l->out, str_of(text), false);
}

static void docker_list_end(struct docker_list *l, const char *name)
{
	if (l->out.n) {
		buf_append_char(&l->out, ']');
		docker_options_add(l->path, name, buf_str(&l->out));
	}
	buf_clear(&l->out);
}

/* A list for podman, once for each for dockerd. */
static void docker_put_host(struct docker_list *l, const char *host)
{
	if (l->builder == DOCKER_PODMAN)
		docker_list_add(l, host);
	else
		docker_options_add(l->path, "extrahosts", str_of(host));
}

static bool docker_add_host(void *data, struct str value, struct error *err)
{
	struct docker_list *l = data;
	struct host h;
	if (host_read(value, &h, err))
		docker_put_host(l, arena_printf(l->arena, "%.*s:%.*s", STR_ARG(h.name),
		                                STR_ARG(h.address)));
	return true;
}

static bool docker_add_ulimit(void *data, struct str value, struct error *err)
{
	struct docker_list *l = data;
	struct ulimit u;
	if (!ulimit_read(value, &u, err))
		return true;
	long long soft = u.soft, hard = u.hard;
	if (l->builder == DOCKER_PODMAN) {
		docker_list_add(l, arena_printf(l->arena, "%.*s=%lld:%lld", STR_ARG(u.name), soft, hard));
		return true;
	}
	docker_list_open(l);
	buf_printf(&l->out, "{\"Name\":\"%.*s\",\"Soft\":%lld,\"Hard\":%lld}", STR_ARG(u.name), soft,
	           hard);
	return true;
}

static bool docker_add_cache(void *data, struct str value, struct error *err)
{
	struct docker_list *l = data;
	(void)err;
	docker_list_add(l, arena_text(l->arena, terms_cache_ref(l->arena, value, CACHE_FROM)));
	return true;
}

static bool docker_add_size(void *data, struct str value, struct error *err)
{
	struct docker_list *l = data;
	uint64_t bytes;
	if (size_read(value, &bytes, err))
		docker_options_add(l->path, "shmsize", str_of(arena_printf(l->arena, "%llu",
		                                                           (unsigned long long)bytes)));
	return true;
}

/* podman takes lists from 4.4 on, before that one repository as it is. */
static void docker_add_repositories(struct docker_list *l, const struct image_task *t,
                                    const char *version, enum cache_way way)
{
	const char *option = way == CACHE_TO ? "cache-to" : "cache-from";
	const char *name = way == CACHE_TO ? "cacheto" : "cachefrom";
	struct str one = work_option(t, option);
	if (!one.p)
		return;
	if (terms_is_since(version, 4, 4)) {
		struct error ignored;
		terms_each(t, option, docker_add_cache, l, &ignored);
		docker_list_end(l, name);
		return;
	}
	docker_options_add(l->path, name, terms_cache_ref(l->arena, one, way));
}

void docker_options_append(struct buf *path, const struct image_task *t,
                           enum docker_builder builder, const char *version, const char *host)
{
	owned(arena) struct arena *a = arena_new();
	struct docker_list list = { .arena = a, .path = path, .builder = builder };
	struct str parent = work_option(t, "cgroup-parent");
	struct error ignored;
	if (host)
		docker_put_host(&list, host);
	terms_each(t, "add-host", docker_add_host, &list, &ignored);
	docker_list_end(&list, "extrahosts");
	terms_each(t, "ulimit", docker_add_ulimit, &list, &ignored);
	docker_list_end(&list, "ulimits");
	terms_each(t, "shm-size", docker_add_size, &list, &ignored);
	if (parent.n)
		docker_options_add(path, "cgroupparent", parent);
	if (builder == DOCKER_PODMAN) {
		docker_add_repositories(&list, t, version, CACHE_FROM);
		docker_add_repositories(&list, t, version, CACHE_TO);
	} else {
		terms_each(t, "cache-from", docker_add_cache, &list, &ignored);
		docker_list_end(&list, "cachefrom");
	}
	buf_finish(&list.out);
}
