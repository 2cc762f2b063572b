#ifndef TUI_VIEW_RUN_H
#define TUI_VIEW_RUN_H

#include "tui/view.h"

/* Starts the image that the build in dir (builds/<id>) made, and shows the container:
 * health, addresses, log; or alerts.  Going from it, or out, removes the container. */
void view_run_open(struct app *, const char *dir);

#endif
