#include "tui/retry.h"

#include "core/job/job.h"
#include "core/os/files.h"

static struct request *retry_read(const char *dir, struct arena *arena, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text;
	const char *path = files_join(arena, dir, "request.json");
	enum files_result result = files_read(disk, path, arena, &text, err);
	if (result == FILES_ABSENT)
		error_set(err, ERROR_MISSING, "what this build was asked for is not kept (no %s)", path);
	return result == FILES_OK ? request_read(text, err) : NULL;
}

static const char *retry_start(const char *dir, struct arena *arena, struct error *err)
{
	owned(request) struct request *request = retry_read(dir, arena, err);
	const char *id = request ? request_new_id(err) : NULL;
	if (!id)
		return NULL;
	request->retry_of = request->id;
	request->id = id;
	request->batch = NULL;
	/* Not the texts of then: a retry comes after a correction. */
	request->ntexts = 0;
	return job_start(request, NULL, err) ? request_find(id, err) : NULL;
}

void retry_build(struct app *app, const char *dir)
{
	struct error err;
	owned(arena) struct arena *arena = arena_new();
	const char *fresh = retry_start(dir, arena, &err);
	if (!fresh) {
		app_alert(app, "%s", err.text);
		return;
	}
	app_home(app);
	app_open_build(app, fresh);
}
