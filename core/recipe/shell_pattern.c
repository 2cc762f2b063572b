/* Patterns as sets of places: which places of the value a token leads from and to. */
#include "core/recipe/shell_pattern.h"

#include "core/base/check.h"
#include "core/base/utf8.h"

/* Places looked at for one substitution; builders would take as long. */
enum { PATTERN_WORK_MAX = 1 << 22 };

enum token_kind { TOKEN_BYTE, TOKEN_ANY, TOKEN_STAR };

struct pattern {
	struct buf kinds, bytes;        /* a byte a token each */
	struct str value;
	unsigned char *places, *scratch;        /* value.n + 1 each: can it be there? */
	size_t work;
};

static void pattern_finish(struct pattern *p)
{
	buf_finish(&p->kinds);
	buf_finish(&p->bytes);
	free(p->places);
	free(p->scratch);
}
#define owned_pattern __attribute__((cleanup(pattern_finish)))

static void pattern_add(struct pattern *p, enum token_kind kind, char byte)
{
	buf_append_char(&p->kinds, (char)kind);
	buf_append_char(&p->bytes, byte);
}

static bool pattern_parse(struct pattern *p, struct str text, struct error *err)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '*' || c == '?') {
			pattern_add(p, c == '*' ? TOKEN_STAR : TOKEN_ANY, c);
			continue;
		}
		if (c == '\\') {
			char next = i + 1 < text.n ? text.p[i + 1] : '\0';
			if (next == '\0' || !memchr("}/*?\\", next, 5))
				return error_set(err, ERROR_SYNTAX, "the pattern '%.*s' has a '\\' that stands "
				                 "before none of * ? \\ } /", STR_ARG(text));
			c = next;
			i++;
		}
		pattern_add(p, TOKEN_BYTE, c);
	}
	return true;
}

static bool pattern_init(struct pattern *p, struct str value, struct str text, struct error *err)
{
	p->value = value;
	p->places = xrealloc(NULL, value.n + 1, 1);
	p->scratch = xrealloc(NULL, value.n + 1, 1);
	return pattern_parse(p, text, err);
}

/* What '?' takes at a place; 0: nothing. */
static size_t pattern_rune(const struct pattern *p, size_t at)
{
	size_t size;
	if (at >= p->value.n || p->value.p[at] == '\n')
		return 0;
	utf8_decode(str_slice(p->value, at, STR_NONE), &size);
	return size;
}

static void pattern_swap(struct pattern *p)
{
	unsigned char *old = p->places;
	p->places = p->scratch;
	p->scratch = old;
	p->work += p->value.n + 1;
}

/* From the places before a token to those behind it. */
static void pattern_forward(struct pattern *p, size_t token)
{
	size_t n = p->value.n, size;
	enum token_kind kind = (enum token_kind)p->kinds.p[token];
	if (kind == TOKEN_STAR) {
		for (size_t at = 0; at < n; at++)
			if (p->places[at] && (size = pattern_rune(p, at)) > 0)
				p->places[at + size] = 1;
		p->work += n + 1;
		return;
	}
	memset(p->scratch, 0, n + 1);
	for (size_t at = 0; at < n; at++) {
		size = kind == TOKEN_ANY ? pattern_rune(p, at) : p->value.p[at] == p->bytes.p[token];
		if (p->places[at] && size)
			p->scratch[at + size] = 1;
	}
	pattern_swap(p);
}

static void pattern_backward(struct pattern *p, size_t token)
{
	size_t n = p->value.n, size;
	enum token_kind kind = (enum token_kind)p->kinds.p[token];
	if (kind == TOKEN_STAR) {
		for (size_t at = n; at-- > 0;)
			if ((size = pattern_rune(p, at)) > 0 && p->places[at + size])
				p->places[at] = 1;
		p->work += n + 1;
		return;
	}
	memset(p->scratch, 0, n + 1);
	for (size_t at = 0; at < n; at++) {
		size = kind == TOKEN_ANY ? pattern_rune(p, at) : p->value.p[at] == p->bytes.p[token];
		p->scratch[at] = size && p->places[at + size];
	}
	pattern_swap(p);
}

