#ifndef CORE_JOB_LOGIN_H
#define CORE_JOB_LOGIN_H

#include "core/base/own.h"
#include "core/base/str.h"
#include "core/os/loop.h"

/* Jobs and workers ask nobody anything.  Where ssh has to ask before it lets anybody in, a
 * front end on a terminal lets it do so first; the login then stands for them. */
struct login;

/* Once, from the loop; the login is done with and may be freed.  argv: to be run in the
 * foreground of the terminal, lent until login_free; NULL: nobody is to be asked (whatever
 * else may be wrong, the build will tell). */
typedef void login_fn(void *data, const char *const *argv);

/* engine: as --engine takes it.  NULL: it can be seen at once that nobody is to be asked. */
struct login *login_new(struct loop *, const char *engine, const struct pair *named, size_t nnamed,
                        login_fn *, void *data);
void login_free(struct login *);
OWN_DEFINE(login)

#endif
