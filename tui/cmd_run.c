/* mortar run: a container in the foreground, its output where output belongs. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "core/history/log_text.h"
#include "core/job/pool.h"
#include "core/job/run.h"
#include "core/os/clock.h"
#include "core/os/save.h"
#include "core/project/preferences.h"
#include "core/value/json.h"
#include "tui/command.h"
#include "tui/spout.h"

enum { RUN_STREAMS = 3, RUN_REST_MS = 1000 };

/* Where a stream of the container goes. */
struct run_out {
	struct spout *spout;
	bool is_terminal;
	struct buf line;                /* of a terminal's, until it ends */
	size_t dropped;
};

struct cmd_run {
	struct loop *loop;
	struct run *run;
	const struct run_build *build;
	struct run_out out[RUN_STREAMS];        /* by stream; 0 is not used */
	struct run_report shown;        /* phase, health, ports: what was said of it */
	struct log_text text;
	bool json, stopping, ended;
	struct run_end end;
};

/* ---- what is written ---- */

static void run_write(struct cmd_run *c, int stream, struct str bytes)
{
	struct run_out *out = &c->out[stream];
	if (c->stopping && spout_left(out->spout) > SPOUT_FULL)
		out->dropped += bytes.n;
	else
		spout_add(out->spout, bytes);
	if (!c->stopping && spout_left(out->spout) > SPOUT_FULL)
		run_pause(c->run, true);
}

static void run_complain(struct cmd_run *c, struct str text)
{
	owned_buf struct buf line = { 0 };
	buf_append(&line, STR("mortar: "));
	utf8_append_visible(&line, text);
	buf_append_char(&line, '\n');
	run_write(c, 2, buf_str(&line));
}

__attribute__((format(printf, 2, 3)))
static void run_say(struct cmd_run *c, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list args;
	if (c->json)
		return;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	run_complain(c, buf_str(&text));
}

static void run_write_json(struct cmd_run *c, struct arena *a, const char *ev, struct value *fields)
{
	struct value *o = value_new_object(a);
	owned_buf struct buf line = { 0 }, shown = { 0 };
	if (!c->json)
		return;
	value_set(a, o, "t", value_new(a, VALUE_FLOAT, str_of(arena_printf(a, "%.3f", clock_now())),
	                               (struct span){ 0 }));
	value_set(a, o, "ev", value_new_string(a, str_of(ev)));
	for (const struct value *v = value_child(fields); v; v = value_next(v))
		value_set(a, o, arena_text(a, value_key(v)), value_share(a, v));
	value_write_json(&line, o, JSON_LINE);
	buf_append_char(&line, '\n');
	if (c->out[1].is_terminal)
		command_append_shown(&shown, buf_str(&line));
	run_write(c, 1, c->out[1].is_terminal ? buf_str(&shown) : buf_str(&line));
}

/* A terminal gets no control character of the container's. */
static void run_show_line(struct cmd_run *c, int stream)
{
	struct buf *line = &c->out[stream].line;
	owned_buf struct buf shown = { 0 };
	log_text_read(&c->text, buf_str(line));
	utf8_append_visible(&shown, c->text.text);
	buf_append_char(&shown, '\n');
	run_write(c, stream, buf_str(&shown));
	buf_clear(line);
}

static void run_show_lines(struct cmd_run *c, int stream, struct str bytes)
{
	enum { LINE_MAX_SHOWN = 1 << 16 };
	struct buf *line = &c->out[stream].line;
	for (size_t eol; (eol = str_find(bytes, '\n')) != STR_NONE;
	     bytes = str_slice(bytes, eol + 1, bytes.n)) {
		buf_append(line, str_slice(bytes, 0, eol));
		run_show_line(c, stream);
	}
	buf_append(line, bytes);
	if (line->n > LINE_MAX_SHOWN)
		run_show_line(c, stream);
}

static void run_log(void *data, int stream, struct str bytes, double t)
{
	struct cmd_run *c = data;
	owned(arena) struct arena *a = arena_new();
	(void)t;
	if (c->json) {
		struct value *o = value_new_object(a);
		owned_buf struct buf text = { 0 };
		utf8_append_valid(&text, bytes);
		value_set(a, o, "stream", value_new_integer(a, stream));
		value_set(a, o, "text", value_new_string(a, buf_str(&text)));
		run_write_json(c, a, "log", o);
	} else if (c->out[stream].is_terminal) {
		run_show_lines(c, stream, bytes);
	} else {
		run_write(c, stream, bytes);
	}
}

/* ---- what is said ---- */

static void run_say_probe(struct cmd_run *c, const struct run_report *r)
{
	struct str first = r->probe;
	size_t eol = str_find(first, '\n');
	first = str_slice(first, 0, eol == STR_NONE ? 200 : eol);
	run_say(c, "unhealthy: the check ends with %d%s%.*s", r->probe_exit, first.n ? ": " : "",
	        STR_ARG(first));
}

