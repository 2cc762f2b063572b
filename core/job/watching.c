#include "core/job/watching.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/engine/watched.h"
#include "core/job/job_announce.h"
#include "core/job/record.h"
#include "core/job/running.h"
#include "core/job/status.h"
#include "core/os/clock.h"

/* build.start says who speaks, so it waits for the first lines, but not for long and not
 * for many. */
enum { WATCHING_FIRST_MS = 1000, WATCHING_FIRST_BYTES = 64 << 10, WATCHING_READ = 64 << 10 };

/* A step as last told. */
struct watching_step {
	int step;
	bool running, ended;
	double seconds;
};

struct watching {
	struct arena *arena;
	struct loop *loop;
	const struct request *request;
	int input, status;
	struct mask *mask;
	struct journal_writer *writer;
	struct record *record;
	struct watched *watched;
	struct map steps;               /* by the output's key */
	struct buf first;               /* what came before build.start */
	uint64_t first_timer;
	double started;
	bool begun, cancelled, over;
	int exit;
};

/* ---- events ---- */

static void watching_set(struct arena *a, struct value *o, const char *key, struct str text)
{
	value_set(a, o, key, text.n ? value_new_string(a, text)
	                            : value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 }));
}

static void watching_set_seconds(struct arena *a, struct value *o, double seconds)
{
	const char *text = arena_printf(a, "%.3f", seconds > 0 ? seconds : 0);
	value_set(a, o, "seconds", value_new(a, VALUE_FLOAT, str_of(text), (struct span){ 0 }));
}

static struct str watching_tag(const struct watching *w)
{
	return selection_option(&w->request->selection, "tag");
}

static void watching_announce(struct watching *w, enum watched_form form)
{
	struct arena *a = record_arena(w->record);
	struct value *o = value_new_object(a);
	w->started = clock_now();
	value_set(a, o, "format", value_new_integer(a, 1));
	watching_set(a, o, "id", str_of(w->request->id));
	watching_set(a, o, "project", watching_tag(w).n ? watched_project(watching_tag(w))
	                                                : STR("watch"));
	watching_set(a, o, "kind", str_of(w->request->kind));
	value_set(a, o, "profiles", value_new_array(a));
	watching_set(a, o, "level", (struct str){ 0 });
	watching_set(a, o, "engine", STR("watch"));
	watching_set(a, o, "engine_version", str_of(watched_form_speaker(form)));
	watching_set(a, o, "image", watching_tag(w));
	watching_set(a, o, "root", (struct str){ 0 });
	watching_set(a, o, "argument", str_of(w->request->argument));
	value_set(a, o, "pid", value_new_integer(a, getpid()));
	value_set(a, o, "steps", value_new_array(a));
	record_event(w->record, EVENT_BUILD_START, -1, o);
}

static void watching_announce_end(struct watching *w, const struct watched_result *result)
{
	struct arena *a = record_arena(w->record);
	struct value *o = value_new_object(a);
	const struct error *fault = record_error(w->record);
	owned_buf struct buf error = { 0 };
	bool ok = result->ok && !fault;
	fault = fault ? fault : &result->error;
	if (!ok)
		error_print(&error, fault);
	w->exit = ok ? 0 : error_exit_code(result->cancelled ? ERROR_CANCELLED : fault->code);
	value_set(a, o, "ok", value_new_bool(a, ok));
	watching_set(a, o, "image", result->image.n ? result->image : watching_tag(w));
	watching_set(a, o, "image_id", result->image_id);
	if (result->project.n && !watching_tag(w).n)
		watching_set(a, o, "project", result->project);
	watching_set(a, o, "engine_version",
	             str_of(watched_form_speaker(watched_form(w->watched))));
	watching_set_seconds(a, o, clock_now() - w->started);
	watching_set(a, o, "error", buf_str(&error));
	value_set(a, o, "exit", value_new_integer(a, w->exit));
	value_set(a, o, "cancelled", value_new_bool(a, result->cancelled));
	record_last(w->record, o);
}

