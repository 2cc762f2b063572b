#include "core/engine/work.h"

struct str work_option(const struct image_task *t, const char *name)
{
	struct str value = { 0 };
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, str_of(name)))
			value = t->options[i].value;
	return value;
}

bool work_option_is_on(const struct image_task *t, const char *name)
{
	struct str value = work_option(t, name);
	return value.n && !str_eq(value, STR("0")) && !str_eq(value, STR("false")) &&
	       !str_eq(value, STR("no"));
}

const struct recipe *work_recipe(const struct image_task *t)
{
	return t->level.recipe ? t->level.recipe : t->recipe;
}

static void work_each_option(const struct image_task *t, struct str prefix, work_pair_fn *each,
                             void *data)
{
	for (size_t i = 0; i < t->noptions; i++) {
		struct str name = t->options[i].name;
		if (str_has_prefix(name, prefix))
			each(data, str_slice(name, prefix.n, name.n), t->options[i].value);
	}
}

void work_each_arg(const struct image_task *t, const char *build_id, work_pair_fn *each,
                   void *data)
{
	work_each_option(t, STR("build-arg:"), each, data);
	for (size_t i = 0; i < t->level.nargs; i++) {
		struct pair p = t->level.args[i];
		each(data, p.name, p.value.p ? p.value : str_of(build_id));
	}
}

void work_each_label(const struct image_task *t, work_pair_fn *each, void *data)
{
	work_each_option(t, STR("label:"), each, data);
}
