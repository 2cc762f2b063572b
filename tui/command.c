#include "tui/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/utf8.h"

#define SELECT "profile kind merge"

static const struct command command_config = {
	"config", "PATH [FILE]", 1, 2, SELECT " origins json help",
	"the configuration as the profiles make it: one FILE, or all keyed by path", cmd_config,
};
static const struct command command_dockerfile = {
	"dockerfile", "PATH", 1, 1, SELECT " cache builder engine help",
	"the Dockerfile, exactly as it would be sent", cmd_dockerfile,
};
static const struct command command_plan = {
	"plan", "PATH", 1, 1, SELECT " cache tag builder engine json help",
	"the steps of a build, what the cache is expected to serve, the image's name", cmd_plan,
};
static const struct command command_context = {
	"context", "PATH", 1, 1, SELECT " output tar json help",
	"list the build context, or write it as a folder or a tar file", cmd_context,
};
static const struct command command_build = {
	"build", "PATH", 1, 1,
	SELECT " cache tag engine progress detach quiet network build-arg label pull help",
	"build the image and follow the build", cmd_build,
};
static const struct command command_attach = {
	"attach", "[BUILD]", 0, 1, "progress help",
	"follow a build from its beginning; its exit code is the build's", cmd_attach,
};
static const struct command command_logs = {
	"logs", "[BUILD] [STEP]", 0, 2, "help",
	"what a build, or one step of it, has printed", cmd_logs,
};
static const struct command command_cancel = {
	"cancel", "[BUILD]", 0, 1, "help", "stop a running build", cmd_cancel,
};
static const struct command command_history = {
	"history", "[list]", 0, 1, "json count help", "the builds kept, newest first", cmd_history,
};
static const struct command command_read = {
	"read", "FILE", 1, 1, "as tagged help",
	"any format that mortar reads, as JSON (formats: json toml dockerfile)", cmd_read,
};
static const struct command command_match = {
	"match", "FILE PATH…", 2, (size_t)-1, "as help",
	"1 for each path that the ignore file leaves out, else 0 (--as dockerignore)", cmd_match,
};

static const struct command command_doctor = {
	"doctor", "", 0, 0, "engine json help",
	"what is here, what is missing for each feature, and how to get it", cmd_doctor,
};

const struct command *const commands[] = {
	&command_config, &command_dockerfile, &command_plan, &command_context, &command_build,
	&command_attach, &command_logs, &command_cancel, &command_history, &command_read,
	&command_match, &command_doctor, NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int command_print_help(const struct command *c)
{
	owned_buf struct buf out = { 0 };
	buf_printf(&out, "mortar %s %s\n\n%s.\n\n", c->name, c->operands, c->text);
	args_describe(&out, c->options);
	return command_output(buf_str(&out));
}

int command_fail(const struct error *err)
{
	owned_buf struct buf out = { 0 };
	error_print(&out, err);
	fprintf(stderr, "%s%s\n", err->at.path ? "" : "mortar: ", buf_text(&out));
	return error_exit_code(err->code);
}

void command_print_problem(const struct problem *problem)
{
	owned_buf struct buf out = { 0 };
	problem_print(&out, problem);
	fprintf(stderr, "%s%s\n", problem->at.source ? "" : "mortar: ", buf_text(&out));
}

void command_append_shown(struct buf *shown, struct str text)
{
	for (size_t end = 0; text.n; text = str_slice(text, end, text.n)) {
		for (end = 0; end < text.n && text.p[end] != '\n' && text.p[end] != '\t';)
			end++;
		utf8_append_visible(shown, str_slice(text, 0, end));
		if (end < text.n)
			buf_append_char(shown, text.p[end++]);
	}
}

int command_output(struct str out)
{
	owned_buf struct buf shown = { 0 };
	if (command_is_terminal()) {
		command_append_shown(&shown, out);
		out = buf_str(&shown);
	}
	if (fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0)
		return 0;
	fprintf(stderr, "mortar: writing the result: %s\n", strerror(errno));
	return 1;
}

bool command_is_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

int command_run(const struct command *c, int argc, char *const *argv)
{
	owned(arena) struct arena *arena = arena_new();
	struct args args;
	struct error err;
	if (!args_parse(arena, c->options, argc, argv, &args, &err)) {
		error_prefix(&err, "%s", c->name);
		return command_fail(&err);
	}
	if (args_has(&args, "help"))
		return command_print_help(c);
	if (args.noperands < c->min || args.noperands > c->max) {
		error_set(&err, ERROR_USAGE, "usage: mortar %s %s (mortar help %s says more)", c->name,
		          c->operands, c->name);
		return command_fail(&err);
	}
	return c->run(arena, &args);
}
