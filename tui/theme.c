#include "tui/theme.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/intern.h"
#include "core/os/spawn.h"

struct theme_entry {
	const char *name, *dark, *mono;
	enum style_what what;
};

static const struct theme_entry theme_entries[STYLE_COUNT] = {
#define STYLE(id, name, what, dark, mono, text) { name, dark, mono, STYLE_WHAT_##what },
#include "tui/style.def"
#undef STYLE
};

const char *style_name(enum style s)
{
	return theme_entries[s].name;
}

enum style_what style_what(enum style s)
{
	return theme_entries[s].what;
}

/* ---- reading ---- */

static const char *const theme_names[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue",
	"bright-magenta", "bright-cyan", "bright-white",
};

static bool theme_named(struct str word, uint32_t *ret_colour)
{
	*ret_colour = THEME_DEFAULT;
	if (str_eq(word, STR("default")))
		return true;
	for (uint32_t i = 0; i < sizeof theme_names / sizeof *theme_names; i++) {
		*ret_colour = THEME_TERMINAL + i;
		if (str_eq(word, str_of(theme_names[i])))
			return true;
	}
	return false;
}

static bool theme_colour(struct str word, uint32_t *ret_rgb)
{
	if (word.n != 7 || word.p[0] != '#')
		return false;
	uint32_t rgb = 0;
	for (size_t i = 1; i < word.n; i++) {
		char c = word.p[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		            c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return false;
		rgb = rgb << 4 | (uint32_t)digit;
	}
	*ret_rgb = rgb;
	return true;
}

static unsigned theme_attribute(struct str word)
{
	static const char *const names[] = { "bold", "dim", "underline", "reverse", "italic" };
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(word, str_of(names[i])))
			return 1u << i;
	return 0;
}

struct theme_value {
	uint32_t fg, bg;
	bool has_fg, has_bg;
	unsigned attributes;
};

/* "#fg on #bg bold": NULL, or what is wrong with *ret_word. */
static const char *theme_value(struct str text, struct theme_value *v, struct str *ret_word)
{
	struct str rest = str_trim(text), word;
	bool on = false;
	while (rest.p && str_next(&rest, ' ', &word)) {
		*ret_word = word = str_trim(word);
		unsigned attribute = theme_attribute(word);
		uint32_t own;
		if (word.n == 0)
			continue;
		if (str_eq(word, STR("on")) && !on && !v->has_bg) {
			on = true;
		} else if (word.p[0] == '#' || theme_named(word, &own)) {
			if (on ? v->has_bg : v->has_fg)
				return "is one colour too many";
			if (word.p[0] == '#' && !theme_colour(word, &own))
				return "is no colour: #rrggbb";
			*(on ? &v->bg : &v->fg) = own;
			*(on ? &v->has_bg : &v->has_fg) = true;
			on = false;
		} else if (attribute) {
			v->attributes |= attribute;
		} else {
			return "is neither a colour (#rrggbb, or red, bright-blue …, default), 'on', nor "
			       "bold, dim, underline, reverse, italic";
		}
	}
	return on ? "wants a colour behind it" : NULL;
}

static bool theme_set(struct theme *theme, enum style s, struct str text, struct origin at,
                      struct error *err)
{
	static const char *const wants[] = {
		[STYLE_WHAT_TEXT] = "a foreground alone: #rrggbb [bold …]",
		[STYLE_WHAT_OVER] = "a background alone: on #rrggbb",
		[STYLE_WHAT_BAR] = "both colours: #rrggbb on #rrggbb [bold …]",
	};
	enum style_what what = style_what(s);
	struct theme_value v = { 0 };
	struct str word = { 0 };
	const char *wrong = theme_value(text, &v, &word);
	if (wrong)
		return error_set_at(err, at, "'%.*s' %s", STR_ARG(word), wrong);
	if (v.has_fg != (what != STYLE_WHAT_OVER) || v.has_bg != (what != STYLE_WHAT_TEXT))
		return error_set_at(err, at, "'%s' takes %s", style_name(s), wants[what]);
	theme->looks[s].fg = v.fg;
	theme->looks[s].bg = v.bg;
	theme->looks[s].attributes = v.attributes;
	return true;
}

