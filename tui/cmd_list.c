/* mortar list: what workspaces and the engine hold of a project. */
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/job/images.h"
#include "core/os/clock.h"
#include "core/os/space.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

struct listing {
	struct arena *arena;
	struct loop *loop;
	const struct project *project;
	struct workspaces workspaces;
	struct choices choices;
	struct images_found found;
};

static void list_told(void *data, const struct images_found *found)
{
	struct listing *l = data;
	l->found = *found;
	loop_stop(l->loop);
}

/* ---- as JSON ---- */

static void list_set_variant(struct arena *a, struct value *o, const struct variant *v)
{
	struct value *profiles = value_new_array(a);
	for (size_t i = 0; i < v->nprofiles; i++)
		value_append(profiles, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(v->profiles[i])));
	value_set(a, o, "version", value_new_string(a, v->version));
	value_set(a, o, "profiles", profiles);
}

static struct value *list_workspaces(const struct listing *l)
{
	struct arena *a = l->arena;
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < l->workspaces.n; i++) {
		const struct workspace *w = &l->workspaces.items[i];
		struct value *o = value_new_object(a);
		list_set_variant(a, o, &w->variant);
		value_set(a, o, "path", value_new_string(a, str_of(w->path)));
		value_set(a, o, "modified", value_new_integer(a, (long long)w->modified));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

static struct variant list_variant(const struct listing *l, const struct image_found *image)
{
	const struct kind *kind = l->project->kind;
	return kind->variant(l->project->settings, l->arena, str_of(image->tag));
}

static struct value *list_images(const struct listing *l)
{
	struct arena *a = l->arena;
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < l->found.n; i++) {
		const struct image_found *image = &l->found.items[i];
		struct value *o = value_new_object(a);
		struct variant v = list_variant(l, image);
		value_set(a, o, "image", value_new_string(a, str_of(arena_printf(a, "%s:%s", image->name,
		                                                               image->tag))));
		list_set_variant(a, o, &v);
		value_set(a, o, "id", value_new_string(a, str_of(image->id)));
		value_set(a, o, "size", value_new_integer(a, (long long)image->size));
		value_set(a, o, "created", value_new_integer(a, (long long)image->created));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

static struct value *list_choices(const struct listing *l)
{
	struct arena *a = l->arena;
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < l->choices.n; i++) {
		struct value *o = value_new_object(a);
		const char *file = l->choices.files[i], *chosen = l->choices.chosen;
		value_set(a, o, "file", value_new_string(a, str_of(file)));
		value_set(a, o, "chosen", value_new_bool(a, chosen && strcmp(file, chosen) == 0));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

static struct value *list_null(struct arena *a)
{
	return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
}

static void list_write_json(const struct listing *l, struct buf *out)
{
	struct arena *a = l->arena;
	struct value *all = value_new_object(a);
	const char *error = l->found.why ? l->found.why->text : NULL;
	value_set(a, all, "project", value_new_string(a, str_of(l->project->settings->name)));
	value_set(a, all, "kind", value_new_string(a, str_of(l->project->kind->name)));
	value_set(a, all, "files", list_choices(l));
	value_set(a, all, "workspace", l->workspaces.root
	          ? value_new_string(a, str_of(l->workspaces.root)) : list_null(a));
	value_set(a, all, "workspaces", list_workspaces(l));
	value_set(a, all, "engine", l->found.engine ? (struct value *)l->found.engine : list_null(a));
	value_set(a, all, "engine_error", error ? value_new_string(a, str_of(error)) : list_null(a));
	value_set(a, all, "images", list_images(l));
	value_write_json(out, all, JSON_FILE);
	buf_append_char(out, '\n');
}

/* ---- as text ---- */

static void list_append_variant(struct buf *line, const struct variant *v)
{
	owned_buf struct buf profiles = { 0 };
	for (size_t i = 0; i < v->nprofiles; i++)
		buf_printf(&profiles, "%s%s", i ? " " : "", v->profiles[i]);
	buf_printf(line, "  %-12.*s %-16s ", STR_ARG(v->version), v->nprofiles ? buf_text(&profiles)
	                                                                      : "-");
}

static void list_append_line(struct buf *out, struct buf *line)
{
	utf8_append_visible(out, buf_str(line));
	buf_append_char(out, '\n');
	buf_clear(line);
}

static struct str list_text(const struct value *object, const char *key)
{
	const struct value *v = value_get(object, str_of(key));
	return v ? value_text(v) : (struct str){ 0 };
}

static void list_write_text(const struct listing *l, struct buf *out)
{
	owned_buf struct buf line = { 0 };
	for (size_t i = 0; l->choices.n > 1 && i < l->choices.n; i++) {
		const char *file = l->choices.files[i], *chosen = l->choices.chosen;
		buf_printf(&line, "%s %s", chosen && strcmp(file, chosen) == 0 ? "*" : " ", file);
		list_append_line(out, &line);
	}
	if (l->workspaces.root) {
		buf_printf(&line, "%s in %s", l->workspaces.n ? "workspaces" : "no workspaces",
		           l->workspaces.root);
		list_append_line(out, &line);
	}
	for (size_t i = 0; i < l->workspaces.n; i++) {
		const struct workspace *w = &l->workspaces.items[i];
		list_append_variant(&line, &w->variant);
		clock_append_local(&line, w->modified);
		buf_printf(&line, "  %s", w->path);
		list_append_line(out, &line);
	}
	if (l->found.why)
		return;
	buf_printf(&line, "%s of %s on %.*s %.*s", l->found.n ? "images" : "no images",
	           l->project->settings->name, STR_ARG(list_text(l->found.engine, "product")),
	           STR_ARG(list_text(l->found.engine, "version")));
	list_append_line(out, &line);
	for (size_t i = 0; i < l->found.n; i++) {
		const struct image_found *image = &l->found.items[i];
		owned_buf struct buf size = { 0 }, age = { 0 };
		struct variant v = list_variant(l, image);
		double seconds = clock_now() - image->created;
		list_append_variant(&line, &v);
		space_append_bytes(&size, image->size);
		clock_append_age(&age, seconds);
		buf_printf(&line, "%9s  %-14s %s:%s  %.19s", buf_text(&size), buf_text(&age), image->name,
		           image->tag, image->id);
		list_append_line(out, &line);
	}
}

int cmd_list(struct arena *arena, const struct args *args)
{
	struct error err;
	owned_buf struct buf out = { 0 };
	owned(loop) struct loop *loop = loop_new();
	owned(files) struct files *files = files_disk(".");
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p)
		return command_fail(&err);
	project_read_settings(p);
	if (!p->settings || !p->settings->name)
		return project_print_problems(p);
	struct listing l = { .arena = arena, .loop = loop, .project = p };
	if (p->kind->workspaces)
		p->kind->workspaces(p->settings, files, arena, &l.workspaces);
	if (p->kind->choices)
		p->kind->choices(p->settings, files, arena, &l.choices);
	struct images_request request = { p->engine, p->preferences->engines,
	                                  p->preferences->nengines, NULL, 0, p->settings->name };
	const struct preferences_pool *pool = preferences_pool(p->preferences, p->engine);
	if (pool) {
		request.pool = pool->engines;
		request.npool = pool->n;
	}
	owned(images_asking) struct images_asking *asking = images_ask(loop, arena, &request,
	                                                              list_told, &l, &err);
	if (!asking || !loop_run(loop, &err))
		return command_fail(&err);
	if (args_has(args, "json"))
		list_write_json(&l, &out);
	else
		list_write_text(&l, &out);
	if (l.found.why)
		command_say("mortar: the images are not listed: %s", l.found.why->text);
	return command_output(buf_str(&out));
}
