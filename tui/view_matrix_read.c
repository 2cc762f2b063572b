/* Reading for the matrix: rows and builds in slices, and the batch that runs. */
#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/job.h"
#include "core/os/save.h"
#include "tui/view_matrix_inside.h"

enum {
	MATRIX_SLICE = 100,             /* builds read a turn, or one row: no key waits */
	MATRIX_LOOK_MS = 1000,          /* how often builds that run are looked at */
	MATRIX_TRIES = 8,               /* looks at folders without a journal */
};

static void matrix_dirty(struct view_matrix *v)
{
	if (v->view.app && app_view(v->view.app) == &v->view)
		app_dirty(v->view.app);
}

static const struct settings *matrix_settings(const struct view_matrix *v)
{
	return v->project->settings ? v->project->settings : v->project->good_settings;
}

bool matrix_is_reading(const struct view_matrix *v)
{
	return v->matrix->next < v->matrix->n;
}

/* ---- the batch that runs ---- */

static void matrix_unfollow(struct view_matrix *v)
{
	journal_free(v->journal);
	build_free(v->build);
	v->journal = NULL;
	v->build = NULL;
	v->batch = NULL;
}

static void matrix_batch_more(struct journal *journal, void *data)
{
	struct view_matrix *v = data;
	bool any = build_update(v->build, journal);
	if (v->build->done || journal_state(journal, NULL) != JOURNAL_RUNNING)
		matrix_unfollow(v);
	if (any)
		matrix_look(v);
	matrix_dirty(v);
}

void matrix_follow(struct view_matrix *v, const char *dir)
{
	struct error ignored;
	struct journal *journal = v->batch ? NULL : journal_open(dir, &ignored);
	if (!journal)
		return;
	v->batch = arena_text(v->arena, str_of(dir));
	v->journal = journal;
	v->build = build_from(journal);
	journal_follow(journal, v->loop, matrix_batch_more, v, &ignored);
}

const struct step *matrix_step(const struct view_matrix *v, size_t row)
{
	for (size_t i = 0; v->build && i < v->build->nsteps; i++)
		if (str_eq(v->build->steps[i].name, str_of(v->matrix->rows[row].name)))
			return &v->build->steps[i];
	return NULL;
}

/* ---- builds ---- */

static void matrix_take_item(struct view_matrix *v, const struct history_item *item)
{
	const struct settings *s = matrix_settings(v);
	size_t row = matrix_find(v->matrix, item->profiles, item->nprofiles);
	if (row == STR_NONE && s && batch_is_known(s, item))
		row = matrix_take(v, item->profiles, item->nprofiles);
	if (row == STR_NONE)
		return;
	struct history_item *last = &v->lines[row].last;
	int newer = last->id ? strcmp(item->id, last->id) : 1;
	if (newer > 0 || (newer == 0 && item->state != last->state))
		history_read_one(v->arena, item->dir, last);
}

/* One that is over is not read again. */
static void matrix_read_build(struct view_matrix *v, const char *id)
{
	owned(arena) struct arena *scratch = arena_new();
	struct history_item item;
	if (map_has(&v->seen, str_of(id)))
		return;
	if (!history_read_one(scratch, files_join(scratch, v->builds, id), &item)) {
		v->again = v->again || v->tries < MATRIX_TRIES;
		return;
	}
	if (item.state == HISTORY_RUNNING)
		v->again = true;
	else
		map_set(&v->seen, arena_str(v->arena, str_of(id)), v);
	if (batch_is_of(v->project, v->root, &item, false))
		matrix_take_item(v, &item);
	else if (item.state == HISTORY_RUNNING && batch_is_of(v->project, v->root, &item, true))
		matrix_follow(v, item.dir);
}

static void matrix_look_timer(struct loop *loop, void *data)
{
	struct view_matrix *v = data;
	(void)loop;
	v->look = 0;
	matrix_look(v);
}

