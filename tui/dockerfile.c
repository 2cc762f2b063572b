#include "tui/dockerfile.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/os/clock.h"
#include "tui/search.h"

/* Columns of a time, and those that a pane has at least when it shows them. */
enum { DOCKERFILE_TIME = 8, DOCKERFILE_TIMED = 50 };

void dockerfile_finish(struct dockerfile *d)
{
	arena_free(d->arena);
}

/* ---- rows ---- */

static int dockerfile_at_line(const struct recipe *r, unsigned line, size_t *next)
{
	while (*next < r->ninstructions && r->instructions[*next].last_line < line)
		(*next)++;
	if (*next < r->ninstructions && r->instructions[*next].first_line <= line)
		return (int)*next;
	return -1;
}

static void dockerfile_add(struct dockerfile *d, enum dockerfile_kind kind, int instruction,
                           unsigned line, struct str text)
{
	d->rows[d->list.n++] = (struct dockerfile_row){ kind, instruction, line, text };
}

static bool dockerfile_starts_group(const struct recipe *r, size_t i)
{
	return i < r->ninstructions && r->instructions[i].group >= 0 &&
	       (i == 0 || r->instructions[i - 1].group != r->instructions[i].group);
}

/* The comment that names a group becomes its separator; a group without one gets
 * a separator of its own. */
static void dockerfile_add_line(struct dockerfile *d, unsigned line, struct str text, size_t *next)
{
	const struct recipe *r = d->recipe;
	int instruction = dockerfile_at_line(r, line, next);
	struct dockerfile_row *before = d->list.n ? &d->rows[d->list.n - 1] : NULL;
	bool first = instruction >= 0 && r->instructions[instruction].first_line == line;
	int forced = d->level ? d->level->first_forced : -1;
	bool comment = instruction < 0 && text.n && text.p[0] == '#';
	bool before_group = comment && *next < r->ninstructions &&
	                    r->instructions[*next].first_line == line + 1 &&
	                    dockerfile_starts_group(r, *next);
	bool is_named = before && before->kind == DOCKERFILE_GROUP;
	if (forced >= 0 && ((before_group && (int)*next == forced) ||
	                    (first && instruction == forced && !is_named)))
		dockerfile_add(d, DOCKERFILE_BOUNDARY, -1, 0, (struct str){ 0 });
	if (first && !is_named && dockerfile_starts_group(r, (size_t)instruction))
		dockerfile_add(d, DOCKERFILE_GROUP, -1, 0,
		               str_of(r->groups[r->instructions[instruction].group]));
	if (before_group)
		dockerfile_add(d, DOCKERFILE_GROUP, -1, line, str_trim(str_slice(text, 1, text.n)));
	else
		dockerfile_add(d, DOCKERFILE_TEXT, instruction, line, text);
}

static void dockerfile_read(struct dockerfile *d, const struct image_task *image)
{
	struct str rest, line;
	size_t nlines = 1, next = 0;
	d->recipe = image->level.recipe ? image->level.recipe : image->recipe;
	rest = d->recipe->text;
	d->level = &image->level;
	for (size_t i = 0; i < rest.n; i++)
		nlines += rest.p[i] == '\n';
	d->rows = arena_array(d->arena, nlines + d->recipe->ninstructions * 2 + 2, sizeof *d->rows);
	d->lit = arena_array(d->arena, d->recipe->ninstructions, sizeof *d->lit);
	d->marks = arena_array(d->arena, d->recipe->ninstructions, sizeof *d->marks);
	for (unsigned n = 1; str_next(&rest, '\n', &line); n++)
		if (rest.p || line.n)
			dockerfile_add_line(d, n, line, &next);
}

