#ifndef TUI_CMD_LOGIN_H
#define TUI_CMD_LOGIN_H

#include "core/job/request.h"

/* Before a job begins: where its engine's ssh has something to ask and there is a terminal,
 * it asks there.  Without a terminal, or where nobody is to be asked, nothing happens.
 * false: the login has failed (ERROR_UNREACHABLE). */
bool cmd_login(const struct request *, struct error *);

#endif
