/* mortar matrix: a project in several combinations of profiles. */
#include <stdio.h>

#include "core/base/utf8.h"
#include "core/job/job.h"
#include "core/os/clock.h"
#include "core/value/json.h"
#include "tui/batch.h"
#include "tui/command.h"
#include "tui/follow.h"
#include "tui/text.h"
#include "tui/project_options.h"

enum { MATRIX_COLUMNS = 5 };

struct matrix_shown {
	struct arena *arena;
	struct project *project;
	struct files *files;
	struct matrix *matrix;
	const struct history_item **last;       /* one a row; NULL: never built */
};

/* ---- which combinations ---- */

static bool matrix_take_given(struct matrix_shown *s, const struct args *args, struct error *err)
{
	for (size_t i = 1; i < args->noperands; i++) {
		struct combo combo = combo_parse(s->arena, str_of(args->operands[i]));
		if (matrix_add(s->matrix, combo.profiles, combo.n) == STR_NONE)
			return error_set(err, ERROR_USAGE, "more than %d combinations", MATRIX_MAX);
	}
	return true;
}

static void matrix_take_history(struct matrix_shown *s, const struct history_list *list)
{
	const struct project *p = s->project;
	const char *root = files_absolute(s->arena, p->target.root);
	bool given = s->matrix->n > 0;
	s->last = arena_array(s->arena, MATRIX_MAX, sizeof *s->last);
	if (!given && p->settings)
		matrix_add_known(s->matrix, p->settings->profiles, p->settings->nprofiles);
	if (!s->matrix->n)
		matrix_add(s->matrix, NULL, 0);
	for (size_t i = 0; i < list->n; i++) {
		const struct history_item *item = &list->items[i];
		size_t row = matrix_find(s->matrix, item->profiles, item->nprofiles);
		if (!batch_is_of(p, root, item, false))
			continue;
		if (row == STR_NONE && !given && p->settings && batch_is_known(p->settings, item))
			row = matrix_add(s->matrix, item->profiles, item->nprofiles);
		if (row != STR_NONE && !s->last[row])
			s->last[row] = item;
	}
}

static bool matrix_read(struct matrix_shown *s, const struct args *args, struct error *err)
{
	struct history_list list;
	struct matrix_source source = batch_source(s->project, s->files);
	project_select_profiles(s->project, NULL, 0);
	s->project->selection.level = batch_level(s->project, args_get(args, "cache"));
	project_read_settings(s->project);
	if (!history_read(s->arena, (size_t)-1, &list, err) || !matrix_take_given(s, args, err))
		return false;
	matrix_take_history(s, &list);
	while (matrix_read_next(s->matrix, &source))
		continue;
	matrix_relate(s->matrix);
	return true;
}

/* ---- the table ---- */

static void matrix_append_last(struct buf *out, const struct history_item *item)
{
	if (!item) {
		buf_append(out, STR("never"));
		return;
	}
	buf_printf(out, "%s ", history_state_name(item->state));
	clock_append_local(out, item->started);
	if (item->ended > 0) {
		buf_append_char(out, ' ');
		clock_append_seconds(out, item->ended - item->started);
	}
}

/* The cells of a row as visible text, newline-separated. */
static void matrix_row_cells(const struct matrix_shown *s, size_t at, struct buf cells[])
{
	const struct matrix_row *row = &s->matrix->rows[at];
	buf_append_text(&cells[0], row->name);
	buf_append_text(&cells[1], row->image ? row->image : "-");
	batch_append_problems(&cells[2], row);
	batch_append_shared(&cells[3], s->matrix, row);
	matrix_append_last(&cells[4], s->last[at]);
}

static void matrix_line(const struct matrix_shown *s, size_t at, struct str ret_cells[])
{
	static const char *const titles[MATRIX_COLUMNS] = {
		"COMBINATION", "IMAGE", "PROBLEMS", "SHARED", "LAST BUILD",
	};
	struct buf cells[MATRIX_COLUMNS] = { { 0 } };
	if (at > 0)
		matrix_row_cells(s, at - 1, cells);
	for (size_t c = 0; c < MATRIX_COLUMNS; c++) {
		owned_buf struct buf visible = { 0 };
		if (at == 0)
			buf_append_text(&cells[c], titles[c]);
		utf8_append_visible(&visible, cells[c].n ? buf_str(&cells[c]) : STR("-"));
		ret_cells[c] = arena_str(s->arena, buf_str(&visible));
		buf_finish(&cells[c]);
	}
}