static void run_say_health(struct cmd_run *c, const struct run_report *r)
{
	if (r->health == c->shown.health || r->phase != RUN_RUNNING)
		return;
	if (r->health == RUN_HEALTH_UNHEALTHY)
		run_say_probe(c, r);
	else if (r->health != RUN_HEALTH_NONE)
		run_say(c, r->health == RUN_HEALTH_STARTING ? "health is not known yet" : "healthy");
	c->shown.health = r->health;
}

static void run_say_ports(struct cmd_run *c, const struct run_report *r)
{
	if (c->shown.nports || r->phase != RUN_RUNNING)
		return;
	for (size_t i = 0; i < r->nports; i++) {
		owned_buf struct buf url = { 0 };
		run_port_append_url(&url, &r->ports[i]);
		run_say(c, "%.*s at %s", STR_ARG(r->ports[i].port), buf_text(&url));
	}
	c->shown.nports = r->nports;
}

static void run_say_phase(struct cmd_run *c, const struct run_report *r)
{
	owned_buf struct buf took = { 0 };
	if (r->phase == c->shown.phase)
		return;
	c->shown.phase = r->phase;
	clock_append_seconds(&took, r->ended > r->started ? r->ended - r->started : 0);
	switch (r->phase) {
	case RUN_PREPARING: case RUN_CREATED: break;
	case RUN_RUNNING:
		run_say(c, "%s runs as %.*s on %s; Ctrl-C stops and removes it",
		        c->build->image[0] ? c->build->image : c->build->image_id, STR_ARG(r->name),
		        run_engine(c->run));
		break;
	case RUN_STOPPING: run_say(c, "stopping it; Ctrl-C again kills it"); break;
	case RUN_EXITED:
		run_say(c, "it ended with %d after %s%s", r->exit_code, buf_text(&took),
		        r->out_of_memory ? ": it had used up its memory" : "");
		break;
	case RUN_REMOVED: run_say(c, "removed"); break;
	}
}

static void run_met(void *data)
{
	struct cmd_run *c = data;
	owned(arena) struct arena *a = arena_new();
	const struct { const char *key, *text; } texts[] = {
		{ "build", c->build->id }, { "image", c->build->image },
		{ "image_id", c->build->image_id }, { "engine", run_engine(c->run) },
	};
	struct value *o = value_new_object(a);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		value_set(a, o, texts[i].key, value_new_string(a, str_of(texts[i].text)));
	run_write_json(c, a, "start", o);
}

static void run_changed(void *data)
{
	struct cmd_run *c = data;
	const struct run_report *r = run_state(c->run);
	owned(arena) struct arena *a = arena_new();
	run_write_json(c, a, "run", run_report_value(a, r));
	run_say_phase(c, r);
	run_say_ports(c, r);
	run_say_health(c, r);
}

static void run_warning(void *data, struct str text)
{
	struct cmd_run *c = data;
	owned(arena) struct arena *a = arena_new();
	struct value *o = value_new_object(a);
	value_set(a, o, "text", value_new_string(a, text));
	run_write_json(c, a, "warning", o);
	run_say(c, "warning: %.*s", STR_ARG(text));
}

/* ---- the end ---- */

static int run_exit_code(const struct cmd_run *c)
{
	const struct run_report *r = run_state(c->run);
	if (c->end.error.code)
		return error_exit_code(c->end.error.code);
	return spout_fault(c->out[1].spout) || r->exit_code < 0 ? 1 : r->exit_code;
}

/* When all is written. */
static void run_settle(void *data)
{
	struct cmd_run *c = data;
	size_t left = spout_left(c->out[1].spout) + spout_left(c->out[2].spout);
	if (spout_fault(c->out[1].spout) && !c->stopping && !c->ended) {
		run_say(c, "standard output takes no more: stopping it");
		c->stopping = true;
		run_stop(c->run);
	}
	if (!c->ended && left <= SPOUT_FULL)
		run_pause(c->run, false);
	if (c->ended && !left)
		loop_stop(c->loop);
}

static void run_end_json(struct cmd_run *c)
{
	owned(arena) struct arena *a = arena_new();
	struct value *o = value_new_object(a);
	value_set(a, o, "ok", value_new_bool(a, !c->end.error.code));
	value_set(a, o, "cancelled", value_new_bool(a, c->end.cancelled));
	value_set(a, o, "exit", value_new_integer(a, run_exit_code(c)));
	if (c->end.error.code)
		value_set(a, o, "error", value_new_string(a, str_of(c->end.error.text)));
	run_write_json(c, a, "done", o);
}

/* Who has asked it to stop does not wait for who does not read. */
static void run_give_up(struct loop *loop, void *data)
{
	(void)data;
	loop_stop(loop);
}