/* The places where a match that starts at `from` can end. */
static bool pattern_ends(struct pattern *p, size_t from)
{
	memset(p->places, 0, p->value.n + 1);
	p->places[from] = 1;
	for (size_t i = 0; i < p->kinds.n && p->work < PATTERN_WORK_MAX; i++)
		pattern_forward(p, i);
	return p->work < PATTERN_WORK_MAX;
}

/* Nothing starts inside of a letter. */
static void pattern_clear_inside(struct pattern *p)
{
	for (size_t at = 0, size; at < p->value.n; at += size) {
		utf8_decode(str_slice(p->value, at, STR_NONE), &size);
		memset(p->places + at + 1, 0, size - 1);
	}
}

/* The places where one can start that ends at the value's end, or (anywhere) somewhere. */
static bool pattern_starts(struct pattern *p, bool anywhere)
{
	memset(p->places, anywhere, p->value.n + 1);
	p->places[p->value.n] = 1;
	for (size_t i = p->kinds.n; i-- > 0 && p->work < PATTERN_WORK_MAX;)
		pattern_backward(p, i);
	pattern_clear_inside(p);
	return p->work < PATTERN_WORK_MAX;
}

static size_t pattern_first(const struct pattern *p, const unsigned char *places, size_t from)
{
	for (size_t at = from; at <= p->value.n; at++)
		if (places[at])
			return at;
	return STR_NONE;
}

static size_t pattern_last(const struct pattern *p)
{
	for (size_t at = p->value.n + 1; at-- > 0;)
		if (p->places[at])
			return at;
	return STR_NONE;
}

enum shell_result shell_pattern_trim(struct str value, struct str pattern, bool suffix,
                                     bool longest, struct str *ret_value, struct error *err)
{
	owned_pattern struct pattern p = { 0 };
	if (!pattern_init(&p, value, pattern, err))
		return SHELL_FAILED;
	if (!(suffix ? pattern_starts(&p, false) : pattern_ends(&p, 0)))
		return SHELL_UNRESOLVED;
	size_t cut = suffix == longest ? pattern_first(&p, p.places, 0) : pattern_last(&p);
	if (cut == STR_NONE)
		*ret_value = value;
	else
		*ret_value = suffix ? str_slice(value, 0, cut) : str_slice(value, cut, STR_NONE);
	return SHELL_DONE;
}

/* As Go's regexp goes on: a match of nothing right behind another one is none. */
static bool pattern_replace(struct pattern *p, struct buf *out, const unsigned char *starts,
                            struct str replacement, bool all)
{
	size_t done = 0;
	for (size_t look = 0; look <= p->value.n;) {
		size_t from = pattern_first(p, starts, look), size;
		if (from == STR_NONE)
			break;
		if (!pattern_ends(p, from))
			return false;
		size_t end = pattern_last(p);
		buf_append(out, str_slice(p->value, done, from - done));
		if (end > done || from == 0)
			buf_append(out, replacement);
		done = end;
		size = 1;
		if (look < p->value.n)
			utf8_decode(str_slice(p->value, look, STR_NONE), &size);
		look = look + size > end ? look + size : end;
		if (!all)
			break;
	}
	buf_append(out, str_slice(p->value, done, STR_NONE));
	return true;
}

enum shell_result shell_pattern_replace(struct buf *out, struct str value, struct str pattern,
                                        struct str replacement, bool all, struct error *err)
{
	owned_pattern struct pattern p = { 0 };
	owned_buf struct buf result = { 0 };
	if (!pattern_init(&p, value, pattern, err))
		return SHELL_FAILED;
	/* With a dollar in it Go takes the replacement for a template. */
	if (!pattern_starts(&p, true) || (all && str_find(replacement, '$') != STR_NONE))
		return SHELL_UNRESOLVED;
	unsigned char *starts = p.places;
	p.places = xrealloc(NULL, value.n + 1, 1);
	bool ok = pattern_replace(&p, &result, starts, replacement, all);
	free(starts);
	if (!ok)
		return SHELL_UNRESOLVED;
	buf_append(out, buf_str(&result));
	return SHELL_DONE;
}
