/* {"dir": a build's folder, "former": [folders]} → what its steps printed in those, as
 * known_lines_say tells it. */
#include "core/history/new_lines.h"
#include "core/job/worker.h"

bool worker_lines(struct worker_io *io, struct error *err)
{
	const char *dir = worker_text(io, "dir");
	const struct value *former = value_get(io->argument, STR("former"));
	owned(journal) struct journal *j = dir ? journal_open(dir, err) : NULL;
	owned(known_lines) struct known_lines *known = known_lines_new();
	if (!dir)
		return error_set(err, ERROR_USAGE, "the worker 'lines' wants \"dir\", a build's folder");
	if (!j)
		return false;
	owned(build) struct build *build = build_from(j);
	for (const struct value *v = former ? value_child(former) : NULL; v; v = value_next(v)) {
		/* One that is deleted meanwhile is one less. */
		struct error gone;
		known_lines_learn(known, build, arena_text(io->arena, value_text(v)), &gone);
	}
	known_lines_say(known, worker_say);
	return true;
}
