#include "core/job/matrix.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/job/steps.h"

struct matrix *matrix_new(void)
{
	struct matrix *m = xcalloc(1, sizeof *m);
	m->arena = arena_new();
	m->rows = xcalloc(MATRIX_MAX, sizeof *m->rows);
	return m;
}

void matrix_free(struct matrix *m)
{
	if (!m)
		return;
	arena_free(m->arena);
	free(m->rows);
	free(m);
}

size_t matrix_find(const struct matrix *m, const char *const *profiles, size_t n)
{
	for (size_t i = 0; i < m->n; i++)
		if (combo_is(&m->rows[i].combo, profiles, n))
			return i;
	return STR_NONE;
}

size_t matrix_add(struct matrix *m, const char *const *profiles, size_t n)
{
	size_t at = matrix_find(m, profiles, n);
	owned_buf struct buf name = { 0 };
	if (at != STR_NONE || m->n == MATRIX_MAX)
		return at;
	struct matrix_row *row = &m->rows[m->n];
	row->combo = combo_copy(m->arena, profiles, n);
	combo_append_name(&name, &row->combo);
	row->name = arena_text(m->arena, buf_str(&name));
	row->with = row->clash = STR_NONE;
	return m->n++;
}

void matrix_add_known(struct matrix *m, const char *const *profiles, size_t n)
{
	matrix_add(m, NULL, 0);
	for (size_t i = 0; i < n; i++)
		matrix_add(m, &profiles[i], 1);
}

/* ---- reading ---- */

static void matrix_tell(struct matrix *m, struct matrix_row *row, const struct problems *problems)
{
	const char **texts = arena_array(m->arena, MATRIX_PROBLEMS, sizeof *texts);
	row->problems = texts;
	for (enum severity s = SEVERITY_ERROR; s <= SEVERITY_WARNING; s++)
		for (size_t i = 0; i < problems_count(problems); i++) {
			const struct problem *p = problems_get(problems, i);
			owned_buf struct buf text = { 0 };
			if (p->severity != s)
				continue;
			*(s == SEVERITY_ERROR ? &row->errors : &row->warnings) += 1;
			if (row->nproblems == MATRIX_PROBLEMS)
				continue;
			problem_print(&text, p);
			texts[row->nproblems++] = arena_text(m->arena, buf_str(&text));
		}
}

/* What a COPY's source is in the context: the path as far as it is plain.  What the
 * builder would work out (variables, patterns, quotes) may be anything. */
static struct str matrix_source_path(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (strchr("$*?[\\\"'", word.p[i]))
			return STR("");
	return word;
}

static void matrix_describe(const struct context *context, struct str path, struct buf *out)
{
	owned(arena) struct arena *scratch = arena_new();
	struct str plain = matrix_source_path(path);
	while (plain.n && plain.p[0] == '/')
		plain = str_slice(plain, 1, plain.n);
	context_describe(context, arena_text(scratch, plain), out);
}

static bool matrix_has_flag(const struct instruction_parts *p, struct str name)
{
	for (size_t i = 0; i < p->nflags; i++)
		if (str_eq(p->flags[i].name, name))
			return true;
	return false;
}

/* What of the context an instruction takes; --from takes it from an image or a stage,
 * whose own instructions count. */
static void matrix_takes(const struct instruction *i, const struct context *context,
                         struct buf *out)
{
	const struct instruction_parts *p = i->parts;
	bool copies = i->kind == INSTRUCTION_COPY || i->kind == INSTRUCTION_ADD;
	if (!p || !context)
		return;
	if (i->kind == INSTRUCTION_RUN && matrix_has_flag(p, STR("mount")))
		for (size_t k = 0; k < p->nflags; k++)
			if (str_find_str(p->flags[k].value, STR("bind")) != STR_NONE)
				matrix_describe(context, STR(""), out);
	if (!copies || matrix_has_flag(p, STR("from")))
		return;
	for (size_t k = 0; k + 1 < p->nargs; k++)
		matrix_describe(context, p->args[k], out);
}

static bool matrix_works(const struct instruction *i)
{
	return instruction_makes_layer(i->kind) && i->kind != INSTRUCTION_FROM;
}

