/* A batch on a pool: which engine each of its builds goes to. */
#include <string.h>

#include "core/history/list.h"
#include "core/job/batch_inside.h"
#include "core/job/pool_row.h"
#include "core/os/clock.h"
#include "core/os/files.h"
#include "core/os/save.h"

/* So far back it is looked for builds of the combinations. */
enum { BATCH_LOOK = 400 };

static bool batch_engine_made(const struct batch_engine *e, const struct history_item *item)
{
	return e->is.address && strcmp(e->is.address, item->address) == 0 &&
	       strcmp(e->is.engine, item->engine) == 0;
}

/* Combinations that were built on these engines before. */
static void batch_pool_remember(struct batch *b)
{
	owned(files) struct files *disk = files_disk("/");
	struct files_list all = { 0 };
	struct history_item item;
	struct error ignored;
	const char *builds = save_state_dir("builds", &ignored);
	const char *root = files_absolute(b->arena, b->target.root);
	if (!builds || files_list(disk, builds, b->arena, &all, &ignored) != FILES_OK)
		return;
	for (size_t i = all.n; i > 0 && all.n - i < BATCH_LOOK; i--) {
		const char *id = all.entries[i - 1].name;
		/* A look at the lock of its own would cost the job that lock (fcntl(2)). */
		if (!strcmp(id, b->request->id) ||
		    !history_read_one(b->arena, files_join(b->arena, builds, id), &item) ||
		    item.state != HISTORY_DONE || item.imported || strcmp(item.root, root) != 0)
			continue;
		size_t row = matrix_find(b->matrix, item.profiles, item.nprofiles);
		for (size_t k = 0; row != STR_NONE && k < b->nengines; k++)
			if (batch_engine_made(&b->engines[k], &item))
				b->engines[k].former[row] = true;
	}
}

static void batch_pool_told(void *data, struct pool_engine *engines, size_t n)
{
	struct batch *b = data;
	owned_buf struct buf out = { 0 };
	b->engines = arena_array(b->arena, n, sizeof *b->engines);
	b->nengines = n;
	for (size_t i = 0; i < n; i++) {
		struct pool_engine *e = &b->engines[i].is;
		*e = engines[i];
		e->engine = e->engine ? arena_text(b->arena, str_of(e->engine)) : NULL;
		e->address = e->address ? arena_text(b->arena, str_of(e->address)) : NULL;
		e->platform = e->platform ? arena_text(b->arena, str_of(e->platform)) : NULL;
		e->limit = b->request->jobs;
		e->forecast = (struct forecast){ 0 };
		b->engines[i].others = e->running;
		b->engines[i].former = arena_array(b->arena, b->n, sizeof *b->engines[i].former);
	}
	pool_append_left_out(&out, engines, n);
	pool_asking_free(b->asking);
	b->asking = NULL;
	if (out.n) {
		owned_buf struct buf text = { 0 };
		buf_printf(&text, "the pool %s goes without %s", b->request->engine, buf_text(&out));
		record_warning(b->record, -1, buf_str(&text));
	}
	batch_pool_remember(b);
	batch_go_on(b);
}

void batch_pool_ask(struct batch *b)
{
	struct pool_ask ask = { .request = b->request };
	if (b->request->pool.n)
		b->asking = pool_ask(b->loop, &ask, batch_pool_told, b);
}

/* What the engine has to do with other rows of the matrix. */
static size_t batch_pool_rows(const struct batch *b, size_t engine, struct pool_row *rows)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_build *build = &b->builds[i];
		bool is_there = build->engine == engine;
		if (is_there && build->state == BATCH_RUNS)
			rows[n++] = (struct pool_row){ i, POOL_ROW_RUNS, batch_build_done(build) };
		else if (is_there && build->state == BATCH_ENDED && build->ok)
			rows[n++] = (struct pool_row){ i, POOL_ROW_BUILT, 0 };
		if (b->engines[engine].former[i])
			rows[n++] = (struct pool_row){ i, POOL_ROW_FORMER, 0 };
	}
	return n;
}

enum pool_answer batch_pool_pick(struct batch *b, size_t build, size_t *ret_engine)
{
	owned(arena) struct arena *a = arena_new();
	struct pool_engine *engines = arena_array(a, b->nengines, sizeof *engines);
	struct pool_row *rows = arena_array(a, 2 * b->n, sizeof *rows);
	for (size_t i = 0; i < b->nengines; i++) {
		engines[i] = b->engines[i].is;
		engines[i].running = b->engines[i].others;
		for (size_t k = 0; k < b->n; k++)
			engines[i].running += b->builds[k].state == BATCH_RUNS && b->builds[k].engine == i;
		pool_weigh_row(b->matrix, build, rows, batch_pool_rows(b, i, rows), &engines[i]);
	}
	struct pool_want want = pool_want(a, &b->request->selection);
	return pool_pick(engines, b->nengines, &want, ret_engine);
}

static size_t batch_pool_find(const struct batch *b, struct str member)
{
	for (size_t i = 0; i < b->nengines; i++)
		if (str_eq(member, str_of(b->engines[i].is.name)))
			return i;
	return STR_NONE;
}

/* Where it was, nothing is to be had any more. */
static void batch_pool_lose(struct batch *b, size_t engine, struct str why)
{
	if (engine != STR_NONE && !b->engines[engine].is.why.code)
		error_set(&b->engines[engine].is.why, ERROR_UNREACHABLE, "%.*s", STR_ARG(why));
}

void batch_pool_follow(struct batch_build *build)
{
	struct batch *b = build->batch;
	const struct build *now = build->build;
	size_t at = batch_pool_find(b, now->member);
	struct str why = now->lost.n ? now->lost : STR("it did not answer when the build began");
	if (!b->nengines || !now->member.n || at == build->engine)
		return;
	batch_pool_lose(b, build->engine, why);
	bool is_moved = build->engine != STR_NONE;
	build->engine = at;
	struct arena *a = record_arena(b->record);
	struct value *o = value_new_object(a);
	value_set(a, o, "engine", value_new_string(a, arena_str(a, now->engine)));
	value_set(a, o, "address", value_new_string(a, arena_str(a, now->address)));
	value_set(a, o, "member", value_new_string(a, arena_str(a, now->member)));
	if (is_moved)
		value_set(a, o, "reason", value_new_string(a, arena_str(a, why)));
	record_event(b->record, EVENT_ENGINE, (int)build->row, o);
}
