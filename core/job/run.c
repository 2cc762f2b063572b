#include "core/job/run.h"

#include <stdlib.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/history/list.h"
#include "core/job/worker.h"
#include "core/value/json.h"

struct run {
	struct worker *worker;          /* NULL once it has ended */
	struct run_events events;
	struct arena *arena;            /* of the report */
	struct run_report report;
	char *engine;
	struct run_end end;
	bool asked;                     /* to stop */
};

/* ---- which ---- */

bool run_find(struct arena *a, const char *build, struct run_build *ret_build, struct error *err)
{
	const char *dir = request_find(build, err);
	struct history_item item;
	if (!dir)
		return false;
	if (!history_read_one(a, dir, &item))
		return error_set(err, ERROR_USAGE, "the journal of the build in '%s' cannot be read", dir);
	if (item.state == HISTORY_RUNNING)
		return error_set(err, ERROR_USAGE, "the build %s has not ended yet (mortar attach follows "
		                 "it)", item.id);
	if (item.state != HISTORY_DONE)
		return error_set(err, ERROR_USAGE, "the build %s made no image, it was %s: name one that "
		                 "did (mortar history)", item.id,
		                 item.state == HISTORY_FAILED ? "a failure"
		                                              : history_state_name(item.state));
	if (item.imported)
		return error_set(err, ERROR_USAGE, "the build %s was imported: its image is where it was "
		                 "built", item.id);
	if (item.nbuilds)
		return error_set(err, ERROR_USAGE, "%s is a batch of %zu builds: name one of them "
		                 "(mortar history)", item.id, item.nbuilds);
	if (!item.image_id[0])
		return error_set(err, ERROR_USAGE, "the journal of the build %s has no image's id: build "
		                 "it again", item.id);
	*ret_build = (struct run_build){
		.id = item.id, .image = item.image, .image_id = item.image_id,
		.engine = strcmp(item.engine, "buildah") == 0 || !item.address[0] ? item.engine :
		          item.spec[0] ? item.spec : item.address,
	};
	return true;
}

/* ---- asking ---- */

static void run_set(struct arena *a, struct value *o, const char *key, const char *text)
{
	if (text)
		value_set(a, o, key, value_new_string(a, str_of(text)));
}

static void run_set_texts(struct arena *a, struct value *o, const char *key,
                          const char *const *texts)
{
	struct value *list = value_new_array(a);
	for (const char *const *t = texts; t && *t; t++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(*t)));
	if (texts)
		value_set(a, o, key, list);
}

static struct value *run_argument(struct arena *a, const struct run_build *build,
                                  const struct run_options *o)
{
	struct value *v = value_new_object(a);
	run_set(a, v, "build", build->id);
	run_set(a, v, "image", build->image_id);
	run_set(a, v, "engine", o->engine ? o->engine : build->engine);
	run_set(a, v, "network", o->network);
	run_set_texts(a, v, "argv", o->argv);
	run_set_texts(a, v, "env", o->env);
	run_set_texts(a, v, "ports", o->ports);
	value_set(a, v, "named", worker_engines_value(a, o->named, o->nnamed));
	return v;
}

/* ---- hearing ---- */

static void run_hear_log(struct run *r, const struct value *log)
{
	const struct value *stream = value_get(log, STR("stream")), *t = value_get(log, STR("t"));
	const struct value *text = value_get(log, STR("bytes"));
	owned_buf struct buf bytes = { 0 };
	if (!stream || !text || !t || !bytes_append_back(&bytes, value_text(text)))
		return;
	owned(arena) struct arena *a = arena_new();
	r->events.log(r->events.data, str_eq(value_text(stream), STR("1")) ? 1 : 2, buf_str(&bytes),
	              strtod(arena_text(a, value_text(t)), NULL));
}

static void run_hear_report(struct run *r, const struct value *line)
{
	struct arena *a = arena_new();
	const struct value *copy;
	struct error ignored;
	struct run_report now;
	owned_buf struct buf text = { 0 };
	/* The line is lent; its tree again, in an arena of ours. */
	value_write_json(&text, line, JSON_LINE);
	if (!value_parse_json(a, arena_str(a, buf_str(&text)), &copy, &ignored) ||
	    !run_report_read(a, copy, &now)) {
		arena_free(a);
		return;
	}
	arena_free(r->arena);
	r->arena = a;
	r->report = now;
	r->events.changed(r->events.data);
}

static void run_hear_end(struct run *r, bool ended_well)
{
	worker_free(r->worker);
	r->worker = NULL;
	if (!ended_well && !r->end.error.code)
		error_set(&r->end.error, ERROR_SYSTEM, "the process that held the container was killed; "
		          "the next mortar run removes what it left behind");
	r->end.cancelled = r->asked && r->end.error.code == ERROR_CANCELLED;
	r->events.ended(r->events.data, &r->end);
}

static void run_hear(void *data, const struct value *line, bool ended_well)
{
	struct run *r = data;
	const struct value *log, *report, *text;
	if (!line) {
		run_hear_end(r, ended_well);
		return;
	}
	if ((log = value_get(line, STR("log"))))
		run_hear_log(r, log);
	else if ((report = value_get(line, STR("run"))))
		run_hear_report(r, report);
	else if ((text = value_get(line, STR("warning"))))
		r->events.warning(r->events.data, value_text(text));
	else if ((text = value_get(line, STR("engine")))) {
		free(r->engine);
		r->engine = xstrndup(value_text(text).p, value_text(text).n);
		r->events.engine(r->events.data);
	} else {
		worker_error(line, &r->end.error);
	}
}

struct run *run_start(struct loop *loop, const struct run_build *build, const struct run_options *o,
                      const struct run_events *events, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct run *r = xcalloc(1, sizeof *r);
	*r = (struct run){ .events = *events, .arena = arena_new(), .engine = xstrdup(""),
	                   .report = { .exit_code = -1, .probe_exit = -1 } };
	r->worker = worker_start(loop, "run", run_argument(a, build, o), run_hear, r, err);
	if (r->worker)
		return r;
	run_free(r);
	return NULL;
}

const struct run_report *run_state(const struct run *r)
{
	return &r->report;
}

const char *run_engine(const struct run *r)
{
	return r->engine;
}

void run_stop(struct run *r)
{
	if (r->worker)
		worker_stop(r->worker, r->asked);
	r->asked = true;
}

void run_pause(struct run *r, bool on)
{
	if (r->worker)
		worker_pause(r->worker, on);
}

void run_free(struct run *r)
{
	if (!r)
		return;
	worker_leave(r->worker);
	arena_free(r->arena);
	free(r->engine);
	free(r);
}
