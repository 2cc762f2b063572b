#include "tui/dockerfile_inside.h"

#include <string.h>

#include "core/recipe/values.h"
#include "tui/search.h"

void dockerfile_finish(struct dockerfile *d)
{
	values_free(d->values);
	arena_free(d->arena);
}

void dockerfile_show(struct dockerfile *d, const struct plan *plan, bool stale)
{
	const struct image_task *image = plan ? plan_image(plan) : NULL;
	unsigned line = d->list.cursor < d->list.n ? d->rows[d->list.cursor].line : 0;
	struct arena *old = d->arena;
	size_t cursor = d->list.cursor;
	values_free(d->values);
	*d = (struct dockerfile){ .arena = arena_new(), .list = d->list, .forced = -1,
	                          .stale = stale, .fills = d->fills };
	d->list.n = 0;
	if (image && image->recipe)
		dockerfile_read(d, image);
	list_set_count(&d->list, d->list.n);
	list_go(&d->list, cursor);
	if (line)
		dockerfile_go_to_line(d, line);
	if (d->fills)
		dockerfile_put_values(d);
	arena_free(old);
}

/* ---- marks ---- */

static bool dockerfile_is_about(const struct problem *p, const struct instruction *in)
{
	for (size_t i = 0; i < in->ncauses; i++) {
		struct span cause = value_span(in->causes[i]), key = value_key_span(in->causes[i]);
		bool inside = p->at.at >= cause.at && p->at.at - cause.at < (cause.size ? cause.size : 1);
		if (cause.source && p->at.source == cause.source && inside)
			return true;
		if (key.source && p->at.source == key.source && p->at.at == key.at)
			return true;
	}
	return false;
}

/* Of several on a line the worst, of those the first. */
static void dockerfile_mark_row(struct dockerfile *d, struct dockerfile_row *row, size_t problem,
                                const struct problem *p)
{
	static const char signs[] = { '!', '?', 'i' };
	const char *worst = row->mark ? strchr("!?i", row->mark) : NULL;
	char sign = signs[p->severity];
	if (worst && strchr("!?i", sign) >= worst)
		return;
	size_t start = (size_t)(row->text.p - d->recipe->text.p), end = start + row->text.n;
	size_t from = p->at.at > start ? p->at.at : start;
	size_t to = p->at.at + (size_t)p->at.size < end ? p->at.at + (size_t)p->at.size : end;
	row->mark = sign;
	row->problem = problem;
	row->from = (uint32_t)(from - start);
	row->to = to > from ? (uint32_t)(to - start) : 0;
}

/* The text of the source that was read is the text that is shown. */
bool dockerfile_has(const struct dockerfile *d, const struct problem *p)
{
	return p->at.source && dockerfile_is_read(d) &&
	       p->at.source == d->recipe->instructions[0].at.source;
}

bool dockerfile_is_at(const struct dockerfile *d, const struct dockerfile_row *row,
                      const struct problem *p)
{
	if (!row->line || row->kind != DOCKERFILE_TEXT || !dockerfile_has(d, p))
		return false;
	size_t start = (size_t)(row->text.p - d->recipe->text.p);
	return p->at.at >= start && p->at.at <= start + row->text.n;
}

static void dockerfile_mark_line(struct dockerfile *d, size_t problem, const struct problem *p)
{
	for (size_t i = 0; dockerfile_has(d, p) && i < d->list.n; i++)
		if (dockerfile_is_at(d, &d->rows[i], p)) {
			dockerfile_mark_row(d, &d->rows[i], problem, p);
			return;
		}
}

void dockerfile_mark(struct dockerfile *d, const struct problems *problems)
{
	size_t n = problems && d->recipe ? problems_count(problems) : 0;
	for (size_t i = 0; i < d->list.n; i++) {
		d->rows[i].mark = 0;
		d->rows[i].problem = STR_NONE;
	}
	for (size_t k = 0; d->recipe && k < d->recipe->ninstructions; k++)
		d->marks[k] = 0;
	for (size_t i = 0; i < n; i++) {
		const struct problem *p = problems_get(problems, i);
		dockerfile_mark_line(d, i, p);
		for (size_t k = 0; p->severity != SEVERITY_NOTE && k < d->recipe->ninstructions; k++)
			if (d->marks[k] != '!' && dockerfile_is_about(p, &d->recipe->instructions[k]))
				d->marks[k] = p->severity == SEVERITY_ERROR ? '!' : '?';
	}
}

