#include <stdint.h>

#include "core/base/check.h"
#include "core/lint/lint.h"
#include "core/lint/shell_commands.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_word(const struct recipe *r, const struct script_word *w)
{
	CHECK((size_t)w->at + w->size <= r->text.n);
	for (size_t i = 0; i < w->text.n; i++)
		CHECK(w->each[i] < r->text.n);
}

/* Every command and word lies in the file, whatever shell it is. */
static void check_commands(const struct recipe *r, struct shell_kind kind)
{
	owned(arena) struct arena *arena = arena_new();
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		struct shell_commands all = shell_commands_of(arena, r, in, kind);
		for (size_t k = 0; k < all.n; k++) {
			const struct shell_command *c = &all.list[k];
			CHECK(c->at <= c->end && c->end <= in->at.at + in->at.size);
			CHECK(c->lost_at <= c->lost_end && c->lost_end <= in->at.at + in->at.size);
			if (c->name)
				check_word(r, c->name);
			for (size_t n = 0; n < c->nargs; n++)
				check_word(r, &c->args[n]);
		}
	}
}

/* Fixes lie in the file as well. */
static void check_problems(const struct recipe *r, const struct problems *problems)
{
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		problem_print(&out, p);
		CHECK(!p->at.source || (size_t)p->at.at + p->at.size <= r->text.n);
		for (size_t k = 0; k < p->nfix; k++)
			CHECK((size_t)p->fix[k].at.at + p->fix[k].at.size <= r->text.n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	owned(arena) struct arena *arena = arena_new();
	owned(problems) struct problems *problems = problems_new();
	struct str text = { (const char *)data, size };
	owned(plan) struct plan *plan = plan_new();
	struct selection selection = { 0 };
	struct settings settings = { 0 };
	struct subject subject = { .plan = plan, .selection = &selection, .settings = &settings };
	struct source *source = source_new(arena, STR("Dockerfile"), NULL, text);
	plan->recipe = recipe_parse(source, STR(""), problems);
	if (!plan->recipe)
		return 0;
	plan->kind = "dockerfile";
	struct image_task image = { .recipe = plan->recipe, .context = context_new() };
	plan_add(plan, &(struct task){ .kind = TASK_IMAGE, .name = "image", .image = image });
	check_commands(plan->recipe, (struct shell_kind){ 0 });
	check_commands(plan->recipe, (struct shell_kind){ .is_bash = true, .exits = true });
	lint_run(NULL, &subject, problems);
	check_problems(plan->recipe, problems);
	return 0;
}
