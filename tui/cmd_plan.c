/* mortar dockerfile and mortar plan: what would be sent, and its steps. */
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/job/steps.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"

static const struct recipe *plan_sent(const struct project *p)
{
	return steps_recipe(plan_image(p->plan));
}

int cmd_dockerfile(struct arena *arena, const struct args *args)
{
	int code;
	(void)arena;
	owned(project) struct project *p = project_open_planned(args, &code);
	return p ? command_output(plan_sent(p)->text) : code;
}

static void plan_write_json(struct arena *arena, struct buf *out, const struct project *p)
{
	const struct image_task *image = plan_image(p->plan);
	owned(steps) struct steps *steps = steps_new(p->plan);
	struct value *all = value_new_object(arena), *profiles = value_new_array(arena);
	for (size_t i = 0; i < p->selection.nprofiles; i++)
		value_append(profiles, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, str_of(p->selection.profiles[i])));
	value_set(arena, all, "project", value_new_string(arena, str_of(p->plan->project)));
	value_set(arena, all, "kind", value_new_string(arena, str_of(p->plan->kind)));
	value_set(arena, all, "profiles", profiles);
	value_set(arena, all, "level", value_new_string(arena, str_of(image->level.name)));
	value_set(arena, all, "image", value_new_string(arena, str_of(p->plan->image)));
	struct value *groups = value_new_array(arena);
	for (size_t i = 0; i < plan_sent(p)->ngroups; i++)
		value_append(groups, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, str_of(plan_sent(p)->groups[i])));
	value_set(arena, all, "groups", groups);
	value_set(arena, all, "steps", steps_describe(steps, arena));
	value_write_json(out, all, JSON_FILE);
	buf_append_char(out, '\n');
}

static struct str plan_text(const struct value *step, const char *key)
{
	const struct value *v = value_get(step, str_of(key));
	return v && value_type(v) != VALUE_NULL ? value_text(v) : (struct str){ 0 };
}

/* The same numbers as in the journal of a build. */
static void plan_write_text(struct arena *arena, struct buf *out, const struct project *p)
{
	owned(steps) struct steps *steps = steps_new(p->plan);
	const struct value *step = value_child(steps_describe(steps, arena));
	const struct recipe *recipe = plan_sent(p);
	unsigned long long number, group = recipe->ngroups;
	buf_printf(out, "%s  level %s\n", p->plan->image, plan_image(p->plan)->level.name);
	for (size_t i = 0; step; step = value_next(step), i++) {
		struct str origin = plan_text(step, "origin");
		if (str_number(plan_text(step, "group"), recipe->ngroups, &number) && number != group) {
			group = number;
			buf_printf(out, "step %llu: %s\n", group, recipe->groups[group]);
		}
		buf_printf(out, "%3zu  %-8s ", i, value_get(step, STR("meta")) ? "-" : "unknown");
		utf8_append_visible(out, plan_text(step, "name"));
		if (origin.n) {
			buf_append(out, STR("  ("));
			utf8_append_visible(out, origin);
			buf_append_char(out, ')');
		}
		buf_append_char(out, '\n');
	}
}

int cmd_plan(struct arena *arena, const struct args *args)
{
	int code;
	owned_buf struct buf out = { 0 };
	owned(project) struct project *p = project_open_planned(args, &code);
	if (!p)
		return code;
	if (args_has(args, "json"))
		plan_write_json(arena, &out, p);
	else
		plan_write_text(arena, &out, p);
	return command_output(buf_str(&out));
}
