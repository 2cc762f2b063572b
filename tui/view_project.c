/* The project view: what its keys do. */
#include <stdlib.h>

#include "core/base/check.h"
#include "tui/diff_menu.h"
#include "tui/engine_picker.h"
#include "tui/level_menu.h"
#include "tui/origin_mark.h"
#include "tui/profile_picker.h"
#include "tui/view_project_inside.h"

/* ---- what is shown ---- */

/* The document in the merged pane: as it is now, or, when a layer of it is broken,
 * as it last was. */
void view_project_show(struct view_project *v, size_t document)
{
	const struct project *p = v->project;
	const struct settings *s = v->settings;
	if (!s || document >= s->ndocuments)
		return;
	const struct document *d = &s->documents[document], *good = NULL;
	if (!d->value && p->good_settings)
		good = settings_document(p->good_settings, str_of(d->path));
	bool stale = good && good->value;
	if (stale)
		document = (size_t)(good - p->good_settings->documents);
	merged_show(&v->merged, stale ? p->good_settings : s, document, stale);
}

static void view_project_link_tree(struct view_project *v)
{
	const struct tree_row *row = tree_row(&v->tree);
	if (!row || row->document == STR_NONE || !v->dockerfile.recipe)
		return;
	link_instructions(v->link, row->document, STR(""), v->dockerfile.lit);
	dockerfile_show_lit(&v->dockerfile);
}

static void view_project_link_merged(struct view_project *v)
{
	const struct merged_line *line = merged_line(&v->merged);
	owned_buf struct buf pointer = { 0 };
	if (!line)
		return;
	struct span span = value_span(line->json.value);
	tree_link(&v->tree, v->merged.document, span.source ? span.source->name : NULL);
	if (!v->dockerfile.recipe)
		return;
	merged_pointer(&v->merged, line, &pointer);
	link_instructions(v->link, v->merged.document, buf_str(&pointer), v->dockerfile.lit);
	dockerfile_show_lit(&v->dockerfile);
}

static void view_project_link_dockerfile(struct view_project *v)
{
	const struct link_cause *causes = NULL;
	int instruction = dockerfile_instruction(&v->dockerfile);
	size_t n = instruction < 0 ? 0 : link_causes(v->link, (size_t)instruction, &causes);
	bool shown = false;
	for (size_t i = 0; i < n; i++) {
		if (causes[i].at.path && value_span(causes[i].value).source->name)
			tree_link(&v->tree, causes[i].document, value_span(causes[i].value).source->name);
		else if (causes[i].document != STR_NONE)
			tree_link(&v->tree, causes[i].document, NULL);
		if (causes[i].document == STR_NONE || shown)
			continue;
		shown = true;
		if (v->merged.document != causes[i].document) {
			tree_go(&v->tree, causes[i].document, NULL);
			view_project_show(v, causes[i].document);
		}
		merged_go(&v->merged, causes[i].pointer);
	}
	for (size_t i = 0; i < n; i++)
		if (causes[i].document == v->merged.document && causes[i].document != STR_NONE)
			merged_link(&v->merged, causes[i].pointer);
}

/* Lights in the other panes what belongs to the cursor's line in this one. */
void view_project_link(struct view_project *v)
{
	tree_link_none(&v->tree);
	merged_link_none(&v->merged);
	if (v->dockerfile.recipe)
		memset(v->dockerfile.lit, 0, v->dockerfile.recipe->ninstructions);
	const struct tree_row *row = tree_row(&v->tree);
	enum pane focus = v->panel.has_keys ? PANE_MERGED : v->focus;
	if (focus == PANE_TREE && row && row->document != STR_NONE &&
	    row->document != v->merged.document)
		view_project_show(v, row->document);
	if (focus == PANE_TREE)
		view_project_link_tree(v);
	else if (focus == PANE_MERGED)
		view_project_link_merged(v);
	else
		view_project_link_dockerfile(v);
	buf_clear(&v->values);
	if (focus == PANE_DOCKERFILE && dockerfile_is_read(&v->dockerfile))
		view_project_append_values(v, dockerfile_instruction(&v->dockerfile), &v->values);
	view_project_sync(v);
	app_dirty(v->view.app);
}

