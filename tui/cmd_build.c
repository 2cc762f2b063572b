/* Commands about builds: build, retry, attach, replay, cancel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/history/list.h"
#include "core/job/job.h"
#include "core/job/retry.h"
#include "core/journal/build.h"
#include "tui/cmd_login.h"
#include "tui/command.h"
#include "tui/follow.h"
#include "tui/project.h"
#include "tui/project_options.h"
#include "tui/receipt.h"

/* A build as it was asked for, and the job that waits for it. */
struct build_asked {
	enum follow_form form;
	struct receipt receipt;
	const char *id;
	struct launch *launch;          /* NULL: none yet */
};

/* The job starts while the project is read; when the state folder does not let it, that
 * is told once nothing is wrong with the project. */
static void build_launch(struct build_asked *asked)
{
	struct error ignored;
	asked->id = request_new_id(&ignored);
	asked->launch = asked->id ? job_launch(asked->id, &ignored) : NULL;
}

/* The exit code of the build, once its files are written too. */
static int build_follow(const char *dir, enum follow_form form, const struct receipt *receipt)
{
	struct error err;
	int code = follow_run(dir, form);
	if (code == 0 && !receipt_write(receipt, dir, &err))
		return command_fail(&err);
	return code;
}

static int build_start(struct arena *arena, const struct args *args, const struct project *p,
                       struct build_asked *asked)
{
	struct error err;
	follow_hold_interrupts();
	if (!asked->launch)
		asked->id = request_new_id(&err);
	if (!asked->id)
		return command_fail(&err);
	struct request request = project_request(p, arena, asked->id);
	if (!cmd_login(&request, &err) || !job_start(&request, asked->launch, &err))
		return command_fail(&err);
	if (args_has(args, "detach"))
		return command_output(str_of(arena_printf(arena, "%s\n", asked->id)));
	const char *dir = request_find(asked->id, &err);
	return dir ? build_follow(dir, asked->form, &asked->receipt) : command_fail(&err);
}

/* What build and attach share: how to follow, and which files to leave. */
static bool build_ask(const struct args *args, struct build_asked *asked, struct error *err)
{
	if (!follow_form_parse(args_get(args, "progress"), &asked->form, err) ||
	    !receipt_prepare(args, &asked->receipt, err))
		return false;
	if (args_has(args, "quiet"))
		asked->form = FOLLOW_QUIET;
	return true;
}

int cmd_build(struct arena *arena, const struct args *args)
{
	struct error err;
	struct build_asked asked = { 0 };
	if (!build_ask(args, &asked, &err))
		return command_fail(&err);
	int code;
	project_options_export(args);
	build_launch(&asked);
	owned(project) struct project *p = project_open_planned(args, &code);
	if (p)
		code = build_start(arena, args, p, &asked);
	launch_free(asked.launch);
	return code;
}

/* The folder of the build that operand i names (the newest when it is missing). */
static const char *build_dir(const struct args *args, size_t i, struct error *err)
{
	return request_find(i < args->noperands ? args->operands[i] : NULL, err);
}

int cmd_attach(struct arena *arena, const struct args *args)
{
	struct error err;
	struct build_asked asked = { 0 };
	(void)arena;
	const char *dir = build_ask(args, &asked, &err) ? build_dir(args, 0, &err) : NULL;
	return dir ? build_follow(dir, asked.form, &asked.receipt) : command_fail(&err);
}

static bool replay_speed(const char *text, double *ret_speed, struct error *err)
{
	char *end;
	double speed = text ? strtod(text, &end) : 1;
	if (text && (end == text || (*end && strcmp(end, "x") != 0) || !(speed > 0) || speed > 1e6))
		return error_set(err, ERROR_USAGE, "--speed needs a number over 0, up to 1000000, not '%s'",
		                 text);
	*ret_speed = speed;
	return true;
}

int cmd_replay(struct arena *arena, const struct args *args)
{
	struct error err;
	struct history_item item;
	enum follow_form form;
	double speed = 1;
	const char *dir = build_dir(args, 0, &err);
	if (!dir || !replay_speed(args_get(args, "speed"), &speed, &err) ||
	    !follow_form_parse(args_get(args, "progress"), &form, &err))
		return command_fail(&err);
	if (history_read_one(arena, dir, &item) && item.state == HISTORY_RUNNING) {
		error_set(&err, ERROR_USAGE, "build %s is running: mortar attach %s follows it", item.id,
		          item.id);
		return command_fail(&err);
	}
	return follow_replay(dir, form, speed);
}

int cmd_retry(struct arena *arena, const struct args *args)
{
	struct error err;
	struct build_asked asked = { 0 };
	const char *dir = build_ask(args, &asked, &err) ? build_dir(args, 0, &err) : NULL;
	follow_hold_interrupts();
	dir = dir ? retry_start(dir, args_get(args, "cache"), &err) : NULL;
	if (!dir)
		return command_fail(&err);
	if (args_has(args, "detach"))
		return command_output(str_of(arena_printf(arena, "%s\n", strrchr(dir, '/') + 1)));
	return build_follow(dir, asked.form, &asked.receipt);
}

int cmd_cancel(struct arena *arena, const struct args *args)
{
	struct error err;
	(void)arena;
	const char *dir = build_dir(args, 0, &err);
	if (!dir || !job_cancel(dir, &err))
		return command_fail(&err);
	return 0;
}

