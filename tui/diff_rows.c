#include "tui/diff_rows.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/value/json.h"
#include "tui/origin_mark.h"

/* A value that takes more room than this stands below its pointer. */
enum { DIFF_SHORT = 60, DIFF_AROUND = 3 };

void diff_rows_finish(struct diff_rows *r)
{
	arena_free(r->arena);
	free(r->rows);
	*r = (struct diff_rows){ 0 };
}

static void diff_rows_clear(struct diff_rows *r)
{
	arena_free(r->arena);
	r->arena = arena_new();
	r->n = 0;
}

static struct diff_row *diff_rows_add(struct diff_rows *r, enum diff_row_kind kind, char sign,
                                      struct str text)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		r->rows = xrealloc(r->rows, r->cap, sizeof *r->rows);
	}
	struct diff_row *row = &r->rows[r->n++];
	*row = (struct diff_row){ .kind = kind, .sign = sign, .document = STR_NONE,
	                          .difference = STR_NONE, .text = text };
	return row;
}

/* ---- values ---- */

static bool diff_is_short(const struct value *v)
{
	owned_buf struct buf text = { .limit = DIFF_SHORT + 1 };
	if (!value_is_container(v) && value_text(v).n > DIFF_SHORT)
		return false;
	if (value_is_container(v) && value_count(v) > DIFF_SHORT / 2)
		return false;
	value_write_json(&text, v, (struct json_style){ 0 });
	return text.n <= DIFF_SHORT;
}

static struct str diff_short(struct arena *a, const struct value *v)
{
	owned_buf struct buf text = { 0 };
	value_write_json(&text, v, (struct json_style){ 0 });
	return arena_str(a, buf_str(&text));
}

static void diff_add_value(struct diff_rows *r, const struct value *v, char sign, size_t most)
{
	owned_buf struct buf text = { 0 };
	struct json_line *lines;
	size_t n = value_write_json_lines(r->arena, &text, v, JSON_FILE, &lines), shown = n;
	struct str whole = arena_str(r->arena, buf_str(&text));
	if (shown > most)
		shown = most;
	for (size_t i = 0; i < shown; i++)
		diff_rows_add(r, DIFF_ROW_VALUE, sign, str_slice(whole, lines[i].at, lines[i].size));
	if (shown < n)
		diff_rows_add(r, DIFF_ROW_VALUE, sign,
		              str_of(arena_printf(r->arena, "(%zu lines more)", n - shown)));
}

static struct str diff_origin(struct arena *a, const struct difference *d)
{
	owned_buf struct buf text = { 0 };
	const struct value *v = d->after ? d->after : d->before;
	const struct source *now = value_span(v).source;
	buf_append_char(&text, '(');
	origin_place(&text, v);
	if (d->before && d->after && value_span(d->before).source &&
	    (!now || now->path != value_span(d->before).source->path)) {
		buf_append_text(&text, ", was ");
		origin_place(&text, d->before);
	}
	buf_append_char(&text, ')');
	return arena_str(a, buf_str(&text));
}

static void diff_add_difference(struct diff_rows *r, const struct difference *d, size_t most)
{
	bool whole = d->kind != DIFFERENCE_MOVED;
	bool brief = !whole || ((!d->before || diff_is_short(d->before)) &&
	                        (!d->after || diff_is_short(d->after)));
	struct diff_row *row = diff_rows_add(r, DIFF_ROW_DIFFERENCE, "+-~>"[d->kind],
	                                     difference_pointer(d));
	row->origin = diff_origin(r->arena, d);
	if (d->kind == DIFFERENCE_MOVED)
		row->from = d->before_at;
	if (whole && brief && d->before)
		row->old = diff_short(r->arena, d->before);
	if (whole && brief && d->after)
		row->new = diff_short(r->arena, d->after);
	if (brief)
		return;
	if (d->before)
		diff_add_value(r, d->before, '-', most);
	if (d->after)
		diff_add_value(r, d->after, '+', most);
}

void diff_append_counts(struct buf *out, const struct comparison *c)
{
	for (size_t i = 0; i <= DIFFERENCE_MOVED; i++)
		if (c->counts[i])
			buf_printf(out, "%s%c%zu", out->n ? " " : "", "+-~>"[i], c->counts[i]);
}

static void diff_add_document(struct diff_rows *r, const struct diff_document *d, size_t most,
                              size_t document)
{
	owned_buf struct buf counts = { 0 };
	size_t from = r->n;
	diff_append_counts(&counts, &d->comparison);
	struct diff_row *row = diff_rows_add(r, DIFF_ROW_DOCUMENT, ' ', str_of(d->path));
	row->new = arena_str(r->arena, buf_str(&counts));
	if (d->unreadable_before || d->unreadable_after)
		diff_rows_add(r, DIFF_ROW_NOTE, ' ', d->unreadable_after
		              ? STR("has an error now: not compared")
		              : STR("has an error on the other side: not compared"));
	for (size_t i = 0; i < d->comparison.n; i++) {
		size_t first = r->n;
		diff_add_difference(r, &d->comparison.all[i], most);
		for (; first < r->n; first++)
			r->rows[first].difference = i;
	}
	for (; from < r->n; from++)
		r->rows[from].document = document;
}