static void view_project_reread(struct view *view)
{
	struct view_project *v = (struct view_project *)view;
	struct project *p = v->project;
	const struct tree_row *row;
	size_t document = v->merged.document;
	v->settings = p->settings ? p->settings : p->good_settings;
	v->plan = p->plan ? p->plan : p->good_plan;
	v->problem = STR_NONE;
	linted_reread(&v->linted);
	linted_ask(&v->linted, app_loop(view->app));
	problem_panel_fill(&v->panel, p->problems);
	tree_fill(&v->tree, p, v->settings);
	row = tree_row(&v->tree);
	if (document == STR_NONE && row)
		document = row->document;
	dockerfile_show(&v->dockerfile, v->plan, !p->plan);
	dockerfile_mark(&v->dockerfile, p->problems);
	foretold_ask(&v->foretold, app_loop(view->app));
	dockerfile_foretell(&v->dockerfile, &v->foretold);
	advised_ask(&v->advised, app_loop(view->app), false);
	dockerfile_advise(&v->dockerfile, v->advised.items, v->advised.n);
	link_free(v->link);
	v->link = link_new(p->plan ? p->settings : p->good_settings, v->dockerfile.recipe);
	view_project_show(v, document);
	view_project_note_problem(v, false);
	view_project_link(v);
	view_edit_reread(v);
	git_marks_ask(&v->git, app_loop(view->app), p->target.root);
	early_begin(&v->early, app_loop(view->app), p->plan);
}

static void view_project_git_changed(void *data)
{
	struct view_project *v = data;
	tree_fill(&v->tree, v->project, v->settings);
	view_project_link(v);
}

static void view_project_advised(void *data)
{
	struct view_project *v = data;
	dockerfile_advise(&v->dockerfile, v->advised.items, v->advised.n);
	app_dirty(v->view.app);
}

static void view_project_enter(struct view *view)
{
	struct view_project *v = (struct view_project *)view;
	if (!v->link) {
		view_project_reread(view);
		return;
	}
	foretold_ask(&v->foretold, app_loop(view->app));
	advised_ask(&v->advised, app_loop(view->app), true);
	linted_ask(&v->linted, app_loop(view->app));
}

void view_project_count(const struct view_project *v, size_t *ret_errors, size_t *ret_warnings)
{
	const struct problems *problems = v->project->problems;
	*ret_errors = problems ? problems_errors(problems) : 0;
	*ret_warnings = 0;
	for (size_t i = 0; problems && i < problems_count(problems); i++)
		*ret_warnings += problems_get(problems, i)->severity == SEVERITY_WARNING;
}

/* ---- keys ---- */

static void view_project_focus(struct view_project *v, enum pane pane)
{
	v->focus = pane;
}

static bool view_project_source(struct view_project *v)
{
	const struct link_cause *causes = NULL;
	int instruction = dockerfile_instruction(&v->dockerfile);
	if (v->focus == PANE_TREE) {
		view_project_focus(v, PANE_MERGED);
		return true;
	}
	if (v->focus == PANE_MERGED) {
		const struct merged_line *line = merged_line(&v->merged);
		struct span span = line ? value_span(line->json.value) : (struct span){ 0 };
		if (!span.source || !span.source->name)
			return false;
		tree_go(&v->tree, v->merged.document, span.source->name);
		view_project_focus(v, PANE_TREE);
		return true;
	}
	if (instruction < 0 || link_causes(v->link, (size_t)instruction, &causes) == 0) {
		app_say(v->view.app, "nothing in the configuration causes this line");
		return true;
	}
	view_project_focus(v, PANE_MERGED);
	return true;
}

static bool view_project_result(struct view_project *v)
{
	if (v->focus == PANE_DOCKERFILE || !v->dockerfile.recipe)
		return false;
	if (dockerfile_go_lit(&v->dockerfile))
		view_project_focus(v, PANE_DOCKERFILE);
	else
		app_say(v->view.app, "no line of the Dockerfile follows from this");
	return true;
}

static void view_project_origin(const struct view_project *v, const struct link_cause *cause,
                                struct origin_stack *ret_stack)
{
	const struct settings *s = v->project->plan ? v->project->settings : v->project->good_settings;
	const struct document *d = s && cause->document < s->ndocuments ? &s->documents[cause->document]
	                                                                : NULL;
	origin_find(cause->value, d, cause->pointer, ret_stack);
}

