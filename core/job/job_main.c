/* The child's side of a job: `mortar job ID`. */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/history/retention.h"
#include "core/job/batch.h"
#include "core/job/foresee.h"
#include "core/job/job.h"
#include "core/job/job_announce.h"
#include "core/job/labels.h"
#include "core/job/names.h"
#include "core/job/running.h"
#include "core/job/seek.h"
#include "core/job/status.h"
#include "core/job/twins.h"
#include "core/job/watching.h"
#include "core/os/clock.h"
#include "core/os/save.h"

struct job {
	struct arena *arena;
	struct loop *loop;
	struct job_facts facts;
	struct journal_writer *writer;
	struct mask *mask;
	struct record *record;
	struct seek *seek;              /* has the engines */
	struct runner *runner;
	struct twins *twins;
	struct foresight foresight;
	struct engine_facts engine_facts;       /* texts are the engine's */
	struct str lost;                /* why the engine before was left; n 0: none was */
	struct labels *labels;          /* until git has told */
	struct error labels_why;        /* told before the journal had begun */
	bool is_held;                   /* the engine has told, and names need git's word */
	struct seek_found found;        /* what it has told, where has_found; else why */
	bool has_found;
	struct error why;
	int status;
	bool is_probed, is_done;
	bool never_was;                 /* cancelled before its engine had answered */
	int exit;
};

static void job_finish(struct job *j)
{
	/* The engines first: they may still know the runner. */
	seek_free(j->seek);
	labels_free(j->labels);
	runner_free(j->runner);
	twins_free(j->twins);
	record_free(j->record);
	foresight_finish(&j->foresight);
	steps_free(j->facts.steps);
	mask_free(j->mask);
	journal_writer_free(j->writer);
	replan_finish(&j->facts.replan);
	request_free(j->facts.request);
	loop_free(j->loop);
	arena_free(j->arena);
}

static bool job_read_request(struct job *j, const char *id, struct error *err)
{
	owned(files) struct files *disk = files_disk("/");
	struct str text;
	const char *builds = save_state_dir("builds", err);
	if (!builds)
		return false;
	j->facts.dir = arena_printf(j->arena, "%s/%s", builds, id);
	const char *path = arena_printf(j->arena, "%s/request.json", j->facts.dir);
	enum files_result result = files_read(disk, path, j->arena, &text, err);
	if (result == FILES_ABSENT)
		return error_set(err, ERROR_MISSING, "there is no '%s'", path);
	j->facts.request = result == FILES_OK ? request_read(text, err) : NULL;
	return j->facts.request != NULL;
}

static void job_done(void *data, const struct runner_result *result)
{
	struct job *j = data;
	struct error ignored;
	/* Before build.done: whoever has seen that may begin the next. */
	foresight_learn(&j->foresight, tally_build(record_tally(j->record)), j->facts.dir, &ignored);
	twins_end(j->twins, j->record, result->ok);
	struct runner_result said = *result;
	if (record_error(j->record)) {
		said.ok = false;
		said.error = *record_error(j->record);
	}
	j->exit = job_announce_end(&j->facts, j->record, &said);
	j->is_done = true;
	loop_stop(j->loop);
}

static void job_disk_failed(void *data)
{
	struct job *j = data;
	if (j->runner)
		runner_fail(j->runner, record_error(j->record));
}

static void job_terminated(struct loop *loop, int signal, void *data)
{
	(void)signal;
	struct job *j = data;
	if (j->runner)
		runner_cancel(j->runner);
	if (j->is_probed && !j->is_held)
		return;
	j->is_probed = true;
	j->never_was = true;
	loop_stop(loop);
}

/* The image is built whatever git says. */
static void job_warn_of_labels(struct job *j, const struct error *why)
{
	owned_buf struct buf text = { 0 };
	buf_printf(&text, "the image has no labels from git: %s", why->text);
	record_warning(j->record, -1, buf_str(&text));
}

static void job_labels_known(struct job *j, const struct error *why)
{
	if (!j->runner && why)
		j->labels_why = *why;
	else if (why)
		job_warn_of_labels(j, why);
	if (j->runner)
		runner_release(j->runner);
}

static void job_begin(struct job *, const struct seek_found *, const struct error *err);

/* What is built would have another name. */
static void job_refuse_name(struct error *err)
{
	error_prefix(err, "the tag has " PUSH_GIT " in it, and git does not say what it stands for");
	err->code = ERROR_PROJECT;
}

