#include <stdarg.h>

#include "core/base/utf8.h"
#include "core/value/json_read.h"

/* The place of an error is the first byte that no JSON text can have there; the
 * sentence says what is wrong and what would be right. */

static struct origin json_origin(const struct json_reader *r, const char *at)
{
	struct origin origin = { .line = 1 };
	const char *line = r->text;
	for (const char *p; (p = memchr(line, '\n', (size_t)(at - line))); line = p + 1)
		origin.line++;
	origin.column = (unsigned)(at - line) + 1;
	return origin;
}

struct value *json_fail(struct json_reader *r, const char *at, size_t size, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (r->problems) {
		struct span span = { r->source, (uint32_t)(at - r->text), (uint32_t)size };
		problems_add(r->problems, SEVERITY_ERROR, "json-syntax", span, "%s",
		             buf_text(&text));
		return NULL;
	}
	struct origin origin = json_origin(r, at);
	error_set(r->err, ERROR_SYNTAX, "no JSON (line %u, column %u): %s", origin.line,
	          origin.column, buf_text(&text));
	return NULL;
}

/* The letters, digits, points and signs from `at` on, cut to what fits a sentence. */
static struct str json_run(const struct json_reader *r, const char *at)
{
	const char *p = at;
	while (p < r->end && p - at < 40) {
		char letter = *p | 0x20;
		if (!json_is_digit(*p) && !(letter >= 'a' && letter <= 'z') && *p != '_' &&
		    *p != '.' && *p != '-' && *p != '+' && *p != '$')
			break;
		p++;
	}
	return (struct str){ at, (size_t)(p - at) };
}

/* The character at `at` as a person can read it. */
static const char *json_seen(const struct json_reader *r, const char *at, struct buf *scratch)
{
	size_t size;
	struct str rest = { at, (size_t)(r->end - at) };
	uint32_t rune = utf8_decode(rest, &size);
	buf_clear(scratch);
	if (rune == UTF8_BAD)
		buf_printf(scratch, "the byte 0x%02x", (unsigned char)*at);
	else if (rune > 0x7e || rune < 0x20)
		buf_printf(scratch, "U+%04X", (unsigned)rune);
	else
		buf_printf(scratch, "'%c'", (char)rune);
	return buf_text(scratch);
}

static bool json_is_any(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_of(*words)))
			return true;
	return false;
}

/* What can stand at the very start only. */
static bool json_explain_start(struct json_reader *r)
{
	struct str text = { r->text, (size_t)(r->end - r->text) };
	if (str_has_prefix(text, STR("\xef\xbb\xbf")))
		json_fail(r, r->text, 3, "a byte order mark, which JSON forbids; save the file as "
		          "UTF-8 without one");
	else if (str_has_prefix(text, STR("\xff\xfe")) || str_has_prefix(text, STR("\xfe\xff")) ||
	         (text.n > 1 && (!text.p[0] || !text.p[1])))
		json_fail(r, r->text, 1, "this looks like UTF-16 or UTF-32; save the file as "
		          "UTF-8");
	else
		return false;
	return true;
}

static bool json_is_foreign_blank(uint32_t rune)
{
	return rune == '\v' || rune == '\f' || rune == 0x85 || rune == 0xa0 || rune == 0x3000 ||
	       rune == 0xfeff || (rune >= 0x2000 && rune <= 0x200d) || rune == 0x2060;
}

static bool json_explain_character(struct json_reader *r)
{
	const char *at = r->at;
	struct str rest = { at, (size_t)(r->end - at) };
	size_t size;
	uint32_t rune = utf8_decode(rest, &size);
	if (*at == '\'')
		json_fail(r, at, 1, "single quotes; write \"…\" with double quotes");
	else if (*at == '#' || str_has_prefix(rest, STR("//")) || str_has_prefix(rest, STR("/*")))
		json_fail(r, at, 1, "a comment, and JSON has none; remove it");
	else if (rune >= 0x2018 && rune <= 0x201f)
		json_fail(r, at, size, "typographic quotes; write plain double quotes");
	else if (json_is_foreign_blank(rune))
		json_fail(r, at, size, "U+%04X is a blank that JSON does not know; "
		          "write a plain blank", (unsigned)rune);
	else if (rune == UTF8_BAD)
		json_fail(r, at, size, "the byte 0x%02x is not UTF-8; save the file as UTF-8",
		          (unsigned char)*at);
	else if (rune == 0)
		json_fail(r, at, 1, "a NUL byte; is the file UTF-16? Save it as UTF-8");
	else
		return false;
	return true;
}

