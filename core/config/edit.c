#include "core/config/edit.h"

#include "core/base/utf8.h"
#include "core/config/edit_text.h"
#include "core/value/json.h"

enum { EDIT_COLUMNS = 80 };     /* a container that stood in one line stays there up to this */

/* A way down a text, token by token. */
struct editing {
	struct arena *arena;
	const struct source *source;
	struct str text;
	struct str pointer, rest;       /* rest: the tokens not yet gone, p NULL: none */
	struct buf token;               /* the one gone last, unescaped */
	struct str raw;                 /* and as it is written */
	bool in_lines;                  /* the container around has its items on their own lines */
};

/* ---- reading ---- */

static bool edit_check_pointer(struct str pointer, struct error *err)
{
	owned_buf struct buf key = { 0 };
	struct str rest = str_slice(pointer, 1, STR_NONE), token;
	if (pointer.n == 0)
		return true;
	if (pointer.p[0] != '/')
		return error_set(err, ERROR_USAGE, "'%.*s' is no pointer: write /key/key, or /key/0 "
		                 "for an item of an array", STR_ARG(pointer));
	if (utf8_invalid(pointer) != STR_NONE)
		return error_set(err, ERROR_USAGE, "the pointer '%.*s' is not UTF-8", STR_ARG(pointer));
	while (str_next(&rest, '/', &token))
		if (!value_pointer_unescape(token, &key))
			return error_set(err, ERROR_USAGE, "in the pointer '%.*s' a ~ stands alone: write "
			                 "~0 for ~ and ~1 for / in a key", STR_ARG(pointer));
	return true;
}

/* What is wrong with the file, at its place. */
static bool edit_check_text(struct arena *arena, const struct source *source, struct error *err)
{
	owned(problems) struct problems *problems = problems_new();
	const struct value *ignored;
	if (value_read_json(arena, source, problems, &ignored))
		return true;
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (p->severity == SEVERITY_ERROR)
			return error_set_at(err, span_origin(p->at), "%.*s", STR_ARG(p->text));
	}
	return error_set(err, ERROR_SYNTAX, "'%s' is no JSON", source->path);
}

static bool edit_is_empty(struct str text)
{
	return edit_skip_blanks(text, 0) == text.n;
}

static bool edit_begin(struct editing *e, struct error *err)
{
	e->text = e->source->text;
	e->in_lines = true;
	if (!edit_check_pointer(e->pointer, err))
		return false;
	e->rest = e->pointer.n ? str_slice(e->pointer, 1, STR_NONE) : (struct str){ 0 };
	return edit_is_empty(e->text) || edit_check_text(e->arena, e->source, err);
}

static void edit_finish(struct editing *e)
{
	buf_finish(&e->token);
}
#define owned_editing __attribute__((cleanup(edit_finish)))

static bool edit_next(struct editing *e)
{
	if (!str_next(&e->rest, '/', &e->raw))
		return false;
	value_pointer_unescape(e->raw, &e->token);
	return true;
}

/* The pointer up to the token before the one gone last, for messages. */
static struct str edit_gone(const struct editing *e)
{
	return str_slice(e->pointer, 0, (size_t)(e->raw.p - e->pointer.p) - 1);
}

static bool edit_fail_at(const struct editing *e, size_t at, struct error *err)
{
	struct str gone = edit_gone(e);
	struct span span = { e->source, (uint32_t)at, 1 };
	if (!gone.n)
		gone = STR("the document");
	error_set_at(err, span_origin(span), "%.*s is neither an object nor an array: '%.*s' leads "
	             "nowhere", STR_ARG(gone), STR_ARG(e->pointer));
	err->code = ERROR_PROJECT;
	return false;
}

static bool edit_fail_index(const struct editing *e, const struct edit_container *c,
                            struct error *err)
{
	struct span span = { e->source, (uint32_t)c->at, 1 };
	error_set_at(err, span_origin(span), "the array has %zu item%s and none '%.*s': count from 0, "
	             "and - is behind the last", c->n, c->n == 1 ? "" : "s", STR_ARG(e->raw));
	err->code = ERROR_PROJECT;
	return false;
}

enum edit_found { EDIT_HERE, EDIT_BEHIND, EDIT_NOWHERE };

/* Where the token gone last stands in the container.  BEHIND: it may be added as last. */
static enum edit_found edit_find(const struct editing *e, const struct edit_container *c,
                                 size_t *ret_index)
{
	unsigned long long index;
	if (e->text.p[c->at] == '{') {
		for (size_t i = c->n; i-- > 0;)
			if (edit_item_has_key(e->arena, e->text, &c->items[i], buf_str(&e->token))) {
				*ret_index = i;
				return EDIT_HERE;
			}
		return EDIT_BEHIND;
	}
	if (str_eq(e->raw, STR("-")))
		return EDIT_BEHIND;
	if (!str_number(e->raw, UINT32_MAX, &index) || (e->raw.n > 1 && e->raw.p[0] == '0') ||
	    index > c->n)
		return EDIT_NOWHERE;
	*ret_index = (size_t)index;
	return index < c->n ? EDIT_HERE : EDIT_BEHIND;
}

