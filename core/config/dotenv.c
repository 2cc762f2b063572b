#include "core/config/dotenv.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/map.h"
#include "core/base/utf8.h"
#include "core/config/dotenv_text.h"

struct dotenv_entry {
	struct span name, value;        /* value: of the quotes too; size 0 at its place for none */
	struct str text;                /* the value */
	bool is_alone;                  /* a name without = */
};

struct dotenv {
	struct arena *arena;
	const struct source *source;
	struct str text;
	size_t at;
	struct problems *problems;
	struct dotenv_entry *entries;
	size_t n, cap;
	struct map values;              /* a name's last value so far, a struct str */
};

static struct span dotenv_span(const struct dotenv *d, size_t from, size_t to)
{
	return (struct span){ d->source, (uint32_t)from, (uint32_t)(to - from) };
}

static int dotenv_peek(const struct dotenv *d)
{
	return d->at < d->text.n ? (unsigned char)d->text.p[d->at] : -1;
}

static bool dotenv_is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void dotenv_blanks(struct dotenv *d)
{
	while (dotenv_is_blank(dotenv_peek(d)))
		d->at++;
}

static void dotenv_pass_line(struct dotenv *d)
{
	size_t end = str_find(str_slice(d->text, d->at, d->text.n), '\n');
	d->at = end == STR_NONE ? d->text.n : d->at + end + 1;
}

/* To the next statement; false at the end. */
static bool dotenv_next(struct dotenv *d)
{
	for (;;) {
		dotenv_blanks(d);
		if (dotenv_peek(d) == '\n')
			d->at++;
		else if (dotenv_peek(d) == '#')
			dotenv_pass_line(d);
		else
			return dotenv_peek(d) >= 0;
	}
}

static bool dotenv_is_name(int c)
{
	return c >= 0 && c < 0x80 && (isalnum(c) || strchr("_.-[]", c)) && c;
}

/* The name and what parts it from its value; the front is then at the value. */
static bool dotenv_name(struct dotenv *d, struct dotenv_entry *e)
{
	struct str rest = str_slice(d->text, d->at, d->text.n);
	if (str_has_prefix(rest, STR("export ")) || str_has_prefix(rest, STR("export\t"))) {
		d->at += 6;
		dotenv_blanks(d);
	}
	size_t start = d->at;
	while (dotenv_is_name(dotenv_peek(d)))
		d->at++;
	e->name = dotenv_span(d, start, d->at);
	dotenv_blanks(d);
	int c = dotenv_peek(d);
	if (e->name.size && (c < 0 || c == '\n')) {
		e->is_alone = true;
		e->value = dotenv_span(d, d->at, d->at);
		return true;
	}
	if (!e->name.size || (c != '=' && c != ':'))
		return problems_add(d->problems, SEVERITY_ERROR, "env-syntax",
		                    dotenv_span(d, d->at, d->at + (c >= 0)),
		                    e->name.size ? "NAME=VALUE is wanted: a = behind the name"
		                                 : "NAME=VALUE is wanted: a name has letters, digits, "
		                                   "_ . and -");
	d->at++;
	dotenv_blanks(d);
	return true;
}

static bool dotenv_value(struct dotenv *d, struct dotenv_entry *e)
{
	size_t start = d->at;
	struct str rest = str_slice(d->text, start, d->text.n);
	owned_buf struct buf raw = { 0 };
	char quote = rest.n && (rest.p[0] == '"' || rest.p[0] == '\'') ? rest.p[0] : 0;
	size_t size = quote ? dotenv_text_quoted(rest, &raw) : dotenv_text_plain(rest, &raw);
	if (size == STR_NONE)
		return problems_add(d->problems, SEVERITY_ERROR, "env-syntax",
		                    dotenv_span(d, start, start + 1), "this %c has no end: another %c "
		                    "is wanted", quote, quote);
	d->at += size;
	e->value = dotenv_span(d, start, d->at);
	if (!quote)
		dotenv_pass_line(d);
	e->text = arena_str(d->arena, buf_str(&raw));
	return true;
}

/* The last value of the name so far; p NULL: it has none. */
static struct str dotenv_lookup(void *data, struct str name)
{
	const struct str *value = map_get(&((const struct dotenv *)data)->values, name);
	return value ? *value : (struct str){ 0 };
}

