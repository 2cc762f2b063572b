/* The project view: places in it, what is copied of it, panes that scroll together. */
#include "core/value/json.h"
#include "tui/view_project_inside.h"

enum { NAV_PANEL = PANE_COUNT };

static struct list *project_list(struct view *view, size_t i)
{
	struct view_project *v = (struct view_project *)view;
	struct list *lists[] = { &v->tree.list, &v->merged.list, &v->dockerfile.list, &v->panel.list };
	return i < sizeof lists / sizeof *lists ? lists[i] : NULL;
}

static size_t project_focused(const struct view *view)
{
	const struct view_project *v = (const struct view_project *)view;
	return v->panel.has_keys ? NAV_PANEL : v->focus;
}

static void project_focus(struct view *view, size_t i)
{
	struct view_project *v = (struct view_project *)view;
	v->panel.has_keys = i == NAV_PANEL;
	if (i < NAV_PANEL)
		v->focus = (enum pane)i;
	view_project_link(v);
}

/* ---- places: "tree PATH", "merged 4 PATH/pointer", "dockerfile 12 TEXT", "panel 3" ---- */

static void project_place(struct view *view, struct buf *out)
{
	struct view_project *v = (struct view_project *)view;
	const struct tree_row *row = tree_row(&v->tree);
	const struct merged_line *line = merged_line(&v->merged);
	const struct list *d = &v->dockerfile.list;
	if (v->panel.has_keys) {
		buf_printf(out, "panel %zu", v->panel.list.cursor);
	} else if (v->focus == PANE_TREE && row) {
		buf_printf(out, "tree %s", row->path);
	} else if (v->focus == PANE_MERGED && line) {
		buf_printf(out, "merged %zu %s", strlen(v->merged.path), v->merged.path);
		merged_pointer(&v->merged, line, out);
	} else if (v->focus == PANE_DOCKERFILE && d->cursor < d->n) {
		buf_printf(out, "dockerfile %zu ", d->cursor);
		buf_append(out, v->dockerfile.rows[d->cursor].text);
	}
}

static bool project_go_tree(struct view_project *v, struct str path)
{
	for (size_t i = 0; i < v->tree.nrows; i++)
		if (str_eq(str_of(v->tree.rows[i].path), path)) {
			list_go(&v->tree.list, i);
			project_focus(&v->view, PANE_TREE);
			return true;
		}
	return false;
}

static bool project_go_merged(struct view_project *v, struct str rest)
{
	struct str word;
	unsigned long long n;
	if (!str_next(&rest, ' ', &word) || !str_number(word, rest.n, &n))
		return false;
	const struct document *d = v->settings
		? settings_document(v->settings, str_slice(rest, 0, (size_t)n)) : NULL;
	if (!d)
		return false;
	size_t document = (size_t)(d - v->settings->documents);
	tree_go(&v->tree, document, NULL);
	view_project_show(v, document);
	bool there = merged_go(&v->merged, str_slice(rest, (size_t)n, rest.n));
	project_focus(&v->view, PANE_MERGED);
	return there;
}

/* The line with this text that is nearest to where it was. */
static bool project_go_dockerfile(struct view_project *v, struct str rest)
{
	struct str word;
	unsigned long long at;
	size_t best = STR_NONE, far = 0;
	if (!str_next(&rest, ' ', &word) || !str_number(word, (size_t)-1 >> 1, &at))
		return false;
	for (size_t i = 0; i < v->dockerfile.list.n; i++) {
		size_t away = i > at ? i - (size_t)at : (size_t)at - i;
		if (!str_eq(v->dockerfile.rows[i].text, rest) || (best != STR_NONE && away >= far))
			continue;
		best = i;
		far = away;
	}
	if (best == STR_NONE)
		return false;
	list_go(&v->dockerfile.list, best);
	project_focus(&v->view, PANE_DOCKERFILE);
	return true;
}

