/* mortar dockerfile and mortar plan: what would be sent, and its steps. */
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/history/forecast_times.h"
#include "core/job/advice_ask.h"
#include "core/job/forecast_ask.h"
#include "core/job/job_announce.h"
#include "core/job/steps.h"
#include "core/kind/poetry.h"
#include "core/lint/fix.h"
#include "core/lint/lint.h"
#include "core/plan/given.h"
#include "core/recipe/stage_graph.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/project.h"
#include "tui/text.h"

static const struct recipe *plan_sent(const struct project *p)
{
	return steps_recipe(plan_image(p->plan));
}

/* The one that is there against what was derived; false: there is none. */
static bool plan_compare(struct arena *arena, const struct project *p, struct buf *out)
{
	const struct poetry *poetry = p->settings->kind_data;
	struct error ignored;
	struct str own;
	if (p->kind != &kind_poetry || !poetry->dockerfile ||
	    files_read(p->files, files_join(arena, p->settings->root, poetry->dockerfile), arena, &own,
	               &ignored) != FILES_OK)
		return false;
	fix_append_diff(out, str_of(poetry->dockerfile), own, plan_sent(p)->text);
	return true;
}

/* The options with "***" for what must not be read over somebody's shoulder or in a log: of
 * build-args what a build masks too, and all of one whose name is that of a secret. */
static const struct pair *plan_masked(struct arena *arena, const struct project *p,
                                      const struct image_task *image)
{
	static const char prefix[] = "build-arg:";
	struct request request = project_request(p, arena, "dockerfile");
	const struct job_facts facts = { .request = &request, .replan.plan = p->plan };
	owned(mask) struct mask *mask = mask_new();
	struct pair *options = arena_array(arena, image->noptions, sizeof *options);
	job_announce_secrets(&facts, mask);
	for (size_t i = 0; i < image->noptions; i++) {
		struct pair o = image->options[i];
		bool is_arg = str_has_prefix(o.name, str_of(prefix));
		if (is_arg && lint_is_secret(str_slice(o.name, sizeof prefix - 1, STR_NONE)))
			o.value = STR("***");
		else if (is_arg)
			o.value = mask_text(mask, arena, o.value);
		options[i] = o;
	}
	return options;
}

/* As it would run, for eyes: what is sent has the variables. */
static struct str plan_filled(struct arena *arena, const struct project *p)
{
	const struct image_task *image = plan_image(p->plan);
	struct image_task shown = *image;
	bool classic = str_eq(selection_option(&p->selection, "builder"), STR("classic"));
	shown.options = plan_masked(arena, p, image);
	owned(values) struct values *values = given_values(
		&shown, plan_sent(p), classic || strcmp(p->engine, "buildah") == 0);
	return values_recipe_text(values, arena);
}

int cmd_dockerfile(struct arena *arena, const struct args *args)
{
	int code;
	owned_buf struct buf diff = { 0 };
	owned(project) struct project *p = project_open_planned(args, &code);
	if (!p)
		return code;
	if (args_has(args, "filled"))
		return command_output(plan_filled(arena, p));
	if (args_has(args, "derive") && plan_compare(arena, p, &diff))
		return command_output(buf_str(&diff));
	return command_output(plan_sent(p)->text);
}

/* Without a forecast everything is unknown, and the note says why. */
static struct forecast plan_forecast(struct arena *arena, const struct args *args,
                                     const struct project *p)
{
	struct error err;
	struct forecast f = { .p25 = -1, .p50 = -1, .p90 = -1 };
	struct request request = project_request(p, arena, "plan");
	if (!forecast_wait(arena, &request, !args_has(args, "no-engine"), &f, &err))
		f.note = str_of(arena_text(arena, str_of(err.text)));
	return f;
}

/* Advice that cannot be had is none: the plan stands without it. */
struct plan_advice {
	const struct advice *list;
	size_t n;
};

static struct plan_advice plan_advice(struct arena *arena, const struct project *p)
{
	struct error ignored;
	struct plan_advice advice = { 0 };
	struct request request = project_request(p, arena, "plan");
	if (!advice_wait(arena, &request, plan_sent(p), &advice.list, &advice.n, &ignored))
		advice.n = 0;
	return advice;
}

static struct value *plan_needs(struct arena *arena, const struct recipe *r, const struct stage *s)
{
	struct value *needs = value_new_array(arena);
	for (size_t i = 0; i < s->nneeds; i++) {
		owned_buf struct buf name = { 0 };
		recipe_stage_name(r, (int)s->needs[i], &name);
		value_append(needs, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, buf_str(&name)));
	}
	return needs;
}

