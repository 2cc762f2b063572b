/* The container: a shell at the terminal, or a command with our input and output. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine/run_owner.h"
#include "core/job/worker_shell.h"
#include "core/os/clock.h"

enum { RUN_READ = 16 << 10, RUN_UNSENT = 256 << 10 };

/* $1 is the step's command, $2 a shell that the Dockerfile prefers.  The container's own
 * folders: /dev may be the machine's. */
static const char run_script[] =
	"for d in /tmp \"$HOME\" /var/tmp .; do\n"
	"  if { [ -z \"$1\" ] || printf '%s\\n' \"$1\" >\"$d/.mortar_history\"; } 2>/dev/null; then\n"
	"    HISTFILE=$d/.mortar_history; export HISTFILE; break\n"
	"  fi\n"
	"done\n"
	"for s in \"$2\" /bin/bash /usr/bin/bash /usr/local/bin/bash; do\n"
	"  if [ -n \"$s\" ] && [ -x \"$s\" ]; then exec \"$s\" -i; fi\n"
	"done\n"
	"exec \"$0\" -i\n";

/* Which shells run the script, one after the other. */
static const char *run_shell(const struct worker_shell *w, unsigned candidate)
{
	static const char *const shells[] = { "/bin/sh", "/bin/bash", "/busybox/sh", NULL };
	if (w->site.shell)
		return candidate == 0 ? w->site.shell : shells[candidate - 1];
	return shells[candidate];
}

static bool run_write(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return true;
}

/* The container's bytes are for the terminal, as with every shell: who asks for a shell in an
 * image trusts it with that. */
static void run_output(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct worker_shell *w = data;
	(void)key, (void)t;
	if (!run_write(stream == 2 ? STDERR_FILENO : STDOUT_FILENO, bytes) && w->work && !w->stopped) {
		w->stopped = true;
		engine_cancel(w->work);
		engine_cancel(w->work);
	}
}

static void run_readable(struct loop *loop, int fd, short revents, void *data)
{
	struct worker_shell *w = data;
	char bytes[RUN_READ];
	(void)revents;
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && w->work)
		engine_run_input(w->work, (struct str){ bytes, (size_t)n });
	if (n > 0 && w->work && engine_run_unsent(w->work) < RUN_UNSENT)
		return;
	loop_unwatch(loop, fd);
	w->reads = false;
	if (n <= 0 && w->work)
		engine_run_input_end(w->work);
	else if (w->work)
		w->reads = true;        /* on again when it has drained */
}

static void run_drained(void *data)
{
	struct worker_shell *w = data;
	if (w->reads)
		loop_watch(w->loop, STDIN_FILENO, POLLIN, run_readable, w);
}

static void run_said(void *data, const struct run_report *report)
{
	struct worker_shell *w = data;
	bool runs = report->phase >= RUN_RUNNING && report->phase != RUN_REMOVED;
	bool begins = runs && !w->ran;
	w->was_made |= report->phase >= RUN_CREATED;
	w->ran |= begins;
	if (report->exit_code >= 0)
		w->code = report->exit_code;
	if (!begins || (w->engine_facts->abilities & ABILITY_OWN_TERMINAL))
		return;
	w->reads = true;
	loop_watch(w->loop, STDIN_FILENO, POLLIN, run_readable, w);
}

static void run_warned(void *data, struct str text)
{
	worker_shell_say(data, "warning: %.*s", STR_ARG(text));
}

static void run_no_shell(struct worker_shell *w)
{
	error_set(&w->err, ERROR_REFUSED, "the image has no shell at this step (no /bin/sh): run a "
	          "program that it has (mortar shell BUILD STEP -- PROGRAM), or put one in for the "
	          "time being (COPY --from=busybox:musl /bin/busybox /bin/sh)");
}

