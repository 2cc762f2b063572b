/* {"what": "export" | "report" | "delete", "dirs": [PATH…], "folder": PATH} → a line
 * {"done": file or id} for each build. */
#include <string.h>

#include "core/history/pack.h"
#include "core/history/remove.h"
#include "core/history/report.h"
#include "core/job/worker.h"
#include "core/os/files.h"
#include "core/os/save.h"

struct keep_task {
	struct arena *arena;
	const char *dir, *id, *folder;
	const char *done;
};

static bool keep_export(struct keep_task *t, struct error *err)
{
	t->done = files_join(t->arena, t->folder, arena_printf(t->arena, "%s.mortar", t->id));
	return history_export_file(t->dir, t->done, true, err);
}

static bool keep_report(struct keep_task *t, struct error *err)
{
	struct report_options options = { .lines = REPORT_LINES };
	owned_buf struct buf page = { 0 };
	t->done = files_join(t->arena, t->folder, arena_printf(t->arena, "%s.html", t->id));
	return history_report(t->dir, &options, &page, err) &&
	       save_file(t->done, buf_str(&page), 0666, err);
}

static bool keep_delete(struct keep_task *t, struct error *err)
{
	t->done = t->id;
	return history_remove(t->dir, err);
}

static const struct {
	const char *what;
	bool (*run)(struct keep_task *, struct error *);
} keeps[] = {
	{ "export", keep_export }, { "report", keep_report }, { "delete", keep_delete },
};

static bool keep_one(struct worker_io *io, size_t keep, const char *folder, const char *dir,
                     struct error *err)
{
	struct keep_task task = { .arena = io->arena, .dir = dir, .folder = folder };
	const char *slash = strrchr(dir, '/');
	struct value *line = value_new_object(io->arena);
	task.id = slash ? slash + 1 : dir;
	if (!keeps[keep].run(&task, err))
		return false;
	value_set(io->arena, line, "done", value_new_string(io->arena, str_of(task.done)));
	worker_say(line);
	return true;
}

bool worker_keep(struct worker_io *io, struct error *err)
{
	const char *what = worker_text(io, "what"), *folder = worker_text(io, "folder");
	const struct value *dirs = value_get(io->argument, STR("dirs"));
	size_t keep = 0, count = sizeof keeps / sizeof *keeps;
	while (what && keep < count && strcmp(what, keeps[keep].what) != 0)
		keep++;
	if (!what || keep == count || !folder || !dirs)
		return error_set(err, ERROR_USAGE, "the worker keep needs 'what', 'dirs' and 'folder'");
	for (const struct value *v = value_child(dirs); v; v = value_next(v))
		if (!keep_one(io, keep, folder, arena_text(io->arena, value_text(v)), err))
			return false;
	return true;
}