static bool view_project_origins(struct view_project *v)
{
	owned_buf struct buf text = { 0 };
	struct origin_stack stack;
	const struct merged_line *line = merged_line(&v->merged);
	const struct link_cause *causes = NULL;
	int instruction = dockerfile_instruction(&v->dockerfile);
	if (v->focus == PANE_DOCKERFILE) {
		size_t n = instruction < 0 ? 0 : link_causes(v->link, (size_t)instruction, &causes);
		for (size_t i = 0; i < n; i++) {
			buf_printf(&text, "%s%.*s\n", i ? "\n" : "", STR_ARG(causes[i].pointer));
			view_project_origin(v, &causes[i], &stack);
			origin_describe(&text, &stack, &v->project->selection);
		}
	} else if (line) {
		merged_origins(&v->merged, line, &stack);
		origin_describe(&text, &stack, &v->project->selection);
	}
	if (text.n == 0)
		return false;
	app_open(v->view.app, popup_new_text("Origins", buf_take(&text)));
	return true;
}

/* The row of a Dockerfile that somebody wrote. */
static struct origin view_project_file_line(const struct view_project *v)
{
	const struct dockerfile *d = &v->dockerfile;
	const struct dockerfile_row *row = dockerfile_row(d);
	struct origin at = span_origin(d->recipe->instructions[0].at);
	at.line = row && row->line ? row->line : at.line;
	return at;
}

/* Opens the editor where the cursor's line comes from. */
static bool view_project_edit(struct view_project *v)
{
	owned(arena) struct arena *arena = arena_new();
	const struct link_cause *causes = NULL;
	const struct merged_line *line = merged_line(&v->merged);
	const struct tree_row *row = tree_row(&v->tree);
	struct origin at = { 0 };
	int instruction = dockerfile_instruction(&v->dockerfile);
	if (v->problem != STR_NONE)
		at = span_origin(problems_get(v->project->problems, v->problem)->at);
	else if (v->focus == PANE_TREE && row && row->kind != TREE_FOLDER && !row->generated)
		at.path = files_join(arena, v->settings->root, row->path);
	else if (v->focus == PANE_MERGED && line)
		at = value_origin(line->json.value);
	else if (v->focus == PANE_DOCKERFILE && instruction >= 0 &&
	         link_causes(v->link, (size_t)instruction, &causes))
		at = causes[0].at;
	else if (v->focus == PANE_DOCKERFILE && dockerfile_is_read(&v->dockerfile))
		at = view_project_file_line(v);
	if (!at.path || (v->focus != PANE_TREE && at.line == 0 && v->problem == STR_NONE)) {
		app_say(v->view.app, "no file of the project says this: there is nothing to edit");
		return true;
	}
	app_edit(v->view.app, at.path, at.line);
	return true;
}

static bool view_project_choose(struct view_project *v, const char *file, bool is_image)
{
	if (!project_select_file(v->project, file)) {
		app_alert(v->view.app, "%s cannot be chosen", file);
		return true;
	}
	/* The row that named the file goes with the reading. */
	app_reread(v->view.app);
	app_say(v->view.app, "%s is %s now", v->project->target.file,
	        is_image ? "the Dockerfile that is built" : "the build file");
	return true;
}

static bool view_project_go(struct view_project *v)
{
	const struct tree_row *row = tree_row(&v->tree);
	if (v->focus == PANE_TREE && row && row->kind == TREE_IMAGE && row->chosen) {
		view_project_focus(v, PANE_DOCKERFILE);
		return true;
	}
	if (v->focus == PANE_TREE && row && (row->kind == TREE_CHOICE || row->kind == TREE_IMAGE))
		return view_project_choose(v, row->path, row->kind == TREE_IMAGE);
	if (v->focus == PANE_TREE && row && row->kind == TREE_FOLDER) {
		if (!tree_fold(&v->tree, true) && !tree_fold(&v->tree, false))
			return false;
		tree_fill(&v->tree, v->project, v->settings);
		return true;
	}
	const struct merged_line *line = merged_line(&v->merged);
	if (v->focus == PANE_MERGED && line && !value_is_container(line->json.value))
		return view_project_origins(v);
	if (v->focus == PANE_MERGED)
		return merged_act(&v->merged, ACTION_FOLD);
	return view_project_source(v);
}

static bool view_project_rule(struct view_project *v)
{
	struct project *p = v->project;
	bool deep = p->selection.rule != CASCADE_DEEP;
	project_select_rule(p, deep ? CASCADE_DEEP : CASCADE_ROOT);
	app_reread(v->view.app);
	app_say(v->view.app, deep ? "merge rule deep: objects update inside"
	                          : "merge rule root: only the root level is compared");
	return true;
}

/* ---- searching ---- */

static bool view_project_tree_search(struct tree *t, struct str needle, bool down);

