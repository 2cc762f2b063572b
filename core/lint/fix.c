#include "core/lint/fix.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/sequence.h"
#include "core/base/utf8.h"

bool fix_is_for(const struct problem *p, const struct source *source)
{
	for (size_t i = 0; i < p->nfix; i++) {
		struct span at = p->fix[i].at;
		if (at.source != source || at.at > source->text.n || at.size > source->text.n - at.at)
			return false;
	}
	return p->nfix > 0;
}

/* Two at one place overlap as well: nobody knows which comes first. */
static bool fix_overlaps(struct span a, struct span b)
{
	return a.at == b.at || (a.at < b.at + b.size && b.at < a.at + a.size);
}

static bool fix_fits(const struct problem *p, const struct edit *const *taken, size_t n)
{
	for (size_t i = 0; i < p->nfix; i++)
		for (size_t k = 0; k < n; k++)
			if (fix_overlaps(p->fix[i].at, taken[k]->at))
				return false;
	return true;
}

static int fix_compare(const void *one, const void *two)
{
	const struct edit *a = *(const struct edit *const *)one, *b = *(const struct edit *const *)two;
	return (a->at.at > b->at.at) - (a->at.at < b->at.at);
}

size_t fix_apply(const struct problems *problems, const struct source *source, struct buf *out)
{
	size_t most = 0, n = 0, mended = 0, at = 0;
	for (size_t i = 0; i < problems_count(problems); i++)
		most += problems_get(problems, i)->nfix;
	owned(arena) struct arena *arena = arena_new();
	const struct edit **taken = arena_array(arena, most + 1, sizeof *taken);
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (!fix_is_for(p, source) || !fix_fits(p, taken, n))
			continue;
		for (size_t k = 0; k < p->nfix; k++)
			taken[n++] = &p->fix[k];
		mended++;
	}
	if (!mended)
		return 0;
	qsort(taken, n, sizeof *taken, fix_compare);
	for (size_t i = 0; i < n; i++) {
		CHECK(taken[i]->at.at >= at);
		buf_append(out, str_slice(source->text, at, taken[i]->at.at - at));
		buf_append(out, taken[i]->text);
		at = taken[i]->at.at + taken[i]->at.size;
	}
	buf_append(out, str_slice(source->text, at, STR_NONE));
	return mended;
}

/* ---- what changed ---- */

enum { FIX_AROUND = 3 };

static void fix_append_line(struct buf *out, char mark, const struct str *lines, size_t n, size_t i,
                            struct str text)
{
	buf_append_char(out, mark);
	buf_append(out, lines[i]);
	buf_append_char(out, '\n');
	if (i + 1 == n && !str_has_suffix(text, STR("\n")))
		buf_append_text(out, "\\ No newline at end of file\n");
}

/* One hunk: the changes [from, to), whose surroundings touch. */
static void fix_append_hunk(struct buf *out, const struct sequence_lines *l, size_t from, size_t to,
                            struct str before, struct str after)
{
	const struct sequence_change *first = &l->changes[from], *last = &l->changes[to - 1];
	size_t front = first->a < FIX_AROUND ? first->a : FIX_AROUND;
	size_t a = first->a - front, b = first->b - front;
	size_t rest = l->na - (last->a + last->na), back = rest < FIX_AROUND ? rest : FIX_AROUND;
	size_t end = last->a + last->na + back, na = end - a;
	size_t nb = last->b + last->nb + back - b;
	buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", na ? a + 1 : a, na, nb ? b + 1 : b, nb);
	for (size_t i = from; i < to; i++) {
		const struct sequence_change *c = &l->changes[i];
		for (; a < c->a; a++)
			fix_append_line(out, ' ', l->a, l->na, a, before);
		for (; a < c->a + c->na; a++)
			fix_append_line(out, '-', l->a, l->na, a, before);
		for (size_t k = c->b; k < c->b + c->nb; k++)
			fix_append_line(out, '+', l->b, l->nb, k, after);
	}
	for (; a < end; a++)
		fix_append_line(out, ' ', l->a, l->na, a, before);
}

void fix_append_diff(struct buf *out, struct str path, struct str before, struct str after)
{
	owned(arena) struct arena *arena = arena_new();
	struct sequence_lines l;
	sequence_lines(arena, before, after, &l);
	if (!l.nchanges)
		return;
	buf_append_text(out, "--- ");
	utf8_append_visible(out, path);
	buf_append_text(out, "\n+++ ");
	utf8_append_visible(out, path);
	buf_append_char(out, '\n');
	for (size_t i = 0, end; i < l.nchanges; i = end) {
		for (end = i + 1; end < l.nchanges; end++) {
			const struct sequence_change *c = &l.changes[end - 1];
			if (l.changes[end].a - (c->a + c->na) > 2 * FIX_AROUND)
				break;
		}
		fix_append_hunk(out, &l, i, end, before, after);
	}
}
