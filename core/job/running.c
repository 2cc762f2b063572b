#include "core/job/running.h"

#include <unistd.h>

#include "core/job/lost.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/save.h"

void running_add(const char *id)
{
	owned(arena) struct arena *a = arena_new();
	struct error ignored;
	const char *dir = save_state_dir("running", &ignored);
	if (dir)
		save_derived(arena_printf(a, "%s/%s", dir, id), STR(""), 0600, &ignored);
}

void running_remove(const char *id)
{
	owned(arena) struct arena *a = arena_new();
	const char *path = save_state_path(arena_printf(a, "running/%s", id));
	if (path)
		unlink(path);
}

const char *const *running_list(struct arena *arena, const char *self, size_t *ret_count,
                                struct error *err)
{
	const char *dir = save_state_dir("running", err), *builds = save_state_dir("builds", err);
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	if (!dir || !builds || files_list(disk, dir, arena, &list, err) == FILES_FAILED)
		return NULL;
	const char **ids = arena_array(arena, list.n + 1, sizeof *ids);
	size_t n = 0;
	for (size_t i = list.n; i-- > 0;) {
		const char *id = list.entries[i].name;
		/* A file that is just being made has a name with a dot. */
		if (id[0] == '.' || (self && str_eq(str_of(id), str_of(self))))
			continue;
		const char *build = arena_printf(arena, "%s/%s", builds, id);
		if (lock_holder(arena_printf(arena, "%s/lock", build))) {
			ids[n++] = id;
		} else {
			lost_release(build);
			running_remove(id);
		}
	}
	*ret_count = n;
	return ids;
}
