/* The project view: what is wrong, in its panel and one after the other. */
#include "tui/view_project_inside.h"

/* The document that a file belongs to, by the file's path from the root. */
static size_t problems_document(const struct view_project *v, const char *name)
{
	for (size_t i = 0; v->settings && name && i < v->settings->ndocuments; i++) {
		const struct document *d = &v->settings->documents[i];
		if (strcmp(d->path, name) == 0)
			return i;
		for (size_t k = 0; k < d->nlayers; k++)
			if (strcmp(d->layers[k].path, name) == 0)
				return i;
	}
	return STR_NONE;
}

/* Brings the place into the panes: the file's row of the tree, and its line of the merged
 * document where it has one. */
enum problems_shown { PROBLEMS_NOWHERE, PROBLEMS_FILE, PROBLEMS_LINE, PROBLEMS_DOCKERFILE };

static enum problems_shown problems_show(struct view_project *v, const struct problem *problem)
{
	const struct source *source = problem->at.source;
	size_t document = problems_document(v, source ? source->name : NULL);
	if (dockerfile_has(&v->dockerfile, problem)) {
		dockerfile_go_to_line(&v->dockerfile, span_origin(problem->at).line);
		return PROBLEMS_DOCKERFILE;
	}
	if (document == STR_NONE)
		return PROBLEMS_NOWHERE;
	tree_go(&v->tree, document, source->name);
	if (v->merged.document != document)
		view_project_show(v, document);
	return merged_go_span(&v->merged, problem->at) ? PROBLEMS_LINE : PROBLEMS_FILE;
}

static void problems_go(struct view_project *v, size_t i)
{
	const struct problem *problem = problems_get(v->project->problems, i);
	owned_buf struct buf text = { 0 };
	problem_panel_text(problem, &text);
	enum problems_shown shown = problems_show(v, problem);
	if (shown == PROBLEMS_DOCKERFILE)
		v->focus = PANE_DOCKERFILE;
	else if (shown && v->focus == PANE_DOCKERFILE)
		v->focus = PANE_MERGED;
	if (problem->severity == SEVERITY_ERROR)
		app_alert(v->view.app, "%s", buf_text(&text));
	else
		app_say(v->view.app, "%s", buf_text(&text));
	v->problem = i;
	problem_panel_go(&v->panel, v->project->problems, i);
}

bool view_project_step_problem(struct view_project *v, bool down)
{
	size_t n = v->project->problems ? problems_count(v->project->problems) : 0;
	if (n == 0) {
		app_say(v->view.app, "there is no problem");
		return true;
	}
	size_t i = v->problem;
	if (i == STR_NONE)
		i = down ? 0 : n - 1;
	else
		i = down ? (i + 1 < n ? i + 1 : 0) : (i > 0 ? i - 1 : n - 1);
	problems_go(v, i);
	return true;
}

void view_project_next_pane(struct view_project *v, bool forth)
{
	bool at_end = forth ? v->focus == PANE_COUNT - 1 : v->focus == 0;
	if (v->panel.open && at_end && !v->panel.has_keys) {
		v->panel.has_keys = true;
		return;
	}
	bool leaves = v->panel.has_keys;
	v->panel.has_keys = false;
	if (leaves)
		v->focus = forth ? 0 : PANE_COUNT - 1;
	else
		v->focus = (v->focus + (forth ? 1 : PANE_COUNT - 1)) % PANE_COUNT;
}

/* Whether it is told of what is under the cursor: a value or its key, or a file. */
static bool problems_is_here(const struct view_project *v, const struct problem *problem)
{
	const struct merged_line *line = merged_line(&v->merged);
	const struct tree_row *row = tree_row(&v->tree);
	const struct source *source = problem->at.source;
	if (v->focus == PANE_DOCKERFILE)
		return dockerfile_row(&v->dockerfile) &&
		       dockerfile_is_at(&v->dockerfile, dockerfile_row(&v->dockerfile), problem);
	if (!source || !source->name)
		return false;
	if (v->focus == PANE_TREE)
		return row && strcmp(source->name, row->path) == 0;
	struct span value = line ? value_span(line->json.value) : (struct span){ 0 };
	struct span key = line ? value_key_span(line->json.value) : (struct span){ 0 };
	return (value.source == source && value.at == problem->at.at) ||
	       (key.source == source && key.at == problem->at.at);
}

