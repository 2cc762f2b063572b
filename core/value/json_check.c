/* A quick look at a small container that is to be kept as its text: whether it is right
 * without a doubt, and without nodes.  The reader proper decides the rest. */
#include "core/value/json_read.h"

enum { CHECK_MEMBERS = 16, CHECK_KEYS = 64 };

struct json_check {
	const char *at, *end;           /* end: of the text, or as far as it may reach */
	unsigned depth, depth_max;
	struct str keys[CHECK_KEYS];    /* of the objects around at */
	size_t nkeys;
};

static bool check_container(struct json_check *c, uint32_t *ret_count);

static inline void check_skip(struct json_check *c)
{
	c->at = json_skip_blanks(c->at, c->end);
}

static inline bool check_take(struct json_check *c, char want)
{
	check_skip(c);
	if (c->at == c->end || *c->at != want)
		return false;
	c->at++;
	return true;
}

static bool check_escapes(struct str text)
{
	for (size_t at; (at = str_find(text, '\\')) != STR_NONE;) {
		if (text.p[at + 1] == 'u' || text.p[at + 1] == '/')
			return false;
		text = str_slice(text, at + 2, text.n);
	}
	return true;
}

/* Escapes must be those that the writer makes, in keys there may be none. */
static inline bool check_string(struct json_check *c, struct str *ret_text, bool is_key)
{
	bool escaped = false;
	const char *start = c->at + 1, *quote = json_string_end(start, c->end, &escaped);
	if (quote == c->end || *quote != '"')
		return false;
	c->at = quote + 1;
	*ret_text = (struct str){ start, (size_t)(quote - start) };
	return !escaped || (!is_key && check_escapes(*ret_text));
}

static bool check_value(struct json_check *c)
{
	enum value_type type;
	struct str text;
	uint32_t count;
	const char *wrong;
	if (c->at == c->end)
		return false;
	if (*c->at == '"')
		return check_string(c, &text, false);
	if (*c->at == '{' || *c->at == '[')
		return check_container(c, &count);
	if (json_is_digit(*c->at) || *c->at == '-')
		c->at = json_number_end(c->at, c->end, &type, &wrong);
	else
		c->at = json_word_end(c->at, c->end, &type);
	return c->at != NULL;
}

/* True when the object whose keys begin at `first` has no such key yet. */
static inline bool check_key(struct json_check *c, size_t first, struct str key)
{
	if (c->nkeys == CHECK_KEYS || c->nkeys - first == CHECK_MEMBERS)
		return false;
	for (size_t i = first; i < c->nkeys; i++)
		if (json_is_same(c->keys[i], key))
			return false;
	c->keys[c->nkeys++] = key;
	return true;
}

static bool check_member(struct json_check *c, size_t first)
{
	struct str key;
	if (c->at == c->end || *c->at != '"' || !check_string(c, &key, true) ||
	    !check_key(c, first, key) || !check_take(c, ':'))
		return false;
	check_skip(c);
	return check_value(c);
}

static bool check_container(struct json_check *c, uint32_t *ret_count)
{
	bool object = *c->at++ == '{';
	size_t first = c->nkeys;
	char last = object ? '}' : ']';
	*ret_count = 0;
	if (c->depth++ == c->depth_max)
		return false;
	if (check_take(c, last)) {
		c->depth--;
		return true;
	}
	do {
		check_skip(c);
		if (object ? !check_member(c, first) : !check_value(c))
			return false;
		++*ret_count;
	} while (check_take(c, ','));
	c->nkeys = first;
	c->depth--;
	return check_take(c, last);
}

const char *json_check_container(const char *at, const char *end, unsigned depth_max,
                                 uint32_t *ret_count)
{
	struct json_check c;
	c.at = at;
	c.end = end;
	c.depth = 0;
	c.depth_max = depth_max;
	c.nkeys = 0;
	return check_container(&c, ret_count) ? c.at : NULL;
}
