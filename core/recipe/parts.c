#include "core/recipe/parts.h"

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/recipe/text.h"
#include "core/value/json.h"

/* How the arguments of an instruction are divided (BuildKit's dispatch table). */
enum parts_shape {
	SHAPE_COMMAND,          /* a JSON array, or all as one */
	SHAPE_LIST,             /* a JSON array, or words between blanks */
	SHAPE_BLANKS,           /* words between blanks */
	SHAPE_TEXT,             /* all as one */
	SHAPE_NAMES,            /* words that may be quoted */
	SHAPE_PAIRS,            /* the same, each name=value; or a name and all the rest */
	SHAPE_HEALTH,           /* a word and a command */
	SHAPE_TRIGGER,          /* an instruction */
	SHAPE_NONE,
};

static const enum parts_shape parts_shapes[] = {
	[INSTRUCTION_FROM] = SHAPE_BLANKS,
	[INSTRUCTION_RUN] = SHAPE_COMMAND,
	[INSTRUCTION_COPY] = SHAPE_LIST,
	[INSTRUCTION_ADD] = SHAPE_LIST,
	[INSTRUCTION_WORKDIR] = SHAPE_TEXT,
	[INSTRUCTION_ARG] = SHAPE_NAMES,
	[INSTRUCTION_ENV] = SHAPE_PAIRS,
	[INSTRUCTION_LABEL] = SHAPE_PAIRS,
	[INSTRUCTION_EXPOSE] = SHAPE_BLANKS,
	[INSTRUCTION_CMD] = SHAPE_COMMAND,
	[INSTRUCTION_ENTRYPOINT] = SHAPE_COMMAND,
	[INSTRUCTION_HEALTHCHECK] = SHAPE_HEALTH,
	[INSTRUCTION_USER] = SHAPE_TEXT,
	[INSTRUCTION_VOLUME] = SHAPE_LIST,
	[INSTRUCTION_SHELL] = SHAPE_COMMAND,
	[INSTRUCTION_STOPSIGNAL] = SHAPE_TEXT,
	[INSTRUCTION_ONBUILD] = SHAPE_TRIGGER,
	[INSTRUCTION_MAINTAINER] = SHAPE_TEXT,
	[INSTRUCTION_UNKNOWN] = SHAPE_NONE,
};

/* What is being taken apart: a run of the joined line. */
struct parts_maker {
	struct lines *lines;
	const struct line *line;
	struct instruction_parts *parts;
	enum instruction_kind kind;
};

struct words {
	struct str *p;
	size_t n, cap;
};

static void words_finish(struct words *w)
{
	free(w->p);
}
#define owned_words __attribute__((cleanup(words_finish)))

static void words_add(struct words *w, struct str word)
{
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 8;
		w->p = xrealloc(w->p, w->cap, sizeof *w->p);
	}
	w->p[w->n++] = word;
}

static struct str *words_keep(const struct words *w, struct arena *arena)
{
	struct str *kept = arena_array(arena, w->n, sizeof *kept);
	if (w->n)
		memcpy(kept, w->p, w->n * sizeof *kept);
	return kept;
}

static struct span parts_span(const struct parts_maker *m, struct str part)
{
	return line_span(m->line, (size_t)(part.p - m->line->text.p), part.n);
}

/* Words, each a slice of the line. */
static void parts_set_args(struct parts_maker *m, const struct words *w)
{
	struct span *at = arena_array(m->lines->arena, w->n, sizeof *at);
	for (size_t i = 0; i < w->n; i++)
		at[i] = parts_span(m, w->p[i]);
	m->parts->args = words_keep(w, m->lines->arena);
	m->parts->nargs = w->n;
	m->parts->args_at = at;
}

static void parts_set_whole(struct parts_maker *m, struct str first, struct str rest)
{
	struct words w owned_words = { 0 };
	if (first.n)
		words_add(&w, first);
	if (rest.n)
		words_add(&w, rest);
	parts_set_args(m, &w);
}

static void parts_set_blanks(struct parts_maker *m, struct str rest)
{
	struct words w owned_words = { 0 };
	for (size_t at = 0; at < rest.n;) {
		size_t n = 0;
		while (at + n < rest.n && !text_is_blank(rest.p[at + n]))
			n++;
		if (n)
			words_add(&w, str_slice(rest, at, n));
		at += n + 1;
	}
	parts_set_args(m, &w);
}

/* Where the word that starts at `at` ends. */
static size_t parts_word_end(struct str line, size_t at, char escape)
{
	char quote = 0;
	while (at < line.n) {
		char c = line.p[at];
		if (!quote && text_space(str_slice(line, at, STR_NONE)))
			break;
		if (c == escape && quote != '\'' && at + 1 < line.n) {
			at += 2;
			continue;
		}
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
		at++;
	}
	return at;
}

static bool parts_ends_in_escape(struct str word, char escape)
{
	char quote = 0;
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		if (c == escape && quote != '\'' && ++i == word.n)
			return true;
		if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"')
			quote = c;
	}
	return false;
}

