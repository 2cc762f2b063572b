/* The project view: findings mended, and rules ignored, where they stand. */
#include "tui/view_project_fix.h"

#include <stdlib.h>

#include "core/base/sequence.h"
#include "core/base/utf8.h"
#include "core/config/edit.h"
#include "core/os/files.h"
#include "tui/view_project_inside.h"

/* Lines of a preview that anybody reads. */
enum { FIX_PREVIEW = 40 };

void view_fix_finish(struct view_fix *f)
{
	arena_free(f->arena);
	*f = (struct view_fix){ 0 };
}

/* ---- what would be written ---- */

static void fix_preview_line(struct buf *out, const char *mark, struct str line, size_t *left)
{
	if (*left == 0)
		return;
	(*left)--;
	buf_append_text(out, mark);
	utf8_append_visible(out, line);
	buf_append_char(out, '\n');
}

void view_fix_preview(struct str before, struct str after, size_t most, struct buf *out)
{
	owned(arena) struct arena *arena = arena_new();
	struct sequence_lines lines;
	size_t left = most, all = 0;
	sequence_lines(arena, before, after, &lines);
	for (size_t i = 0; i < lines.nchanges; i++) {
		const struct sequence_change *c = &lines.changes[i];
		all += c->na + c->nb;
		if (left)
			buf_printf(out, "\x02line %zu\n", c->a + 1);
		for (size_t k = 0; k < c->na; k++)
			fix_preview_line(out, "- ", lines.a[c->a + k], &left);
		for (size_t k = 0; k < c->nb; k++)
			fix_preview_line(out, "\x01+ ", lines.b[c->b + k], &left);
	}
	if (all > most)
		buf_printf(out, "\x02""and %zu more lines\n", all - most);
}

/* ---- writing it ---- */

static void fix_write(void *data)
{
	struct view_project *v = data;
	struct view_fix *f = &v->fix;
	owned_buf struct buf said = { 0 };
	struct error err;
	if (!f->arena)
		return;
	bool ok = changes_save(v->edit.changes, f->path, f->before, f->after, f->what, &err);
	buf_printf(&said, "%s: %s (u undoes)", f->name, f->what);
	view_fix_finish(f);
	app_reread(v->view.app);
	if (ok)
		app_say(v->view.app, "%s", buf_text(&said));
	else
		app_alert(v->view.app, "%s", err.text);
}

/* Nothing is written before the user has seen it.  The edits are ascending, none overlaps. */
static bool fix_ask(struct view_project *v, const struct source *source, const struct edit *edits,
                    size_t n, const char *what)
{
	struct view_fix *f = &v->fix;
	owned_buf struct buf after = { 0 }, text = { 0 };
	view_fix_finish(f);
	f->arena = arena_new();
	f->path = files_absolute(f->arena, source->path);
	f->name = arena_text(f->arena, str_of(source->name ? source->name : source->path));
	f->what = arena_text(f->arena, str_of(what));
	f->before = arena_str(f->arena, source->text);
	edit_apply(&after, f->before, &(struct edits){ edits, n });
	f->after = arena_str(f->arena, buf_str(&after));
	utf8_append_visible(&text, str_of(f->name));
	buf_append_text(&text, ": ");
	utf8_append_visible(&text, str_of(what));
	buf_append_text(&text, "\n\n");
	view_fix_preview(f->before, f->after, FIX_PREVIEW, &text);
	app_open(v->view.app, popup_new_question("Write this?", buf_take(&text), fix_write, v));
	return true;
}

/* ---- which finding ---- */

/* What the cursor is on: gone to last, of the panel's line, or of this row of the Dockerfile
 * the first, or the first that can be mended. */
static const struct problem *fix_here(const struct view_project *v, bool can_mend)
{
	const struct problems *problems = v->project->problems;
	const struct dockerfile_row *row = dockerfile_row(&v->dockerfile);
	size_t n = problems ? problems_count(problems) : 0, at = v->problem;
	if (v->panel.has_keys && v->panel.list.n)
		at = v->panel.list.cursor;
	if (at < n)
		return problems_get(problems, at);
	const struct problem *first = NULL;
	for (size_t i = 0; v->focus == PANE_DOCKERFILE && row && i < n; i++) {
		const struct problem *p = problems_get(problems, i);
		if (!dockerfile_is_at(&v->dockerfile, row, p))
			continue;
		if (p->nfix || !can_mend)
			return p;
		first = first ? first : p;
	}
	return first;
}

/* Edits of one file that stand apart from all that is taken already. */
static bool fix_fits(const struct edit *taken, size_t n, const struct problem *p)
{
	for (size_t i = 0; i < p->nfix; i++)
		for (size_t k = 0; k < n; k++) {
			const struct span *a = &taken[k].at, *b = &p->fix[i].at;
			bool is_apart = a->at + (size_t)a->size < b->at || b->at + (size_t)b->size < a->at;
			if (!is_apart)
				return false;
		}
	return true;
}

static int fix_compare(const void *a, const void *b)
{
	const struct edit *one = a, *other = b;
	return one->at.at < other->at.at ? -1 : one->at.at > other->at.at;
}

