#include "core/config/dotenv_text.h"

#include <ctype.h>

/* ${A:-${B:-…}} nests no deeper. */
enum { DOTENV_DEPTH = 20 };

/* ---- values as written ---- */

/* \n, \t …: 0 for a letter that means nothing. */
static char dotenv_text_escape(char c)
{
	static const char letters[] = "abfnrtv\"\\", bytes[] = "\a\b\f\n\r\t\v\"\\";
	const char *at = c ? strchr(letters, c) : NULL;
	return at ? bytes[at - letters] : 0;
}

/* \0 and up to three octal digits; returns the bytes behind the backslash, 0: it is none. */
static size_t dotenv_text_octal(struct str rest, struct buf *out)
{
	unsigned value = 0;
	size_t n = 1;
	if (!rest.n || rest.p[0] != '0')
		return 0;
	for (; n < rest.n && n < 4 && rest.p[n] >= '0' && rest.p[n] <= '7'; n++)
		value = value * 8 + (unsigned)(rest.p[n] - '0');
	if (!value || value > 0x7f)
		return 0;
	buf_append_char(out, (char)value);
	return n;
}

/* Behind a backslash; returns how many bytes it took. */
static size_t dotenv_text_escaped(struct str rest, char quote, struct buf *out)
{
	char c = rest.p[0];
	if (c == quote) {
		buf_append_char(out, c);
		return 1;
	}
	size_t octal = quote == '"' ? dotenv_text_octal(rest, out) : 0;
	if (octal)
		return octal;
	if (quote == '"' && c == '$')
		buf_append(out, STR("$$"));
	else if (quote == '"' && dotenv_text_escape(c))
		buf_append_char(out, dotenv_text_escape(c));
	else
		buf_append(out, ((struct str){ (const char[]){ '\\', c }, 2 }));
	return 1;
}

size_t dotenv_text_quoted(struct str text, struct buf *out)
{
	char quote = text.p[0];
	for (size_t i = 1; i < text.n; i++) {
		struct str rest = str_slice(text, i + 1, text.n);
		if (text.p[i] == quote)
			return i + 1;
		if (text.p[i] == '\\' && rest.n)
			i += dotenv_text_escaped(rest, quote, out);
		else if (text.p[i] != '\r' || !rest.n || rest.p[0] != '\n')
			buf_append_char(out, text.p[i]);
	}
	return STR_NONE;
}

size_t dotenv_text_plain(struct str text, struct buf *out)
{
	struct str line = str_slice(text, 0, str_find(text, '\n'));
	line = str_slice(line, 0, str_find_str(line, STR(" #")));
	while (line.n && isspace((unsigned char)line.p[line.n - 1]))
		line.n--;
	buf_append(out, line);
	return line.n;
}

/* ---- variables ---- */

struct dotenv_text {
	size_t most;
	dotenv_lookup_fn *lookup;
	void *data;
	struct error *err;
};

static bool dotenv_text_into(struct dotenv_text *t, struct str text, unsigned depth,
                             struct buf *out);

static size_t dotenv_text_name(struct str text)
{
	size_t n = 0;
	while (n < text.n && (isalpha((unsigned char)text.p[n]) || text.p[n] == '_' ||
	                      (n && isdigit((unsigned char)text.p[n]))))
		n++;
	return n;
}

static bool dotenv_text_put(struct dotenv_text *t, struct buf *out, struct str text)
{
	if (out->n + text.n > t->most)
		return error_set(t->err, ERROR_LIMIT, "with what its variables hold this value has more "
		                 "than %zu bytes", t->most);
	buf_append(out, text);
	return true;
}

/* The } that ends what stands behind "${", or STR_NONE. */
static size_t dotenv_text_close(struct str text)
{
	unsigned open = 1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '$' && i + 1 < text.n && text.p[i + 1] == '{')
			open++;
		else if (text.p[i] == '}' && --open == 0)
			return i;
	}
	return STR_NONE;
}

static bool dotenv_text_missing(struct dotenv_text *t, struct str name, struct str why,
                                unsigned depth)
{
	owned_buf struct buf text = { 0 };
	if (!dotenv_text_into(t, why, depth + 1, &text))
		return false;
	return error_set(t->err, ERROR_PROJECT, "the variable %.*s is needed here%s%s", STR_ARG(name),
	                 text.n ? ": " : " and has no value", text.n ? buf_text(&text) : "");
}

