#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/utf8.h"

enum { BUF_FIRST = 64 };

void buf_finish(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .limit = b->limit };
}

char *buf_reserve(struct buf *b, size_t n)
{
	CHECK(n < SIZE_MAX / 4 && b->n < SIZE_MAX / 4);
	size_t need = b->n + n + 1;
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : BUF_FIRST;
		while (cap < need)
			cap *= 2;
		b->p = xrealloc(b->p, cap, 1);
		b->cap = cap;
	}
	return b->p + b->n;
}

void buf_append(struct buf *b, struct str s)
{
	size_t n = s.n;
	if (b->limit && n > b->limit - (b->n < b->limit ? b->n : b->limit)) {
		n = b->n < b->limit ? b->limit - b->n : 0;
		b->full = true;
	}
	char *at = buf_reserve(b, n);
	if (n)
		memcpy(at, s.p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_append_char(struct buf *b, char c)
{
	buf_append(b, (struct str){ &c, 1 });
}

void buf_append_text(struct buf *b, const char *text)
{
	buf_append(b, str_of(text));
}

void buf_append_fill(struct buf *b, char c, size_t count)
{
	while (count-- && !b->full)
		buf_append_char(b, c);
}

void buf_append_rune(struct buf *b, uint32_t rune)
{
	char bytes[UTF8_MAX];
	buf_append(b, (struct str){ bytes, utf8_encode(rune, bytes) });
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	CHECK(n >= 0);
	char *text = xmalloc((size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	buf_append(b, (struct str){ text, (size_t)n });
	free(text);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_shift(struct buf *b, size_t n)
{
	CHECK(n <= b->n);
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

void buf_replace(struct buf *b, size_t at, size_t size, struct str with)
{
	CHECK(at <= b->n && size <= b->n - at);
	buf_reserve(b, with.n);
	memmove(b->p + at + with.n, b->p + at + size, b->n - at - size);
	if (with.n)
		memcpy(b->p + at, with.p, with.n);
	b->n = b->n - size + with.n;
	b->p[b->n] = '\0';
}

const char *buf_text(struct buf *b)
{
	*buf_reserve(b, 0) = '\0';
	return b->p;
}

char *buf_take(struct buf *b)
{
	*buf_reserve(b, 0) = '\0';
	char *p = b->p;
	*b = (struct buf){ .limit = b->limit };
	return p;
}
