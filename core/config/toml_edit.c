#include "core/config/toml_edit.h"

#include "core/config/toml.h"
#include "core/config/toml_sections.h"
#include "core/config/toml_write.h"
#include "core/value/json.h"

struct toml_editor {
	struct arena *arena;
	const struct source *source;
	const char *table;
	struct str pointer;             /* of the change, from the file's root on */
	const struct value *root;
	struct toml_sections sections;
	struct edits *out;
	struct error *err;
};

static bool editor_fails(struct toml_editor *t, size_t at, const char *why)
{
	struct span span = { t->source, (uint32_t)at, 0 };
	error_set_at(t->err, span_origin(span), "this cannot be changed without touching more than "
	             "is meant: %s", why);
	t->err->code = ERROR_PROJECT;
	return false;
}

static bool editor_edit(struct toml_editor *t, size_t from, size_t to, struct str text)
{
	struct edit *edit = arena_alloc(t->arena, sizeof *edit);
	*edit = (struct edit){ { t->source, (uint32_t)from, (uint32_t)(to - from) },
	                       arena_str(t->arena, text) };
	*t->out = (struct edits){ edit, 1 };
	return true;
}

static struct str editor_line_end(const struct toml_editor *t)
{
	return str_find_str(t->source->text, STR("\r\n")) != STR_NONE ? STR("\r\n") : STR("\n");
}

/* ---- before and after ---- */

static bool editor_begin(struct toml_editor *t, struct arena *arena, const struct source *source,
                         const char *table, struct str pointer)
{
	owned(problems) struct problems *problems = problems_new();
	t->arena = arena;
	t->source = source;
	t->table = table;
	*t->out = (struct edits){ 0 };
	t->pointer = str_of(arena_printf(arena, "%s%.*s", table, STR_ARG(pointer)));
	if (pointer.n && pointer.p[0] != '/')
		return error_set(t->err, ERROR_USAGE, "'%.*s' is no pointer: /key/key, or /key/0 for an "
		                 "item", STR_ARG(pointer));
	if (!pointer.n)
		return error_set(t->err, ERROR_PROJECT, "a whole table is not set or removed at once: "
		                 "name one of its keys, as in /target");
	if (!toml_read(arena, source, problems, &t->root)) {
		const struct problem *p = problems_get(problems, 0);
		return error_set_at(t->err, span_origin(p->at), "%.*s", STR_ARG(p->text));
	}
	t->sections = toml_sections_find(arena, source, t->root);
	return true;
}

/* The front of the pointer up to byte `at`, and the token behind it. */
static struct str editor_above(struct str pointer)
{
	return str_slice(pointer, 0, str_find_last(pointer, '/'));
}

static bool editor_token(struct toml_editor *t, struct str pointer, struct str *ret_key)
{
	owned_buf struct buf key = { 0 };
	struct str token = str_slice(pointer, str_find_last(pointer, '/') + 1, pointer.n);
	if (!value_pointer_unescape(token, &key))
		return error_set(t->err, ERROR_USAGE, "'%.*s' is no pointer: ~ stands before 0 or 1",
		                 STR_ARG(pointer));
	*ret_key = arena_str(t->arena, buf_str(&key));
	return true;
}

/* Nothing but what is at the pointer differs; `around` has grown or shrunk. */
static bool editor_same(const struct value *was, const struct value *is, struct str rest,
                        const struct value *around)
{
	struct str token;
	owned_buf struct buf key = { 0 };
	if (was == around && value_type(was) == VALUE_ARRAY)
		return is && value_type(is) == VALUE_ARRAY;
	if (!rest.n)
		return true;
	struct str below = str_slice(rest, 1, rest.n);
	str_next(&below, '/', &token);
	rest = below.p ? (struct str){ below.p - 1, below.n + 1 } : (struct str){ 0 };
	value_pointer_unescape(token, &key);
	if (!is || value_type(was) != value_type(is))
		return false;
	if (value_type(was) == VALUE_ARRAY) {
		unsigned long long number, index = 0;
		const struct value *other = value_child(is);
		bool any = str_number(token, 1u << 30, &number);
		for (const struct value *v = value_child(was); v; v = value_next(v), index++) {
			if (!other || (any && index == number ? !editor_same(v, other, rest, around)
			                                      : !value_equal(v, other)))
				return false;
			other = value_next(other);
		}
		return true;
	}
	for (const struct value *v = value_child(was); v; v = value_next(v)) {
		const struct value *other = value_get(is, value_key(v));
		bool on_way = str_eq(value_key(v), buf_str(&key));
		if (on_way ? !editor_same(v, other, rest, around) : !other || !value_equal(v, other))
			return false;
	}
	return true;
}

