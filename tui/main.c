/* The command line is a front end like the screen: this file only decides which. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/job/job.h"
#include "core/os/spawn.h"
#include "tui/app.h"
#include "tui/command.h"

static void main_append_usage(struct buf *out)
{
	buf_append_text(out, "mortar [PATH]            open the workbench on the project at PATH "
	                "(default .)\n");
	for (size_t i = 0; commands[i]; i++) {
		owned_buf struct buf left = { 0 };
		buf_printf(&left, "mortar %s %s", commands[i]->name, commands[i]->operands);
		buf_printf(out, "%-24s %s\n", buf_text(&left), commands[i]->text);
	}
	buf_append_text(out, "mortar help COMMAND      what the command takes\n"
	                "mortar --version         the version\n");
}

static int main_usage(void)
{
	owned_buf struct buf out = { 0 };
	main_append_usage(&out);
	return command_output(buf_str(&out));
}

static int main_help(int argc, char **argv)
{
	struct error err;
	if (argc < 1)
		return main_usage();
	const struct command *c = command_find(argv[0]);
	if (c)
		return command_print_help(c);
	owned_buf struct buf usage = { 0 };
	error_set(&err, ERROR_USAGE, "there is no command '%s'", argv[0]);
	int code = command_fail(&err);
	main_append_usage(&usage);
	fputs(buf_text(&usage), stderr);
	return code;
}

static int main_workbench(int argc, char **argv)
{
	owned(arena) struct arena *arena = arena_new();
	struct args args;
	struct error err;
	if (!args_parse(arena, "profile kind merge cache engine", argc, argv, &args, &err))
		return command_fail(&err);
	if (args.noperands > 1) {
		error_set(&err, ERROR_USAGE, "'%s' is no command and one PATH is enough: "
		          "mortar help lists the commands", args.operands[0]);
		return command_fail(&err);
	}
	const char *path = args.noperands ? args.operands[0] : ".";
	if (access(path, F_OK) < 0 && !strchr(path, ':')) {
		error_set(&err, ERROR_USAGE, "'%s' is neither a command nor a path: mortar help lists the "
		          "commands", path);
		return command_fail(&err);
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(&err, ERROR_USAGE, "the workbench needs a terminal; without one use a command: "
		          "mortar help lists them");
		return command_fail(&err);
	}
	return app_run(&args);
}

int main(int argc, char **argv)
{
	spawn_keep_standard();
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	const char *word = argc > 1 ? argv[1] : NULL;
	if (word && strcmp(word, "job") == 0 && argc == 3)
		return job_main(argv[2]);
	if (word && strcmp(word, "worker") == 0 && argc == 3)
		return worker_main(argv[2]);
	if (word && strcmp(word, "--version") == 0)
		return command_output(STR("mortar " MORTAR_VERSION "\n"));
	if (word && strcmp(word, "help") == 0)
		return main_help(argc - 2, argv + 2);
	if (word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
		return main_usage();
	const struct command *c = word ? command_find(word) : NULL;
	if (c)
		return command_run(c, argc - 2, argv + 2);
	return main_workbench(argc - 1, argv + 1);
}
