/* Texts of containers that the reader judged by a quick look: no key twice, no escapes in
 * keys, and every string as the writer would write it. */
#include "core/value/json_read.h"

struct plain {
	const char *at, *end;
};

static struct plain plain_of(const struct value *v)
{
	struct str text = span_text(value_span(v));
	return (struct plain){ text.p, text.p + text.n };
}

const char *json_plain_word_end(const char *p, const char *end)
{
	bool escaped;
	if (*p == '"')
		return json_string_end(p + 1, end, &escaped) + 1;
	while (p < end && !json_is_blank(*p) && *p != ',' && *p != ':' && (*p | 0x20) != '{' &&
	       (*p | 0x20) != '}')
		p++;
	return p;
}

/* To the next token; the first byte of it. */
static inline char plain_next(struct plain *t)
{
	t->at = json_skip_blanks(t->at, t->end);
	return *t->at;
}

static struct str plain_word(struct plain *t)
{
	const char *start = t->at;
	t->at = json_plain_word_end(start, t->end);
	return (struct str){ start, (size_t)(t->at - start) };
}

static void plain_skip_value(struct plain *t)
{
	unsigned depth = 0;
	do {
		char c = plain_next(t);
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		if (c == '{' || c == '[' || c == '}' || c == ']' || c == ',' || c == ':')
			t->at++;
		else
			plain_word(t);
	} while (depth);
}

/* Both stand at an object and come to stand behind it. */
static bool plain_like(struct plain *a, struct plain *b)
{
	char c;
	do {
		a->at++;
		b->at++;
		c = plain_next(a);
		if (c != plain_next(b))
			return false;
		if (c == '}')
			break;
		if (!json_is_same(plain_word(a), plain_word(b)))
			return false;
		plain_next(a);
		plain_next(b);
		a->at++;
		b->at++;
		if (plain_next(a) != '{' || plain_next(b) != '{') {
			plain_skip_value(a);
			plain_skip_value(b);
		} else if (!plain_like(a, b)) {
			return false;
		}
		c = plain_next(a);
		if (c != plain_next(b))
			return false;
	} while (c == ',');
	a->at++;
	b->at++;
	return true;
}

bool value_has_like_keys(const struct value *v, const struct value *other)
{
	if (node_type(v) != VALUE_OBJECT || node_type(other) != VALUE_OBJECT || !node_is_plain(v) ||
	    !node_is_plain(other))
		return false;
	struct plain a = plain_of(v), b = plain_of(other);
	return plain_like(&a, &b);
}
