#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/value/json_read.h"
#include "core/value/node.h"

enum { JSON_PIECE = 64 << 10 };

struct json_writer {
	struct buf *out;
	struct json_style style;
	unsigned depth;
	bool want_lines;
	value_flush_fn *flush;            /* of pieces, or NULL */
	void *data;
	bool stopped;                   /* flush wants no more */
	struct arena *spare;            /* empty, for what the next unread container holds */
	struct buf lines;               /* struct json_line, one after another */
};

/* Most pieces are of a few bytes and fit: a call for each costs more than they do. */
static inline void json_put(struct buf *b, struct str s)
{
	if (b->limit || b->cap - b->n <= s.n) {
		buf_append(b, s);
		return;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
}

static inline void json_put_char(struct buf *b, char c)
{
	json_put(b, (struct str){ &c, 1 });
}

/* ---- strings ---- */

/* 0: as it is; else the letter of the short escape, or 'u', or 'x' for a look at
 * UTF-8. */
static const char json_escapes[256] = {
	[0] = 'u', ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
	[1] = 'u', 'u', 'u', 'u', 'u', 'u', 'u', [0x0b] = 'u', [0x0e] = 'u', 'u',
	[0x10] = 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
	['"'] = '"', ['\\'] = '\\',
#define JSON_16 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x'
	[0x80] = JSON_16, JSON_16, JSON_16, JSON_16, JSON_16, JSON_16, JSON_16, JSON_16,
};

static void json_write_unit(struct buf *b, unsigned unit)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
		         hex[unit & 15] };
	buf_append(b, (struct str){ text, sizeof text });
}

/* What stands in the text as it is, from `at` on. */
static size_t json_plain(struct str s, size_t at, bool ascii)
{
	size_t size;
	for (; at < s.n; at += size) {
		char escape = json_escapes[(unsigned char)s.p[at]];
		size = 1;
		if (!escape)
			continue;
		if (escape != 'x' || ascii || utf8_decode(str_slice(s, at, s.n), &size) == UTF8_BAD)
			break;
	}
	return at;
}

static void json_write_rune(struct buf *b, struct str rest, bool ascii, size_t *ret_size)
{
	uint32_t rune = utf8_decode(rest, ret_size);
	if (rune == UTF8_BAD)
		rune = UTF8_REPLACEMENT;
	if (!ascii) {
		buf_append_rune(b, rune);
		return;
	}
	if (rune > 0xffff) {
		json_write_unit(b, 0xd800 + ((rune - 0x10000) >> 10));
		rune = 0xdc00 + (rune & 0x3ff);
	}
	json_write_unit(b, rune);
}

void value_write_json_string(struct buf *b, struct str s, bool ascii)
{
	size_t at = 0, size;
	json_put_char(b, '"');
	while (at < s.n) {
		size_t start = at;
		at = json_plain(s, at, ascii);
		if (at > start)
			json_put(b, (struct str){ s.p + start, at - start });
		if (at == s.n)
			break;
		char escape = json_escapes[(unsigned char)s.p[at]];
		size = 1;
		if (escape == 'x')
			json_write_rune(b, str_slice(s, at, s.n), ascii, &size);
		else if (escape == 'u')
			json_write_unit(b, (unsigned char)s.p[at]);
		else
			json_put(b, (struct str){ (char[]){ '\\', escape }, 2 });
		at += size;
	}
	json_put_char(b, '"');
}

/* ---- numbers ---- */

static const char *json_skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

static bool json_is_number(struct str s)
{
	const char *p = s.p, *end = p + s.n, *digits;
	p += p < end && *p == '-';
	digits = p;
	p = p < end && *p == '0' ? p + 1 : json_skip_digits(p, end);
	if (p == digits)
		return false;
	if (p < end && *p == '.') {
		digits = ++p;
		p = json_skip_digits(p, end);
		if (p == digits)
			return false;
	}
	if (p < end && (*p | 0x20) == 'e') {
		p++;
		p += p < end && (*p == '+' || *p == '-');
		digits = p;
		p = json_skip_digits(p, end);
		if (p == digits)
			return false;
	}
	return p == end;
}

