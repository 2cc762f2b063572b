/* What the engine holds, on the screen. */
#include "tui/app_inside.h"
#include "tui/view_disk.h"

void app_disk(struct app *app)
{
	const struct project *p = app->project;
	if (app_view(app) && app_view(app)->ops->where == WHERE_DISK)
		return;
	app_push(app, view_disk_new(app->loop, p ? p->engine : "auto",
	                            p ? p->preferences->engines : NULL,
	                            p ? p->preferences->nengines : 0));
}