static bool edit_in_lines(const struct editing *e, const struct edit_container *c)
{
	return c->n ? edit_has_break(edit_part(e->text, c->at, c->items[0].key)) : e->in_lines;
}

/* ---- making edits ---- */

static struct edits edit_one(const struct editing *e, size_t at, size_t end, struct str text)
{
	struct edit *edit = arena_alloc(e->arena, sizeof *edit);
	edit->at = (struct span){ e->source, (uint32_t)at, (uint32_t)(end - at) };
	edit->text = arena_str(e->arena, text);
	return (struct edits){ edit, 1 };
}

/* The value inside what the tokens that are left call for. */
static void edit_wrap(struct editing *e, struct str value, struct buf *out)
{
	owned_buf struct buf closing = { 0 };
	while (edit_next(e)) {
		bool is_object = !str_eq(e->raw, STR("-"));
		buf_append_char(out, is_object ? '{' : '[');
		buf_append_char(&closing, is_object ? '}' : ']');
		if (!is_object)
			continue;
		value_write_json_string(out, buf_str(&e->token), false);
		buf_append_char(out, ':');
	}
	buf_append(out, value);
	while (closing.n)
		buf_append_char(out, closing.p[--closing.n]);
}

static struct edits edit_new_file(struct editing *e, struct str value)
{
	owned_buf struct buf json = { 0 }, out = { 0 };
	struct edit_style style = edit_style(e->arena, STR(""));
	edit_wrap(e, value, &json);
	edit_lay_out(&out, buf_str(&json), &style, STR(""), true);
	buf_append(&out, style.eol);
	return edit_one(e, 0, e->text.n, buf_str(&out));
}

/* A container that stood in one line stays so while that is short enough. */
static bool edit_fits_line(const struct editing *e, struct str value,
                           const struct edit_style *style, size_t at, size_t end)
{
	owned_buf struct buf line = { 0 };
	if (!edit_is_container(e->text, at) || end - at <= 2 ||
	    edit_has_break(edit_part(e->text, at, end)))
		return false;
	edit_lay_out(&line, value, style, STR(""), false);
	return line.n <= EDIT_COLUMNS;
}

static struct edits edit_replace(struct editing *e, struct str value, size_t at, size_t end)
{
	owned_buf struct buf out = { 0 };
	struct edit_style style = edit_style(e->arena, e->text);
	bool was_in_lines = edit_is_container(e->text, at) &&
	                    edit_has_break(edit_part(e->text, at, end));
	bool in_lines = was_in_lines ||
	                (e->in_lines && !edit_fits_line(e, value, &style, at, end));
	edit_lay_out(&out, value, &style, edit_indent(e->text, at), in_lines);
	if (str_eq(buf_str(&out), edit_part(e->text, at, end)))
		return (struct edits){ 0 };
	return edit_one(e, at, end, buf_str(&out));
}

/* Of several breaks the last, so that no empty line is copied. */
static void edit_append_gap(struct buf *out, struct str gap)
{
	size_t last = str_find_last(gap, '\n');
	if (last == STR_NONE)
		last = str_find_last(gap, '\r');
	else
		last -= last && gap.p[last - 1] == '\r';
	buf_append(out, str_slice(gap, last == STR_NONE ? 0 : last, gap.n));
}

/* What stands between the last item and a new one: what separates the last two. */
static void edit_separator(const struct editing *e, const struct edit_container *c,
                           const struct edit_style *style, struct buf *out)
{
	const struct edit_item *last = &c->items[c->n - 1];
	struct str gap = edit_part(e->text, c->at + 1, c->items[0].key);
	if (c->n == 1) {
		buf_append(out, edit_has_break(gap) ? STR(",") : style->comma);
		if (edit_has_break(gap))
			edit_append_gap(out, gap);
		return;
	}
	gap = edit_part(e->text, last[-1].end, last->key);
	size_t comma = str_find(gap, ',');
	edit_append_gap(out, str_slice(gap, 0, comma));
	buf_append_char(out, ',');
	edit_append_gap(out, str_slice(gap, comma + 1, gap.n));
}