void diff_rows_config(struct diff_rows *r, const struct diff *d, size_t most)
{
	diff_rows_clear(r);
	for (size_t i = 0; i < d->ndocuments; i++) {
		const struct diff_document *doc = &d->documents[i];
		if (doc->comparison.n || doc->unreadable_before || doc->unreadable_after)
			diff_add_document(r, doc, most, i);
	}
}

/* ---- the Dockerfile ---- */

/* How many changes from the i-th on stand so near that they are told together. */
static size_t diff_together(const struct sequence_lines *l, size_t i)
{
	const struct sequence_change *c = &l->changes[i];
	size_t n = 1;
	while (i + n < l->nchanges && c[n].a <= c[n - 1].a + c[n - 1].na + 2 * DIFF_AROUND)
		n++;
	return n;
}

static void diff_add_same(struct diff_rows *r, const struct sequence_lines *l, size_t from,
                          size_t to)
{
	for (; from < to; from++)
		diff_rows_add(r, DIFF_ROW_LINE, ' ', l->b[from])->line = (unsigned)from + 1;
}

static void diff_add_hunk(struct diff_rows *r, const struct sequence_lines *l, size_t i, size_t n)
{
	const struct sequence_change *first = &l->changes[i], *last = &l->changes[i + n - 1];
	size_t a = first->a > DIFF_AROUND ? first->a - DIFF_AROUND : 0;
	size_t b = first->b - (first->a - a), a_end = last->a + last->na + DIFF_AROUND;
	a_end = a_end < l->na ? a_end : l->na;
	size_t b_end = last->b + last->nb + (a_end - last->a - last->na), at = b;
	/* As diff -u says it: an empty side stands behind the line before it. */
	diff_rows_add(r, DIFF_ROW_HUNK, ' ', str_of(arena_printf(r->arena, "@@ -%zu,%zu +%zu,%zu @@",
	              a + (a_end > a), a_end - a, b + (b_end > b), b_end - b)));
	for (size_t k = i; k < i + n; k++) {
		const struct sequence_change *c = &l->changes[k];
		diff_add_same(r, l, at, c->b);
		for (size_t line = c->a; line < c->a + c->na; line++)
			diff_rows_add(r, DIFF_ROW_LINE, '-', l->a[line])->line = 0;
		for (size_t line = c->b; line < c->b + c->nb; line++)
			diff_rows_add(r, DIFF_ROW_LINE, '+', l->b[line])->line = (unsigned)line + 1;
		at = c->b + c->nb;
	}
	diff_add_same(r, l, at, b_end);
}

void diff_rows_dockerfile(struct diff_rows *r, const struct diff *d)
{
	diff_rows_clear(r);
	if (!d->after.p || !d->before.p) {
		diff_rows_add(r, DIFF_ROW_NOTE, ' ', d->after.p
		              ? STR("the other side has an error, so no Dockerfile")
		              : STR("no Dockerfile before the errors are mended"));
		if (d->after.p && d->fault.p)
			diff_rows_add(r, DIFF_ROW_NOTE, ' ', d->fault);
		return;
	}
	for (size_t i = 0, n; i < d->lines.nchanges; i += n) {
		n = diff_together(&d->lines, i);
		diff_add_hunk(r, &d->lines, i, n);
	}
}

/* ---- as text ---- */

static void diff_append_part(struct buf *out, const char *before, struct str text)
{
	if (!text.p)
		return;
	buf_append_text(out, before);
	utf8_append_visible(out, text);
}

void diff_row_append(struct buf *out, const struct diff_row *row)
{
	switch (row->kind) {
	case DIFF_ROW_DOCUMENT:
		utf8_append_visible(out, row->text);
		diff_append_part(out, "  ", row->new);
		break;
	case DIFF_ROW_DIFFERENCE:
		buf_printf(out, "  %c ", row->sign);
		diff_append_part(out, "", row->from);
		diff_append_part(out, row->from.p ? " -> " : "",
		                 row->text.n ? row->text : STR("(all of it)"));
		diff_append_part(out, "  ", row->old);
		diff_append_part(out, row->old.p ? " -> " : "  ", row->new);
		diff_append_part(out, "  ", row->origin);
		break;
	case DIFF_ROW_VALUE:
		buf_printf(out, "      %c ", row->sign);
		utf8_append_visible(out, row->text);
		break;
	case DIFF_ROW_LINE:
		/* As it is sent, tabs and all. */
		buf_append_char(out, row->sign);
		buf_append(out, row->text);
		break;
	case DIFF_ROW_HUNK:
	case DIFF_ROW_NOTE:
		diff_append_part(out, row->kind == DIFF_ROW_NOTE ? "  " : "", row->text);
	}
}
