#ifndef TUI_APP_H
#define TUI_APP_H

#include "core/os/loop.h"
#include "tui/args.h"
#include "tui/mouse.h"
#include "tui/panes.h"
#include "tui/popup.h"
#include "tui/project.h"
#include "tui/view.h"

/* The workbench: opens the terminal, shows the project that args name (its first
 * operand, or the working directory), and returns the exit code when the user
 * leaves.  Builds that run go on. */
int app_run(const struct args *);

/* ---- for views and tests: the screen without a terminal ---- */

/* The loop and the project are borrowed; project NULL for views that need none
 * (tests).  The app begins without a view: app_push one. */
struct app *app_new(struct loop *, struct project *, int rows, int cols);
void app_free(struct app *);
OWN_DEFINE(app)

struct loop *app_loop(struct app *);
struct project *app_project(struct app *);
/* Something changed: draw at the end of this turn. */
void app_dirty(struct app *);
/* One key, as the terminal gives it. */
void app_key(struct app *, uint32_t key);
void app_resize(struct app *, int rows, int cols);
/* Paints everything; the surface lives until the next app_draw or app_resize. */
const struct surface *app_draw(struct app *);
bool app_has_ended(const struct app *);

/* Takes the view and brings it to the front; app_pop goes back to the one before
 * and frees this.  The lowest view is never popped: then the app ends. */
void app_push(struct app *, struct view *);
void app_pop(struct app *);
/* Pops all but the lowest. */
void app_home(struct app *);
struct view *app_view(struct app *);
void app_end(struct app *);

/* The message line: said once, kept in the log of messages, gone at the next key.
 * An alert is about a fault. */
void app_say(struct app *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_alert(struct app *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Takes the popup; it is freed when closed.  One is open at a time. */
void app_open(struct app *, struct popup *);
void app_close(struct app *);
/* A popup is open or a line is typed: what comes now by itself must not take the keys. */
bool app_is_asking(const struct app *);
/* Asks for a line; it comes to the view's `typed`.  sign is shown before it. */
void app_prompt(struct app *, const char *sign);

/* Does an action as if its key had been typed in the view in front, popups aside; one
 * that wants a letter waits for it. */
void app_perform(struct app *, enum action, unsigned count);
/* The borders that were moved by hand, and the places of the picture that a click does
 * something to: for drawing. */
struct panes *app_panes(struct app *);
/* For views: NARROWER, WIDER and EVEN, which move the border with this index of the view
 * in front; false: the action is another. */
bool app_border(struct app *, unsigned index, enum action, unsigned count);
struct mouse_spots *app_spots(struct app *);
/* What the mouse did, as the terminal gives it. */
void app_mouse(struct app *, const struct mouse_event *);

/* Hands the terminal to $VISUAL, $EDITOR or vi at the line (0: the start) of the
 * file; the project is read again afterwards. */
void app_edit(struct app *, const char *path, unsigned line);
/* Hands the terminal to a shell in the state before a step of the build in dir, by the
 * journal's number; -1: the one that failed.  What kept it from being one is an alert. */
void app_shell(struct app *, const char *dir, int step);
/* Reads the project anew now (selection changed) and tells every view. */
void app_reread(struct app *);
/* Opens the build of this folder, or alerts. */
void app_open_build(struct app *, const char *dir);
/* The same, played again from its beginning. */
void app_replay_build(struct app *, const char *dir);
/* What a worker does with builds of these folders: "export" and "report" write a file each
 * into the working directory, "delete" removes them.  What came of it is said. */
void app_keep(struct app *, const char *what, const char *const *dirs, size_t n);
/* Starts the job of a request and says how it ends, whatever is shown then.  The folder,
 * interned; NULL: it was told why not. */
const char *app_start(struct app *, const struct request *);
/* What a command of this program says, as a popup when it has ended: words behind the
 * program's name, NULL-terminated, the title a constant.  The second puts the project's
 * folder behind the first word, or (selects) what it was opened as and its selection. */
void app_errand(struct app *, const char *title, const char *const *words);
void app_project_errand(struct app *, const char *title, const char *const *words,
                        bool selects);
/* Sends what was asked for as a job and opens its build view. */
void app_build(struct app *);
/* The same of an action of the project's kind, with the words of the line. */
struct kind_action;
void app_action(struct app *, const struct kind_action *, struct str line);

#endif
