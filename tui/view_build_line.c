/* One line of a build's log: its looks, what was searched for in it, and its marks. */
#include "tui/view_build_inside.h"

/* The eight colours as the theme has them, so that they can be read on its background;
 * of the others the one that is nearest. */
static enum style line_colour(uint32_t colour)
{
	static const enum style styles[] = {
		STYLE_FAINT, STYLE_ERROR, STYLE_GOOD, STYLE_WARNING, STYLE_KEY, STYLE_LITERAL,
		STYLE_VARIABLE, STYLE_TEXT,
	};
	uint32_t value = colour & 0xffffff;
	unsigned index = colour & LOG_DIRECT ? theme_nearest(value, 16) :
	                 value < 16 ? value : theme_nearest(theme_palette(value), 16);
	/* The second black is a grey, and white is what text is. */
	return colour == LOG_PLAIN ? STYLE_TEXT : styles[index % 8];
}

static struct ink line_ink(struct log_look look)
{
	enum style style = line_colour(look.fg);
	uint8_t over = STYLE_NONE;
	if (style == STYLE_TEXT && look.attributes & LOG_FAINT)
		style = STYLE_FAINT;
	else if (style == STYLE_TEXT && look.attributes & LOG_BOLD)
		style = STYLE_STRONG;
	if (look.attributes & LOG_REVERSE || look.bg != LOG_PLAIN)
		over = STYLE_RESTING;
	else if (look.attributes & (LOG_UNDERLINE | LOG_ITALIC) && style == STYLE_TEXT)
		style = STYLE_STRONG;
	return (struct ink){ (uint8_t)style, over };
}

static size_t line_matches(struct view_build *b, struct str text, struct view_build_line *l)
{
	size_t n = 0, at, size;
	for (size_t from = 0; b->search && n < VIEW_BUILD_MATCHES && from <= text.n; ) {
		if (!history_search_line(b->search, text, from, &at, &size))
			break;
		if (size) {
			l->matches[n].at = at;
			l->matches[n++].end = at + size;
		}
		from = at + (size ? size : 1);
	}
	return n;
}

void view_build_line_begin(struct view_build *b, struct str text, struct view_build_line *ret_line)
{
	ret_line->text = &b->text;
	ret_line->clipped = view_build_line_is_clipped(b->text.text);
	ret_line->run = ret_line->match = 0;
	ret_line->nmatches = line_matches(b, text, ret_line);
}

void view_build_line_draw(struct view_build_line *l, struct pen *pen, size_t from, size_t to)
{
	const struct log_text *t = l->text;
	while (from < to) {
		size_t next = to;
		while (l->run < t->nruns && t->runs[l->run].at <= from)
			l->run++;
		while (l->match < l->nmatches && l->matches[l->match].end <= from)
			l->match++;
		struct ink ink = l->clipped ? INK(WARNING) :
		                 l->run ? line_ink(t->runs[l->run - 1].look) : INK(TEXT);
		if (l->run < t->nruns && t->runs[l->run].at < next)
			next = t->runs[l->run].at;
		if (l->match < l->nmatches) {
			size_t at = l->matches[l->match].at;
			size_t edge = at <= from ? l->matches[l->match].end : at;
			if (at <= from)
				ink.over = STYLE_FOUND;
			next = edge < next ? edge : next;
		}
		pen_text(pen, str_slice(t->text, from, next - from), ink);
		from = next;
	}
}

void view_build_line_end(const struct view_build_line *l, struct pen *pen)
{
	if (l->text->redraws)
		pen_printf(pen, INK(FAINT), "  (%zu redraw%s collapsed)", l->text->redraws,
		           l->text->redraws == 1 ? "" : "s");
}

/* BuildKit's own words when a step says too much too fast (moby/buildkit
 * util/progress/logs), and a reader's for a gap of the journal (lines.c). */
bool view_build_line_is_clipped(struct str text)
{
	return (str_has_prefix(text, STR("[output clipped, log limit ")) &&
	        str_has_suffix(text, STR(" reached]"))) ||
	       (str_has_prefix(text, STR("[")) && str_has_suffix(text, STR(" bytes were not kept]")));
}

/* Errors and warnings that most good builds have as well are small. */
static void line_mark_kind(struct pen *pen, char kind, bool usual)
{
	static const struct ink inks[] = { INK(ERROR), INK(WARNING), INK(WARNING), INK(FAINT) };
	const char *kinds = "EWC", *at = strchr(kinds, kind);
	char mark[2] = { usual && kind != 'C' ? (char)(kind | 0x20) : kind };
	if (at && *at)
		pen_word(pen, mark, usual && kind != 'C' ? inks[3] : inks[at - kinds]);
}

void view_build_line_marks(struct view_build *b, struct pen *pen, int step, int columns)
{
	struct str text = b->text.text;
	enum known_line known = columns > 1 ? view_build_new_tell(b, step, text) : KNOWN_NOT;
	char kind = view_build_line_is_clipped(text) ? 'C' : view_build_find_kind(b, text);
	line_mark_kind(pen, kind, known == KNOWN_USUAL);
	pen_to(pen, 1, INK(TEXT));
	if (known == KNOWN_NEW)
		pen_word(pen, "+", INK(GOOD));
}