static void matrix_slice(struct loop *loop, void *data)
{
	struct view_matrix *v = data;
	struct matrix_source source = batch_source(v->project, v->files);
	v->slice = 0;
	if (matrix_read_next(v->matrix, &source)) {
		if (!matrix_is_reading(v))
			matrix_relate(v->matrix);
	} else {
		for (size_t n = 0; n < MATRIX_SLICE && v->next < v->nids; n++)
			matrix_read_build(v, v->ids[v->next++]);
	}
	list_set_count(&v->list, v->matrix->n);
	if (matrix_is_reading(v) || v->next < v->nids)
		v->slice = loop_timer(loop, 0, matrix_slice, v);
	else if (v->again && !v->look)
		v->look = loop_timer(loop, MATRIX_LOOK_MS, matrix_look_timer, v);
	matrix_dirty(v);
}

static void matrix_go_on(struct view_matrix *v)
{
	if (!v->slice)
		v->slice = loop_timer(v->loop, 0, matrix_slice, v);
}

void matrix_look(struct view_matrix *v)
{
	struct error err;
	if (v->next < v->nids) {
		v->again = true;
		return;
	}
	arena_free(v->ids_arena);
	v->ids_arena = arena_new();
	v->next = v->nids = 0;
	v->again = false;
	v->tries++;
	v->ids = request_list(v->ids_arena, &v->nids, &err);
	if (!v->ids) {
		v->nids = 0;
		app_alert(v->view.app, "%s", err.text);
	}
	matrix_go_on(v);
}

static void matrix_changed(struct watch *watch, const char *path, void *data)
{
	struct view_matrix *v = data;
	(void)watch, (void)path;
	v->tries = 0;
	matrix_look(v);
}

void matrix_watch(struct view_matrix *v)
{
	v->watch = watch_new(v->loop, matrix_changed, v);
	watch_add(v->watch, v->builds);
}

/* ---- rows ---- */

size_t matrix_take(struct view_matrix *v, const char *const *profiles, size_t n)
{
	size_t before = v->matrix->n, row = matrix_add(v->matrix, profiles, n);
	if (v->matrix->n > before) {
		v->lines[row] = (struct matrix_line){ 0 };
		matrix_go_on(v);
	}
	list_set_count(&v->list, v->matrix->n);
	return row;
}

/* What was there and may still be: a profile by itself whose file is gone is not.  False:
 * a row is new, and may have been built before. */
static bool matrix_take_over(struct view_matrix *v, struct matrix *old,
                             const struct matrix_line lines[])
{
	for (size_t i = 0; i < old->n; i++) {
		const struct combo *c = &old->rows[i].combo;
		size_t row = matrix_find(v->matrix, c->profiles, c->n);
		if (row == STR_NONE && c->n > 1)
			row = matrix_add(v->matrix, c->profiles, c->n);
		if (row != STR_NONE)
			v->lines[row] = lines[i];
	}
	for (size_t i = 0; i < v->matrix->n; i++)
		if (matrix_find(old, v->matrix->rows[i].combo.profiles, v->matrix->rows[i].combo.n) ==
		    STR_NONE)
			return false;
	return true;
}

void matrix_begin(struct view_matrix *v)
{
	const struct settings *s = matrix_settings(v);
	owned(matrix) struct matrix *old = v->matrix;
	struct matrix_line *lines = xcalloc(MATRIX_MAX, sizeof *lines);
	memcpy(lines, v->lines, sizeof v->lines);
	memset(v->lines, 0, sizeof v->lines);
	v->matrix = matrix_new();
	matrix_add_known(v->matrix, s ? s->profiles : NULL, s ? s->nprofiles : 0);
	if (old && !matrix_take_over(v, old, lines)) {
		map_finish(&v->seen);
		v->seen = (struct map){ 0 };
		matrix_look(v);
	}
	free(lines);
	files_free(v->files);
	v->files = files_disk(".");
	list_set_count(&v->list, v->matrix->n);
	matrix_go_on(v);
}

void matrix_read_finish(struct view_matrix *v)
{
	loop_untimer(v->loop, v->slice);
	loop_untimer(v->loop, v->look);
	watch_free(v->watch);
	matrix_unfollow(v);
	map_finish(&v->seen);
	arena_free(v->ids_arena);
	matrix_free(v->matrix);
	files_free(v->files);
}
