#include "core/recipe/quote.h"

#include "core/base/utf8.h"
#include "core/recipe/text.h"

/* Which quoting comes out alike was tried on dockerd 20.10.24 (BuildKit and
 * classic) and buildah 1.28.2; tests/fixtures/env-values.json holds the values
 * and what the images had.  Found: `$$` and `${}` differ, only ${NAME}, ${NAME:-x}
 * and ${NAME:+x} are taken by all, quotes inside braces quote again, and a name
 * goes on over letters that are not ASCII. */

/* With the longest name and keyword in front, a line stays below what builders
 * read (65535 bytes). */
enum { QUOTE_LONGEST = 64000, QUOTE_DEPTH_MAX = 16 };

/* What no line of a Dockerfile can hold: control characters but the tab, and
 * what is not UTF-8. */
static bool quote_check_text(struct str s, const char *what, struct error *err)
{
	for (size_t at = 0, size; at < s.n; at += size) {
		uint32_t rune = utf8_decode(str_slice(s, at, STR_NONE), &size);
		if (rune == UTF8_BAD)
			return error_set(err, ERROR_PROJECT, "%s is not UTF-8 at byte %zu: a Dockerfile "
			                 "cannot say it", what, at + 1);
		if (rune == '\n' || rune == '\r')
			return error_set(err, ERROR_PROJECT, "%s has a line end in it: a Dockerfile cannot "
			                 "say it; put it into a file, or write it in another way", what);
		if (rune != '\t' && (rune < ' ' || (rune >= 0x7f && rune <= 0x9f)))
			return error_set(err, ERROR_PROJECT, "%s has the control character U+%04X in it: a "
			                 "Dockerfile cannot say it", what, (unsigned)rune);
	}
	if (s.n > QUOTE_LONGEST)
		return error_set(err, ERROR_LIMIT, "%s has %zu bytes: a line of a Dockerfile holds at most "
		                 "%d; put it into a file", what, s.n, QUOTE_LONGEST);
	return true;
}

struct quoting {
	struct str in;
	size_t at;
	struct buf out;
	unsigned depth;                 /* of ${ */
	struct error *err;
};

static char quote_peek(const struct quoting *q, size_t ahead)
{
	return ahead < q->in.n - q->at ? q->in.p[q->at + ahead] : '\0';
}

static size_t quote_name(const struct quoting *q, size_t ahead)
{
	size_t n = 0;
	while (text_is_name(quote_peek(q, ahead + n), n))
		n++;
	return n;
}

/* ${NAME}, ${NAME:-…}, ${NAME:+…}: up to the words inside. */
static bool quote_open(struct quoting *q)
{
	struct str rest = str_slice(q->in, q->at, STR_NONE);
	size_t n = quote_name(q, 2);
	struct str name = str_slice(rest, 2, n);
	char after = quote_peek(q, 2 + n), operator = quote_peek(q, 3 + n);
	if (n == 0)
		return error_set(q->err, ERROR_PROJECT, "'${' has no name behind it: write ${NAME}, or "
		                 "\\${ for the text itself");
	if (q->depth == QUOTE_DEPTH_MAX)
		return error_set(q->err, ERROR_PROJECT, "'${' stands inside '${' too often");
	if (str_find(rest, '}') == STR_NONE)
		return error_set(q->err, ERROR_PROJECT, "'${%.*s' is not closed: write '}' behind it, or "
		                 "\\${ for the text itself", STR_ARG(name));
	if (after != '}' && (after != ':' || (operator != '-' && operator != '+')))
		return error_set(q->err, ERROR_PROJECT, "'${%.*s' goes on in a way that not every builder "
		                 "knows: write ${%.*s}, ${%.*s:-otherwise}, ${%.*s:+if set}, or \\${ for "
		                 "the text itself", STR_ARG(name), STR_ARG(name), STR_ARG(name),
		                 STR_ARG(name));
	size_t taken = 2 + n + (after == ':' ? 2 : 0);
	buf_append(&q->out, str_slice(rest, 0, taken));
	q->at += taken;
	q->depth++;
	return true;
}

static bool quote_dollar(struct quoting *q)
{
	if (quote_peek(q, 1) == '{')
		return quote_open(q);
	size_t n = quote_name(q, 1);
	struct str name = str_slice(q->in, q->at + 1, n);
	q->at += 1 + n;
	if (n == 0)
		buf_append_text(&q->out, "\\$");
	else if ((unsigned char)quote_peek(q, 0) >= 0x80)
		buf_printf(&q->out, "${%.*s}", STR_ARG(name));
	else
		buf_printf(&q->out, "$%.*s", STR_ARG(name));
	return true;
}

static bool quote_next(struct quoting *q)
{
	char c = q->in.p[q->at];
	if (c == '$')
		return quote_dollar(q);
	q->at++;
	if (c == '\\') {
		char next = quote_peek(q, 0);
		bool pair = q->at < q->in.n && (next == '$' || next == '\\');
		q->at += pair;
		buf_append_text(&q->out, pair && next == '$' ? "\\$" : "\\\\");
		return true;
	}
	if (c == '}' && q->depth)
		q->depth--;
	else if (c == '"' || (c == '\'' && q->depth))
		buf_append_char(&q->out, '\\');
	buf_append_char(&q->out, c);
	return true;
}

