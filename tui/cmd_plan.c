/* mortar dockerfile and mortar plan: what would be sent, and its steps. */
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

/* The project with a plan, or NULL with the exit code. */
static struct project *plan_open(const struct args *args, int *ret_code)
{
	struct error err;
	owned(project) struct project *p = project_open(args, 0, &err);
	if (!p) {
		*ret_code = command_fail(&err);
		return NULL;
	}
	project_read(p);
	*ret_code = project_print_problems(p);
	if (*ret_code == 0 && !p->plan)
		*ret_code = 3;
	return *ret_code ? NULL : take(p);
}

static const struct recipe *plan_sent(const struct project *p)
{
	const struct image_task *image = plan_image(p->plan);
	return image && image->level.recipe ? image->level.recipe : p->plan->recipe;
}

int cmd_dockerfile(struct arena *arena, const struct args *args)
{
	int code;
	const char *builder = args_get(args, "builder");
	(void)arena;
	if (builder && strcmp(builder, "buildkit") != 0 && strcmp(builder, "classic") != 0) {
		struct error err;
		error_set(&err, ERROR_USAGE, "--builder is buildkit or classic, not '%s'", builder);
		return command_fail(&err);
	}
	owned(project) struct project *p = plan_open(args, &code);
	return p ? command_output(plan_sent(p)->text) : code;
}

/* "file:line" of the first cause that has a place, or NULL. */
static const char *plan_origin(struct arena *arena, const struct instruction *instruction)
{
	for (size_t i = 0; i < instruction->ncauses; i++) {
		struct origin at = value_origin(instruction->causes[i]);
		if (at.line)
			return arena_printf(arena, "%s:%u", at.path, at.line);
	}
	return NULL;
}

static struct value *plan_step(struct arena *arena, const struct recipe *recipe, size_t i)
{
	const struct instruction *instruction = &recipe->instructions[i];
	const char *origin = plan_origin(arena, instruction);
	struct value *step = value_new_object(arena);
	value_set(arena, step, "index", value_new_integer(arena, (long long)i));
	value_set(arena, step, "name", value_new_string(arena, instruction->text));
	value_set(arena, step, "line", value_new_integer(arena, instruction->first_line));
	if (instruction->group >= 0)
		value_set(arena, step, "group",
		          value_new_string(arena, str_of(recipe->groups[instruction->group])));
	if (origin)
		value_set(arena, step, "origin", value_new_string(arena, str_of(origin)));
	if (!instruction_makes_layer(instruction->kind))
		value_set(arena, step, "meta", value_new_bool(arena, true));
	value_set(arena, step, "forecast", value_new_string(arena, STR("unknown")));
	return step;
}

static void plan_write_json(struct arena *arena, struct buf *out, const struct project *p)
{
	const struct recipe *recipe = plan_sent(p);
	const struct image_task *image = plan_image(p->plan);
	struct value *all = value_new_object(arena), *steps = value_new_array(arena);
	struct value *profiles = value_new_array(arena);
	for (size_t i = 0; i < p->selection.nprofiles; i++)
		value_append(profiles, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, str_of(p->selection.profiles[i])));
	for (size_t i = 0; i < recipe->ninstructions; i++)
		value_append(steps, (struct str){ 0 }, (struct span){ 0 }, plan_step(arena, recipe, i));
	value_set(arena, all, "project", value_new_string(arena, str_of(p->plan->project)));
	value_set(arena, all, "kind", value_new_string(arena, str_of(p->plan->kind)));
	value_set(arena, all, "profiles", profiles);
	value_set(arena, all, "level", value_new_string(arena, str_of(image->level.name)));
	value_set(arena, all, "image", value_new_string(arena, str_of(p->plan->image)));
	value_set(arena, all, "steps", steps);
	value_write_json(out, all, JSON_FILE);
	buf_append_char(out, '\n');
}

static void plan_write_text(struct arena *arena, struct buf *out, const struct project *p)
{
	const struct recipe *recipe = plan_sent(p);
	const struct image_task *image = plan_image(p->plan);
	int group = -1;
	buf_printf(out, "%s  level %s\n", p->plan->image, image->level.name);
	for (size_t i = 0; i < recipe->ninstructions; i++) {
		const struct instruction *in = &recipe->instructions[i];
		const char *origin = plan_origin(arena, in);
		if (in->group >= 0 && in->group != group)
			buf_printf(out, "step %d: %s\n", in->group, recipe->groups[in->group]);
		group = in->group;
		buf_printf(out, "%3zu  %-8s", i,
		           instruction_makes_layer(in->kind) ? "unknown" : "-");
		utf8_append_visible(out, in->text);
		if (origin)
			buf_printf(out, "  (%s)", origin);
		buf_append_char(out, '\n');
	}
}

int cmd_plan(struct arena *arena, const struct args *args)
{
	int code;
	owned_buf struct buf out = { 0 };
	owned(project) struct project *p = plan_open(args, &code);
	if (!p)
		return code;
	if (args_has(args, "json"))
		plan_write_json(arena, &out, p);
	else
		plan_write_text(arena, &out, p);
	return command_output(buf_str(&out));
}
