#include "core/config/toml_sections.h"

#include "core/config/toml.h"

bool toml_is_value(const struct value *v)
{
	struct str text = span_text(value_span(v));
	switch (value_type(v)) {
	case VALUE_OBJECT:
		return text.n && text.p[0] == '{';
	case VALUE_ARRAY:
		return text.n && text.p[0] == '[';
	default:
		return true;
	}
}

static size_t sections_line_start(struct str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

static size_t sections_line_end(struct str text, size_t at)
{
	size_t end = str_find(str_slice(text, at, text.n), '\n');
	return end == STR_NONE ? text.n : at + end + 1;
}

struct span toml_line_of(const struct value *v)
{
	struct span key = value_key_span(v), at = value_span(v);
	struct str text = at.source->text;
	size_t from = sections_line_start(text, key.at);
	size_t to = sections_line_end(text, at.at + at.size);
	return (struct span){ at.source, (uint32_t)from, (uint32_t)(to - from) };
}

/* ---- headers ---- */

/* Marks the lines that begin inside of a value. */
static void sections_mark(const struct value *v, bool top, char *inside)
{
	struct span at = value_span(v);
	if (!top && toml_is_value(v)) {
		memset(inside + at.at, 1, at.size);
		return;
	}
	for (const struct value *c = value_child(v); c; c = value_next(c))
		sections_mark(c, false, inside);
}

/* The pointer that the header's line names; p NULL: [[tables]]. */
static struct str sections_pointer(struct arena *arena, struct str line)
{
	owned(problems) struct problems *ignored = problems_new();
	owned(arena) struct arena *a = arena_new();
	const struct value *v;
	owned_buf struct buf pointer = { 0 };
	if (!toml_read(a, source_new(a, STR("(header)"), NULL, line), ignored, &v))
		return (struct str){ 0 };
	while (value_child(v) && value_type(v) == VALUE_OBJECT) {
		v = value_child(v);
		value_pointer_append(&pointer, value_key(v));
	}
	return value_type(v) == VALUE_OBJECT ? arena_str(arena, buf_str(&pointer))
	                                     : (struct str){ 0 };
}

static struct str sections_header(struct str text, size_t start, size_t end)
{
	struct str line = str_trim(str_slice(text, start, end - start));
	return line.n && line.p[0] == '[' ? line : (struct str){ 0 };
}

struct toml_sections toml_sections_find(struct arena *arena, const struct source *source,
                                        const struct value *root)
{
	struct str text = source->text;
	struct toml_sections s = { .arena = arena, .text = text };
	char *inside = arena_array(arena, text.n + 1, 1);
	size_t count = 1;
	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '[';
	sections_mark(root, true, inside);
	s.items = arena_array(arena, count, sizeof *s.items);
	s.items[s.n++] = (struct toml_section){ .pointer = STR(""), .end = text.n };
	bool marked = str_has_prefix(text, STR("\xef\xbb\xbf"));
	for (size_t at = marked ? 3 : 0; at < text.n; at = sections_line_end(text, at)) {
		size_t end = sections_line_end(text, at);
		struct str line = inside[at] ? (struct str){ 0 } : sections_header(text, at, end);
		if (!line.n)
			continue;
		s.items[s.n - 1].end = at;
		s.items[s.n++] = (struct toml_section){ sections_pointer(arena, line), end, text.n };
	}
	return s;
}

/* ---- places ---- */

/* The last value that stands in those bytes, below v. */
static const struct value *sections_last(const struct value *v, bool top, size_t from, size_t to)
{
	const struct value *last = NULL;
	struct span at = value_span(v);
	if (!top && toml_is_value(v))
		return at.at >= from && at.at < to ? v : NULL;
	for (const struct value *c = value_child(v); c; c = value_next(c)) {
		const struct value *found = sections_last(c, false, from, to);
		if (found && (!last || value_span(found).at > value_span(last).at))
			last = found;
	}
	return last;
}

static struct str sections_indent(struct str text, size_t line)
{
	size_t n = 0;
	while (line + n < text.n && (text.p[line + n] == ' ' || text.p[line + n] == '\t'))
		n++;
	return str_slice(text, line, n);
}

/* Behind the last value of a table that dotted keys made, in front of whose own key they
 * stand. */
static bool sections_dotted(const struct toml_sections *s, const struct value *table,
                            struct toml_place *ret_place)
{
	const struct value *last = NULL;
	for (const struct value *c = value_child(table); c; c = value_next(c))
		if (toml_is_value(c) && (!last || value_span(c).at > value_span(last).at))
			last = c;
	if (!last)
		return false;
	struct span line = toml_line_of(last);
	struct str front = str_slice(s->text, line.at, value_key_span(last).at - line.at);
	if (str_find(front, '.') == STR_NONE)
		return false;
	*ret_place = (struct toml_place){ line.at + line.size, front };
	return true;
}

bool toml_sections_place(const struct toml_sections *s, struct str pointer,
                         const struct value *table, struct toml_place *ret_place)
{
	const struct toml_section *own = NULL;
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].pointer.p && str_eq(s->items[i].pointer, pointer))
			own = &s->items[i];
	if (!own || !table)
		return table && sections_dotted(s, table, ret_place);
	const struct value *last = sections_last(table, true, own->body, own->end);
	*ret_place = (struct toml_place){ .at = own->body, .front = STR("") };
	if (!last)
		return true;
	struct span line = toml_line_of(last);
	*ret_place = (struct toml_place){ line.at + line.size, sections_indent(s->text, line.at) };
	return true;
}
