/* The project view: where its panes are and what stands around them. */
#include "tui/json_text.h"
#include "tui/origin_mark.h"
#include "tui/view_project_inside.h"
#include "tui/wrap.h"

/* terminal-ux: below 120 columns one pane with tabs; below 16 rows no strip; below
 * 10 nothing but the title and a pane. */
enum { DRAW_WIDE = 120, DRAW_STRIP_ROWS = 16, DRAW_SMALL_ROWS = 10 };
enum { DRAW_TREE_COLS = 34, DRAW_TREE_LESS = 28 };

static const char *const draw_names[PANE_COUNT] = { "tree", "merged", "Dockerfile" };

/* ---- title ---- */

static void draw_title(struct view_project *v, struct surface *s, struct area line)
{
	const struct project *p = v->project;
	struct pen pen = pen_at(s, line, 0);
	size_t errors, warnings;
	owned_buf struct buf right = { 0 };
	view_project_count(v, &errors, &warnings);
	const char *name = v->settings ? v->settings->name : p->target.name;
	const char *slash = strrchr(name, '/');
	pen_printf(&pen, INK(BARSTRONG), " %s", slash && slash[1] ? slash + 1 : name);
	pen_word(&pen, "  ", INK(BAR));
	for (size_t i = 0; i < p->selection.nprofiles; i++)
		pen_printf(&pen, INK(BARSTRONG), "%s%s", i ? "+" : "", p->selection.profiles[i]);
	if (p->selection.nprofiles == 0)
		pen_word(&pen, "no profile", INK(BAR));
	pen_printf(&pen, INK(BAR), "  level %s", p->selection.level ? p->selection.level : "default");
	if (p->selection.rule == CASCADE_DEEP)
		pen_word(&pen, "  merge deep", INK(BAR));
	buf_printf(&right, "%s%s%s", v->git.branch ? "git " : "", v->git.branch ? v->git.branch : "",
	           v->git.branch ? "  " : "");
	buf_printf(&right, "engine %s ", p->engine);
	if (errors)
		pen_printf(&pen, INK(BARALERT), "  %zu error%s", errors, errors == 1 ? "" : "s");
	if (warnings)
		pen_printf(&pen, INK(BAR), "  %zu warning%s", warnings, warnings == 1 ? "" : "s");
	if (pen_left(&pen) > (int)right.n)
		pen_right(&pen, buf_str(&right), INK(BAR));
	pen_fill(&pen, INK(BAR));
}

/* ---- panes ---- */

static bool draw_has_keys(const struct view_project *v, enum pane pane)
{
	return v->focus == pane && !v->panel.has_keys;
}

/* What stands beside a pane's name. */
static void draw_about(const struct view_project *v, enum pane pane, struct buf *out)
{
	size_t lit = 0;
	size_t files = 0;
	switch (pane) {
	case PANE_TREE:
		for (size_t i = 0; i < v->tree.nrows; i++)
			files += v->tree.rows[i].kind != TREE_FOLDER;
		buf_printf(out, "%zu files", files);
		break;
	case PANE_MERGED:
		buf_printf(out, "%s%s", v->merged.path ? v->merged.path : "",
		           v->merged.stale ? "  last good one" : "");
		break;
	default:
		for (size_t i = 0; v->dockerfile.recipe && i < v->dockerfile.recipe->ninstructions; i++)
			lit += v->dockerfile.lit[i];
		if (!v->dockerfile.recipe)
			buf_append_text(out, "none yet");
		else if (v->dockerfile.fills)
			buf_printf(out, "as it would run%s", v->dockerfile.stale ? "  last good one" : "");
		else
			buf_printf(out, "%zu instructions%s", v->dockerfile.recipe->ninstructions,
			           v->dockerfile.stale ? "  last good one" : "");
		if (lit)
			buf_printf(out, "  %zu linked", lit);
	}
}

static void draw_header(const struct view_project *v, struct surface *s, struct area line,
                        enum pane pane)
{
	owned_buf struct buf about = { 0 };
	struct ink ink = draw_has_keys(v, pane) ? INK(PANEHERE) : INK(PANE);
	struct pen pen = pen_at(s, line, 0);
	draw_about(v, pane, &about);
	pen_printf(&pen, ink, " %s", draw_names[pane]);
	if (about.n && pen_left(&pen) > 8)
		pen_printf(&pen, ink, "  %s", buf_text(&about));
	pen_fill(&pen, ink);
}

