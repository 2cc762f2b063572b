/* {"build", "image", "engine", "named", "argv", "env", "ports", "network"} → lines
 * {"engine"}, {"run"}, {"log"}, {"warning"}; the container is removed at the end.
 *
 * SIGTERM, which also comes when the parent has died, gives it time to
 * stop; SIGUSR1 kills it.  A terminal's Ctrl-C goes to the parent alone. */
#include <signal.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/engine/engine.h"
#include "core/engine/run_owner.h"
#include "core/job/worker.h"

struct worker_run {
	struct worker_io *io;
	struct loop *loop;
	struct engine *engine;
	struct run_task task;
	struct work *work;
	unsigned asked, wanted;         /* to stop: 1 with time, 2 at once */
	bool over;
	struct error err;
};

static void run_ask(struct worker_run *w, unsigned wanted)
{
	if (w->wanted < wanted)
		w->wanted = wanted;
	if (w->over)
		return;
	if (!w->work) {
		error_set(&w->err, ERROR_CANCELLED, "stopped before there was a container");
		loop_stop(w->loop);
		return;
	}
	while (w->asked < w->wanted) {
		w->asked++;
		engine_cancel(w->work);
	}
}

static void run_say(struct worker_run *w, struct arena *a, const char *key, struct value *v)
{
	struct value *line = value_new_object(a);
	value_set(a, line, key, v);
	/* Nobody listens: nobody wants it any more. */
	if (!worker_say(line) && w->work)
		run_ask(w, 1);
}

static void run_said(void *data, const struct run_report *report)
{
	owned(arena) struct arena *a = arena_new();
	run_say(data, a, "run", run_report_value(a, report));
}

static void run_logged(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	(void)key;
	owned(arena) struct arena *a = arena_new();
	owned_buf struct buf text = { 0 };
	struct value *log = value_new_object(a);
	bytes_append_text(&text, bytes);
	value_set(a, log, "stream", value_new_integer(a, stream));
	value_set(a, log, "t", value_new(a, VALUE_FLOAT, str_of(arena_printf(a, "%.3f", t)),
	                                 (struct span){ 0 }));
	value_set(a, log, "bytes", value_new_string(a, buf_str(&text)));
	run_say(data, a, "log", log);
}

static void run_warned(void *data, struct str text)
{
	owned(arena) struct arena *a = arena_new();
	run_say(data, a, "warning", value_new_string(a, text));
}

static void run_done(void *data, const struct work_result *result)
{
	struct worker_run *w = data;
	w->work = NULL;
	w->over = true;
	w->err = result->error;
	loop_stop(w->loop);
}

static void run_ready(void *data, const struct engine_facts *f, const struct error *err)
{
	struct worker_run *w = data;
	struct engine_sink sink = { .run = run_said, .log = run_logged, .warning = run_warned,
	                            .done = run_done, .data = w };
	owned(arena) struct arena *a = arena_new();
	if (err) {
		w->err = *err;
		loop_stop(w->loop);
		return;
	}
	run_say(w, a, "engine", value_new_string(a, str_of(arena_printf(a, "%s %s", f->product,
	                                                                f->version))));
	w->work = engine_run(w->engine, &w->task, &sink, &w->err);
	if (!w->work)
		loop_stop(w->loop);
}

static void run_signal(struct loop *loop, int signal, void *data)
{
	(void)loop;
	run_ask(data, signal == SIGUSR1 ? 2 : 1);
}

static void run_not_mine(struct loop *loop, int signal, void *data)
{
	(void)loop, (void)signal, (void)data;
}

/* ---- what is asked for ---- */

static const char *const *run_texts(struct worker_io *io, const char *key)
{
	const struct value *list = value_get(io->argument, str_of(key));
	if (!list || value_type(list) != VALUE_ARRAY)
		return NULL;
	const char **texts = arena_array(io->arena, value_count(list) + 1, sizeof *texts);
	size_t n = 0;
	for (const struct value *v = value_child(list); v; v = value_next(v))
		texts[n++] = arena_text(io->arena, value_text(v));
	return texts;
}

static bool run_read_ports(struct worker_run *w, struct error *err)
{
	const char *const *texts = run_texts(w->io, "ports");
	size_t n = 0;
	while (texts && texts[n])
		n++;
	struct run_port *ports = arena_array(w->io->arena, n + 1, sizeof *ports);
	for (size_t i = 0; i < n; i++)
		if (!run_port_parse(w->io->arena, str_of(texts[i]), &ports[i], err))
			return false;
	w->task.ports = ports;
	w->task.nports = n;
	return true;
}

static bool run_read(struct worker_run *w, struct error *err)
{
	struct arena *a = w->io->arena;
	const char *build = worker_text(w->io, "build"), *image = worker_text(w->io, "image");
	struct pair *label = arena_alloc(a, sizeof *label);
	if (!build || !image)
		return error_set(err, ERROR_USAGE, "the worker run needs 'build' and 'image'");
	*label = (struct pair){ STR(RUN_BUILD_LABEL), str_of(build) };
	w->task = (struct run_task){
		/* The pid: several of one build may run. */
		.name = arena_printf(a, "mortar-%s-%d", build, (int)getpid()),
		.image = str_of(image), .argv = run_texts(w->io, "argv"), .env = run_texts(w->io, "env"),
		.labels = label, .nlabels = 1, .network = worker_text(w->io, "network"),
	};
	return run_read_ports(w, err);
}

static bool run_open(struct worker_run *w, struct error *err)
{
	struct engine_options o = { .spec = worker_text(w->io, "engine") };
	o.named = worker_engines(w->io, "named", &o.nnamed);
	w->engine = engine_new(&o, w->loop, err);
	return w->engine != NULL;
}

bool worker_run(struct worker_io *io, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct worker_run w = { .io = io, .loop = loop };
	static const int stops[] = { SIGTERM, SIGHUP, SIGUSR1 }, others[] = { SIGINT, SIGQUIT };
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		loop_signal(loop, stops[i], run_signal, &w);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		loop_signal(loop, others[i], run_not_mine, NULL);
	if (!run_read(&w, err) || !run_open(&w, err))
		return false;
	engine_probe(w.engine, run_ready, &w);
	bool ok = loop_run(loop, err);
	engine_free(w.engine);
	if (ok && w.err.code)
		*err = w.err;
	return ok && !w.err.code;
}
