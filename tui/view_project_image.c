/* The project view: what a Dockerfile's own lines offer: the level's boundary, stages, values. */
#include "core/base/intern.h"
#include "core/base/utf8.h"
#include "core/recipe/values.h"
#include "tui/stage_menu.h"
#include "tui/view_project_inside.h"

/* ---- the level's boundary ---- */

/* RUNs from there on, of stages that are built. */
static size_t image_runs(const struct recipe *r, size_t from)
{
	size_t n = 0;
	for (size_t i = from; i < r->ninstructions; i++) {
		int stage = r->instructions[i].stage;
		n += r->instructions[i].kind == INSTRUCTION_RUN && stage >= 0 &&
		     r->stages[stage].reachable;
	}
	return n;
}

void view_project_append_boundary(const struct view_project *v, struct buf *out)
{
	const struct dockerfile *d = &v->dockerfile;
	if (!d->recipe || d->forced < 0)
		return;
	size_t n = image_runs(d->recipe, (size_t)d->forced);
	if (d->is_part)
		buf_printf(out, "%zu RUN below the boundary %s run anew, all above comes from the cache "
		           "that has it", n, n == 1 ? "is" : "are");
	else
		buf_append_text(out, "all below the boundary is run anew");
}

static bool image_set_level(struct view_project *v, const char *level)
{
	const char *before = v->project->selection.level;
	if (!project_select_level(v->project, level))
		return false;
	if (!v->level_before)
		v->level_before = intern(str_of(before ? before : ""));
	app_reread(v->view.app);
	return true;
}

static bool image_level_here(struct view_project *v)
{
	struct app *app = v->view.app;
	const struct recipe *r = v->dockerfile.recipe;
	int at = r ? dockerfile_instruction_above(&v->dockerfile) : -1;
	owned_buf struct buf level = { 0 }, said = { 0 };
	if (v->focus != PANE_DOCKERFILE || v->panel.has_keys) {
		app_say(app, "L is about a line of the Dockerfile: Tab goes there");
		return true;
	}
	if (at < 0 || r->instructions[at].stage < 0) {
		app_say(app, "the boundary lies below an instruction of a stage: none is here or above");
		return true;
	}
	if (!r->stages[r->instructions[at].stage].reachable) {
		app_say(app, "this stage is not built: the target does not need it");
		return true;
	}
	buf_printf(&level, "%u", r->instructions[at].first_line);
	if (!image_set_level(v, buf_text(&level))) {
		app_say(app, "%s has cache levels of its own: B shows them", v->project->kind->name);
		return true;
	}
	view_project_append_boundary(v, &said);
	if (said.n)
		app_say(app, "level %s: %s (gL takes it back)", buf_text(&level), buf_text(&said));
	else if (v->project->plan)
		app_say(app, "level %s: nothing below is run anew for it (gL takes it back)",
		        buf_text(&level));
	return true;
}

static bool image_level_back(struct view_project *v)
{
	const char *before = v->level_before;
	if (!before) {
		app_say(v->view.app, "the cache level was not moved by L");
		return true;
	}
	v->level_before = NULL;
	project_select_level(v->project, before[0] ? before : v->project->kind->levels[0].name);
	app_reread(v->view.app);
	app_say(v->view.app, "cache level %s again", v->project->selection.level);
	return true;
}

/* ---- values ---- */

static bool image_fill(struct view_project *v)
{
	struct dockerfile *d = &v->dockerfile;
	dockerfile_fill(d, !d->fills);
	if (d->fills)
		app_say(v->view.app, "the Dockerfile as it would run: known values stand for variables");
	else
		app_say(v->view.app, "the Dockerfile as it is written");
	return true;
}

static const char *image_from(const struct variable *variable)
{
	static const char *const froms[] = {
		"given as a build-arg", "default of ARG", "ENV", "the platform", "given by every builder",
		"no value is known here",
	};
	return froms[variable->from];
}

/* Each once, however often the instruction uses it. */
static bool image_is_first(const struct variable_use *uses, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(uses[k].name, uses[i].name))
			return false;
	return true;
}

static void image_append_use(const struct recipe *r, const struct variable_use *use,
                             struct buf *out)
{
	const struct variable *variable = use->variable;
	utf8_append_visible(out, use->name);
	if (!variable) {
		buf_append_text(out, use->has_default ? "  declared nowhere: its default stands there"
		                                      : "  declared nowhere: the base image may have it");
		return;
	}
	if (variable->is_set) {
		buf_append_text(out, " = ");
		utf8_append_visible(out, variable->value.n ? variable->value : STR("(empty)"));
	}
	buf_printf(out, "  %s", image_from(variable));
	if (variable->instruction >= 0)
		buf_printf(out, ", line %u", r->instructions[variable->instruction].first_line);
}

void view_project_append_values(const struct view_project *v, int instruction, struct buf *out)
{
	owned(arena) struct arena *arena = arena_new();
	const struct dockerfile *d = &v->dockerfile;
	struct variable_use *uses = NULL;
	size_t n = 0;
	if (d->values && instruction >= 0)
		n = values_uses(d->values, instruction, arena, &uses);
	for (size_t i = 0; i < n; i++)
		if (image_is_first(uses, i)) {
			buf_append_text(out, out->n ? "\n" : "");
			image_append_use(d->recipe, &uses[i], out);
		}
}

/* ---- stages ---- */

static void image_go_stage(void *data, int stage)
{
	struct view_project *v = data;
	const struct recipe *r = v->dockerfile.recipe;
	if (!r || (size_t)stage >= r->nstages)
		return;
	v->focus = PANE_DOCKERFILE;
	v->panel.has_keys = false;
	dockerfile_go(&v->dockerfile, (int)r->stages[stage].first);
	view_project_link(v);
}

static bool image_stages(struct view_project *v)
{
	const struct recipe *r = v->dockerfile.recipe;
	int at = r ? dockerfile_instruction_above(&v->dockerfile) : -1;
	if (!r || r->nstages == 0) {
		app_say(v->view.app, "there is no Dockerfile, so there are no stages");
		return true;
	}
	app_open(v->view.app, stage_menu_new(r, at >= 0 ? r->instructions[at].stage : -1,
	                                     image_go_stage, v));
	return true;
}

bool view_project_image_act(struct view_project *v, enum action action, bool *ret_done)
{
	*ret_done = true;
	switch (action) {
	case ACTION_LEVEL_HERE: *ret_done = image_level_here(v); return true;
	case ACTION_LEVEL_BACK: *ret_done = image_level_back(v); return true;
	case ACTION_VALUES: *ret_done = image_fill(v); return true;
	case ACTION_STAGES: *ret_done = image_stages(v); return true;
	default: return false;
	}
}
