/* ssh asks, where the screen was, before a build on another machine begins. */
#include <sys/wait.h>
#include <unistd.h>

#include "core/os/spawn.h"
#include "tui/app_inside.h"

static void app_login_over(struct app *app)
{
	login_free(app->login);
	app->login = NULL;
}

static void app_login_ended(struct loop *loop, pid_t pid, int status, void *data)
{
	struct app *app = data;
	(void)loop, (void)pid;
	app_take_terminal(app);
	/* The command behind the login may be refused: it is the login that counts. */
	if (WIFEXITED(status) && WEXITSTATUS(status) != 255)
		app_build_now(app);
	else
		app_alert(app, "nobody has logged in: nothing is built");
}

static void app_login_told(void *data, const char *const *argv)
{
	struct app *app = data;
	struct child child;
	struct error err;
	if (!argv) {
		app_login_over(app);
		app_build_now(app);
		return;
	}
	struct spawn spawn = { .argv = argv, .in = SPAWN_INHERIT, .out = SPAWN_NULL,
	                       .err = SPAWN_INHERIT };
	app_lend_terminal(app);
	bool ok = spawn_start(&spawn, &child, &err);
	app_login_over(app);
	if (ok) {
		loop_child(app->loop, child.pid, app_login_ended, app);
		return;
	}
	app_take_terminal(app);
	app_alert(app, "%s", err.text);
}

bool app_login(struct app *app, const struct request *r)
{
	if (app->login)
		return true;
	app->login = login_new(app->loop, r->engine, r->named, r->nnamed, app_login_told, app);
	if (app->login)
		app_say(app, "asking ssh whether it gets in at %s …", r->engine);
	return app->login != NULL;
}