static void edit_member(struct editing *e, const struct edit_container *c,
                        const struct edit_style *style, struct buf *out)
{
	if (e->text.p[c->at] != '{')
		return;
	value_write_json_string(out, buf_str(&e->token), false);
	struct str colon = style->colon;
	if (c->n) {
		const struct edit_item *last = &c->items[c->n - 1];
		struct str near = edit_part(e->text, last->key_end, last->at);
		colon = edit_has_break(near) ? colon : near;
	}
	buf_append(out, colon);
}

/* The blanks that open the line that is being written. */
static struct str edit_line_indent(const struct editing *e, struct str written, size_t at)
{
	if (edit_has_break(written))
		return edit_indent(written, written.n);
	return edit_indent(e->text, at);
}

static struct edits edit_append(struct editing *e, struct str value, const struct edit_container *c)
{
	owned_buf struct buf json = { 0 }, out = { 0 };
	struct edit_style style = edit_style(e->arena, e->text);
	size_t at = c->items[c->n - 1].end;
	edit_separator(e, c, &style, &out);
	bool in_lines = edit_has_break(buf_str(&out));
	struct str indent = arena_str(e->arena, edit_line_indent(e, buf_str(&out), at));
	edit_member(e, c, &style, &out);
	edit_wrap(e, value, &json);
	edit_lay_out(&out, buf_str(&json), &style, indent, in_lines);
	return edit_one(e, at, at, buf_str(&out));
}

/* Into an empty container. */
static struct edits edit_fill(struct editing *e, struct str value, const struct edit_container *c)
{
	owned_buf struct buf json = { 0 }, out = { 0 }, indent = { 0 };
	struct edit_style style = edit_style(e->arena, e->text);
	bool is_object = e->text.p[c->at] == '{';
	struct str outer = edit_indent(e->text, c->at);
	bool is_scalar = !e->rest.p && !edit_is_container(value, 0);
	bool flat = style.flat_arrays && !is_object && is_scalar;
	bool in_lines = e->in_lines && !flat;
	if (in_lines) {
		buf_append(&indent, outer);
		buf_append(&indent, style.unit);
		buf_append(&out, style.eol);
		buf_append(&out, buf_str(&indent));
	} else {
		buf_append(&out, style.pad[is_object]);
	}
	edit_member(e, c, &style, &out);
	edit_wrap(e, value, &json);
	edit_lay_out(&out, buf_str(&json), &style, buf_str(&indent), in_lines);
	buf_append(&out, in_lines ? style.eol : style.pad[is_object]);
	if (in_lines)
		buf_append(&out, outer);
	return edit_one(e, c->at + 1, c->end - 1, buf_str(&out));
}

/* ---- setting ---- */

static bool edit_set_inside(struct editing *e, struct str value, struct edits *ret_edits,
                            struct error *err)
{
	size_t at = edit_skip_blanks(e->text, 0), end = e->text.n;
	while (end > at && edit_skip_blanks(e->text, end - 1) == e->text.n)
		end--;
	while (edit_next(e)) {
		if (!edit_is_container(e->text, at))
			return edit_fail_at(e, at, err);
		struct edit_container c = edit_scan(e->arena, e->text, at);
		size_t index;
		enum edit_found found = edit_find(e, &c, &index);
		if (found == EDIT_NOWHERE)
			return edit_fail_index(e, &c, err);
		if (found == EDIT_BEHIND) {
			*ret_edits = c.n ? edit_append(e, value, &c) : edit_fill(e, value, &c);
			return true;
		}
		e->in_lines = edit_in_lines(e, &c);
		at = c.items[index].at;
		end = c.items[index].end;
	}
	*ret_edits = edit_replace(e, value, at, end);
	return true;
}

/* What is written can be read again: it may be nested too deeply. */
static bool edit_check_result(const struct editing *e, const struct edits *edits, struct error *err)
{
	owned(arena) struct arena *scratch = arena_new();
	owned_buf struct buf text = { 0 };
	const struct value *ignored;
	struct error why;
	edit_apply(&text, e->text, edits);
	return value_parse_json(scratch, buf_str(&text), &ignored, &why) ||
	       error_set(err, ERROR_LIMIT, "that cannot be set: %s", why.text);
}

bool edit_set(struct arena *arena, const struct source *source, struct str pointer,
              struct str value, struct edits *ret_edits, struct error *err)
{
	owned_editing struct editing e = { .arena = arena, .source = source, .pointer = pointer };
	struct edits edits;
	const struct value *ignored;
	struct error why;
	if (!edit_begin(&e, err))
		return false;
	if (!value_parse_json(arena, value, &ignored, &why))
		return error_set(err, ERROR_USAGE, "the value is no JSON: %s", why.text);
	value = str_trim(value);
	if (edit_is_empty(e.text))
		edits = edit_new_file(&e, value);
	else if (!edit_set_inside(&e, value, &edits, err))
		return false;
	if (!edit_check_result(&e, &edits, err))
		return false;
	*ret_edits = edits;
	return true;
}