static void matrix_table(const struct matrix_shown *s, struct buf *out)
{
	size_t n = s->matrix->n + 1, widths[MATRIX_COLUMNS] = { 0 };
	struct str *cells = arena_array(s->arena, n * MATRIX_COLUMNS, sizeof *cells);
	for (size_t i = 0; i < n; i++) {
		matrix_line(s, i, &cells[i * MATRIX_COLUMNS]);
		for (size_t c = 0; c < MATRIX_COLUMNS; c++) {
			size_t width = text_width(cells[i * MATRIX_COLUMNS + c]);
			widths[c] = width > widths[c] ? width : widths[c];
		}
	}
	for (size_t i = 0; i < n * MATRIX_COLUMNS; i++) {
		size_t c = i % MATRIX_COLUMNS;
		buf_append(out, cells[i]);
		if (c + 1 < MATRIX_COLUMNS)
			buf_append_fill(out, ' ', widths[c] - text_width(cells[i]) + 2);
		else
			buf_append_char(out, '\n');
	}
}

/* ---- JSON ---- */

static struct value *matrix_texts(struct arena *a, const char *const *texts, size_t n)
{
	struct value *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(texts[i])));
	return list;
}

static struct value *matrix_null(struct arena *a)
{
	return value_new(a, VALUE_NULL, STR("null"), (struct span){ 0 });
}

static struct value *matrix_shared_json(const struct matrix_shown *s, const struct matrix_row *row)
{
	struct value *o = value_new_object(s->arena);
	if (row->with == STR_NONE)
		return matrix_null(s->arena);
	const struct matrix_row *other = &s->matrix->rows[row->with];
	value_set(s->arena, o, "with", value_new_string(s->arena, str_of(other->name)));
	value_set(s->arena, o, "instructions",
	          value_new_integer(s->arena, (long long)row->shared));
	return o;
}

static struct value *matrix_row_json(const struct matrix_shown *s, size_t at)
{
	struct arena *a = s->arena;
	const struct matrix_row *row = &s->matrix->rows[at];
	struct value *o = value_new_object(a);
	value_set(a, o, "name", value_new_string(a, str_of(row->name)));
	value_set(a, o, "profiles", matrix_texts(a, row->combo.profiles, row->combo.n));
	value_set(a, o, "image", row->image ? value_new_string(a, str_of(row->image))
	                                    : matrix_null(a));
	value_set(a, o, "errors", value_new_integer(a, (long long)matrix_errors(row)));
	value_set(a, o, "warnings", value_new_integer(a, (long long)row->warnings));
	value_set(a, o, "problems", matrix_texts(a, row->problems, row->nproblems));
	if (row->clash != STR_NONE)
		value_set(a, o, "same_image",
		          value_new_string(a, str_of(s->matrix->rows[row->clash].name)));
	value_set(a, o, "instructions", value_new_integer(a, (long long)row->nkeys));
	value_set(a, o, "shared", matrix_shared_json(s, row));
	value_set(a, o, "last_build", s->last[at] ? history_describe(a, s->last[at])
	                                          : matrix_null(a));
	return o;
}

static void matrix_json(const struct matrix_shown *s, struct buf *out)
{
	struct arena *a = s->arena;
	const struct project *p = s->project;
	const struct settings *settings = p->settings;
	struct value *o = value_new_object(a), *list = value_new_array(a);
	value_set(a, o, "project", value_new_string(a, str_of(settings ? settings->name
	                                                               : p->target.name)));
	value_set(a, o, "kind", value_new_string(a, str_of(p->kind->name)));
	value_set(a, o, "level", value_new_string(a, str_of(p->selection.level)));
	value_set(a, o, "profiles", settings ? matrix_texts(a, settings->profiles,
	                                                    settings->nprofiles)
	                                     : value_new_array(a));
	for (size_t i = 0; i < s->matrix->n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, matrix_row_json(s, i));
	value_set(a, o, "combinations", list);
	value_write_json(out, o, JSON_FILE);
	buf_append_char(out, '\n');
}