/* One pane's name after the other, then what the focused one shows. */
static void draw_tabs(const struct view_project *v, struct surface *s, struct area line)
{
	owned_buf struct buf about = { 0 };
	struct pen pen = pen_at(s, line, 0);
	for (enum pane pane = 0; pane < PANE_COUNT; pane++) {
		int col = pen.col;
		pen_printf(&pen, draw_has_keys(v, pane) ? INK(PANEHERE) : INK(PANE), " %s ",
		           draw_names[pane]);
		mouse_spot(app_spots(v->view.app), &pen, col, SPOT_PANE, (int)pane);
	}
	draw_about(v, v->focus, &about);
	if (pen_left(&pen) > (int)text_width(buf_str(&about)) + 3) {
		buf_append_char(&about, ' ');
		pen_right(&pen, buf_str(&about), INK(PANE));
	}
	pen_fill(&pen, INK(PANE));
}

static void draw_nothing(struct surface *s, struct area a, const char *text)
{
	struct pen pen = pen_at(s, a, a.rows / 3);
	int left = (a.cols - (int)text_width(str_of(text))) / 2;
	pen_to(&pen, left > 0 ? left : 0, INK(TEXT));
	pen_word(&pen, text, INK(FAINT));
}

static void draw_pane(struct view_project *v, struct surface *s, struct area a, enum pane pane)
{
	bool focused = draw_has_keys(v, pane);
	switch (pane) {
	case PANE_TREE:
		tree_draw(&v->tree, s, a, focused);
		if (v->tree.nrows == 0)
			draw_nothing(s, a, v->project->settings ? "no configuration files"
			                                        : "no configuration could be read");
		break;
	case PANE_MERGED:
		merged_draw(&v->merged, s, a, v->project, focused);
		if (!v->merged.value)
			draw_nothing(s, a, v->merged.path && v->merged.path[0]
			             ? "this file has an error: ]d goes to it" : "no document");
		break;
	default:
		dockerfile_draw(&v->dockerfile, s, a, focused);
		if (!v->dockerfile.recipe)
			draw_nothing(s, a, "no Dockerfile before the errors are mended: ]d");
	}
}

static void draw_panes(struct view_project *v, struct surface *s, struct area a)
{
	if (a.cols < DRAW_WIDE || v->zoom) {
		if (a.rows > 1)
			draw_tabs(v, s, area_cut_top(&a, 1));
		draw_pane(v, s, a, v->focus);
		return;
	}
	int tree = a.cols >= 150 ? DRAW_TREE_COLS : DRAW_TREE_LESS;
	struct panes *panes = app_panes(v->view.app);
	tree = panes_place(panes, WHERE_PROJECT, 0, a, tree);
	struct area right = area_cols(a, tree + 1, a.cols);
	int merged = panes_place(panes, WHERE_PROJECT, 1, right, (a.cols - tree - 2) * 9 / 20);
	struct area part[PANE_COUNT] = {
		area_cols(a, 0, tree), area_cols(a, tree + 1, merged),
		area_cols(a, tree + 2 + merged, a.cols),
	};
	for (enum pane pane = 0; pane < PANE_COUNT; pane++) {
		struct area header = area_cut_top(&part[pane], 1);
		if (pane > 0)
			surface_vertical(s, (struct area){ a.row, header.col - 1, a.rows, 1 });
		draw_header(v, s, header, pane);
		draw_pane(v, s, part[pane], pane);
	}
}

/* ---- below the panes ---- */

