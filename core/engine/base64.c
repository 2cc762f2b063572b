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