static bool project_go(struct view *view, struct str place)
{
	struct view_project *v = (struct view_project *)view;
	struct str pane;
	unsigned long long at;
	if (!str_next(&place, ' ', &pane))
		return false;
	if (str_eq(pane, STR("tree")))
		return project_go_tree(v, place);
	if (str_eq(pane, STR("merged")))
		return project_go_merged(v, place);
	if (str_eq(pane, STR("dockerfile")))
		return project_go_dockerfile(v, place);
	if (!v->panel.open || !str_number(place, (size_t)-1 >> 1, &at) || at >= v->panel.list.n)
		return false;
	list_go(&v->panel.list, (size_t)at);
	project_focus(view, NAV_PANEL);
	return true;
}

/* ---- copying ---- */

static bool project_copy_tree(const struct view_project *v, enum action action, struct buf *out)
{
	const struct tree_row *row = tree_row(&v->tree);
	if (row)
		buf_append_text(out, action == ACTION_COPY_KEY ? row->name : row->path);
	return row;
}

static bool project_copy_merged(const struct view_project *v, enum action action, struct buf *out)
{
	const struct merged_line *line = merged_line(&v->merged);
	if (!line)
		return false;
	const struct value *value = line->json.value;
	if (action == ACTION_COPY_PATH)
		merged_pointer(&v->merged, line, out);
	else if (action == ACTION_COPY_KEY)
		buf_append(out, line->key);
	else if (value_type(value) == VALUE_STRING)
		buf_append(out, value_text(value));
	else
		value_write_json(out, value, JSON_FILE);
	return out->n > 0;
}

static bool project_copy_dockerfile(const struct view_project *v, enum action action,
                                    struct buf *out)
{
	const struct dockerfile *d = &v->dockerfile;
	int instruction = dockerfile_instruction(d);
	const struct instruction *in = instruction < 0 ? NULL : &d->recipe->instructions[instruction];
	if (!in)
		return false;
	if (action == ACTION_COPY_PATH)
		buf_printf(out, "Dockerfile:%u", in->first_line);
	else if (action == ACTION_COPY_KEY)
		buf_append(out, in->parts ? in->parts->keyword : STR(""));
	else
		buf_append(out, in->text);
	return out->n > 0;
}

static bool project_copy(struct view *view, enum action action, struct buf *out)
{
	const struct view_project *v = (const struct view_project *)view;
	if (v->panel.has_keys)
		return false;
	return v->focus == PANE_TREE ? project_copy_tree(v, action, out) :
	       v->focus == PANE_MERGED ? project_copy_merged(v, action, out)
	                               : project_copy_dockerfile(v, action, out);
}

/* ---- panes ---- */

static void project_align(struct list *list, const struct list *like)
{
	size_t row = like->cursor - like->top;
	list->top = list->cursor > row ? list->cursor - row : 0;
}

/* JSON and Dockerfile with what belongs together on one row. */
void view_project_sync(struct view_project *v)
{
	struct list *merged = &v->merged.list, *docker = &v->dockerfile.list;
	if (!v->sync || v->panel.has_keys)
		return;
	if (v->focus == PANE_DOCKERFILE && v->merged.links) {
		project_align(merged, docker);
		return;
	}
	for (size_t i = 0; v->focus == PANE_MERGED && i < docker->n; i++) {
		int instruction = v->dockerfile.rows[i].instruction;
		if (instruction < 0 || !v->dockerfile.lit[instruction])
			continue;
		docker->cursor = i;
		project_align(docker, merged);
		return;
	}
}

static bool project_toggle_sync(struct view_project *v)
{
	v->sync = !v->sync;
	if (v->sync)
		app_say(v->view.app, "JSON and Dockerfile scroll together: what belongs together stands "
		        "on one row");
	else
		app_say(v->view.app, "JSON and Dockerfile scroll each by itself");
	return true;
}

bool view_project_nav_act(struct view_project *v, enum action action, unsigned count)
{
	if (action == ACTION_SYNC)
		return project_toggle_sync(v);
	return app_border(v->view.app, v->focus == PANE_TREE ? 0 : 1, action, count);
}

const struct view_nav view_project_nav = {
	.list = project_list, .focused = project_focused, .focus = project_focus,
	.place = project_place, .go = project_go, .copy = project_copy,
};
