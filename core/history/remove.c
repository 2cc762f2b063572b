#include "core/history/remove.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/own.h"
#include "core/base/str.h"
#include "core/os/files.h"
#include "core/os/lock.h"
#include "core/os/save.h"

/* No id begins like this, so that no list of builds has it. */
#define REMOVE_ASIDE ".removed-"

static const char *remove_id(const char *dir)
{
	size_t slash = str_find_last(str_of(dir), '/');
	return slash == STR_NONE ? dir : dir + slash + 1;
}

static const char *remove_parent(struct arena *arena, const char *dir)
{
	size_t slash = str_find_last(str_of(dir), '/');
	return slash == STR_NONE ? "." : arena_text(arena, str_slice(str_of(dir), 0, slash));
}

bool history_is_pinned(const char *dir)
{
	owned(arena) struct arena *scratch = arena_new();
	return access(files_join(scratch, dir, "pin"), F_OK) == 0;
}

bool history_pin(const char *dir, bool pinned, struct error *err)
{
	owned(arena) struct arena *scratch = arena_new();
	const char *path = files_join(scratch, dir, "pin");
	return pinned ? save_file(path, STR(""), 0600, err) : save_remove(path, err);
}

/* What removals that did not come to their end have put aside. */
static void remove_left_over(struct arena *scratch, const char *builds)
{
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	struct error ignored;
	files_list(disk, builds, scratch, &list, &ignored);
	for (size_t i = 0; i < list.n; i++)
		if (str_has_prefix(str_of(list.entries[i].name), STR(REMOVE_ASIDE)))
			save_remove(files_join(scratch, builds, list.entries[i].name), &ignored);
}

/* The lock is held meanwhile: no job begins in a folder that goes. */
static bool remove_lock(struct arena *scratch, const char *dir, int *ret_lock, struct error *err)
{
	if (lock_take(files_join(scratch, dir, "lock"), ret_lock, err))
		return true;
	if (err->code == ERROR_REFUSED)
		return error_set(err, ERROR_USAGE, "build %s is running: mortar cancel %s stops it first",
		                 remove_id(dir), remove_id(dir));
	return false;
}

bool history_remove(const char *dir, struct error *err)
{
	owned(arena) struct arena *scratch = arena_new();
	owned_fd int lock = -1;
	const char *id = remove_id(dir), *builds = remove_parent(scratch, dir);
	if (access(dir, F_OK) < 0 && errno == ENOENT)
		return true;
	if (history_is_pinned(dir))
		return error_set(err, ERROR_USAGE, "build %s is pinned: mortar history unpin %s lets it "
		                 "go", id, id);
	if (!remove_lock(scratch, dir, &lock, err))
		return false;
	const char *aside = arena_printf(scratch, "%s/" REMOVE_ASIDE "%s", builds, id);
	if (rename(dir, aside) < 0)
		return error_set_errno(err, "cannot delete build %s", id);
	if (!save_remove(aside, err))
		return false;
	remove_left_over(scratch, builds);
	return true;
}
