#include "core/kind/image_options.h"

static bool image_option_is_passed(struct str name)
{
	static const char *const plain[] = { "network", "pull", "platform", "proxy", "target",
	                                     "allow-secret-in-layer" };
	for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
		if (str_eq(name, str_of(plain[k])))
			return true;
	return str_has_prefix(name, STR("build-arg:")) || str_has_prefix(name, STR("label:"));
}

void image_options(struct plan *plan, const struct selection *s, const struct pair *first,
                   size_t nfirst, struct image_task *image)
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
}

const char *const *image_tags(struct plan *plan, const struct selection *s, const char *name)
{
	const char **tags = arena_array(plan->arena, s->noptions + 2, sizeof *tags);
	size_t n = 0;
	for (size_t i = 0; i < s->noptions; i++)
		if (str_eq(s->options[i].name, STR("tag")))
			tags[n++] = arena_text(plan->arena, s->options[i].value);
	if (n == 0)
		tags[n++] = name;
	return tags;
}