/* Reads what would be written.  wanted NULL: the pointer is to lead nowhere. */
static bool editor_check(struct toml_editor *t, const struct value *wanted)
{
	owned(problems) struct problems *problems = problems_new();
	owned_buf struct buf text = { 0 };
	const struct value *after;
	edit_apply(&text, t->source->text, t->out);
	struct str made = arena_str(t->arena, buf_str(&text));
	const struct source *source = source_new(t->arena, str_of(t->source->path), NULL, made);
	if (!toml_read(t->arena, source, problems, &after)) {
		*t->out = (struct edits){ 0 };
		const struct problem *p = problems_get(problems, 0);
		return error_set(t->err, ERROR_PROJECT, "the file would be no TOML then: %.*s",
		                 STR_ARG(p->text));
	}
	const struct value *around = value_at(t->root, editor_above(t->pointer));
	const struct value *is = value_at(after, t->pointer);
	bool listed = (around && value_type(around) == VALUE_ARRAY) ||
	              str_has_suffix(t->pointer, STR("/-"));
	bool right = editor_same(t->root, after, t->pointer, around) &&
	             (listed || (wanted ? is && value_equal(is, wanted) : !is));
	if (right)
		return true;
	*t->out = (struct edits){ 0 };
	return editor_fails(t, 0, "the file is laid out in a way that is not known here");
}

/* ---- adding ---- */

static bool editor_add_first(struct toml_editor *t, const struct value *parent, struct str text)
{
	struct span at = value_span(parent);
	owned_buf struct buf out = { 0 };
	if (str_trim(str_slice(t->source->text, at.at + 1, at.size - 2)).n)
		return editor_fails(t, at.at, "a comment stands in it");
	buf_printf(&out, value_type(parent) == VALUE_OBJECT ? " %.*s " : "%.*s", STR_ARG(text));
	return editor_edit(t, at.at + 1, at.at + at.size - 1, buf_str(&out));
}

/* On a line of its own, as the last item has one, behind that one's comma and comment. */
static bool editor_add_row(struct toml_editor *t, struct span last, size_t line_start,
                           struct str text)
{
	struct str whole = t->source->text;
	size_t end = last.at + last.size, n = line_start;
	struct str behind = str_slice(whole, end, whole.n);
	behind = str_slice(behind, 0, str_find(behind, '\n'));
	struct str rest = str_trim(behind);
	bool comma = rest.n && rest.p[0] == ',';
	owned_buf struct buf out = { 0 };
	struct edit *edits = arena_array(t->arena, 2, sizeof *edits);
	while (whole.p[n] == ' ' || whole.p[n] == '\t')
		n++;
	buf_append(&out, str_slice(whole, line_start, n - line_start));
	buf_append(&out, text);
	buf_append(&out, comma ? STR(",") : STR(""));
	buf_append(&out, editor_line_end(t));
	size_t next = end + behind.n + 1, k = 0;
	if (!comma)
		edits[k++] = (struct edit){ { t->source, (uint32_t)end, 0 }, STR(",") };
	edits[k++] = (struct edit){ { t->source, (uint32_t)next, 0 },
	                            arena_str(t->arena, buf_str(&out)) };
	*t->out = (struct edits){ edits, k };
	return true;
}

/* Behind the last item; what stands between brackets or braces. */
static bool editor_add_inside(struct toml_editor *t, const struct value *parent, struct str text)
{
	struct span at = value_span(parent);
	const struct value *last = value_child(parent);
	owned_buf struct buf out = { 0 };
	while (last && value_next(last))
		last = value_next(last);
	if (!last)
		return editor_add_first(t, parent, text);
	struct span end = value_span(last);
	if (!toml_is_value(last))
		return editor_fails(t, end.at, "its last key is a dotted one");
	struct str before = str_slice(t->source->text, at.at, end.at - at.at);
	struct str behind = str_slice(t->source->text, end.at + end.size,
	                              at.at + at.size - end.at - end.size);
	size_t line = str_find_last(before, '\n');
	if (line != STR_NONE && str_find(behind, '\n') != STR_NONE)
		return editor_add_row(t, end, at.at + line + 1, text);
	buf_printf(&out, ", %.*s", STR_ARG(text));
	return editor_edit(t, end.at + end.size, end.at + end.size, buf_str(&out));
}

