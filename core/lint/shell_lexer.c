/* A shell's tokens. */
#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/lint/shell_script.h"

static char lexer_peek(const struct shell_lexer *l, size_t ahead)
{
	return l->pos + ahead < l->text.n ? l->text.p[l->pos + ahead] : '\0';
}

static bool lexer_is_at_end(const struct shell_lexer *l)
{
	return l->pos >= l->text.n;
}

static bool lexer_ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '&' || c == '|' ||
	       c == '<' || c == '>' || c == '(' || c == ')';
}

/* ---- words ---- */

/* A word while it is read: never longer than the text, so its room is made at once. */
struct word_maker {
	struct shell_lexer *l;
	char *bytes;
	uint32_t *each;
	size_t n, cap;
	struct script_word word;
};

static void word_finish(struct word_maker *m)
{
	free(m->bytes);
	free(m->each);
}

static void word_add(struct word_maker *m, size_t pos)
{
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 32;
		m->bytes = xrealloc(m->bytes, m->cap, 1);
		m->each = xrealloc(m->each, m->cap, sizeof *m->each);
	}
	m->bytes[m->n] = m->l->text.p[pos];
	m->each[m->n++] = m->l->text.at[pos];
}

static void word_add_until(struct word_maker *m, size_t end)
{
	end = end < m->l->text.n ? end : m->l->text.n;
	while (m->l->pos < end)
		word_add(m, m->l->pos++);
}

/* Where what opens at pos is closed, behind it; quotes inside may hold what closes it. */
static size_t lexer_closed(const struct shell_lexer *l, size_t pos, char open, char close)
{
	const struct shell_text *t = &l->text;
	size_t depth = 0;
	for (; pos < t->n; pos++) {
		char c = t->p[pos];
		if (c == '\\') {
			pos++;
		} else if (c == '\'' || c == '"') {
			for (pos++; pos < t->n && t->p[pos] != c; pos++)
				pos += c == '"' && t->p[pos] == '\\';
		} else if (c == open) {
			depth++;
		} else if (c == close && --depth == 0) {
			return pos + 1;
		}
	}
	return t->n;
}

static bool lexer_is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       (c && strchr("@*#?$!-", c));
}

/* At '$': what stands there stays as it is written. */
static void word_add_variable(struct word_maker *m)
{
	struct shell_lexer *l = m->l;
	char c = lexer_peek(l, 1);
	m->word.has_variable |= c == '(' || c == '{' || lexer_is_name(c);
	if (c == '(')
		word_add_until(m, lexer_closed(l, l->pos + 1, '(', ')'));
	else if (c == '{')
		word_add_until(m, lexer_closed(l, l->pos + 1, '{', '}'));
	else
		word_add_until(m, l->pos + 1);
}

static void word_add_backquoted(struct word_maker *m)
{
	struct shell_lexer *l = m->l;
	size_t end = l->pos + 1;
	while (end < l->text.n && l->text.p[end] != '`')
		end += l->text.p[end] == '\\' ? 2 : 1;
	m->word.has_variable = true;
	word_add_until(m, end + 1);
}

static void word_add_single(struct word_maker *m)
{
	struct shell_lexer *l = m->l;
	for (l->pos++; !lexer_is_at_end(l) && lexer_peek(l, 0) != '\'';)
		word_add(m, l->pos++);
	l->pos++;
	m->word.is_quoted = true;
}

static void word_add_double(struct word_maker *m)
{
	struct shell_lexer *l = m->l;
	m->word.is_quoted = true;
	for (l->pos++; !lexer_is_at_end(l) && lexer_peek(l, 0) != '"';) {
		char c = lexer_peek(l, 0), next = lexer_peek(l, 1);
		if (c == '$') {
			word_add_variable(m);
		} else if (c == '`') {
			word_add_backquoted(m);
		} else if (c == '\\' && next == '\n') {
			l->pos += 2;
		} else {
			l->pos += c == '\\' && next && strchr("$`\"\\", next);
			if (!lexer_is_at_end(l))
				word_add(m, l->pos++);
		}
	}
	l->pos++;
}

static void word_add_escaped(struct word_maker *m)
{
	struct shell_lexer *l = m->l;
	l->pos++;
	if (lexer_is_at_end(l))
		return;
	if (lexer_peek(l, 0) == '\n') {
		l->pos++;
		return;
	}
	m->word.is_quoted = true;
	word_add(m, l->pos++);
}

static void word_add_next(struct word_maker *m)
{
	char c = lexer_peek(m->l, 0);
	switch (c) {
	case '\\': word_add_escaped(m); break;
	case '\'': word_add_single(m); break;
	case '"': word_add_double(m); break;
	case '`': word_add_backquoted(m); break;
	case '$': word_add_variable(m); break;
	default:
		m->word.has_wildcard |= c == '*' || c == '?' || c == '[';
		word_add(m, m->l->pos++);
	}
}