bool quote_value(struct buf *out, struct str value, struct error *err)
{
	struct quoting q = { .in = value, .err = err };
	bool ok = quote_check_text(value, "the value", err);
	while (ok && q.at < value.n)
		ok = quote_next(&q);
	if (ok && q.depth)
		ok = error_set(err, ERROR_PROJECT, "a '${' is not closed: write '}' behind it, or \\${ for "
		               "the text itself");
	if (ok && q.out.n > QUOTE_LONGEST)
		ok = error_set(err, ERROR_LIMIT, "the value has %zu bytes when quoted: a line of a "
		               "Dockerfile holds at most %d; put it into a file", q.out.n, QUOTE_LONGEST);
	if (ok)
		buf_printf(out, "\"%.*s\"", STR_ARG(buf_str(&q.out)));
	buf_finish(&q.out);
	return ok;
}

/* A word that no shell takes apart or changes. */
static bool quote_is_plain(struct str word)
{
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!plain && !memchr("@%+=:,./_-", c, 10))
			return false;
	}
	return word.n > 0;
}

bool quote_shell(struct buf *out, struct str word, struct error *err)
{
	if (!quote_check_text(word, "the word", err))
		return false;
	if (quote_is_plain(word)) {
		buf_append(out, word);
		return true;
	}
	buf_append_char(out, '\'');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\'')
			buf_append_text(out, "'\\''");
		else
			buf_append_char(out, word.p[i]);
	}
	buf_append_char(out, '\'');
	return true;
}

/* Bytes that need the JSON form, because the plain one is cut at blanks, taken
 * for an array, a flag or a heredoc. */
static bool quote_needs_json(struct str word)
{
	if (word.n == 0 || str_has_prefix(word, STR("--")))
		return true;
	for (size_t i = 0; i < word.n; i++)
		if (memchr(" \t\"'[]<\\$*?#", word.p[i], 12) || (unsigned char)word.p[i] >= 0x80)
			return true;
	return false;
}

/* A path as a pattern that matches it alone, with what the builders' lexer would
 * take away escaped.  Builders match with Go's path.Match, but BuildKit looks for
 * wildcards in a way that only understands classes, so "*" is "[*]".  buildah
 * takes what it found for a pattern once more: "*" and "?" then still find
 * themselves (and a brother that fits), '[' and '\\' nothing. */
static void quote_path(struct buf *out, struct str path, bool pattern)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		if (pattern && (c == '*' || c == '?')) {
			buf_printf(out, "[%c]", c);
			continue;
		}
		if (c == '$' || c == '"' || c == '\'' || c == '\\')
			buf_append_char(out, '\\');
		buf_append_char(out, c);
	}
}

static bool quote_check_path(struct str path, bool pattern, struct error *err)
{
	if (!quote_check_text(path, "the path", err))
		return false;
	if (path.n == 0)
		return error_set(err, ERROR_PROJECT, "a path to copy is empty");
	if (pattern && (str_find(path, '[') != STR_NONE || str_find(path, '\\') != STR_NONE))
		return error_set(err, ERROR_PROJECT, "'%.*s' has '[' or '\\' in its name, which not every "
		                 "builder can copy: rename it", STR_ARG(path));
	return true;
}

static void quote_json(struct buf *out, struct str text)
{
	buf_append_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_append_char(out, '\\');
		if (text.p[i] == '\t')
			buf_append_text(out, "\\t");
		else
			buf_append_char(out, text.p[i]);
	}
	buf_append_char(out, '"');
}

bool quote_copy(struct buf *out, const struct str *words, size_t nwords, struct error *err)
{
	bool json = false;
	size_t total = 0;
	for (size_t i = 0; i < nwords; i++) {
		if (!quote_check_path(words[i], i + 1 < nwords, err))
			return false;
		json |= quote_needs_json(words[i]);
		total += words[i].n;
	}
	if (total > QUOTE_LONGEST / 8)
		return error_set(err, ERROR_LIMIT, "the paths have %zu bytes: one COPY holds at most %d",
		                 total, QUOTE_LONGEST / 8);
	struct buf path owned_buf = { 0 };
	buf_append_text(out, json ? "[" : "");
	for (size_t i = 0; i < nwords; i++) {
		buf_clear(&path);
		quote_path(&path, words[i], i + 1 < nwords);
		buf_append_text(out, i == 0 ? "" : json ? ", " : " ");
		if (json)
			quote_json(out, buf_str(&path));
		else
			buf_append(out, buf_str(&path));
	}
	buf_append_text(out, json ? "]" : "");
	return true;
}

bool quote_is_env_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!text_is_name(name.p[i], i))
			return false;
	return name.n > 0;
}