static bool view_project_search(struct view_project *v, bool down)
{
	struct str needle = buf_str(&v->needle);
	if (needle.n == 0) {
		app_say(v->view.app, "nothing was searched for yet: / searches");
		return true;
	}
	bool found = v->panel.has_keys ? view_project_search_problems(v, needle, down) :
	             v->focus == PANE_TREE ? view_project_tree_search(&v->tree, needle, down) :
	             v->focus == PANE_MERGED ? merged_search(&v->merged, needle, down) :
	             dockerfile_search(&v->dockerfile, needle, down);
	if (!found)
		app_say(v->view.app, "'%.*s' is not in this pane", STR_ARG(needle));
	return true;
}

static void view_project_typed(struct view *view, struct str line)
{
	struct view_project *v = (struct view_project *)view;
	if (line.n) {
		buf_clear(&v->needle);
		buf_append(&v->needle, line);
	}
	view_project_search(v, true);
	view_project_note_problem(v, true);
	view_project_link(v);
}

/* ---- one pane's keys ---- */

static struct list *view_project_list(struct view_project *v)
{
	return v->focus == PANE_TREE ? &v->tree.list :
	       v->focus == PANE_MERGED ? &v->merged.list : &v->dockerfile.list;
}

static bool view_project_tree_fold(struct view_project *v, enum action action)
{
	bool ok = false;
	switch (action) {
	case ACTION_FOLD:
		ok = tree_fold(&v->tree, true) || tree_fold(&v->tree, false);
		break;
	case ACTION_FOLD_CLOSE: case ACTION_LEFT:
		ok = tree_fold(&v->tree, true);
		break;
	case ACTION_FOLD_OPEN: case ACTION_RIGHT:
		ok = tree_fold(&v->tree, false);
		break;
	case ACTION_FOLD_NONE: case ACTION_FOLD_ALL:
		ok = tree_fold_all(&v->tree, action == ACTION_FOLD_ALL);
		break;
	default:
		return false;
	}
	if (ok)
		tree_fill(&v->tree, v->project, v->settings);
	return ok;
}

static bool view_project_move(struct view_project *v, enum action action, unsigned count)
{
	struct list *list = view_project_list(v);
	bool sections = action == ACTION_SECTION_UP || action == ACTION_SECTION_DOWN;
	if (v->focus == PANE_MERGED && merged_act(&v->merged, action))
		return true;
	if (v->focus == PANE_TREE && view_project_tree_fold(v, action))
		return true;
	if (v->focus == PANE_TREE && sections)
		return tree_step(&v->tree, action == ACTION_SECTION_DOWN);
	if (v->focus == PANE_DOCKERFILE && sections)
		return dockerfile_section(&v->dockerfile, action == ACTION_SECTION_DOWN);
	if (list_is_at_end(list, action) && list->n > 0) {
		app_say(v->view.app, action == ACTION_LEFT ? "this is the left end" :
		        list->cursor == 0 && action != ACTION_DOWN ? "this is the first line"
		                                                   : "this is the last line");
		return true;
	}
	return list_move(list, action, count, v->focus == PANE_TREE ? 0 : 8);
}

static bool view_project_do(struct view_project *v, enum action action, unsigned count)
{
	struct app *app = v->view.app;
	bool done;
	if (view_project_nav_act(v, action, count))
		return true;
	if (view_project_panel_act(v, action, count, &done) || view_project_image_act(v, action, &done))
		return done;
	switch (action) {
	case ACTION_NEXT_PANE: case ACTION_PREV_PANE:
		view_project_next_pane(v, action == ACTION_NEXT_PANE);
		return true;
	case ACTION_PROBLEMS: return view_project_toggle_panel(v);
	case ACTION_ZOOM: v->zoom = !v->zoom; return true;
	case ACTION_SEARCH: app_prompt(app, "/"); return true;
	case ACTION_SEARCH_NEXT: case ACTION_SEARCH_PREV:
		return view_project_search(v, action == ACTION_SEARCH_NEXT);
	case ACTION_NEXT_PROBLEM: case ACTION_PREV_PROBLEM:
		return view_project_step_problem(v, action == ACTION_NEXT_PROBLEM);
	case ACTION_NEXT_FILE: case ACTION_PREV_FILE:
		if (!tree_step(&v->tree, action == ACTION_NEXT_FILE))
			return false;
		view_project_show(v, tree_row(&v->tree)->document);
		return true;
	case ACTION_SOURCE: return view_project_source(v);
	case ACTION_RESULT: return view_project_result(v);
	case ACTION_ORIGINS: return view_project_origins(v);
	case ACTION_INFO: return view_project_info(v);
	case ACTION_EDIT: return view_project_edit(v);
	case ACTION_CHANGE: case ACTION_ADD: case ACTION_UNSET: case ACTION_UNCOVER: case ACTION_UNDO:
	case ACTION_REDO:
		return view_edit_act(v, action);
	case ACTION_FIX: case ACTION_FIX_ALL: case ACTION_IGNORE: return view_fix_act(v, action);
	case ACTION_PROFILES: app_open(app, profile_picker_new(v->project)); return true;
	case ACTION_ENGINES: app_open(app, engine_picker_new(app_loop(app), v->project)); return true;
	case ACTION_MERGE_RULE: return view_project_rule(v);
	case ACTION_BUILD: app_open(app, level_menu_new(v->project)); return true;
	case ACTION_DIFF: app_open(app, diff_menu_new(v->project, NULL)); return true;
	case ACTION_ENTER: return view_project_go(v);
	default: return view_project_move(v, action, count);
	}
}

