/* {"request": request.json} → {"findings": […]} (findings.h): all that the rules find in what
 * the request plans, with its build context looked at, as `mortar lint` does.  Nothing is masked:
 * rules tell no secret, and edits are to be written as they are.  What cannot be planned is
 * {"error", "code"}. */
#include "core/job/findings.h"
#include "core/job/replan.h"
#include "core/job/worker.h"
#include "core/os/save.h"

static void lint_say(struct worker_io *io, const struct request *request,
                     const struct replan *replan)
{
	struct arena *a = io->arena;
	owned(problems) struct problems *found = problems_new(), *ignored = problems_new();
	struct value *line = value_new_object(a);
	/* Findings point into them. */
	struct preferences *preferences = preferences_read(
		replan->files, save_config_path("config.toml"), replan->target.root, ignored);
	const struct context *context = lint_scan(replan->plan, found);
	lint_run(replan->kind->rules,
	         &(struct subject){ .settings = replan->settings, .plan = replan->plan,
	                            .selection = &request->selection, .context = context,
	                            .preferences = preferences, .known = kind_rules(a) },
	         found);
	value_set(a, line, "findings", findings_value(a, found));
	worker_say(line);
	preferences_free(preferences);
}

bool worker_lint(struct worker_io *io, struct error *err)
{
	owned(request) struct request *request = worker_request(io, err);
	struct replan replan = { 0 };
	bool ok = request && replan_make(&replan, request, err);
	if (ok)
		lint_say(io, request, &replan);
	replan_finish(&replan);
	return ok;
}
