#include "core/history/filter.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/base/similar.h"
#include "core/project/preferences.h"

enum filter_op { OP_HAS, OP_IS, OP_MORE, OP_AT_LEAST, OP_LESS, OP_AT_MOST };

enum filter_state { IS_PINNED = HISTORY_LOST + 1, IS_IMPORTED, IS_BATCH, IS_COUNT };

struct filter_word {
	bool not;
	enum {
		WORD_ANYWHERE, WORD_TEXT,       /* text; in a field */
		WORD_NUMBER,                    /* number; in a field */
		WORD_STATE,                     /* state */
	} form;
	enum filter_op op;
	enum history_field field;
	struct str text;
	double number;
	int state;
};

struct history_filter {
	struct arena *arena;
	struct filter_word *words;
	size_t n, cap;
	double now;
};

/* ---- words ---- */

/* The front word of the rest without its quotes; false: a quote is not closed. */
static bool filter_token(struct str *rest, struct buf *out)
{
	bool quoted = false;
	size_t i = 0;
	buf_clear(out);
	for (; i < rest->n && (quoted || rest->p[i] != ' '); i++) {
		if (rest->p[i] == '"')
			quoted = !quoted;
		else
			buf_append_char(out, rest->p[i]);
	}
	*rest = str_slice(*rest, i, rest->n);
	return !quoted;
}

static enum filter_op filter_op(struct str s, size_t *ret_size)
{
	bool equal = s.n > 1 && s.p[1] == '=';
	*ret_size = 1;
	if (s.p[0] == ':')
		return OP_HAS;
	if (s.p[0] == '=')
		return OP_IS;
	*ret_size += equal;
	return s.p[0] == '>' ? (equal ? OP_AT_LEAST : OP_MORE) : (equal ? OP_AT_MOST : OP_LESS);
}

static const char *filter_state_name(int state)
{
	static const char *const names[] = { "pinned", "imported", "batch" };
	return state > HISTORY_LOST ? names[state - IS_PINNED]
	                            : history_state_name((enum history_state)state);
}

/* One of the names below `most`; column is where the word began. */
static bool filter_state(struct str text, int most, size_t column, int *ret_state,
                         struct error *err)
{
	struct similar similar = { .typed = text };
	owned_buf struct buf known = { 0 };
	for (int state = 0; state < most; state++) {
		if (str_eq(text, str_of(filter_state_name(state)))) {
			*ret_state = state;
			return true;
		}
		similar_try(&similar, filter_state_name(state));
		buf_printf(&known, "%s%s", state ? ", " : "", filter_state_name(state));
	}
	return error_set(err, ERROR_USAGE, "column %zu: no build is '%.*s': %s%s", column,
	                 STR_ARG(text), similar.best ? "was it " : "it is one of ",
	                 similar.best ? similar.best : buf_text(&known));
}

static bool filter_number(struct filter_word *w, double now, size_t column, struct error *err)
{
	unsigned long long bytes;
	switch (w->field) {
	case FIELD_WHEN:
		return history_parse_moment(w->text, now, &w->number) ||
		       error_set(err, ERROR_USAGE, "column %zu: '%.*s' is no time: 2d, 3h, today, "
		                 "yesterday, 2026-11-01 or 2026-11-01T12:30", column, STR_ARG(w->text));
	case FIELD_TOOK:
		return history_parse_duration(w->text, &w->number) ||
		       error_set(err, ERROR_USAGE, "column %zu: '%.*s' is no duration: 90, 90s, 1m30s, 2h",
		                 column, STR_ARG(w->text));
	case FIELD_SIZE:
		if (!preferences_bytes(w->text, &bytes))
			return error_set(err, ERROR_USAGE, "column %zu: '%.*s' is no size: 500, 64K, 10MB, "
			                 "1GB", column, STR_ARG(w->text));
		w->number = (double)bytes;
		return true;
	default:
		return error_set(err, ERROR_USAGE, "column %zu: %s cannot be compared by > and <: when, "
		                 "took and size can", column, history_field_name(w->field));
	}
}

/* Words that are no field: since, before, is.  false: it is none of them. */
static bool filter_special(struct str key, enum filter_op op, struct filter_word *w)
{
	if (op != OP_HAS && op != OP_IS)
		return false;
	w->form = WORD_NUMBER;
	w->field = FIELD_WHEN;
	w->op = str_eq(key, STR("since")) ? OP_AT_LEAST : OP_LESS;
	if (str_eq(key, STR("is")))
		w->form = WORD_STATE;
	return w->form == WORD_STATE || w->op == OP_AT_LEAST || str_eq(key, STR("before"));
}

/* What the word's key makes of it; without one it stays a text. */
static void filter_key(struct filter_word *w)
{
	size_t at = 0, size;
	while (at < w->text.n && !strchr(":=<>", w->text.p[at]))
		at++;
	if (at == w->text.n)
		return;
	struct str key = str_slice(w->text, 0, at);
	struct filter_word made = { .not = w->not };
	made.op = filter_op(str_slice(w->text, at, w->text.n), &size);
	made.text = str_slice(w->text, at + size, w->text.n);
	enum filter_op op = made.op;
	if (!filter_special(key, op, &made)) {
		made.field = history_field_find(key);
		made.op = op;
		made.form = op > OP_IS ? WORD_NUMBER : WORD_TEXT;
		if (made.field == FIELD_COUNT)
			return;
	}
	*w = made;
}