void view_project_draw_problem(struct view_project *v, struct surface *s, struct area line)
{
	const struct problems *problems = v->project->problems;
	size_t n = problems ? problems_count(problems) : 0, shown = v->problem;
	owned_buf struct buf text = { 0 };
	struct pen pen = pen_at(s, line, 0);
	const struct dockerfile_row *row = dockerfile_row(&v->dockerfile);
	if (shown == STR_NONE && v->focus == PANE_DOCKERFILE && row)
		shown = row->problem;
	for (size_t i = 0; shown == STR_NONE && i < n; i++)
		if (problems_get(problems, i)->severity == SEVERITY_ERROR)
			shown = i;
	if (shown == STR_NONE)
		shown = 0;
	struct ink ink;
	const struct problem *p = problems_get(problems, shown);
	bool error = p->severity == SEVERITY_ERROR;
	const char *sign = problem_panel_sign(p->severity, &ink);
	problem_panel_text(p, &text);
	pen_printf(&pen, ink, " %s %zu/%zu ", sign, shown + 1, n);
	int room = pen_left(&pen) - 8;
	size_t width;
	struct str cut = text_cut(buf_str(&text), room > 10 ? (size_t)room : 10, &width);
	pen_text(&pen, cut, error ? INK(ERROR) : INK(TEXT));
	if (cut.n < text.n)
		pen_text(&pen, text_sign(SIGN_ELLIPSIS), INK(CUT));
	pen_right(&pen, STR("]d [d "), INK(FAINT));
	pen_fill(&pen, INK(TEXT));
}

static void draw_origin(const struct view_project *v, struct pen *pen, const struct value *value,
                        const char *role)
{
	owned_buf struct buf text = { 0 }, place = { 0 };
	struct origin_mark mark = origin_mark(value, false, &v->project->selection);
	origin_place(&place, value);
	pen_printf(pen, mark.ink, " %c ", mark.sign);
	pen_text(pen, buf_str(&place), INK(TEXT));
	json_text_short(&text, value, 60);
	pen_word(pen, "  ", INK(TEXT));
	pen_text(pen, buf_str(&text), INK(STRING));
	pen_printf(pen, INK(FAINT), "  %s", role);
	pen_fill(pen, INK(TEXT));
}

/* The value under the cursor, what it shadows, and what follows from it. */
static void draw_strip_merged(struct view_project *v, struct surface *s, struct area a)
{
	const struct merged_line *line = merged_line(&v->merged);
	const struct recipe *r = v->dockerfile.recipe;
	struct origin_stack stack = { .n = 0 };
	struct area last = area_cut_bottom(&a, 1);
	if (line)
		merged_origins(&v->merged, line, &stack);
	for (int row = 0; (size_t)row < stack.n && row < a.rows; row++) {
		struct pen pen = pen_at(s, a, row);
		draw_origin(v, &pen, stack.values[row], row ? "shadowed" : stack.n > 1 ? "wins" : "");
	}
	struct pen pen = pen_at(s, last, 0);
	size_t n = 0;
	for (size_t i = 0; r && i < r->ninstructions; i++) {
		const struct instruction *in = &r->instructions[i];
		if (!v->dockerfile.lit[i])
			continue;
		pen_printf(&pen, n ? INK(TEXT) : INK(HOT), n ? ", " : " %.*s ",
		           STR_ARG(text_sign(SIGN_ARROW)));
		n++;
		pen_printf(&pen, INK(FAINT), "%zu ", i + 1);
		struct str text = in->text;
		size_t end = str_find(text, '\n');
		pen_text(&pen, str_slice(text, 0, end == STR_NONE ? text.n : end), INK(TEXT));
	}
	if (n == 0)
		pen_word(&pen, " no line of the Dockerfile follows from this", INK(FAINT));
}

/* What was found at the cursor's line, then what was advised: a row each. */
static int draw_strip_findings(const struct view_project *v, struct surface *s, struct area a)
{
	const struct problems *problems = v->project->problems;
	const struct dockerfile_row *here = dockerfile_row(&v->dockerfile);
	int row = 0;
	for (size_t i = 0; here && problems && i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (row >= a.rows || !dockerfile_is_at(&v->dockerfile, here, p))
			continue;
		struct ink ink;
		struct pen pen = pen_at(s, a, row++);
		const char *sign = problem_panel_sign(p->severity, &ink);
		pen_printf(&pen, ink, " %s ", sign);
		pen_printf(&pen, INK(FAINT), "%s%s: ", p->rule, p->nfix ? " (f mends it)" : "");
		pen_text(&pen, p->text, INK(TEXT));
	}
	if (here && here->advice != STR_NONE && row < a.rows) {
		struct pen pen = pen_at(s, a, row++);
		pen_word(&pen, " i ", INK(HOT));
		pen_text(&pen, v->advised.items[here->advice].text, INK(TEXT));
	}
	return row;
}