/* A line behind the last key of the table, written as that is. */
static bool editor_add_line(struct toml_editor *t, struct toml_place place, struct str pair)
{
	owned_buf struct buf out = { 0 };
	struct str text = t->source->text;
	if (place.at > 0 && text.p[place.at - 1] != '\n')
		buf_append(&out, editor_line_end(t));
	buf_append(&out, place.front);
	buf_append(&out, pair);
	buf_append(&out, editor_line_end(t));
	return editor_edit(t, place.at, place.at, buf_str(&out));
}

/* [table] at the end of the file, with its first key. */
static bool editor_add_table(struct toml_editor *t, struct str pair)
{
	owned_buf struct buf out = { 0 }, key = { 0 };
	struct str text = t->source->text, end = editor_line_end(t), token;
	struct str rest = str_slice(str_of(t->table), 1, STR_NONE);
	if (text.n && text.p[text.n - 1] != '\n')
		buf_append(&out, end);
	if (str_trim(text).n)
		buf_append(&out, end);
	buf_append_char(&out, '[');
	for (bool first = true; str_next(&rest, '/', &token); first = false) {
		buf_clear(&key);
		value_pointer_unescape(token, &key);
		buf_append(&out, first ? STR("") : STR("."));
		toml_write_key(&out, buf_str(&key));
	}
	buf_append_char(&out, ']');
	buf_append(&out, end);
	buf_append(&out, pair);
	buf_append(&out, end);
	return editor_edit(t, text.n, text.n, buf_str(&out));
}

/* What is missing between `above`, where something is, and the pointer, around the value. */
static bool editor_wrap(struct toml_editor *t, struct str above, const struct value *wanted,
                        const struct value **ret_value)
{
	struct str pointer = t->pointer, key;
	*ret_value = wanted;
	while (editor_above(pointer).n > above.n) {
		if (!editor_token(t, pointer, &key))
			return false;
		bool item = str_eq(key, STR("-"));
		struct value *around = item ? value_new_array(t->arena) : value_new_object(t->arena);
		value_append(around, item ? (struct str){ 0 } : key, (struct span){ 0 },
		             value_share(t->arena, *ret_value));
		*ret_value = around;
		pointer = editor_above(pointer);
	}
	return true;
}

static bool editor_is_in_table(const struct toml_editor *t, struct str pointer)
{
	return pointer.n >= strlen(t->table);
}

static bool editor_add_to(struct toml_editor *t, struct str above, const struct value *parent,
                          struct str key, struct str text)
{
	owned_buf struct buf pair = { 0 };
	struct toml_place place;
	toml_write_key(&pair, key);
	buf_append(&pair, STR(" = "));
	buf_append(&pair, text);
	if (parent && toml_is_value(parent))
		return editor_add_inside(t, parent, buf_str(&pair));
	if (toml_sections_place(&t->sections, above, parent, &place))
		return editor_add_line(t, place, buf_str(&pair));
	if (str_eq(above, str_of(t->table)))
		return editor_add_table(t, buf_str(&pair));
	return editor_fails(t, parent ? value_span(parent).at : 0, "this table has no place of its "
	                    "own in the file");
}

static bool editor_add_item(struct toml_editor *t, struct str above, const struct value *array,
                            struct str token, struct str text)
{
	unsigned long long index;
	if (!str_eq(token, STR("-")) &&
	    (!str_number(token, 1u << 30, &index) || index != value_count(array)))
		return error_set(t->err, ERROR_PROJECT, "the array at '%.*s' has %zu items: /- is one "
		                 "more", STR_ARG(above), value_count(array));
	if (!toml_is_value(array))
		return editor_fails(t, value_span(array).at, "[[tables]] are no array of values");
	return editor_add_inside(t, array, text);
}

