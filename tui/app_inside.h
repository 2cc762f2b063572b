#ifndef TUI_APP_INSIDE_H
#define TUI_APP_INSIDE_H

#include "tui/app.h"
#include "tui/doctor.h"
#include "tui/endings.h"
#include "tui/messages.h"
#include "tui/prompt.h"
#include "tui/term.h"

/* The app's state, for app.c (keys and painting) and app_run.c (the world) alone. */
enum { APP_VIEWS = 8 };

struct app {
	struct loop *loop;              /* borrowed */
	struct project *project;        /* borrowed; may be NULL */
	struct term *term;              /* borrowed; NULL in tests */
	struct term_facts term_facts;
	struct doctor_request *doctor;  /* owned; NULL: not asked for yet */
	struct watch *watch;            /* owned; NULL in tests */
	struct theme theme;
	bool theme_follows;             /* the terminal's background, dark or light */
	struct surface *surface;
	struct view *views[APP_VIEWS];
	size_t nviews;
	struct popup *popup;
	struct prompt prompt;
	struct keymap keymap;
	struct buf message;             /* on the bottom line until the next key */
	struct messages messages;       /* all so far */
	struct endings *endings;        /* of builds that were opened here */
	unsigned lacks;                 /* a bit for each enum watch_lack that was said */
	bool alert, dirty, ended;
	bool away;                      /* an editor has the terminal */
	bool full;                      /* the terminal has not taken the last frame yet */
	uint64_t tick, digit, change;   /* timers */
};

/* In app.c: why files are polled, if any are; says so if it was not said yet. */
enum watch_lack app_lack(const struct app *);
void app_say_lack(struct app *);
/* In app_run.c: reading again when files change; suspending. */
void app_watch_project(struct app *);
void app_suspend(struct app *);

/* In app_around.c: the theme that is wanted, or one by what the terminal tells; what may be
 * sent around the picture; what the terminal has told since; title and progress; the end of
 * a build to who looks elsewhere. */
void app_theme(struct app *);
struct around app_around(const struct preferences *);
void app_hear(struct app *);
void app_tell_around(struct app *);
void app_notice(struct app *, const struct history_item *);

/* In app_matrix.c. */
void app_matrix(struct app *);
/* In app_doctor.c: asks for the doctor's report, which opens as a popup when it is there. */
void app_doctor(struct app *);

#endif
