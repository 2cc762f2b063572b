#include "tui/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/similar.h"
#include "core/base/utf8.h"
#include "tui/help.h"
#include "tui/text.h"

#define SELECT "profile kind file merge"
/* What is built, and shown beforehand. */
#define MADE " cache engine network build-arg label no-git-labels proxy target-platform target " \
	"allow-secret-in-layer pull secret ssh add-host shm-size ulimit cgroup-parent cache-from " \
	"cache-to no-cache-filter build-context provenance sbom derive"

const struct command command_workbench = {
	"", "[PATH]", 0, (size_t)-1, SELECT " cache engine help version",
	"open the workbench on the project at PATH (default .)\n"
	"It shows the configuration tree, the configuration as the chosen profiles make it and the "
	"Dockerfile that follows, live while the files are edited. p picks profiles, B builds, ? lists "
	"every key. A folder that has a command's name is opened as ./NAME.", cmd_workbench,
};
static const struct command command_config = {
	"config", "PATH [FILE]", 1, 2, SELECT " origins json help",
	"the configuration as the profiles make it: one FILE, or all keyed by path\n"
	"FILE is named from the project's root, as in pesto/api/config.json. Generated files are among "
	"them. Where the merge rules root and deep would differ, the keys are named.", cmd_config,
};
static const struct command command_set = {
	"set", "PATH FILE POINTER VALUE", 4, 4, SELECT " string whole json help",
	"set one value in the file, or with --profile in its overlay, and leave every other byte\n"
	"POINTER is /key/key, /key/0 for an item, /key/- for one more (RFC 6901). VALUE is JSON; other "
	"text is a string where one is meant. What is missing is made, the overlay too. Tells what is "
	"shadowed, and warns where a part of an overlay hides the rest of a lower file's object.",
	cmd_set,
};
static const struct command command_unset = {
	"unset", "PATH FILE POINTER", 3, 3, SELECT " json help",
	"remove one value from the file, or with --profile from its overlay\n"
	"Tells what then shows. An object that was left empty stays.", cmd_unset,
};
static const struct command command_init = {
	"init", "DIR", 1, 1, "default help",
	"make a new PESTO project by asking\n"
	"Its files under pesto/, and a Python package where the folder has none yet. Nothing that is "
	"there is replaced. Without a terminal --default is needed.", cmd_init,
};
static const struct command command_dockerfile = {
	"dockerfile", "PATH", 1, 1, SELECT MADE " tag builder filled help",
	"the Dockerfile, exactly as it would be sent\n"
	"No engine is asked. With --derive, of a Poetry project: the one that mortar makes, and where "
	"the project has its own what would change in that, as a unified diff. With --filled: as it "
	"would run, variables replaced by what is known of them.", cmd_dockerfile,
};
static const struct command command_plan = {
	"plan", "PATH", 1, 1, SELECT MADE " tag push output=SPEC builder no-engine stages json help",
	"the steps of a build, what the cache is expected to serve, the image's name", cmd_plan,
};
static const struct command command_context = {
	"context", "PATH", 1, 1, SELECT " output tar json help",
	"list the build context, or write it as a folder or a tar file\n"
	"Nothing that is there is replaced: --output wants a new or an empty folder.", cmd_context,
};
static const struct command command_lint = {
	"lint", "[PATH]", 0, 1, SELECT " build-arg target target-platform strict json sarif "
	"format=LINTED fix dry-run rules explain help",
	"everything that is wrong with a project, and what is worth a word\n"
	"Exit code 3 where there is an error, 0 with warnings alone; with --strict warnings count as "
	"errors, and the schemas' formats are checked as well. Overlays of profiles that are not "
	"selected are looked at too: what is found there is a note. --fix mends what needs no thought, "
	"--rules lists every rule. A comment # mortar: ignore=RULE above an instruction ignores it.",
	cmd_lint,
};
static const struct command command_lock = {
	"lock", "PATH", 1, 1, "poetry json help",
	"whether a poetry.lock is that of its pyproject.toml, told without Poetry\n"
	"PATH is a folder, its pyproject.toml or its poetry.lock. The first line is the content-hash "
	"that the lock should have, and fresh or stale; then why, what changed as far as it can be "
	"told, and what poetry install does. By the rules of --poetry, else of the Poetry that wrote "
	"the lock. Exit code 0 where it is fresh, else 3.", cmd_lock,
};
static const struct command command_build = {
	"build", "PATH", 1, 1,
	SELECT MADE " tag push output=SPEC progress detach quiet iidfile metadata-file help",
	"build the image and follow the build\n"
	"The build is a process of its own: it goes on when the terminal is lost, and mortar attach "
	"follows it again. The first Ctrl-C cancels it; with --progress tty it asks whether to cancel "
	"or to leave. The image's name, or with --quiet its id, is all that stdout gets.", cmd_build,
};
static const struct command command_action = {
	"action", "PATH [ACTION] [ARGUMENT...]", 1, (size_t)-1,
	SELECT MADE " stage progress detach json help",
	"have a project's own tools work on it in a container, or list what they can do\n"
	"As in mortar action . add requests of a Poetry project: nothing is needed here but an engine. "
	"The image is made of the project's own Dockerfile, the work is kept like a build, and files "
	"that it has changed are written when all of it went well; stdout gets their paths. Arguments "
	"that begin with - stand behind --.", cmd_action,
};
static const struct command command_matrix = {
	"matrix", "PATH [COMBO...]", 1, (size_t)-1,
	"kind merge" MADE " build jobs progress detach json help",
	"combinations of profiles side by side: image, problems, shared instructions, last build\n"
	"COMBO is profiles in order, as in gpu,stateful; base has none. Without COMBO: base, each "
	"profile by itself, and the combinations that were built before. --build builds them, so many "
	"at a time, each a build of its own under one id that attach, cancel and logs take. What "
	"builds share is built by one of them first, and the cache serves the others, so the level is "
	"all where none is named.", cmd_matrix,
};
static const struct command command_watch = {
	"watch", "[FILE]", 0, 1, "as=OUTPUT tag progress detach quiet iidfile metadata-file help",
	"show a build that mortar did not start, from its output, and keep it in the history\n"
	"As in docker build . 2>&1 | mortar watch -: what docker build with --progress=plain or "
	"rawjson, the classic builder, docker-compose, buildah and podman print is recognised by its "
	"first lines; --as says it beforehand. The output is read to its end by a process of its own, "
	"whatever becomes of this one. The exit code is 0 where the build ended well by what was seen "
	"of it, 1 where it failed or its output ended before, 130 where it was cancelled.", cmd_watch,
};
static const struct command command_attach = {
	"attach", "[BUILD]", 0, 1, "progress quiet iidfile metadata-file help",
	"follow a build from its beginning; its exit code is the build's\n"
	"BUILD is an id or the beginning of one; without it, or for last, the newest.", cmd_attach,
};
static const struct command command_logs = {
	"logs", "[BUILD] [STEP]", 0, 2, "timestamps filter=PATTERN context errors new json help",
	"what a build, or one step of it, has printed\n"
	"STEP is a number as in the plan, or a part of a step's text that no other has. New is a "
	"line that no step of that text had in the last good builds of the project on the engine: "
	"times, numbers, hashes and temporary names make no difference.", cmd_logs,
};
static const struct command command_cancel = {
	"cancel", "[BUILD]", 0, 1, "help", "stop a running build", cmd_cancel,
};
static const struct command command_history = {
	"history", "[list|prune|export|import|trend|delete|pin|unpin] [BUILD...]", 0, (size_t)-1,
	"project since count output=FILE dry-run json help",
	"the builds that are kept: list, delete, pin, export and import them\n"
	"list takes the words of a filter instead of BUILDs: project=ship result=failed level:C1 "
	"took>1m since:2d before:2026-11-01 is:pinned !word. prune removes what keep_days, keep_builds "
	"and keep_size of config.toml let go, as every build does at its end. trend BUILD or PROJECT "
	"shows how long builds like it and their steps took. export writes ID.mortar "
	"into this folder, which import takes elsewhere: what attach, logs, replay and report need, "
	"nothing that can be started.", cmd_history,
};
static const struct command command_report = {
	"report", "[BUILD]", 0, 1, "output=FILE against=BUILD format=MARKUP log-lines help",
	"a build as a page: HTML in one file, or Markdown for the summary of a CI run\n"
	"Errors first, then when each step ran, all steps, warnings, logs and what was built; with "
	"--against what differs from that build. The page asks no network and runs no script. Markdown "
	"stays below 1 MiB, as in mortar report --format markdown >>\"$GITHUB_STEP_SUMMARY\".",
	cmd_report,
};
static const struct command command_replay = {
	"replay", "[BUILD]", 0, 1, "progress speed help",
	"follow a build that is over as if it ran\n"
	"--speed 10 is ten times as fast; the exit code is the build's.", cmd_replay,
};
static const struct command command_list = {
	"list", "[PATH]", 0, 1, SELECT " engine json help",
	"what workspaces of PESTO and the engine hold of a project, by version and profiles\n"
	"Images are found by the project's name, whoever made them. Without an engine the workspaces "
	"alone are listed.", cmd_list,
};
static const struct command command_df = {
	"df", "", 0, 0, "engine verbose json help",
	"what an engine holds on its disk: images, containers, build cache, volumes\n"
	"What several images share counts once in the sums. Asking may take many seconds: dockerd "
	"looks at every layer and every record of its build cache.", cmd_df,
};
static const struct command command_prune = {
	"prune", "[WHAT...]", 0, (size_t)-1,
	"engine all older keep filter=FILTER dry-run yes verbose json help",
	"remove from an engine's disk what nobody needs, after showing it and what it costs\n"
	"WHAT is images, containers or cache, and without it all three: images without a name, "
	"containers that are over, build cache that no image shares. Or it is a thing by name or id, "
	"as image:, container:, cache: or volume:NAME; volumes go in no other way. Before anything "
	"goes it is listed, with the steps that builds which are kept here would run anew. Nothing "
	"in use goes, nor what something else stands on. Asks on a terminal; scripts say --yes.",
	cmd_prune,
};
static const struct command command_layers = {
	"layers", "[BUILD]", 0, 1, "json help",
	"what each stage of a build takes: its layers with their instructions and sizes\n"
	"Each stage is built once more from the cache, which takes a moment, and removed again. What "
	"the cache has not any more is named and not made again.", cmd_layers,
};
static const struct command command_emit = {
	"emit", "PATH [COMBO...]", 1, (size_t)-1, SELECT MADE " tag push for output=FILE help",
	"what another system takes of a project: a workflow of GitHub Actions with the right cache\n"
	"COMBO is profiles in order, as in gpu,stateful, and base for none; each is one of the "
	"workflow's matrix. Caches are GitHub's own (type=gha, with the steps of all stages where "
	"there are several), or as --cache-from, --cache-to or the engine's pool say. Addresses with a "
	"password become secrets of the repository's.", cmd_emit,
};
static const struct command command_serve = {
	"run", "[BUILD] [-- ARG...]", 0, (size_t)-1, "engine publish env network json help",
	"start the image of a build, show its health and log, remove the container again\n"
	"Every port that the image exposes is published at 127.0.0.1, at a free port where --publish "
	"names none. ARGs stand instead of the image's command. Ctrl-C stops the container, once more "
	"kills it. The exit code is the container's own once it has ended by itself.", cmd_run,
};
static const struct command command_retry = {
	"retry", "[BUILD]", 0, 1, "cache progress detach quiet iidfile metadata-file help",
	"build again what a build was asked for, from the files as they are now\n"
	"With --cache at another level. BUILD is an id or the beginning of one; without it the newest.",
	cmd_retry,
};
static const struct command command_shell = {
	"shell", "[BUILD] [STEP] [-- ARG...]", 0, (size_t)-1, "engine help",
	"a shell in the state before the step that failed, or before STEP\n"
	"STEP is a number as in the plan, :LINE or STAGE:LINE of the Dockerfile, or a part of a step's "
	"text. It has the step's variables, folder and user, and Up gives its command; mounts are not "
	"there. What was made for it is removed at its end, and its exit code is mortar's. With ARGs "
	"these are run instead, without a terminal too.", cmd_shell,
};
static const struct command command_read = {
	"read", "FILE", 1, 1, "as tagged help",
	"any format that mortar reads, as JSON\n"
	"Without --as the name decides: *.toml, Dockerfile*, Containerfile*, else JSON. FILE may be a "
	"pipe, and - is stdin.", cmd_read,
};
static const struct command command_check = {
	"check", "SCHEMA FILE", 2, 2, "schema-base strict json help",
	"a document against a JSON Schema of draft-04, draft-06 or draft-07\n"
	"Both are read as mortar read reads them. What is wrong is said with its place, and the exit "
	"code is 3. References lead into the schema, to the drafts' own schemas or to what "
	"--schema-base names; nothing is downloaded.", cmd_check,
};
static const struct command command_match = {
	"match", "FILE PATH...", 2, (size_t)-1, "as=PATTERNS help",
	"1 for each path that the ignore file leaves out, else 0", cmd_match,
};
static const struct command command_diff = {
	"diff", "PATH", 1, 1, SELECT " cache engine against config dockerfile exit-code json help",
	"what differs from the base, from other profiles or from a git revision\n"
	"The configuration as it is merged, by pointer, and the Dockerfile: + added, - removed, "
	"~ changed, > moved. Without --against it is the base where profiles are selected, else git's "
	"HEAD. Against a revision only files differ: profiles, level and settings are those of now.",
	cmd_diff,
};
static const struct command command_compare = {
	"compare", "BUILD [BUILD]", 1, 2, "image logs json help",
	"what two builds differ in, and where the difference in time comes from\n"
	"Settings, Dockerfile, context, base images and engine, and per step the time and whether the "
	"cache served it. One BUILD alone is compared with the one before. --image asks the engines "
	"for the images and compares them layer by layer and file by file; --logs compares what the "
	"steps printed, but for times, sizes, hashes and temporary names.", cmd_compare,
};
static const struct command command_why = {
	"why", "[BUILD] [STEP]", 0, 2, "json help",
	"why the steps of a build ran instead of coming from the cache\n"
	"Told from the forecast that was made before it and from what steps were made from; for builds "
	"that kept neither from Dockerfile and level alone, which is said.", cmd_why,
};
static const struct command command_completion = {
	"completion", "SHELL [WORD...]", 1, (size_t)-1, "help",
	"a script that makes the shell complete mortar's command lines\n"
	"For this shell alone: source <(mortar completion bash), or mortar completion fish | source. "
	"With WORDs it prints what may stand for the last of them, which is how the script asks: first "
	"whether file names fit too (words, files or dirs), then a candidate a line and behind a tab "
	"what it is. For bash the WORDs are the one being typed, as bash has it, and the whole line.",
	cmd_completion,
};
static const struct command command_help = {
	"help", "[COMMAND | keys]", 0, 1, "man json help",
	"what mortar can do, what a command takes, or which keys the workbench has\n"
	"keys: each place with its keys as your keys.toml has them bound, and what is wrong in that "
	"file; docs/formats.md says how it is written.", cmd_help,
};