static void matrix_keys(struct matrix *m, struct matrix_row *row, const struct image_task *image)
{
	const struct recipe *r = steps_recipe(image);
	struct matrix_key *keys = arena_array(m->arena, r->ninstructions, sizeof *keys);
	size_t before = 0;
	for (size_t i = 0; i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		owned_buf struct buf text = { 0 };
		if (in->stage >= 0 && !r->stages[in->stage].reachable)
			continue;
		buf_printf(&text, "%zx %d ", before, in->stage);
		buf_append(&text, in->text);
		matrix_takes(in, image->context, &text);
		before = map_hash(buf_str(&text));
		keys[row->nkeys++] = (struct matrix_key){ before, matrix_works(in) };
	}
	row->keys = keys;
}

static void matrix_read_plan(struct matrix *m, struct matrix_row *row, const struct plan *plan)
{
	const struct image_task *image = plan_image(plan);
	row->image = plan->image ? arena_text(m->arena, str_of(plan->image)) : NULL;
	if (!image)
		return;
	row->no_cache = image->level.no_cache;
	matrix_keys(m, row, image);
}

bool matrix_read_next(struct matrix *m, const struct matrix_source *source)
{
	if (m->next == m->n)
		return false;
	struct matrix_row *row = &m->rows[m->next++];
	struct selection selection = *source->selection;
	owned(problems) struct problems *problems = problems_new();
	selection.profiles = row->combo.profiles;
	selection.nprofiles = row->combo.n;
	owned(settings) struct settings *settings = source->kind->settings(source->target, &selection,
	                                                                  source->files, problems);
	owned(plan) struct plan *plan = NULL;
	if (settings && settings->name && !m->project)
		m->project = arena_text(m->arena, str_of(settings->name));
	if (settings)
		plan = source->kind->plan(settings, &selection, source->files, problems);
	problems_sort(problems);
	matrix_tell(m, row, problems);
	if (plan && row->errors == 0)
		matrix_read_plan(m, row, plan);
	row->read = true;
	return true;
}

/* ---- what rows have in common ---- */

size_t matrix_common(const struct matrix_row *a, const struct matrix_row *b, size_t *ret_works)
{
	size_t n = 0, works = 0;
	while (n < a->nkeys && n < b->nkeys && a->keys[n].hash == b->keys[n].hash)
		works += a->keys[n++].works;
	if (ret_works)
		*ret_works = a->no_cache || b->no_cache ? 0 : works;
	return n;
}

static void matrix_relate_row(struct matrix *m, size_t at)
{
	struct matrix_row *row = &m->rows[at];
	row->with = row->clash = STR_NONE;
	row->shared = 0;
	for (size_t i = 0; row->image && i < m->n; i++) {
		const struct matrix_row *other = &m->rows[i];
		size_t shared = i == at || !other->image ? 0 : matrix_common(row, other, NULL);
		if (shared > row->shared) {
			row->shared = shared;
			row->with = i;
		}
		if (i < at && other->image && row->clash == STR_NONE &&
		    str_eq(str_of(other->image), str_of(row->image)))
			row->clash = i;
	}
}

void matrix_relate(struct matrix *m)
{
	for (size_t i = 0; i < m->n; i++)
		matrix_relate_row(m, i);
}

bool matrix_can_build(const struct matrix_row *row)
{
	return row->read && row->image && matrix_errors(row) == 0;
}

size_t matrix_errors(const struct matrix_row *row)
{
	return row->errors + (row->clash != STR_NONE);
}

/* ---- the order ---- */

static bool matrix_follows(const struct matrix *m, const size_t *rows, size_t at)
{
	size_t works = 0;
	for (size_t i = 0; i < at && !works; i++)
		matrix_common(&m->rows[rows[i]], &m->rows[rows[at]], &works);
	return works > 0;
}

void matrix_order(const struct matrix *m, const size_t *rows, size_t n, size_t *ret_order)
{
	size_t k = 0;
	for (int followers = 0; followers < 2; followers++)
		for (size_t i = 0; i < n; i++)
			if (matrix_follows(m, rows, i) == followers)
				ret_order[k++] = rows[i];
}

bool matrix_may_start(const struct matrix *m, size_t row, const struct matrix_running *running,
                      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t works;
		size_t common = matrix_common(&m->rows[row], &m->rows[running[i].row], &works);
		if (works && running[i].done < common)
			return false;
	}
	return true;
}
