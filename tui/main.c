/* The command line is a front end like the screen: this file only decides which. */
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "core/job/job.h"
#include "core/os/spawn.h"
#include "tui/command.h"

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
	const struct command *c = word ? command_find(word) : NULL;
	if (c)
		return command_run(c, argc - 2, argv + 2);
	return command_run(&command_workbench, argc - 1, argv + 1);
}