static const struct command command_engines = {
	"engines", "", 0, 0, "json help",
	"the engines there are: whether they answer, version, disk, builds that run there\n"
	"The built-in names, and those of config.toml. --engine takes each of them.", cmd_engines,
};
static const struct command command_doctor = {
	"doctor", "", 0, 0, "engine json help",
	"what is here, what is missing for each feature, and how to get it", cmd_doctor,
};

const struct command *const commands[] = {
	&command_config, &command_set, &command_unset, &command_diff, &command_lint,
	&command_lock, &command_dockerfile, &command_plan, &command_context, &command_build,
	&command_action, &command_matrix,
	&command_watch, &command_attach, &command_logs, &command_cancel, &command_retry,
	&command_replay, &command_shell, &command_history, &command_compare, &command_why,
	&command_report, &command_layers, &command_emit, &command_list,
	&command_serve, &command_init, &command_read, &command_check, &command_match,
	&command_df, &command_prune, &command_doctor, &command_engines, &command_completion,
	&command_help, NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

const char *command_similar(const char *name)
{
	struct similar similar = { .typed = str_of(name) };
	for (size_t i = 0; commands[i]; i++)
		similar_try(&similar, commands[i]->name);
	return similar.best;
}

struct str command_sentence(const struct command *c)
{
	struct str text = str_of(c->text);
	return str_slice(text, 0, str_find(text, '\n'));
}

struct str command_details(const struct command *c)
{
	const char *line = strchr(c->text, '\n');
	return str_of(line ? line + 1 : "");
}

void command_append_usage(struct buf *out, const struct command *c)
{
	buf_printf(out, "mortar%s%s%s%s", c->name[0] ? " " : "", c->name, c->operands[0] ? " " : "",
	           c->operands);
}

int command_fail(const struct error *err)
{
	owned_buf struct buf out = { 0 };
	error_print(&out, err);
	command_say("%s%s", err->at.path ? "" : "mortar: ", buf_text(&out));
	return error_exit_code(err->code);
}

void command_print_problem(const struct problem *problem)
{
	owned_buf struct buf out = { 0 };
	problem_print(&out, problem);
	command_say("%s%s", problem->at.source ? "" : "mortar: ", buf_text(&out));
}

/* A terminal of eight bits a sign takes the second byte of an "\u00db" for a CSI. */
static void command_append_ascii(struct buf *out, struct str text)
{
	for (size_t at = 0, size; at < text.n; at += size) {
		uint32_t rune = utf8_decode(str_slice(text, at, text.n), &size);
		if (rune < 0x80)
			buf_append_char(out, text.p[at]);
		else if (rune == 0x2026)
			buf_append(out, STR("..."));
		else
			utf8_append_spelled(out, rune == UTF8_BAD ? UTF8_REPLACEMENT : rune);
	}
}

void command_append_shown(struct buf *shown, struct str text)
{
	owned_buf struct buf visible = { 0 };
	for (size_t end = 0; text.n; text = str_slice(text, end, text.n)) {
		for (end = 0; end < text.n && text.p[end] != '\n' && text.p[end] != '\t';)
			end++;
		utf8_append_visible(&visible, str_slice(text, 0, end));
		if (end < text.n)
			buf_append_char(&visible, text.p[end++]);
	}
	if (text_is_ascii())
		command_append_ascii(shown, buf_str(&visible));
	else
		buf_append(shown, buf_str(&visible));
}

void command_say(const char *fmt, ...)
{
	owned_buf struct buf line = { 0 }, shown = { 0 };
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&line, fmt, args);
	va_end(args);
	buf_append_char(&line, '\n');
	if (isatty(STDERR_FILENO))
		command_append_shown(&shown, buf_str(&line));
	else
		buf_append(&shown, buf_str(&line));
	fwrite(shown.p, 1, shown.n, stderr);
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
	command_say("mortar: writing the result: %s", strerror(errno));
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
		if (c->name[0])
			error_prefix(&err, "%s", c->name);
		return command_fail(&err);
	}
	if (args_has(&args, "help"))
		return help_print(c);
	if (args.noperands < c->min || args.noperands > c->max) {
		owned_buf struct buf usage = { 0 };
		command_append_usage(&usage, c);
		error_set(&err, ERROR_USAGE, "usage: %s (mortar help %s says more)", buf_text(&usage),
		          c->name);
		return command_fail(&err);
	}
	return c->run(arena, &args);
}
