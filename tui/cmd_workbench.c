/* mortar without a command: the workbench, or why not. */
#include <string.h>
#include <unistd.h>

#include "tui/app.h"
#include "tui/command.h"

static int workbench_unknown(const char *word)
{
	struct error err;
	const char *meant = command_similar(word);
	if (meant)
		error_set(&err, ERROR_USAGE, "'%s' is neither a command nor a path: did you mean '%s'?",
		          word, meant);
	else
		error_set(&err, ERROR_USAGE, "'%s' is neither a command nor a path: mortar help lists "
		          "the commands", word);
	return command_fail(&err);
}

int cmd_workbench(struct arena *arena, const struct args *args)
{
	struct error err;
	(void)arena;
	if (args_has(args, "version"))
		return command_output(STR("mortar " MORTAR_VERSION "\n"));
	const char *path = args->noperands ? args->operands[0] : ".";
	if (access(path, F_OK) < 0 && !strchr(path, ':'))
		return workbench_unknown(path);
	if (args->noperands > 1) {
		error_set(&err, ERROR_USAGE, "'%s' is no command and one PATH is enough: mortar help "
		          "lists the commands", path);
		return command_fail(&err);
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(&err, ERROR_USAGE, "the workbench needs a terminal; without one use a command: "
		          "mortar help lists them");
		return command_fail(&err);
	}
	return app_run(args);
}
