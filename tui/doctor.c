#include "tui/doctor.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/job/doctor.h"
#include "core/job/worker.h"
#include "tui/text.h"

/* ---- asking ---- */

struct doctor_request {
	struct worker *worker;
	struct term_facts term;
	doctor_fn *done;
	void *data;
	bool is_done;
};

static struct value *doctor_colours(struct arena *a, const struct term_facts *t)
{
	struct value *row;
	if (t->used == 0)
		row = doctor_row(a, "colours", t->no_color || !t->is_known ? DOCTOR_OK : DOCTOR_ABSENT,
		                 "none: %s", t->no_color ? "NO_COLOR is set" :
		                 "terminfo has none for this terminal");
	else if (t->used >= 1 << 24)
		row = doctor_row(a, "colours", DOCTOR_OK, "24 bit: terminfo has RGB");
	else
		row = doctor_row(a, "colours", DOCTOR_OK, "%u of %d in terminfo%s", t->used, t->colours,
		                 t->defines ? "; the theme's own are defined (COLORTERM, ccc)" :
		                 t->can_define ? "; its palette can be changed (ccc)" : "");
	doctor_number(a, row, "used", t->used);
	doctor_number(a, row, "terminfo", t->colours > 0 ? (unsigned)t->colours : 0);
	doctor_truth(a, row, "rgb", t->has_rgb);
	doctor_truth(a, row, "ccc", t->can_define);
	doctor_truth(a, row, "defines", t->defines);
	doctor_truth(a, row, "no_color", t->no_color);
	return row;
}

static struct value *doctor_term(struct arena *a, const struct term_facts *t)
{
	struct value *row;
	if (!t->name || !t->name[0]) {
		row = doctor_row(a, "TERM", DOCTOR_PROBLEM, "not set, so nothing is known of the terminal");
		doctor_remedy(a, row, "export TERM=xterm-256color");
	} else if (!t->is_known) {
		row = doctor_row(a, "TERM", DOCTOR_PROBLEM, "'%s' is not known here", t->name);
		doctor_remedy(a, row, "%sapt install ncurses-term, or export TERM=xterm-256color",
		              geteuid() ? "sudo " : "");
	} else if (!t->can_place) {
		row = doctor_row(a, "TERM", DOCTOR_PROBLEM, "'%s' cannot place its cursor: the workbench "
		                 "needs that, commands do not", t->name);
		doctor_remedy(a, row, "export TERM=xterm-256color in a terminal that is one");
	} else {
		row = doctor_row(a, "TERM", DOCTOR_OK, "%s", t->name);
	}
	doctor_text(a, row, "term", t->name);
	doctor_truth(a, row, "known", t->is_known);
	return row;
}

static struct value *doctor_size(struct arena *a, const struct term_facts *t)
{
	struct value *row;
	if (!t->is_terminal)
		row = doctor_row(a, "size", DOCTOR_ABSENT, "stdout is no terminal: the workbench needs "
		                 "one, commands do not");
	else if (t->rows <= 0 || t->cols <= 0)
		row = doctor_row(a, "size", DOCTOR_ABSENT, "the terminal does not tell its size");
	else
		row = doctor_row(a, "size", DOCTOR_OK, "%d columns, %d rows", t->cols, t->rows);
	doctor_truth(a, row, "terminal", t->is_terminal);
	doctor_number(a, row, "columns", t->cols > 0 ? (unsigned)t->cols : 0);
	doctor_number(a, row, "rows", t->rows > 0 ? (unsigned)t->rows : 0);
	return row;
}

static struct value *doctor_terminal(struct arena *a, const struct term_facts *t)
{
	struct value *all = value_new_array(a), *row;
	doctor_add(all, doctor_term(a, t));
	doctor_add(all, doctor_size(a, t));
	doctor_add(all, doctor_colours(a, t));
	if (text_is_ascii()) {
		row = doctor_row(a, "letters", DOCTOR_ABSENT, "ASCII only: the locale is not UTF-8");
		doctor_remedy(a, row, "export LC_ALL=C.UTF-8");
	} else {
		row = doctor_row(a, "letters", DOCTOR_OK, "UTF-8");
	}
	doctor_truth(a, row, "utf8", !text_is_ascii());
	doctor_add(all, row);
	row = t->has_alternate
	      ? doctor_row(a, "screen", DOCTOR_OK, "what was there comes back when mortar ends")
	      : doctor_row(a, "screen", DOCTOR_ABSENT, "no alternate one: what was there is drawn "
	                   "over");
	doctor_truth(a, row, "alternate", t->has_alternate);
	doctor_add(all, row);
	return all;
}

static void doctor_line(void *data, const struct value *line, bool ended_well)
{
	struct doctor_request *q = data;
	struct error err;
	(void)ended_well;
	if (q->is_done)
		return;
	q->is_done = true;
	if (!line) {
		error_set(&err, ERROR_SYSTEM, "the worker 'doctor' has died");
		q->done(q->data, NULL, &err);
	} else if (worker_error(line, &err)) {
		q->done(q->data, NULL, &err);
	} else {
		owned(arena) struct arena *a = arena_new();
		struct value *document = value_share(a, line);
		value_set(a, document, "terminal", doctor_terminal(a, &q->term));
		q->done(q->data, document, NULL);
	}
}