/* What stands between ${ and }. */
static bool dotenv_text_braced(struct dotenv_text *t, struct str inside, unsigned depth,
                               struct buf *out)
{
	size_t n = dotenv_text_name(inside);
	struct str name = str_slice(inside, 0, n), rest = str_slice(inside, n, inside.n);
	struct str value = t->lookup(t->data, name);
	bool colon = rest.n && rest.p[0] == ':';
	char operator = rest.n > colon ? rest.p[colon] : 0;
	struct str word = str_slice(rest, colon + 1u, rest.n);
	bool has = value.p && (value.n || !colon);
	if (!n || (rest.n && (!operator || !strchr("-+?", operator))))
		return error_set(t->err, ERROR_SYNTAX, "'${%.*s}' is no variable: ${NAME}, with :- - :+ + "
		                 ":? or ? and a text behind the name", STR_ARG(inside));
	if (operator == '+')
		return !has || dotenv_text_into(t, word, depth + 1, out);
	if (operator == '?' && !has)
		return dotenv_text_missing(t, name, word, depth);
	if (operator == '-' && !has)
		return dotenv_text_into(t, word, depth + 1, out);
	return !value.p || dotenv_text_put(t, out, value);
}

/* Behind a $; *ret_taken: its bytes. */
static bool dotenv_text_variable(struct dotenv_text *t, struct str rest, unsigned depth,
                                 struct buf *out, size_t *ret_taken)
{
	*ret_taken = 1;
	if (rest.n && rest.p[0] == '$')
		return dotenv_text_put(t, out, STR("$"));
	if (rest.n && rest.p[0] == '{') {
		size_t end = dotenv_text_close(str_slice(rest, 1, rest.n));
		if (end == STR_NONE)
			return error_set(t->err, ERROR_SYNTAX, "a '${' has no '}': $$ is a $");
		*ret_taken = end + 2;
		return dotenv_text_braced(t, str_slice(rest, 1, end), depth, out);
	}
	size_t n = dotenv_text_name(rest);
	if (!n)
		return error_set(t->err, ERROR_SYNTAX, "a $ is followed by no name: $$ is a $, and so is "
		                 "one in '…'");
	*ret_taken = n;
	struct str value = t->lookup(t->data, str_slice(rest, 0, n));
	return !value.p || dotenv_text_put(t, out, value);
}

static bool dotenv_text_into(struct dotenv_text *t, struct str text, unsigned depth,
                             struct buf *out)
{
	if (depth > DOTENV_DEPTH)
		return error_set(t->err, ERROR_LIMIT, "variables stand in more than %d others",
		                 DOTENV_DEPTH);
	while (text.n) {
		size_t dollar = str_find(text, '$'), taken = 0;
		if (!dotenv_text_put(t, out, str_slice(text, 0, dollar)))
			return false;
		if (dollar == STR_NONE)
			return true;
		text = str_slice(text, dollar + 1, text.n);
		if (!dotenv_text_variable(t, text, depth, out, &taken))
			return false;
		text = str_slice(text, taken, text.n);
	}
	return true;
}

bool dotenv_text_expand(struct str text, size_t most, dotenv_lookup_fn *lookup, void *data,
                        struct buf *out, struct error *err)
{
	struct dotenv_text t = { most, lookup, data, err };
	return dotenv_text_into(&t, text, 0, out);
}

/* ---- writing ---- */

static bool dotenv_text_is_plain(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!isalnum((unsigned char)value.p[i]) && !strchr("_-./:@%+,=", value.p[i]))
			return false;
	return true;
}

void dotenv_text_quote(struct buf *out, struct str value)
{
	bool single = true;
	for (size_t i = 0; i < value.n; i++)
		single = single && value.p[i] != '\'' && value.p[i] != '\\' && value.p[i] != '\n' &&
		         value.p[i] != '\r';
	if (dotenv_text_is_plain(value)) {
		buf_append(out, value);
		return;
	}
	buf_append_char(out, single ? '\'' : '"');
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (single || !strchr("\\\"$\n\r", c))
			buf_append_char(out, c);
		else
			buf_append(out, c == '\n' ? STR("\\n") : c == '\r' ? STR("\\r")
			           : c == '$' ? STR("\\$") : c == '"' ? STR("\\\"") : STR("\\\\"));
	}
	buf_append_char(out, single ? '\'' : '"');
}