static bool dotenv_expand(struct dotenv *d, struct dotenv_entry *e)
{
	struct error err;
	owned_buf struct buf out = { 0 };
	char first = e->value.size ? d->text.p[e->value.at] : 0;
	if (first == '\'' || !e->text.n)
		return true;
	if (!dotenv_text_expand(e->text, DOTENV_VALUE_MAX, dotenv_lookup, d, &out, &err))
		return problems_add(d->problems, SEVERITY_ERROR, "env-syntax", e->value, "%s", err.text);
	e->text = arena_str(d->arena, buf_str(&out));
	return true;
}

static void dotenv_add(struct dotenv *d, const struct dotenv_entry *e)
{
	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 32;
		d->entries = xrealloc(d->entries, d->cap, sizeof *d->entries);
	}
	d->entries[d->n++] = *e;
	if (e->is_alone)
		return;
	struct str *value = arena_alloc(d->arena, sizeof *value);
	*value = e->text;
	map_set(&d->values, span_text(e->name), value);
}

static bool dotenv_entries(struct dotenv *d)
{
	size_t before = problems_errors(d->problems);
	size_t bad = utf8_invalid(d->text), nul = str_find(d->text, '\0');
	if (d->text.n >= UINT32_MAX || bad != STR_NONE || nul != STR_NONE) {
		size_t at = bad != STR_NONE ? bad : nul != STR_NONE ? nul : 0;
		return problems_add(d->problems, SEVERITY_ERROR, "env-syntax",
		                    dotenv_span(d, at, at + 1), "this is no text: a file of NAME=VALUE "
		                    "lines in UTF-8 is wanted");
	}
	if (str_has_prefix(d->text, STR("\xef\xbb\xbf")))
		d->at = 3;
	while (dotenv_next(d)) {
		struct dotenv_entry e = { .text = STR("") };
		if (!dotenv_name(d, &e) || (!e.is_alone && !dotenv_value(d, &e)))
			dotenv_pass_line(d);
		else if (dotenv_expand(d, &e))
			dotenv_add(d, &e);
	}
	return problems_errors(d->problems) == before;
}

static void dotenv_finish(struct dotenv *d)
{
	free(d->entries);
	map_finish(&d->values);
}

bool dotenv_read(struct arena *arena, const struct source *source, struct problems *problems,
                 const struct value **ret_value)
{
	struct dotenv d = { .arena = arena, .source = source, .text = source->text,
	                    .problems = problems };
	bool ok = dotenv_entries(&d);
	struct value *all = value_new(arena, VALUE_OBJECT, (struct str){ 0 },
	                              dotenv_span(&d, 0, d.text.n < UINT32_MAX ? d.text.n : 0));
	for (size_t i = 0; i < d.n; i++) {
		const struct dotenv_entry *e = &d.entries[i];
		struct str name = span_text(e->name);
		if (e->is_alone)
			continue;
		if (value_get(all, name))
			problems_add(problems, SEVERITY_WARNING, "env-twice", e->name,
			             "%.*s stands here a second time: this one counts", STR_ARG(name));
		value_append(all, name, e->name, value_new(arena, VALUE_STRING, e->text, e->value));
	}
	*ret_value = all;
	dotenv_finish(&d);
	return ok;
}

/* ---- edits ---- */

static bool dotenv_begin(struct dotenv *d, struct arena *arena, const struct source *source,
                         struct str name, struct error *err)
{
	owned(problems) struct problems *problems = problems_new();
	*d = (struct dotenv){ .arena = arena, .source = source, .text = source->text,
	                      .problems = problems };
	for (size_t i = 0; i < name.n; i++)
		if (!dotenv_is_name((unsigned char)name.p[i]))
			return error_set(err, ERROR_USAGE, "'%.*s' is no name of a variable: letters, digits, "
			                 "_ . and - make one", STR_ARG(name));
	if (!name.n)
		return error_set(err, ERROR_USAGE, "the name of a variable is wanted");
	if (dotenv_entries(d))
		return true;
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (p->severity == SEVERITY_ERROR)
			return error_set_at(err, span_origin(p->at), "%.*s", STR_ARG(p->text));
	}
	return false;
}