static void json_explain_word(struct json_reader *r, struct str word)
{
	static const char *const trues[] = { "True", "TRUE", "yes", "Yes", "on", NULL };
	static const char *const falses[] = { "False", "FALSE", "no", "No", "off", NULL };
	static const char *const nulls[] = { "None", "Null", "NULL", "nil", "undefined", NULL };
	static const char *const numbers[] = { "NaN", "nan", "Infinity", "inf", "+Infinity", "+inf",
		                               "+Inf", "Inf", NULL };
	const char *right = "a string needs double quotes; the words are true, false and null";
	if (json_is_any(word, trues))
		right = "write true";
	else if (json_is_any(word, falses))
		right = "write false";
	else if (json_is_any(word, nulls))
		right = "write null";
	else if (json_is_any(word, numbers))
		right = "JSON has only finite numbers; write null or a string";
	json_fail(r, r->at, word.n, "%.*s is no JSON value: %s", STR_ARG(word), right);
}

static void json_explain_missing(struct json_reader *r, char after)
{
	char c = *r->at;
	owned_buf struct buf scratch = { 0 };
	if (after == ',' && c == ']')
		json_fail(r, r->at, 1, "a comma stands before this ]; JSON has no trailing commas, "
		          "remove it");
	else if (c == ',' && after)
		json_fail(r, r->at, 1, "a value is missing before this comma");
	else if (after == ':')
		json_fail(r, r->at, 1, "a value is missing behind the colon; write \"key\": value");
	else if (after == '[' && c == '}')
		json_fail(r, r->at, 1, "the array is closed by }; write ]");
	else if (c == '}' || c == ']')
		json_fail(r, r->at, 1, "nothing is open that this %c could close; remove it", c);
	else
		json_fail(r, r->at, 1, "%s does not start a value; a value is \"a string\", "
		          "a number, an object {}, an array [], true, false or null",
		          json_seen(r, r->at, &scratch));
}

struct value *json_explain_value(struct json_reader *r, char after)
{
	if (r->at == r->text && json_explain_start(r))
		return NULL;
	if (r->at == r->end) {
		if (!after)
			return json_fail(r, r->at, 0, "the text is empty; the least JSON is a "
			                 "value such as {}");
		return json_fail(r, r->at, 0, "the text ends where a value is missing");
	}
	if (json_explain_character(r))
		return NULL;
	struct str word = json_run(r, r->at);
	if (word.n && (word.p[0] == '+' || word.p[0] == '.') && word.n > 1 &&
	    (json_is_digit(word.p[1]) || word.p[1] == '.'))
		return json_explain_number(r, r->at, r->at);
	if (word.n)
		json_explain_word(r, word);
	else
		json_explain_missing(r, after);
	return NULL;
}

struct value *json_explain_key(struct json_reader *r, char after)
{
	owned_buf struct buf scratch = { 0 };
	if (r->at == r->end)
		return json_fail(r, r->at, 0, "the text ends inside an object; close it with }");
	if (*r->at == '}' && after == ',')
		return json_fail(r, r->at, 1, "a comma stands before this }; JSON has no trailing "
		                 "commas, remove it");
	if (*r->at == ',')
		return json_fail(r, r->at, 1, "a member is missing before this comma");
	if (*r->at == ']')
		return json_fail(r, r->at, 1, "the object is closed by ]; write }");
	if (json_explain_character(r))
		return NULL;
	struct str word = json_run(r, r->at);
	if (word.n)
		return json_fail(r, r->at, word.n, "a key needs double quotes: write \"%.*s\"",
		                 STR_ARG(word));
	return json_fail(r, r->at, 1, "%s does not start a key; members are written "
	                 "\"key\": value", json_seen(r, r->at, &scratch));
}

struct value *json_explain_next(struct json_reader *r, const struct value *container)
{
	bool object = node_type(container) == VALUE_OBJECT;
	const char *what = object ? "object" : "array";
	char close = object ? '}' : ']';
	owned_buf struct buf scratch = { 0 };
	if (r->at == r->end) {
		unsigned line = json_origin(r, r->text + container->at).line;
		return json_fail(r, r->at, 0, "the text ends inside the %s that starts in line %u; "
		                 "close it with %c", what, line, close);
	}
	char c = *r->at;
	if (c == '}' || c == ']')
		return json_fail(r, r->at, 1, "the %s is closed by %c; write %c", what, c, close);
	if (c == '"' || c == '{' || c == '[' || json_is_digit(c) || c == '-')
		return json_fail(r, r->at, 1, "a comma is missing before this %s",
		                 object ? "member" : "value");
	if (json_explain_character(r))
		return NULL;
	return json_fail(r, r->at, 1, "%s where a comma or the closing %c of the %s is expected",
	                 json_seen(r, r->at, &scratch), close, what);
}

