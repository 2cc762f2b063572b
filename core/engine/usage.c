#include "core/engine/usage.h"

#include <stdlib.h>

#include "core/engine/usage_call.h"

static const struct {
	const char *name, *title;
} kinds[USAGE_KINDS] = {
	[USAGE_IMAGE] = { "image", "images" }, [USAGE_CONTAINER] = { "container", "containers" },
	[USAGE_CACHE] = { "cache", "build cache" }, [USAGE_VOLUME] = { "volume", "volumes" },
};

const char *usage_kind_name(enum usage_kind kind)
{
	return kinds[kind].name;
}

const char *usage_kind_title(enum usage_kind kind)
{
	return kinds[kind].title;
}

struct usage_item *usage_add(struct usage *u, enum usage_kind kind)
{
	static const char *const none[] = { NULL };
	struct usage_item *item = &u->items[u->n++];
	*item = (struct usage_item){ .kind = kind, .id = "", .name = "", .names = none, .state = "",
	                             .image = "", .parents = none, .layer = -1 };
	return item;
}

static struct str usage_bare(struct str id)
{
	return str_has_prefix(id, STR("sha256:")) ? str_slice(id, 7, id.n) : id;
}

size_t usage_find(const struct usage *u, enum usage_kind kind, struct str id)
{
	for (size_t i = 0; id.n && i < u->n; i++)
		if (u->items[i].kind == kind && str_eq(usage_bare(str_of(u->items[i].id)), usage_bare(id)))
			return i;
	return STR_NONE;
}

bool usage_ask(struct arena *a, const struct engine_facts *f, usage_waiting_fn *waiting, void *data,
               struct usage *ret_usage, struct error *err)
{
	struct usage_line line;
	*ret_usage = (struct usage){ 0 };
	if (!f->spec)
		return usage_ask_buildah(a, waiting, data, ret_usage, err);
	if (!engine_keeps_images(f))
		return usage_ask_buildkit(a, f, waiting, data, ret_usage, err);
	if (!usage_line_open(f, &line, err))
		return false;
	bool ok = usage_ask_docker(a, &line, f, waiting, data, ret_usage, err);
	usage_line_close(&line);
	return ok;
}

bool usage_remove(const struct engine_facts *f, const struct usage *u, const struct usage_choice *c,
                  const struct usage_removal *r, struct error *err)
{
	struct usage_line line;
	if (!f->spec)
		return usage_remove_buildah(u, c, r, err);
	if (!engine_keeps_images(f))
		return usage_remove_buildkit(f, u, c, r, err);
	if (!usage_line_open(f, &line, err))
		return false;
	bool ok = usage_remove_docker(&line, u, c, r, err);
	usage_line_close(&line);
	return ok;
}
