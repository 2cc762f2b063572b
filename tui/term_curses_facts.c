/* What terminfo says of the terminal, before or without taking it over. */
#include "tui/term.h"
#include "tui/term_curses.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curses.h>
/* Last: it makes macros of common words. */
#include <term.h>

static bool term_has(const char *capability)
{
	const char *text = tigetstr((char *)capability);
	return text && text != (const char *)-1;
}

static bool term_has_rgb(void)
{
	return tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || term_has("RGB");
}

static bool term_is_set(const char *variable)
{
	const char *value = getenv(variable);
	return value && value[0];
}

unsigned term_count_colours(void)
{
	int n = tigetnum("colors");
	if (term_is_set("NO_COLOR") || !term_has("setaf") || !term_has("setab"))
		return 0;
	if (n >= 1 << 24 && term_has_rgb())
		return 1 << 24;
	return n >= 256 ? 256 : n >= 16 ? 16 : n >= 8 ? 8 : 0;
}

/* Terminfo says of every xterm that its colours can be redefined; that they can is
 * believed of one that says it shows more than 256 (COLORTERM), and that is the
 * terminal itself, not a program between. */
bool term_defines_colours(void)
{
	const char *depth = getenv("COLORTERM"), *name = getenv("TERM");
	bool deep = depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0);
	bool between = term_is_set("TMUX") || term_is_set("STY") || strncmp(name, "tmux", 4) == 0 ||
	               strncmp(name, "screen", 6) == 0;
	return deep && !between && term_count_colours() == 256 && tigetflag("ccc") > 0 &&
	       term_has("initc") && term_has("oc");
}

struct term_facts term_facts(void)
{
	struct winsize size = { 0 };
	int found = 0;
	struct term_facts f = {
		.name = getenv("TERM"), .is_terminal = isatty(STDOUT_FILENO),
		.no_color = term_is_set("NO_COLOR"),
	};
	if (f.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		f.rows = size.ws_row;
		f.cols = size.ws_col;
	}
	f.is_known = f.name && f.name[0] && setupterm(f.name, STDOUT_FILENO, &found) == OK;
	if (!f.is_known)
		return f;
	f.can_place = term_has("cup");
	f.has_alternate = term_has("smcup");
	f.has_rgb = term_has_rgb();
	f.can_define = tigetflag("ccc") > 0;
	f.colours = tigetnum("colors");
	f.used = term_count_colours();
	f.defines = term_defines_colours();
	del_curterm(cur_term);
	return f;
}
