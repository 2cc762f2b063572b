/* mortar shell: the terminal goes to a worker; here its end is awaited. */
#include <signal.h>

#include "core/job/pool.h"
#include "core/job/request.h"
#include "core/job/shell.h"
#include "core/os/save.h"
#include "core/project/preferences.h"
#include "tui/command.h"

struct cmd_shell {
	struct loop *loop;
	struct shell *shell;
	int code;
};

static void shell_ended(void *data, int code, const struct error *err)
{
	struct cmd_shell *c = data;
	c->code = err ? command_fail(err) : code;
	loop_stop(c->loop);
}

/* A terminal's keys reach the worker as well, which knows what they mean now. */
static void shell_not_mine(struct loop *loop, int signal, void *data)
{
	(void)loop, (void)signal, (void)data;
}

static void shell_end(struct loop *loop, int signal, void *data)
{
	struct cmd_shell *c = data;
	(void)loop, (void)signal;
	shell_stop(c->shell);
}

int cmd_shell(struct arena *arena, const struct args *args)
{
	struct error err;
	owned(problems) struct problems *problems = problems_new();
	owned(files) struct files *files = files_disk(".");
	owned(loop) struct loop *loop = loop_new();
	struct cmd_shell c = { .loop = loop };
	(void)arena;
	if (args->nbefore > 2) {
		error_set(&err, ERROR_USAGE, "one BUILD and one STEP are enough; a command stands behind "
		          "--");
		return command_fail(&err);
	}
	const char *dir = request_find(args->nbefore ? args->operands[0] : NULL, &err);
	if (!dir)
		return command_fail(&err);
	owned(preferences) struct preferences *own =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	if (!pool_is_none(own, args_get(args, "engine"), &err))
		return command_fail(&err);
	struct shell_options o = {
		.dir = dir, .step = args->nbefore > 1 ? args->operands[1] : NULL,
		.engine = args_get(args, "engine"), .named = own->engines, .nnamed = own->nengines,
		.argv = args->noperands > args->nbefore ? args->operands + args->nbefore : NULL,
	};
	static const int keys[] = { SIGINT, SIGQUIT }, ends[] = { SIGTERM, SIGHUP };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		loop_signal(loop, keys[i], shell_not_mine, NULL);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		loop_signal(loop, ends[i], shell_end, &c);
	c.shell = shell_start(loop, &o, shell_ended, &c, &err);
	bool ok = c.shell && loop_run(loop, &err);
	shell_free(c.shell);
	return ok ? c.code : command_fail(&err);
}
