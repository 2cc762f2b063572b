#ifndef TUI_APP_INSIDE_H
#define TUI_APP_INSIDE_H

#include "core/job/login.h"
#include "core/job/shell.h"
#include "core/os/errand.h"
#include "tui/action_list.h"
#include "tui/app.h"
#include "tui/copy.h"
#include "tui/doctor.h"
#include "tui/endings.h"
#include "tui/marks.h"
#include "tui/messages.h"
#include "tui/prompt.h"
#include "tui/term.h"

struct request;

/* The app's state, for app.c (keys and painting) and app_run.c (the world) alone. */
enum { APP_VIEWS = 8 };

struct app {
	struct loop *loop;              /* borrowed */
	struct project *project;        /* borrowed; may be NULL */
	struct term *term;              /* borrowed; NULL in tests */
	struct term_facts term_facts;
	struct doctor_request *doctor;  /* owned; NULL: not asked for yet */
	struct errand *errand;          /* owned; NULL: none is at work */
	const char *errand_title;
	struct app_keeping *keeping;    /* owned; NULL: no worker is at builds */
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
	struct shell *shell;            /* that has the terminal, or NULL */
	struct login *login;            /* awaited before a build, or NULL */
	unsigned lacks;                 /* a bit for each enum watch_lack that was said */
	bool alert, dirty, ended;
	bool away;                      /* an editor or a shell has the terminal */
	bool full;                      /* the terminal has not taken the last frame yet */
	bool hinting, hinted;           /* what may follow is shown; in a box */
	uint64_t tick, digit, change, hint;     /* timers */
	struct recent recent;           /* of the palette */
	struct jumps jumps;
	struct marks marks;
	const struct kind_action *doing;        /* begins instead of a build, or NULL */
	struct buf doing_words;         /* as they were typed */
	bool jumps_off;                 /* what is opened now is no jump of the user's */
	struct panes panes;
	struct mouse_spots spots;
	struct app_pointer {
		bool on;
		struct panes_border *drags;     /* the border that follows the mouse; or NULL */
		int row, col;                   /* of the last press */
		int64_t pressed_ms;
	} pointer;
};

/* In app_keys.c: the places where keys are now valid; "<Tab>" as people say it. */
unsigned app_where(const struct app *);
struct str app_plain(struct str key);
/* In app.c, for the keys that open them. */
void app_show_messages(struct app *);
void app_last_build(struct app *);
void app_history(struct app *);
/* In app_places.c: how to find one's way in the view, empty rather than NULL; a jump begins
 * where the cursor is now; false: the action is about neither jumps nor marks. */
const struct view_nav *app_nav(const struct view *);
void app_jump_from(struct app *);
bool app_places_act(struct app *, enum action, unsigned count, uint32_t key);
/* In app_copy.c. */
bool app_copy(struct app *, enum action);
/* In app_mouse.c: before a frame nothing is anywhere; switching it (false: there is none),
 * and the key for that. */
void app_mouse_clear(struct app *);
bool app_mouse_switch(struct app *, bool on);
void app_mouse_toggle(struct app *);

/* In app.c: why files are polled, if any are; says so if it was not said yet. */
enum watch_lack app_lack(const struct app *);
void app_say_lack(struct app *);
/* In app_run.c: reading again when files change; suspending. */
void app_watch_project(struct app *);
void app_suspend(struct app *);
/* To another program, which has it to itself; and back, drawn anew at its size. */
void app_lend_terminal(struct app *);
void app_take_terminal(struct app *);

/* In app_around.c: the theme that is wanted, or one by what the terminal tells; what may be
 * sent around the picture; what the terminal has told since; title and progress; the end of
 * a build to who looks elsewhere. */
void app_theme(struct app *);
struct around app_around(const struct preferences *);
void app_hear(struct app *);
void app_tell_around(struct app *);
void app_notice(struct app *, const struct history_item *);

/* In app_action.c: the request of what begins now, a build or an action of the kind, in the
 * arena; false: it was said why it cannot. */
bool app_request(struct app *, struct arena *, const char *id, struct request *ret_request);

/* In app_disk.c. */
void app_disk(struct app *);
/* In app_matrix.c. */
void app_matrix(struct app *);
/* In app_keep.c: the worker, if any, is left alone. */
void app_keep_finish(struct app *);
/* In app_doctor.c: asks for the doctor's report, which opens as a popup when it is there. */
void app_doctor(struct app *);

/* Before a build on the request's engine: true, where ssh is to be asked first; app_build_now
 * follows when it gets in. */
bool app_login(struct app *, const struct request *);
void app_build_now(struct app *);

#endif