static bool filter_word(struct history_filter *f, struct str token, size_t column,
                        struct filter_word *ret_word, struct error *err)
{
	struct filter_word w = { .text = arena_str(f->arena, token) };
	w.not = w.text.n > 1 && w.text.p[0] == '!';
	w.text = str_slice(w.text, w.not, w.text.n);
	filter_key(&w);
	if (w.form == WORD_NUMBER && !filter_number(&w, f->now, column, err))
		return false;
	if (w.form == WORD_STATE && !filter_state(w.text, IS_COUNT, column, &w.state, err))
		return false;
	if (w.form == WORD_TEXT && w.op == OP_IS && w.field == FIELD_RESULT &&
	    !filter_state(w.text, HISTORY_LOST + 1, column, &w.state, err))
		return false;
	*ret_word = w;
	return true;
}

static void filter_push(struct history_filter *f, struct filter_word word)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 8;
		f->words = xrealloc(f->words, f->cap, sizeof *f->words);
	}
	f->words[f->n++] = word;
}

struct history_filter *history_filter_new(struct str text, double now, struct error *err)
{
	owned(history_filter) struct history_filter *f = xcalloc(1, sizeof *f);
	owned_buf struct buf token = { 0 };
	struct filter_word word;
	f->arena = arena_new();
	f->now = now;
	for (struct str rest = text; ; ) {
		while (rest.n && rest.p[0] == ' ')
			rest = str_slice(rest, 1, rest.n);
		if (!rest.n)
			return take(f);
		size_t column = text.n - rest.n + 1;
		if (!filter_token(&rest, &token)) {
			error_set(err, ERROR_USAGE, "column %zu: the quote is not closed", column);
			return NULL;
		}
		if (!filter_word(f, buf_str(&token), column, &word, err))
			return NULL;
		filter_push(f, word);
	}
}

void history_filter_free(struct history_filter *f)
{
	if (!f)
		return;
	arena_free(f->arena);
	free(f->words);
	free(f);
}

void history_filter_add(struct history_filter *f, enum history_field field, struct str text)
{
	filter_push(f, (struct filter_word){ .form = WORD_TEXT, .op = OP_IS, .field = field,
	                                     .text = arena_str(f->arena, text) });
}

bool history_filter_since(struct history_filter *f, struct str moment, struct error *err)
{
	struct filter_word word = { .form = WORD_NUMBER, .op = OP_AT_LEAST, .field = FIELD_WHEN };
	if (!history_parse_moment(moment, f->now, &word.number))
		return error_set(err, ERROR_USAGE, "--since: '%.*s' is no time: 2d, 3h, today, yesterday, "
		                 "2026-11-01 or 2026-11-01T12:30", STR_ARG(moment));
	filter_push(f, word);
	return true;
}

/* ---- asking ---- */

static bool filter_compare(const struct filter_word *w, double number)
{
	switch (w->op) {
	case OP_MORE: return number > w->number;
	case OP_AT_LEAST: return number >= w->number;
	case OP_LESS: return number < w->number;
	case OP_AT_MOST: return number <= w->number;
	default: return false;
	}
}

static bool filter_has_number(const struct filter_word *w, const struct history_item *item,
                              double now)
{
	if (w->field == FIELD_WHEN)
		return filter_compare(w, item->started);
	if (w->field == FIELD_SIZE)
		return filter_compare(w, (double)item->size);
	double took = history_took(item, now);
	return took >= 0 && filter_compare(w, took);
}

static bool filter_has_state(const struct filter_word *w, const struct history_item *item)
{
	switch (w->state) {
	case IS_PINNED: return item->pinned;
	case IS_IMPORTED: return item->imported;
	case IS_BATCH: return item->nbuilds > 0;
	default: return (int)item->state == w->state;
	}
}

static bool filter_has_text(const struct filter_word *w, const struct history_item *item,
                            double now)
{
	owned_buf struct buf text = { 0 };
	if (w->form == WORD_ANYWHERE)
		history_text(item, now, &text);
	else if (w->op == OP_HAS || !history_field_value(item, w->field, &text))
		history_field_text(item, w->field, now, &text);
	if (w->form == WORD_TEXT && w->op == OP_IS)
		return str_eq(buf_str(&text), w->text);
	return !w->text.n || str_search(buf_str(&text), w->text, 0) != STR_NONE;
}

static bool filter_has(const struct filter_word *w, const struct history_item *item, double now)
{
	switch (w->form) {
	case WORD_NUMBER: return filter_has_number(w, item, now);
	case WORD_STATE: return filter_has_state(w, item);
	default: return filter_has_text(w, item, now);
	}
}

bool history_filter_passes(const struct history_filter *f, const struct history_item *item)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (filter_has(&f->words[i], item, f->now) == f->words[i].not)
			return false;
	return true;
}

void history_filter_write(enum history_field field, struct str value, struct buf *out)
{
	bool quotes = str_find(value, ' ') != STR_NONE;
	buf_printf(out, quotes ? "%s=\"%.*s\"" : "%s=%.*s", history_field_name(field),
	           STR_ARG(value));
}