static size_t problems_here(const struct view_project *v)
{
	const struct problems *problems = v->project->problems;
	for (size_t i = 0; i < v->panel.list.n; i++)
		if (problems_is_here(v, problems_get(problems, i)))
			return i;
	return v->panel.list.cursor;
}

/* Opened at what the cursor is on, and it has the keys; once more, and it is gone. */
bool view_project_toggle_panel(struct view_project *v)
{
	bool close = v->panel.open && v->panel.has_keys;
	v->panel.open = v->panel.has_keys = !close;
	if (close || v->panel.list.n == 0)
		return true;
	problem_panel_go(&v->panel, v->project->problems, problems_here(v));
	problems_show(v, problems_get(v->project->problems, v->panel.list.cursor));
	return true;
}

bool view_project_back(struct view *view)
{
	struct view_project *v = (struct view_project *)view;
	return v->panel.has_keys && view_project_toggle_panel(v);
}

/* Into the file that has it: the keys go there, the panel stays. */
static bool problems_enter(struct view_project *v)
{
	const struct problem *problem = problems_get(v->project->problems, v->panel.list.cursor);
	problems_go(v, v->panel.list.cursor);
	enum problems_shown shown = problems_show(v, problem);
	if (shown == PROBLEMS_NOWHERE)
		return true;
	v->panel.has_keys = false;
	v->focus = shown == PROBLEMS_DOCKERFILE ? PANE_DOCKERFILE :
	           shown == PROBLEMS_LINE ? PANE_MERGED : PANE_TREE;
	return true;
}

bool view_project_panel_act(struct view_project *v, enum action action, unsigned count,
                            bool *ret_done)
{
	struct list *list = &v->panel.list;
	if (!v->panel.has_keys || list->n == 0)
		return false;
	if (action == ACTION_ENTER || action == ACTION_SOURCE) {
		*ret_done = problems_enter(v);
		return true;
	}
	*ret_done = true;
	if (list_is_at_end(list, action)) {
		app_say(v->view.app, action == ACTION_LEFT ? "this is the left end" :
		        list->cursor == 0 && action != ACTION_DOWN ? "this is the first problem"
		                                                   : "this is the last problem");
		return true;
	}
	if (!list_move(list, action, count, 8))
		return false;
	problem_panel_go(&v->panel, v->project->problems, list->cursor);
	problems_show(v, problems_get(v->project->problems, list->cursor));
	return true;
}

bool view_project_search_problems(struct view_project *v, struct str needle, bool down)
{
	if (!problem_panel_search(&v->panel, v->project->problems, needle, down))
		return false;
	problems_show(v, problems_get(v->project->problems, v->panel.list.cursor));
	return true;
}

/* What the keys are about: the panel's line, or the problem gone to last. */
void view_project_note_problem(struct view_project *v, bool stays)
{
	if (v->panel.has_keys && v->panel.list.n)
		v->problem = v->panel.list.cursor;
	else if (!stays)
		v->problem = STR_NONE;
}

/* The same problem among others, or STR_NONE. */
static size_t problems_find(const struct problems *problems, const struct problem *wanted)
{
	for (size_t i = 0; i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (p->at.source == wanted->at.source && p->at.at == wanted->at.at &&
		    strcmp(p->rule, wanted->rule) == 0 && str_eq(p->text, wanted->text))
			return i;
	}
	return STR_NONE;
}

void view_project_linted(void *data, const struct problems *before)
{
	struct view_project *v = data;
	const struct project *p = v->project;
	if (v->problem != STR_NONE)
		v->problem = problems_find(p->problems, problems_get(before, v->problem));
	problem_panel_fill(&v->panel, p->problems);
	tree_fill(&v->tree, v->project, v->settings);
	dockerfile_mark(&v->dockerfile, p->problems);
	view_project_note_problem(v, true);
	view_project_link(v);
}
