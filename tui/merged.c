#include "tui/merged.h"

#include <stdlib.h>

#include "tui/json_text.h"
#include "tui/origin_mark.h"
#include "tui/prompt.h"
#include "tui/search.h"

enum { MERGED_NONE = (unsigned)-1 };

void merged_finish(struct merged *m)
{
	arena_free(m->arena);
	buf_finish(&m->text);
	folds_finish(&m->folds);
}

/* ---- lines ---- */

static bool merged_keyed(const struct merged_line *line)
{
	return line->key.p != NULL;
}

static bool merged_is_closing(const struct merged_line *line)
{
	return line->json.closes && !line->json.opens;
}

/* The line itself, or the one that a closing line closes. */
static unsigned merged_opening(const struct merged *m, const struct merged_line *line)
{
	unsigned closing = (unsigned)(line - m->lines), at = closing;
	while (merged_is_closing(line) && at > 0 &&
	       (m->lines[at].last != closing || !m->lines[at].json.opens))
		at--;
	return at;
}

void merged_pointer(const struct merged *m, const struct merged_line *line, struct buf *out)
{
	unsigned chain[VALUE_DEPTH_MAX + 2], n = 0;
	unsigned at = merged_opening(m, line);
	for (; m->lines[at].parent != MERGED_NONE && n < VALUE_DEPTH_MAX + 2; at = m->lines[at].parent)
		chain[n++] = at;
	while (n-- > 0) {
		const struct merged_line *part = &m->lines[chain[n]];
		if (merged_keyed(part))
			value_pointer_append(out, part->key);
		else
			buf_printf(out, "/%u", part->ordinal);
	}
}

static void merged_fold_name(const struct merged *m, const struct merged_line *line,
                             struct buf *out)
{
	buf_printf(out, "%s#", m->path);
	merged_pointer(m, line, out);
}

/* Parents, ordinals and closing lines, in one pass with a stack of open lines. */
static void merged_connect(struct merged *m)
{
	unsigned open[VALUE_DEPTH_MAX + 2], count[VALUE_DEPTH_MAX + 2], depth = 0;
	for (unsigned i = 0; i < m->nlines; i++) {
		struct merged_line *line = &m->lines[i];
		line->last = i;
		if (merged_is_closing(line) && depth > 0) {
			depth--;
			m->lines[open[depth]].last = i;
			line->parent = m->lines[open[depth]].parent;
			continue;
		}
		line->parent = depth ? open[depth - 1] : MERGED_NONE;
		line->ordinal = depth ? count[depth - 1]++ : 0;
		/* Copied: what was read goes before these lines do. */
		if (depth && value_type(m->lines[open[depth - 1]].json.value) == VALUE_OBJECT)
			line->key = arena_str(m->arena, value_key(line->json.value));
		if (line->json.opens && !line->json.closes && depth < VALUE_DEPTH_MAX + 2) {
			open[depth] = i;
			count[depth++] = 0;
		}
	}
}

static void merged_restore_folds(struct merged *m)
{
	owned_buf struct buf name = { 0 };
	if (folds_is_empty(&m->folds))
		return;
	for (unsigned i = 0; i < m->nlines; i++) {
		if (m->lines[i].last == i)
			continue;
		buf_clear(&name);
		merged_fold_name(m, &m->lines[i], &name);
		m->lines[i].folded = folds_has(&m->folds, buf_str(&name));
	}
}

/* Which lines show; the cursor stays on its line or goes to the fold around it. */
static void merged_unfold_view(struct merged *m, unsigned cursor)
{
	unsigned n = 0, at = 0;
	for (unsigned i = 0; i < m->nlines; i = m->lines[i].folded ? m->lines[i].last + 1 : i + 1) {
		if (i <= cursor)
			at = n;
		m->visible[n++] = i;
	}
	list_set_count(&m->list, n);
	m->list.cursor = at;
}

const struct merged_line *merged_line(const struct merged *m)
{
	return m->list.cursor < m->list.n ? &m->lines[m->visible[m->list.cursor]] : NULL;
}

static void merged_read(struct merged *m, const struct settings *settings)
{
	struct json_line *lines;
	const struct document *d = settings ? settings_document(settings, str_of(m->path)) : NULL;
	m->of = d;
	m->value = d ? d->value : NULL;
	m->lines = NULL;
	m->links = false;
	m->nlines = 0;
	buf_clear(&m->text);
	if (!m->value)
		return;
	m->nlines = (unsigned)value_write_json_lines(m->arena, &m->text, m->value, JSON_FILE, &lines);
	m->lines = arena_array(m->arena, m->nlines, sizeof *m->lines);
	m->visible = arena_array(m->arena, m->nlines, sizeof *m->visible);
	for (unsigned i = 0; i < m->nlines; i++)
		m->lines[i].json = lines[i];
	merged_connect(m);
	merged_restore_folds(m);
}

