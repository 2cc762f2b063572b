#include "core/kind/image_names.h"

#include "core/kind/image_options.h"

static bool image_has_content(struct str name)
{
	return str_find_str(name, STR(PUSH_CONTENT)) != STR_NONE;
}

static bool image_is_tag(const struct selection *s, size_t option)
{
	return str_eq(s->options[option].name, STR("tag"));
}

const char *const *image_tags(struct plan *plan, const struct selection *s, const char *name)
{
	const char **tags = arena_array(plan->arena, s->noptions + 2, sizeof *tags);
	bool any = false;
	size_t n = 0;
	for (size_t i = 0; i < s->noptions; i++) {
		any = any || image_is_tag(s, i);
		if (image_is_tag(s, i) && !image_has_content(s->options[i].value))
			tags[n++] = arena_text(plan->arena, s->options[i].value);
	}
	if (!any)
		tags[n++] = name;
	return tags;
}

/* docker.io has one part alone for its own images, which nobody else may push. */
static bool image_check_push(const char *name, struct problems *problems)
{
	if (str_find(str_of(name), '/') != STR_NONE)
		return true;
	return problems_add(problems, SEVERITY_ERROR, "push", (struct span){ 0 },
	                    "'%s' cannot be pushed, since it names no registry: -t "
	                    "registry.example.org/%s does, -t docker.io/USER/%s for Docker Hub", name,
	                    name, name);
}

static void image_add_push(struct plan *plan, unsigned image, const char *name, bool push,
                           struct problems *problems)
{
	unsigned *after = arena_array(plan->arena, 1, sizeof *after);
	*after = image;
	if (push && !image_check_push(name, problems))
		return;
	plan_add(plan, &(struct task){ .kind = TASK_PUSH, .name = name, .after = after, .nafter = 1,
	                               .push = { .task = image, .name = name, .is_local = !push } });
}

void image_add(struct plan *plan, const struct selection *s, const struct task *task,
               struct problems *problems)
{
	bool push = selection_option(s, "push").p != NULL;
	struct task made = *task;
	const char *const *tags = made.image.tags;
	made.name = tags[0];
	for (size_t i = 0; i < s->noptions && !made.name; i++)
		if (image_is_tag(s, i))
			made.name = arena_text(plan->arena, s->options[i].value);
	unsigned index = plan_add(plan, &made);
	if (!image_comes_out(&made.image))
		return;
	plan->image = made.name;
	for (size_t i = 0; push && tags[i]; i++)
		image_add_push(plan, index, tags[i], true, problems);
	for (size_t i = 0; i < s->noptions; i++)
		if (image_is_tag(s, i) && image_has_content(s->options[i].value))
			image_add_push(plan, index, arena_text(plan->arena, s->options[i].value), push,
			               problems);
}
