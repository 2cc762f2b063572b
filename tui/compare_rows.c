#include "tui/compare_rows.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/os/clock.h"
#include "core/os/space.h"
#include "core/value/json.h"
#include "tui/compare_rows_inside.h"

/* A setting's value in a line. */
enum { COMPARE_SHORT = 60 };

/* ---- reading ---- */

const struct value *compare_get(const struct value *object, const char *key)
{
	return object && value_type(object) == VALUE_OBJECT ? value_get(object, str_of(key)) : NULL;
}

struct str compare_get_text(const struct value *object, const char *key)
{
	const struct value *v = compare_get(object, key);
	return v && value_type(v) == VALUE_STRING ? value_text(v) : (struct str){ 0 };
}

double compare_get_number(const struct value *object, const char *key)
{
	const struct value *v = compare_get(object, key);
	char text[40];
	if (!v || (value_type(v) != VALUE_INTEGER && value_type(v) != VALUE_FLOAT))
		return -1;
	struct str cut = str_slice(value_text(v), 0, sizeof text - 1);
	memcpy(text, cut.p, cut.n);
	text[cut.n] = '\0';
	return strtod(text, NULL);
}

bool compare_get_bool(const struct value *object, const char *key)
{
	const struct value *v = compare_get(object, key);
	return v && value_is_true(v);
}

const struct value *compare_first(const struct value *list)
{
	return list && value_type(list) == VALUE_ARRAY ? value_child(list) : NULL;
}

/* ---- rows ---- */

void compare_rows_finish(struct compare_rows *r)
{
	arena_free(r->arena);
	free(r->rows);
	*r = (struct compare_rows){ 0 };
}

struct compare_row *compare_rows_add(struct compare_rows *r, enum compare_section section,
                                     enum compare_row_kind kind, char sign, struct str text)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 64;
		r->rows = xrealloc(r->rows, r->cap, sizeof *r->rows);
	}
	struct compare_row *row = &r->rows[r->n++];
	*row = (struct compare_row){ .kind = kind, .section = section, .sign = sign, .text = text,
	                             .differs = sign != ' ' && kind != COMPARE_ROW_LINE,
	                             .step_a = -1, .step_b = -1 };
	return row;
}

struct compare_row *compare_rows_head(struct compare_rows *r, enum compare_section section,
                                      const char *name, struct str told)
{
	struct compare_row *row = compare_rows_add(r, section, COMPARE_ROW_HEAD, ' ', str_of(name));
	row->new = told;
	return row;
}

struct str compare_counts(struct arena *a, const struct value *object)
{
	static const struct { const char *key; char sign; } counts[] = {
		{ "added", '+' }, { "removed", '-' }, { "changed", '~' }, { "mode", 'm' },
	};
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		double n = compare_get_number(object, counts[i].key);
		if (n > 0)
			buf_printf(&out, "%s%c%.0f", out.n ? " " : "", counts[i].sign, n);
	}
	return out.n ? arena_str(a, buf_str(&out)) : STR("the same");
}

static struct str compare_bytes(struct arena *a, double bytes)
{
	owned_buf struct buf out = { 0 };
	space_append_bytes(&out, bytes > 0 ? (uint64_t)bytes : 0);
	return arena_str(a, buf_str(&out));
}

static char compare_sign(struct str change)
{
	return str_eq(change, STR("added")) ? '+' : str_eq(change, STR("removed")) ? '-'
	     : str_eq(change, STR("mode")) ? 'm' : str_eq(change, STR("moved")) ? '>' : '~';
}

void compare_rows_files(struct compare_rows *r, enum compare_section section,
                        const struct value *object, bool indented)
{
	const struct value *v = compare_first(compare_get(object, "files"));
	double all = 0, told = 0;
	static const char *const keys[] = { "added", "removed", "changed", "mode" };
	for (size_t i = 0; i < 4; i++)
		all += compare_get_number(object, keys[i]);
	for (; v; v = value_next(v), told++) {
		struct str path = compare_get_text(v, "path");
		char sign = compare_sign(compare_get_text(v, "change"));
		bool whiteout = compare_get_bool(v, "whiteout");
		if (indented)
			path = str_of(arena_printf(r->arena, "  %.*s", STR_ARG(path)));
		struct compare_row *row = compare_rows_add(r, section, COMPARE_ROW_ITEM, sign, path);
		if (whiteout)
			row->new = STR("(deleted by this layer)");
		else if (sign == 'm')
			row->new = STR("(another mode)");
		else if (sign != '+')
			row->old = compare_bytes(r->arena, compare_get_number(v, "size_a"));
		if (!whiteout && (sign == '+' || sign == '~'))
			row->new = compare_bytes(r->arena, compare_get_number(v, "size_b"));
	}
	if (told < all)
		compare_rows_add(r, section, COMPARE_ROW_NOTE, ' ',
		                 str_of(arena_printf(r->arena, "%.0f more", all - told)));
}