static void job_labelled(void *data, const struct error *why)
{
	struct job *j = data;
	labels_free(j->labels);
	j->labels = NULL;
	if (names_need_git(j->facts.replan.plan)) {
		CHECK(why);
		j->has_found = false;
		j->why = *why;
		job_refuse_name(&j->why);
	} else {
		job_labels_known(j, why);
	}
	if (!j->is_held)
		return;
	j->is_held = false;
	job_begin(j, j->has_found ? &j->found : NULL, &j->why);
}

static void job_foresee(struct job *j, bool is_filled)
{
	struct error ignored;
	struct foresight_ask ask = {
		.plan = j->facts.replan.plan, .steps = j->facts.steps,
		.settings = j->facts.replan.settings, .mask = j->mask, .facts = &j->engine_facts,
		.build = j->facts.request->id, .is_filled = is_filled,
	};
	foresight_finish(&j->foresight);
	foresight_make(&j->foresight, &ask);
	j->facts.forecast = &j->foresight.forecast;
	/* A build goes on without it: the journal tells of a full disk. */
	foresight_write(&j->foresight, j->facts.dir, &ignored);
}

/* What is fetched first is there only now. */
static void job_image_begins(void *data)
{
	struct job *j = data;
	if (!foresight_is_whole(&j->foresight))
		job_foresee(j, true);
}

/* The engine of a pool is gone, and its builds with it. */
static bool job_engine_lost(void *data, const struct error *why)
{
	struct job *j = data;
	j->lost = str_of(arena_printf(j->arena, "%s: %s", j->facts.member ? j->facts.member : "",
	                              why->text));
	return seek_next(j->seek, why);
}

static void job_take_engine(struct job *j, const struct seek_found *found)
{
	j->engine_facts = *found->facts;
	j->facts.engine = &j->engine_facts;
	j->facts.member = found->member;
	j->facts.picked = arena_str(j->arena, found->reason);
	pool_share_cache(j->arena, j->facts.request, j->facts.replan.plan, found->facts);
	job_foresee(j, false);
}

/* Engines that do not answer are told of, so that somebody starts them. */
static void job_warn_of_left_out(struct job *j, const struct seek_found *found)
{
	owned_buf struct buf text = { 0 };
	if (!found->left_out.n)
		return;
	buf_printf(&text, "the pool %s goes without %.*s", j->facts.request->engine,
	           STR_ARG(found->left_out));
	record_warning(j->record, -1, buf_str(&text));
}

/* found NULL: no engine can be had, which the journal tells. */
static void job_begin(struct job *j, const struct seek_found *found, const struct error *err)
{
	struct error fault;
	if (!job_announce_files(&j->facts, j->mask, &fault)) {
		status_tell(j->status, &fault);
		j->is_done = true;
		loop_stop(j->loop);
		return;
	}
	if (found)
		job_take_engine(j, found);
	job_announce_start(&j->facts, j->record);
	status_tell(j->status, record_error(j->record));
	j->status = -1;
	j->twins = twins_new(j->record, j->facts.request->id, j->facts.replan.plan->image);
	if (!found) {
		struct runner_result result = { .error = *err };
		job_done(j, &result);
		return;
	}
	job_warn_of_left_out(j, found);
	if (j->labels_why.code)
		job_warn_of_labels(j, &j->labels_why);
	struct runner_setup setup = {
		.loop = j->loop, .plan = j->facts.replan.plan, .engine = found->engine,
		.steps = j->facts.steps, .record = j->record, .is_held = j->labels != NULL,
		.image_begins = job_image_begins, .engine_lost = job_engine_lost, .data = j,
		.abilities = found->facts->abilities, .id = j->facts.request->id,
		.scratch = arena_printf(j->arena, "%s/scratch", j->facts.dir),
	};
	j->runner = runner_new(&setup, job_done, j);
	if (record_error(j->record))
		runner_fail(j->runner, record_error(j->record));
}

/* The image task begins anew there. */
static void job_change_engine(struct job *j, const struct seek_found *found,
                              const struct error *err)
{
	if (!found) {
		runner_continue(j->runner, NULL, 0, err);
		return;
	}
	job_take_engine(j, found);
	job_announce_engine(&j->facts, j->record, j->lost);
	job_warn_of_left_out(j, found);
	runner_continue(j->runner, found->engine, found->facts->abilities, NULL);
}

static void job_told(void *data, const struct seek_found *found, const struct error *err)
{
	struct job *j = data;
	j->is_probed = true;
	if (j->runner) {
		job_change_engine(j, found, err);
		return;
	}
	j->is_held = j->labels && names_need_git(j->facts.replan.plan);
	/* Git may have said before that there is no such name. */
	if (!j->why.code) {
		j->has_found = found != NULL;
		j->found = found ? *found : (struct seek_found){ 0 };
		j->why = err ? *err : (struct error){ 0 };
	}
	if (!j->is_held)
		job_begin(j, j->has_found ? &j->found : NULL, &j->why);
}

