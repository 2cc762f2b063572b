#include "core/config/toml.h"

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/config/toml_table.h"

/* The reader: lines, keys and containers.  Strings, numbers and dates are read in
 * toml_text.c, toml_number.c and toml_date.c; which table may be added to is decided
 * in toml_table.c. */
struct toml {
	struct toml_scan scan;
	struct toml_tables tables;
	struct toml_name *path;         /* the dotted key read last */
	size_t npath, cap;
};

static bool toml_value(struct toml *, unsigned depth, struct value **ret_value);

static bool toml_is_bare(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '-';
}

static bool toml_name(struct toml *t, struct toml_name *ret_name)
{
	struct toml_scan *s = &t->scan;
	size_t start = s->at;
	int c = toml_scan_peek(s);
	if (c == '"' || c == '\'') {
		if (!toml_text_read(s, true, &ret_name->text))
			return false;
	} else {
		while (toml_is_bare(toml_scan_peek(s)))
			s->at++;
		if (s->at == start)
			return toml_scan_unexpected(s, "a key (letters, digits, _ and -, or "
			                            "a string in quotes)");
		ret_name->text = str_slice(s->text, start, s->at - start);
	}
	ret_name->at = toml_scan_span(s, start);
	return true;
}

/* A dotted key into t->path, with the blanks around it passed. */
static bool toml_key(struct toml *t)
{
	t->npath = 0;
	do {
		if (t->npath == VALUE_DEPTH_MAX)
			return toml_scan_fail(&t->scan, t->scan.at, "a key has at most %d parts",
			                      VALUE_DEPTH_MAX);
		if (t->npath == t->cap) {
			t->cap = t->cap ? 2 * t->cap : 16;
			t->path = xrealloc(t->path, t->cap, sizeof *t->path);
		}
		toml_scan_blanks(&t->scan);
		if (!toml_name(t, &t->path[t->npath]))
			return false;
		t->npath++;
		toml_scan_blanks(&t->scan);
	} while (toml_scan_take(&t->scan, STR(".")));
	return true;
}

/* key = value, added to the table. */
static bool toml_pair(struct toml *t, struct toml_slot *table)
{
	if (!toml_key(t))
		return false;
	if (!toml_scan_take(&t->scan, STR("=")))
		return toml_scan_unexpected(&t->scan, "= and a value");
	toml_scan_blanks(&t->scan);
	for (size_t i = 0; i + 1 < t->npath; i++) {
		table = toml_tables_dot(&t->tables, table, &t->path[i]);
		if (!table)
			return false;
	}
	/* The value's own keys overwrite the path. */
	struct toml_name name = t->path[t->npath - 1];
	struct value *value;
	if (!toml_tables_check_new(&t->tables, table, &name) ||
	    !toml_value(t, table->depth + 1, &value))
		return false;
	toml_tables_add(&t->tables, table, &name, value);
	return true;
}

static bool toml_array(struct toml *t, unsigned depth, struct value **ret_value)
{
	struct toml_scan *s = &t->scan;
	size_t start = s->at++, base = t->tables.npending;
	if (!toml_tables_check_depth(&t->tables, depth, start) || !toml_scan_lines(s))
		return false;
	while (!toml_scan_take(s, STR("]"))) {
		struct value *item;
		if (!toml_value(t, depth + 1, &item))
			return false;
		toml_tables_push(&t->tables, &(struct toml_name){ 0 }, item);
		if (!toml_scan_lines(s))
			return false;
		if (!toml_scan_take(s, STR(",")) && toml_scan_peek(s) != ']')
			return toml_scan_unexpected(s, "a comma or the ] of this array");
		if (!toml_scan_lines(s))
			return false;
	}
	*ret_value = value_new(s->arena, VALUE_ARRAY, (struct str){ 0 }, toml_scan_span(s, start));
	toml_tables_take(&t->tables, base, *ret_value);
	return true;
}

