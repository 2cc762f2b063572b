#include "core/context/ignore_pattern.h"

#include "core/base/buf.h"
#include "core/base/utf8.h"

static bool ignore_glob_refuse(const char *why, struct error *err)
{
	return error_set(err, ERROR_SYNTAX, "%s", why);
}

/* One end of a range in [...] (path/filepath getEsc). */
static bool ignore_glob_rune(struct str *rest, uint32_t *ret_rune, struct error *err)
{
	if (rest->n && (rest->p[0] == '-' || rest->p[0] == ']'))
		return ignore_glob_refuse("in [...] a '-' or ']' that is meant needs a '\\' before it",
		                          err);
	if (str_has_prefix(*rest, STR("\\")))
		*rest = str_slice(*rest, 1, rest->n);
	size_t size = 0;
	uint32_t rune = rest->n ? utf8_decode(*rest, &size) : 0;
	if (rune == UTF8_BAD)
		return ignore_glob_refuse("what stands in [...] is not UTF-8", err);
	*rest = str_slice(*rest, size, rest->n);
	*ret_rune = rune;
	return rest->n || ignore_glob_refuse("a '[' has no ']'", err);
}

/* Behind '['; whether the rune is of the class. */
static bool ignore_glob_class(struct str *rest, uint32_t rune, bool *ret_takes, struct error *err)
{
	bool negated = str_has_prefix(*rest, STR("^")), found = false;
	*rest = str_slice(*rest, negated, rest->n);
	do {
		uint32_t low, high;
		if (!ignore_glob_rune(rest, &low, err))
			return false;
		high = low;
		if (rest->p[0] == '-') {
			*rest = str_slice(*rest, 1, rest->n);
			if (!ignore_glob_rune(rest, &high, err))
				return false;
		}
		found |= low <= rune && rune <= high;
	} while (rest->p[0] != ']');
	*rest = str_slice(*rest, 1, rest->n);
	*ret_takes = found != negated;
	return true;
}

/* Up to the next '*' outside brackets (path/filepath scanChunk). */
static struct str ignore_glob_chunk(struct str *rest)
{
	bool inside = false;
	size_t i = 0;
	for (; i < rest->n && (inside || rest->p[i] != '*'); i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n)
			i++;
		else if (rest->p[i] == '[' || rest->p[i] == ']')
			inside = rest->p[i] == '[';
	}
	struct str chunk = str_slice(*rest, 0, i);
	*rest = str_slice(*rest, i, rest->n);
	return chunk;
}

/* Whether the chunk takes the front of the name, which is then dropped; all of the
 * chunk is looked at either way (path/filepath matchChunk, for names without '/'). */
static bool ignore_glob_takes(struct str chunk, struct str *name, bool *ret_takes,
                              struct error *err)
{
	struct str left = *name;
	bool takes = true;
	while (chunk.n) {
		char c = chunk.p[0];
		takes = takes && left.n;
		uint32_t rune = takes ? (unsigned char)left.p[0] : 0;
		bool taken = true;
		chunk = str_slice(chunk, 1, chunk.n);
		if (c == '[' && !ignore_glob_class(&chunk, rune, &taken, err))
			return false;
		if (c == '\\' && chunk.n == 0)
			return ignore_glob_refuse("nothing stands behind the last '\\'", err);
		if (c == '\\') {
			c = chunk.p[0];
			chunk = str_slice(chunk, 1, chunk.n);
			taken = (unsigned char)c == rune;
		} else if (c != '[' && c != '?') {
			taken = (unsigned char)c == rune;
		}
		takes = takes && taken;
		left = str_slice(left, 1, left.n);
	}
	*ret_takes = takes;
	if (takes)
		*name = left;
	return true;
}

/* What Go's filepath.Match(pattern, ".") calls a good pattern; moby asks it first.  It
 * stops where the name no longer fits, so that much of a pattern goes unseen. */
static bool ignore_glob_check(struct str pattern, struct error *err)
{
	struct str name = STR(".");
	while (pattern.n) {
		bool star = pattern.p[0] == '*', takes;
		while (str_has_prefix(pattern, STR("*")))
			pattern = str_slice(pattern, 1, pattern.n);
		struct str chunk = ignore_glob_chunk(&pattern), whole = name;
		if (star && chunk.n == 0)
			return true;
		if (!ignore_glob_takes(chunk, &name, &takes, err))
			return false;
		if (takes && (name.n == 0 || pattern.n))
			continue;
		name = str_slice(whole, 1, whole.n);
		if (!star || whole.n == 0)
			return true;
		/* One byte can be skipped at most, and then nothing is left. */
		if (!ignore_glob_takes(chunk, &name, &takes, err))
			return false;
		if (!takes)
			return true;
	}
	return true;
}

