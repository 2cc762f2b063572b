/* {"dir", "step", "engine", "named", "argv"} → {"exit"}; with the terminal, or whatever our
 * standard input and output are.  What was made for it is removed at the end.
 *
 * SIGTERM, which also comes when the parent has died, and SIGHUP end it; SIGINT does while
 * something is built: a shell takes Ctrl-C as a key. */
#include "core/job/worker_shell.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "core/os/save.h"

void worker_shell_say(const struct worker_shell *w, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 }, line = { 0 };
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	struct str said = mask_text(w->mask, w->io->arena, buf_str(&text));
	if (!str_has_prefix(said, STR("#")))
		buf_append(&line, STR("mortar: "));
	utf8_append_visible(&line, said);
	buf_append_char(&line, '\n');
	ssize_t n = write(STDERR_FILENO, line.p, line.n);
	(void)n;
}

/* ---- the end ---- */

static void shell_untagged(void *data, const struct error *err)
{
	struct worker_shell *w = data;
	if (err)
		worker_shell_say(w, "warning: the image %s could not be removed (the next mortar shell or "
		                 "run tries again): %s", w->tag, err->text);
	w->tag = NULL;
	loop_stop(w->loop);
}

void worker_shell_end(struct worker_shell *w)
{
	if (w->stopped && !w->err.code)
		error_set(&w->err, ERROR_CANCELLED, "cancelled");
	if (w->tag)
		engine_untag(w->engine, w->tag, shell_untagged, w);
	else
		loop_stop(w->loop);
}

static void shell_stop(struct worker_shell *w)
{
	w->stopped = true;
	if (!w->work) {
		/* Before the engine has answered; otherwise the end is on its way. */
		if (!w->engine_facts)
			worker_shell_end(w);
		return;
	}
	/* Nothing in a shell is worth ten seconds of waiting. */
	bool runs = w->run.name != NULL;
	engine_cancel(w->work);
	if (runs && w->work)
		engine_cancel(w->work);
}

static void shell_signal(struct loop *loop, int signal, void *data)
{
	struct worker_shell *w = data;
	(void)loop;
	if (signal != SIGWINCH) {
		shell_stop(w);
		return;
	}
	tty_size(STDOUT_FILENO, &w->run.rows, &w->run.cols);
	if (w->work && w->run.tty)
		engine_run_resize(w->work, w->run.rows, w->run.cols);
}

/* ---- the beginning ---- */

static void shell_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct worker_shell *w = data;
	if (err) {
		w->err = *err;
		worker_shell_end(w);
		return;
	}
	w->engine_facts = f;
	if (!str_eq(str_of(f->name), w->build->engine))
		worker_shell_say(w, "note: built on %.*s, the shell is on %s", STR_ARG(w->build->engine),
		                 f->name);
	if (w->from_layer && str_eq(str_of(f->name), STR("classic")))
		worker_shell_run(w);
	else
		worker_shell_build(w);
}

/* As it was asked for; what was chosen then where it was left to mortar. */
static bool shell_open(struct worker_shell *w, struct error *err)
{
	struct arena *a = w->io->arena;
	const struct request *r = w->facts.request;
	struct engine_options o = { .spec = worker_text(w->io, "engine") };
	const char *build = arena_text(a, w->build->id);
	w->scratch = arena_printf(a, "%s/scratch/shell-%d", w->dir, (int)getpid());
	o.scratch = w->scratch;
	o.build_id = build;
	o.named = worker_engines(w->io, "named", &o.nnamed);
	if (!o.spec && r && w->build->member.n) {
		o.spec = arena_text(a, w->build->member);
		o.named = r->named;
		o.nnamed = r->nnamed;
	} else if (!o.spec && r && r->engine && !str_eq(str_of(r->engine), STR("auto"))) {
		o.spec = r->engine;
		o.named = r->named;
		o.nnamed = r->nnamed;
	} else if (!o.spec) {
		o.spec = arena_text(a, w->build->engine);
	}
	if (!save_dir(w->scratch, 0700, err))
		return false;
	w->engine = engine_new(&o, w->loop, err);
	return w->engine != NULL;
}

static bool shell_read(struct worker_shell *w, struct error *err)
{
	const struct value *argv = value_get(w->io->argument, STR("argv"));
	size_t n = 0;
	w->dir = worker_text(w->io, "dir");
	w->has_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (!w->dir)
		return error_set(err, ERROR_USAGE, "the worker shell needs 'dir'");
	if (argv) {
		const char **words = arena_array(w->io->arena, value_count(argv) + 1, sizeof *words);
		for (const struct value *v = value_child(argv); v; v = value_next(v))
			words[n++] = arena_text(w->io->arena, value_text(v));
		w->argv = words;
	}
	if (!w->argv && !w->has_terminal)
		return error_set(err, ERROR_USAGE, "a shell needs a terminal; without one, right would be "
		                 "mortar shell BUILD STEP -- COMMAND");
	return true;
}

static bool shell_loop(struct worker_shell *w, struct error *err)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH };
	owned(loop) struct loop *loop = loop_new();
	w->loop = loop;
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		loop_signal(loop, signals[i], shell_signal, w);
	if (!shell_open(w, err))
		return false;
	engine_probe(w->engine, shell_ready, w);
	bool ok = loop_run(loop, err);
	engine_free(w->engine);
	return ok;
}

static void shell_finish(struct worker_shell *w)
{
	struct error ignored;
	if (w->scratch) {
		save_remove(w->scratch, &ignored);
		/* The last one takes the folder away. */
		rmdir(arena_printf(w->io->arena, "%s/scratch", w->dir));
	}
	tty_restore(w->tty);
	recipe_free(w->cut);
	recipe_free(w->parsed);
	replan_finish(&w->facts.replan);
	request_free(w->facts.request);
	build_free(w->build);
	problems_free(w->problems);
	buf_finish(&w->line);
	mask_free(w->mask);
}

bool worker_shell(struct worker_io *io, struct error *err)
{
	struct worker_shell w = { .io = io, .mask = mask_new(), .problems = problems_new() };
	bool ok = shell_read(&w, err) && worker_shell_find(&w, err) && shell_loop(&w, err);
	if (ok && w.err.code) {
		*err = w.err;
		ok = false;
	}
	struct value *line = value_new_object(io->arena);
	value_set(io->arena, line, "exit", value_new_integer(io->arena, w.code));
	shell_finish(&w);
	return ok && worker_say(line);
}
