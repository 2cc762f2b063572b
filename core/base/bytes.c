#include "core/base/bytes.h"

#include "core/base/utf8.h"

void bytes_append_text(struct buf *text, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		buf_append_rune(text, (unsigned char)bytes.p[i]);
}

bool bytes_append_back(struct buf *bytes, struct str text)
{
	size_t size;
	for (; text.n; text = str_slice(text, size, text.n)) {
		uint32_t rune = utf8_decode(text, &size);
		if (rune > 0xff)
			return false;
		buf_append_char(bytes, (char)rune);
	}
	return true;
}