/* 0x1f, 0o17 and 0b11 in decimal digits; false when it is none or too large. */
static bool json_radix(struct str digits, struct buf *out)
{
	unsigned long long number = 0;
	unsigned radix = 0;
	if (digits.n > 2 && digits.p[0] == '0')
		switch (digits.p[1]) {
		case 'x':
			radix = 16;
			break;
		case 'o':
			radix = 8;
			break;
		case 'b':
			radix = 2;
		}
	if (!radix)
		return false;
	for (size_t i = 2; i < digits.n; i++) {
		char c = digits.p[i], lower = c | 0x20;
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0')
		                 : lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
		if (digit >= radix || number > (~0ull - digit) / radix)
			return false;
		number = number * radix + digit;
	}
	buf_printf(out, "%llu", number);
	return true;
}

/* TOML and YAML write numbers that JSON cannot: +1, 1_000, 0x1f, .5, 1., inf. */
static void json_write_foreign(struct buf *out, struct str text)
{
	owned_buf struct buf plain = { 0 }, number = { 0 };
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_')
			buf_append_char(&plain, text.p[i]);
	struct str digits = buf_str(&plain);
	if (digits.n && (digits.p[0] == '+' || digits.p[0] == '-')) {
		if (digits.p[0] == '-')
			buf_append_char(&number, '-');
		digits = str_slice(digits, 1, digits.n);
	}
	if (!json_radix(digits, &number)) {
		size_t point = str_find(digits, '.');
		size_t split = point == STR_NONE ? digits.n : point + 1;
		if (point == 0 && digits.n > 1)
			buf_append_char(&number, '0');
		buf_append(&number, str_slice(digits, 0, split));
		if (point != STR_NONE && (split == digits.n || (digits.p[split] | 0x20) == 'e'))
			buf_append_char(&number, '0');
		buf_append(&number, str_slice(digits, split, digits.n));
	}
	if (json_is_number(buf_str(&number)))
		buf_append(out, buf_str(&number));
	else
		value_write_json_string(out, text, false);
}

/* ---- values ---- */

static void json_line_end(struct json_writer *w)
{
	if (!w->want_lines)
		return;
	struct json_line *line = (struct json_line *)(void *)(w->lines.p + w->lines.n) - 1;
	line->size = w->out->n - line->at;
}

static void json_line_start(struct json_writer *w, const struct value *v, bool closing)
{
	if (!w->want_lines)
		return;
	bool container = node_is_container(v), whole = !v->json.child || !w->style.indent;
	struct json_line line = {
		.at = w->out->n, .depth = w->depth, .value = v,
		.opens = container && !closing, .closes = container && (closing || whole),
	};
	buf_append(&w->lines, (struct str){ (const char *)&line, sizeof line });
}

/* A line for v begins; its blanks belong to it. */
static void json_new_line(struct json_writer *w, const struct value *v, bool closing)
{
	static const char blanks[] = "                                                ";
	size_t n = (size_t)w->depth * w->style.indent;
	if (!w->style.indent)
		return;
	json_line_end(w);
	json_put_char(w->out, '\n');
	json_line_start(w, v, closing);
	for (; n >= sizeof blanks; n -= sizeof blanks - 1)
		json_put(w->out, STR(blanks));
	json_put(w->out, (struct str){ blanks, n });
}

static void json_write(struct json_writer *w, const struct value *v);

static void json_write_piece(struct json_writer *w)
{
	w->stopped = w->stopped || !w->flush(w->data, buf_str(w->out));
	buf_clear(w->out);
}

static void json_write_child(struct json_writer *w, const struct value *parent,
                             const struct value *v, bool more)
{
	json_new_line(w, v, false);
	if (node_type(parent) == VALUE_OBJECT) {
		value_write_json_string(w->out, node_key(v), w->style.ascii);
		json_put(w->out, w->style.compact && !w->style.indent ? STR(":") : STR(": "));
	}
	json_write(w, v);
	if (more)
		json_put(w->out, w->style.compact || w->style.indent ? STR(",") : STR(", "));
	if (w->flush && w->out->n >= JSON_PIECE)
		json_write_piece(w);
}

static int json_compare_keys(const void *one, const void *two)
{
	const struct value *a = *(struct value *const *)one, *b = *(struct value *const *)two;
	return str_cmp(node_key(a), node_key(b));
}

static void json_write_sorted(struct json_writer *w, const struct value *object)
{
	size_t n = 0;
	owned_memory const struct value **members = xcalloc(object->text_n, sizeof *members);
	for (const struct value *m = value_child(object); m; m = value_next(m))
		members[n++] = m;
	qsort(members, n, sizeof *members, json_compare_keys);
	for (size_t i = 0; i < n && !w->stopped; i++)
		json_write_child(w, object, members[i], i + 1 < n);
}

