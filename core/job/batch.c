#include "core/job/batch.h"

#include <signal.h>

#include "core/base/check.h"
#include "core/job/batch_inside.h"
#include "core/job/running.h"
#include "core/job/status.h"

/* ---- the order ---- */

static bool batch_may_start(const struct batch *b, size_t build)
{
	struct matrix_running *running = xcalloc(b->n, sizeof *running);
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		if (b->builds[i].state == BATCH_RUNS)
			running[n++] = (struct matrix_running){ i, batch_build_done(&b->builds[i]) };
	bool may = matrix_may_start(b->matrix, build, running, n);
	free(running);
	return may;
}

/* On a pool each engine has its share, and an equal beginning matters where it is made. */
static bool batch_may_begin(struct batch *b, struct batch_build *build)
{
	enum pool_answer answer = b->nengines ? batch_pool_pick(b, build->row, &build->engine)
	                                      : POOL_NONE;
	if (answer == POOL_NONE)
		return b->running < b->request->jobs && batch_may_start(b, build->row);
	if (answer == POOL_WAIT)
		build->engine = STR_NONE;
	return answer == POOL_TAKE;
}

static void batch_end(struct batch *b)
{
	batch_announce_end(b, NULL);
	b->ended = true;
	loop_stop(b->loop);
}

/* Starts one build at most: starting waits for the engine, and what others tell comes
 * first. */
static void batch_start_next(struct batch *b)
{
	size_t waiting = 0;
	for (size_t i = 0; i < b->n && !b->cancelled; i++) {
		struct batch_build *build = &b->builds[b->order[i]];
		if (build->state != BATCH_WAITS)
			continue;
		waiting++;
		if (!batch_may_begin(b, build))
			continue;
		batch_build_start(build);
		batch_go_on(b);
		return;
	}
	if (waiting == 0 && b->running == 0)
		batch_end(b);
}

static void batch_plan_order(struct batch *b)
{
	size_t *rows = arena_array(b->arena, b->n, sizeof *rows);
	for (size_t i = 0; i < b->n; i++)
		rows[i] = i;
	matrix_relate(b->matrix);
	b->order = arena_array(b->arena, b->n, sizeof *b->order);
	matrix_order(b->matrix, rows, b->n, b->order);
}

static bool batch_plan_next(struct batch *b)
{
	struct matrix_source source = { b->kind, &b->target, &b->request->selection, b->files };
	return matrix_read_next(b->matrix, &source);
}

static void batch_turn(struct loop *loop, void *data)
{
	struct batch *b = data;
	(void)loop;
	b->turn = 0;
	if (b->ended)
		return;
	if (!b->cancelled && batch_plan_next(b)) {
		batch_go_on(b);
		return;
	}
	if (!b->order)
		batch_plan_order(b);
	if (b->asking && !b->cancelled)
		return;
	batch_start_next(b);
}

void batch_go_on(struct batch *b)
{
	if (!b->turn)
		b->turn = loop_timer(b->loop, 0, batch_turn, b);
}

/* ---- cancelling ---- */

static void batch_stop(struct batch *b)
{
	b->cancelled = true;
	for (size_t i = 0; i < b->n; i++)
		batch_build_cancel(&b->builds[i]);
	batch_go_on(b);
}

static void batch_terminated(struct loop *loop, int signal, void *data)
{
	struct batch *b = data;
	(void)loop, (void)signal;
	if (b->ended)
		return;
	if (!b->cancelled)
		record_event(b->record, EVENT_CANCEL, -1, NULL);
	batch_stop(b);
}

static void batch_disk_failed(void *data)
{
	batch_stop(data);
}

/* ---- its life ---- */

static bool batch_recognise(struct batch *b, struct error *err)
{
	const struct request *r = b->request;
	owned(problems) struct problems *notes = problems_new();
	b->disk = files_disk("/");
	b->files = files_memory(b->disk);
	for (size_t i = 0; i < r->ntexts; i++)
		files_memory_put(b->files, arena_text(b->arena, r->texts[i].name), r->texts[i].value);
	return kind_recognise(b->files, r->argument, r->kind, b->arena, &b->kind, &b->target, notes,
	                      err);
}

/* A build's step is its place among the combos: each of them once. */
static bool batch_take_combos(struct batch *b, struct error *err)
{
	const struct request *r = b->request;
	b->matrix = matrix_new();
	for (size_t i = 0; i < r->ncombos; i++)
		matrix_add(b->matrix, r->combos[i].profiles, r->combos[i].n);
	if (b->matrix->n != r->ncombos)
		return error_set(err, ERROR_USAGE, "a combination of profiles stands twice in the batch");
	if (r->jobs == 0 || r->jobs > REQUEST_JOBS_MAX)
		return error_set(err, ERROR_USAGE, "a batch builds 1 to %d at a time", REQUEST_JOBS_MAX);
	b->n = r->ncombos;
	b->builds = arena_array(b->arena, b->n, sizeof *b->builds);
	for (size_t i = 0; i < b->n; i++)
		b->builds[i] = (struct batch_build){ .batch = b, .row = i, .engine = STR_NONE };
	return true;
}

static bool batch_prepare(struct batch *b, struct error *err)
{
	if (!batch_recognise(b, err) || !batch_take_combos(b, err))
		return false;
	b->mask = mask_new();
	b->writer = journal_create(b->dir, b->request->log_limit, err);
	if (!b->writer)
		return false;
	running_add(b->request->id);
	b->record = record_new(b->loop, b->writer, b->mask, batch_disk_failed, b);
	return true;
}

static void batch_finish(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		batch_build_finish(&b->builds[i]);
	pool_asking_free(b->asking);
	loop_untimer(b->loop, b->turn);
	record_free(b->record);
	journal_writer_free(b->writer);
	mask_free(b->mask);
	matrix_free(b->matrix);
	files_free(b->files);
	files_free(b->disk);
	arena_free(b->arena);
}

int batch_run(struct loop *loop, const struct request *request, const char *dir, int status)
{
	struct batch b = { .arena = arena_new(), .loop = loop, .request = request, .dir = dir,
	                   .exit = 1 };
	struct error err;
	if (!batch_prepare(&b, &err)) {
		status_tell(status, &err);
		batch_finish(&b);
		return error_exit_code(err.code);
	}
	loop_signal(loop, SIGTERM, batch_terminated, &b);
	/* Who listens waits for build.start: one plan tells the project's name. */
	batch_plan_next(&b);
	batch_announce_start(&b);
	status_tell(status, record_error(b.record));
	batch_pool_ask(&b);
	batch_go_on(&b);
	if (!loop_run(loop, &err) && !b.ended)
		batch_announce_end(&b, &err);
	running_remove(request->id);
	int code = b.exit;
	batch_finish(&b);
	return code;
}
