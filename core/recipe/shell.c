#include "core/recipe/shell.h"

#include "core/base/utf8.h"
#include "core/recipe/shell_pattern.h"
#include "core/recipe/text.h"

enum { SHELL_DEPTH_MAX = 64, SHELL_END = -1 };

struct shell {
	struct str in;
	size_t at;
	char escape;
	bool raw;                       /* quotes and variables stay */
	bool raw_escapes;
	bool is_heredoc;
	shell_lookup_fn *lookup;
	void (*use)(void *data, const struct shell_use *);
	void *data;
	bool unresolved;
	unsigned depth;
	struct error *err;
	struct buf *words;              /* words with a NUL behind each, or NULL */
	bool in_word;
};

static bool shell_until(struct shell *s, int stop, bool raw_escapes, struct buf *out);

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

/* The length of the variable's name that stands here.  In braces all that is not ASCII is
 * taken for letters. */
static size_t shell_name(const struct shell *s, bool braces)
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
	while (n < rest.n && (text_is_name(rest.p[n], n) ||
	                      (braces && (unsigned char)rest.p[n] >= 0x80)))
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

static bool shell_bad_operator(struct shell *s, struct str name)
{
	return error_set(s->err, ERROR_SYNTAX, "${%.*s…} is no substitution: write ${%.*s}, "
	                 "${%.*s:-otherwise} or ${%.*s:+if set}", STR_ARG(name), STR_ARG(name),
	                 STR_ARG(name), STR_ARG(name));
}

/* Notes what a pattern came to; where it has no value here there is nothing to match. */
static bool shell_matched(struct shell *s, enum shell_result result)
{
	s->unresolved |= result == SHELL_UNRESOLVED;
	return result != SHELL_FAILED;
}

/* ${NAME#x}, ${NAME##x}, ${NAME%x}, ${NAME%%x}: the value without its front or end. */
static bool shell_trim(struct shell *s, struct str name, char operator, struct str pattern,
                       struct buf *out)
{
	struct str value;
	bool longest = pattern.n && pattern.p[0] == operator;
	enum shell_variable found = shell_get(s, name, &value);
	if (!s->lookup || found == SHELL_UNKNOWN)
		return true;
	if (!shell_matched(s, shell_pattern_trim(value, str_slice(pattern, longest, STR_NONE),
	                                         operator == '%', longest, &value, s->err)))
		return false;
	buf_append(out, value);
	return true;
}

/* ${NAME/x/y}, ${NAME//x/y}, from behind the first '/' on. */
static bool shell_replace(struct shell *s, struct str name, struct buf *out)
{
	struct buf pattern owned_buf = { 0 }, replacement owned_buf = { 0 };
	struct str value;
	bool all = shell_peek(s) == '/';
	s->at += all;
	if (!shell_until(s, '/', true, &pattern) || !shell_until(s, '}', true, &replacement))
		return false;
	enum shell_variable found = shell_get(s, name, &value);
	if (!s->lookup || found == SHELL_UNKNOWN)
		return true;
	return shell_matched(s, shell_pattern_replace(out, value, buf_str(&pattern),
	                                              buf_str(&replacement), all, s->err));
}

/* ${NAME-x} and its kin, from the operator on. */
static bool shell_operator(struct shell *s, struct str name, struct buf *out)
{
	bool colon = shell_peek(s) == ':';
	s->at += colon;
	int operator = shell_take(s);
	if (operator == SHELL_END || !memchr("-+?#%/", operator, 6) ||
	    (colon && memchr("#%/", operator, 3)))
		return shell_bad_operator(s, name);
	if (operator == '/')
		return shell_replace(s, name, out);
	struct buf word owned_buf = { 0 };
	if (!shell_until(s, '}', operator == '#' || operator == '%', &word))
		return false;
	if (operator == '#' || operator == '%')
		return shell_trim(s, name, (char)operator, buf_str(&word), out);
	struct str value;
	enum shell_variable found = shell_get(s, name, &value);
	bool set = found != SHELL_UNSET && !(colon && value.n == 0 && found == SHELL_SET);
	if (operator == '?' && !set && s->lookup)
		return error_set(s->err, ERROR_SYNTAX, "%.*s: %s", STR_ARG(name),
		                 word.n ? buf_text(&word) : "is not set");
	else if (operator == '+')
		buf_append(out, set ? buf_str(&word) : (struct str){ 0 });
	else
		buf_append(out, set ? value : buf_str(&word));
	return true;
}

static bool shell_braces(struct shell *s, struct shell_use *use, struct buf *out)
{
	size_t n = shell_name(s, true);
	struct str name = str_slice(s->in, s->at, n), value;
	if (n == 0 || s->depth == SHELL_DEPTH_MAX)
		return error_set(s->err, ERROR_SYNTAX, n ? "'${' is nested too deep"
		                 : "'${' needs a name behind it and '}' at the end");
	s->at += n;
	s->depth++;
	bool ok;
	use->name = name;
	if (shell_peek(s) == '}') {
		s->at++;
		ok = true;
		shell_get(s, name, &value);
		buf_append(out, value);
	} else if (shell_peek(s) == SHELL_END) {
		ok = error_set(s->err, ERROR_SYNTAX, "'${%.*s' is not closed: '}' is missing",
		               STR_ARG(name));
	} else {
		size_t at = s->at + (shell_peek(s) == ':');
		use->has_default = at < s->in.n && (s->in.p[at] == '-' || s->in.p[at] == '+');
		ok = shell_operator(s, name, out);
	}
	s->depth--;
	return ok;
}

