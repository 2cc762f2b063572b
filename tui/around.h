#ifndef TUI_AROUND_H
#define TUI_AROUND_H

#include <stdint.h>

#include "core/base/buf.h"

/* What a terminal shows around the picture, and what it is asked: the window's title, the
 * progress on its tab or in the taskbar, notices, the background, synchronized output, focus.
 * All as bytes; who sends them is term_curses.c.  None of it is in terminfo, so it is sent
 * only to terminals that are known by name to take it, or to ignore it.
 *
 * Sources: XTerm Control Sequences (OSC 2, 11, 52; DECRQM; 1004; XTWINOPS 22, 23),
 * the synchronized output specification (mode 2026), ConEmu's OSC 9;4, rxvt-unicode's
 * OSC 777 as VTE, foot and kitty have it. */

/* What may be used: what the terminal can, less what the user has switched off. */
struct around {
	bool asks;                      /* it takes questions and ignores what it does not know */
	bool title, progress, notice, bell, focus;
	bool synchronized;              /* may be asked for */
};

/* What the environment says of the terminal; absent ones are NULL. */
struct around_environment {
	const char *term, *program, *vte, *konsole, *kitty, *windows, *conemu, *tmux, *screen;
};
struct around_environment around_environment(void);
struct around around_learn(const struct around_environment *);

enum around_progress { AROUND_NO_PROGRESS, AROUND_RUNS, AROUND_FAILED, AROUND_ENDLESS };

/* Asks; the answers come as keys: tui/reply.h. */
void around_ask(const struct around *, struct buf *out);
/* Once, before the first title; and what gives all back. */
void around_begin(const struct around *, struct buf *out);
void around_end(const struct around *, struct buf *out);
/* text: anything; what a person sees of it is sent, at most AROUND_TITLE_MAX bytes. */
enum { AROUND_TITLE_MAX = 240 };
void around_title(const struct around *, struct str text, struct buf *out);
void around_progress(const struct around *, enum around_progress, int percent, struct buf *out);
/* A bell, and the text where the terminal shows notices. */
void around_notice(const struct around *, struct str title, struct str text, struct buf *out);
/* A frame as one: out is put between the two where it is long enough to be seen in parts. */
enum { AROUND_FRAME_MIN = 1024 };
void around_frame(struct buf *frame);

/* Seen as dark or light (relative luminance above 0.18 is light, where black and white
 * have the same contrast). */
bool around_is_light(uint32_t rgb);
/* By COLORFGBG ("15;0"), which rxvt and others set: -1 it says nothing, 0 dark, 1 light. */
int around_hint(const char *colorfgbg);

#endif