static void parts_find_words(struct words *w, struct str line, char escape)
{
	for (size_t at = 0, space; at < line.n;) {
		if ((space = text_space(str_slice(line, at, STR_NONE))) > 0) {
			at += space;
			continue;
		}
		size_t end = parts_word_end(line, at, escape), n = end - at;
		/* An escape at the line's end escapes nothing and is dropped. */
		if (end == line.n && parts_ends_in_escape(str_slice(line, at, n), escape))
			n--;
		if (n)
			words_add(w, str_slice(line, at, n));
		at = end;
	}
}

size_t parts_words(struct arena *arena, struct str line, char escape, struct str **ret_words)
{
	struct words w owned_words = { 0 };
	parts_find_words(&w, line, escape);
	*ret_words = words_keep(&w, arena);
	return w.n;
}

static bool parts_set_pairs(struct parts_maker *m, struct str rest)
{
	struct words w owned_words = { 0 };
	const char *keyword = instruction_keyword(m->kind);
	parts_find_words(&w, rest, m->lines->escape);
	if (w.n && str_find(w.p[0], '=') == STR_NONE) {
		size_t n = 0;
		while (n < rest.n && !text_is_blank(rest.p[n]))
			n++;
		struct str value = text_trim_left(str_slice(rest, n, STR_NONE));
		if (value.n == 0)
			return problems_add(m->lines->problems, SEVERITY_ERROR, "dockerfile-syntax",
			                    parts_span(m, rest), "%s %.*s has no value: write %s %.*s=value",
			                    keyword, STR_ARG(rest), keyword, STR_ARG(rest));
		parts_set_whole(m, str_slice(rest, 0, n), value);
		return true;
	}
	for (size_t i = 0; i < w.n; i++)
		if (str_find(w.p[i], '=') == STR_NONE)
			return problems_add(m->lines->problems, SEVERITY_ERROR, "dockerfile-syntax",
			                    parts_span(m, w.p[i]), "'%.*s' has no '=': %s takes name=value, "
			                    "with quotes around a value that has blanks",
			                    STR_ARG(w.p[i]), keyword);
	parts_set_args(m, &w);
	return true;
}

/* As Go reads it: bytes that are no UTF-8 become U+FFFD. */
static bool parts_read_json(struct arena *arena, struct str text, const struct value **ret_list)
{
	struct buf valid owned_buf = { 0 };
	struct error ignored;
	if (utf8_invalid(text) != STR_NONE) {
		utf8_append_valid(&valid, text);
		text = arena_str(arena, buf_str(&valid));
	}
	return value_parse_json(arena, text, ret_list, &ignored);
}

enum json_form { JSON_NOT, JSON_WORDS, JSON_WRONG };

/* What is no JSON array is a command for the shell; an array of something else
 * than strings is an error. */
static enum json_form parts_set_json(struct parts_maker *m, struct str rest)
{
	struct arena *arena = m->lines->arena;
	const struct value *list;
	if (rest.n == 0 || rest.p[0] != '[' || !parts_read_json(arena, rest, &list))
		return JSON_NOT;
	size_t n = value_count(list), i = 0;
	struct str *args = arena_array(arena, n, sizeof *args);
	struct span *at = arena_array(arena, n, sizeof *at);
	for (const struct value *v = value_child(list); v; v = value_next(v)) {
		if (value_type(v) != VALUE_STRING) {
			problems_add(m->lines->problems, SEVERITY_ERROR, "dockerfile-syntax",
			             parts_span(m, rest), "the JSON form takes strings only: put quotes "
			             "around every element");
			return JSON_WRONG;
		}
		args[i] = value_text(v);
		at[i++] = parts_span(m, rest);
	}
	m->parts->args = args;
	m->parts->nargs = n;
	m->parts->args_at = at;
	m->parts->form = FORM_EXEC;
	return JSON_WORDS;
}

static bool parts_set_command(struct parts_maker *m, struct str rest)
{
	enum json_form form = parts_set_json(m, rest);
	if (form == JSON_NOT)
		parts_set_whole(m, (struct str){ 0 }, rest);
	return form != JSON_WRONG;
}

/* The keyword before a HEALTHCHECK's command goes in front of its words. */
static bool parts_set_health(struct parts_maker *m, struct str rest)
{
	size_t n = 0;
	while (n < rest.n && !text_space(str_slice(rest, n, STR_NONE)))
		n++;
	struct str type = str_slice(rest, 0, n);
	struct str command = text_trim_left(str_slice(rest, n, STR_NONE));
	enum json_form form = parts_set_json(m, command);
	if (form == JSON_NOT)
		parts_set_whole(m, type, command);
	if (form != JSON_WORDS)
		return form != JSON_WRONG;
	struct instruction_parts *p = m->parts;
	struct str *args = arena_array(m->lines->arena, p->nargs + 1, sizeof *args);
	struct span *at = arena_array(m->lines->arena, p->nargs + 1, sizeof *at);
	args[0] = type;
	at[0] = parts_span(m, type);
	memcpy(args + 1, p->args, p->nargs * sizeof *args);
	memcpy(at + 1, p->args_at, p->nargs * sizeof *at);
	p->args = args;
	p->args_at = at;
	p->nargs++;
	return true;
}

