#include "core/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/utf8.h"

/* Cuts at a whole character, so that what is printed stays UTF-8. */
static void error_store(struct error *err, struct str text)
{
	owned_buf struct buf clean = { 0 };
	utf8_append_visible(&clean, text);
	size_t n = clean.n < sizeof err->text - 1 ? clean.n : sizeof err->text - 1;
	while (n < clean.n && n > 0 && ((unsigned char)clean.p[n] & 0xc0) == 0x80)
		n--;
	if (n)
		memcpy(err->text, clean.p, n);
	err->text[n] = '\0';
}

__attribute__((format(printf, 3, 0)))
static void error_fill(struct error *err, enum error_code code, const char *fmt, va_list ap)
{
	owned_buf struct buf text = { 0 };
	buf_vprintf(&text, fmt, ap);
	err->code = code;
	err->sys = 0;
	err->at = (struct origin){ 0 };
	error_store(err, buf_str(&text));
}

bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	error_fill(err, code, fmt, ap);
	va_end(ap);
	return false;
}

bool error_set_errno(struct error *err, const char *fmt, ...)
{
	int sys = errno;
	owned_buf struct buf text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	error_set(err, ERROR_SYSTEM, "%s: %s", buf_text(&text), strerror(sys));
	err->sys = sys;
	return false;
}

bool error_set_at(struct error *err, struct origin at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	error_fill(err, ERROR_SYNTAX, fmt, ap);
	va_end(ap);
	err->at = at;
	return false;
}

bool error_prefix(struct error *err, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_printf(&text, ": %s", err->text);
	error_store(err, buf_str(&text));
	return false;
}

int error_exit_code(enum error_code code)
{
	switch (code) {
	case ERROR_NONE:
		return 0;
	case ERROR_USAGE:
		return 2;
	case ERROR_SYNTAX:
	case ERROR_PROJECT:
	case ERROR_CHANGED:
		return 3;
	case ERROR_UNREACHABLE:
	case ERROR_REFUSED:
	case ERROR_PROTOCOL:
		return 4;
	case ERROR_CANCELLED:
		return 130;
	case ERROR_SYSTEM:
	case ERROR_MISSING:
	case ERROR_LIMIT:
	case ERROR_BUILD:
		break;
	}
	return 1;
}

void error_print(struct buf *b, const struct error *err)
{
	if (err->at.path) {
		utf8_append_visible(b, str_of(err->at.path));
		if (err->at.line)
			buf_printf(b, ":%u:%u", err->at.line, err->at.column);
		buf_append(b, STR(": "));
	}
	buf_append_text(b, err->text);
}