/* ---- builds, bases ---- */

static void compare_rows_facts(struct compare_rows *r, const struct value *compare)
{
	struct compare_row *head = compare_rows_head(r, COMPARE_BUILDS, "builds", STR("the same"));
	size_t at = (size_t)(head - r->rows), n = 0;
	for (const struct value *v = compare_first(compare_get(compare, "facts")); v;
	     v = value_next(v)) {
		if (!compare_get_bool(v, "differs"))
			continue;
		struct compare_row *row = compare_rows_add(r, COMPARE_BUILDS, COMPARE_ROW_ITEM, '~',
		                                           compare_get_text(v, "name"));
		struct str a = compare_get_text(v, "a"), b = compare_get_text(v, "b");
		row->old = a.n ? a : STR("(none)");
		row->new = b.n ? b : STR("(none)");
		n++;
	}
	if (n)
		r->rows[at].new = str_of(arena_printf(r->arena, "~%zu", n));
}

static struct str compare_id(struct str id)
{
	return !id.p ? STR("(none)") : id.n ? id : STR("(id not known)");
}

static void compare_rows_bases(struct compare_rows *r, const struct value *compare)
{
	const struct value *v = compare_first(compare_get(compare, "bases"));
	bool known = compare_get_bool(compare_get(compare, "context"), "known");
	size_t at = r->n, n = 0;
	compare_rows_head(r, COMPARE_BASES, "base images",
	                  known ? STR("the same") : STR("not recorded by both builds"));
	for (; v; v = value_next(v)) {
		if (!compare_get_bool(v, "differs"))
			continue;
		struct compare_row *row = compare_rows_add(r, COMPARE_BASES, COMPARE_ROW_ITEM, '~',
		                                           compare_get_text(v, "name"));
		row->old = compare_id(compare_get_text(v, "a"));
		row->new = compare_id(compare_get_text(v, "b"));
		n++;
	}
	if (n)
		r->rows[at].new = str_of(arena_printf(r->arena, "~%zu", n));
}

/* ---- settings, Dockerfile, context ---- */

static struct str compare_short(struct arena *a, const struct value *v)
{
	owned_buf struct buf text = { .limit = COMPARE_SHORT };
	value_write_json(&text, v, (struct json_style){ 0 });
	struct str kept = buf_str(&text);
	if (!text.full)
		return arena_str(a, kept);
	while (kept.n && ((unsigned char)kept.p[kept.n - 1] & 0xc0) == 0x80)
		kept.n--;
	return str_of(arena_printf(a, "%.*s…", STR_ARG(str_slice(kept, 0, kept.n ? kept.n - 1 : 0))));
}

static void compare_rows_settings(struct compare_rows *r, const struct value *compare)
{
	const struct value *s = compare_get(compare, "settings");
	size_t at = r->n, n = 0;
	compare_rows_head(r, COMPARE_SETTINGS, "settings", compare_get_bool(s, "known")
	                  ? STR("the same") : STR("not kept by both builds"));
	for (const struct value *d = compare_first(compare_get(s, "documents")); d; d = value_next(d)) {
		compare_rows_add(r, COMPARE_SETTINGS, COMPARE_ROW_GROUP, ' ', compare_get_text(d, "path"));
		for (const struct value *v = compare_first(compare_get(d, "differences")); v;
		     v = value_next(v), n++) {
			char sign = compare_sign(compare_get_text(v, "kind"));
			struct str pointer = compare_get_text(v, "pointer");
			struct compare_row *row = compare_rows_add(r, COMPARE_SETTINGS, COMPARE_ROW_ITEM, sign,
				pointer.n ? pointer : STR("(all of it)"));
			if (sign == '>')
				row->old = compare_get_text(v, "from");
			else if (compare_get(v, "old"))
				row->old = compare_short(r->arena, compare_get(v, "old"));
			if (compare_get(v, "new") && sign != '>')
				row->new = compare_short(r->arena, compare_get(v, "new"));
		}
	}
	if (n)
		r->rows[at].new = str_of(arena_printf(r->arena, "%zu differ%s", n, n == 1 ? "s" : ""));
}