static void draw_strip_causes(struct view_project *v, struct surface *s, struct area a, int row,
                              int instruction)
{
	const struct link_cause *causes = NULL;
	size_t n = instruction < 0 ? 0 : link_causes(v->link, (size_t)instruction, &causes);
	for (size_t i = 0; i < n && row < a.rows; i++, row++) {
		struct pen pen = pen_at(s, a, row);
		owned_buf struct buf role = { 0 };
		if (row == a.rows - 1 && n - i > 1)
			buf_printf(&role, "and %zu more", n - i - 1);
		pen_text(&pen, causes[i].pointer.n ? STR(" ") : STR(""), INK(TEXT));
		pen_text(&pen, causes[i].pointer, INK(KEY));
		draw_origin(v, &pen, causes[i].value, buf_text(&role));
	}
	struct str values = buf_str(&v->values), line;
	while (values.n && row < a.rows && str_next(&values, '\n', &line)) {
		struct pen pen = pen_at(s, a, row++);
		pen_word(&pen, " ", INK(TEXT));
		pen_text(&pen, line, INK(VARIABLE));
	}
	if (n == 0 && row == 0 && instruction >= 0 && dockerfile_is_read(&v->dockerfile)) {
		struct pen pen = pen_at(s, a, 0);
		pen_word(&pen, " uses no variable", INK(FAINT));
	} else if (n == 0 && row == 0) {
		struct pen pen = pen_at(s, a, 0);
		pen_word(&pen, instruction < 0 ? " a comment: no engine sees it"
		         : " nothing in the configuration causes this line", INK(FAINT));
	}
}

static void draw_strip_dockerfile(struct view_project *v, struct surface *s, struct area a)
{
	owned_buf struct buf boundary = { 0 };
	if (dockerfile_is_read(&v->dockerfile))
		view_project_append_boundary(v, &boundary);
	struct area last = boundary.n ? area_cut_bottom(&a, 1) : (struct area){ 0 };
	int row = draw_strip_findings(v, s, a);
	draw_strip_causes(v, s, a, row, dockerfile_instruction(&v->dockerfile));
	struct pen pen = pen_at(s, last, 0);
	if (boundary.n) {
		pen_word(&pen, " ", INK(TEXT));
		pen_text(&pen, buf_str(&boundary), INK(BUSY));
	}
}

static void draw_strip_tree(struct view_project *v, struct surface *s, struct area a)
{
	const struct tree_row *row = tree_row(&v->tree);
	struct pen pen = pen_at(s, a, 0);
	if (!row)
		return;
	pen_printf(&pen, INK(TEXT), " %s", row->path);
	if (row->kind == TREE_CHOICE)
		pen_word(&pen, "  another build file: Enter chooses it", INK(FAINT));
	else if (row->kind == TREE_IMAGE)
		pen_printf(&pen, INK(FAINT), "  %s", row->chosen ? "the Dockerfile that is built"
		                                                  : "another Dockerfile: Enter chooses it");
	else if (row->kind == TREE_OVERLAY && row->order)
		pen_printf(&pen, INK(FAINT), "  overlay %u of profile %s", row->order, row->profile);
	else if (row->kind == TREE_OVERLAY)
		pen_printf(&pen, INK(FAINT), "  profile %s is not selected (p)", row->profile);
	else if (row->generated)
		pen_word(&pen, "  generated, goes into the image", INK(FAINT));
	else if (row->absent)
		pen_word(&pen, "  not there", INK(FAINT));
	if (row->git)
		pen_printf(&pen, INK(FAINT), "  git: %s", row->git == 'M' ? "modified" :
		           row->git == '?' ? "untracked" : "ignored");
	pen = pen_at(s, a, 1);
	if (row->kind == TREE_IMAGE && row->ignore)
		pen_printf(&pen, INK(FAINT), " its context leaves out what %s names", row->ignore);
	else if (row->kind == TREE_IMAGE)
		pen_word(&pen, " no ignore file: its context is the whole folder", INK(FAINT));
	const struct document *d = v->settings && row->document < v->settings->ndocuments
		? &v->settings->documents[row->document] : NULL;
	unsigned order = 0;
	for (size_t i = 1; d && i < d->nlayers; i++) {
		if (!d->layers[i].active)
			continue;
		order++;
		pen_printf(&pen, INK(TEXT), "%s < %u %s", order > 1 ? "" : " b base", order,
		           d->layers[i].profile);
	}
}

