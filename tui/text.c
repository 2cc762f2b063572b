#include "tui/text.h"

#include <langinfo.h>
#include <stdio.h>
#include <wchar.h>

#include "core/base/utf8.h"

bool text_is_ascii(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static void text_spell(struct glyph *g, uint32_t rune)
{
	owned_buf struct buf spelled = { 0 };
	utf8_append_spelled(&spelled, rune);
	snprintf(g->visible, sizeof g->visible, "%s", buf_text(&spelled));
	g->width = (unsigned)strlen(g->visible);
}

/* What makes one picture of several characters, or a wide one of a narrow one, on some
 * terminals and not on others: joiners, variation selectors, skin colours.  Left out,
 * everything is as wide as wcwidth says, everywhere. */
static bool text_is_joiner(uint32_t rune, unsigned width)
{
	return rune == 0x200d || (rune >= 0xfe00 && rune <= 0xfe0f) ||
	       (width == 2 && rune >= 0x1f3fb && rune <= 0x1f3ff);
}

/* Marks that follow a base character; wcwidth has no column for them. */
static size_t text_marks(struct str s, size_t at, struct glyph *g)
{
	unsigned n = 0;
	for (size_t size; at < s.n; at += size) {
		if ((unsigned char)s.p[at] < 0x80)
			break;
		uint32_t rune = utf8_decode(str_slice(s, at, s.n), &size);
		if (text_is_joiner(rune, g->width) && !text_is_ascii())
			continue;
		if (rune == UTF8_BAD || utf8_is_control(rune) || wcwidth((wchar_t)rune) != 0)
			break;
		if (n < TEXT_MARKS && !text_is_ascii())
			g->runes[1 + n++] = rune;
	}
	return at;
}

size_t text_glyph(struct str s, struct glyph *ret_glyph)
{
	size_t size;
	uint32_t rune = utf8_decode(s, &size);
	*ret_glyph = (struct glyph){ .runes = { rune }, .width = 1 };
	if (rune == '\t') {
		ret_glyph->width = 0;
		return size;
	}
	if (rune != UTF8_BAD && utf8_is_control(rune)) {
		text_spell(ret_glyph, rune);
		return size;
	}
	if (rune < 0x80)
		return text_marks(s, size, ret_glyph);
	if (text_is_ascii()) {
		ret_glyph->runes[0] = '?';
		/* In C wcwidth knows no marks: each stays a sign of its own. */
		return size;
	}
	if (rune == UTF8_BAD) {
		ret_glyph->runes[0] = UTF8_REPLACEMENT;
		return size;
	}
	int width = wcwidth((wchar_t)rune);
	if (width < 0) {
		text_spell(ret_glyph, rune);
		return size;
	}
	if (width == 0) {
		/* A mark without a base stands on a blank. */
		ret_glyph->runes[0] = ' ';
		ret_glyph->runes[1] = rune;
		return size;
	}
	ret_glyph->width = (unsigned)width;
	return text_marks(s, size, ret_glyph);
}

struct str text_cut(struct str s, size_t columns, size_t *ret_width)
{
	size_t at = 0, width = 0;
	while (at < s.n) {
		struct glyph g;
		size_t size = text_glyph(str_slice(s, at, s.n), &g);
		size_t wide = g.runes[0] == '\t' ? TEXT_TAB - width % TEXT_TAB : g.width;
		if (width + wide > columns)
			break;
		width += wide;
		at += size;
	}
	*ret_width = width;
	return str_slice(s, 0, at);
}

size_t text_width(struct str s)
{
	size_t width;
	text_cut(s, (size_t)-1 / 2, &width);
	return width;
}

struct str text_sign(enum text_sign sign)
{
	static const char *const signs[][2] = {
		[SIGN_VERTICAL] = { "|", "│" },     [SIGN_HORIZONTAL] = { "-", "─" },
		[SIGN_CROSS] = { "+", "┼" },        [SIGN_TEE_DOWN] = { "+", "┬" },
		[SIGN_TEE_UP] = { "+", "┴" },       [SIGN_TEE_LEFT] = { "+", "┤" },
		[SIGN_TEE_RIGHT] = { "+", "├" },    [SIGN_TOP_LEFT] = { "+", "┌" },
		[SIGN_TOP_RIGHT] = { "+", "┐" },    [SIGN_BOTTOM_LEFT] = { "+", "└" },
		[SIGN_BOTTOM_RIGHT] = { "+", "┘" }, [SIGN_OPEN] = { "v", "▾" },
		[SIGN_CLOSED] = { ">", "▸" },       [SIGN_ARROW] = { "->", "→" },
		[SIGN_DOT] = { "*", "•" },          [SIGN_CHECK] = { "x", "✓" },
		[SIGN_ELLIPSIS] = { "...", "…" },   [SIGN_BAR] = { "#", "█" },
		[SIGN_SCROLL] = { "|", "▐" },
	};
	return str_of(signs[sign][!text_is_ascii()]);
}