static bool job_make_seek(struct job *j, struct error *err)
{
	struct seek_setup setup = {
		.loop = j->loop, .request = j->facts.request, .told = job_told, .data = j,
		.scratch = arena_printf(j->arena, "%s/scratch", j->facts.dir),
		.root = j->facts.replan.plan->root,
	};
	if (!save_dir(setup.scratch, 0700, err))
		return false;
	j->seek = seek_new(&setup);
	return true;
}

static bool job_prepare(struct job *j, const char *id, struct error *err)
{
	if (!replan_make(&j->facts.replan, j->facts.request, err))
		return false;
	/* Git first: the image waits for it alone. */
	j->labels = labels_ask(j->loop, j->facts.replan.plan, &j->facts.request->selection,
	                       job_labelled, j);
	if (!j->labels && names_need_git(j->facts.replan.plan)) {
		error_set(err, ERROR_PROJECT, "%s is in no git repository", j->facts.replan.plan->root);
		job_refuse_name(err);
		return false;
	}
	if (!job_make_seek(j, err) || !seek_start(j->seek, err))
		return false;
	j->mask = mask_new();
	job_announce_secrets(&j->facts, j->mask);
	j->facts.steps = steps_new(j->facts.replan.plan);
	j->writer = journal_create(j->facts.dir, j->facts.request->log_limit, err);
	if (!j->writer)
		return false;
	running_add(id);
	j->record = record_new(j->loop, j->writer, j->mask, job_disk_failed, j);
	return true;
}

/* Nothing of it is left but what tells of a build. */
static void job_tidy(struct job *j)
{
	struct stat st;
	struct error ignored;
	const char *said = arena_printf(j->arena, "%s/stderr", j->facts.dir);
	save_remove(arena_printf(j->arena, "%s/scratch", j->facts.dir), &ignored);
	if (stat(said, &st) == 0 && st.st_size == 0)
		unlink(said);
}

/* Nothing of the build stays. */
static void job_vanish(const char *id)
{
	owned(arena) struct arena *a = arena_new();
	struct error ignored;
	const char *builds = save_state_dir("builds", &ignored);
	running_remove(id);
	if (builds)
		save_remove(arena_printf(a, "%s/%s", builds, id), &ignored);
}

/* Told last, since its asker then looks away. */
static int job_unmake(struct job *j, const char *id)
{
	struct error err;
	int status = j->status;
	job_finish(j);
	job_vanish(id);
	error_set(&err, ERROR_CANCELLED, "cancelled before the engine had answered");
	status_tell(status, &err);
	return error_exit_code(err.code);
}

static int job_run_batch(struct job *j)
{
	int code = batch_run(j->loop, j->facts.request, j->facts.dir, j->status);
	job_tidy(j);
	job_finish(j);
	return code;
}

static int job_run_watching(struct job *j)
{
	int code = watching_run(j->loop, j->facts.request, j->facts.dir, j->status);
	job_tidy(j);
	job_finish(j);
	return code;
}

int job_main(const char *id)
{
	struct job j = { .arena = arena_new(), .loop = loop_new(), .exit = 1 };
	struct error err = { 0 };
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	loop_signal(j.loop, SIGTERM, job_terminated, &j);
	j.status = status_open();
	engine_warm_up();
	/* Whoever wanted a build has gone before saying which. */
	if (!launch_await()) {
		job_vanish(id);
		job_finish(&j);
		return 0;
	}
	bool is_read = job_read_request(&j, id, &err);
	if (is_read && j.facts.request->ncombos)
		return job_run_batch(&j);
	if (is_read && j.facts.request->watch)
		return job_run_watching(&j);
	if (!is_read || !job_prepare(&j, id, &err)) {
		status_tell(j.status, &err);
		job_finish(&j);
		return error_exit_code(err.code);
	}
	bool ok = loop_run(j.loop, &err);
	if (j.never_was)
		return job_unmake(&j, id);
	if (ok && !j.is_done)
		ok = error_set(&err, ERROR_PROTOCOL, "the engine has stopped without a word");
	if (!ok) {
		struct runner_result result = { .error = err };
		j.exit = job_announce_end(&j.facts, j.record, &result);
	}
	job_tidy(&j);
	running_remove(id);
	int code = j.exit;
	job_finish(&j);
	/* With its lock gone: looking at builds opens the files of locks. */
	retention_after(id);
	return code;
}
