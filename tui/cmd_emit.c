/* mortar emit: what other systems take of a project. */
#include <string.h>
#include <sys/stat.h>

#include "core/job/combo.h"
#include "core/job/pool.h"
#include "core/os/save.h"
#include "tui/command.h"
#include "tui/emit_github.h"
#include "tui/project.h"

struct emit {
	struct arena *arena;
	struct project *project;
	struct emit_github github;
	struct emit_entry *entries;
	bool says_level;                /* on the command line */
};

/* ---- what outlives a reading of the project ---- */

static const struct pair *emit_copy_pairs(struct arena *a, const struct pair *pairs, size_t n)
{
	struct pair *copy = arena_array(a, n + 1, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = (struct pair){ arena_str(a, pairs[i].name), arena_str(a, pairs[i].value) };
	return copy;
}

static const char *const *emit_copy_texts(struct arena *a, const char *const *texts)
{
	size_t n = 0;
	while (texts && texts[n])
		n++;
	const char **copy = arena_array(a, n + 1, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_text(a, str_of(texts[i]));
	return copy;
}

/* Of the recipe its stages alone count here. */
static struct recipe *emit_copy_recipe(struct arena *a, const struct recipe *r)
{
	struct recipe *copy = arena_alloc(a, sizeof *copy);
	struct stage *stages = arena_array(a, r->nstages + 1, sizeof *stages);
	for (size_t i = 0; i < r->nstages; i++)
		stages[i] = (struct stage){ .reachable = r->stages[i].reachable };
	*copy = (struct recipe){ .stages = stages, .nstages = r->nstages };
	return copy;
}

static struct image_task *emit_copy_image(struct arena *a, const struct image_task *t,
                                          bool says_level)
{
	struct image_task *copy = arena_alloc(a, sizeof *copy);
	struct secret *secrets = arena_array(a, t->nsecrets + 1, sizeof *secrets);
	for (size_t i = 0; i < t->nsecrets; i++)
		secrets[i] = (struct secret){ .id = arena_text(a, str_of(t->secrets[i].id)) };
	*copy = (struct image_task){
		.recipe = emit_copy_recipe(a, t->level.recipe ? t->level.recipe : t->recipe),
		.tags = emit_copy_texts(a, t->tags),
		.options = emit_copy_pairs(a, t->options, t->noptions), .noptions = t->noptions,
		.secrets = secrets, .nsecrets = t->nsecrets,
	};
	/* A level that nobody asked for is one for people who try things out. */
	if (says_level)
		copy->level = (struct level_effect){ .no_cache = t->level.no_cache,
			.no_cache_stages = emit_copy_texts(a, t->level.no_cache_stages) };
	return copy;
}

/* ---- the project in its repository ---- */

/* How many bytes of the path are the repository's folder; all of it where there is none. */
static size_t emit_repository(struct arena *a, const char *root)
{
	struct stat st;
	for (size_t n = strlen(root); n > 0;) {
		if (lstat(arena_printf(a, "%.*s/.git", (int)n, root), &st) == 0)
			return n;
		size_t slash = str_find_last((struct str){ root, n }, '/');
		n = slash == STR_NONE ? 0 : slash;
	}
	return strlen(root);
}

static const char *emit_below(struct arena *a, const char *root, const char *path)
{
	size_t n = emit_repository(a, root);
	const char *below = root[n] == '/' ? root + n + 1 : "";
	if (!path)
		return below[0] ? below : ".";
	return below[0] ? arena_printf(a, "%s/%s", below, path) : path;
}

/* The Dockerfile that was read, relative to the root; NULL: none was. */
static const char *emit_dockerfile(struct arena *a, const struct plan *plan)
{
	const struct image_task *t = plan_image(plan);
	const struct source *source = t->recipe->ninstructions ? t->recipe->instructions[0].at.source
	                                                       : NULL;
	struct str path = source ? str_of(source->path) : (struct str){ 0 }, root = str_of(plan->root);
	if (!source || !source->text.p)
		return NULL;
	if (str_has_prefix(path, root) && path.n > root.n && path.p[root.n] == '/')
		path = str_slice(path, root.n + 1, path.n);
	return arena_text(a, path);
}

/* ---- reading ---- */

/* That of the pool that builds of the project share, where no other is said. */
static void emit_share_cache(struct emit *e, struct image_task *t)
{
	struct request request = project_request(e->project, e->arena, "emit");
	const char *ref = pool_cache(e->arena, &request, e->project->plan->project);
	struct pair *options = arena_array(e->arena, t->noptions + 3, sizeof *options);
	size_t n = 0;
	for (; n < t->noptions; n++) {
		options[n] = t->options[n];
		if (str_has_prefix(t->options[n].name, STR("cache-")))
			return;
	}
	if (!ref)
		return;
	options[n++] = (struct pair){ STR("cache-from"),
		str_of(arena_printf(e->arena, "type=registry,ref=%s", ref)) };
	options[n++] = (struct pair){ STR("cache-to"),
		str_of(arena_printf(e->arena, "type=registry,ref=%s,mode=max", ref)) };
	t->options = options;
	t->noptions = n;
}

static bool emit_read(struct emit *e, const char *const *profiles, size_t n)
{
	struct arena *a = e->arena;
	struct combo combo = combo_copy(a, profiles, n);
	owned_buf struct buf name = { 0 }, list = { 0 };
	project_select_profiles(e->project, profiles, n);
	if (!project_read(e->project) || !e->project->plan)
		return false;
	combo_append_name(&name, &combo);
	for (size_t i = 0; i < n; i++)
		buf_printf(&list, "%s%s", i ? "," : "", profiles[i]);
	struct plan *plan = e->project->plan;
	struct image_task *image = emit_copy_image(a, plan_image(plan), e->says_level);
	emit_share_cache(e, image);
	e->entries[e->github.n++] = (struct emit_entry){
		.name = arena_text(a, buf_str(&name)), .profiles = arena_text(a, buf_str(&list)),
		.image = image,
	};
	if (e->github.n > 1)
		return true;
	const char *file = emit_dockerfile(a, plan);
	e->github.project = arena_text(a, str_of(plan->project));
	e->github.place = e->github.context = emit_below(a, plan->root, NULL);
	e->github.file = file ? emit_below(a, plan->root, file) : NULL;
	return true;
}

/* The selection as it is, or the combinations named. */
static bool emit_read_all(struct emit *e, const struct args *args)
{
	const struct selection *s = &e->project->selection;
	struct combo own = combo_copy(e->arena, s->profiles, s->nprofiles);
	e->entries = arena_array(e->arena, args->noperands + 1, sizeof *e->entries);
	e->github.entries = e->entries;
	if (args->noperands == 1)
		return emit_read(e, own.profiles, own.n);
	for (size_t i = 1; i < args->noperands; i++) {
		struct combo combo = combo_parse(e->arena, str_of(args->operands[i]));
		if (!emit_read(e, combo.profiles, combo.n))
			return false;
	}
	return true;
}

/* Without --output, which of a build says what comes out of it. */
static struct args emit_args(struct arena *arena, const struct args *args)
{
	struct args without = *args;
	struct pair *options = arena_array(arena, args->noptions + 1, sizeof *options);
	without.noptions = 0;
	for (size_t i = 0; i < args->noptions; i++)
		if (!str_eq(args->options[i].name, STR("output")))
			options[without.noptions++] = args->options[i];
	without.options = options;
	return without;
}

int cmd_emit(struct arena *arena, const struct args *args)
{
	struct error err;
	const char *output = args_get(args, "output");
	owned_buf struct buf text = { 0 };
	if (!args_has(args, "for")) {
		error_set(&err, ERROR_USAGE, "--for says for whom: github");
		return command_fail(&err);
	}
	struct args asked = emit_args(arena, args);
	owned(project) struct project *p = project_open(&asked, 0, &err);
	if (!p)
		return command_fail(&err);
	struct emit e = { .arena = arena, .project = p, .says_level = args_has(args, "cache") };
	bool ok = emit_read_all(&e, args);
	int code = project_print_problems(p);
	if (!ok)
		return code ? code : error_exit_code(ERROR_PROJECT);
	emit_github(&text, &e.github);
	if (!output || strcmp(output, "-") == 0)
		return command_output(buf_str(&text));
	return save_file(output, buf_str(&text), 0666, &err) ? 0 : command_fail(&err);
}
