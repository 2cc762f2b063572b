/* What a PESTO build does: fetch, make the certificate, build the image. */
#include "core/base/map.h"
#include "core/kind/image_names.h"
#include "core/kind/image_options.h"
#include "core/kind/pesto.h"
#include "core/os/save.h"
#include "core/value/json.h"

/* Written into the image's copy of the project: the same bytes as `mortar config`. */
static void plan_document(struct context *context, struct arena *arena, const char *prefix,
                          const struct document *d)
{
	owned_buf struct buf text = { 0 };
	if (!d->value)
		return;
	value_write_json(&text, d->value, JSON_FILE);
	buf_append_char(&text, '\n');
	context_add_bytes(context, files_join(arena, prefix, d->path), 0644, buf_str(&text));
}

/* What of the algorithm's folder stays out of the context.  NULL: nothing. */
static struct ignore *plan_ignore(const struct pesto_parts *parts, struct files *files,
                                  struct problems *problems)
{
	static const char defaults[] = ".git\n**/__pycache__\n**/*.pyc\n";
	struct str text = { 0 };
	struct error err;
	/* The settings' arena: what is told of it outlives a plan that comes to nothing. */
	struct arena *arena = parts->pesto->arena;
	const char *path = files_join(arena, parts->pesto->algorithm_path, ".dockerignore");
	enum files_result result = files_read(files, path, arena, &text, &err);
	if (result == FILES_FAILED)
		problems_add(problems, SEVERITY_ERROR, "ignore", (struct span){ 0 }, "%s", err.text);
	else if (result == FILES_ABSENT) {
		if (str_eq(selection_option(parts->selection, "keep-caches"), STR("true")))
			return NULL;
		text = (struct str){ defaults, sizeof defaults - 1 };
	}
	return ignore_parse(source_new(arena, str_of(path), NULL, text), problems);
}

/* A folder of this project's own below the cache or the state, by its path. */
static const char *plan_place(struct arena *arena, const char *dir, struct str key,
                              const char *name)
{
	return arena_printf(arena, "%s/%016zx/%s", dir, map_hash(key), name);
}

static void plan_fetch(struct plan *plan, const struct pesto_requirement *r, const char *file,
                       const char *unpack)
{
	const struct value **causes = arena_array(plan->arena, 1, sizeof *causes);
	causes[0] = r->value;
	plan_add(plan, &(struct task){
		.kind = TASK_FETCH, .name = arena_text(plan->arena, r->name),
		.causes = causes, .ncauses = 1,
		.fetch = { .url = arena_text(plan->arena, str_of(r->url)), .file = file,
		           .unpack = unpack, .sha256 = r->sha256, .cause = r->from_value },
	});
}

static void plan_requirements(struct plan *plan, const struct pesto_parts *parts,
                              struct context *context, const char *cache)
{
	for (size_t i = 0; i < parts->nrequirements; i++) {
		const struct pesto_requirement *r = &parts->requirements[i];
		const char *file = plan_place(plan->arena, cache, str_of(r->url), r->base);
		const char *unpack = r->unpacked
			? plan_place(plan->arena, cache, str_of(r->url), "unpacked") : NULL;
		const char *in = arena_printf(plan->arena, "requirements/%s", r->base);
		const char *name = arena_text(plan->arena, r->name);
		if (r->folder) {
			context_add_tree(context, r->folder, r->type == PESTO_PIP ? in : name, NULL);
			continue;
		}
		plan_fetch(plan, r, file, unpack);
		context_add_tree(context, file, in, NULL);
		if (unpack)
			context_add_tree(context, unpack, name, NULL);
	}
}

/* A folder that is named and not there is told where it is named. */
static void plan_check_algorithm(const struct pesto *p, struct arena *arena, struct files *files,
                                 struct problems *problems)
{
	struct files_list list;
	struct error err;
	const struct value *build = p->documents[PESTO_BUILD].value;
	const struct value *given = build ? value_get(build, STR("algorithm_path")) : NULL;
	if (!given || value_type(given) != VALUE_STRING ||
	    files_list(files, p->algorithm_path, arena, &list, &err) == FILES_OK)
		return;
	problems_add(problems, SEVERITY_ERROR, "pesto-build", value_span(given),
	             "there is no folder '%s' that can be read: algorithm_path counts from the "
	             "project's folder, null is that folder itself", p->algorithm_path);
}

static struct context *plan_context(struct plan *plan, const struct pesto_parts *parts,
                                    const struct ignore *ignore, const char *cache,
                                    const char *ssl)
{
	const struct pesto *p = parts->pesto;
	struct context *context = context_new();
	const char *name = arena_text(plan->arena, value_text(p->name));
	context_add_tree(context, p->algorithm_path, name, ignore);
	context_drop(context, arena_printf(plan->arena, "%s/pesto/api", name));
	context_drop(context, arena_printf(plan->arena, "%s/pesto/build", name));
	for (size_t i = 0; i < PESTO_NDOCUMENTS; i++)
		plan_document(context, plan->arena, name, &p->documents[i]);
	context_add_bytes(context, "pesto/api_geo_process_v1.0.yaml", 0644, p->factory.openapi);
	context_add_dir(context, "dist", 0755);
	if (parts->dist)
		context_add_tree(context, parts->dist, "dist", NULL);
	plan_requirements(plan, parts, context, cache);
	context_add_tree(context, ssl, "requirements/ssl", NULL);
	const struct secret *copied = pesto_secret(parts, SECRET_COPIED);
	if (copied)
		context_add_tree(context, copied->file, "pip.conf", NULL);
	return context;
}

