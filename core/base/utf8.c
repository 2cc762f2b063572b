#include "core/base/utf8.h"

struct utf8_lead {
	unsigned char first, last;      /* range of the lead byte */
	unsigned char low, high;        /* range of the second byte */
	unsigned char size;
};

/* Unicode 15, table 3-7: well-formed UTF-8 byte sequences. */
static const struct utf8_lead utf8_leads[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct utf8_lead *utf8_lead(unsigned char c)
{
	for (size_t i = 0; i < sizeof utf8_leads / sizeof *utf8_leads; i++)
		if (c >= utf8_leads[i].first && c <= utf8_leads[i].last)
			return &utf8_leads[i];
	return NULL;
}

uint32_t utf8_decode(struct str s, size_t *ret_size)
{
	const unsigned char *p = (const unsigned char *)s.p;
	*ret_size = 1;
	if (p[0] < 0x80)
		return p[0];
	const struct utf8_lead *lead = utf8_lead(p[0]);
	if (!lead)
		return UTF8_BAD;
	uint32_t rune = p[0] & (0x7fu >> lead->size);
	for (size_t i = 1; i < lead->size; i++) {
		unsigned char low = i == 1 ? lead->low : 0x80, high = i == 1 ? lead->high : 0xbf;
		if (i >= s.n || p[i] < low || p[i] > high) {
			*ret_size = i;
			return UTF8_BAD;
		}
		rune = rune << 6 | (p[i] & 0x3fu);
	}
	*ret_size = lead->size;
	return rune;
}

size_t utf8_encode(uint32_t rune, char ret_bytes[UTF8_MAX])
{
	if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff))
		rune = UTF8_REPLACEMENT;
	if (rune < 0x80) {
		ret_bytes[0] = (char)rune;
		return 1;
	}
	size_t size = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
	for (size_t i = size - 1; i > 0; i--, rune >>= 6)
		ret_bytes[i] = (char)(0x80 | (rune & 0x3f));
	ret_bytes[0] = (char)((0xf00u >> size) | rune);
	return size;
}

size_t utf8_invalid(struct str s)
{
	for (size_t at = 0, size; at < s.n; at += size) {
		if ((unsigned char)s.p[at] < 0x80) {
			size = 1;
			continue;
		}
		if (utf8_decode(str_slice(s, at, s.n), &size) == UTF8_BAD)
			return at;
	}
	return STR_NONE;
}

void utf8_append_valid(struct buf *b, struct str s)
{
	for (size_t at = 0, size; at < s.n; at += size) {
		uint32_t rune = utf8_decode(str_slice(s, at, s.n), &size);
		if (rune == UTF8_BAD)
			buf_append_rune(b, UTF8_REPLACEMENT);
		else
			buf_append(b, str_slice(s, at, size));
	}
}

bool utf8_is_control(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7f && rune < 0xa0) || rune == 0x61c ||
	       rune == 0x200e || rune == 0x200f || (rune >= 0x2028 && rune <= 0x202e) ||
	       (rune >= 0x2066 && rune <= 0x2069) || rune == 0xfeff ||
	       (rune >= 0xfff9 && rune <= 0xfffb) || (rune >= 0xe0000 && rune <= 0xe007f);
}

void utf8_append_visible(struct buf *b, struct str s)
{
	for (size_t at = 0, size; at < s.n; at += size) {
		uint32_t rune = utf8_decode(str_slice(s, at, s.n), &size);
		if (rune == UTF8_BAD)
			buf_append_rune(b, UTF8_REPLACEMENT);
		else if (!utf8_is_control(rune))
			buf_append(b, str_slice(s, at, size));
		else if (rune == '\n')
			buf_append(b, STR("\\n"));
		else if (rune == '\t')
			buf_append(b, STR("\\t"));
		else if (rune == '\r')
			buf_append(b, STR("\\r"));
		else
			buf_printf(b, rune < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)rune);
	}
}