static struct watching_step *watching_step(struct watching *w, const struct step_report *s)
{
	struct str key = { (const char *)&s->key, sizeof s->key };
	struct watching_step *step = map_get(&w->steps, key);
	if (step)
		return step;
	struct arena *a = record_arena(w->record);
	struct value *o = value_new_object(a);
	step = arena_alloc(w->arena, sizeof *step);
	*step = (struct watching_step){ .step = (int)w->steps.n };
	map_set(&w->steps, arena_str(w->arena, key), step);
	watching_set(a, o, "name", s->name);
	watching_set(a, o, "stage", s->stage);
	value_set(a, o, "internal", value_new_bool(a, !s->is_step));
	if (s->is_meta)
		value_set(a, o, "meta", value_new_bool(a, true));
	record_event(w->record, EVENT_STEP_ADD, step->step, o);
	return step;
}

static void watching_step_done(struct watching *w, int step, const struct step_report *s)
{
	struct arena *a = record_arena(w->record);
	struct value *o = value_new_object(a);
	value_set(a, o, "ok", value_new_bool(a, !s->error.n));
	value_set(a, o, "cached", value_new_bool(a, s->cached));
	watching_set_seconds(a, o, s->seconds);
	if (str_has_suffix(s->error, STR("context canceled")))
		value_set(a, o, "cancelled", value_new_bool(a, true));
	watching_set(a, o, "reason", s->error);
	record_event(w->record, EVENT_STEP_DONE, step, o);
}

/* ---- what the output tells ---- */

static void watching_report(void *data, const struct step_report *s)
{
	struct watching *w = data;
	struct watching_step *step = watching_step(w, s);
	bool running = s->started && !s->ended;
	if (!step->running && (running || (s->ended && !step->ended && !s->cached)))
		record_event(w->record, EVENT_STEP_START, step->step, NULL);
	if (s->ended && (!step->ended || s->seconds > step->seconds + 0.0005)) {
		watching_step_done(w, step->step, s);
		step->seconds = s->seconds;
	}
	step->running = running;
	step->ended = s->ended;
}

static int watching_step_of(const struct watching *w, uint64_t key)
{
	const struct watching_step *step =
		map_get(&w->steps, (struct str){ (const char *)&key, sizeof key });
	return step ? step->step : -1;
}

static void watching_log(void *data, uint64_t key, int stream, struct str bytes, double t)
{
	struct watching *w = data;
	record_log(w->record, watching_step_of(w, key), stream, bytes, t);
}

static void watching_progress(void *data, uint64_t key, struct str id, uint64_t current,
                              uint64_t total)
{
	struct watching *w = data;
	record_progress(w->record, watching_step_of(w, key), id, current, total);
}

static void watching_warning(void *data, struct str text)
{
	struct watching *w = data;
	record_warning(w->record, -1, text);
}

/* ---- its life ---- */

/* After build.done the output is read all the same: its writer does not know of us. */
static void watching_finish_build(struct watching *w)
{
	record_free(w->record);
	journal_writer_free(w->writer);
	w->record = NULL;
	w->writer = NULL;
	w->over = true;
	running_remove(w->request->id);
}

static void watching_begin(struct watching *w, enum watched_form form)
{
	if (w->begun)
		return;
	w->begun = true;
	loop_untimer(w->loop, w->first_timer);
	watching_announce(w, form);
	status_tell(w->status, record_error(w->record));
	watched_feed(w->watched, buf_str(&w->first));
	buf_finish(&w->first);
}

/* A look at the first lines by one that tells nobody. */
static enum watched_form watching_guess(const struct watching *w)
{
	static const struct engine_sink nobody = { 0 };
	enum watched_form asked;
	watched_form_find(w->request->watch, &asked);
	owned(watched) struct watched *look = watched_new(asked, &nobody);
	watched_feed(look, buf_str(&w->first));
	return watched_form(look);
}

static void watching_waited(struct loop *loop, void *data)
{
	struct watching *w = data;
	(void)loop;
	w->first_timer = 0;
	watching_begin(w, watching_guess(w));
}

static void watching_take_first(struct watching *w, struct str bytes)
{
	buf_append(&w->first, bytes);
	enum watched_form form = watching_guess(w);
	if (form != WATCHED_AUTO || w->first.n >= WATCHING_FIRST_BYTES)
		watching_begin(w, form);
}

static void watching_end(struct watching *w)
{
	struct watched_result result;
	watching_begin(w, watching_guess(w));
	watched_end(w->watched, &result);
	watching_announce_end(w, &result);
	watching_finish_build(w);
}

