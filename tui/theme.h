#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdint.h>

#include "core/os/files.h"

/* What styles look like.  A theme is a plain-text file, one style of style.def a
 * line; '#' at the start of a line is a comment:
 *
 *     text = #d6dae3 on #15181e
 *     keyword = #f5a9c0 bold
 *     cursor = on #2c4056
 *     colours = 256
 *
 * Attributes: bold, dim, underline, reverse, italic.  Instead of #rrggbb a colour may be
 * one of the terminal's own: default, black, red, green, yellow, blue, magenta, cyan,
 * white, bright-black … bright-white.  `colours` is how many are used at most: 16, 256, or
 * none.  What a file does not name stays as in the built-in dark theme. */
enum style {
#define STYLE(id, name, what, dark, mono, text) STYLE_##id,
#include "tui/style.def"
#undef STYLE
	STYLE_COUNT,
	STYLE_NONE = 0xff,      /* as an ink's `over`: nothing laid under */
};
enum style_what { STYLE_WHAT_TEXT, STYLE_WHAT_OVER, STYLE_WHAT_BAR };

enum theme_attribute {
	THEME_BOLD = 1, THEME_DIM = 2, THEME_UNDERLINE = 4, THEME_REVERSE = 8, THEME_ITALIC = 16,
};

/* A colour that the terminal has by itself: THEME_DEFAULT, or THEME_TERMINAL + 0 to 15. */
enum { THEME_TERMINAL = 1 << 24, THEME_DEFAULT = 1 << 25 };
static inline bool theme_is_terminals(uint32_t colour)
{
	return colour >= THEME_TERMINAL;
}

struct look {
	uint32_t fg, bg;        /* 0xRRGGBB, or one of the terminal's */
	unsigned attributes;    /* of enum theme_attribute */
	unsigned mono;          /* the same where there are no colours */
};

struct theme {
	struct look looks[STYLE_COUNT];
	unsigned colours;       /* used at most; 0: none */
};

const char *style_name(enum style);
enum style_what style_what(enum style);

/* The dark one; needs no file. */
void theme_default(struct theme *ret_theme);
/* Over the default; path is for errors ("dark.theme:3: …"). */
bool theme_parse(struct str text, const char *path, struct theme *ret_theme, struct error *err);
/* name: "dark", "light", … (a file NAME.theme in $XDG_CONFIG_HOME/mortar/themes, in
 * `themes` beside the executable or in MORTAR_DATADIR/themes, in this order), or a
 * path with a '/'; NULL or "": the default. */
bool theme_find(struct files *, const char *name, struct theme *ret_theme, struct error *err);

/* What a cell of this style over that background is. */
struct look theme_look(const struct theme *, enum style, enum style over);
/* Contrast by WCAG 2.1, 1 to 21. */
double theme_contrast(uint32_t a, uint32_t b);
/* How far apart two colours are; 0: the same. */
unsigned theme_distance(uint32_t a, uint32_t b);
/* The nearest of xterm's 256 or of the usual 16 (a number of colours) and what it
 * stands for.  256 leaves out the first 16, which users change. */
unsigned theme_nearest(uint32_t rgb, unsigned colours);
uint32_t theme_palette(unsigned index);
/* A cell's colours as palette indices where there are `colours` of them: the
 * foreground is the nearest with a contrast of 4.5, else the best; a background
 * laid under that cannot be told from the screen's is replaced by what it is
 * without colours. */
struct paint {
	unsigned fg, bg, attributes;
};
struct paint theme_paint(const struct theme *, enum style, enum style over, unsigned colours);

#endif