/* C2 forces everything from the first RUN behind its ARG: the next group's. */
static struct level_effect plan_level(const struct pesto_parts *parts, struct plan *plan,
                                      const struct recipe *recipe, struct problems *problems)
{
	const char *asked = parts->selection->level;
	const struct level *level = level_find(kind_pesto.levels, asked ? asked : "none");
	struct level_effect effect = { .first_forced = -1 };
	if (!level) {
		problems_add(problems, SEVERITY_ERROR, "level", (struct span){ 0 },
		             "there is no cache level '%s': none, C1, C2, C3 or all (or "
		             "CACHE_UP_TO_PESTO, CACHE_UP_TO_PIP_REQ, CACHE_UP_TO_ALGO)", asked);
		return effect;
	}
	effect.name = level->name;
	if (str_eq(str_of(level->name), STR("none"))) {
		effect.no_cache = true;
		effect.first_forced = 0;
	} else if (level->alias) {
		struct pair *arg = arena_array(plan->arena, 1, sizeof *arg);
		arg->name = str_of(level->name);
		effect.args = arg;
		effect.nargs = 1;
		int group = level->name[1] - '0' + 1;
		for (size_t i = 0; i < recipe->ninstructions && effect.first_forced < 0; i++)
			if (recipe->instructions[i].group == group)
				effect.first_forced = (int)i;
	}
	return effect;
}

/* PESTO's own name for the image; its network is the host's. */
static void plan_image_task(const struct pesto_parts *parts, struct plan *plan,
                            struct files *files, struct problems *problems,
                            struct image_task *image)
{
	static const struct pair host = { STR("network"), STR("host") };
	image->tags = image_tags(plan, parts->selection,
	                         arena_printf(plan->arena, "%.*s:%s",
	                                      STR_ARG(value_text(parts->pesto->name)),
	                                      parts->pesto->full_version));
	image->secrets = parts->secrets;
	image->nsecrets = parts->nsecrets;
	image_options(plan, parts->selection, &host, 1, files, problems, image);
}

/* Where fetched requirements and the certificate of this project are kept: named here,
 * made by whoever puts something there. */
static bool plan_places(const struct pesto *p, struct plan *plan, struct problems *problems,
                        const char **ret_cache, const char **ret_ssl)
{
	const char *root = files_absolute(plan->arena, p->root);
	const char *state = save_state_path("projects");
	*ret_cache = save_cache_path("requirements");
	if (!state || !*ret_cache)
		return problems_add(problems, SEVERITY_ERROR, "places", (struct span){ 0 },
		                    "you have no home folder: set HOME to an absolute path");
	*ret_ssl = plan_place(plan->arena, state, str_of(root), "ssl");
	return true;
}

struct plan *pesto_plan(const struct settings *settings, const struct selection *selection,
                        struct files *files, struct problems *problems)
{
	const struct pesto *p = settings->kind_data;
	const char *cache = NULL, *ssl = NULL;
	struct pesto_parts parts;
	owned(plan) struct plan *plan = plan_new();
	pesto_validate(settings, selection, plan->arena, problems);
	pesto_parts_read(settings, selection, files, plan->arena, problems, &parts);
	plan->recipe = pesto_recipe(&parts, problems);
	plan_check_algorithm(p, plan->arena, files, problems);
	const struct ignore *ignore = plan_keep_ignore(plan, plan_ignore(&parts, files, problems));
	plan_places(p, plan, problems, &cache, &ssl);
	if (problems_errors(problems))
		return NULL;
	plan->kind = kind_pesto.name;
	plan->project = arena_text(plan->arena, value_text(p->name));
	plan->root = arena_text(plan->arena, str_of(p->root));
	struct image_task image = { .recipe = plan->recipe };
	image.context = plan_context(plan, &parts, ignore, cache, ssl);
	image.level = plan_level(&parts, plan, plan->recipe, problems);
	plan_image_task(&parts, plan, files, problems, &image);
	plan_add(plan, &(struct task){
		.kind = TASK_STAGE, .name = "certificate",
		.stage = { .dir = ssl, .common_name = plan->project } });
	unsigned *after = arena_array(plan->arena, plan->ntasks, sizeof *after);
	for (unsigned i = 0; i < plan->ntasks; i++)
		after[i] = i;
	image_add(plan, selection, &(struct task){ .kind = TASK_IMAGE, .image = image, .after = after,
	                                           .nafter = plan->ntasks }, problems);
	for (size_t i = 0; i < PESTO_NDOCUMENTS; i++)
		if (!p->documents[i].value && i != PESTO_USER_DEFINITIONS)
			return NULL;
	return problems_errors(problems) ? NULL : take(plan);
}
