/* {"a": DIR, "b": DIR} → {"compare": …}: two builds' folders (core/history/compare.h); without
 * "a" the build before b, of the same project and, if there is one, the same profiles.
 * {"a": DIR, "b": DIR, "steps": [STEP or null, STEP or null]} → {"log": …}: two logs
 * (core/history/log_diff.h). */
#include "core/base/check.h"
#include "core/history/compare.h"
#include "core/history/log_diff.h"
#include "core/history/why.h"
#include "core/job/worker.h"

/* Changed lines that are told. */
enum { COMPARE_LOG_LINES = 5000 };

static bool compare_step(const struct value *v, struct journal *j, int *ret_step,
                         struct error *err)
{
	unsigned long long n;
	owned(build) struct build *build = build_new();
	*ret_step = -1;
	if (!v || value_type(v) == VALUE_NULL)
		return true;
	build_update(build, j);
	if (!str_number(value_text(v), INT32_MAX, &n) || n >= build->nsteps)
		return error_set(err, ERROR_USAGE, "there is no step %.*s", STR_ARG(value_text(v)));
	*ret_step = (int)n;
	return true;
}

static bool compare_logs(struct worker_io *io, const struct value *steps, struct value *line,
                         struct error *err)
{
	owned(journal) struct journal *a = journal_open(worker_text(io, "a"), err);
	owned(journal) struct journal *b = a ? journal_open(worker_text(io, "b"), err) : NULL;
	struct log_diff d;
	int x, y;
	if (!b)
		return false;
	journal_refresh(a);
	journal_refresh(b);
	if (!compare_step(value_child(steps), a, &x, err) ||
	    !compare_step(value_next(value_child(steps)), b, &y, err))
		return false;
	log_diff_make(io->arena, a, x, b, y, &d);
	value_set(io->arena, line, "log",
	          log_diff_value(io->arena, &d, a, x, b, y, COMPARE_LOG_LINES));
	return true;
}

bool worker_compare(struct worker_io *io, struct error *err)
{
	const char *a = worker_text(io, "a"), *b = worker_text(io, "b");
	if (b && !a && !(a = why_before(io->arena, b, true)))
		return error_set(err, ERROR_MISSING, "no earlier build of this project is kept");
	const struct value *steps = value_get(io->argument, STR("steps"));
	struct value *line = value_new_object(io->arena);
	if (!a || !b || (steps && (value_type(steps) != VALUE_ARRAY || value_count(steps) != 2)))
		return error_set(err, ERROR_USAGE, "the worker compare needs two builds, 'a' and 'b'");
	owned(compare) struct compare *c = steps ? NULL : compare_new(a, b, err);
	if (steps ? !compare_logs(io, steps, line, err) : !c)
		return false;
	if (c)
		value_set(io->arena, line, "compare", compare_value(io->arena, c));
	worker_say(line);
	return true;
}
