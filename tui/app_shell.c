/* A shell in a state of a build, where the screen was. */
#include "core/project/preferences.h"
#include "tui/app_inside.h"

static void app_shell_ended(void *data, int code, const struct error *err)
{
	struct app *app = data;
	(void)code;
	/* The error goes with the shell. */
	if (err)
		app_alert(app, "%s", err->text);
	shell_free(app->shell);
	app->shell = NULL;
	app_take_terminal(app);
}

void app_shell(struct app *app, const char *dir, int step)
{
	owned(arena) struct arena *arena = arena_new();
	struct error err;
	const struct preferences *own = app->project ? app->project->preferences : NULL;
	struct shell_options o = {
		.dir = dir, .step = step >= 0 ? arena_printf(arena, "%d", step) : NULL,
		.named = own ? own->engines : NULL, .nnamed = own ? own->nengines : 0,
	};
	app_lend_terminal(app);
	app->shell = shell_start(app->loop, &o, app_shell_ended, app, &err);
	if (app->shell)
		return;
	app_take_terminal(app);
	app_alert(app, "%s", err.text);
}