static void dotenv_one_edit(struct dotenv *d, size_t at, size_t size, struct str text,
                            struct edits *ret_edits)
{
	struct edit *edit = arena_alloc(d->arena, sizeof *edit);
	*edit = (struct edit){ dotenv_span(d, at, at + size), arena_str(d->arena, text) };
	*ret_edits = (struct edits){ edit, 1 };
}

static bool dotenv_put(struct dotenv *d, struct str name, struct str value,
                       struct edits *ret_edits, struct error *err)
{
	owned_buf struct buf text = { 0 };
	*ret_edits = (struct edits){ 0 };
	if (str_find(value, '\0') != STR_NONE || utf8_invalid(value) != STR_NONE ||
	    value.n > DOTENV_VALUE_MAX)
		return error_set(err, ERROR_USAGE, "the value of a variable has at most %d bytes of UTF-8, "
		                 "none of them 0", DOTENV_VALUE_MAX);
	for (size_t i = d->n; i-- > 0;) {
		const struct dotenv_entry *e = &d->entries[i];
		if (e->is_alone || !str_eq(span_text(e->name), name))
			continue;
		if (str_eq(e->text, value))
			return true;
		dotenv_text_quote(&text, value);
		dotenv_one_edit(d, e->value.at, e->value.size, buf_str(&text), ret_edits);
		return true;
	}
	bool crlf = str_find_str(d->text, STR("\r\n")) != STR_NONE;
	const char *line_end = crlf ? "\r\n" : "\n";
	if (d->text.n && d->text.p[d->text.n - 1] != '\n')
		buf_append_text(&text, line_end);
	buf_printf(&text, "%.*s=", STR_ARG(name));
	dotenv_text_quote(&text, value);
	buf_append_text(&text, line_end);
	dotenv_one_edit(d, d->text.n, 0, buf_str(&text), ret_edits);
	return true;
}

/* The statement with its line, where nothing else stands on it. */
static struct span dotenv_statement(const struct dotenv *d, const struct dotenv_entry *e)
{
	size_t from = e->name.at, to = e->value.at + e->value.size;
	while (from > 0 && d->text.p[from - 1] != '\n')
		from--;
	struct dotenv rest = *d;
	rest.at = to;
	dotenv_blanks(&rest);
	if (dotenv_peek(&rest) == '#' || dotenv_peek(&rest) == '\n' || dotenv_peek(&rest) < 0)
		dotenv_pass_line(&rest);
	return dotenv_span(d, from, rest.at);
}

static bool dotenv_take(struct dotenv *d, struct str name, struct edits *ret_edits,
                        struct error *err)
{
	struct edit *edits = arena_array(d->arena, d->n + 1, sizeof *edits);
	size_t n = 0, end = 0;
	for (size_t i = 0; i < d->n; i++) {
		if (!str_eq(span_text(d->entries[i].name), name))
			continue;
		struct span at = dotenv_statement(d, &d->entries[i]);
		/* Two statements may share a line. */
		if (at.at < end)
			at = dotenv_span(d, end, at.at + at.size);
		end = at.at + at.size;
		edits[n++] = (struct edit){ at, STR("") };
	}
	if (!n)
		return error_set(err, ERROR_MISSING, "there is no variable '%.*s'", STR_ARG(name));
	*ret_edits = (struct edits){ edits, n };
	return true;
}

bool dotenv_set(struct arena *arena, const struct source *source, struct str name,
                struct str value, struct edits *ret_edits, struct error *err)
{
	struct dotenv d = { 0 };
	bool ok = dotenv_begin(&d, arena, source, name, err) &&
	          dotenv_put(&d, name, value, ret_edits, err);
	dotenv_finish(&d);
	return ok;
}

bool dotenv_unset(struct arena *arena, const struct source *source, struct str name,
                  struct edits *ret_edits, struct error *err)
{
	struct dotenv d = { 0 };
	bool ok = dotenv_begin(&d, arena, source, name, err) && dotenv_take(&d, name, ret_edits, err);
	dotenv_finish(&d);
	return ok;
}
