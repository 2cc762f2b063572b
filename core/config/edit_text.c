#include "core/config/edit_text.h"

#include "core/base/check.h"
#include "core/value/json.h"

/* ---- words of a text that is right ---- */

static bool edit_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t edit_skip_blanks(struct str text, size_t at)
{
	while (at < text.n && edit_is_blank(text.p[at]))
		at++;
	return at;
}

bool edit_is_container(struct str text, size_t at)
{
	return text.p[at] == '{' || text.p[at] == '[';
}

static size_t edit_string_end(struct str text, size_t at)
{
	for (at++; text.p[at] != '"'; at++)
		at += text.p[at] == '\\';
	return at + 1;
}

static size_t edit_word_end(struct str text, size_t at)
{
	while (at < text.n && !edit_is_blank(text.p[at]) && !strchr(",:]}", text.p[at]))
		at++;
	return at;
}

/* Behind the value at `at`. */
static size_t edit_value_end(struct str text, size_t at)
{
	size_t depth = 0;
	do {
		char c = text.p[at];
		if (c == '"') {
			at = edit_string_end(text, at);
		} else if (c == '{' || c == '[') {
			depth++;
			at++;
		} else if (c == '}' || c == ']') {
			depth--;
			at++;
		} else if (depth && (c == ',' || c == ':' || edit_is_blank(c))) {
			at++;
		} else {
			at = edit_word_end(text, at);
		}
	} while (depth);
	return at;
}

/* The item at `at`; returns where the next one, or the closing bracket, stands. */
static size_t edit_item_at(struct str text, size_t at, bool in_object, struct edit_item *ret_item)
{
	ret_item->key = ret_item->key_end = at;
	if (in_object) {
		ret_item->key_end = edit_string_end(text, at);
		at = edit_skip_blanks(text, ret_item->key_end);
		at = edit_skip_blanks(text, at + 1);
	}
	ret_item->at = at;
	ret_item->end = edit_value_end(text, at);
	at = edit_skip_blanks(text, ret_item->end);
	return text.p[at] == ',' ? edit_skip_blanks(text, at + 1) : at;
}

struct edit_container edit_scan(struct arena *arena, struct str text, size_t at)
{
	struct edit_container c = { .at = at };
	struct edit_item item;
	char last = text.p[at] == '{' ? '}' : ']';
	size_t first = edit_skip_blanks(text, at + 1), n = 0, end;
	for (end = first; text.p[end] != last; n++)
		end = edit_item_at(text, end, last == '}', &item);
	struct edit_item *items = arena_array(arena, n, sizeof *items);
	for (at = first; c.n < n; c.n++)
		at = edit_item_at(text, at, last == '}', &items[c.n]);
	c.items = items;
	c.end = end + 1;
	return c;
}

bool edit_item_has_key(struct arena *arena, struct str text, const struct edit_item *item,
                       struct str key)
{
	struct str given = edit_part(text, item->key, item->key_end);
	const struct value *decoded;
	struct error ignored;
	if (str_find(given, '\\') == STR_NONE)
		return str_eq(str_slice(given, 1, given.n - 2), key);
	CHECK(value_parse_json(arena, given, &decoded, &ignored));
	return str_eq(value_text(decoded), key);
}

bool edit_has_break(struct str s)
{
	return str_find(s, '\n') != STR_NONE || str_find(s, '\r') != STR_NONE;
}

struct str edit_part(struct str text, size_t from, size_t to)
{
	return str_slice(text, from, to - from);
}

struct str edit_indent(struct str text, size_t at)
{
	while (at && text.p[at - 1] != '\n' && text.p[at - 1] != '\r')
		at--;
	size_t end = at;
	while (end < text.n && (text.p[end] == ' ' || text.p[end] == '\t'))
		end++;
	return edit_part(text, at, end);
}

/* ---- style ---- */

static bool edit_is_flat(struct str text, const struct edit_container *c)
{
	return !edit_has_break(edit_part(text, c->at, c->end));
}

static bool edit_holds_scalars(struct str text, const struct edit_container *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (edit_is_container(text, c->items[i].at))
			return false;
	return true;
}

