#include "core/engine/base64.h"

/* -1: no digit. */
static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

bool base64_decode(struct buf *b, struct str text)
{
	unsigned bits = 0;
	int have = 0;
	if (text.n % 4)
		return false;
	for (int padding = 0; text.n && text.p[text.n - 1] == '=' && padding < 2; padding++)
		text.n--;
	char *out = buf_reserve(b, text.n / 4 * 3 + 3);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++) {
		int digit = base64_digit(text.p[i]);
		if (digit < 0)
			return false;
		bits = bits << 6 | (unsigned)digit;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		out[n++] = (char)(bits >> have & 0xff);
		bits &= (1u << have) - 1;
	}
	buf_grew(b, n);
	return true;
}

void base64_encode(struct buf *b, struct str bytes)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		const unsigned char *p = (const unsigned char *)bytes.p + i;
		unsigned bits = (unsigned)p[0] << 16 | (left > 1 ? (unsigned)p[1] << 8 : 0) |
		                (left > 2 ? p[2] : 0);
		buf_append_char(b, digits[bits >> 18]);
		buf_append_char(b, digits[bits >> 12 & 63]);
		buf_append_char(b, left > 1 ? digits[bits >> 6 & 63] : '=');
		buf_append_char(b, left > 2 ? digits[bits & 63] : '=');
	}
}

void base64_encode_url(struct buf *b, struct str bytes)
{
	size_t from = b->n;
	base64_encode(b, bytes);
	for (size_t i = from; i < b->n; i++)
		if (b->p[i] == '+' || b->p[i] == '/')
			b->p[i] = b->p[i] == '+' ? '-' : '_';
}
