#include "core/recipe/shell.h"

#include "core/base/buf.h"
#include "core/recipe/text.h"

enum { SHELL_DEPTH_MAX = 64, SHELL_END = -1 };

struct shell {
	struct str in;
	size_t at;
	char escape;
	bool raw;                       /* quotes, escapes and variables stay */
	shell_lookup_fn *lookup;
	void *data;
	bool unresolved;
	unsigned depth;
	struct error *err;
	struct buf *words;              /* raw only: words with a NUL behind each */
	bool in_word;
};

static bool shell_until(struct shell *s, int stop, struct buf *out);

static int shell_peek(const struct shell *s)
{
	return s->at < s->in.n ? (unsigned char)s->in.p[s->at] : SHELL_END;
}

static int shell_take(struct shell *s)
{
	int c = shell_peek(s);
	if (c != SHELL_END)
		s->at++;
	return c;
}

static bool shell_single_quoted(struct shell *s, struct buf *out)
{
	struct str rest = str_slice(s->in, s->at + 1, STR_NONE);
	size_t n = str_find(rest, '\'');
	if (n == STR_NONE)
		return error_set(s->err, ERROR_SYNTAX, "a single quote is not closed");
	buf_append(out, s->raw ? str_slice(s->in, s->at, n + 2) : str_slice(rest, 0, n));
	s->at += n + 2;
	return true;
}

/* The length of the variable's name that stands here. */
static size_t shell_name(const struct shell *s)
{
	struct str rest = str_slice(s->in, s->at, STR_NONE);
	size_t n = 0;
	if (rest.n && rest.p[0] >= '0' && rest.p[0] <= '9') {
		while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
			n++;
		return n;
	}
	if (rest.n && memchr("@*#?-$!", rest.p[0], 7))
		return 1;
	while (n < rest.n && text_is_name(rest.p[n], n))
		n++;
	return n;
}

static enum shell_variable shell_get(struct shell *s, struct str name, struct str *ret_value)
{
	*ret_value = (struct str){ "", 0 };
	if (!s->lookup)
		return SHELL_UNSET;
	enum shell_variable found = s->lookup(s->data, name, ret_value);
	s->unresolved |= found == SHELL_UNKNOWN;
	return found;
}

/* ${NAME-x} and its kin, from the operator on. */
static bool shell_operator(struct shell *s, struct str name, struct buf *out)
{
	bool colon = shell_peek(s) == ':';
	s->at += colon;
	int operator = shell_take(s);
	if (operator == SHELL_END || !memchr("-+?#%/", operator, 6) ||
	    (colon && memchr("#%/", operator, 3)))
		return error_set(s->err, ERROR_SYNTAX, "${%.*s…} is no substitution: write ${%.*s}, "
		                 "${%.*s:-otherwise} or ${%.*s:+if set}", STR_ARG(name),
		                 STR_ARG(name), STR_ARG(name), STR_ARG(name));
	struct buf word owned_buf = { 0 };
	if (!shell_until(s, '}', &word))
		return false;
	struct str value;
	enum shell_variable found = shell_get(s, name, &value);
	bool set = found != SHELL_UNSET && !(colon && value.n == 0 && found == SHELL_SET);
	if (memchr("#%/", operator, 3))
		s->unresolved = true;
	else if (operator == '?' && !set)
		return error_set(s->err, ERROR_SYNTAX, "%.*s: %s", STR_ARG(name),
		                 word.n ? buf_text(&word) : "is not set");
	else if (operator == '+')
		buf_append(out, set ? buf_str(&word) : (struct str){ 0 });
	else
		buf_append(out, set ? value : buf_str(&word));
	return true;
}

static bool shell_braces(struct shell *s, struct buf *out)
{
	size_t n = shell_name(s);
	struct str name = str_slice(s->in, s->at, n), value;
	if (n == 0 || s->depth == SHELL_DEPTH_MAX)
		return error_set(s->err, ERROR_SYNTAX, n ? "'${' is nested too deep"
		                 : "'${' needs a name behind it and '}' at the end");
	s->at += n;
	s->depth++;
	bool ok;
	if (shell_peek(s) == '}') {
		s->at++;
		ok = true;
		shell_get(s, name, &value);
		buf_append(out, value);
	} else if (shell_peek(s) == SHELL_END) {
		ok = error_set(s->err, ERROR_SYNTAX, "'${%.*s' is not closed: '}' is missing",
		               STR_ARG(name));
	} else {
		ok = shell_operator(s, name, out);
	}
	s->depth--;
	return ok;
}

static bool shell_dollar(struct shell *s, struct buf *out)
{
	size_t from = s->at++;
	struct buf scratch owned_buf = { 0 };
	struct buf *to = s->lookup ? out : &scratch;
	if (shell_peek(s) == '{') {
		s->at++;
		if (!shell_braces(s, to))
			return false;
	} else {
		struct str name = str_slice(s->in, s->at, shell_name(s)), value;
		s->at += name.n;
		if (name.n == 0)
			buf_append_char(to, '$');
		else if (shell_get(s, name, &value) == SHELL_SET)
			buf_append(to, value);
	}
	if (!s->lookup)
		buf_append(out, str_slice(s->in, from, s->at - from));
	return true;
}

