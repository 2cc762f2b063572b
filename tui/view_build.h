#ifndef TUI_VIEW_BUILD_H
#define TUI_VIEW_BUILD_H

#include "core/base/error.h"
#include "tui/view.h"

/* One build, running or past: its steps and their log.  dir: builds/<id>.  It
 * follows the journal through the loop; leaving it harms nothing.  NULL: err says
 * why there is no such build. */
struct view *view_build_new(struct loop *, const char *dir, struct error *err);
/* The same build from its first event on, as fast as it went then, or faster, slower,
 * or standing still.  Where the journal ends in a build that runs, it goes on with it. */
struct view *view_build_new_replay(struct loop *, const char *dir, struct error *err);

#endif
