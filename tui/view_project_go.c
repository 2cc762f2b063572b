/* The project view: brought to a value or a line by another view. */
#include "tui/view_project_inside.h"

/* To what is nearest when it is gone: the container it was in. */
void view_project_go_value(struct view *view, const char *path, struct str pointer)
{
	struct view_project *v = (struct view_project *)view;
	const struct document *d = v->settings ? settings_document(v->settings, str_of(path)) : NULL;
	if (!d) {
		app_say(view->app, "%s is no file of this project now", path);
		return;
	}
	size_t document = (size_t)(d - v->settings->documents);
	tree_go(&v->tree, document, NULL);
	view_project_show(v, document);
	v->focus = PANE_MERGED;
	while (!merged_go(&v->merged, pointer) && pointer.n)
		pointer.n = str_find_last(pointer, '/');
	view_project_link(v);
}

void view_project_go_line(struct view *view, unsigned line)
{
	struct view_project *v = (struct view_project *)view;
	v->focus = PANE_DOCKERFILE;
	dockerfile_go_to_line(&v->dockerfile, line);
	view_project_link(v);
}
