#include "tui/docker_command.h"

#include "core/history/list.h"
#include "core/job/request.h"
#include "core/os/files.h"
#include "core/recipe/insert.h"
#include "core/recipe/quote.h"

struct docker_line {
	struct buf *out;
	struct error *err;
	bool ok;
};

static void line_word(struct docker_line *l, const char *before, struct str word)
{
	buf_append_text(l->out, before);
	l->ok = l->ok && quote_shell(l->out, word, l->err);
}

static struct request *line_request(struct arena *arena, const char *dir, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text;
	enum files_result result = files_read(disk, files_join(arena, dir, "request.json"), arena,
	                                      &text, err);
	if (result == FILES_ABSENT)
		error_set(err, ERROR_MISSING, "what this build was asked for is not kept");
	return result == FILES_OK ? request_read(text, err) : NULL;
}

static void line_context(struct docker_line *l, const struct request *r)
{
	const struct selection *s = &r->selection;
	line_word(l, "c=$(mktemp -d) && mortar context ", str_of(r->argument));
	line_word(l, " --kind ", str_of(r->kind));
	for (size_t i = 0; i < s->nprofiles; i++)
		line_word(l, " -p ", str_of(s->profiles[i]));
	if (s->rule == CASCADE_DEEP)
		buf_append(l->out, STR(" --merge deep"));
	buf_append(l->out, STR(" -o \"$c\" && "));
}

static void line_program(struct docker_line *l, const struct history_item *item)
{
	bool podman = strcmp(item->engine, "podman") == 0;
	if (strcmp(item->engine, "buildah") == 0) {
		buf_append(l->out, STR("buildah build --layers --format docker"));
		return;
	}
	if (!podman && item->address[0])
		line_word(l, "DOCKER_HOST=", str_of(item->address));
	buf_printf(l->out, "%s%s build", podman ? "podman" :
	           strcmp(item->engine, "classic") == 0 ? " DOCKER_BUILDKIT=0 " : " DOCKER_BUILDKIT=1 ",
	           podman ? "" : "docker");
}

/* What each level becomes: all nothing, none --no-cache, another a build argument that is
 * new each time. */
static void line_level(struct docker_line *l, struct arena *arena, const char *dir,
                       const char *level)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text = { 0 };
	struct error ignored;
	if (strcmp(level, "none") == 0)
		buf_append(l->out, STR(" --no-cache"));
	const char *const names[] = { level, RECIPE_LEVEL_ARG };
	const char *path = files_join(arena, dir, "Dockerfile");
	if (files_read(disk, path, arena, &text, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *arg = arena_printf(arena, "\nARG %s\n", names[i]);
		if (str_find_str(text, str_of(arg)) == STR_NONE)
			continue;
		line_word(l, " --build-arg ", str_of(names[i]));
		buf_append(l->out, STR("=$(date +%s)"));
	}
}

static void line_options(struct docker_line *l, struct arena *arena, const struct selection *s)
{
	for (size_t i = 0; i < s->noptions; i++) {
		const struct pair *o = &s->options[i];
		bool arg = str_has_prefix(o->name, STR("build-arg:"));
		bool label = str_has_prefix(o->name, STR("label:"));
		struct str name = str_slice(o->name, str_find(o->name, ':') + 1, o->name.n);
		if (arg || label)
			line_word(l, arg ? " --build-arg " : " --label ",
			          str_of(arena_printf(arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(o->value))));
		else if (str_eq(o->name, STR("network")))
			line_word(l, " --network ", o->value);
		else if (str_eq(o->name, STR("target-platform")))
			line_word(l, " --platform ", o->value);
		else if (str_eq(o->name, STR("pull")))
			buf_append(l->out, STR(" --pull"));
	}
}

bool docker_command_append(struct buf *out, const char *dir, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	owned(request) struct request *r = line_request(arena, dir, err);
	struct history_item item;
	if (!r)
		return false;
	if (!history_read_one(arena, dir, &item) || item.nbuilds || !item.image[0])
		return error_set(err, ERROR_MISSING, "this build has no image of its own to make");
	struct docker_line l = { .out = out, .err = err, .ok = true };
	line_context(&l, r);
	line_program(&l, &item);
	line_word(&l, " -f ", str_of(files_join(arena, dir, "Dockerfile")));
	line_word(&l, " -t ", str_of(item.image));
	line_level(&l, arena, dir, item.level);
	line_options(&l, arena, &r->selection);
	buf_append(out, STR(" \"$c\""));
	return l.ok;
}
