#include "core/job/retry.h"

#include <unistd.h>

#include "core/job/job.h"
#include "core/kind/kind.h"
#include "core/os/files.h"

bool retry_is_ours(const char *dir, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	if (access(files_join(arena, dir, "imported"), F_OK) != 0)
		return true;
	return error_set(err, ERROR_USAGE, "this build was imported: what it was made from is where it "
	                 "was built");
}

struct request *retry_read(const char *dir, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	if (!retry_is_ours(dir, err))
		return NULL;
	owned(files) struct files *disk = files_disk("/");
	struct str text;
	const char *path = files_join(arena, dir, "request.json");
	enum files_result result = files_read(disk, path, arena, &text, err);
	if (result == FILES_ABSENT)
		error_set(err, ERROR_MISSING, "what this build was asked for is not kept (no %s)", path);
	return result == FILES_OK ? request_read(text, err) : NULL;
}

/* By its own name, so that the history has one name for it. */
static bool retry_set_level(struct request *request, const char *level, struct error *err)
{
	const struct kind *kind = kind_find(request->kind);
	const struct level *known = kind && kind->levels ? level_find(kind->levels, level) : NULL;
	request->selection.level = known ? known->name : level;
	return level[0] || error_set(err, ERROR_USAGE, "a cache level has a name");
}

const char *retry_start(const char *dir, const char *level, struct error *err)
{
	owned(request) struct request *request = retry_read(dir, err);
	if (!request || (level && !retry_set_level(request, level, err)))
		return NULL;
	const char *id = request_new_id(err);
	if (!id)
		return NULL;
	request->retry_of = request->id;
	request->id = id;
	request->batch = NULL;
	request->pool.first = NULL;
	/* Not the texts of then: a retry comes after a correction. */
	request->ntexts = 0;
	return job_start(request, NULL, err) ? request_find(id, err) : NULL;
}
