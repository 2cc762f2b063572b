#ifndef TUI_COMMAND_H
#define TUI_COMMAND_H

#include "core/value/problem.h"
#include "tui/args.h"

/* A command of the command line: one const entry in command.c, one function in
 * cmd_*.c.  run returns the process's exit code; what it has to say of a fault
 * goes through command_fail. */
struct command {
	const char *name, *operands;    /* operands as in the usage line: words of word.def,
	                                 * [optional], repeated..., or themselves in small letters */
	size_t min, max;                /* how many operands */
	const char *options;            /* allowed, as args_parse takes them */
	const char *text;               /* a sentence; behind a newline what help says more */
	int (*run)(struct arena *, const struct args *);
};

extern const struct command *const commands[];         /* ended by NULL */
/* What mortar does without a command; its name is "". */
extern const struct command command_workbench;
const struct command *command_find(const char *name);
/* The name that was probably meant, or NULL. */
const char *command_similar(const char *name);
/* The two parts of text; details may be empty. */
struct str command_sentence(const struct command *);
struct str command_details(const struct command *);
/* "mortar config PATH [FILE]" */
void command_append_usage(struct buf *, const struct command *);
/* Parses, answers --help, checks the number of operands, runs. */
int command_run(const struct command *, int argc, char *const *argv);

/* Prints the fault to stderr and returns its exit code. */
int command_fail(const struct error *);
/* Prints one problem to stderr; one that stands nowhere says who speaks. */
void command_print_problem(const struct problem *);
/* Writes all of out to stdout; a closed pipe or full disk is exit code 1.  A terminal
 * gets it as command_append_shown makes it, a pipe the bytes. */
int command_output(struct str out);
/* Appends text whose lines and tabs stay and whose other control characters (bidi
 * controls among them) are made visible; where the locale is not UTF-8, all that is not
 * ASCII is spelled out. */
void command_append_shown(struct buf *shown, struct str text);
/* Writes a line to stderr; a terminal gets it as command_append_shown makes it. */
__attribute__((format(printf, 1, 2)))
void command_say(const char *fmt, ...);

/* True when stdout is a terminal: then nothing hostile may reach it. */
bool command_is_terminal(void);

int cmd_workbench(struct arena *, const struct args *);
int cmd_config(struct arena *, const struct args *);
int cmd_set(struct arena *, const struct args *);
int cmd_unset(struct arena *, const struct args *);
int cmd_init(struct arena *, const struct args *);
int cmd_read(struct arena *, const struct args *);
int cmd_dockerfile(struct arena *, const struct args *);
int cmd_plan(struct arena *, const struct args *);
int cmd_context(struct arena *, const struct args *);
int cmd_check(struct arena *, const struct args *);
int cmd_match(struct arena *, const struct args *);
int cmd_lint(struct arena *, const struct args *);
int cmd_lock(struct arena *, const struct args *);
int cmd_build(struct arena *, const struct args *);
int cmd_action(struct arena *, const struct args *);
int cmd_matrix(struct arena *, const struct args *);
int cmd_watch(struct arena *, const struct args *);
int cmd_attach(struct arena *, const struct args *);
int cmd_logs(struct arena *, const struct args *);
int cmd_compare(struct arena *, const struct args *);
int cmd_why(struct arena *, const struct args *);
int cmd_cancel(struct arena *, const struct args *);
int cmd_history(struct arena *, const struct args *);
int cmd_layers(struct arena *, const struct args *);
int cmd_emit(struct arena *, const struct args *);
int cmd_diff(struct arena *, const struct args *);
int cmd_df(struct arena *, const struct args *);
int cmd_doctor(struct arena *, const struct args *);
int cmd_engines(struct arena *, const struct args *);
int cmd_completion(struct arena *, const struct args *);
int cmd_help(struct arena *, const struct args *);
int cmd_list(struct arena *, const struct args *);
int cmd_run(struct arena *, const struct args *);
int cmd_report(struct arena *, const struct args *);
int cmd_prune(struct arena *, const struct args *);
int cmd_replay(struct arena *, const struct args *);
int cmd_shell(struct arena *, const struct args *);
int cmd_retry(struct arena *, const struct args *);

#endif