static void shell_plain_name(struct shell *s, struct shell_use *use, struct buf *out)
{
	struct str value;
	use->name = str_slice(s->in, s->at, shell_name(s, false));
	s->at += use->name.n;
	/* A letter there belongs to the name, a sign does not. */
	if (s->lookup && use->name.n && text_is_name(use->name.p[0], 0) && s->at < s->in.n)
		s->unresolved |= (unsigned char)s->in.p[s->at] >= 0x80;
	if (use->name.n == 0)
		buf_append_char(out, '$');
	else if (shell_get(s, use->name, &value) == SHELL_SET)
		buf_append(out, value);
}

static bool shell_dollar(struct shell *s, struct buf *out)
{
	struct shell_use use = { .at = s->at++ };
	struct buf scratch owned_buf = { 0 };
	struct buf *to = s->lookup ? out : &scratch;
	if (shell_peek(s) == '{') {
		s->at++;
		if (!shell_braces(s, &use, to))
			return false;
	} else {
		shell_plain_name(s, &use, to);
	}
	use.size = s->at - use.at;
	if (s->use && use.name.n)
		s->use(s->data, &use);
	if (!s->lookup)
		buf_append(out, str_slice(s->in, use.at, use.size));
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
			if (s->raw_escapes)
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
		if (s->raw_escapes)
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

/* What begins with that byte; *ret_quoted: its blanks divide no words. */
static bool shell_part(struct shell *s, int c, struct buf *out, bool *ret_quoted)
{
	*ret_quoted = true;
	if (c == '\'' && !s->is_heredoc)
		return shell_single_quoted(s, out);
	if (c == '"' && !s->is_heredoc)
		return shell_double_quoted(s, out);
	if (c == '$') {
		*ret_quoted = false;
		return shell_dollar(s, out);
	}
	if (c == '<' && s->raw)
		shell_heredoc(s, out);
	else
		*ret_quoted = shell_plain(s, out);
	return true;
}

/* Everything up to `stop`, which is taken too. */
static bool shell_until(struct shell *s, int stop, bool raw_escapes, struct buf *out)
{
	int c;
	bool before = s->raw_escapes;
	s->raw_escapes = raw_escapes;
	while ((c = shell_peek(s)) != stop) {
		if (c == SHELL_END)
			return error_set(s->err, ERROR_SYNTAX, "'${' is not closed: '%c' is missing", stop);
		size_t from = out->n;
		bool quoted;
		if (!shell_part(s, c, out, &quoted))
			return false;
		if (s->words && s->depth == 0)
			shell_word_add(s, str_slice(buf_str(out), from, STR_NONE), quoted);
	}
	if (stop != SHELL_END)
		s->at++;
	s->raw_escapes = before;
	return true;
}

/* Words are in a buf, each with a NUL behind it. */
static size_t shell_keep_words(struct shell *s, struct arena *arena, const struct str **ret_words)
{
	if (s->in_word)
		buf_append_char(s->words, '\0');
	size_t n = 0, i = 0;
	for (size_t at = 0; at < s->words->n; at++)
		n += s->words->p[at] == '\0';
	struct str *list = arena_array(arena, n, sizeof *list);
	struct str kept = arena_str(arena, buf_str(s->words));
	for (struct str part; i < n && str_next(&kept, '\0', &part);)
		list[i++] = part;
	*ret_words = list;
	return n;
}

static enum shell_result shell_run(struct shell *s, const struct shell_word *w, struct buf *out,
                                   struct error *err)
{
	struct error fault = { 0 };
	s->in = w->text;
	s->escape = w->is_heredoc ? '\\' : w->escape;
	s->is_heredoc = w->is_heredoc;
	s->lookup = w->lookup;
	s->use = w->use;
	s->data = w->data;
	s->err = &fault;
	if (!shell_until(s, SHELL_END, false, out)) {
		*err = fault;
		return SHELL_FAILED;
	}
	return s->unresolved ? SHELL_UNRESOLVED : SHELL_DONE;
}

enum shell_result shell_expand_word(struct arena *arena, const struct shell_word *word,
                                    struct str *ret_text, struct error *err)
{
	struct shell s = { 0 };
	struct buf out owned_buf = { 0 };
	enum shell_result result = shell_run(&s, word, &out, err);
	if (result == SHELL_DONE)
		*ret_text = arena_str(arena, buf_str(&out));
	return result;
}

enum shell_result shell_expand(struct arena *arena, struct str word, char escape,
                               shell_lookup_fn *lookup, void *data, struct str *ret_text,
                               struct error *err)
{
	struct shell_word w = { .text = word, .escape = escape, .lookup = lookup, .data = data };
	return shell_expand_word(arena, &w, ret_text, err);
}

enum shell_result shell_expand_words(struct arena *arena, const struct shell_word *word,
                                     const struct str **ret_words, size_t *ret_count,
                                     struct error *err)
{
	struct buf out owned_buf = { 0 }, words owned_buf = { 0 };
	struct shell s = { .words = &words };
	enum shell_result result = shell_run(&s, word, &out, err);
	if (result == SHELL_DONE)
		*ret_count = shell_keep_words(&s, arena, ret_words);
	return result;
}

bool shell_words(struct arena *arena, struct str line, const struct str **ret_words,
                 size_t *ret_count)
{
	struct error ignored;
	struct buf out owned_buf = { 0 }, words owned_buf = { 0 };
	struct shell s = { .in = line, .escape = '\\', .raw = true, .err = &ignored, .words = &words };
	if (!shell_until(&s, SHELL_END, true, &out))
		return false;
	*ret_count = shell_keep_words(&s, arena, ret_words);
	return true;
}