void dockerfile_show(struct dockerfile *d, const struct plan *plan, bool stale)
{
	const struct image_task *image = plan ? plan_image(plan) : NULL;
	unsigned line = d->list.cursor < d->list.n ? d->rows[d->list.cursor].line : 0;
	struct arena *old = d->arena;
	size_t cursor = d->list.cursor;
	d->arena = arena_new();
	d->recipe = NULL;
	d->level = NULL;
	d->rows = NULL;
	d->lit = NULL;
	d->marks = NULL;
	d->changed = NULL;
	d->foretold = NULL;
	d->list.n = 0;
	d->stale = stale;
	if (image && image->recipe)
		dockerfile_read(d, image);
	list_set_count(&d->list, d->list.n);
	list_go(&d->list, cursor);
	for (size_t i = 0; line && i < d->list.n; i++)
		if (d->rows[i].line == line)
			d->list.cursor = i;
	arena_free(old);
}

static bool dockerfile_is_about(const struct problem *p, const struct instruction *in)
{
	for (size_t i = 0; i < in->ncauses; i++) {
		struct span cause = value_span(in->causes[i]), key = value_key_span(in->causes[i]);
		bool inside = p->at.at >= cause.at && p->at.at - cause.at < (cause.size ? cause.size : 1);
		if (cause.source && p->at.source == cause.source && inside)
			return true;
		if (key.source && p->at.source == key.source && p->at.at == key.at)
			return true;
	}
	return false;
}

void dockerfile_mark(struct dockerfile *d, const struct problems *problems)
{
	size_t n = problems && d->recipe ? problems_count(problems) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct problem *p = problems_get(problems, i);
		for (size_t k = 0; p->severity != SEVERITY_NOTE && k < d->recipe->ninstructions; k++)
			if (d->marks[k] != '!' && dockerfile_is_about(p, &d->recipe->instructions[k]))
				d->marks[k] = p->severity == SEVERITY_ERROR ? '!' : '?';
	}
}

void dockerfile_foretell(struct dockerfile *d, const struct foretold *f)
{
	const struct recipe *r = d->recipe;
	d->has_times = false;
	d->is_guess = f->is_stale;
	d->foretold = NULL;
	if (!r || !f->arena)
		return;
	d->foretold = arena_array(d->arena, r->ninstructions + 1, sizeof(struct forecast_step *));
	for (size_t i = 0; i < r->ninstructions; i++) {
		d->foretold[i] = foretold_find(f, r, i);
		d->has_times = d->has_times || (d->foretold[i] && d->foretold[i]->p50 >= 0);
	}
}

/* ---- moving ---- */

int dockerfile_instruction(const struct dockerfile *d)
{
	return d->list.cursor < d->list.n ? d->rows[d->list.cursor].instruction : -1;
}

static size_t dockerfile_row(const struct dockerfile *d, int instruction)
{
	for (size_t i = 0; i < d->list.n; i++)
		if (d->rows[i].instruction == instruction)
			return i;
	return STR_NONE;
}

void dockerfile_go(struct dockerfile *d, int instruction)
{
	size_t row = instruction < 0 ? STR_NONE : dockerfile_row(d, instruction);
	if (row != STR_NONE)
		list_go(&d->list, row);
}

static bool dockerfile_is_lit(const struct dockerfile *d, size_t row)
{
	int instruction = d->rows[row].instruction;
	return instruction >= 0 && d->lit[instruction];
}

size_t dockerfile_mark_changed(struct dockerfile *d, const struct map *texts)
{
	size_t n = 0;
	d->changed = NULL;
	if (!texts || !d->recipe)
		return 0;
	d->changed = arena_array(d->arena, d->recipe->ninstructions, sizeof *d->changed);
	for (size_t i = 0; i < d->recipe->ninstructions; i++) {
		d->changed[i] = !map_has(texts, d->recipe->instructions[i].text);
		n += d->changed[i];
	}
	return n;
}

bool dockerfile_go_lit(struct dockerfile *d)
{
	for (size_t i = 0; i < d->list.n; i++)
		if (dockerfile_is_lit(d, i)) {
			list_go(&d->list, i);
			return true;
		}
	return false;
}

void dockerfile_show_lit(struct dockerfile *d)
{
	size_t first = STR_NONE;
	for (size_t i = 0; i < d->list.n; i++) {
		if (!dockerfile_is_lit(d, i))
			continue;
		if (i >= d->list.top && i < d->list.top + d->list.height)
			return;
		first = first == STR_NONE ? i : first;
	}
	if (first != STR_NONE)
		list_go(&d->list, first);
}