static void run_ended(void *data, const struct run_end *end)
{
	struct cmd_run *c = data;
	c->end = *end;
	for (int stream = 1; stream < RUN_STREAMS; stream++) {
		if (c->out[stream].line.n)
			run_show_line(c, stream);
		if (c->out[stream].dropped)
			run_say(c, "%zu bytes of output were not written", c->out[stream].dropped);
	}
	if (c->end.error.code && !c->end.cancelled)
		run_complain(c, str_of(c->end.error.text));
	run_end_json(c);
	c->ended = true;
	if (c->stopping)
		loop_timer(c->loop, RUN_REST_MS, run_give_up, c);
	run_settle(c);
}

/* The first asks it to stop, the next does not wait for it. */
static void run_interrupt(struct loop *loop, int signal, void *data)
{
	(void)signal;
	struct cmd_run *c = data;
	if (c->ended) {
		loop_stop(loop);
		return;
	}
	c->stopping = true;
	run_stop(c->run);
	run_pause(c->run, false);
}

/* ---- what is asked for ---- */

static const char **run_values(struct arena *a, const struct args *args, const char *name,
                               size_t *ret_count)
{
	const char **values = arena_array(a, args->noptions + 1, sizeof *values);
	*ret_count = 0;
	for (size_t i = 0; i < args->noptions; i++)
		if (str_eq(args->options[i].name, str_of(name)))
			values[(*ret_count)++] = arena_text(a, args->options[i].value);
	return values;
}

/* NAME alone is the variable as it is here: so its value is in nobody's argv. */
static bool run_env(struct arena *a, const char **env, struct error *err)
{
	for (; *env; env++) {
		const char *equals = strchr(*env, '='), *here = equals ? NULL : getenv(*env);
		if (equals == *env || !(*env)[0])
			return error_set(err, ERROR_USAGE, "--env needs NAME=VALUE or NAME, not '%s'", *env);
		if (!equals && !here)
			return error_set(err, ERROR_USAGE, "--env %s: there is no such variable here; right "
			                 "would be --env %s=VALUE", *env, *env);
		if (!equals)
			*env = arena_printf(a, "%s=%s", *env, here);
	}
	return true;
}

static bool run_options(struct arena *a, const struct args *args, struct run_options *ret_options,
                        struct error *err)
{
	size_t n;
	struct run_port port;
	const char **env = run_values(a, args, "env", &n), **ports = run_values(a, args, "publish", &n);
	for (size_t i = 0; i < n; i++)
		if (!run_port_parse(a, str_of(ports[i]), &port, err))
			return error_prefix(err, "--publish");
	if (!run_env(a, env, err))
		return false;
	*ret_options = (struct run_options){
		.engine = args_get(args, "engine"), .network = args_get(args, "network"),
		.env = env, .ports = ports,
		.argv = args->noperands > args->nbefore ? args->operands + args->nbefore : NULL,
	};
	return true;
}

static int cmd_run_loop(struct cmd_run *c, const struct run_options *o, struct error *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct run_events events = { .engine = run_met, .log = run_log, .changed = run_changed,
	                             .warning = run_warning, .ended = run_ended, .data = c };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		loop_signal(c->loop, signals[i], run_interrupt, c);
	for (int stream = 1; stream < RUN_STREAMS; stream++) {
		c->out[stream].spout = spout_new(c->loop, stream, run_settle, c);
		c->out[stream].is_terminal = isatty(stream);
	}
	c->run = run_start(c->loop, c->build, o, &events, err);
	bool ok = c->run && loop_run(c->loop, err);
	int code = ok ? run_exit_code(c) : 0;
	run_free(c->run);
	for (int stream = 1; stream < RUN_STREAMS; stream++) {
		spout_free(c->out[stream].spout);
		buf_finish(&c->out[stream].line);
	}
	log_text_finish(&c->text);
	return ok ? code : command_fail(err);
}

int cmd_run(struct arena *arena, const struct args *args)
{
	struct error err;
	struct run_build build;
	struct run_options options;
	owned(problems) struct problems *problems = problems_new();
	owned(files) struct files *files = files_disk(".");
	owned(loop) struct loop *loop = loop_new();
	if (args->nbefore > 1) {
		error_set(&err, ERROR_USAGE, "one BUILD is enough; what the container is to run stands "
		          "behind --");
		return command_fail(&err);
	}
	if (!run_options(arena, args, &options, &err) ||
	    !run_find(arena, args->nbefore ? args->operands[0] : NULL, &build, &err))
		return command_fail(&err);
	owned(preferences) struct preferences *own =
		preferences_read(files, save_config_path("config.toml"), NULL, problems);
	options.named = own->engines;
	options.nnamed = own->nengines;
	if (!pool_is_none(own, options.engine, &err))
		return command_fail(&err);
	struct cmd_run c = { .loop = loop, .build = &build, .json = args_has(args, "json") };
	return cmd_run_loop(&c, &options, &err);
}