/* ---- removing ---- */

/* Runs of items that go, each with the commas that then are too many. */
static struct edits edit_remove(const struct editing *e, const struct edit_container *c,
                                const bool *goes)
{
	struct edit *edits = arena_array(e->arena, c->n, sizeof *edits);
	struct edits list = { edits, 0 };
	for (size_t i = 0, next; i < c->n; i = next) {
		for (next = i; next < c->n && goes[next];)
			next++;
		if (next == i) {
			next++;
			continue;
		}
		size_t from = i ? c->items[i - 1].end : c->items[0].key;
		size_t to = c->items[next - 1].end;
		if (i == 0 && next < c->n)
			to = c->items[next].key;
		else if (i == 0)
			from = c->at + 1, to = c->end - 1;
		edits[list.n++].at = (struct span){ e->source, (uint32_t)from, (uint32_t)(to - from) };
	}
	return list;
}

static bool edit_missing(const struct editing *e, struct error *err)
{
	return error_set(err, ERROR_MISSING, "'%s' has nothing at '%.*s'", e->source->path,
	                 STR_ARG(e->pointer));
}

static bool edit_unset_inside(struct editing *e, struct edits *ret_edits, struct error *err)
{
	size_t at = edit_skip_blanks(e->text, 0), index = 0;
	struct edit_container c = { 0 };
	while (edit_next(e)) {
		if (!edit_is_container(e->text, at))
			return edit_missing(e, err);
		c = edit_scan(e->arena, e->text, at);
		if (edit_find(e, &c, &index) != EDIT_HERE)
			return edit_missing(e, err);
		at = c.items[index].at;
	}
	bool *goes = arena_array(e->arena, c.n, sizeof *goes);
	goes[index] = true;
	for (size_t i = 0; e->text.p[c.at] == '{' && i < c.n; i++)
		if (edit_item_has_key(e->arena, e->text, &c.items[i], buf_str(&e->token)))
			goes[i] = true;
	*ret_edits = edit_remove(e, &c, goes);
	return true;
}

bool edit_unset(struct arena *arena, const struct source *source, struct str pointer,
                struct edits *ret_edits, struct error *err)
{
	owned_editing struct editing e = { .arena = arena, .source = source, .pointer = pointer };
	if (!edit_begin(&e, err))
		return false;
	if (pointer.n == 0)
		return error_set(err, ERROR_PROJECT, "the whole of '%s' cannot be removed: remove the "
		                 "file", source->path);
	return edit_is_empty(e.text) ? edit_missing(&e, err) : edit_unset_inside(&e, ret_edits, err);
}

void edit_apply(struct buf *out, struct str text, const struct edits *edits)
{
	size_t at = 0;
	for (size_t i = 0; i < edits->n; i++) {
		const struct edit *edit = &edits->edits[i];
		buf_append(out, edit_part(text, at, edit->at.at));
		buf_append(out, edit->text);
		at = (size_t)edit->at.at + edit->at.size;
	}
	buf_append(out, str_slice(text, at, text.n));
}

/* ---- what people type ---- */

static const char *edit_type_name(enum value_type type)
{
	switch (type) {
	case VALUE_OBJECT:
		return "an object";
	case VALUE_ARRAY:
		return "an array";
	case VALUE_BOOL:
		return "true or false";
	default:
		return "a number";
	}
}

bool edit_typed(struct arena *arena, struct str typed, const struct value *old, bool as_string,
                struct str *ret_json, struct error *err)
{
	owned_buf struct buf quoted = { 0 };
	const struct value *ignored;
	struct error why;
	struct str bare = str_trim(typed);
	enum value_type was = old ? value_type(old) : VALUE_NULL;
	if (utf8_invalid(typed) != STR_NONE)
		return error_set(err, ERROR_USAGE, "the value is not UTF-8");
	if (!as_string && value_parse_json(arena, bare, &ignored, &why)) {
		*ret_json = arena_str(arena, bare);
		return true;
	}
	if (!as_string && bare.n && strchr("{[\"", bare.p[0]))
		return error_set(err, ERROR_USAGE, "the value begins like JSON but is none: %s", why.text);
	if (!as_string && was != VALUE_STRING && was != VALUE_NULL)
		return error_set(err, ERROR_USAGE, "'%.*s' is no JSON, and what stands there is %s, no "
		                 "string", STR_ARG(typed), edit_type_name(was));
	value_write_json_string(&quoted, typed, false);
	*ret_json = arena_str(arena, buf_str(&quoted));
	return true;
}