static bool shell_double_quoted(struct shell *s, struct buf *out)
{
	int c = shell_take(s);
	if (s->raw)
		buf_append_char(out, (char)c);
	while ((c = shell_peek(s)) != SHELL_END) {
		if (c == '$') {
			if (!shell_dollar(s, out))
				return false;
			continue;
		}
		s->at++;
		if (c == '"') {
			if (s->raw)
				buf_append_char(out, '"');
			return true;
		}
		if (c == s->escape) {
			int next = shell_peek(s);
			if (s->raw)
				buf_append_char(out, (char)c);
			if (next == SHELL_END)
				break;
			if (next == '"' || next == '$' || next == s->escape)
				c = shell_take(s);
			else if (s->raw)
				continue;
		}
		buf_append_char(out, (char)c);
	}
	return error_set(s->err, ERROR_SYNTAX, "a double quote is not closed");
}

/* One byte or quoted part into a word; blanks end the word unless quoted. */
static void shell_word_add(struct shell *s, struct str part, bool quoted)
{
	for (size_t i = 0; i < part.n;) {
		size_t space = quoted ? 0 : text_space(str_slice(part, i, STR_NONE));
		if (space == 0) {
			buf_append_char(s->words, part.p[i++]);
			s->in_word = true;
			continue;
		}
		if (s->in_word)
			buf_append_char(s->words, '\0');
		s->in_word = false;
		i += space;
	}
}

/* "<<" takes the blanks behind it into its word. */
static void shell_heredoc(struct shell *s, struct buf *out)
{
	buf_append_char(out, (char)shell_take(s));
	if (shell_peek(s) != '<')
		return;
	buf_append_char(out, (char)shell_take(s));
	for (int c; (c = shell_peek(s)) == ' ' || c == '\t' || c == '\r';)
		buf_append_char(out, (char)shell_take(s));
}

static bool shell_plain(struct shell *s, struct buf *out)
{
	int c = shell_take(s);
	if (c == s->escape) {
		if (s->raw)
			buf_append_char(out, (char)c);
		c = shell_take(s);
		if (c == SHELL_END)
			return true;
		buf_append_char(out, (char)c);
		return true;
	}
	buf_append_char(out, (char)c);
	return false;
}

/* Everything up to `stop`, which is taken too. */
static bool shell_until(struct shell *s, int stop, struct buf *out)
{
	int c;
	while ((c = shell_peek(s)) != stop) {
		if (c == SHELL_END)
			return error_set(s->err, ERROR_SYNTAX, "'${' is not closed: '%c' is missing", stop);
		size_t from = out->n;
		bool ok = true, quoted = true;
		if (c == '\'') {
			ok = shell_single_quoted(s, out);
		} else if (c == '"') {
			ok = shell_double_quoted(s, out);
		} else if (c == '$') {
			ok = shell_dollar(s, out);
			quoted = false;
		} else if (c == '<' && s->raw) {
			shell_heredoc(s, out);
		} else {
			quoted = shell_plain(s, out);
		}
		if (!ok)
			return false;
		if (s->words && s->depth == 0)
			shell_word_add(s, str_slice(buf_str(out), from, STR_NONE), quoted);
	}
	if (stop != SHELL_END)
		s->at++;
	return true;
}

enum shell_result shell_expand(struct arena *arena, struct str word, char escape,
                               shell_lookup_fn *lookup, void *data, struct str *ret_text,
                               struct error *err)
{
	struct error fault = { 0 };
	struct shell s = { .in = word, .escape = escape, .lookup = lookup, .data = data,
	                   .err = &fault };
	struct buf out owned_buf = { 0 };
	bool ok = shell_until(&s, SHELL_END, &out);
	if (!ok) {
		*err = fault;
		return SHELL_FAILED;
	}
	if (s.unresolved)
		return SHELL_UNRESOLVED;
	*ret_text = arena_str(arena, buf_str(&out));
	return SHELL_DONE;
}

bool shell_words(struct arena *arena, struct str line, const struct str **ret_words,
                 size_t *ret_count)
{
	struct error ignored;
	struct buf out owned_buf = { 0 }, words owned_buf = { 0 };
	struct shell s = { .in = line, .escape = '\\', .raw = true, .err = &ignored, .words = &words };
	if (!shell_until(&s, SHELL_END, &out))
		return false;
	if (s.in_word)
		buf_append_char(&words, '\0');
	size_t n = 0, i = 0;
	for (size_t at = 0; at < words.n; at++)
		n += words.p[at] == '\0';
	struct str *list = arena_array(arena, n, sizeof *list);
	struct str kept = arena_str(arena, buf_str(&words));
	for (struct str part; i < n && str_next(&kept, '\0', &part);)
		list[i++] = part;
	*ret_words = list;
	*ret_count = n;
	return true;
}
