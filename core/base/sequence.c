#include "core/base/sequence.h"

#include "core/base/check.h"
#include "core/base/map.h"

/* Differences that one search goes through before it takes the best way so far. */
#ifndef SEQUENCE_PATIENCE
#define SEQUENCE_PATIENCE 256
#endif

/* A rectangle of the grid on which every way from corner to corner is a script. */
struct sequence_box {
	ptrdiff_t a, a_end, b, b_end;
};

struct sequence_point {
	ptrdiff_t a, b;
};

/* How far a search has come on the diagonals (a - b) from low to high, every other one. */
struct sequence_front {
	ptrdiff_t *reach;
	ptrdiff_t low, high;
};

struct sequence {
	const uint32_t *a, *b;          /* only items that stand in both */
	const size_t *a_at, *b_at;      /* where they stand in the whole sequences */
	bool *gone, *come;              /* of the whole sequences: in no common part */
	struct sequence_front forth, back;
};

/* ---- the middle of a way ---- */

/* One more diagonal at both ends, as far as the box goes. */
static void sequence_widen(struct sequence_front *f, const struct sequence_box *box,
                           ptrdiff_t nowhere)
{
	if (f->low > box->a - box->b_end)
		f->reach[--f->low - 1] = nowhere;
	else
		f->low++;
	if (f->high < box->a_end - box->b)
		f->reach[++f->high + 1] = nowhere;
	else
		f->high--;
}

static bool sequence_holds(const struct sequence_front *f, ptrdiff_t diagonal)
{
	return f->low <= diagonal && diagonal <= f->high;
}

/* True when it has met the other search. */
static bool sequence_step_forth(struct sequence *s, const struct sequence_box *box, bool meets,
                                struct sequence_point *ret_at)
{
	struct sequence_front *f = &s->forth;
	sequence_widen(f, box, -1);
	for (ptrdiff_t k = f->high; k >= f->low; k -= 2) {
		ptrdiff_t left = f->reach[k - 1], up = f->reach[k + 1];
		ptrdiff_t a = left >= up ? left + 1 : up, b = a - k;
		while (a < box->a_end && b < box->b_end && s->a[a] == s->b[b])
			a++, b++;
		f->reach[k] = a;
		if (meets && sequence_holds(&s->back, k) && s->back.reach[k] <= a) {
			*ret_at = (struct sequence_point){ a, b };
			return true;
		}
	}
	return false;
}

static bool sequence_step_back(struct sequence *s, const struct sequence_box *box, bool meets,
                               struct sequence_point *ret_at)
{
	struct sequence_front *f = &s->back;
	sequence_widen(f, box, PTRDIFF_MAX);
	for (ptrdiff_t k = f->high; k >= f->low; k -= 2) {
		ptrdiff_t left = f->reach[k - 1], up = f->reach[k + 1];
		ptrdiff_t a = left < up ? left : up - 1, b = a - k;
		while (a > box->a && b > box->b && s->a[a - 1] == s->b[b - 1])
			a--, b--;
		f->reach[k] = a;
		if (meets && sequence_holds(&s->forth, k) && a <= s->forth.reach[k]) {
			*ret_at = (struct sequence_point){ a, b };
			return true;
		}
	}
	return false;
}

/* Where the search from the front has come farthest. */
static struct sequence_point sequence_farthest(const struct sequence *s,
                                               const struct sequence_box *box)
{
	struct sequence_point best = { box->a, box->b };
	for (ptrdiff_t k = s->forth.high; k >= s->forth.low; k -= 2) {
		ptrdiff_t a = s->forth.reach[k];
		if (a > box->a_end)
			a = box->a_end;
		if (a - k > box->b_end)
			a = box->b_end + k;
		if (a + (a - k) > best.a + best.b)
			best = (struct sequence_point){ a, a - k };
	}
	return best;
}

static struct sequence_point sequence_middle(struct sequence *s, const struct sequence_box *box)
{
	struct sequence_point at;
	ptrdiff_t first = box->a - box->b, last = box->a_end - box->b_end;
	bool odd = (first - last) & 1;
	s->forth.low = s->forth.high = first;
	s->back.low = s->back.high = last;
	s->forth.reach[first] = box->a;
	s->back.reach[last] = box->a_end;
	for (unsigned step = 0; step < SEQUENCE_PATIENCE; step++)
		if (sequence_step_forth(s, box, odd, &at) || sequence_step_back(s, box, !odd, &at))
			return at;
	return sequence_farthest(s, box);
}

/* Halves boxes until one of their sides is empty: what is left there has gone or come. */
static void sequence_divide(struct sequence *s, struct sequence_box box)
{
	for (;;) {
		while (box.a < box.a_end && box.b < box.b_end && s->a[box.a] == s->b[box.b])
			box.a++, box.b++;
		while (box.a < box.a_end && box.b < box.b_end &&
		       s->a[box.a_end - 1] == s->b[box.b_end - 1])
			box.a_end--, box.b_end--;
		if (box.a == box.a_end || box.b == box.b_end)
			break;
		struct sequence_point at = sequence_middle(s, &box);
		sequence_divide(s, (struct sequence_box){ box.a, at.a, box.b, at.b });
		box.a = at.a;
		box.b = at.b;
	}
	for (; box.a < box.a_end; box.a++)
		s->gone[s->a_at[box.a]] = true;
	for (; box.b < box.b_end; box.b++)
		s->come[s->b_at[box.b]] = true;
}

/* ---- the whole ---- */