static bool fix_is_of(const struct problem *p, const struct source *source)
{
	for (size_t i = 0; i < p->nfix; i++)
		if (p->fix[i].at.source != source)
			return false;
	return p->nfix > 0;
}

static bool fix_one(struct view_project *v)
{
	const struct problem *p = fix_here(v, true);
	owned_buf struct buf what = { 0 };
	if (!p) {
		app_say(v->view.app, "nothing was found at this line: ]d goes to what was");
		return true;
	}
	if (!p->nfix || !fix_is_of(p, p->fix[0].at.source)) {
		app_say(v->view.app, "%s has no fix that can be made by itself", p->rule);
		return true;
	}
	buf_printf(&what, "%s mended", p->rule);
	return fix_ask(v, p->fix[0].at.source, p->fix, p->nfix, buf_text(&what));
}

/* The file that the cursor is about. */
static const struct source *fix_source(const struct view_project *v)
{
	const struct problem *p = fix_here(v, false);
	if (p)
		return p->at.source;
	return dockerfile_is_read(&v->dockerfile) ? v->dockerfile.recipe->instructions[0].at.source
	                                          : NULL;
}

static bool fix_all(struct view_project *v)
{
	owned(arena) struct arena *arena = arena_new();
	const struct problems *problems = v->project->problems;
	const struct source *source = fix_source(v);
	owned_buf struct buf what = { 0 };
	size_t n = 0, mended = 0, left = 0, most = 0;
	for (size_t i = 0; problems && i < problems_count(problems); i++)
		most += problems_get(problems, i)->nfix;
	struct edit *edits = arena_array(arena, most + 1, sizeof *edits);
	for (size_t i = 0; source && problems && i < problems_count(problems); i++) {
		const struct problem *p = problems_get(problems, i);
		if (!fix_is_of(p, source))
			continue;
		if (!fix_fits(edits, n, p)) {
			left++;
			continue;
		}
		for (size_t k = 0; k < p->nfix; k++)
			edits[n++] = p->fix[k];
		mended++;
	}
	if (mended == 0) {
		app_say(v->view.app, "nothing in this file can be mended by itself");
		return true;
	}
	qsort(edits, n, sizeof *edits, fix_compare);
	buf_printf(&what, "%zu finding%s mended", mended, mended == 1 ? "" : "s");
	if (left)
		buf_printf(&what, ", %zu left for another gF", left);
	return fix_ask(v, source, edits, n, buf_text(&what));
}

/* ---- ignoring ---- */

static size_t fix_line_start(struct str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

/* The line before this one, without its end; n 0: there is none. */
static struct str fix_line_before(struct str text, size_t start)
{
	size_t end = start > 0 ? start - 1 : 0;
	size_t from = fix_line_start(text, end);
	return str_trim(str_slice(text, from, end - from));
}

/* Adds to the comment that stands there, or makes one. */
static bool fix_ignore_at(struct view_project *v, const struct problem *p,
                          const struct instruction *in)
{
	static const char comment[] = "# mortar: ignore=";
	owned(arena) struct arena *arena = arena_new();
	struct str text = p->at.source->text;
	size_t start = fix_line_start(text, in->at.at), first_end = str_find(text, '\n');
	struct str above = fix_line_before(text, start);
	bool is_crlf = first_end != STR_NONE && first_end > 0 && text.p[first_end - 1] == '\r';
	struct edit edit = { .at = { p->at.source, (uint32_t)start, 0 } };
	if (above.n && str_has_prefix(above, str_of(comment))) {
		edit.at.at = (uint32_t)(above.p + above.n - text.p);
		edit.text = str_of(arena_printf(arena, ",%s", p->rule));
	} else {
		edit.text = str_of(arena_printf(arena, "%s%s%s", comment, p->rule,
		                                is_crlf ? "\r\n" : "\n"));
	}
	return fix_ask(v, p->at.source, &edit, 1, arena_printf(arena, "%s ignored", p->rule));
}

static bool fix_ignore(struct view_project *v)
{
	const struct problem *p = fix_here(v, false);
	const struct recipe *r = v->dockerfile.recipe;
	if (!p) {
		app_say(v->view.app, "nothing was found at this line: ]d goes to what was");
		return true;
	}
	for (size_t i = 0; dockerfile_has(&v->dockerfile, p) && i < r->ninstructions; i++) {
		const struct span *at = &r->instructions[i].at;
		if (p->at.at >= at->at && p->at.at <= at->at + (size_t)at->size)
			return fix_ignore_at(v, p, &r->instructions[i]);
	}
	app_say(v->view.app, "there is no instruction at it: [lint] ignore in .mortar.toml takes %s",
	        p->rule);
	return true;
}

bool view_fix_act(struct view_project *v, enum action action)
{
	switch (action) {
	case ACTION_FIX: return fix_one(v);
	case ACTION_FIX_ALL: return fix_all(v);
	case ACTION_IGNORE: return fix_ignore(v);
	default: return false;
	}
}