/* The panel's line may be cut; here is all of it, who asks for it and why it matters. */
static void draw_strip_problem(const struct view_project *v, struct surface *s, struct area a,
                               struct pen *title)
{
	const struct problem *p = problems_get(v->project->problems, v->panel.list.cursor);
	const struct rule *rule = lint_find_any(v->project->kind->rules, p->rule);
	owned_buf struct buf text = { 0 }, why = { 0 };
	pen_printf(title, INK(STRONG), " %s ", p->rule);
	if (p->pointer.n)
		pen_text(title, p->pointer, INK(KEY));
	pen_word(title, p->pointer.n ? " " : "", INK(TEXT));
	if (p->schema.n)
		buf_printf(&why, "schema %.*s", STR_ARG(p->schema));
	if (rule)
		buf_append_text(&why, rule->reason);
	problem_panel_text(p, &text);
	struct area last = why.n ? area_cut_bottom(&a, 1) : (struct area){ 0 };
	wrap_draw(s, area_cols(a, 1, a.cols - 2), buf_str(&text), INK(TEXT));
	struct pen pen = pen_at(s, area_cols(last, 1, last.cols - 2), 0);
	pen_text(&pen, buf_str(&why), INK(FAINT));
}

void view_project_draw_strip(struct view_project *v, struct surface *s, struct area a)
{
	struct area line = area_cut_top(&a, 1);
	owned_buf struct buf pointer = { 0 };
	surface_horizontal(s, line, INK(BORDER));
	struct pen pen = pen_at(s, area_cols(line, 2, line.cols - 2), 0);
	const struct merged_line *at = merged_line(&v->merged);
	if (v->panel.has_keys && v->panel.list.n) {
		draw_strip_problem(v, s, a, &pen);
	} else if (v->focus == PANE_MERGED && at) {
		merged_pointer(&v->merged, at, &pointer);
		pen_printf(&pen, INK(STRONG), " %s ", v->merged.path);
		pen_text(&pen, pointer.n ? buf_str(&pointer) : STR("(all of it)"), INK(KEY));
		pen_word(&pen, " ", INK(TEXT));
		draw_strip_merged(v, s, a);
	} else if (v->focus == PANE_DOCKERFILE) {
		int instruction = dockerfile_instruction(&v->dockerfile);
		const struct dockerfile_row *row = dockerfile_row(&v->dockerfile);
		if (dockerfile_is_read(&v->dockerfile) && row && row->line)
			pen_printf(&pen, INK(STRONG), " Dockerfile:%u ", row->line);
		else if (instruction >= 0)
			pen_printf(&pen, INK(STRONG), " Dockerfile:%u is caused by ",
			           v->dockerfile.recipe->instructions[instruction].first_line);
		draw_strip_dockerfile(v, s, a);
	} else {
		draw_strip_tree(v, s, a);
	}
	view_project_draw_foretold(v, s, line, pen.col - line.col);
}

void view_project_draw(struct view *view, struct surface *s, struct area a)
{
	struct view_project *v = (struct view_project *)view;
	const struct problems *problems = v->project->problems;
	bool small = a.rows < DRAW_SMALL_ROWS - 1;
	if (a.rows > 1)
		draw_title(v, s, area_cut_top(&a, 1));
	if (a.rows + 2 >= DRAW_STRIP_ROWS)
		view_project_draw_strip(v, s, area_cut_bottom(&a, a.rows >= 36 ? 5 : 4));
	/* Where there is no room for both, the panel has it while it has the keys. */
	if (v->panel.has_keys && (v->zoom || a.rows < DRAW_SMALL_ROWS)) {
		problem_panel_draw(&v->panel, s, a, problems);
		return;
	}
	if (v->panel.open && a.rows >= DRAW_SMALL_ROWS)
		problem_panel_draw(&v->panel, s,
		                   area_cut_bottom(&a, problem_panel_rows(&v->panel, a.rows)), problems);
	else if (!small && problems && problems_count(problems))
		view_project_draw_problem(v, s, area_cut_bottom(&a, 1));
	draw_panes(v, s, a);
}