static void run_done(void *data, const struct work_result *result)
{
	struct worker_shell *w = data;
	bool refused = !result->ok && !w->ran && result->error.code == ERROR_REFUSED && !w->stopped;
	w->work = NULL;
	loop_unwatch(w->loop, STDIN_FILENO);
	tty_restore(w->tty);
	w->tty = NULL;
	if (refused && w->from_layer && !w->was_made) {
		worker_shell_say(w, "the layer is not there any more: building up to it");
		worker_shell_build(w);
		return;
	}
	if (refused && !w->argv && w->was_made && run_shell(w, w->candidate + 1)) {
		w->candidate++;
		worker_shell_run(w);
		return;
	}
	if (refused && !w->argv && w->was_made)
		run_no_shell(w);
	else if (!result->ok)
		w->err = result->error;
	worker_shell_end(w);
}

/* ---- what is asked for ---- */

static const char *const *run_env(struct worker_shell *w)
{
	const char **env = arena_array(w->io->arena, 2, sizeof *env);
	const char *term = getenv("TERM");
	if (w->has_terminal && term && term[strspn(term, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._")] == '\0')
		env[0] = arena_printf(w->io->arena, "TERM=%s", term);
	return env;
}

static void run_fill(struct worker_shell *w)
{
	struct arena *a = w->io->arena;
	const char *shell = w->argv ? NULL : run_shell(w, w->candidate);
	const char **entry = arena_array(a, 7, sizeof *entry);
	const char **trial = arena_array(a, 4, sizeof *trial);
	struct pair *label = arena_alloc(a, sizeof *label);
	owned_buf struct buf name = { 0 };
	buf_append(&name, STR(RUN_OWNER_SHELL "-"));
	run_owner_append_name(&name, (int64_t)clock_now());
	*label = (struct pair){ STR(RUN_BUILD_LABEL), w->build->id };
	w->run = (struct run_task){
		.name = arena_text(a, buf_str(&name)), .image = w->image,
		.labels = label, .nlabels = 1, .entrypoint = w->argv,
		.env = run_env(w), .env_under = w->site.env, .interactive = true, .tty = w->has_terminal,
	};
	if (!w->why_no_plan.code) {
		struct str network = selection_option(&w->facts.request->selection, "network");
		w->run.network = network.n ? arena_text(a, network) : NULL;
	}
	if (shell) {
		const char *words[] = { shell, "-c", run_script, shell, arena_text(a, w->site.command),
		                        w->site.shell ? w->site.shell : "" };
		memcpy(entry, words, sizeof words);
		w->run.entrypoint = entry;
		trial[0] = shell;
		trial[1] = "-c";
		trial[2] = ":";
		w->run.trial = trial;
	}
	tty_size(STDOUT_FILENO, &w->run.rows, &w->run.cols);
}

static void run_tell(struct worker_shell *w)
{
	const struct instruction *in = &w->recipe->instructions[w->site.instruction];
	struct str what = w->site.command.n ? w->site.command : in->text;
	if (w->argv || w->candidate)
		return;
	worker_shell_say(w, "# before step %d, line %u of the Dockerfile%s:", w->step, in->first_line,
	                 w->site.command.n ? " (Up gives its command in a shell with a history)" : "");
	for (struct str line; str_next(&what, '\n', &line);)
		worker_shell_say(w, "# %.*s", STR_ARG(str_slice(line, 0, 2000)));
	if (w->site.mounts.n)
		worker_shell_say(w, "# not here: %.*s", STR_ARG(w->site.mounts));
}

void worker_shell_run(struct worker_shell *w)
{
	struct engine_sink sink = { .run = run_said, .log = run_output, .drained = run_drained,
	                            .warning = run_warned, .done = run_done, .data = w };
	bool own = w->engine_facts->abilities & ABILITY_OWN_TERMINAL;
	if (w->stopped) {
		worker_shell_end(w);
		return;
	}
	run_fill(w);
	run_tell(w);
	w->was_made = false;
	if (w->has_terminal && !own)
		w->tty = tty_raw(STDIN_FILENO);
	w->work = engine_run(w->engine, &w->run, &sink, &w->err);
	if (w->work)
		return;
	tty_restore(w->tty);
	w->tty = NULL;
	worker_shell_end(w);
}