static bool view_project_act(struct view *view, enum action action, unsigned count)
{
	struct view_project *v = (struct view_project *)view;
	size_t problem = v->problem;
	view_edit_forget(v);
	bool done = view_project_do(v, action, count);
	/* A problem gone to is left by the next key that is not about it. */
	view_project_note_problem(v, action == ACTION_EDIT || action == ACTION_FIX ||
	                          action == ACTION_IGNORE || v->problem != problem);
	view_project_link(v);
	return done;
}

static bool view_project_tree_search(struct tree *t, struct str needle, bool down)
{
	struct list *l = &t->list;
	for (size_t i = 1; i <= l->n; i++) {
		size_t at = (l->cursor + (down ? i : l->n - i % l->n)) % l->n;
		if (str_find_str(str_of(t->rows[at].name), needle) != STR_NONE) {
			list_go(l, at);
			return true;
		}
	}
	return false;
}

static void view_project_free(struct view *view)
{
	struct view_project *v = (struct view_project *)view;
	view_edit_finish(&v->edit);
	view_fix_finish(&v->fix);
	advised_finish(&v->advised);
	linted_finish(&v->linted);
	git_marks_finish(&v->git);
	early_finish(&v->early);
	foretold_finish(&v->foretold);
	link_free(v->link);
	tree_finish(&v->tree);
	merged_finish(&v->merged);
	dockerfile_finish(&v->dockerfile);
	problem_panel_finish(&v->panel);
	buf_finish(&v->needle);
	buf_finish(&v->values);
	free(v);
}

static const struct hint view_project_hints[] = {
	{ ACTION_NEXT_PANE, "pane" }, { ACTION_PROFILES, "profiles" }, { ACTION_BUILD, "build" },
	{ ACTION_ORIGINS, "origins" }, { ACTION_CHANGE, "change" }, { ACTION_EDIT, "editor" },
	{ ACTION_HELP, "help" },
	{ ACTION_BACK, "leave" }, { ACTION_SEARCH, "search" }, { ACTION_FOLD, "fold" },
	{ ACTION_DIFF, "diff" }, { ACTION_VIEW3, "history" }, { ACTION_VIEW4, "matrix" }, { 0, NULL },
};

static const struct view_ops view_project_ops = {
	.name = "project", .where = WHERE_PROJECT,
	.nav = &view_project_nav, .draw = view_project_draw,
	.act = view_project_act, .free = view_project_free, .enter = view_project_enter,
	.reread = view_project_reread, .typed = view_project_typed, .hints = view_project_hints,
	.back = view_project_back,
	.key = view_edit_key, .typing = view_edit_typing,
};

/* Whether there is any configuration to look at. */
static bool view_project_has_files(const struct settings *s)
{
	for (size_t i = 0; s && i < s->ndocuments; i++)
		for (size_t k = 0; k < s->documents[i].nlayers; k++)
			if (s->documents[i].layers[k].present)
				return true;
	return false;
}

struct view *view_project_new(struct project *project)
{
	struct view_project *v = xcalloc(1, sizeof *v);
	v->view.ops = &view_project_ops;
	v->project = project;
	v->merged.document = STR_NONE;
	v->problem = STR_NONE;
	if (project->plan && !view_project_has_files(project->settings))
		v->focus = PANE_DOCKERFILE;
	view_edit_init(&v->edit);
	git_marks_init(&v->git, view_project_git_changed, v);
	foretold_init(&v->foretold, project, view_project_foretold, v);
	advised_init(&v->advised, project, view_project_advised, v);
	linted_init(&v->linted, project, view_project_linted, v);
	v->tree.git = &v->git.states;
	return &v->view;
}
