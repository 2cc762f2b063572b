#include "core/base/utf8.h"
#include "core/config/toml_scan.h"

/* A string on its way: what was decoded so far, and the run of bytes after it
 * that stand for themselves.  A string without escapes never fills the buf. */
struct toml_text {
	struct toml_scan *scan;
	size_t start, run;
	char quote;
	bool basic, multi, decoded;
	struct buf out;
};

static void toml_text_flush(struct toml_text *t)
{
	buf_append(&t->out, str_slice(t->scan->text, t->run, t->scan->at - t->run));
	t->decoded = true;
}

static bool toml_text_unicode(struct toml_text *t, size_t digits)
{
	struct toml_scan *s = t->scan;
	size_t escape = s->at - 2;
	uint32_t rune = 0;
	for (size_t i = 0; i < digits; i++, s->at++) {
		int c = toml_scan_peek(s);
		unsigned digit;
		if (c >= '0' && c <= '9')
			digit = (unsigned)c - '0';
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			digit = ((unsigned)c | 0x20) - 'a' + 10;
		else
			return toml_scan_fail(s, escape, "\\%c takes exactly %zu hexadecimal "
			                      "digits", digits == 4 ? 'u' : 'U', digits);
		rune = rune << 4 | digit;
	}
	if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff))
		return toml_scan_fail(s, escape, "U+%04X is no character: \\u and \\U take 0 "
		                      "to D7FF and E000 to 10FFFF", rune);
	buf_append_rune(&t->out, rune);
	return true;
}

/* A backslash before a line's end takes away all white space up to the next
 * character; the backslash is passed already. */
static bool toml_text_continue(struct toml_text *t, size_t escape)
{
	struct toml_scan *s = t->scan;
	toml_scan_blanks(s);
	if (!toml_scan_newline(s))
		return toml_scan_fail(s, escape, "nothing may stand between a backslash and "
		                      "the end of its line; for a backslash itself write \\\\");
	do
		toml_scan_blanks(s);
	while (toml_scan_newline(s));
	return true;
}

static bool toml_text_escape(struct toml_text *t)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	struct toml_scan *s = t->scan;
	size_t escape = s->at;
	toml_text_flush(t);
	s->at++;
	int c = toml_scan_peek(s);
	const char *known = c > 0 ? strchr(from, c) : NULL;
	bool done = true;
	if (known) {
		s->at++;
		buf_append_char(&t->out, to[known - from]);
	} else if (c == 'u' || c == 'U') {
		s->at++;
		done = toml_text_unicode(t, c == 'u' ? 4 : 8);
	} else if (t->multi && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
		done = toml_text_continue(t, escape);
	} else {
		done = toml_scan_fail(s, escape, "TOML knows only \\b \\t \\n \\f \\r \\\" "
		                      "\\\\ \\uXXXX and \\UXXXXXXXX; for a backslash write "
		                      "\\\\, or use 'single quotes'");
	}
	t->run = s->at;
	return done;
}

/* CRLF becomes LF, so that a value does not depend on how the file was checked out. */
static bool toml_text_newline(struct toml_text *t)
{
	struct toml_scan *s = t->scan;
	bool returns = toml_scan_peek(s) == '\r';
	if (returns && !str_has_prefix(str_slice(s->text, s->at, 2), STR("\r\n")))
		return toml_scan_fail(s, s->at, "a carriage return stands alone in a string: "
		                      "write \\r, and end lines with LF or CRLF");
	if (!t->multi)
		return toml_scan_fail(s, t->start, "this string is not closed in its line: %c is "
		                      "missing (three of them enclose several lines)", t->quote);
	if (returns) {
		toml_text_flush(t);
		t->run = ++s->at;
	}
	s->at++;
	return true;
}

/* At a quote: true when the string ends here, and then past it.  Up to two quotes
 * stand for themselves, also directly before the closing three. */
static bool toml_text_close(struct toml_text *t, size_t *ret_end)
{
	struct toml_scan *s = t->scan;
	size_t n = 0;
	if (!t->multi) {
		*ret_end = s->at++;
		return true;
	}
	while (n < 5 && s->at + n < s->text.n && s->text.p[s->at + n] == t->quote)
		n++;
	s->at += n;
	*ret_end = s->at - 3;
	return n >= 3;
}

/* Passes what stands for itself in every kind of string. */
static void toml_text_plain(struct toml_scan *s)
{
	const char *p = s->text.p;
	size_t at = s->at, n = s->text.n;
	while (at < n && (unsigned char)p[at] >= 0x20 && p[at] != '"' && p[at] != '\'' &&
	       p[at] != '\\' && p[at] != 0x7f)
		at++;
	s->at = at;
}

static bool toml_text_body(struct toml_text *t, size_t *ret_end)
{
	struct toml_scan *s = t->scan;
	for (;;) {
		toml_text_plain(s);
		int c = toml_scan_peek(s);
		if (c < 0)
			return toml_scan_fail(s, t->start, "this string is not closed: %s%c "
			                      "is missing", !t->multi ? "" :
			                      t->basic ? "\"\"" : "''", t->quote);
		if (c == t->quote) {
			if (toml_text_close(t, ret_end))
				return true;
		} else if (c == '\\' && t->basic) {
			if (!toml_text_escape(t))
				return false;
		} else if (c == '\n' || c == '\r') {
			if (!toml_text_newline(t))
				return false;
		} else if ((c < 0x20 && c != '\t') || c == 0x7f) {
			return toml_scan_fail(s, s->at, "a string may hold no control "
			                      "character but the tab: write \\u%04X in "
			                      "double quotes", (unsigned)c);
		} else {
			s->at++;
		}
	}
}

bool toml_text_read(struct toml_scan *s, bool in_key, struct str *ret_text)
{
	struct toml_text t = { .scan = s, .start = s->at, .quote = s->text.p[s->at] };
	t.basic = t.quote == '"';
	t.multi = toml_scan_take(s, t.basic ? STR("\"\"\"") : STR("'''"));
	if (t.multi && in_key)
		return toml_scan_fail(s, t.start, "a key is written in one line: %ckey%c", t.quote,
		                      t.quote);
	if (t.multi)
		toml_scan_newline(s);
	else
		s->at++;
	t.run = s->at;
	size_t end = 0;
	bool done = toml_text_body(&t, &end);
	if (done) {
		struct str rest = str_slice(s->text, t.run, end - t.run);
		if (t.decoded)
			buf_append(&t.out, rest);
		*ret_text = t.decoded ? arena_str(s->arena, buf_str(&t.out)) : rest;
	}
	buf_finish(&t.out);
	return done;
}