static void watching_read(struct loop *loop, int fd, short revents, void *data)
{
	struct watching *w = data;
	char bytes[WATCHING_READ];
	(void)revents;
	ssize_t n = read(fd, bytes, sizeof bytes);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		loop_unwatch(loop, fd);
		if (!w->over)
			watching_end(w);
		loop_stop(loop);
	} else if (!w->over && w->begun) {
		watched_feed(w->watched, (struct str){ bytes, (size_t)n });
	} else if (!w->over) {
		watching_take_first(w, (struct str){ bytes, (size_t)n });
	}
}

/* Somebody who asks twice wants no more of it to be kept. */
static void watching_leave(struct watching *w)
{
	struct watched_result result = { .cancelled = true };
	struct watched_result seen;
	watched_end(w->watched, &seen);
	result.image = seen.image;
	result.project = seen.project;
	error_set(&result.error, ERROR_CANCELLED, "it was watched no longer");
	watching_announce_end(w, &result);
	watching_finish_build(w);
}

static void watching_terminated(struct loop *loop, int signal, void *data)
{
	struct watching *w = data;
	(void)signal;
	if (w->over) {
		loop_stop(loop);
		return;
	}
	watching_begin(w, watching_guess(w));
	if (w->cancelled) {
		watching_leave(w);
		return;
	}
	w->cancelled = true;
	record_event(w->record, EVENT_CANCEL, -1, NULL);
	record_warning(w->record, -1, STR("mortar only watches this build: stop it where it runs; "
	               "cancelled once more it is watched no longer"));
	struct arena *a = record_arena(w->record);
	struct value *o = value_new_object(a);
	value_set(a, o, "busy", value_new_bool(a, true));
	record_event(w->record, EVENT_CANCEL, -1, o);
}

/* A full disk ends the record, not the reading; the end is told when it comes. */
static void watching_disk_failed(void *data)
{
	(void)data;
}

static int watching_open(void)
{
	unsigned long long fd;
	const char *text = getenv(WATCHING_VARIABLE);
	if (!text || !str_number(str_of(text), INT_MAX, &fd) || fd < 3)
		return -1;
	unsetenv(WATCHING_VARIABLE);
	return fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0 ? (int)fd : -1;
}

static bool watching_prepare(struct watching *w, const char *dir,
                             const struct engine_sink *sink, struct error *err)
{
	enum watched_form form;
	if (w->input < 0)
		return error_set(err, ERROR_USAGE, "this build was only watched: mortar saw its output "
		                 "and cannot build it again");
	if (!watched_form_find(w->request->watch, &form))
		return error_set(err, ERROR_USAGE, "there is no output '%s'", w->request->watch);
	w->mask = mask_new();
	job_announce_environment(w->mask);
	w->watched = watched_new(form, sink);
	w->writer = journal_create(dir, w->request->log_limit, err);
	if (!w->writer)
		return false;
	running_add(w->request->id);
	w->record = record_new(w->loop, w->writer, w->mask, watching_disk_failed, w);
	return true;
}

static void watching_free(struct watching *w)
{
	loop_untimer(w->loop, w->first_timer);
	record_free(w->record);
	journal_writer_free(w->writer);
	mask_free(w->mask);
	watched_free(w->watched);
	map_finish(&w->steps);
	buf_finish(&w->first);
	arena_free(w->arena);
	if (w->input >= 0)
		close(w->input);
}

int watching_run(struct loop *loop, const struct request *request, const char *dir, int status)
{
	struct watching w = { .arena = arena_new(), .loop = loop, .request = request,
	                      .status = status, .input = watching_open(), .exit = 1 };
	const struct engine_sink sink = { .step = watching_report, .log = watching_log,
	                                  .progress = watching_progress,
	                                  .warning = watching_warning, .data = &w };
	struct error err = { 0 };
	if (!watching_prepare(&w, dir, &sink, &err)) {
		status_tell(status, &err);
		watching_free(&w);
		return error_exit_code(err.code);
	}
	loop_signal(loop, SIGTERM, watching_terminated, &w);
	loop_watch(loop, w.input, POLLIN, watching_read, &w);
	w.first_timer = loop_timer(loop, WATCHING_FIRST_MS, watching_waited, &w);
	bool ok = loop_run(loop, &err);
	if (!w.over) {
		struct watched_result result = { .error = err };
		if (ok)
			error_set(&result.error, ERROR_SYSTEM, "the output cannot be read any more");
		watching_begin(&w, WATCHED_AUTO);
		watching_announce_end(&w, &result);
		watching_finish_build(&w);
	}
	int code = w.exit;
	watching_free(&w);
	return code;
}