/* What the style still lacks, told from a container of at least one item. */
static void edit_style_learn(struct edit_style *s, struct str text, const struct edit_container *c)
{
	const struct edit_item *first = c->items;
	bool is_object = text.p[c->at] == '{';
	struct str gap = edit_part(text, c->at + 1, first->key), pad = gap;
	struct str colon = edit_part(text, first->key_end, first->at);
	if (edit_has_break(gap)) {
		struct str outer = edit_indent(text, c->at), inner = edit_indent(text, first->key);
		if (!s->unit.p && str_has_prefix(inner, outer) && inner.n > outer.n)
			s->unit = str_slice(inner, outer.n, inner.n);
	} else if (!s->pad[is_object].p) {
		s->pad[is_object] = pad;
	}
	if (is_object && !s->colon.p && !edit_has_break(colon))
		s->colon = colon;
	if (c->n > 1 && !s->comma.p) {
		struct str comma = edit_part(text, first->end, c->items[1].key);
		if (!edit_has_break(comma))
			s->comma = comma;
	}
}

/* The containers in the order in which they stand; whether an array shows how arrays of
 * scalars are laid out is left in *ret_told. */
static void edit_style_walk(struct arena *arena, struct edit_style *s, struct str text, size_t at,
                            bool *ret_told)
{
	struct edit_container c = edit_scan(arena, text, at);
	if (!c.n)
		return;
	edit_style_learn(s, text, &c);
	if (text.p[at] == '[' && !*ret_told && edit_holds_scalars(text, &c)) {
		s->flat_arrays = edit_is_flat(text, &c);
		*ret_told = true;
	}
	for (size_t i = 0; i < c.n; i++)
		if (edit_is_container(text, c.items[i].at))
			edit_style_walk(arena, s, text, c.items[i].at, ret_told);
}

struct edit_style edit_style(struct arena *arena, struct str text)
{
	struct edit_style s = { 0 };
	bool told = false;
	size_t line = str_find(text, '\n'), at = edit_skip_blanks(text, 0);
	if (line != STR_NONE)
		s.eol = line && text.p[line - 1] == '\r' ? STR("\r\n") : STR("\n");
	else
		s.eol = str_find(text, '\r') != STR_NONE ? STR("\r") : STR("\n");
	if (at < text.n && edit_is_container(text, at))
		edit_style_walk(arena, &s, text, at, &told);
	if (!s.unit.p)
		s.unit = STR("    ");
	if (!s.colon.p)
		s.colon = STR(": ");
	if (!s.comma.p)
		s.comma = s.colon.n > 1 ? STR(", ") : STR(",");
	return s;
}

/* ---- laying out ---- */

struct edit_writer {
	struct buf *out;
	struct arena *arena;
	struct str json, indent;
	const struct edit_style *style;
};

static void edit_write_break(struct edit_writer *w, size_t depth)
{
	buf_append(w->out, w->style->eol);
	buf_append(w->out, w->indent);
	while (depth--)
		buf_append(w->out, w->style->unit);
}

static void edit_write(struct edit_writer *w, size_t at, size_t end, size_t depth, bool in_lines)
{
	const struct edit_style *s = w->style;
	if (!edit_is_container(w->json, at)) {
		buf_append(w->out, edit_part(w->json, at, end));
		return;
	}
	struct edit_container c = edit_scan(w->arena, w->json, at);
	bool is_object = w->json.p[at] == '{';
	struct str pad = c.n ? s->pad[is_object] : STR("");
	if (!c.n || (!is_object && s->flat_arrays && edit_holds_scalars(w->json, &c)))
		in_lines = false;
	buf_append_char(w->out, w->json.p[at]);
	for (size_t i = 0; i < c.n; i++) {
		const struct edit_item *item = &c.items[i];
		if (i)
			buf_append(w->out, in_lines ? STR(",") : s->comma);
		if (in_lines)
			edit_write_break(w, depth + 1);
		else if (!i)
			buf_append(w->out, pad);
		buf_append(w->out, edit_part(w->json, item->key, item->key_end));
		if (is_object)
			buf_append(w->out, s->colon);
		edit_write(w, item->at, item->end, depth + 1, in_lines);
	}
	if (in_lines)
		edit_write_break(w, depth);
	else
		buf_append(w->out, pad);
	buf_append_char(w->out, w->json.p[c.end - 1]);
}

void edit_lay_out(struct buf *out, struct str json, const struct edit_style *style,
                  struct str indent, bool in_lines)
{
	owned(arena) struct arena *arena = arena_new();
	struct edit_writer w = { out, arena, json, indent, style };
	size_t at = edit_skip_blanks(json, 0);
	edit_write(&w, at, edit_value_end(json, at), 0, in_lines);
}
