/* {"log_limit": BYTES} → lines {"section", "row"}: mortar's own folders, what builds
 * keep there, and the room they have. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/history/list.h"
#include "core/job/doctor.h"
#include "core/job/lost.h"
#include "core/job/worker.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/space.h"

static void places_say(struct arena *a, const char *section, struct value *row)
{
	struct value *line = value_new_object(a);
	doctor_text(a, line, "section", section);
	value_set(a, line, "row", row);
	worker_say(line);
}

static struct value *places_absent(struct arena *a, const char *name, const char *path)
{
	const char *above = space_nearest(a, path);
	if (!strcmp(name, "config"))
		return doctor_row(a, name, DOCTOR_ABSENT, "%s: not there, so no settings of yours", path);
	if (access(above, W_OK | X_OK) == 0)
		return doctor_row(a, name, DOCTOR_OK, "%s: not there yet; made when needed", path);
	struct value *row = doctor_row(a, name, DOCTOR_PROBLEM, "%s cannot be made: you may not "
	                               "write to %s", path, above);
	doctor_remedy(a, row, "set XDG_%s_HOME to a folder of yours",
	              name[0] == 's' ? "STATE" : "CACHE");
	return row;
}

static struct value *places_there(struct arena *a, const char *name, const char *path,
                                  const struct stat *st)
{
	unsigned mode = st->st_mode & 07777;
	bool is_config = !strcmp(name, "config");
	struct value *row;
	if (!S_ISDIR(st->st_mode)) {
		row = doctor_row(a, name, DOCTOR_PROBLEM, "%s is no folder", path);
		doctor_remedy(a, row, "move it away");
	} else if (st->st_uid != geteuid()) {
		row = doctor_row(a, name, is_config ? DOCTOR_OK : DOCTOR_PROBLEM,
		                 "%s belongs to user %u, not to you (%u)", path, (unsigned)st->st_uid,
		                 (unsigned)geteuid());
		if (!is_config)
			doctor_remedy(a, row, "sudo chown -R %u '%s', or set XDG_%s_HOME",
			              (unsigned)geteuid(), path, name[0] == 's' ? "STATE" : "CACHE");
	} else if (access(path, is_config ? R_OK | X_OK : W_OK | X_OK) < 0) {
		row = doctor_row(a, name, DOCTOR_PROBLEM, "%s: you may not %s it", path,
		                 is_config ? "read" : "write to");
		doctor_remedy(a, row, "chmod u+rwx '%s'", path);
	} else if (mode & 022) {
		row = doctor_row(a, name, DOCTOR_PROBLEM, "%s: others may write to it (mode %04o)",
		                 path, mode);
		doctor_remedy(a, row, "chmod 0700 '%s'", path);
	} else {
		row = doctor_row(a, name, DOCTOR_OK, "%s, mode %04o", path, mode);
	}
	doctor_text(a, row, "mode", arena_printf(a, "%04o", mode));
	return row;
}

/* Where it lies; NULL: there is no home. */
static const char *places_row(struct arena *a, const char *name, const char *place)
{
	struct stat st;
	struct value *row;
	const char *path = place ? files_clean(a, place) : NULL;
	if (!path) {
		row = doctor_row(a, name, DOCTOR_PROBLEM, "you have no home folder");
		doctor_remedy(a, row, "set HOME to an absolute path");
	} else {
		bool is_there = stat(path, &st) == 0;
		row = is_there ? places_there(a, name, path, &st) : places_absent(a, name, path);
		doctor_text(a, row, "path", path);
		doctor_truth(a, row, "exists", is_there);
		doctor_truth(a, row, "writable", access(space_nearest(a, path), W_OK | X_OK) == 0);
	}
	places_say(a, "places", row);
	return path;
}

static void places_builds(struct arena *a)
{
	owned(files) struct files *disk = files_disk("/");
	struct files_list list = { 0 };
	struct error ignored;
	const char *builds = save_state_path("builds");
	uint64_t bytes = 0, kept = 0;
	size_t n = 0, lost = 0;
	if (!builds || files_list(disk, builds, a, &list, &ignored) != FILES_OK)
		return;
	for (size_t i = 0; i < list.n; i++) {
		owned(arena) struct arena *scratch = arena_new();
		const char *dir = files_join(scratch, builds, list.entries[i].name);
		struct history_item item;
		bytes += space_used(dir);
		if (!history_read_one(scratch, dir, &item))
			continue;
		n++;
		uint64_t held = item.state == HISTORY_LOST ? lost_keeps(dir) : 0;
		lost += held > 0;
		kept += held;
	}
	owned_buf struct buf text = { 0 };
	buf_printf(&text, "%zu kept, ", n);
	space_append_bytes(&text, bytes);
	if (lost) {
		buf_printf(&text, "; %zu lost %s still ", lost, lost == 1 ? "one holds" : "ones hold");
		space_append_bytes(&text, kept);
		buf_append_text(&text, ", which the next build releases");
	}
	struct value *row = doctor_row(a, "builds", DOCTOR_OK, "%s", buf_text(&text));
	doctor_number(a, row, "count", n);
	doctor_number(a, row, "bytes", bytes);
	doctor_number(a, row, "lost", lost);
	doctor_number(a, row, "lost_bytes", kept);
	places_say(a, "places", row);
}

static void places_disk(struct arena *a, const char *name, const char *path,
                        unsigned long long log_limit)
{
	struct space space;
	struct error err;
	struct value *facts = value_new_object(a), *row;
	if (!space_look(path, &space, &err)) {
		row = doctor_row(a, name, DOCTOR_PROBLEM, "%s", err.text);
		places_say(a, "disk", row);
		return;
	}
	bool tight = doctor_is_tight(&space, DOCTOR_STATE_BYTES + log_limit, DOCTOR_STATE_INODES);
	row = doctor_row(a, name, tight ? DOCTOR_PROBLEM : DOCTOR_OK, "%s: %s", path,
	                 doctor_space(a, facts, &space));
	doctor_space(a, row, &space);
	doctor_text(a, row, "path", path);
	if (tight)
		doctor_remedy(a, row, "make room there, or set XDG_%s_HOME to another disk; builds that "
		              "are no longer needed lie in %s",
		              name[0] == 'c' ? "CACHE" : "STATE", save_state_path("builds"));
	places_say(a, "disk", row);
}

bool worker_places(struct worker_io *io, struct error *err)
{
	struct arena *a = io->arena;
	unsigned long long log_limit = 0;
	const struct value *limit = value_get(io->argument, STR("log_limit"));
	(void)err;
	if (limit)
		str_number(value_text(limit), 1ull << 62, &log_limit);
	places_row(a, "config", save_config_path(""));
	const char *state = places_row(a, "state", save_state_path(""));
	const char *cache = places_row(a, "cache", save_cache_path(""));
	struct stat one, two;
	if (state && cache) {
		state = space_nearest(a, state);
		cache = space_nearest(a, cache);
		bool same = stat(state, &one) == 0 && stat(cache, &two) == 0 && one.st_dev == two.st_dev;
		places_disk(a, same ? "state, cache" : "state", state, log_limit);
		if (!same)
			places_disk(a, "cache", cache, 0);
	}
	places_builds(a);
	return true;
}
