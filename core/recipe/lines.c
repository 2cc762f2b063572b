#include "core/recipe/lines.h"

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/recipe/text.h"

enum { PIECES_FIRST = 8 };

struct line_maker {
	struct buf text;
	struct line_piece *pieces;
	size_t n, cap;
};

static void line_maker_finish(struct line_maker *m)
{
	buf_finish(&m->text);
	free(m->pieces);
}

void lines_init(struct lines *l, struct arena *arena, const struct source *source,
                struct problems *problems)
{
	*l = (struct lines){ .arena = arena, .source = source, .problems = problems,
	                     .escape = '\\', .top = true };
	if (str_has_prefix(source->text, STR("\xef\xbb\xbf")))
		l->at = 3;
}

static struct span lines_span(const struct lines *l, struct str part)
{
	size_t at = (size_t)(part.p - l->source->text.p);
	return (struct span){ l->derived ? NULL : l->source, (uint32_t)at, (uint32_t)part.n };
}

bool lines_raw(struct lines *l, struct str *ret_text)
{
	struct str rest = str_slice(l->source->text, l->at, STR_NONE);
	if (rest.n == 0)
		return false;
	size_t end = str_find(rest, '\n');
	struct str line = str_slice(rest, 0, end);
	l->at += end == STR_NONE ? rest.n : end + 1;
	l->number++;
	if (line.n > LINES_LONGEST)
		problems_add(l->problems, SEVERITY_ERROR, "dockerfile-syntax",
		             lines_span(l, str_slice(line, 0, 1)),
		             "the line has %zu bytes: builders read at most %d; break it with '%c' "
		             "at the end of a line", line.n, LINES_LONGEST, l->escape);
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*ret_text = line;
	return true;
}

static bool lines_is_comment(struct str line)
{
	line = text_trim_left(line);
	return line.n && line.p[0] == '#';
}

static bool lines_set_escape(struct lines *l, struct str value)
{
	if (value.n == 1 && (value.p[0] == '\\' || value.p[0] == '`')) {
		l->escape = value.p[0];
		return true;
	}
	return problems_add(l->problems, SEVERITY_ERROR, "dockerfile-directive", lines_span(l, value),
	                    "the escape character is '%.*s': it must be \\ or `", STR_ARG(value));
}

/* "# name = value" with one of the three names; what is no directive ends the
 * part of the file where they count. */
static void lines_directive(struct lines *l, struct str line)
{
	static const char *const names[] = { "syntax", "escape", "check" };
	struct str rest = text_trim_left(str_slice(line, 1, STR_NONE));
	size_t n = 0;
	while (n < rest.n && text_is_name(rest.p[n], n) && rest.p[n] != '_')
		n++;
	struct str name = str_slice(rest, 0, n), value = text_trim_left(str_slice(rest, n, STR_NONE));
	l->top = false;
	if (n == 0 || value.n == 0 || value.p[0] != '=')
		return;
	value = text_trim(str_slice(value, 1, STR_NONE));
	for (unsigned i = 0; i < 3 && value.n; i++) {
		if (!text_eq_fold(name, str_of(names[i])))
			continue;
		l->top = true;
		if (l->directives & 1u << i)
			problems_add(l->problems, SEVERITY_ERROR, "dockerfile-directive", lines_span(l, name),
			             "the directive '%s' stands here a second time: once is allowed",
			             names[i]);
		else if (i == 1)
			lines_set_escape(l, value);
		l->directives |= 1u << i;
	}
}

/* Takes the continuing escape off; true when there was one.  An escaped escape
 * at the end continues nothing. */
static bool lines_continues(const struct lines *l, struct str *line)
{
	size_t n = line->n;
	while (n && (line->p[n - 1] == ' ' || line->p[n - 1] == '\t'))
		n--;
	if (n == 0 || line->p[n - 1] != l->escape || (n > 1 && line->p[n - 2] == l->escape))
		return false;
	line->n = n - 1;
	return true;
}

static void line_add(struct line_maker *m, const struct lines *l, struct str part)
{
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : PIECES_FIRST;
		m->pieces = xrealloc(m->pieces, m->cap, sizeof *m->pieces);
	}
	size_t source = (size_t)(part.p - l->source->text.p);
	m->pieces[m->n++] = (struct line_piece){ m->text.n, source };
	buf_append(&m->text, part);
}

/* All that follows the first line of a continued one. */
static void lines_join(struct lines *l, struct line_maker *m, struct line *line)
{
	struct str raw;
	for (bool more = true; more && lines_raw(l, &raw);) {
		line->end = (size_t)(raw.p + raw.n - l->source->text.p);
		/* Empty lines are lint's to tell (core/lint/check_command.c). */
		if (lines_is_comment(raw) || text_trim_left(raw).n == 0)
			continue;
		more = lines_continues(l, &raw);
		line_add(m, l, raw);
	}
}

static void line_finish(struct lines *l, struct line_maker *m, struct line *line)
{
	struct str text = buf_str(&m->text);
	line->last = l->number;
	line->npieces = m->n;
	line->source = l->derived ? NULL : l->source;
	struct line_piece *pieces = arena_array(l->arena, m->n, sizeof *pieces);
	memcpy(pieces, m->pieces, m->n * sizeof *pieces);
	line->pieces = pieces;
	line->text = m->n == 1 ? str_slice(l->source->text, pieces[0].source, text.n)
	                       : arena_str(l->arena, text);
}

bool lines_next(struct lines *l, struct line *ret_line)
{
	struct str raw;
	while (lines_raw(l, &raw)) {
		struct str text = text_trim_left(raw);
		if (text.n == 0 || text.p[0] == '#') {
			if (text.n && l->top)
				lines_directive(l, text);
			else
				l->top = false;
			continue;
		}
		l->top = false;
		__attribute__((cleanup(line_maker_finish))) struct line_maker m = { 0 };
		struct line line = { .at = (size_t)(text.p - l->source->text.p), .first = l->number };
		line.end = line.at + text.n;
		bool more = lines_continues(l, &text);
		line_add(&m, l, text);
		if (more)
			lines_join(l, &m, &line);
		line_finish(l, &m, &line);
		*ret_line = line;
		return true;
	}
	return false;
}

/* The source offset of one joined byte. */
static size_t line_offset(const struct line *line, size_t at)
{
	size_t low = 0, high = line->npieces;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (line->pieces[middle].joined <= at)
			low = middle;
		else
			high = middle;
	}
	return line->pieces[low].source + (at - line->pieces[low].joined);
}

struct span line_span(const struct line *line, size_t at, size_t size)
{
	size_t from = line_offset(line, at);
	size_t end = size ? line_offset(line, at + size - 1) + 1 : from;
	return (struct span){ line->source, (uint32_t)from, (uint32_t)(end - from) };
}
