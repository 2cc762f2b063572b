/* The Dockerfile pane: its text with the values of variables in their place. */
#include "core/recipe/values.h"
#include "tui/dockerfile_inside.h"

/* A line as written and as it would run, while the values in it are looked for. */
struct filler {
	struct dockerfile *d;
	const struct variable_use *uses;        /* of the instruction */
	size_t nuses;
	size_t base;                            /* what the uses' places count from */
};

/* Whether the text has this part there. */
static bool fill_is_at(struct str text, size_t at, struct str part)
{
	return str_has_prefix(str_slice(text, at, text.n), part);
}

/* How many bytes of the filled line stand in the place of a use: what it became is told from
 * what is written behind it, up to the next use. */
static size_t fill_size(const struct variable_use *use, struct str filled, size_t at,
                        struct str behind, bool is_last)
{
	size_t left = filled.n - at;
	if (is_last)
		return left > behind.n ? left - behind.n : 0;
	const struct variable *v = use->variable;
	if (v && v->is_set && fill_is_at(filled, at, v->value) &&
	    fill_is_at(filled, at + v->value.n, behind))
		return v->value.n;
	size_t size = behind.n ? str_find_str(str_slice(filled, at, filled.n), behind) : 0;
	return size == STR_NONE ? 0 : size;
}

/* from: where the line begins, as the uses count. */
static void fill_runs(const struct filler *f, struct dockerfile_row *row, size_t from)
{
	struct dockerfile_run *runs = arena_array(f->d->arena, f->nuses + 1, sizeof *runs);
	size_t written = 0, at = 0, to = from + row->text.n;
	for (size_t i = 0; i < f->nuses; i++) {
		const struct span *use = &f->uses[i].at;
		if (use->at < from + written || use->at + (size_t)use->size > to)
			continue;
		bool is_last = i + 1 == f->nuses || f->uses[i + 1].at.at >= to;
		size_t next = is_last ? to : f->uses[i + 1].at.at;
		at += use->at - from - written;
		written = use->at + use->size - from;
		struct str whole = str_slice(row->text, use->at - from, use->size);
		struct str behind = str_slice(row->text, written, next - from - written);
		if (at > row->filled.n)
			break;
		bool is_same = fill_is_at(row->filled, at, whole);
		size_t size = is_same ? whole.n
		                      : fill_size(&f->uses[i], row->filled, at, behind, is_last);
		if (!is_same && size)
			runs[row->nruns++] = (struct dockerfile_run){ (uint32_t)at, (uint32_t)size };
		at += size;
	}
	row->runs = runs;
}

static void fill_instruction(struct dockerfile *d, size_t *row, int instruction)
{
	const struct instruction *in = &d->recipe->instructions[instruction];
	struct str filled = values_text(d->values, d->arena, instruction), line = { 0 };
	struct variable_use *uses = NULL;
	struct filler f = { .d = d };
	f.nuses = values_uses(d->values, instruction, d->arena, &uses);
	f.uses = uses;
	f.base = in->at.source ? 0 : (size_t)(d->rows[*row].text.p - d->recipe->text.p);
	for (; *row < d->list.n && d->rows[*row].instruction == instruction; (*row)++) {
		struct dockerfile_row *r = &d->rows[*row];
		if (!str_next(&filled, '\n', &line) || str_eq(line, r->text))
			continue;
		r->filled = line;
		fill_runs(&f, r, (size_t)(r->text.p - d->recipe->text.p) - f.base);
	}
}

void dockerfile_put_values(struct dockerfile *d)
{
	if (d->is_filled)
		return;
	d->is_filled = true;
	for (size_t i = 0; i < d->list.n;) {
		if (d->rows[i].instruction < 0)
			i++;
		else
			fill_instruction(d, &i, d->rows[i].instruction);
	}
}

void dockerfile_fill(struct dockerfile *d, bool fills)
{
	if (fills)
		dockerfile_put_values(d);
	d->fills = fills;
}
