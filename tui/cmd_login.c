#include "tui/cmd_login.h"

#include <sys/wait.h>
#include <unistd.h>

#include "core/job/login.h"
#include "core/os/spawn.h"

struct cmd_login {
	struct loop *loop;
	const char *const *argv;
};

static void login_told(void *data, const char *const *argv)
{
	struct cmd_login *c = data;
	c->argv = argv;
	loop_stop(c->loop);
}

bool cmd_login(const struct request *r, struct error *err)
{
	owned(loop) struct loop *loop = loop_new();
	struct cmd_login c = { .loop = loop };
	int status = 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return true;
	owned(login) struct login *login = login_new(loop, r->engine, r->named, r->nnamed, login_told,
	                                             &c);
	if (!login)
		return true;
	if (!loop_run(loop, err))
		return false;
	struct spawn spawn = { .argv = c.argv, .in = SPAWN_INHERIT, .out = SPAWN_NULL,
	                       .err = SPAWN_INHERIT };
	if (!c.argv)
		return true;
	if (!spawn_run(&spawn, 0, NULL, &status, err))
		return false;
	/* The command behind the login may be refused: it is the login that counts. */
	if (WIFEXITED(status) && WEXITSTATUS(status) != 255)
		return true;
	return error_set(err, ERROR_UNREACHABLE, "%s: nobody has logged in", r->engine);
}