void merged_show(struct merged *m, const struct settings *settings, size_t document, bool stale)
{
	owned_buf struct buf pointer = { 0 };
	struct arena *old = m->arena;
	const char *path = settings && document < settings->ndocuments
		? settings->documents[document].path : NULL;
	bool same = path && m->path && strcmp(path, m->path) == 0;
	size_t top = m->list.top, cursor = m->list.cursor;
	if (same && merged_line(m))
		merged_pointer(m, merged_line(m), &pointer);
	m->arena = arena_new();
	m->document = path ? document : STR_NONE;
	m->path = path ? arena_text(m->arena, str_of(path)) : "";
	m->stale = stale;
	merged_read(m, path ? settings : NULL);
	merged_unfold_view(m, 0);
	if (same && !merged_go(m, buf_str(&pointer)))
		list_go(&m->list, cursor);
	m->list.top = same ? top : 0;
	if (!same)
		m->list.shift = 0;
	arena_free(old);
}

/* The opening line of the value at the pointer, or MERGED_NONE. */
static unsigned merged_find(const struct merged *m, struct str pointer)
{
	owned_buf struct buf have = { 0 };
	const struct value *v = m->value ? value_at(m->value, pointer) : NULL;
	for (unsigned i = 0; v && i < m->nlines; i++) {
		if (m->lines[i].json.value != v || merged_is_closing(&m->lines[i]))
			continue;
		/* A shared node may stand twice in one document. */
		buf_clear(&have);
		merged_pointer(m, &m->lines[i], &have);
		if (str_eq(buf_str(&have), pointer))
			return i;
	}
	return MERGED_NONE;
}

static void merged_set_fold(struct merged *m, unsigned line, bool folded)
{
	owned_buf struct buf name = { 0 };
	merged_fold_name(m, &m->lines[line], &name);
	folds_set(&m->folds, buf_str(&name), folded);
	m->lines[line].folded = folded;
}

static void merged_reveal(struct merged *m, unsigned line)
{
	for (unsigned up = m->lines[line].parent; up != MERGED_NONE; up = m->lines[up].parent)
		if (m->lines[up].folded)
			merged_set_fold(m, up, false);
	size_t top = m->list.top;
	merged_unfold_view(m, line);
	m->list.top = top;
	list_go(&m->list, m->list.cursor);
}

bool merged_go(struct merged *m, struct str pointer)
{
	unsigned line = merged_find(m, pointer);
	if (line == MERGED_NONE)
		return false;
	merged_reveal(m, line);
	return true;
}

bool merged_go_span(struct merged *m, struct span span)
{
	for (unsigned i = 0; span.source && i < m->nlines; i++) {
		struct span here = value_span(m->lines[i].json.value);
		struct span key = value_key_span(m->lines[i].json.value);
		if ((here.source == span.source && here.at == span.at) ||
		    (key.source == span.source && key.at == span.at)) {
			merged_reveal(m, i);
			return true;
		}
	}
	return false;
}

void merged_link_none(struct merged *m)
{
	for (unsigned i = 0; m->links && i < m->nlines; i++)
		m->lines[i].linked = false;
	m->links = false;
}

void merged_link(struct merged *m, struct str pointer)
{
	unsigned line = merged_find(m, pointer);
	for (unsigned i = line; line != MERGED_NONE && i <= m->lines[line].last; i++)
		m->links = m->lines[i].linked = true;
}

/* ---- folding ---- */

/* The container whose fold a key at this line means. */
static unsigned merged_container(const struct merged *m, bool of_closed)
{
	const struct merged_line *line = merged_line(m);
	unsigned at = (unsigned)(line - m->lines);
	if (line->last != at || (of_closed && line->folded))
		return at;
	return merged_is_closing(line) ? merged_opening(m, line) : line->parent;
}

