/* mortar init: a new PESTO project. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/kind/pesto_init.h"
#include "tui/command.h"

enum { INIT_LINE_MAX = 4096 };

static bool init_is_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static void init_prompt(const char *text, struct str standard)
{
	owned_buf struct buf line = { 0 }, shown = { 0 };
	buf_append_text(&line, text);
	if (standard.n)
		buf_printf(&line, " [%.*s]", STR_ARG(standard));
	buf_append(&line, STR(": "));
	command_append_shown(&shown, buf_str(&line));
	fwrite(shown.p, 1, shown.n, stderr);
	fflush(stderr);
}

/* false: there are no more lines.  One that is too long is read to its end. */
static bool init_read_line(struct buf *line)
{
	int c;
	buf_clear(line);
	line->limit = INIT_LINE_MAX;
	while ((c = getchar()) != EOF && c != '\n')
		buf_append_char(line, (char)c);
	return c != EOF || line->n > 0;
}

/* One answer that passes its check; false when there are none any more. */
static bool init_ask(struct arena *arena, const struct init_question *question,
                     struct str standard, struct str *ret_answer)
{
	owned_buf struct buf line = { 0 };
	struct error err;
	for (;;) {
		init_prompt(question->text, standard);
		if (!init_read_line(&line))
			return false;
		struct str answer = str_trim(buf_str(&line));
		if (!answer.n)
			answer = standard;
		if (!line.full && question->check(answer, &err)) {
			*ret_answer = arena_str(arena, answer);
			return true;
		}
		command_say("  %s", line.full ? "this is too long" : err.text);
	}
}

static bool init_ask_all(struct arena *arena, const char *dir, bool standard_only,
                         struct str answers[INIT_NANSWERS])
{
	for (enum init_answer i = 0; i < INIT_NANSWERS; i++) {
		struct str standard = init_standard(arena, dir, i, answers);
		if (standard_only)
			answers[i] = standard;
		else if (!init_ask(arena, &init_questions[i], standard, &answers[i]))
			return false;
	}
	return true;
}

/* A Ctrl-C leaves nothing: before the first file it ends us, then it comes too late. */
static bool init_write(struct arena *arena, const char *dir, const struct str *answers,
                       struct init_made *made, struct error *err)
{
	sigset_t interrupts, before;
	sigemptyset(&interrupts);
	sigaddset(&interrupts, SIGINT);
	sigaddset(&interrupts, SIGTERM);
	sigaddset(&interrupts, SIGHUP);
	sigprocmask(SIG_BLOCK, &interrupts, &before);
	return init_make(arena, dir, answers, made, err);
}

int cmd_init(struct arena *arena, const struct args *args)
{
	struct error err;
	struct init_made made;
	struct str answers[INIT_NANSWERS] = { { 0 } };
	owned_buf struct buf out = { 0 };
	const char *dir = args->operands[0];
	bool standard_only = args_has(args, "default");
	bool ok = standard_only || init_is_terminal() ||
	          error_set(&err, ERROR_USAGE, "init asks, and there is no terminal to ask on: "
	                    "--default takes the answers that it would propose");
	if (ok && !dir[0])
		ok = error_set(&err, ERROR_USAGE, "the path is empty: '.' is this folder");
	if (!ok || !init_check(arena, dir, &err))
		return command_fail(&err);
	if (!init_ask_all(arena, dir, standard_only, answers)) {
		error_set(&err, ERROR_CANCELLED, "no more answers: nothing was made");
		command_say("%s", "");
		return command_fail(&err);
	}
	if (!init_write(arena, dir, answers, &made, &err))
		return command_fail(&err);
	for (size_t i = 0; i < made.n; i++)
		buf_printf(&out, "%s%s%s\n", dir, dir[strlen(dir) - 1] == '/' ? "" : "/",
		           made.files[i].path);
	int code = command_output(buf_str(&out));
	if (made.package)
		command_say("mortar: note: %s is there and stays: it is what the build installs",
		            made.package);
	return code;
}
