/* mortar help: what the tables say of mortar. */
#include <stdio.h>

#include "tui/help.h"

static int help_unknown(const char *name)
{
	struct error err;
	owned_buf struct buf overview = { 0 };
	const char *meant = command_similar(name);
	if (meant)
		error_set(&err, ERROR_USAGE, "there is no command '%s': did you mean '%s'?", name, meant);
	else
		error_set(&err, ERROR_USAGE, "there is no command '%s'", name);
	int code = command_fail(&err);
	help_append_overview(&overview);
	if (!meant)
		fputs(buf_text(&overview), stderr);
	return code;
}

int cmd_help(struct arena *arena, const struct args *args)
{
	(void)arena;
	if (args_has(args, "man")) {
		owned_buf struct buf out = { 0 };
		help_append_manual(&out);
		return command_output(buf_str(&out));
	}
	if (args->noperands && strcmp(args->operands[0], "keys") == 0)
		return help_print_keys(args_has(args, "json"));
	if (args_has(args, "json")) {
		struct error err;
		error_set(&err, ERROR_USAGE, "only mortar help keys has a JSON form");
		return command_fail(&err);
	}
	const struct command *c = args->noperands ? command_find(args->operands[0])
	                                          : &command_workbench;
	return c ? help_print(c) : help_unknown(args->operands[0]);
}
