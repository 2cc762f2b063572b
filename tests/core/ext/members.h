#ifndef TESTS_CORE_EXT_MEMBERS_H
#define TESTS_CORE_EXT_MEMBERS_H

#include "core/base/buf.h"

/* A tar made by hand, so that what no tool would write can be written. */
struct member {
	char type;
	const char *name, *link, *data;
	unsigned mode;
};

/* Octal digits and a NUL. */
static inline void put_octal(char *field, size_t size, size_t number)
{
	for (size_t i = size - 1; i > 0; i--, number >>= 3)
		field[i - 1] = (char)('0' + (number & 7));
}

static inline void append_member(struct buf *out, const struct member *m)
{
	char h[512] = { 0 };
	size_t n = m->data ? strlen(m->data) : 0;
	unsigned sum = 0;
	memcpy(h, m->name, strnlen(m->name, 100));
	put_octal(h + 100, 8, m->mode ? m->mode : 0644);
	put_octal(h + 108, 8, 1234);
	put_octal(h + 116, 8, 1234);
	put_octal(h + 124, 12, n);
	put_octal(h + 136, 12, 1000000000);
	memset(h + 148, ' ', 8);
	h[156] = m->type;
	if (m->link)
		memcpy(h + 157, m->link, strnlen(m->link, 100));
	memcpy(h + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof h; i++)
		sum += (unsigned char)h[i];
	put_octal(h + 148, 7, sum);
	buf_append(out, (struct str){ h, sizeof h });
	if (n)
		buf_append(out, (struct str){ m->data, n });
	buf_append_fill(out, '\0', -n % 512);
}

#endif