void dockerfile_advise(struct dockerfile *d, const struct dockerfile_advice *advice, size_t n)
{
	for (size_t i = 0; i < d->list.n; i++) {
		struct dockerfile_row *row = &d->rows[i];
		row->advice = STR_NONE;
		for (size_t k = 0; k < n && row->kind == DOCKERFILE_TEXT; k++)
			if (row->line && advice[k].line == row->line && row->advice == STR_NONE)
				row->advice = k;
	}
}

void dockerfile_foretell(struct dockerfile *d, const struct foretold *f)
{
	const struct recipe *r = d->recipe;
	d->has_times = false;
	d->is_guess = f->is_stale;
	d->foretold = NULL;
	if (!r || !f->arena)
		return;
	d->foretold = arena_array(d->arena, r->ninstructions + 1, sizeof(struct forecast_step *));
	for (size_t i = 0; i < r->ninstructions; i++) {
		d->foretold[i] = foretold_find(f, r, i);
		d->has_times = d->has_times || (d->foretold[i] && d->foretold[i]->p50 >= 0);
	}
}

/* ---- moving ---- */

int dockerfile_instruction(const struct dockerfile *d)
{
	return d->list.cursor < d->list.n ? d->rows[d->list.cursor].instruction : -1;
}

int dockerfile_instruction_above(const struct dockerfile *d)
{
	for (size_t i = d->list.cursor + 1; i > 0 && d->list.cursor < d->list.n; i--)
		if (d->rows[i - 1].instruction >= 0)
			return d->rows[i - 1].instruction;
	return -1;
}

const struct dockerfile_row *dockerfile_row(const struct dockerfile *d)
{
	return d->list.cursor < d->list.n ? &d->rows[d->list.cursor] : NULL;
}

static size_t dockerfile_row_of(const struct dockerfile *d, int instruction)
{
	for (size_t i = 0; i < d->list.n; i++)
		if (d->rows[i].instruction == instruction)
			return i;
	return STR_NONE;
}

void dockerfile_go(struct dockerfile *d, int instruction)
{
	size_t row = instruction < 0 ? STR_NONE : dockerfile_row_of(d, instruction);
	if (row != STR_NONE)
		list_go(&d->list, row);
}

bool dockerfile_is_lit(const struct dockerfile *d, size_t row)
{
	int instruction = d->rows[row].instruction;
	return instruction >= 0 && d->lit[instruction];
}

size_t dockerfile_mark_changed(struct dockerfile *d, const struct map *texts)
{
	size_t n = 0;
	d->changed = NULL;
	if (!texts || !d->recipe)
		return 0;
	d->changed = arena_array(d->arena, d->recipe->ninstructions, sizeof *d->changed);
	for (size_t i = 0; i < d->recipe->ninstructions; i++) {
		d->changed[i] = !map_has(texts, d->recipe->instructions[i].text);
		n += d->changed[i];
	}
	return n;
}

bool dockerfile_go_to_line(struct dockerfile *d, unsigned line)
{
	for (size_t i = 0; i < d->list.n; i++)
		if (d->rows[i].line == line) {
			list_go(&d->list, i);
			return true;
		}
	return false;
}

bool dockerfile_go_lit(struct dockerfile *d)
{
	for (size_t i = 0; i < d->list.n; i++)
		if (dockerfile_is_lit(d, i)) {
			list_go(&d->list, i);
			return true;
		}
	return false;
}

void dockerfile_show_lit(struct dockerfile *d)
{
	size_t first = STR_NONE;
	for (size_t i = 0; i < d->list.n; i++) {
		if (!dockerfile_is_lit(d, i))
			continue;
		if (i >= d->list.top && i < d->list.top + d->list.height)
			return;
		first = first == STR_NONE ? i : first;
	}
	if (first != STR_NONE)
		list_go(&d->list, first);
}

bool dockerfile_section(struct dockerfile *d, bool down)
{
	size_t i = d->list.cursor;
	while (down ? i + 1 < d->list.n : i > 0) {
		i = down ? i + 1 : i - 1;
		int instruction = d->rows[i].instruction;
		if (i == 0 || d->rows[i].kind == DOCKERFILE_GROUP ||
		    (instruction >= 0 && d->recipe->instructions[instruction].kind == INSTRUCTION_FROM)) {
			list_go(&d->list, i);
			return true;
		}
	}
	return false;
}

static struct str dockerfile_text(const void *data, size_t i)
{
	const struct dockerfile *d = data;
	const struct dockerfile_row *row = &d->rows[i];
	return d->fills && row->filled.p ? row->filled : row->text;
}

bool dockerfile_search(struct dockerfile *d, struct str needle, bool down)
{
	size_t i = search_lines(d->list.n, d->list.cursor, down, needle, dockerfile_text, d);
	if (i == STR_NONE)
		return false;
	list_go(&d->list, i);
	return true;
}
