#ifndef TUI_FOLLOW_H
#define TUI_FOLLOW_H

#include "core/base/error.h"

/* A build followed on the command line, from its beginning to its end.  Progress
 * goes to stderr, results (journal lines, the image's name) to stdout. */
enum follow_form {
	FOLLOW_PLAIN,           /* lines as they come; the first Ctrl-C cancels */
	FOLLOW_TTY,             /* a tree redrawn in place; Ctrl-C asks: cancel or detach */
	FOLLOW_JSON,            /* the journal's lines on stdout */
	FOLLOW_QUIET,           /* nothing but the image's id */
};

/* A FORM of word.def, or NULL for auto, which is tty where stderr is a terminal.  false:
 * tty was asked for and cannot be. */
bool follow_form_parse(const char *progress, enum follow_form *ret_form, struct error *);
/* A Ctrl-C from here on is for job_start, and then for the follower: both cancel.  It must
 * not leave a job behind that nobody has heard of. */
void follow_hold_interrupts(void);
/* Follows the build in dir; the exit code is the build's (130 when cancelled; 0
 * after a detach by Ctrl-C; 1 when the job was lost). */
int follow_run(const char *dir, enum follow_form);
/* Plays a build that is over, so many times as fast as it ran; Ctrl-C ends that (130),
 * nothing else. */
int follow_replay(const char *dir, enum follow_form, double speed);

#endif
