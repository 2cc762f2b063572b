/* The matrix on the screen, and the batches it starts. */
#include "core/job/job.h"
#include "tui/app_inside.h"
#include "tui/view_matrix.h"

void app_matrix(struct app *app)
{
	struct error err;
	struct view *view;
	if (!app->project) {
		app_say(app, "there is no project");
		return;
	}
	view = view_matrix_new(app->loop, app->project, &err);
	if (!view) {
		app_alert(app, "%s", err.text);
		return;
	}
	app_home(app);
	app_push(app, view);
}

const char *app_start(struct app *app, const struct request *request)
{
	struct error err;
	const char *dir = job_start(request, NULL, &err) ? request_find(request->id, &err) : NULL;
	if (dir)
		endings_wait(app->endings, dir);
	else
		app_alert(app, "%s", err.text);
	return dir;
}