struct ignore_scan {
	struct str rest;
	struct buf out;                 /* the regular expression */
	enum ignore_form form;
	bool first;
};

static bool ignore_scan_takes(struct ignore_scan *s, char c)
{
	if (s->rest.n == 0 || s->rest.p[0] != c)
		return false;
	s->rest = str_slice(s->rest, 1, s->rest.n);
	return true;
}

/* Behind one '*'. */
static void ignore_scan_star(struct ignore_scan *s)
{
	if (!ignore_scan_takes(s, '*')) {
		buf_append_text(&s->out, "[^/]*");
		s->form = IGNORE_REGEX;
		return;
	}
	ignore_scan_takes(s, '/');
	if (s->rest.n) {
		buf_append_text(&s->out, "(.*/)?");
		s->form = IGNORE_REGEX;
	} else if (s->form == IGNORE_EXACT) {
		s->form = IGNORE_PREFIX;
	} else {
		buf_append_text(&s->out, ".*");
		s->form = IGNORE_REGEX;
	}
	if (s->first)
		s->form = IGNORE_SUFFIX;
}

/* A rune as Go's text/scanner hands it on: what is not UTF-8 as U+FFFD. */
static void ignore_scan_copy(struct ignore_scan *s)
{
	size_t size;
	buf_append_rune(&s->out, ignore_regex_rune(s->rest, &size));
	s->rest = str_slice(s->rest, size, s->rest.n);
}

static void ignore_scan_next(struct ignore_scan *s)
{
	char c = s->rest.p[0];
	if (ignore_scan_takes(s, '*')) {
		ignore_scan_star(s);
	} else if (ignore_scan_takes(s, '?')) {
		buf_append_text(&s->out, "[^/]");
		s->form = IGNORE_REGEX;
	} else if (ignore_scan_takes(s, '\\')) {
		buf_append_char(&s->out, '\\');
		if (s->rest.n) {
			ignore_scan_copy(s);
			s->form = IGNORE_REGEX;
		}
	} else {
		/* moby's table has | { } as well, and loses them: 1 << 15 in a byte. */
		if (c && strchr(".+()$", c))
			buf_append_char(&s->out, '\\');
		if (c == '[' || c == ']')
			s->form = IGNORE_REGEX;
		ignore_scan_copy(s);
	}
}

bool ignore_pattern_compile(struct arena *a, struct str text, struct ignore_pattern *ret_pattern,
                            struct error *err)
{
	if (!ignore_glob_check(text, err))
		return false;
	struct ignore_pattern p = { .text = text };
	struct ignore_scan s = { .rest = text, .form = IGNORE_EXACT };
	if (str_has_prefix(text, STR("\xef\xbb\xbf")))  /* text/scanner drops it */
		s.rest = str_slice(text, 3, text.n);
	buf_append_char(&s.out, '^');
	for (s.first = true; s.rest.n; s.first = false)
		ignore_scan_next(&s);
	p.form = s.form;
	if (p.form == IGNORE_PREFIX)
		p.text = str_slice(text, 0, text.n - 2);
	if (p.form == IGNORE_SUFFIX)
		p.text = str_slice(text, 2, text.n);
	bool ok = true;
	if (p.form == IGNORE_REGEX) {
		buf_append_char(&s.out, '$');
		ok = ignore_regex_parse(a, buf_str(&s.out), &p.regex, err);
	}
	buf_finish(&s.out);
	if (!ok)
		return false;
	p.text = arena_str(a, p.text);
	*ret_pattern = p;
	return true;
}

bool ignore_pattern_matches(const struct ignore_pattern *p, struct str path)
{
	switch (p->form) {
	case IGNORE_EXACT:
		return str_eq(path, p->text);
	case IGNORE_PREFIX:
		return str_has_prefix(path, p->text);
	case IGNORE_SUFFIX:
		return str_has_suffix(path, p->text) ||
		       (p->text.p[0] == '/' && str_eq(path, str_slice(p->text, 1, p->text.n)));
	case IGNORE_REGEX:
		return ignore_regex_matches(&p->regex, path);
	}
	return false;
}

bool ignore_pattern_reaches(const struct ignore_pattern *p, struct str start)
{
	switch (p->form) {
	case IGNORE_EXACT:
		return p->text.n > start.n && str_has_prefix(p->text, start);
	case IGNORE_PREFIX:
		return str_has_prefix(p->text, start) || str_has_prefix(start, p->text);
	case IGNORE_SUFFIX:
		return true;
	case IGNORE_REGEX:
		return ignore_regex_reaches(&p->regex, start);
	}
	return false;
}
