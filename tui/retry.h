#ifndef TUI_RETRY_H
#define TUI_RETRY_H

#include "tui/app.h"

/* Builds again what the build in dir (builds/<id>) was asked for, from the files as
 * they are now, and opens it; or alerts. */
void retry_build(struct app *, const char *dir);

#endif
