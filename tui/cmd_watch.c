/* mortar watch: a build that somebody else runs, from its output. */
#include <string.h>
#include <unistd.h>

#include "core/job/job.h"
#include "core/os/files.h"
#include "core/os/save.h"
#include "core/os/standard.h"
#include "core/project/preferences.h"
#include "tui/command.h"
#include "tui/follow.h"
#include "tui/receipt.h"

/* The bytes of log that the user wants kept of a build. */
static unsigned long long watch_log_limit(void)
{
	owned(files) struct files *files = files_disk("/");
	owned(problems) struct problems *problems = problems_new();
	owned(preferences) struct preferences *preferences =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	return preferences->log_limit;
}

static const char *watch_start(struct arena *arena, const struct args *args, int input,
                               struct error *err)
{
	const char *path = args->noperands ? args->operands[0] : "-", *as = args_get(args, "as");
	const char *tag = args_get(args, "tag"), *id = request_new_id(err);
	owned(launch) struct launch *launch = id ? job_launch_watching(id, input, err) : NULL;
	struct pair option = { STR("tag"), str_of(tag) };
	struct request request = {
		.id = id, .argument = strcmp(path, "-") == 0 ? path : files_absolute(arena, path),
		.kind = "watch", .engine = "watch", .watch = as ? as : "auto",
		.selection = { .options = &option, .noptions = tag != NULL },
		.log_limit = watch_log_limit(),
	};
	return launch && job_start(&request, launch, err) ? request_find(id, err) : NULL;
}

int cmd_watch(struct arena *arena, const struct args *args)
{
	struct error err;
	enum follow_form form;
	struct receipt receipt;
	owned_fd int input = -1;
	if (!follow_form_parse(args_get(args, "progress"), &form, &err) ||
	    !receipt_prepare(args, &receipt, &err))
		return command_fail(&err);
	if (args_has(args, "quiet"))
		form = FOLLOW_QUIET;
	input = standard_open(args->noperands ? args->operands[0] : "-", &err);
	if (input < 0)
		return command_fail(&err);
	follow_hold_interrupts();
	const char *dir = watch_start(arena, args, input, &err);
	if (!dir) {
		int code = command_fail(&err);
		standard_drain(input);
		return code;
	}
	close(take_fd(input));
	if (args_has(args, "detach")) {
		const char *slash = strrchr(dir, '/');
		return command_output(str_of(arena_printf(arena, "%s\n", slash ? slash + 1 : dir)));
	}
	int code = follow_run(dir, form);
	if (code == 0 && !receipt_write(&receipt, dir, &err))
		return command_fail(&err);
	return code;
}