static bool merged_fold(struct merged *m, enum action action)
{
	unsigned at = merged_container(m, true);
	bool fold = action == ACTION_FOLD_CLOSE || action == ACTION_LEFT;
	if (at != MERGED_NONE && action != ACTION_FOLD && fold && m->lines[at].folded)
		at = m->lines[at].parent;
	if (at == MERGED_NONE || m->lines[at].last == at)
		return false;
	if (action == ACTION_FOLD)
		fold = !m->lines[at].folded;
	if (m->lines[at].folded == fold)
		return false;
	merged_set_fold(m, at, fold);
	unsigned cursor = m->visible[m->list.cursor];
	merged_unfold_view(m, fold ? at : cursor);
	return true;
}

static bool merged_fold_all(struct merged *m, bool fold)
{
	const struct merged_line *line = merged_line(m);
	unsigned cursor = (unsigned)(line - m->lines);
	for (unsigned i = 1; i < m->nlines; i++)
		if (m->lines[i].last != i && m->lines[i].folded != fold)
			merged_set_fold(m, i, fold);
	if (!fold && m->lines[0].folded)
		merged_set_fold(m, 0, false);
	merged_unfold_view(m, cursor);
	return true;
}

/* The next line at which a container begins or ends one level below the root. */
static bool merged_section(struct merged *m, bool down)
{
	size_t i = m->list.cursor;
	while (down ? i + 1 < m->list.n : i > 0) {
		i = down ? i + 1 : i - 1;
		const struct merged_line *line = &m->lines[m->visible[i]];
		if (line->json.depth <= 1 && !merged_is_closing(line) &&
		    (line->last != m->visible[i] || i == 0)) {
			list_go(&m->list, i);
			return true;
		}
	}
	return false;
}

bool merged_act(struct merged *m, enum action action)
{
	if (!merged_line(m))
		return false;
	switch (action) {
	case ACTION_FOLD: case ACTION_FOLD_OPEN: case ACTION_FOLD_CLOSE: case ACTION_LEFT:
	case ACTION_RIGHT:
		return merged_fold(m, action);
	case ACTION_FOLD_NONE: case ACTION_FOLD_ALL:
		return merged_fold_all(m, action == ACTION_FOLD_ALL);
	case ACTION_SECTION_UP: case ACTION_SECTION_DOWN:
		return merged_section(m, action == ACTION_SECTION_DOWN);
	default:
		return false;
	}
}

static struct str merged_text(const void *data, size_t i)
{
	const struct merged *m = data;
	return str_slice(buf_str(&m->text), m->lines[i].json.at, m->lines[i].json.size);
}

bool merged_search(struct merged *m, struct str needle, bool down)
{
	const struct merged_line *line = merged_line(m);
	if (!line)
		return false;
	size_t at = search_lines(m->nlines, (size_t)(line - m->lines), down, needle, merged_text, m);
	if (at == STR_NONE)
		return false;
	merged_reveal(m, (unsigned)at);
	return true;
}

/* ---- drawing ---- */

static bool merged_is_at(struct span here, const struct problem *p)
{
	return here.source && p->at.source == here.source && p->at.at == here.at;
}

/* The worst of what is told of the value or of its key. */
static const struct problem *merged_problem(const struct project *p, const struct value *v)
{
	struct span span = value_span(v), key = value_key_span(v);
	const struct problem *found = NULL;
	for (size_t i = 0; p->problems && i < problems_count(p->problems); i++) {
		const struct problem *problem = problems_get(p->problems, i);
		if (problem->severity < (found ? found->severity : SEVERITY_NOTE) &&
		    (merged_is_at(span, problem) || merged_is_at(key, problem)))
			found = problem;
	}
	return found;
}

void merged_origins(const struct merged *m, const struct merged_line *line,
                    struct origin_stack *ret_stack)
{
	owned_buf struct buf pointer = { 0 };
	merged_pointer(m, line, &pointer);
	origin_find(line->json.value, m->of, buf_str(&pointer), ret_stack);
}

static void merged_draw_gutter(const struct merged *m, struct pen *pen,
                               const struct merged_line *line, const struct project *p, bool over)
{
	struct origin_mark mark = origin_mark(line->json.value, over, &p->selection);
	bool closing = merged_is_closing(line);
	pen_text(pen, line->linked ? text_sign(SIGN_DOT) : STR(" "), INK(HOT));
	if (closing)
		pen_word(pen, "  ", INK(TEXT));
	else
		pen_printf(pen, m->stale ? INK(STALE) : mark.ink, "%c%c", mark.sign, mark.over ? '*' : ' ');
	if (pen_left(pen) >= 40)
		pen_printf(pen, INK(FAINT), "%4zu", (size_t)(line - m->lines) + 1);
	const struct problem *problem = closing ? NULL : merged_problem(p, line->json.value);
	if (problem)
		pen_word(pen, problem->severity == SEVERITY_ERROR ? "!" : "?",
		         problem->severity == SEVERITY_ERROR ? INK(ERROR) : INK(WARNING));
	else if (line->last != (unsigned)(line - m->lines))
		pen_text(pen, text_sign(line->folded ? SIGN_CLOSED : SIGN_OPEN), INK(FAINT));
	else
		pen_word(pen, " ", INK(TEXT));
	pen_word(pen, " ", INK(TEXT));
}

