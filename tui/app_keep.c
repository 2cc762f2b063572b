/* What is done with builds that are kept, by a worker: packing a log takes its time. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/check.h"
#include "core/job/worker.h"
#include "core/os/files.h"
#include "tui/app_inside.h"

struct app_keeping {
	struct app *app;
	struct worker *worker;
	const char *what;
	size_t n;
	char *last;                     /* file or id of the last one done */
	bool failed;
};

static void keep_end(struct app *app)
{
	struct app_keeping *k = app->keeping;
	app->keeping = NULL;
	worker_free(k->worker);
	free(k->last);
	free(k);
}

void app_keep_finish(struct app *app)
{
	if (app->keeping)
		keep_end(app);
}

/* "wrote ID.html", "deleted 3 builds" */
static void keep_tell(const struct app_keeping *k)
{
	bool deletes = strcmp(k->what, "delete") == 0;
	const char *verb = deletes ? "deleted" : "wrote";
	if (k->n == 1)
		app_say(k->app, "%s %s", verb, k->last);
	else if (k->n && deletes)
		app_say(k->app, "deleted %zu builds", k->n);
	else if (k->n)
		app_say(k->app, "wrote %zu files, the last is %s", k->n, k->last);
}

static void keep_line(void *data, const struct value *line, bool ended_well)
{
	struct app_keeping *k = data;
	struct app *app = k->app;
	struct error err;
	if (!line) {
		if (!ended_well && !k->failed)
			app_alert(app, "%s: the worker has ended early", k->what);
		else if (!k->failed)
			keep_tell(k);
		keep_end(app);
		return;
	}
	const struct value *done = value_get(line, STR("done"));
	if (worker_error(line, &err)) {
		k->failed = true;
		app_alert(app, "%s", err.text);
	} else if (done) {
		free(k->last);
		k->last = xstrndup(value_text(done).p, value_text(done).n);
		k->n++;
	}
}

static struct value *keep_argument(struct arena *a, const char *what, const char *const *dirs,
                                   size_t n)
{
	struct value *o = value_new_object(a), *list = value_new_array(a);
	for (size_t i = 0; i < n; i++)
		value_append(list, (struct str){ 0 }, (struct span){ 0 },
		             value_new_string(a, str_of(dirs[i])));
	value_set(a, o, "what", value_new_string(a, str_of(what)));
	value_set(a, o, "folder", value_new_string(a, str_of(files_absolute(a, "."))));
	value_set(a, o, "dirs", list);
	return o;
}

void app_keep(struct app *app, const char *what, const char *const *dirs, size_t n)
{
	owned(arena) struct arena *arena = arena_new();
	struct error err;
	if (app->keeping) {
		app_say(app, "wait: the last %s is not done yet", app->keeping->what);
		return;
	}
	struct app_keeping *k = xcalloc(1, sizeof *k);
	k->app = app;
	k->what = what;
	app->keeping = k;
	k->worker = worker_start(app->loop, "keep", keep_argument(arena, what, dirs, n), keep_line, k,
	                         &err);
	if (!k->worker) {
		app_alert(app, "%s", err.text);
		keep_end(app);
	}
}
