/* {"revision": NAME, "request": {…} of request.h} → {"top": PATH}, then a line of files_tell
 * for each path of the work tree that reading the project there asks for, {"done": true}. */
#include "core/base/bytes.h"
#include "core/job/worker.h"
#include "core/kind/side.h"
#include "core/project/files_git.h"
#include "core/project/files_told.h"

struct revision_tell {
	struct files *files;
	struct arena *arena;
	const char **paths;
	size_t n;
};

static void revision_count(void *data, const char *path)
{
	struct revision_tell *t = data;
	(void)path;
	t->n++;
}

static void revision_note(void *data, const char *path)
{
	struct revision_tell *t = data;
	t->paths[t->n++] = path;
}

/* All paths are known before the answers are looked for, which asks again. */
static void revision_tell(struct arena *arena, struct files *files)
{
	struct revision_tell t = { .files = files, .arena = arena };
	files_asked(files, revision_count, &t);
	t.paths = arena_array(arena, t.n, sizeof *t.paths);
	t.n = 0;
	files_asked(files, revision_note, &t);
	for (size_t i = 0; i < t.n; i++) {
		owned(arena) struct arena *a = arena_new();
		if (files_git_holds(files, t.paths[i]) && !worker_say(files_tell(a, files, t.paths[i])))
			return;
	}
}

static bool revision_read(struct worker_io *io, const struct request *request, struct files *disk,
                          const char *name, struct error *err)
{
	owned(problems) struct problems *notes = problems_new();
	const struct kind *kind;
	struct target target;
	struct side side;
	if (!kind_recognise(disk, request->argument, request->kind, io->arena, &kind, &target, notes,
	                    err))
		return false;
	owned(files) struct files *files = files_git(target.root, name, disk, err);
	if (!files)
		return false;
	owned_buf struct buf path = { 0 };
	struct value *top = value_new_object(io->arena), *done = value_new_object(io->arena);
	bytes_append_text(&path, str_of(files_git_top(files)));
	value_set(io->arena, top, "top", value_new_string(io->arena, buf_str(&path)));
	worker_say(top);
	side_read(&side, kind, &target, &request->selection, files);
	revision_tell(io->arena, files);
	side_finish(&side);
	value_set(io->arena, done, "done", value_new_bool(io->arena, true));
	worker_say(done);
	return true;
}

bool worker_revision(struct worker_io *io, struct error *err)
{
	const struct value *asked = value_get(io->argument, STR("request"));
	const char *name = worker_text(io, "revision");
	if (!name || !asked)
		return error_set(err, ERROR_USAGE,
		                 "the worker revision needs a 'revision' and a 'request'");
	owned(request) struct request *request = request_read_value(asked, err);
	owned(files) struct files *disk = files_disk(".");
	return request && revision_read(io, request, disk, name, err);
}
