#ifndef TUI_CONFIRM_H
#define TUI_CONFIRM_H

#include "tui/popup.h"

/* A popup that asks: y does it, n and the usual keys leave it.  title is lent, the
 * question copied; yes is called once, after the popup has closed.  data must live as
 * long as the view beneath. */
struct popup *confirm_new(const char *title, const char *question, void (*yes)(void *data),
                          void *data);

#endif