struct doctor_request *doctor_start(struct loop *loop, const char *engine,
                                    const struct term_facts *term, doctor_fn *done, void *data,
                                    struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	owned(doctor_request) struct doctor_request *q = xcalloc(1, sizeof *q);
	struct value *argument = value_new_object(a);
	q->term = *term;
	q->done = done;
	q->data = data;
	doctor_text(a, argument, "engine", engine);
	q->worker = worker_start(loop, "doctor", argument, doctor_line, q, err);
	return q->worker ? take(q) : NULL;
}

void doctor_request_free(struct doctor_request *q)
{
	if (!q)
		return;
	worker_free(q->worker);
	free(q);
}

/* ---- the text ---- */

enum { DOCTOR_NAME_MAX = 14, DOCTOR_INDENT = 6, DOCTOR_LEAST = 20 };

static struct str doctor_member(const struct value *row, const char *key)
{
	const struct value *v = value_get(row, str_of(key));
	return v ? value_text(v) : (struct str){ 0 };
}

/* Words of text from column `at` on, each further line with that indent. */
static void doctor_wrap(struct buf *out, struct str text, size_t at, size_t columns)
{
	size_t room = columns > at + DOCTOR_LEAST ? columns - at : DOCTOR_LEAST, used = 0;
	struct str word;
	while (str_next(&text, ' ', &word)) {
		size_t width = text_width(word), cut;
		if (used && used + 1 + width > room) {
			buf_append_char(out, '\n');
			buf_append_fill(out, ' ', at);
			used = 0;
		} else if (used) {
			buf_append_char(out, ' ');
			used++;
		}
		for (; width > room; width = text_width(word)) {
			struct str part = text_cut(word, room, &cut);
			buf_append(out, part);
			buf_append_char(out, '\n');
			buf_append_fill(out, ' ', at);
			word = str_slice(word, part.n, word.n);
		}
		buf_append(out, word);
		used += width;
	}
	buf_append_char(out, '\n');
}

/* Signs that need no colour. */
static const char *doctor_sign(struct str state)
{
	if (str_eq(state, str_of(doctor_state_name(DOCTOR_OK))))
		return "ok";
	return str_eq(state, str_of(doctor_state_name(DOCTOR_ABSENT))) ? "--" : "!!";
}

static size_t doctor_name_width(const struct value *document)
{
	size_t widest = 0;
	for (const struct value *s = value_child(document); s; s = value_next(s))
		for (const struct value *row = value_child(s); row; row = value_next(row)) {
			size_t width = text_width(doctor_member(row, "name"));
			widest = width > widest && width <= DOCTOR_NAME_MAX ? width : widest;
		}
	return widest;
}

static void doctor_write_row(struct buf *out, const struct value *row, size_t names,
                             size_t columns)
{
	struct str name = doctor_member(row, "name"), remedy = doctor_member(row, "remedy");
	size_t at = DOCTOR_INDENT + names + 2, width = text_width(name);
	buf_printf(out, "  %s  %.*s", doctor_sign(doctor_member(row, "state")), STR_ARG(name));
	if (width > names) {
		buf_append_char(out, '\n');
		buf_append_fill(out, ' ', at);
	} else {
		buf_append_fill(out, ' ', names - width + 2);
	}
	doctor_wrap(out, doctor_member(row, "text"), at, columns);
	if (!remedy.n)
		return;
	buf_append_fill(out, ' ', at);
	buf_append_text(out, "do: ");
	doctor_wrap(out, remedy, at + 4, columns);
}

void doctor_write_text(struct buf *out, const struct value *document, size_t columns,
                       bool is_popup)
{
	size_t names = doctor_name_width(document);
	const struct value *ok = value_get(document, STR("ok"));
	const struct value *chosen = value_at(document, STR("/engines/0"));
	struct str version = doctor_member(document, "mortar");
	bool can = ok && value_is_true(ok);
	/* What a build takes by itself may be silent where others answer. */
	bool by_name = can && chosen && str_eq(doctor_member(chosen, "answers"), STR("false"));
	buf_printf(out, "%smortar %.*s %s build here%s\n", is_popup ? "\x01" : "", STR_ARG(version),
	           can ? "can" : "cannot", by_name ? ", but only with --engine" : "");
	for (const struct value *s = value_child(document); s; s = value_next(s)) {
		struct str title = value_key(s);
		if (value_type(s) != VALUE_ARRAY || !value_child(s))
			continue;
		buf_printf(out, "\n%s%.*s\n", is_popup ? "\x01" : "", STR_ARG(title));
		for (const struct value *row = value_child(s); row; row = value_next(row))
			doctor_write_row(out, row, names, columns);
	}
}