bool dockerfile_section(struct dockerfile *d, bool down)
{
	size_t i = d->list.cursor;
	while (down ? i + 1 < d->list.n : i > 0) {
		i = down ? i + 1 : i - 1;
		int instruction = d->rows[i].instruction;
		if (i == 0 || d->rows[i].kind == DOCKERFILE_GROUP ||
		    (instruction >= 0 && d->recipe->instructions[instruction].kind == INSTRUCTION_FROM)) {
			list_go(&d->list, i);
			return true;
		}
	}
	return false;
}

static struct str dockerfile_text(const void *data, size_t i)
{
	const struct dockerfile *d = data;
	return d->rows[i].text;
}

bool dockerfile_search(struct dockerfile *d, struct str needle, bool down)
{
	size_t i = search_lines(d->list.n, d->list.cursor, down, needle, dockerfile_text, d);
	if (i == STR_NONE)
		return false;
	list_go(&d->list, i);
	return true;
}

/* ---- drawing ---- */

static bool dockerfile_is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Where the token that begins at `at` ends, and how it looks. */
static size_t dockerfile_token(struct str s, size_t at, struct ink *ret_ink)
{
	size_t end = at + 1;
	*ret_ink = INK(TEXT);
	if (s.p[at] == '"' || s.p[at] == '\'') {
		while (end < s.n && s.p[end] != s.p[at])
			end += s.p[end] == '\\' ? 2 : 1;
		*ret_ink = INK(STRING);
		return end < s.n ? end + 1 : s.n;
	}
	if (s.p[at] == '$' && end < s.n && (s.p[end] == '{' || dockerfile_is_name(s.p[end]))) {
		if (s.p[end] == '{')
			while (end < s.n && s.p[end++] != '}')
				continue;
		else
			while (end < s.n && dockerfile_is_name(s.p[end]))
				end++;
		*ret_ink = INK(VARIABLE);
		return end;
	}
	if (s.p[at] == '-' && end < s.n && s.p[end] == '-' && (at == 0 || s.p[at - 1] == ' ')) {
		while (end < s.n && s.p[end] != ' ' && s.p[end] != '=')
			end++;
		*ret_ink = INK(KEY);
		return end;
	}
	while (end < s.n && !strchr("\"'$-", s.p[end]))
		end++;
	return end;
}

static void dockerfile_draw_text(const struct dockerfile *d, struct pen *pen,
                                 const struct dockerfile_row *row)
{
	struct str s = row->text;
	if (d->stale || row->instruction < 0) {
		pen_text(pen, s, d->stale ? INK(STALE) : INK(COMMENT));
		return;
	}
	const struct instruction *in = &d->recipe->instructions[row->instruction];
	if (in->first_line == row->line) {
		size_t end = str_find(s, ' ');
		end = end == STR_NONE ? s.n : end;
		pen_text(pen, str_slice(s, 0, end), INK(KEYWORD));
		s = str_slice(s, end, s.n);
	}
	for (size_t at = 0, end; at < s.n; at = end) {
		struct ink ink;
		end = dockerfile_token(s, at, &ink);
		pen_text(pen, str_slice(s, at, end - at), ink);
	}
}

static void dockerfile_draw_rule(const struct dockerfile *d, struct pen *pen,
                                 const struct dockerfile_row *row)
{
	bool boundary = row->kind == DOCKERFILE_BOUNDARY;
	struct ink ink = d->stale ? INK(STALE) : boundary ? INK(BUSY) : INK(BORDER);
	for (int i = 0; i < 2; i++)
		pen_text(pen, text_sign(SIGN_HORIZONTAL), ink);
	pen_word(pen, " ", ink);
	if (boundary)
		pen_printf(pen, ink, "level %s: everything below runs anew",
		           d->level->name ? d->level->name : "");
	else
		pen_text(pen, row->text, d->stale ? ink : INK(STRONG));
	pen_word(pen, " ", ink);
	while (pen_left(pen) > 0)
		pen_text(pen, text_sign(SIGN_HORIZONTAL), ink);
}

