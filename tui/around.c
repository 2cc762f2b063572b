#include "tui/around.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "tui/theme.h"

#define OSC "\x1b]"
#define BEL "\a"

struct around_environment around_environment(void)
{
	return (struct around_environment){
		.term = getenv("TERM"), .program = getenv("TERM_PROGRAM"), .vte = getenv("VTE_VERSION"),
		.konsole = getenv("KONSOLE_VERSION"), .kitty = getenv("KITTY_WINDOW_ID"),
		.windows = getenv("WT_SESSION"), .conemu = getenv("ConEmuPID"), .tmux = getenv("TMUX"),
		.screen = getenv("STY"),
	};
}

static bool around_begins(const char *name, const char *const *with)
{
	for (; name && *with; with++)
		if (str_has_prefix(str_of(name), str_of(*with)))
			return true;
	return false;
}

static bool around_is(const char *value, const char *wanted)
{
	return value && strcmp(value, wanted) == 0;
}

/* VTE_VERSION is 7900 for 0.79.0. */
static bool around_vte_from(const char *version, unsigned long long least)
{
	unsigned long long number;
	return version && str_number(str_of(version), 1000000, &number) && number >= least;
}

/* Elsewhere OSC 9 is a notice, and each percent would be one. */
static bool around_has_progress(const struct around_environment *e)
{
	if (e->tmux || e->screen)
		return false;
	return e->windows || e->conemu || around_vte_from(e->vte, 7900) ||
	       around_is(e->program, "ghostty") || around_is(e->program, "mintty");
}

static bool around_has_notice(const struct around_environment *e)
{
	static const char *const names[] = { "rxvt", "foot", "xterm-kitty", "xterm-ghostty",
	                                     "wezterm", NULL };
	if (e->tmux || e->screen)
		return false;
	return e->vte || e->kitty || around_is(e->program, "WezTerm") ||
	       around_is(e->program, "ghostty") || around_begins(e->term, names);
}

struct around around_learn(const struct around_environment *e)
{
	static const char *const names[] = { "xterm", "tmux", "screen", "rxvt", "foot", "alacritty",
		"kitty", "wezterm", "konsole", "gnome", "vte", "st-", "mintty", "ghostty", "contour",
		NULL };
	bool known = around_begins(e->term, names);
	bool between = e->tmux || e->screen;
	return (struct around){
		.asks = known, .title = known, .focus = known, .bell = true,
		.progress = around_has_progress(e), .notice = around_has_notice(e),
		/* A multiplexer answers for itself, not for what is behind it. */
		.synchronized = known && !between,
	};
}

void around_ask(const struct around *a, struct buf *out)
{
	if (!a->asks)
		return;
	buf_append_text(out, OSC "11;?" BEL);
	if (a->synchronized)
		buf_append_text(out, "\x1b[?2026$p");
	/* What everybody answers comes last: then nothing more will come. */
	buf_append_text(out, "\x1b[c");
}

void around_begin(const struct around *a, struct buf *out)
{
	if (a->title)
		buf_append_text(out, "\x1b[22;2t");
	if (a->focus)
		buf_append_text(out, "\x1b[?1004h");
}

void around_end(const struct around *a, struct buf *out)
{
	if (a->progress)
		buf_append_text(out, OSC "9;4;0" BEL);
	if (a->focus)
		buf_append_text(out, "\x1b[?1004l");
	if (a->title)
		buf_append_text(out, "\x1b[23;2t");
}

/* Nothing that could end the sequence, and whole characters. */
static void around_append(struct buf *out, struct str text)
{
	owned_buf struct buf shown = { 0 };
	utf8_append_visible(&shown, text);
	struct str s = buf_str(&shown);
	if (s.n > AROUND_TITLE_MAX) {
		size_t n = AROUND_TITLE_MAX;
		while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n--;
		s.n = n;
	}
	buf_append(out, s);
}

void around_title(const struct around *a, struct str text, struct buf *out)
{
	if (!a->title)
		return;
	buf_append_text(out, OSC "2;");
	around_append(out, text);
	buf_append_text(out, BEL);
}

void around_progress(const struct around *a, enum around_progress progress, int percent,
                     struct buf *out)
{
	static const int states[] = { [AROUND_NO_PROGRESS] = 0, [AROUND_RUNS] = 1,
	                              [AROUND_FAILED] = 2, [AROUND_ENDLESS] = 3 };
	bool counts = progress == AROUND_RUNS || progress == AROUND_FAILED;
	percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
	if (a->progress && counts)
		buf_printf(out, OSC "9;4;%d;%d" BEL, states[progress], percent);
	else if (a->progress)
		buf_printf(out, OSC "9;4;%d" BEL, states[progress]);
}

void around_notice(const struct around *a, struct str title, struct str text, struct buf *out)
{
	if (a->notice) {
		owned_buf struct buf head = { 0 };
		around_append(&head, title);
		buf_append_text(out, OSC "777;notify;");
		/* The title ends at a ';'. */
		for (size_t i = 0; i < head.n; i++)
			buf_append_char(out, head.p[i] == ';' ? ',' : head.p[i]);
		buf_append_char(out, ';');
		around_append(out, text);
		buf_append_text(out, BEL);
	}
	if (a->bell)
		buf_append_text(out, BEL);
}

void around_frame(struct buf *frame)
{
	owned_buf struct buf whole = { 0 };
	if (frame->n < AROUND_FRAME_MIN)
		return;
	buf_append_text(&whole, "\x1b[?2026h");
	buf_append(&whole, buf_str(frame));
	buf_append_text(&whole, "\x1b[?2026l");
	struct buf before = *frame;
	*frame = whole;
	whole = before;
}

bool around_is_light(uint32_t rgb)
{
	return theme_contrast(rgb, 0x000000) > theme_contrast(rgb, 0xffffff);
}

int around_hint(const char *colorfgbg)
{
	struct str text = str_of(colorfgbg);
	unsigned long long index;
	size_t at = str_find_last(text, ';');
	if (at == STR_NONE || !str_number(str_slice(text, at + 1, text.n), 15, &index))
		return -1;
	/* As vim has it: 7 and 9 to 15 are light. */
	return index == 7 || index > 8;
}
