/* What `buildah images` and `buildah containers` tell, and `buildah rmi`, `buildah rm`. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "core/engine/stream.h"
#include "core/engine/usage_call.h"
#include "core/os/spawn.h"
#include "core/value/json.h"

enum { BUILDAH_ANSWER_MAX = 64 << 20, BUILDAH_TRIES = 5, BUILDAH_SAYS = 4096 };

/* ---- the answers ---- */

/* "147 MB", as buildah writes it: units of 1000. */
static uint64_t buildah_size(const char *text)
{
	static const char *const units[] = { " B", " KB", " MB", " GB", " TB" };
	double scale = 1, size = strtod(text, NULL);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++, scale *= 1000)
		if (str_has_suffix(str_of(text), str_of(units[i])))
			return size > 0 && size * scale < 1e18 ? (uint64_t)(size * scale + 0.5) : 0;
	return 0;
}

/* The ids of images are cut to 12 digits here and whole elsewhere. */
static void buildah_use_image(struct usage *u, struct str id)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].kind == USAGE_IMAGE && u->items[i].id[0] &&
		    str_has_prefix(id, str_of(u->items[i].id)))
			u->items[i].in_use = true;
}

static bool buildah_lists(const struct value *list, struct str id)
{
	for (const struct value *v = value_child(list); v; v = value_next(v))
		if (str_eq(stream_text(v, "id"), id))
			return true;
	return false;
}

static void buildah_read_image(struct arena *a, const struct value *v,
                               const struct value *dangling, struct usage *u)
{
	struct usage_item *item = usage_add(u, USAGE_IMAGE);
	const struct value *names = value_get(v, STR("names"));
	bool has = names && value_type(names) == VALUE_ARRAY;
	const char **list = arena_array(a, (has ? value_count(names) : 0) + 1, sizeof *list);
	size_t n = 0;
	for (const struct value *name = has ? value_child(names) : NULL; name; name = value_next(name))
		if (value_type(name) == VALUE_STRING)
			list[n++] = arena_text(a, value_text(name));
	item->id = arena_text(a, stream_text(v, "id"));
	item->names = list;
	item->name = n ? list[0] : "";
	item->state = n ? "tagged" : buildah_lists(dangling, str_of(item->id)) ? "dangling"
	                                                                     : "intermediate";
	/* On what it stands is not told: it goes with the last that is on it. */
	item->by_name = strcmp(item->state, "intermediate") == 0;
	item->size = buildah_size(arena_text(a, stream_text(v, "size")));
	item->has_size = true;
	item->created = (double)usage_number(v, "created");
}

static void buildah_read_container(struct arena *a, const struct value *v, struct usage *u)
{
	struct usage_item *item = usage_add(u, USAGE_CONTAINER);
	item->id = arena_text(a, stream_text(v, "id"));
	item->name = arena_text(a, stream_text(v, "containername"));
	item->image = arena_text(a, stream_text(v, "imageid"));
	item->state = "working";
	/* A build that runs may have it. */
	item->by_name = true;
	buildah_use_image(u, str_of(item->image));
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].kind == USAGE_IMAGE && u->items[i].id[0] &&
		    str_has_prefix(str_of(item->image), str_of(u->items[i].id)))
			item->image = u->items[i].id;
}

static bool buildah_parse(struct arena *a, struct str json, const struct value **ret_list,
                          struct error *err)
{
	if (!value_parse_json(a, json, ret_list, err))
		return error_prefix(err, "buildah's list");
	return value_type(*ret_list) == VALUE_ARRAY || value_type(*ret_list) == VALUE_NULL ||
	       error_set(err, ERROR_PROTOCOL, "buildah's list is no JSON array");
}

bool usage_read_buildah(struct arena *a, struct str images, struct str dangling,
                        struct str containers, struct usage *u, struct error *err)
{
	const struct value *all, *unnamed, *working, *v;
	if (!buildah_parse(a, images, &all, err) || !buildah_parse(a, dangling, &unnamed, err) ||
	    !buildah_parse(a, containers, &working, err))
		return false;
	*u = (struct usage){ .is_rounded = true };
	u->items = arena_array(a, value_count(all) + value_count(working) + 1, sizeof *u->items);
	for (v = value_child(all); v; v = value_next(v))
		if (stream_text(v, "id").n)
			buildah_read_image(a, v, unnamed, u);
	for (v = value_child(working); v; v = value_next(v))
		if (stream_text(v, "id").n)
			buildah_read_container(a, v, u);
	u->has[USAGE_IMAGE] = u->has[USAGE_CONTAINER] = true;
	return true;
}

/* ---- asking ---- */

static bool buildah_ask(const char *const *argv, struct buf *answer, struct error *err)
{
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_PIPE, .err = SPAWN_NULL,
	                   .die_with_parent = true };
	/* It fails when something is removed while it looks. */
	for (int i = 0, status = 1; i < BUILDAH_TRIES; i++) {
		buf_clear(answer);
		if (!spawn_run(&s, BUILDAH_ANSWER_MAX, answer, &status, err))
			return false;
		if (answer->full)
			return error_set(err, ERROR_LIMIT, "buildah tells more than %d MiB",
			                 BUILDAH_ANSWER_MAX >> 20);
		if (status == 0)
			return true;
	}
	return error_set(err, ERROR_REFUSED, "buildah %s fails", argv[1]);
}

bool usage_ask_buildah(struct arena *a, usage_waiting_fn *waiting, void *data, struct usage *u,
                       struct error *err)
{
	static const char *const list[] = { "buildah", "images", "--all", "--json", NULL };
	static const char *const unnamed[] = { "buildah", "images", "--filter", "dangling=true",
	                                       "--json", NULL };
	static const char *const working[] = { "buildah", "containers", "--json", NULL };
	owned_buf struct buf images = { 0 }, dangling = { 0 }, containers = { 0 };
	waiting(data, "images and working containers");
	return buildah_ask(list, &images, err) && buildah_ask(unnamed, &dangling, err) &&
	       buildah_ask(working, &containers, err) &&
	       usage_read_buildah(a, arena_str(a, buf_str(&images)), arena_str(a, buf_str(&dangling)),
	                          arena_str(a, buf_str(&containers)), u, err);
}

/* ---- removing ---- */

/* Its reasons go to its stderr, which is not read: what they may be is known. */
static bool buildah_remove(const char *verb, const char *id, bool *ret_gone, struct error *err)
{
	const char *argv[] = { "buildah", verb, id, NULL };
	struct spawn s = { .argv = argv, .in = SPAWN_NULL, .out = SPAWN_NULL, .err = SPAWN_NULL,
	                   .die_with_parent = true };
	int status;
	if (!spawn_run(&s, 0, NULL, &status, err))
		return false;
	*ret_gone = status == 0;
	return true;
}

bool usage_remove_buildah(const struct usage *u, const struct usage_choice *choice,
                          const struct usage_removal *to, struct error *err)
{
	for (size_t i = 0; i < choice->n && to->goes_on(to->data); i++) {
		size_t at = choice->goes[i];
		bool is_image = u->items[at].kind == USAGE_IMAGE, gone;
		if (!buildah_remove(is_image ? "rmi" : "rm", u->items[at].id, &gone, err))
			return false;
		to->removed(to->data, at, 0, gone ? NULL : is_image
		            ? "another image stands on it, or a container has it" : "buildah refuses");
	}
	return true;
}