/* What the cache will do with the instruction; NULL: nothing is foretold. */
static const struct forecast_step *dockerfile_step(const struct dockerfile *d,
                                                   const struct dockerfile_row *row)
{
	bool first = row->instruction >= 0 &&
	             d->recipe->instructions[row->instruction].first_line == row->line;
	return first && d->foretold ? d->foretold[row->instruction] : NULL;
}

static void dockerfile_draw_verdict(const struct dockerfile *d, struct pen *pen,
                                    const struct dockerfile_row *row)
{
	static const char *const signs[] = { "= ", "x ", "? " };
	const struct forecast_step *step = dockerfile_step(d, row);
	if (!step) {
		pen_word(pen, "  ", INK(TEXT));
		return;
	}
	pen_word(pen, signs[step->verdict], d->is_guess ? INK(STALE) :
	         step->verdict == VERDICT_HIT ? INK(GOOD) :
	         step->verdict == VERDICT_MISS ? INK(BUSY) : INK(FAINT));
}

/* How long it usually takes, at the right. */
static void dockerfile_draw_time(const struct dockerfile *d, struct pen *pen,
                                 const struct dockerfile_row *row)
{
	const struct forecast_step *step = dockerfile_step(d, row);
	owned_buf struct buf text = { 0 };
	if (step && step->p50 >= 0)
		clock_append_seconds(&text, step->p50);
	pen_printf(pen, d->is_guess || step == NULL || step->verdict == VERDICT_HIT ? INK(STALE)
	                                                                           : INK(TEXT),
	           "%*s", DOCKERFILE_TIME - 1, buf_text(&text));
	pen_fill(pen, INK(TEXT));
}

static void dockerfile_draw_row(const struct dockerfile *d, struct pen *pen, size_t i)
{
	const struct dockerfile_row *row = &d->rows[i];
	bool lit = dockerfile_is_lit(d, i);
	if (d->changed && row->instruction >= 0 && d->changed[row->instruction])
		pen_word(pen, "+", INK(GOOD));
	else
		pen_text(pen, lit ? text_sign(SIGN_DOT) : STR(" "), INK(HOT));
	if (row->kind != DOCKERFILE_TEXT) {
		dockerfile_draw_rule(d, pen, row);
		return;
	}
	bool first = row->instruction >= 0 &&
	             d->recipe->instructions[row->instruction].first_line == row->line;
	char mark = first ? d->marks[row->instruction] : 0;
	if (first)
		pen_printf(pen, INK(FAINT), mark ? "%3d" : "%3d ", row->instruction + 1);
	if (mark)
		pen_word(pen, mark == '!' ? "!" : "?", mark == '!' ? INK(ERROR) : INK(WARNING));
	else if (!first)
		pen_word(pen, "    ", INK(TEXT));
	dockerfile_draw_verdict(d, pen, row);
	pen_shift(pen, d->list.shift);
	dockerfile_draw_text(d, pen, row);
	pen->shift = 0;
	pen_fill(pen, INK(TEXT));
}

void dockerfile_draw(struct dockerfile *d, struct surface *s, struct area a, bool focused)
{
	a = list_draw_bar(&d->list, s, a);
	bool timed = d->has_times && !d->stale && a.cols >= DOCKERFILE_TIMED;
	struct area times = area_cols(a, a.cols - DOCKERFILE_TIME, timed ? DOCKERFILE_TIME : 0);
	a.cols -= times.cols;
	for (int row = 0; row < a.rows && d->list.top + (size_t)row < d->list.n; row++) {
		size_t i = d->list.top + (size_t)row;
		struct pen pen = pen_at(s, a, row);
		if (i == d->list.cursor)
			pen.over = focused ? STYLE_CURSOR : STYLE_RESTING;
		if (dockerfile_is_lit(d, i) && !(focused && i == d->list.cursor))
			pen.over = STYLE_LINKED;
		dockerfile_draw_row(d, &pen, i);
		struct pen time = pen_at(s, times, row);
		time.over = pen.over;
		dockerfile_draw_time(d, &time, &d->rows[i]);
	}
}
