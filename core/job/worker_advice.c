/* {"request": request.json} → {"advice": [{line, instruction, text, seconds, builds}]}: which
 * order of the Dockerfile's instructions would have saved how much over the newest builds that
 * were kept.  What cannot be planned is {"error", "code"}. */
#include "core/history/advice.h"
#include "core/job/foresee.h"
#include "core/job/job_announce.h"
#include "core/job/worker.h"
#include "core/os/files.h"
#include "core/os/save.h"

struct advice_builds {
	struct arena *arena;
	struct advice_build *list;
	size_t n;
};

static void advice_builds_finish(struct advice_builds *b)
{
	for (size_t i = 0; i < b->n; i++)
		build_free((struct build *)b->list[i].build);
}

static void advice_read_builds(struct advice_builds *b, const char *root)
{
	struct error ignored;
	const char *engine, *builds = save_state_dir("builds", &ignored);
	size_t n;
	const struct forecast_former *formers = foresee_formers(b->arena, root, NULL, NULL, NULL, &n,
	                                                        &engine);
	b->list = arena_array(b->arena, n, sizeof *b->list);
	for (size_t i = 0; builds && i < n; i++) {
		const char *dir = files_join(b->arena, builds, arena_text(b->arena, formers[i].id));
		const struct build *build = build_read(dir, &ignored);
		if (build)
			b->list[b->n++] = (struct advice_build){ build, &formers[i].prints };
	}
}

static const struct str *advice_names(struct arena *a, const struct recipe *r)
{
	struct str *names = arena_array(a, r->ninstructions, sizeof *names);
	for (size_t i = 0; i < r->ninstructions; i++)
		names[i] = steps_name(a, r->instructions[i].text);
	return names;
}

static void advice_say(struct worker_io *io, struct request *request,
                       const struct replan *replan)
{
	struct arena *a = io->arena;
	const struct image_task *image = plan_image(replan->plan);
	const struct recipe *recipe = image ? steps_recipe(image) : NULL;
	__attribute__((cleanup(advice_builds_finish))) struct advice_builds builds = { .arena = a };
	owned(steps) struct steps *steps = steps_new(replan->plan);
	owned(mask) struct mask *mask = mask_new();
	struct job_facts facts = { .request = request, .replan = *replan, .steps = steps };
	struct value *line = value_new_object(a), *list = value_new_array(a);
	job_announce_secrets(&facts, mask);
	if (recipe) {
		advice_read_builds(&builds, replan->plan->root);
		struct advice_subject subject = { .recipe = recipe, .names = advice_names(a, recipe),
		                                  .builds = builds.list, .nbuilds = builds.n };
		const struct advice *advice;
		size_t n = advice_make(a, &subject, &advice);
		list = advice_value(a, recipe, advice, n);
	}
	value_set(a, line, "advice", list);
	worker_say(mask_value(mask, a, line));
}

bool worker_advice(struct worker_io *io, struct error *err)
{
	owned(request) struct request *request = worker_request(io, err);
	struct replan replan = { 0 };
	bool ok = request && replan_make(&replan, request, err);
	if (ok)
		advice_say(io, request, &replan);
	replan_finish(&replan);
	return ok;
}