static void json_write_container(struct json_writer *w, const struct value *v)
{
	bool object = node_type(v) == VALUE_OBJECT;
	const cJSON *first = node_first(v);
	uint32_t left = v->text_n;
	if (!left) {
		json_put(w->out, object ? STR("{}") : STR("[]"));
		return;
	}
	json_put_char(w->out, object ? '{' : '[');
	w->depth++;
	if (object && w->style.sorted)
		json_write_sorted(w, v);
	else
		for (const cJSON *j = first; left-- && !w->stopped; j = j->next)
			json_write_child(w, v, (const struct value *)j, left > 0);
	w->depth--;
	json_new_line(w, v, true);
	json_put_char(w->out, object ? '}' : ']');
}

/* A bracket, comma or colon; an empty container is written without blanks. */
static void json_write_mark(struct json_writer *w, char mark, char next)
{
	bool compact = w->style.compact && !w->style.indent;
	if (mark == '}' || mark == ']') {
		w->depth--;
		if (w->out->p[w->out->n - 1] != mark - 2)
			json_new_line(w, NULL, true);
	}
	json_put_char(w->out, mark);
	if (mark == '{' || mark == '[')
		w->depth++;
	else if ((mark == ',' && !w->style.indent && !compact) || (mark == ':' && !compact))
		json_put_char(w->out, ' ');
	if (mark == ',' || ((mark == '{' || mark == '[') && next != mark + 2))
		json_new_line(w, NULL, false);
}

/* The text of a container as it is, with other blanks. */
static void json_write_plain(struct json_writer *w, struct str text)
{
	for (const char *p = text.p, *end = p + text.n; p < end;) {
		const char *word = json_plain_word_end(p, end), *next = word > p ? word : p + 1;
		next = json_skip_blanks(next, end);
		if (word > p)
			json_put(w->out, (struct str){ p, (size_t)(word - p) });
		else
			json_write_mark(w, *p, next < end ? *next : 0);
		p = next;
	}
}

/* Lines keep hold of the values they show; without them what is written is forgotten. */
static void json_write_unread(struct json_writer *w, const struct value *v)
{
	if (w->want_lines) {
		json_write_container(w, v);
		return;
	}
	if (node_is_plain(v) && !w->style.sorted && !w->style.ascii) {
		json_write_plain(w, span_text(value_span(v)));
		return;
	}
	owned(arena) struct arena *scratch = w->spare ? take(w->spare) : arena_new();
	struct arena_mark mark = arena_mark(scratch);
	json_write_container(w, value_lend(scratch, v));
	arena_rewind(scratch, mark);
	if (!w->spare)
		w->spare = take(scratch);
}

static void json_write(struct json_writer *w, const struct value *v)
{
	switch (node_type(v)) {
	case VALUE_OBJECT:
	case VALUE_ARRAY:
		if (value_is_unread(v))
			json_write_unread(w, v);
		else
			json_write_container(w, v);
		break;
	case VALUE_NULL:
	case VALUE_BOOL:
		json_put(w->out, node_text(v));
		break;
	case VALUE_INTEGER:
	case VALUE_FLOAT:
		if (json_is_number(node_text(v)))
			json_put(w->out, node_text(v));
		else
			json_write_foreign(w->out, node_text(v));
		break;
	default:
		value_write_json_string(w->out, node_text(v), w->style.ascii);
	}
}

void value_write_json(struct buf *b, const struct value *v, struct json_style style)
{
	struct json_writer w = { .out = b, .style = style };
	json_write(&w, v);
	arena_free(w.spare);
}

bool value_write_json_pieces(const struct value *v, struct json_style style, value_flush_fn *flush,
                             void *data)
{
	owned_buf struct buf out = { 0 };
	struct json_writer w = { .out = &out, .style = style, .flush = flush, .data = data };
	json_write(&w, v);
	json_write_piece(&w);
	arena_free(w.spare);
	return !w.stopped;
}

size_t value_write_json_lines(struct arena *a, struct buf *b, const struct value *v,
                              struct json_style style, struct json_line **ret_lines)
{
	struct json_writer w = { .out = b, .style = style, .want_lines = true };
	json_line_start(&w, v, false);
	json_write(&w, v);
	json_line_end(&w);
	size_t n = w.lines.n / sizeof(struct json_line);
	*ret_lines = arena_array(a, n, sizeof **ret_lines);
	memcpy(*ret_lines, w.lines.p, w.lines.n);
	buf_finish(&w.lines);
	return n;
}
