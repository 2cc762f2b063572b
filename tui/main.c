/* The command line is a front end like the screen: this file only decides which. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/job/job.h"
#include "tui/app.h"
#include "tui/command.h"

static int main_usage(FILE *out)
{
	fputs("mortar [PATH]            open the workbench on the project at PATH (default .)\n", out);
	for (size_t i = 0; commands[i]; i++) {
		owned_buf struct buf left = { 0 };
		buf_printf(&left, "mortar %s %s", commands[i]->name, commands[i]->operands);
		fprintf(out, "%-24s %s\n", buf_text(&left), commands[i]->text);
	}
	fputs("mortar help COMMAND      what the command takes\n"
	      "mortar --version         the version\n", out);
	return out == stdout ? 0 : 2;
}

static int main_help(int argc, char **argv)
{
	if (argc < 1)
		return main_usage(stdout);
	const struct command *c = command_find(argv[0]);
	if (!c) {
		fprintf(stderr, "mortar: there is no command '%s'\n", argv[0]);
		return main_usage(stderr);
	}
	command_print_help(c);
	return 0;
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
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	const char *word = argc > 1 ? argv[1] : NULL;
	if (word && strcmp(word, "job") == 0 && argc == 3)
		return job_main(argv[2]);
	if (word && strcmp(word, "worker") == 0 && argc == 3)
		return worker_main(argv[2]);
	if (word && strcmp(word, "--version") == 0) {
		puts("mortar " MORTAR_VERSION);
		return 0;
	}
	if (word && strcmp(word, "help") == 0)
		return main_help(argc - 2, argv + 2);
	if (word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
		return main_usage(stdout);
	const struct command *c = word ? command_find(word) : NULL;
	if (c)
		return command_run(c, argc - 2, argv + 2);
	return main_workbench(argc - 1, argv + 1);
}
