#include "core/config/toml_scan.h"

#include <stdarg.h>

#include "core/base/utf8.h"

bool toml_scan_fail(struct toml_scan *s, size_t at, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	struct span place = { s->source, (uint32_t)at, at < s->text.n };
	return problems_add(s->problems, SEVERITY_ERROR, "toml-syntax", place, "%s",
	                    buf_text(&text));
}

bool toml_scan_unexpected(struct toml_scan *s, const char *wanted)
{
	int c = toml_scan_peek(s);
	if (c < 0)
		return toml_scan_fail(s, s->at, "the file ends where %s should be", wanted);
	if (c == '\n' || (c == '\r' && str_has_prefix(str_slice(s->text, s->at, 2), STR("\r\n"))))
		return toml_scan_fail(s, s->at, "the line ends where %s should be", wanted);
	if (c == '\r')
		return toml_scan_fail(s, s->at, "a carriage return stands alone where %s "
		                      "should be: lines end with LF or CRLF", wanted);
	size_t size;
	utf8_decode(str_slice(s->text, s->at, UTF8_MAX), &size);
	owned_buf struct buf shown = { 0 };
	utf8_append_visible(&shown, str_slice(s->text, s->at, size));
	return toml_scan_fail(s, s->at, "'%s' stands where %s should be", buf_text(&shown),
	                      wanted);
}

bool toml_scan_take(struct toml_scan *s, struct str wanted)
{
	if (!str_has_prefix(str_slice(s->text, s->at, wanted.n), wanted))
		return false;
	s->at += wanted.n;
	return true;
}

void toml_scan_blanks(struct toml_scan *s)
{
	while (toml_scan_peek(s) == ' ' || toml_scan_peek(s) == '\t')
		s->at++;
}

bool toml_scan_newline(struct toml_scan *s)
{
	return toml_scan_take(s, STR("\n")) || toml_scan_take(s, STR("\r\n"));
}

/* Up to the line's end, which stays. */
static bool toml_scan_comment(struct toml_scan *s)
{
	for (;; s->at++) {
		int c = toml_scan_peek(s);
		if (c < 0 || c == '\n')
			return true;
		if (c == '\r' && s->at + 1 < s->text.n && s->text.p[s->at + 1] == '\n')
			return true;
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return toml_scan_fail(s, s->at, "a comment may hold no control character "
			                      "but the tab, and this is 0x%02x", (unsigned)c);
	}
}

bool toml_scan_line_end(struct toml_scan *s)
{
	toml_scan_blanks(s);
	if (toml_scan_peek(s) == '#' && !toml_scan_comment(s))
		return false;
	if (toml_scan_peek(s) < 0 || toml_scan_newline(s))
		return true;
	return toml_scan_unexpected(s, "the end of the line or a comment");
}

bool toml_scan_lines(struct toml_scan *s)
{
	for (;;) {
		toml_scan_blanks(s);
		if (toml_scan_peek(s) == '#' && !toml_scan_comment(s))
			return false;
		if (!toml_scan_newline(s))
			return true;
	}
}
