/* mortar history export and import. */
#include <stdio.h>
#include <string.h>

#include "core/history/pack.h"
#include "tui/cmd_history.h"
#include "tui/command.h"

static bool export_print(void *data, struct str bytes, struct error *err)
{
	(void)data;
	return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n ||
	       error_set_errno(err, "writing the result");
}

static int export_to_stdout(const char *dir)
{
	struct error err;
	if (command_is_terminal()) {
		error_set(&err, ERROR_USAGE, "a build's file is not for a terminal: -o FILE names one");
		return command_fail(&err);
	}
	if (!history_export(dir, export_print, NULL, &err))
		return command_fail(&err);
	return fflush(stdout) == 0 ? 0 : 1;
}

int history_export_builds(struct arena *arena, const struct args *args)
{
	struct error err;
	owned_buf struct buf out = { 0 };
	const char **dirs = arena_array(arena, args->noperands + 1, sizeof *dirs);
	const char *output = args_get(args, "output");
	bool ok = history_find_builds(args, dirs, &err);
	if (ok && output && args->noperands > 2)
		ok = error_set(&err, ERROR_USAGE, "--output takes one build; several go to a file each");
	if (!ok)
		return command_fail(&err);
	if (output && strcmp(output, "-") == 0)
		return export_to_stdout(dirs[1]);
	for (size_t i = 1; i < args->noperands; i++) {
		const char *file = output ? output : arena_printf(arena, "%s.mortar",
		                                                  strrchr(dirs[i], '/') + 1);
		if (!history_export_file(dirs[i], file, output, &err))
			return command_fail(&err);
		buf_printf(&out, "%s\n", file);
	}
	return command_output(buf_str(&out));
}

int history_import_files(struct arena *arena, const struct args *args)
{
	struct error err;
	owned_buf struct buf out = { 0 };
	int code = 0;
	(void)arena;
	if (args->noperands < 2) {
		error_set(&err, ERROR_USAGE, "history import needs files that mortar history export made");
		return command_fail(&err);
	}
	for (size_t i = 1; i < args->noperands; i++) {
		const char *dir = history_import(args->operands[i], &err);
		if (dir)
			buf_printf(&out, "%s\n", strrchr(dir, '/') + 1);
		else
			code = command_fail(&err);
	}
	int written = command_output(buf_str(&out));
	return code ? code : written;
}
