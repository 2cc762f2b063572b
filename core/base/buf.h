#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/* Bytes that grow.  Owns its memory; {0} is an empty one without a ceiling.
 * With a limit set, appending past it keeps what fits and sets `full`, so a
 * caller that reads from outside checks `full` and reports ERROR_LIMIT.  There
 * is always a NUL behind the last byte once something was appended. */
struct buf {
	char *p;
	size_t n, cap;
	size_t limit;           /* 0: none */
	bool full;
};

#define owned_buf __attribute__((cleanup(buf_finish)))

/* Releases the memory; the buf is {0} again, its limit kept. */
void buf_finish(struct buf *);
/* Empty, memory kept. */
static inline void buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

void buf_append(struct buf *, struct str);
void buf_append_char(struct buf *, char);
void buf_append_text(struct buf *, const char *text);
void buf_append_fill(struct buf *, char, size_t count);
/* The code point as UTF-8. */
void buf_append_rune(struct buf *, uint32_t rune);
void buf_printf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));

/* Room for n more bytes at p + n, for read(2); follow with buf_grew. */
char *buf_reserve(struct buf *, size_t n);
static inline void buf_grew(struct buf *b, size_t n)
{
	b->n += n;
}
/* Drops the first n bytes. */
void buf_shift(struct buf *, size_t n);
/* Bytes [at, at + size) become `with`. */
void buf_replace(struct buf *, size_t at, size_t size, struct str with);

/* Lent until the buf changes. */
static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}
/* NUL-terminated; lent until the buf changes. */
const char *buf_text(struct buf *);
/* The memory, NUL-terminated and the caller's to free; the buf is empty. */
char *buf_take(struct buf *);

#endif