static void lexer_word(struct shell_lexer *l)
{
	__attribute__((cleanup(word_finish))) struct word_maker m = { .l = l };
	while (!lexer_is_at_end(l) && !lexer_ends_word(lexer_peek(l, 0)))
		word_add_next(&m);
	if (l->pos > l->text.n)
		l->pos = l->text.n;
	uint32_t *each = arena_array(l->arena, m.n + 1, sizeof *each);
	if (m.n)
		memcpy(each, m.each, m.n * sizeof *each);
	/* Behind the last byte, not where the next one stands: a continuation may be between. */
	l->end = l->text.at[l->pos - 1] + 1;
	each[m.n] = l->end;
	m.word.text = arena_str(l->arena, (struct str){ m.bytes, m.n });
	m.word.each = each;
	m.word.at = l->at;
	m.word.size = l->end - l->at;
	l->word = m.word;
}

/* ---- tokens ---- */

/* Bodies of the heredocs that the line opened. */
static void lexer_skip_bodies(struct shell_lexer *l)
{
	for (size_t i = 0; i < l->nopen; i++)
		while (!lexer_is_at_end(l)) {
			struct str rest = { l->text.p + l->pos, l->text.n - l->pos };
			struct str line = str_slice(rest, 0, str_find(rest, '\n'));
			l->pos += line.n + (line.n < rest.n);
			while (l->open[i].strip_tabs && line.n && line.p[0] == '\t')
				line = str_slice(line, 1, STR_NONE);
			if (str_eq(line, l->open[i].name))
				break;
		}
	l->nopen = 0;
}

static void lexer_skip_blanks(struct shell_lexer *l)
{
	for (;; l->pos++) {
		char c = lexer_peek(l, 0);
		if (lexer_is_at_end(l))
			return;
		if (c == '\\' && lexer_peek(l, 1) == '\n')
			l->pos++;
		else if (c == '#')
			while (lexer_peek(l, 1) != '\n' && l->pos + 1 < l->text.n)
				l->pos++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static size_t lexer_redirect(struct shell_lexer *l)
{
	char c = lexer_peek(l, 0), next = lexer_peek(l, 1), third = lexer_peek(l, 2);
	l->token = TOKEN_REDIRECT;
	l->is_heredoc = c == '<' && next == '<' && third != '<';
	if (c == '&')
		return third == '>' ? 3 : 2;
	if (c == '<' && next == '<')
		return third == '<' || third == '-' ? 3 : 2;
	return next == '>' || next == '&' || next == '|' ? 2 : 1;
}

static size_t lexer_operator(struct shell_lexer *l)
{
	char c = lexer_peek(l, 0), next = lexer_peek(l, 1);
	switch (c) {
	case '\n': l->token = TOKEN_NEWLINE; return 1;
	case '(': l->token = TOKEN_OPEN; return 1;
	case ')': l->token = TOKEN_CLOSE; return 1;
	case ';':
		l->token = next == ';' || next == '&' ? TOKEN_CASE_END : TOKEN_THEN;
		if (next == ';' && lexer_peek(l, 2) == '&')
			return 3;
		return l->token == TOKEN_CASE_END ? 2 : 1;
	case '&':
		if (next == '>')
			return lexer_redirect(l);
		l->token = next == '&' ? TOKEN_AND : TOKEN_BACKGROUND;
		return next == '&' ? 2 : 1;
	case '|':
		l->token = next == '|' ? TOKEN_OR : TOKEN_PIPE;
		return next == '|' || next == '&' ? 2 : 1;
	default: return lexer_redirect(l);
	}
}

static bool lexer_is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

void shell_lexer_next(struct shell_lexer *l)
{
	lexer_skip_blanks(l);
	l->at = l->end = l->text.at[l->pos];
	l->token = TOKEN_END;
	if (lexer_is_at_end(l))
		return;
	if (!lexer_ends_word(lexer_peek(l, 0))) {
		uint32_t at = l->at;
		lexer_word(l);
		l->token = TOKEN_WORD;
		char c = lexer_peek(l, 0);
		/* The 2 of 2>file is no word. */
		if ((c != '<' && c != '>') || l->word.is_quoted || !lexer_is_number(l->word.text))
			return;
		l->pos += lexer_redirect(l);
		l->at = at;
	} else {
		l->pos += lexer_operator(l);
	}
	l->pos = l->pos < l->text.n ? l->pos : l->text.n;
	l->end = l->text.at[l->pos - 1] + 1;
	if (l->token == TOKEN_NEWLINE)
		lexer_skip_bodies(l);
}

void shell_lexer_target(struct shell_lexer *l, bool bodies)
{
	bool is_heredoc = l->is_heredoc;
	bool strip_tabs = is_heredoc && l->pos && l->text.p[l->pos - 1] == '-';
	shell_lexer_next(l);
	if (is_heredoc && bodies && l->token == TOKEN_WORD &&
	    l->nopen < sizeof l->open / sizeof *l->open) {
		l->open[l->nopen].name = l->word.text;
		l->open[l->nopen++].strip_tabs = strip_tabs;
	}
}

bool shell_lexer_is(const struct shell_lexer *l, const char *word)
{
	return l->token == TOKEN_WORD && !l->word.is_quoted && str_eq(l->word.text, str_of(word));
}
