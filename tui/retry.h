#ifndef TUI_RETRY_H
#define TUI_RETRY_H

#include "tui/app.h"

/* Asks at which cache level to build again what the build in dir (builds/<id>) was asked
 * for, its own chosen: Enter takes it.  Then builds from the files as they are now, and
 * opens that build; or alerts. */
void retry_open(struct app *, const char *dir);

#endif
