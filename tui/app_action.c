/* What begins as a job: the project's build, or an action of its kind. */
#include <string.h>

#include "core/job/request.h"
#include "tui/action_prompt.h"
#include "tui/app_inside.h"

/* The selection with the action and its words behind its own options. */
static bool action_select(struct app *app, struct arena *arena, struct request *r)
{
	struct selection *s = &r->selection;
	const struct str *words = NULL;
	struct error err;
	size_t n = 0;
	if (!action_prompt_words(arena, buf_str(&app->doing_words), &words, &n, &err)) {
		app_alert(app, "%s: %s", app->doing->name, err.text);
		return false;
	}
	struct pair *options = arena_array(arena, s->noptions + n + 1, sizeof *options);
	if (s->noptions)
		memcpy(options, s->options, s->noptions * sizeof *options);
	options[s->noptions] = (struct pair){ STR("action"), str_of(app->doing->name) };
	for (size_t i = 0; i < n; i++)
		options[s->noptions + 1 + i] = (struct pair){ STR("action-word"), words[i] };
	s->options = options;
	s->noptions += n + 1;
	return true;
}

bool app_request(struct app *app, struct arena *arena, const char *id, struct request *ret_request)
{
	struct project *p = app->project;
	/* An action may be what mends the project (a stale lock), so it needs no plan of a build. */
	if (!p || !(app->doing ? p->settings != NULL : p->plan != NULL)) {
		app_alert(app, "nothing can be %s before the errors are mended (]d goes to them)",
		          app->doing ? "done" : "built");
		return false;
	}
	*ret_request = project_request(p, arena, id);
	return !app->doing || action_select(app, arena, ret_request);
}

static void action_begin(struct app *app)
{
	owned(arena) struct arena *arena = arena_new();
	struct request request;
	if (app_request(app, arena, NULL, &request) && !app_login(app, &request))
		app_build_now(app);
}

void app_build(struct app *app)
{
	app->doing = NULL;
	action_begin(app);
}

void app_action(struct app *app, const struct kind_action *action, struct str line)
{
	app->doing = action;
	buf_clear(&app->doing_words);
	buf_append(&app->doing_words, line);
	action_begin(app);
}
