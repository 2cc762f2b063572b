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

/* How many bytes from here on are ASCII, found eight at a time; the last few are left. */
static size_t utf8_ascii(struct str s, size_t at)
{
	uint64_t word;
	size_t start = at;
	for (; at + sizeof word <= s.n; at += sizeof word) {
		memcpy(&word, s.p + at, sizeof word);
		if (word & 0x8080808080808080u)
			break;
	}
	return at - start;
}

size_t utf8_invalid(struct str s)
{
	for (size_t at = 0, size; at < s.n; at += size) {
		if ((unsigned char)s.p[at] < 0x80) {
			size = utf8_ascii(s, at);
			size += !size;
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

/* Beside C0, DEL, C1 and what is no character on any plane (U+..FFFE, U+..FFFF): the
 * categories Cf, Zl and Zp and what is set aside for them (Default_Ignorable_Code_Point),
 * but for U+200C and U+200D, without which some scripts and emoji cannot be written,
 * variation selectors, and the signs of Arabic numbers, which are drawn. */
static const struct utf8_range {
	uint32_t first, last;
} utf8_controls[] = {
	{ 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200b },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfdd0, 0xfdef },
	{ 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0x13430, 0x13440 }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff },
};

bool utf8_is_control(uint32_t rune)
{
	if (rune < 0xad)
		return rune < 0x20 || (rune >= 0x7f && rune < 0xa0);
	for (size_t i = 0; i < sizeof utf8_controls / sizeof *utf8_controls; i++)
		if (rune <= utf8_controls[i].last)
			return rune >= utf8_controls[i].first || (rune & 0xfffe) == 0xfffe;
	return (rune & 0xfffe) == 0xfffe;
}

void utf8_append_spelled(struct buf *b, uint32_t rune)
{
	buf_printf(b, rune < 0x100 ? "\\x%02x" : rune < 0x10000 ? "\\u%04x" : "\\U%08x",
	           (unsigned)rune);
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
			utf8_append_spelled(b, rune);
	}
}