static void compare_rows_dockerfile(struct compare_rows *r, const struct value *compare)
{
	const struct value *d = compare_get(compare, "dockerfile");
	compare_rows_head(r, COMPARE_DOCKERFILE, "Dockerfile", compare_get_bool(d, "known")
	                  ? compare_counts(r->arena, d) : STR("not kept by both builds"));
	for (const struct value *v = compare_first(compare_get(d, "changes")); v; v = value_next(v)) {
		compare_rows_add(r, COMPARE_DOCKERFILE, COMPARE_ROW_GROUP, ' ',
			str_of(arena_printf(r->arena, "@@ -%.0f +%.0f @@", compare_get_number(v, "line_a"),
			                    compare_get_number(v, "line_b"))))->differs = true;
		for (const struct value *l = compare_first(compare_get(v, "removed")); l; l = value_next(l))
			compare_rows_add(r, COMPARE_DOCKERFILE, COMPARE_ROW_LINE, '-', value_text(l));
		for (const struct value *l = compare_first(compare_get(v, "added")); l; l = value_next(l))
			compare_rows_add(r, COMPARE_DOCKERFILE, COMPARE_ROW_LINE, '+', value_text(l));
	}
}

static void compare_rows_context(struct compare_rows *r, const struct value *compare)
{
	const struct value *c = compare_get(compare, "context");
	compare_rows_head(r, COMPARE_CONTEXT, "context", compare_get_bool(c, "known")
	                  ? compare_counts(r->arena, c) : STR("not recorded by both builds"));
	compare_rows_files(r, COMPARE_CONTEXT, c, false);
}

/* ---- all ---- */

void compare_rows_make(struct compare_rows *r, const struct compare_parts *p)
{
	compare_rows_finish(r);
	r->arena = arena_new();
	compare_rows_facts(r, p->compare);
	compare_rows_bases(r, p->compare);
	compare_rows_settings(r, p->compare);
	compare_rows_dockerfile(r, p->compare);
	compare_rows_context(r, p->compare);
	compare_rows_steps(r, p->compare);
	if (p->image || p->image_note)
		compare_rows_image(r, p->image, p->image_note);
	if (p->log)
		compare_rows_log(r, p->log, p->compare);
}

void compare_append_side(struct buf *out, const struct value *compare, bool b)
{
	const struct value *side = compare_get(compare, b ? "b" : "a");
	buf_printf(out, "%c %.*s  ", b ? 'B' : 'A', STR_ARG(compare_get_text(side, "id")));
	clock_append_local(out, compare_get_number(side, "started"));
	buf_append_text(out, "  ");
	clock_append_seconds(out, compare_get_number(side, "seconds"));
	buf_printf(out, "  %.0f of %.0f steps cached", compare_get_number(side, "cached"),
	           compare_get_number(side, "layers"));
}

static void compare_append_pair(struct buf *out, const struct compare_row *row)
{
	if (row->old.p || row->new.p)
		buf_append_text(out, "  ");
	utf8_append_visible(out, row->old);
	if (row->old.p && row->new.p)
		buf_append_text(out, " -> ");
	utf8_append_visible(out, row->new);
}

void compare_row_append(struct buf *out, const struct compare_row *row)
{
	switch (row->kind) {
	case COMPARE_ROW_HEAD: break;
	case COMPARE_ROW_GROUP: buf_append_text(out, "  "); break;
	case COMPARE_ROW_ITEM: buf_printf(out, "  %c ", row->sign); break;
	case COMPARE_ROW_LINE: buf_printf(out, "  %c", row->sign); break;
	case COMPARE_ROW_STEP: buf_printf(out, "  %c %.*s  ", row->sign, STR_ARG(row->columns)); break;
	case COMPARE_ROW_NOTE: buf_append_text(out, "      "); break;
	}
	utf8_append_visible(out, row->text);
	compare_append_pair(out, row);
}