/* Marks those from `from` to `to` that the other side does not have, and keeps the rest. */
static size_t sequence_keep(const uint32_t *items, size_t from, size_t to, const bool *has,
                            bool *marks, uint32_t *kept, size_t *kept_at)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++) {
		marks[i] = !has[items[i]];
		if (marks[i])
			continue;
		kept[n] = items[i];
		kept_at[n++] = i;
	}
	return n;
}

/* Of the part that is not equal at both ends; most: no item is as large. */
static void sequence_mark(struct arena *scratch, const struct sequence_change *part,
                          const uint32_t *a, const uint32_t *b, size_t most, bool *gone, bool *come)
{
	size_t from = part->a, na = part->a + part->na, nb = part->b + part->nb;
	bool *in_a = arena_array(scratch, most, sizeof *in_a);
	bool *in_b = arena_array(scratch, most, sizeof *in_b);
	uint32_t *kept = arena_array(scratch, most, sizeof *kept);
	size_t *kept_at = arena_array(scratch, most, sizeof *kept_at);
	for (size_t i = from; i < na; i++)
		in_a[a[i]] = true;
	for (size_t i = from; i < nb; i++)
		in_b[b[i]] = true;
	size_t n = sequence_keep(a, from, na, in_b, gone, kept, kept_at);
	size_t m = sequence_keep(b, from, nb, in_a, come, kept + n, kept_at + n);
	size_t diagonals = n + m + 3;
	struct sequence s = {
		.a = kept, .b = kept + n, .a_at = kept_at, .b_at = kept_at + n, .gone = gone, .come = come,
	};
	s.forth.reach = (ptrdiff_t *)arena_array(scratch, diagonals, sizeof *s.forth.reach) + m + 1;
	s.back.reach = (ptrdiff_t *)arena_array(scratch, diagonals, sizeof *s.back.reach) + m + 1;
	sequence_divide(&s, (struct sequence_box){ 0, (ptrdiff_t)n, 0, (ptrdiff_t)m });
}

static size_t sequence_gather(struct sequence_change *changes, const bool *gone, size_t na,
                              const bool *come, size_t nb)
{
	size_t n = 0, i = 0, k = 0;
	while (i < na || k < nb) {
		struct sequence_change c = { .a = i, .b = k };
		while (i < na && gone[i])
			i++;
		while (k < nb && come[k])
			k++;
		c.na = i - c.a;
		c.nb = k - c.b;
		if (c.na || c.nb)
			changes[n++] = c;
		else
			i++, k++;
	}
	return n;
}

static size_t sequence_keep_changes(struct arena *arena, const struct sequence_change *changes,
                                    size_t n, const struct sequence_change **ret_changes)
{
	struct sequence_change *kept = arena_array(arena, n, sizeof *kept);
	if (n)
		memcpy(kept, changes, n * sizeof *kept);
	*ret_changes = kept;
	return n;
}

size_t sequence_compare(struct arena *arena, const uint32_t *a, size_t na, const uint32_t *b,
                        size_t nb, const struct sequence_change **ret_changes)
{
	size_t from = 0, end_a = na, end_b = nb;
	while (from < na && from < nb && a[from] == b[from])
		from++;
	while (end_a > from && end_b > from && a[end_a - 1] == b[end_b - 1])
		end_a--, end_b--;
	struct sequence_change one = { from, end_a - from, from, end_b - from };
	/* Most are like this: nothing to search. */
	if (!one.na || !one.nb || (one.na == 1 && one.nb == 1))
		return sequence_keep_changes(arena, &one, one.na || one.nb, ret_changes);
	owned(arena) struct arena *scratch = arena_new();
	bool *gone = arena_array(scratch, na, sizeof *gone);
	bool *come = arena_array(scratch, nb, sizeof *come);
	struct sequence_change *changes =
		arena_array(scratch, (na < nb ? nb : na) + 1, sizeof *changes);
	sequence_mark(scratch, &one, a, b, na + nb, gone, come);
	size_t n = sequence_gather(changes, gone, na, come, nb);
	return sequence_keep_changes(arena, changes, n, ret_changes);
}

/* ---- lines ---- */

static struct str *sequence_cut(struct arena *a, struct str text, size_t *ret_n)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	struct str *lines = arena_array(a, n + 1, sizeof *lines), line;
	for (n = 0; text.n && str_next(&text, '\n', &line);)
		lines[n++] = line;
	*ret_n = n;
	return lines;
}

static uint32_t *sequence_number(struct arena *scratch, struct map *known, const struct str *lines,
                                 size_t n)
{
	uint32_t *items = arena_array(scratch, n, sizeof *items);
	for (size_t i = 0; i < n; i++) {
		if (!map_has(known, lines[i]))
			map_set(known, lines[i], NULL);
		items[i] = (uint32_t)map_index(known, lines[i]);
	}
	return items;
}

void sequence_lines(struct arena *arena, struct str a, struct str b,
                    struct sequence_lines *ret_lines)
{
	owned(arena) struct arena *scratch = arena_new();
	owned_map struct map known = { 0 };
	struct sequence_lines *r = ret_lines;
	*r = (struct sequence_lines){ 0 };
	r->a = sequence_cut(arena, a, &r->na);
	r->b = sequence_cut(arena, b, &r->nb);
	const uint32_t *first = sequence_number(scratch, &known, r->a, r->na);
	const uint32_t *second = sequence_number(scratch, &known, r->b, r->nb);
	r->nchanges = sequence_compare(arena, first, r->na, second, r->nb, &r->changes);
}