/* What an overridden scalar was below, where there is room. */
static void merged_draw_was(struct pen *pen, const struct origin_stack *stack)
{
	owned_buf struct buf text = { 0 };
	if (stack->n < 2 || value_is_container(stack->values[0]))
		return;
	buf_append_text(&text, "  was ");
	json_text_short(&text, stack->values[1], 24);
	buf_append_char(&text, ' ');
	if (pen_left(pen) > (int)text_width(buf_str(&text)))
		pen_right(pen, buf_str(&text), INK(FAINT));
}

static void merged_draw_line(const struct merged *m, struct pen *pen,
                             const struct merged_line *line, const struct project *p)
{
	struct origin_stack stack = { .n = 0 };
	struct str text = str_slice(buf_str(&m->text), line->json.at, line->json.size);
	size_t indent = (size_t)line->json.depth * JSON_FILE.indent;
	indent = indent < text.n ? indent : text.n;
	if (!merged_is_closing(line))
		merged_origins(m, line, &stack);
	merged_draw_gutter(m, pen, line, p, stack.n > 1);
	pen_shift(pen, m->list.shift);
	/* Half of the file's indent: panes are narrow. */
	pen_text(pen, str_slice(text, 0, indent / 2), INK(TEXT));
	json_text_draw(pen, str_slice(text, indent, text.n), line->json.value, merged_keyed(line),
	               m->stale);
	if (line->folded) {
		size_t n = value_count(line->json.value);
		bool object = value_type(line->json.value) == VALUE_OBJECT;
		pen_printf(pen, INK(FAINT), object ? " %zu key%s %s" : " %zu item%s %s", n,
		           n == 1 ? "" : "s", object ? "}" : "]");
	}
	pen->shift = 0;
	merged_draw_was(pen, &stack);
	pen_fill(pen, INK(TEXT));
}

/* Where the line's value begins, or, where that leaves little room, what comes before it. */
static int merged_value_col(const struct merged *m, const struct merged_line *line, int cols)
{
	enum { GUTTER = 5, NUMBERED = 9, NUMBERS = 43, ROOM = 16 };
	int gutter = cols >= NUMBERS ? NUMBERED : GUTTER, col = gutter + (int)line->json.depth * 2;
	owned_buf struct buf key = { 0 };
	if (merged_keyed(line) && !m->below) {
		value_write_json_string(&key, line->key, false);
		col += (int)text_width(buf_str(&key)) + 2;
	}
	col -= m->list.shift;
	if (col >= gutter && cols - col >= ROOM)
		return col;
	return cols - gutter >= ROOM ? gutter : 0;
}

static void merged_draw_prompt(const struct merged *m, struct surface *s, struct area a, int row)
{
	int col = merged_value_col(m, merged_line(m), a.cols);
	row = row < a.rows ? row : a.rows - 1;
	prompt_draw(m->prompt, s, area_cols(area_rows(a, row, 1), col, a.cols));
}

void merged_draw(struct merged *m, struct surface *s, struct area a, const struct project *p,
                 bool focused)
{
	int own = m->prompt && m->below;
	int cursor = 0;
	int rows = a.rows;
	a = list_draw_bar(&m->list, s, area_rows(a, 0, rows - own));
	struct area all = { a.row, a.col, rows, a.cols };
	for (int row = 0; row < a.rows && m->list.top + (size_t)row < m->list.n; row++) {
		size_t i = m->list.top + (size_t)row;
		const struct merged_line *line = &m->lines[m->visible[i]];
		struct pen pen = pen_at(s, all, row + (i > m->list.cursor ? own : 0));
		if (i == m->list.cursor)
			pen.over = focused ? STYLE_CURSOR : STYLE_RESTING;
		if (i == m->list.cursor)
			cursor = row;
		if (line->linked && !(focused && i == m->list.cursor))
			pen.over = STYLE_LINKED;
		merged_draw_line(m, &pen, line, p);
	}
	if (m->prompt && merged_line(m) && all.rows > 0)
		merged_draw_prompt(m, s, all, cursor + own);
}