static bool toml_inline(struct toml *t, unsigned depth, struct value **ret_value)
{
	struct toml_scan *s = &t->scan;
	size_t start = s->at++, base = t->tables.npending;
	struct toml_slot table;
	if (!toml_tables_inline(&t->tables, depth, start, &table))
		return false;
	toml_scan_blanks(s);
	bool more = !toml_scan_take(s, STR("}"));
	while (more) {
		if (!toml_pair(t, &table))
			return false;
		toml_scan_blanks(s);
		more = toml_scan_take(s, STR(","));
		toml_scan_blanks(s);
		if (more && toml_scan_peek(s) == '}')
			return toml_scan_fail(s, s->at, "no comma stands before the } of an "
			                      "inline table");
		if (!more && !toml_scan_take(s, STR("}")))
			return toml_scan_unexpected(s, "a comma or the } of this inline "
			                            "table, which stands in one line,");
	}
	*ret_value = value_new(s->arena, VALUE_OBJECT, (struct str){ 0 }, toml_scan_span(s, start));
	toml_tables_take(&t->tables, base, *ret_value);
	return true;
}

/* depth: that of the value, should it be a container. */
static bool toml_value(struct toml *t, unsigned depth, struct value **ret_value)
{
	struct toml_scan *s = &t->scan;
	size_t start = s->at;
	enum value_type type = VALUE_STRING;
	struct str text;
	switch (toml_scan_peek(s)) {
	case '[':
		return toml_array(t, depth, ret_value);
	case '{':
		return toml_inline(t, depth, ret_value);
	case '"':
	case '\'':
		if (!toml_text_read(s, false, &text))
			return false;
		break;
	default:
		if (!toml_number_read(s, &type, &text))
			return false;
	}
	*ret_value = value_new(s->arena, type, text, toml_scan_span(s, start));
	return true;
}

/* [a.b] or [[a.b]], and the rest of its line. */
static bool toml_header(struct toml *t, struct toml_slot **ret_table)
{
	struct toml_scan *s = &t->scan;
	bool several = toml_scan_take(s, STR("[["));
	if (!several)
		s->at++;
	if (!toml_key(t))
		return false;
	if (!toml_scan_take(s, several ? STR("]]") : STR("]")))
		return toml_scan_unexpected(s, several ? "the ]] of this header" :
		                            "the ] of this header");
	if (!toml_scan_line_end(s))
		return false;
	struct toml_slot *table = &t->tables.root;
	for (size_t i = 0; table && i + 1 < t->npath; i++)
		table = toml_tables_pass(&t->tables, table, &t->path[i]);
	const struct toml_name *last = &t->path[t->npath - 1];
	if (table)
		table = several ? toml_tables_open_next(&t->tables, table, last) :
		                  toml_tables_open(&t->tables, table, last);
	*ret_table = table;
	return table;
}

static bool toml_document(struct toml *t)
{
	struct toml_scan *s = &t->scan;
	struct toml_slot *table = &t->tables.root;
	if (s->text.n >= UINT32_MAX)
		return toml_scan_fail(s, 0, "files of 4 GiB and more are not read");
	size_t bad = utf8_invalid(s->text);
	if (bad != STR_NONE)
		return toml_scan_fail(s, bad, "these bytes are not UTF-8, as TOML has to be");
	toml_scan_take(s, STR("\xef\xbb\xbf"));
	while (toml_scan_lines(s)) {
		if (toml_scan_peek(s) < 0)
			return true;
		if (toml_scan_peek(s) == '[') {
			if (!toml_header(t, &table))
				return false;
		} else if (!toml_pair(t, table) || !toml_scan_line_end(s)) {
			return false;
		}
	}
	return false;
}

bool toml_read(struct arena *arena, const struct source *source, struct problems *problems,
               const struct value **ret_value)
{
	struct toml t = { .scan = { .arena = arena, .source = source, .text = source->text,
	                            .problems = problems } };
	toml_tables_init(&t.tables, &t.scan);
	bool done = toml_document(&t);
	if (done)
		*ret_value = t.tables.root.value;
	toml_tables_finish(&t.tables);
	free(t.path);
	return done;
}
