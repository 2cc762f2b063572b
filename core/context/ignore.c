#include "core/context/ignore.h"

#include "core/base/check.h"
#include "core/base/utf8.h"
#include "core/context/ignore_pattern.h"

struct ignore {
	struct arena *arena;
	struct ignore_pattern *patterns;
	size_t n, cap;
	bool has_exceptions, is_all;
};

void ignore_free(struct ignore *g)
{
	if (!g)
		return;
	free(g->patterns);
	arena_free(g->arena);
	free(g);
}

/* Go's unicode.IsSpace. */
static bool ignore_is_blank(uint32_t c)
{
	return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* Go's strings.TrimSpace. */
static struct str ignore_trim(struct str s)
{
	size_t size;
	while (s.n && ignore_is_blank(ignore_regex_rune(s, &size)))
		s = str_slice(s, size, s.n);
	while (s.n) {
		size_t at = s.n - 1;
		while (at > 0 && s.n - at < UTF8_MAX && ((unsigned char)s.p[at] & 0xc0) == 0x80)
			at--;
		uint32_t rune = ignore_regex_rune(str_slice(s, at, s.n), &size);
		if (at + size != s.n || !ignore_is_blank(rune))
			break;
		s.n = at;
	}
	return s;
}

/* Drops the last part of what stands in out behind `kept` bytes; false: none there. */
static bool ignore_clean_up(struct buf *out, size_t kept)
{
	if (out->n <= kept)
		return false;
	size_t slash = str_find_last(str_slice(buf_str(out), kept, out->n), '/');
	out->n = slash == STR_NONE ? kept : kept + slash;
	return true;
}

/* Go's filepath.Clean; may hold NUL. */
static struct str ignore_clean(struct buf *out, struct str path)
{
	struct str rest = path, part;
	size_t rooted = str_has_prefix(path, STR("/"));
	size_t kept = rooted;   /* a front of ".." that nothing takes back */
	buf_clear(out);
	buf_append(out, str_slice(STR("/"), 0, rooted));
	while (str_next(&rest, '/', &part)) {
		bool up = str_eq(part, STR(".."));
		if (part.n == 0 || str_eq(part, STR(".")))
			continue;
		if (up && (ignore_clean_up(out, kept) || rooted))
			continue;
		if (out->n > rooted)
			buf_append_char(out, '/');
		buf_append(out, part);
		if (up)
			kept = out->n;
	}
	if (out->n == 0)
		buf_append_char(out, '.');
	return buf_str(out);
}

/* A line as ReadAll hands it on: cleaned, relative.  {NULL, 0}: no pattern. */
static struct str ignore_read_line(struct buf *out, struct str line)
{
	owned_buf struct buf clean = { 0 };
	if (str_has_prefix(line, STR("#")))
		return (struct str){ 0 };
	line = ignore_trim(line);
	if (line.n == 0)
		return (struct str){ 0 };
	bool keeps = line.p[0] == '!';
	if (keeps)
		line = ignore_trim(str_slice(line, 1, line.n));
	if (line.n)
		line = ignore_clean(&clean, line);
	if (line.n > 1 && line.p[0] == '/')
		line = str_slice(line, 1, line.n);
	buf_clear(out);
	buf_append(out, str_slice(STR("!"), 0, keeps));
	buf_append(out, line);
	return buf_str(out);
}

/* moby reads each pattern twice, and the second reading has its own say. */
bool ignore_add(struct ignore *g, struct str line, struct error *err)
{
	owned_buf struct buf first = { 0 }, second = { 0 };
	struct ignore_pattern p = { 0 };
	if (line.n > IGNORE_LINE_MAX)
		return error_set(err, ERROR_LIMIT, "a pattern has %zu bytes; at most %d are allowed",
		                 line.n, IGNORE_LINE_MAX);
	struct str text = ignore_trim(ignore_read_line(&first, line));
	if (text.n == 0)
		return true;
	text = ignore_clean(&second, text);
	bool keeps = text.p[0] == '!';
	text = str_slice(text, keeps, text.n);
	if (text.n == 0)
		return error_set(err, ERROR_SYNTAX, "a '!' needs a pattern behind it, as in !README.md");
	if (g->n == IGNORE_PATTERNS_MAX)
		return error_set(err, ERROR_LIMIT, "there are more than %d patterns",
		                 IGNORE_PATTERNS_MAX);
	if (!ignore_pattern_compile(g->arena, text, &p, err))
		return error_prefix(err, "bad pattern '%.*s'", STR_ARG(text));
	p.keeps = keeps;
	g->has_exceptions |= keeps;
	g->is_all |= !keeps && (str_eq(text, STR("*")) || str_eq(text, STR("**")) ||
	                        str_eq(text, STR("**/*")));
	if (g->n == g->cap)
		g->patterns = xrealloc(g->patterns, g->cap = g->cap ? g->cap * 2 : 16, sizeof p);
	g->patterns[g->n++] = p;
	return true;
}

struct ignore *ignore_parse(const struct source *source, struct problems *problems)
{
	struct ignore *g = xcalloc(1, sizeof *g);
	g->arena = arena_new();
	struct str rest = source->text, line;
	if (str_has_prefix(rest, STR("\xef\xbb\xbf")))
		rest = str_slice(rest, 3, rest.n);
	while (str_next(&rest, '\n', &line)) {
		struct error err = { 0 };
		if (str_has_suffix(line, STR("\r")))
			line.n--;
		if (ignore_add(g, line, &err))
			continue;
		struct span at = { source, (uint32_t)(line.p - source->text.p), (uint32_t)line.n };
		problems_add(problems, SEVERITY_ERROR, "ignore-pattern", at, "%s", err.text);
		if (err.code == ERROR_LIMIT && g->n == IGNORE_PATTERNS_MAX)
			break;
	}
	return g;
}

bool ignore_has_exceptions(const struct ignore *g)
{
	return g->has_exceptions;
}

bool ignore_is_all(const struct ignore *g)
{
	return g->is_all;
}

void ignore_append_clean(struct buf *out, struct str path)
{
	owned_buf struct buf clean = { 0 };
	buf_append(out, ignore_clean(&clean, path));
}

size_t ignore_count(const struct ignore *g)
{
	return g->n;
}

void ignore_enter(const struct ignore *g, struct str dir, const bool *above, bool *ret_hits)
{
	for (size_t i = 0; i < g->n; i++)
		ret_hits[i] = (above && above[i]) || ignore_pattern_matches(&g->patterns[i], dir);
}

bool ignore_matches_below(const struct ignore *g, const bool *above, struct str path)
{
	bool matched = false;
	for (size_t i = 0; i < g->n; i++) {
		const struct ignore_pattern *p = &g->patterns[i];
		if (p->keeps != matched)
			continue;       /* it could not change anything */
		if ((above && above[i]) || ignore_pattern_matches(p, path))
			matched = !p->keeps;
	}
	return matched;
}

bool ignore_prunes_below(const struct ignore *g, const bool *hits, struct str dir)
{
	size_t last = g->n;
	while (last > 0 && (g->patterns[last - 1].keeps || !hits[last - 1]))
		last--;
	if (last == 0)
		return false;
	owned_buf struct buf start = { 0 };
	buf_append(&start, dir);
	buf_append_char(&start, '/');
	/* Below, all is ignored from `last` on; only a later ! can keep something. */
	for (size_t i = last; i < g->n; i++) {
		const struct ignore_pattern *p = &g->patterns[i];
		if (p->keeps && (hits[i] || ignore_pattern_reaches(p, buf_str(&start))))
			return false;
	}
	return true;
}

/* Enters every folder above path.  Of an absolute one, the empty part before the '/'
 * counts too, and the '/' when path stands right in it, as moby has it. */
static bool *ignore_enter_above(const struct ignore *g, struct str path)
{
	bool *hits = xcalloc(g->n + 1, sizeof *hits);
	if (str_find_last(path, '/') == 0)
		ignore_enter(g, STR("/"), hits, hits);
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			ignore_enter(g, str_slice(path, 0, i), hits, hits);
	return hits;
}

bool ignore_matches(const struct ignore *g, struct str path)
{
	owned_buf struct buf clean = { 0 };
	path = ignore_clean(&clean, path);
	if (str_eq(path, STR(".")))
		return false;
	owned_memory bool *hits = ignore_enter_above(g, path);
	return ignore_matches_below(g, hits, path);
}

bool ignore_prunes(const struct ignore *g, struct str dir)
{
	owned_buf struct buf clean = { 0 };
	dir = ignore_clean(&clean, dir);
	if (str_eq(dir, STR(".")))
		return false;
	owned_memory bool *hits = ignore_enter_above(g, dir);
	ignore_enter(g, dir, hits, hits);
	return ignore_prunes_below(g, hits, dir);
}