/* What keeps a combination from being built goes to stderr. */
static int matrix_say_errors(const struct matrix_shown *s)
{
	int code = 0;
	for (size_t i = 0; i < s->matrix->n; i++) {
		const struct matrix_row *row = &s->matrix->rows[i];
		if (matrix_can_build(row))
			continue;
		code = error_exit_code(ERROR_PROJECT);
		for (size_t k = 0; k < row->nproblems && k < row->errors; k++)
			command_say("%s (combination %s)", row->problems[k], row->name);
		if (row->clash != STR_NONE)
			command_say("mortar: the image of combination %s, %s, is also that of %s: they "
			            "cannot be built beside each other", row->name, row->image,
			            s->matrix->rows[row->clash].name);
	}
	return code;
}

static int matrix_show(const struct matrix_shown *s, bool json)
{
	owned_buf struct buf out = { 0 };
	if (json)
		matrix_json(s, &out);
	else
		matrix_table(s, &out);
	int code = matrix_say_errors(s), written = command_output(buf_str(&out));
	return written ? written : code;
}

/* ---- building ---- */

static int matrix_build(const struct matrix_shown *s, const struct args *args, size_t jobs,
                        enum follow_form form)
{
	struct error err;
	follow_hold_interrupts();
	const char *id = request_new_id(&err);
	if (!id)
		return command_fail(&err);
	struct request request = batch_request(s->project, s->files, s->arena, id);
	struct combo *combos = arena_array(s->arena, s->matrix->n, sizeof *combos);
	for (size_t i = 0; i < s->matrix->n; i++)
		combos[i] = s->matrix->rows[i].combo;
	request.combos = combos;
	request.ncombos = s->matrix->n;
	request.jobs = jobs;
	if (!job_start(&request, NULL, &err))
		return command_fail(&err);
	if (args_has(args, "detach"))
		return command_output(str_of(arena_printf(s->arena, "%s\n", id)));
	const char *dir = request_find(id, &err);
	return dir ? follow_run(dir, form) : command_fail(&err);
}

static bool matrix_ask(const struct args *args, size_t *ret_jobs, enum follow_form *ret_form,
                       struct error *err)
{
	static const char *const build_only[] = { "jobs", "detach", "progress" };
	unsigned long long jobs = BATCH_JOBS;
	const char *given = args_get(args, "jobs");
	bool build = args_has(args, "build");
	for (size_t i = 0; !build && i < sizeof build_only / sizeof *build_only; i++)
		if (args_has(args, build_only[i]))
			return error_set(err, ERROR_USAGE, "--%s goes with --build", build_only[i]);
	if (build && args_has(args, "json"))
		return error_set(err, ERROR_USAGE, "--json shows the table; to follow a batch as JSON "
		                 "lines give --progress json");
	if (given && (!str_number(str_of(given), REQUEST_JOBS_MAX, &jobs) || jobs == 0))
		return error_set(err, ERROR_USAGE, "--jobs needs a number from 1 to %d, not '%s'",
		                 REQUEST_JOBS_MAX, given);
	*ret_jobs = (size_t)jobs;
	return follow_form_parse(args_get(args, "progress"), ret_form, err);
}

int cmd_matrix(struct arena *arena, const struct args *args)
{
	struct error err;
	size_t jobs = BATCH_JOBS;
	enum follow_form form;
	if (!matrix_ask(args, &jobs, &form, &err))
		return command_fail(&err);
	project_options_export(args);
	owned(project) struct project *project = project_open(args, 0, &err);
	owned(files) struct files *files = files_disk(".");
	owned(matrix) struct matrix *matrix = matrix_new();
	struct matrix_shown s = { .arena = arena, .project = project, .files = files,
	                          .matrix = matrix };
	if (!project || !matrix_read(&s, args, &err))
		return command_fail(&err);
	return args_has(args, "build") ? matrix_build(&s, args, jobs, form)
	                               : matrix_show(&s, args_has(args, "json"));
}
