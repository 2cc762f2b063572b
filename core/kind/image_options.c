#include "core/kind/image_options.h"

#include "core/plan/spec.h"

static bool image_option_is_passed(struct str name)
{
	static const char *const plain[] = {
		"network", "pull", "platform", "proxy", "target", "allow-secret-in-layer", "push",
		"ssh", "add-host", "shm-size", "ulimit", "cgroup-parent", "cache-from", "cache-to",
		"output", "provenance", "sbom", "no-cache-filter",
	};
	for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
		if (str_eq(name, str_of(plain[k])))
			return true;
	return str_has_prefix(name, STR("build-arg:")) || str_has_prefix(name, STR("label:")) ||
	       str_has_prefix(name, STR("build-context:"));
}

/* Takes the place of the task's own of that id. */
static void image_add_secret(struct secret *all, size_t *n, struct secret s)
{
	size_t i = 0;
	while (i < *n && !str_eq(str_of(all[i].id), str_of(s.id)))
		i++;
	all[i] = s;
	*n += i == *n;
}

static void image_secrets(struct plan *plan, const struct selection *s, struct problems *problems,
                          struct image_task *image)
{
	struct secret *all = arena_array(plan->arena, image->nsecrets + s->noptions + 1, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < image->nsecrets; i++)
		all[n++] = image->secrets[i];
	for (size_t i = 0; i < s->noptions; i++) {
		struct secret one;
		struct error err;
		if (!str_eq(s->options[i].name, STR("secret")))
			continue;
		if (secret_read(plan->arena, s->options[i].value, NULL, &one, &err))
			image_add_secret(all, &n, one);
		else
			problems_add(problems, SEVERITY_ERROR, "secret", (struct span){ 0 }, "%s", err.text);
	}
	image->secrets = all;
	image->nsecrets = n;
}

/* Its .dockerignore counts as that of every context. */
static void image_add_context(struct plan *plan, struct str name, struct str path,
                              struct files *files, struct problems *problems,
                              struct named_context *ret_context)
{
	const char *dir = arena_text(plan->arena, path);
	const char *ignore = files_join(plan->arena, dir, ".dockerignore");
	struct context *context = context_new();
	struct files_list list;
	struct error err;
	struct str text;
	if (files_list(files, dir, plan->arena, &list, &err) != FILES_OK)
		problems_add(problems, SEVERITY_ERROR, "build-context", (struct span){ 0 },
		             "there is no folder '%s' that can be read, for the build context %.*s", dir,
		             STR_ARG(name));
	const struct ignore *rules = NULL;
	if (files_read(files, ignore, plan->arena, &text, &err) == FILES_OK)
		rules = plan_keep_ignore(plan, ignore_parse(source_new(plan->arena, str_of(ignore), NULL,
		                                                       text), problems));
	context_add_tree(context, dir, "", rules);
	*ret_context = (struct named_context){ arena_text(plan->arena, name), context };
}

static void image_contexts(struct plan *plan, const struct selection *s, struct files *files,
                           struct problems *problems, struct image_task *image)
{
	struct named_context *all = arena_array(plan->arena, s->noptions + 1, sizeof *all);
	struct str prefix = STR("build-context:");
	for (size_t i = 0; i < s->noptions; i++) {
		struct pair o = s->options[i];
		if (str_has_prefix(o.name, prefix) && build_context_is_local(o.value))
			image_add_context(plan, str_slice(o.name, prefix.n, o.name.n), o.value, files,
			                  problems, &all[image->ncontexts++]);
	}
	image->contexts = all;
}

/* A stage that is not there would be passed over by the engine. */
static void image_stages(struct plan *plan, const struct selection *s, struct problems *problems,
                         struct image_task *image)
{
	const struct recipe *r = image->recipe;
	const char **stages = arena_array(plan->arena, s->noptions + (r ? r->nstages : 0) + 1,
	                                  sizeof *stages);
	size_t n = 0;
	for (const char *const *l = image->level.no_cache_stages; l && *l; l++)
		stages[n++] = *l;
	for (size_t i = 0; r && i < s->noptions; i++) {
		bool found = false;
		if (!str_eq(s->options[i].name, STR("no-cache-filter")))
			continue;
		for (size_t k = 0; !found && k < r->nstages; k++)
			found = str_eq(r->stages[k].name, s->options[i].value);
		if (found)
			stages[n++] = arena_text(plan->arena, s->options[i].value);
		else
			problems_add(problems, SEVERITY_ERROR, "stage", (struct span){ 0 },
			             "--no-cache-filter: there is no stage '%.*s' in the Dockerfile",
			             STR_ARG(s->options[i].value));
	}
	if (n)
		image->level.no_cache_stages = stages;
}

void image_options(struct plan *plan, const struct selection *s, const struct pair *first,
                   size_t nfirst, struct files *files, struct problems *problems,
                   struct image_task *image)
{
	struct arena *arena = plan->arena;
	struct pair *options = arena_array(arena, nfirst + s->noptions + 1, sizeof *options);
	for (size_t i = 0; i < nfirst; i++)
		options[image->noptions++] = first[i];
	for (size_t i = 0; i < s->noptions; i++)
		if (image_option_is_passed(s->options[i].name))
			options[image->noptions++] = (struct pair){
				arena_str(arena, s->options[i].name), arena_str(arena, s->options[i].value) };
	image->options = options;
	image_secrets(plan, s, problems, image);
	image_contexts(plan, s, files, problems, image);
	image_stages(plan, s, problems, image);
}

bool image_comes_out(const struct image_task *image)
{
	bool any = false;
	for (size_t i = 0; i < image->noptions; i++) {
		if (!str_eq(image->options[i].name, STR("output")))
			continue;
		any = true;
		if (str_has_prefix(image->options[i].value, STR("type=image")))
			return true;
	}
	return !any;
}
