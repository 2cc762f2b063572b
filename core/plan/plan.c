#include "core/plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"

struct plan *plan_new(void)
{
	struct plan *p = xcalloc(1, sizeof *p);
	p->arena = arena_new();
	return p;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->ntasks; i++) {
		const struct image_task *image = &p->tasks[i].image;
		if (p->tasks[i].kind != TASK_IMAGE)
			continue;
		context_free(image->context);
		for (size_t k = 0; k < image->ncontexts; k++)
			context_free(image->contexts[k].context);
	}
	for (size_t i = 0; i < p->nignores; i++)
		ignore_free(p->ignores[i]);
	recipe_free(p->recipe);
	arena_free(p->arena);
	free(p->ignores);
	free(p->tasks);
	free(p);
}

unsigned plan_add(struct plan *p, const struct task *t)
{
	for (size_t i = 0; i < t->nafter; i++)
		CHECK(t->after[i] < p->ntasks);
	if (p->ntasks == p->cap)
		p->tasks = xrealloc(p->tasks, p->cap = p->cap ? p->cap * 2 : 8, sizeof *p->tasks);
	p->tasks[p->ntasks] = *t;
	return (unsigned)p->ntasks++;
}

const struct ignore *plan_keep_ignore(struct plan *p, struct ignore *ignore)
{
	if (!ignore)
		return NULL;
	p->ignores = xrealloc(p->ignores, p->nignores + 1, sizeof *p->ignores);
	p->ignores[p->nignores++] = ignore;
	return ignore;
}

static bool plan_makes(const struct plan *p, const struct image_task *i)
{
	for (const char *const *tag = i->tags; tag && *tag; tag++)
		if (strcmp(*tag, p->image) == 0)
			return true;
	return false;
}

const struct image_task *plan_image(const struct plan *p)
{
	const struct image_task *last = NULL;
	for (size_t i = 0; i < p->ntasks; i++) {
		if (p->tasks[i].kind != TASK_IMAGE)
			continue;
		if (p->image && plan_makes(p, &p->tasks[i].image))
			return &p->tasks[i].image;
		last = &p->tasks[i].image;
	}
	return last;
}
