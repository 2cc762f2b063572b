/* What a command of this program says, as a popup. */
#include <sys/wait.h>

#include "core/base/utf8.h"
#include "core/os/errand.h"
#include "core/os/files.h"
#include "core/os/spawn.h"
#include "tui/app_inside.h"

/* Lines as a popup takes them, each behind the mark. */
static void errand_append(struct buf *out, struct str text, const char *mark)
{
	struct str line;
	while (text.n && str_next(&text, '\n', &line)) {
		if (line.n || text.n)
			buf_append_text(out, mark);
		utf8_append_visible(out, line);
		buf_append_char(out, '\n');
	}
}

static void app_errand_told(void *data, const struct errand_end *end)
{
	struct app *app = data;
	owned_buf struct buf text = { 0 };
	app->errand = NULL;
	buf_clear(&app->message);
	errand_append(&text, end->out, "");
	if (end->out.n >= ERRAND_MAX)
		buf_append_text(&text, "\x02the rest is left out\n");
	errand_append(&text, end->err, "\x02");
	if (!text.n)
		buf_append_text(&text, "\x02nothing was said\n");
	if (app->popup || app->prompt.open || app->away)
		app_say(app, "%s is there: ask again to see it", app->errand_title);
	else
		app_open(app, popup_new_text(app->errand_title, buf_take(&text)));
	app_dirty(app);
}

void app_errand(struct app *app, const char *title, const char *const *words)
{
	owned(arena) struct arena *arena = arena_new();
	struct error err;
	size_t n = 0;
	if (app->errand) {
		app_say(app, "%s is still being made", app->errand_title);
		return;
	}
	while (words[n])
		n++;
	const char **argv = arena_array(arena, n + 2, sizeof *argv);
	argv[0] = spawn_self();
	for (size_t i = 0; i < n; i++)
		argv[i + 1] = words[i];
	struct errand_spec spec = { .argv = argv, .socket = -1 };
	app->errand_title = title;
	app->errand = errand_new(app->loop, &spec, app_errand_told, app, &err);
	if (app->errand)
		app_say(app, "%s: on its way", title);
	else
		app_alert(app, "%s", err.text);
}

/* What decides what the project is, as options. */
static size_t errand_select(struct arena *arena, const struct project *p, const char **argv)
{
	const struct selection *s = &p->selection;
	struct str file = selection_option(s, "file");
	size_t n = 0;
	argv[n++] = "--kind";
	argv[n++] = p->kind->name;
	if (file.n) {
		argv[n++] = "--file";
		argv[n++] = arena_text(arena, file);
	}
	for (size_t i = 0; i < s->nprofiles; i++) {
		argv[n++] = "--profile";
		argv[n++] = s->profiles[i];
	}
	return n;
}

void app_project_errand(struct app *app, const char *title, const char *const *words, bool selects)
{
	enum { ERRAND_OPTIONS = 8 };
	owned(arena) struct arena *arena = arena_new();
	const struct project *p = app->project;
	size_t n = 0, at = 0;
	if (!p) {
		app_say(app, "there is no project");
		return;
	}
	while (words[n])
		n++;
	const char **all = arena_array(arena, n + ERRAND_OPTIONS + 2 * p->selection.nprofiles,
	                               sizeof *all);
	all[at++] = words[0];
	all[at++] = selects ? p->argument : files_absolute(arena, p->target.root);
	for (size_t i = 1; i < n; i++)
		all[at++] = words[i];
	if (selects)
		errand_select(arena, p, all + at);
	app_errand(app, title, all);
}