/* A flag's text without quotes and escapes, as "--name" or "--name=value". */
static struct pair parts_flag(struct arena *arena, struct str word, char escape)
{
	struct buf plain owned_buf = { 0 };
	char quote = 0;
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		if (quote ? c == quote : (c == '\'' || c == '"')) {
			quote = quote ? 0 : c;
			continue;
		}
		if (c == escape && ++i == word.n)
			break;
		buf_append_char(&plain, word.p[i]);
	}
	struct str text = str_slice(arena_str(arena, buf_str(&plain)), 2, STR_NONE);
	size_t n = str_find(text, '=');
	if (n == STR_NONE)
		return (struct pair){ text, { NULL, 0 } };
	return (struct pair){ str_slice(text, 0, n), str_slice(text, n + 1, STR_NONE) };
}

/* Where a flag ends; here the escape counts inside single quotes too. */
static size_t parts_flag_end(struct str line, size_t at, char escape)
{
	for (char quote = 0; at < line.n; at++) {
		char c = line.p[at];
		if (!quote && text_space(str_slice(line, at, STR_NONE)))
			break;
		if (quote ? c == quote : (c == '\'' || c == '"'))
			quote = quote ? 0 : c;
		else if (c == escape && at + 1 < line.n)
			at++;
	}
	return at;
}

/* Takes the flags off the front of *rest. */
static void parts_set_flags(struct parts_maker *m, struct str *rest)
{
	struct words w owned_words = { 0 };
	char escape = m->lines->escape;
	for (;;) {
		*rest = text_trim_left(*rest);
		if (!str_has_prefix(*rest, STR("--")))
			break;
		struct str word = str_slice(*rest, 0, parts_flag_end(*rest, 0, escape));
		*rest = str_slice(*rest, word.n, STR_NONE);
		if (str_eq(word, STR("--")))
			break;
		words_add(&w, word);
	}
	*rest = text_trim(*rest);
	struct pair *flags = arena_array(m->lines->arena, w.n, sizeof *flags);
	struct span *at = arena_array(m->lines->arena, w.n, sizeof *at);
	for (size_t i = 0; i < w.n; i++) {
		flags[i] = parts_flag(m->lines->arena, w.p[i], escape);
		at[i] = parts_span(m, w.p[i]);
	}
	m->parts->flags = flags;
	m->parts->flags_at = at;
	m->parts->nflags = w.n;
}

static bool parts_make(struct parts_maker *, struct str text, bool nested);

static bool parts_set_trigger(struct parts_maker *m, struct str rest)
{
	if (rest.n == 0)
		return true;
	struct instruction_parts *inner = arena_alloc(m->lines->arena, sizeof *inner);
	struct parts_maker sub = { .lines = m->lines, .line = m->line, .parts = inner };
	if (!parts_make(&sub, rest, true))
		return false;
	m->parts->trigger = inner;
	m->parts->trigger_kind = sub.kind;
	return true;
}

static bool parts_set(struct parts_maker *m, struct str rest, bool nested)
{
	switch (parts_shapes[m->kind]) {
	case SHAPE_LIST:
		switch (parts_set_json(m, rest)) {
		case JSON_WORDS: return true;
		case JSON_WRONG: return false;
		case JSON_NOT: break;
		}
		parts_set_blanks(m, rest);
		return true;
	case SHAPE_BLANKS:
		parts_set_blanks(m, rest);
		return true;
	case SHAPE_TEXT:
		parts_set_whole(m, (struct str){ 0 }, rest);
		return true;
	case SHAPE_NAMES: {
		struct words w owned_words = { 0 };
		parts_find_words(&w, rest, m->lines->escape);
		parts_set_args(m, &w);
		return true;
	}
	case SHAPE_COMMAND: return parts_set_command(m, rest);
	case SHAPE_PAIRS: return parts_set_pairs(m, rest);
	case SHAPE_HEALTH: return parts_set_health(m, rest);
	case SHAPE_TRIGGER: return nested || parts_set_trigger(m, rest);
	case SHAPE_NONE: break;
	}
	return true;
}

static bool parts_make(struct parts_maker *m, struct str text, bool nested)
{
	text = text_trim(text);
	size_t n = 0;
	while (n < text.n && !text_is_blank(text.p[n]))
		n++;
	struct str rest = str_slice(text, n, STR_NONE);
	*m->parts = (struct instruction_parts){ .keyword = str_slice(text, 0, n),
	                                        .trigger_kind = INSTRUCTION_UNKNOWN };
	m->parts->keyword_at = parts_span(m, m->parts->keyword);
	m->kind = instruction_find(m->parts->keyword);
	parts_set_flags(m, &rest);
	return parts_set(m, rest, nested);
}

bool parts_split(struct lines *lines, const struct line *line, enum instruction_kind *ret_kind,
                 struct instruction_parts *ret_parts)
{
	struct instruction_parts parts;
	struct parts_maker m = { .lines = lines, .line = line, .parts = &parts };
	if (!parts_make(&m, line->text, false))
		return false;
	*ret_kind = m.kind;
	*ret_parts = parts;
	return true;
}
