#include "core/history/log_diff.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/history/log_text.h"
#include "core/history/mask_line.h"

enum { LOG_DIFF_LINE_BYTES = 2000 };

/* ---- lines to numbers ---- */

/* Hashes in open addressing; at most half full. */
struct log_names {
	uint64_t *hashes;
	uint32_t *names;                /* + 1; 0: free */
	size_t slots, n;
};

static uint32_t log_name(struct log_names *t, uint64_t hash)
{
	size_t at = (size_t)(hash ^ hash >> 29) & (t->slots - 1);
	while (t->names[at] && t->hashes[at] != hash)
		at = (at + 1) & (t->slots - 1);
	if (!t->names[at]) {
		t->hashes[at] = hash;
		t->names[at] = (uint32_t)++t->n;
	}
	return t->names[at] - 1;
}

struct log_reader {
	struct log_text text;
	struct buf scratch, masked;
};

static void log_reader_finish(struct log_reader *r)
{
	log_text_finish(&r->text);
	buf_finish(&r->scratch);
	buf_finish(&r->masked);
}

static struct str log_line(struct log_reader *r, struct journal *j, int step, size_t i)
{
	buf_clear(&r->scratch);
	log_text_read(&r->text, journal_line(j, step, i, &r->scratch, NULL));
	return r->text.text;
}

static void log_number(struct log_names *t, struct journal *j, int step, uint32_t *ret, size_t n)
{
	struct log_reader r = { 0 };
	for (size_t i = 0; i < n; i++) {
		buf_clear(&r.masked);
		mask_line_append(&r.masked, log_line(&r, j, step, i), 0);
		ret[i] = log_name(t, map_hash(buf_str(&r.masked)));
	}
	log_reader_finish(&r);
}

static size_t log_lines(struct journal *j, int step, bool *cut)
{
	size_t n = journal_lines(j, step);
	if (n <= LOG_DIFF_LINES_MAX)
		return n;
	*cut = true;
	return LOG_DIFF_LINES_MAX;
}

void log_diff_make(struct arena *arena, struct journal *a, int step_a, struct journal *b,
                   int step_b, struct log_diff *ret_diff)
{
	struct log_diff d = { 0 };
	struct log_names t = { .slots = 16 };
	d.na = log_lines(a, step_a, &d.cut);
	d.nb = log_lines(b, step_b, &d.cut);
	while (t.slots < 2 * (d.na + d.nb))
		t.slots *= 2;
	t.hashes = xcalloc(t.slots, sizeof *t.hashes);
	t.names = xcalloc(t.slots, sizeof *t.names);
	uint32_t *x = xcalloc(d.na + 1, sizeof *x), *y = xcalloc(d.nb + 1, sizeof *y);
	log_number(&t, a, step_a, x, d.na);
	log_number(&t, b, step_b, y, d.nb);
	free(t.hashes);
	free(t.names);
	d.nchanges = sequence_compare(arena, x, d.na, y, d.nb, &d.changes);
	free(x);
	free(y);
	for (size_t i = 0; i < d.nchanges; i++) {
		d.gone += d.changes[i].na;
		d.come += d.changes[i].nb;
	}
	d.same = d.na - d.gone;
	*ret_diff = d;
}

/* ---- as JSON ---- */

static struct value *log_texts(struct arena *arena, struct journal *j, int step, size_t from,
                               size_t n, size_t *most)
{
	struct log_reader r = { 0 };
	struct value *list = value_new_array(arena);
	for (size_t i = 0; i < n && *most; i++, --*most) {
		struct str text = str_slice(log_line(&r, j, step, from + i), 0, LOG_DIFF_LINE_BYTES);
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(arena, arena_str(arena, text)));
	}
	log_reader_finish(&r);
	return list;
}

static void log_put(struct arena *arena, struct value *o, const char *key, size_t n)
{
	value_set(arena, o, key, value_new_integer(arena, (long long)n));
}

static void log_put_step(struct arena *arena, struct value *o, const char *key, int step)
{
	value_set(arena, o, key, step >= 0 ? value_new_integer(arena, step)
	          : value_new(arena, VALUE_NULL, STR("null"), (struct span){ 0 }));
}

struct value *log_diff_value(struct arena *arena, const struct log_diff *d, struct journal *a,
                             int step_a, struct journal *b, int step_b, size_t most)
{
	struct value *o = value_new_object(arena), *list = value_new_array(arena);
	size_t left = most;
	log_put_step(arena, o, "a", step_a);
	log_put_step(arena, o, "b", step_b);
	log_put(arena, o, "lines_a", d->na);
	log_put(arena, o, "lines_b", d->nb);
	log_put(arena, o, "same", d->same);
	log_put(arena, o, "added", d->come);
	log_put(arena, o, "removed", d->gone);
	value_set(arena, o, "cut", value_new_bool(arena, d->cut));
	for (size_t i = 0; i < d->nchanges && left; i++) {
		const struct sequence_change *c = &d->changes[i];
		struct value *change = value_new_object(arena);
		log_put(arena, change, "line_a", c->a + 1);
		log_put(arena, change, "line_b", c->b + 1);
		value_set(arena, change, "removed", log_texts(arena, a, step_a, c->a, c->na, &left));
		value_set(arena, change, "added", log_texts(arena, b, step_b, c->b, c->nb, &left));
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, change);
	}
	log_put(arena, o, "told", most - left);
	value_set(arena, o, "changes", list);
	return o;
}
