#ifndef TESTS_CORE_ENGINE_IMAGE_TAR_H
#define TESTS_CORE_ENGINE_IMAGE_TAR_H

/* Tars by hand, of tars by hand: images as engines give them out. */
#include "core/base/buf.h"

static inline void tar_octal(char *field, size_t size, size_t number)
{
	for (size_t i = size - 1; i > 0; i--, number >>= 3)
		field[i - 1] = (char)('0' + (number & 7));
}

/* POSIX ustar; type '0' a file, '1' a hard and '2' a symbolic link, '3' a device, '5' a folder. */
static inline void tar_put(struct buf *out, char type, const char *name, const char *link,
                           unsigned mode, struct str data)
{
	char h[512] = { 0 };
	unsigned sum = 0;
	memcpy(h, name, strnlen(name, 100));
	tar_octal(h + 100, 8, mode);
	tar_octal(h + 108, 8, 0);
	tar_octal(h + 116, 8, 0);
	tar_octal(h + 124, 12, data.n);
	tar_octal(h + 136, 12, 1000000000);
	memset(h + 148, ' ', 8);
	h[156] = type;
	if (link)
		memcpy(h + 157, link, strnlen(link, 100));
	memcpy(h + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof h; i++)
		sum += (unsigned char)h[i];
	tar_octal(h + 148, 7, sum);
	buf_append(out, (struct str){ h, sizeof h });
	buf_append(out, data);
	buf_append_fill(out, '\0', -data.n % 512);
}

static inline void tar_file(struct buf *out, const char *name, unsigned mode, const char *text)
{
	tar_put(out, '0', name, NULL, mode, str_of(text));
}

static inline void tar_end(struct buf *out)
{
	buf_append_fill(out, '\0', 1024);
}

#endif
