/* The doctor's report on the screen. */
#include "core/base/check.h"
#include "tui/app_inside.h"

/* What a popup's border and the screen's edge take. */
enum { APP_DOCTOR_EDGE = 6, APP_DOCTOR_WIDE = 100 };

static void app_doctor_done(void *data, const struct value *document, const struct error *err)
{
	struct app *app = data;
	owned_buf struct buf text = { 0 };
	size_t edge = APP_DOCTOR_EDGE, cols = (size_t)app->surface->cols;
	buf_clear(&app->message);
	if (err) {
		app_alert(app, "doctor: %s", err->text);
	} else if (app->popup || app->prompt.open || app->away) {
		app_say(app, "the doctor's report is there: ask again to see it");
	} else {
		cols = cols > APP_DOCTOR_WIDE + edge ? APP_DOCTOR_WIDE : cols > edge ? cols - edge : 1;
		doctor_write_text(&text, document, cols, true);
		app_open(app, popup_new_text("What is here", buf_take(&text)));
	}
}

void app_doctor(struct app *app)
{
	struct error err;
	const char *engine = app->project ? app->project->engine : NULL;
	doctor_request_free(app->doctor);
	app->doctor = doctor_start(app->loop, engine, &app->term_facts, app_doctor_done, app, &err);
	if (app->doctor)
		app_say(app, "asking engines, disks and the system");
	else
		app_alert(app, "%s", err.text);
}