static bool theme_set_colours(struct theme *theme, struct str value, struct origin at,
                              struct error *err)
{
	unsigned long long number = 0;
	if (!str_eq(value, STR("none")) &&
	    (!str_number(value, 256, &number) || (number != 8 && number != 16 && number != 256)))
		return error_set_at(err, at, "'%.*s': colours are 256, 16, 8 or none", STR_ARG(value));
	theme->colours = (unsigned)number;
	return true;
}

static bool theme_line(struct theme *theme, struct str line, struct origin at, struct error *err)
{
	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return true;
	size_t equals = str_find(line, '=');
	if (equals == STR_NONE)
		return error_set_at(err, at, "'%.*s' is no setting: a line is NAME = VALUE", STR_ARG(line));
	struct str name = str_trim(str_slice(line, 0, equals));
	if (str_eq(name, STR("colours")))
		return theme_set_colours(theme, str_trim(str_slice(line, equals + 1, line.n)), at, err);
	for (enum style s = 0; s < STYLE_COUNT; s++)
		if (str_eq(name, str_of(style_name(s))))
			return theme_set(theme, s, str_slice(line, equals + 1, line.n), at, err);
	return error_set_at(err, at, "there is no style '%.*s'; tui/style.def and dark.theme name all",
	                    STR_ARG(name));
}

void theme_default(struct theme *ret_theme)
{
	struct error ignored;
	struct str word;
	ret_theme->colours = 1u << 24;
	for (enum style s = 0; s < STYLE_COUNT; s++) {
		struct theme_value mono = { 0 };
		theme_set(ret_theme, s, str_of(theme_entries[s].dark), (struct origin){ 0 }, &ignored);
		theme_value(str_of(theme_entries[s].mono), &mono, &word);
		ret_theme->looks[s].mono = mono.attributes;
	}
}

bool theme_parse(struct str text, const char *path, struct theme *ret_theme, struct error *err)
{
	struct theme theme;
	struct origin at = { .path = intern(str_of(path)) };
	struct str line;
	theme_default(&theme);
	while (str_next(&text, '\n', &line)) {
		at.line++;
		at.column = 1;
		if (!theme_line(&theme, line, at, err))
			return false;
	}
	*ret_theme = theme;
	return true;
}

/* ---- finding ---- */

static const char *theme_folder(struct arena *arena, unsigned place)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct str self = str_of(spawn_self());
	size_t slash = self.n ? str_find_last(self, '/') : STR_NONE;
	switch (place) {
	case 0:
		if (config && config[0] == '/')
			return arena_printf(arena, "%s/mortar/themes", config);
		return home && home[0] ? arena_printf(arena, "%s/.config/mortar/themes", home) : NULL;
	case 1:
		return slash == STR_NONE ? NULL
		                         : arena_printf(arena, "%.*s/themes", (int)slash, self.p);
	default:
		return MORTAR_DATADIR "/themes";
	}
}

bool theme_find(struct files *files, const char *name, struct theme *ret_theme, struct error *err)
{
	owned(arena) struct arena *arena = arena_new();
	struct str text;
	if (!name || !name[0]) {
		theme_default(ret_theme);
		return true;
	}
	for (unsigned place = 0; place < 3; place++) {
		const char *path = name, *folder = theme_folder(arena, place);
		if (!strchr(name, '/')) {
			if (!folder)
				continue;
			path = arena_printf(arena, "%s/%s.theme", folder, name);
		}
		enum files_result result = files_read(files, path, arena, &text, err);
		if (result == FILES_FAILED)
			return error_prefix(err, "theme");
		if (result == FILES_OK)
			return theme_parse(text, path, ret_theme, err);
	}
	if (strcmp(name, "dark") == 0) {
		theme_default(ret_theme);
		return true;
	}
	return error_set(err, ERROR_MISSING, "there is no theme '%s': a file %s.theme in "
	                 "~/.config/mortar/themes or " MORTAR_DATADIR "/themes", name, name);
}