struct value *json_explain_rest(struct json_reader *r)
{
	owned_buf struct buf scratch = { 0 };
	char c = *r->at;
	if (c == '}' || c == ']')
		return json_fail(r, r->at, 1, "nothing is open that this %c could close; "
		                 "remove it", c);
	if (json_explain_character(r))
		return NULL;
	if (c == '{' || c == '[' || c == '"' || json_is_digit(c))
		return json_fail(r, r->at, 1, "a second value; a JSON text holds one, put several "
		                 "into an array");
	return json_fail(r, r->at, 1, "%s behind the end of the value; remove what follows",
	                 json_seen(r, r->at, &scratch));
}

struct value *json_explain_number(struct json_reader *r, const char *start, const char *at)
{
	struct str run = json_run(r, start);
	bool negative = *start == '-', first = at == start + negative;
	size_t size = at < r->end;
	int done = (int)(at - start < 40 ? at - start : 40);
	if (*start == '+')
		return json_fail(r, at, size, "a number has no plus sign in front: write %.*s",
		                 (int)run.n - 1, run.p + 1);
	if (first && at < r->end && *at == '.')
		return json_fail(r, at, size, "a digit is missing before the point: write %s0%.*s "
		                 "instead of %.*s", negative ? "-" : "", (int)(run.n - negative),
		                 run.p + negative, STR_ARG(run));
	if (first && run.n > 1)
		return json_fail(r, at, size, "%.*s is no JSON value: JSON has only finite numbers "
		                 "in digits; write null or a string", STR_ARG(run));
	if (first)
		return json_fail(r, at, size, "a digit is missing behind the minus sign");
	if (at[-1] == '.')
		return json_fail(r, at, size, "a digit is missing behind the point: write %.*s0 "
		                 "instead of %.*s", done, start, done, start);
	if (!json_is_digit(at[-1]))
		return json_fail(r, at, size, "a digit is missing in the exponent, as in 1e5");
	if (json_is_digit(*at))
		return json_fail(r, at, size, "a number has no zeros in front: write it without "
		                 "them, or as the string \"%.*s\"", STR_ARG(run));
	return json_fail(r, at, size, "%.*s is no JSON number; write it in decimal digits, or as "
	                 "the string \"%.*s\"", STR_ARG(run), STR_ARG(run));
}

static const char *json_escape_of(char c)
{
	switch (c) {
	case '\t':
		return "a tab";
	case '\n':
		return "a line end";
	case '\r':
		return "a carriage return";
	default:
		return "a control character";
	}
}

static struct value *json_unclosed(struct json_reader *r, const char *start)
{
	return json_fail(r, start, (size_t)(r->end - start), "the string that starts here is not "
	                 "closed; its closing \" is missing");
}

static struct value *json_explain_escape(struct json_reader *r, const char *start, const char *at)
{
	const char *p = at + 2;
	if (p > r->end)
		return json_unclosed(r, start);
	char c = at[1];
	if (c == 'u') {
		while (p < r->end && p < at + 6 &&
		       (json_is_digit(*p) || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'f')))
			p++;
		if (p == r->end)
			return json_unclosed(r, start);
		return json_fail(r, p, 1, "\\u needs four hexadecimal digits, as in \\u00e9");
	}
	if (c > 0x20 && c < 0x7f)
		return json_fail(r, at + 1, 1, "\\%c is no JSON escape; write \\\\%c for a "
		                 "backslash itself", c, c);
	return json_fail(r, at + 1, 1, "a backslash must be followed by one of "
	                 "\" \\ / b f n r t u; write \\\\ for a backslash itself");
}

struct value *json_explain_string(struct json_reader *r, const char *start, const char *at)
{
	if (at == r->end)
		return json_unclosed(r, start);
	if (*at == '\\')
		return json_explain_escape(r, start, at);
	unsigned char c = (unsigned char)*at;
	if (c >= 0x80)
		return json_fail(r, at, 1, "the byte 0x%02x is not UTF-8; save the file as UTF-8",
		                 c);
	if (c == '\n' || c == '\r')
		return json_fail(r, at, 1, "%s inside a string; its closing \" is missing, or "
		                 "write \\%c", json_escape_of(*at), c == '\n' ? 'n' : 'r');
	if (c == '\t')
		return json_fail(r, at, 1, "a tab inside a string; write \\t");
	return json_fail(r, at, 1, "the control character U+%04X inside a string; write \\u%04x",
	                 c, c);
}