/* `above`: the longest front of the pointer where something is, or the table. */
static bool editor_add(struct toml_editor *t, const struct value *wanted)
{
	struct str above = editor_above(t->pointer), key;
	while (editor_is_in_table(t, above) && above.n > strlen(t->table) &&
	       !value_at(t->root, above))
		above = editor_above(above);
	const struct value *parent = value_at(t->root, above), *value;
	size_t next = above.n + 1;
	struct str token = str_slice(t->pointer, next, t->pointer.n - next);
	size_t slash = str_find(token, '/');
	struct str front = str_slice(t->pointer, 0, slash == STR_NONE ? t->pointer.n : next + slash);
	owned_buf struct buf text = { 0 };
	if (!editor_wrap(t, above, wanted, &value) || !editor_token(t, front, &key) ||
	    !toml_write(&text, value, t->err))
		return false;
	if (parent && value_type(parent) == VALUE_ARRAY)
		return editor_add_item(t, above, parent, key, buf_str(&text));
	if (parent && value_type(parent) != VALUE_OBJECT)
		return error_set(t->err, ERROR_PROJECT, "'%.*s' is no table", STR_ARG(above));
	return editor_add_to(t, above, parent, key, buf_str(&text));
}

bool toml_edit_set(struct arena *arena, const struct source *source, const char *table,
                   struct str pointer, struct str value, struct edits *ret_edits,
                   struct error *err)
{
	struct toml_editor t = { .out = ret_edits, .err = err };
	const struct value *wanted;
	owned_buf struct buf text = { 0 };
	struct error why;
	if (!value_parse_json(arena, arena_str(arena, value), &wanted, &why))
		return error_set(err, ERROR_USAGE, "the value is no JSON: %s", why.text);
	if (!editor_begin(&t, arena, source, table, pointer) || !toml_write(&text, wanted, err))
		return false;
	const struct value *old = value_at(t.root, t.pointer);
	if (old && value_equal(old, wanted))
		return true;
	if (old && !toml_is_value(old))
		return editor_fails(&t, value_span(old).at, "a [table] and dotted keys are changed key by "
		                    "key");
	struct span at = old ? value_span(old) : (struct span){ 0 };
	bool done = old ? editor_edit(&t, at.at, at.at + at.size, buf_str(&text))
	                : editor_add(&t, wanted);
	return done && editor_check(&t, wanted);
}

/* ---- removing ---- */

/* An item with the comma behind it, the last one with that before it. */
static bool editor_remove_inside(struct toml_editor *t, const struct value *parent,
                                 const struct value *gone)
{
	struct span all = value_span(parent);
	const struct value *before = NULL, *v = value_child(parent);
	bool object = value_type(parent) == VALUE_OBJECT;
	for (; v && !value_is_same(v, gone); v = value_next(v))
		before = v;
	const struct value *next = v ? value_next(v) : NULL;
	struct span at = value_span(gone);
	size_t from = object ? value_key_span(gone).at : at.at, to = at.at + at.size;
	if (next) {
		to = object ? value_key_span(next).at : value_span(next).at;
	} else if (before) {
		from = value_span(before).at + value_span(before).size;
	} else {
		from = all.at + 1;
		to = all.at + all.size - 1;
	}
	struct str text = t->source->text;
	struct str left = str_slice(text, from, at.at > from ? at.at - from : 0);
	struct str right = str_slice(text, at.at + at.size, to > at.at + at.size
	                             ? to - at.at - at.size : 0);
	if (str_find(left, '#') != STR_NONE || str_find(right, '#') != STR_NONE)
		return editor_fails(t, at.at, "a comment beside it would go too");
	return editor_edit(t, from, to, STR(""));
}

bool toml_edit_unset(struct arena *arena, const struct source *source, const char *table,
                     struct str pointer, struct edits *ret_edits, struct error *err)
{
	struct toml_editor t = { .out = ret_edits, .err = err };
	if (!editor_begin(&t, arena, source, table, pointer))
		return false;
	const struct value *gone = value_at(t.root, t.pointer);
	const struct value *parent = value_at(t.root, editor_above(t.pointer));
	if (!gone)
		return error_set(err, ERROR_MISSING, "there is nothing at '%.*s'", STR_ARG(pointer));
	if (!toml_is_value(gone))
		return editor_fails(&t, value_span(gone).at, "a [table] and dotted keys are removed key by "
		                    "key");
	bool done;
	if (toml_is_value(parent)) {
		done = editor_remove_inside(&t, parent, gone);
	} else {
		struct span line = toml_line_of(gone);
		done = editor_edit(&t, line.at, line.at + line.size, STR(""));
	}
	return done && editor_check(&t, NULL);
}
