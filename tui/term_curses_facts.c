/* What terminfo says of the terminal, before or without taking it over. */
#include "tui/term.h"
#include "tui/term_curses.h"

#include <stdlib.h>
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

unsigned term_count_colours(void)
{
	const char *no_color = getenv("NO_COLOR");
	int n = tigetnum("colors");
	if ((no_color && no_color[0]) || !term_has("setaf") || !term_has("setab"))
		return 0;
	if (n >= 1 << 24 && term_has_rgb())
		return 1 << 24;
	return n >= 256 ? 256 : n >= 16 ? 16 : n >= 8 ? 8 : 0;
}

struct term_facts term_facts(void)
{
	const char *no_color = getenv("NO_COLOR");
	struct winsize size = { 0 };
	int found = 0;
	struct term_facts f = {
		.name = getenv("TERM"), .is_terminal = isatty(STDOUT_FILENO),
		.no_color = no_color && no_color[0],
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
	del_curterm(cur_term);
	return f;
}