static struct value *plan_stages(struct arena *arena, const struct recipe *r)
{
	struct value *list = value_new_array(arena);
	for (size_t i = 0; i < r->nstages; i++) {
		const struct stage *s = &r->stages[i];
		owned_buf struct buf name = { 0 };
		struct value *o = value_new_object(arena);
		recipe_stage_name(r, (int)i, &name);
		value_set(arena, o, "name", value_new_string(arena, buf_str(&name)));
		value_set(arena, o, "base", value_new_string(arena, s->base));
		value_set(arena, o, "needs", plan_needs(arena, r, s));
		value_set(arena, o, "reachable", value_new_bool(arena, s->reachable));
		value_set(arena, o, "target", value_new_bool(arena, (int)i == r->target));
		value_set(arena, o, "instructions", value_new_integer(arena, s->count));
		value_set(arena, o, "first_line",
		          value_new_integer(arena, r->instructions[s->first].first_line));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	return list;
}

static struct value *plan_steps(struct arena *arena, const struct project *p,
                                const struct forecast *f)
{
	owned(steps) struct steps *steps = steps_new(p->plan);
	struct value *list = steps_describe(steps, arena);
	steps_foretell(arena, list, f);
	return list;
}

static void plan_write_json(struct arena *arena, struct buf *out, const struct project *p,
                            const struct forecast *f, struct plan_advice advice)
{
	const struct image_task *image = plan_image(p->plan);
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
	value_set(arena, all, "steps", plan_steps(arena, p, f));
	value_set(arena, all, "forecast", forecast_value(arena, f));
	value_set(arena, all, "stages", plan_stages(arena, plan_sent(p)));
	value_set(arena, all, "advice", advice_value(arena, plan_sent(p), advice.list, advice.n));
	value_write_json(out, all, JSON_FILE);
	buf_append_char(out, '\n');
}

static struct str plan_text(const struct value *step, const char *key)
{
	const struct value *v = value_get(step, str_of(key));
	return v && value_type(v) != VALUE_NULL ? value_text(v) : (struct str){ 0 };
}

/* Below the step: why it is run anew, and the setting that is behind that. */
static void plan_write_why(struct buf *out, const struct forecast_step *s)
{
	if (!s || !s->sentence.n)
		return;
	buf_append_fill(out, ' ', 14);
	utf8_append_visible(out, s->sentence);
	if (s->cause.n) {
		buf_append(out, STR("  <- "));
		utf8_append_visible(out, s->cause);
	}
	buf_append_char(out, '\n');
}

static void plan_write_sum(struct buf *out, const struct forecast *f)
{
	buf_printf(out, "%zu hit, %zu miss, %zu unknown", f->hits, f->misses, f->unknowns);
	if (f->engine.n)
		buf_printf(out, " on %.*s", STR_ARG(f->engine));
	if (f->against.n)
		buf_printf(out, ", compared with %.*s", STR_ARG(f->against));
	if (f->p25 >= 0)
		buf_append_text(out, ", about ");
	forecast_append_range(out, f);
	buf_append_char(out, '\n');
	if (f->picked.n) {
		buf_append_text(out, "the pool takes ");
		utf8_append_visible(out, f->picked);
		buf_append_text(out, ": ");
		utf8_append_visible(out, f->picked_why);
		buf_append_char(out, '\n');
	}
	if (f->note.n) {
		utf8_append_visible(out, f->note);
		buf_append_char(out, '\n');
	}
}

/* The same numbers as in the journal of a build. */
static void plan_write_text(struct arena *arena, struct buf *out, const struct project *p,
                            const struct forecast *f, struct plan_advice advice)
{
	const struct value *step = value_child(plan_steps(arena, p, f));
	const struct recipe *recipe = plan_sent(p);
	unsigned long long number, group = recipe->ngroups;
	buf_printf(out, "%s  level %s\n", p->plan->image, plan_image(p->plan)->level.name);
	for (size_t i = 0; step; step = value_next(step), i++) {
		struct str origin = plan_text(step, "origin");
		if (str_number(plan_text(step, "group"), recipe->ngroups, &number) && number != group) {
			group = number;
			buf_printf(out, "step %llu: %s\n", group, recipe->groups[group]);
		}
		buf_printf(out, "%3zu  %-8s ", i, value_get(step, STR("meta")) ? "-"
		           : arena_text(arena, plan_text(step, "forecast")));
		utf8_append_visible(out, plan_text(step, "name"));
		if (origin.n) {
			buf_append(out, STR("  ("));
			utf8_append_visible(out, origin);
			buf_append_char(out, ')');
		}
		buf_append_char(out, '\n');
		plan_write_why(out, forecast_find(f, (int)i));
	}
	plan_write_sum(out, f);
	for (size_t i = 0; i < advice.n; i++) {
		unsigned line = recipe->instructions[advice.list[i].instruction].first_line;
		buf_printf(out, "advice: line %u: ", line);
		utf8_append_visible(out, advice.list[i].text);
		buf_append_char(out, '\n');
	}
}

static void plan_write_stages(struct arena *arena, struct buf *out, const struct project *p)
{
	const struct stage_row *rows;
	size_t n = stage_graph(arena, plan_sent(p), text_is_ascii(), &rows);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%.*s\n", STR_ARG(rows[i].text));
}

int cmd_plan(struct arena *arena, const struct args *args)
{
	int code;
	owned_buf struct buf out = { 0 };
	owned(project) struct project *p = project_open_planned(args, &code);
	if (!p)
		return code;
	if (args_has(args, "stages") && !args_has(args, "json")) {
		plan_write_stages(arena, &out, p);
		return command_output(buf_str(&out));
	}
	struct forecast f = plan_forecast(arena, args, p);
	struct plan_advice advice = plan_advice(arena, p);
	if (args_has(args, "json"))
		plan_write_json(arena, &out, p, &f, advice);
	else
		plan_write_text(arena, &out, p, &f, advice);
	return command_output(buf_str(&out));
}