/* ---- colours ---- */

struct look theme_look(const struct theme *theme, enum style style, enum style over)
{
	struct look look = theme->looks[style];
	if (style_what(style) == STYLE_WHAT_TEXT)
		look.bg = theme->looks[STYLE_TEXT].bg;
	if (over < STYLE_COUNT && style_what(over) == STYLE_WHAT_OVER) {
		look.bg = theme->looks[over].bg;
		look.attributes |= theme->looks[over].attributes;
		look.mono |= theme->looks[over].mono;
	}
	return look;
}

static double theme_luminance(uint32_t rgb)
{
	static const double weight[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;
	/* Asked for thousands of times by the first frame, for few values of a part. */
	static double parts[256];
	for (unsigned i = 0; i < 3; i++) {
		unsigned part = rgb >> (16 - 8 * i) & 0xff;
		double c = (double)part / 255;
		if (part && parts[part] == 0)
			parts[part] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
		sum += weight[i] * parts[part];
	}
	return sum;
}

double theme_contrast(uint32_t a, uint32_t b)
{
	double x = theme_luminance(a), y = theme_luminance(b);
	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

uint32_t theme_palette(unsigned index)
{
	/* xterm's defaults (XTerm-col.ad), then its cube and greys (256colres.pl). */
	static const uint32_t first[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const uint32_t steps[6] = { 0, 95, 135, 175, 215, 255 };
	if (index < 16)
		return first[index];
	if (index >= 232)
		return (index - 232) * 0x0a0a0a + 0x080808;
	index -= 16;
	return steps[index / 36] << 16 | steps[index / 6 % 6] << 8 | steps[index % 6];
}

unsigned theme_distance(uint32_t a, uint32_t b)
{
	unsigned sum = 0;
	for (unsigned shift = 0; shift < 24; shift += 8) {
		int d = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);
		sum += (unsigned)(d * d);
	}
	return sum;
}

unsigned theme_nearest(uint32_t rgb, unsigned colours)
{
	unsigned best = 0, distance = (unsigned)-1;
	for (unsigned i = colours >= 256 ? 16 : 0; i < (colours >= 256 ? 256 : colours); i++) {
		unsigned d = theme_distance(rgb, theme_palette(i));
		if (d < distance) {
			distance = d;
			best = i;
		}
	}
	return best;
}

static unsigned theme_readable(uint32_t rgb, unsigned background, unsigned colours)
{
	uint32_t behind = theme_palette(background);
	unsigned best = 0, nearest = (unsigned)-1, distance = (unsigned)-1;
	for (unsigned i = colours >= 256 ? 16 : 0; i < (colours >= 256 ? 256 : colours); i++) {
		uint32_t here = theme_palette(i);
		unsigned d = theme_distance(rgb, here);
		if (theme_contrast(here, behind) > theme_contrast(theme_palette(best), behind))
			best = i;
		if (theme_contrast(here, behind) >= 4.5 && d < distance) {
			distance = d;
			nearest = i;
		}
	}
	return nearest != (unsigned)-1 ? nearest : best;
}

struct paint theme_paint(const struct theme *theme, enum style style, enum style over,
                         unsigned colours)
{
	struct look look = theme_look(theme, style, over);
	struct paint paint = { .attributes = look.attributes };
	paint.bg = theme_nearest(look.bg, colours);
	if (over < STYLE_COUNT && paint.bg == theme_nearest(theme->looks[STYLE_TEXT].bg, colours))
		paint.attributes |= theme->looks[over].mono;
	paint.fg = theme_readable(look.fg, paint.bg, colours);
	return paint;
}
