/* mortar history delete, pin and unpin. */
#include <string.h>

#include "core/history/list.h"
#include "core/history/remove.h"
#include "core/job/job.h"
#include "tui/command.h"

static bool change_delete(const char *dir, struct error *err)
{
	return history_remove(dir, err);
}

static bool change_pin(const char *dir, struct error *err)
{
	return history_pin(dir, true, err);
}

static bool change_unpin(const char *dir, struct error *err)
{
	return history_pin(dir, false, err);
}

static const struct change {
	const char *verb;
	bool (*run)(const char *dir, struct error *);
} changes[] = {
	{ "delete", change_delete }, { "pin", change_pin }, { "unpin", change_unpin },
};

static const struct change *change_find(const char *verb)
{
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (strcmp(changes[i].verb, verb) == 0)
			return &changes[i];
	return NULL;
}

/* All builds are found before the first is touched: a slip of the pen changes nothing. */
static bool change_find_builds(const struct args *args, const char **dirs, struct error *err)
{
	for (size_t i = 1; i < args->noperands; i++) {
		dirs[i] = request_find(args->operands[i], err);
		if (!dirs[i])
			return false;
	}
	return true;
}

int cmd_history_change(struct arena *arena, const struct args *args)
{
	struct error err;
	owned_buf struct buf out = { 0 };
	const char *verb = args->operands[0];
	const struct change *change = change_find(verb);
	const char **dirs = arena_array(arena, args->noperands, sizeof *dirs);
	bool ok = true;
	if (!change)
		ok = error_set(&err, ERROR_USAGE, strcmp(verb, "list") == 0 ? "history %s takes no build"
		               : "history knows list, delete, pin and unpin, not '%s'", verb);
	else if (args->noperands < 2)
		ok = error_set(&err, ERROR_USAGE, "history %s needs the ids of builds (or last)", verb);
	if (!ok || !change_find_builds(args, dirs, &err))
		return command_fail(&err);
	int code = 0;
	for (size_t i = 1; i < args->noperands; i++) {
		if (change->run(dirs[i], &err))
			buf_printf(&out, "%s\n", strrchr(dirs[i], '/') + 1);
		else
			code = command_fail(&err);
	}
	int written = command_output(buf_str(&out));
	return code ? code : written;
}
