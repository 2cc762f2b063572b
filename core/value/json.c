#include "core/value/json.h"

#include "core/base/check.h"
#include "core/value/json_read.h"
#include "core/value/node.h"

enum { JSON_UNREAD_MAX = 1024 };        /* bytes of text */

static struct value *json_value(struct json_reader *r, char after);

static inline void json_skip(struct json_reader *r)
{
	r->at = json_skip_blanks(r->at, r->end);
}

static inline bool json_take(struct json_reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static inline struct value *json_node(struct json_reader *r, enum value_type type,
                                      const char *start)
{
	struct value *v = node_new(r->arena, type);
	v->source = r->source;
	v->at = (uint32_t)(start - r->text);
	v->size = (uint32_t)(r->at - start);
	return v;
}

/* ---- strings ---- */

int json_escape_unit(const char *p, const char *end)
{
	int unit = 0;
	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = json_is_digit(p[i]) ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10;
		if (!json_is_digit(p[i]) && (digit < 10 || digit > 15))
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

size_t json_escape_size(const char *p, const char *end)
{
	if (end - p < 2 || !p[1])
		return 0;
	if (p[1] == 'u')
		return json_escape_unit(p, end) < 0 ? 0 : 6;
	return strchr("\"\\/bfnrt", p[1]) ? 2 : 0;
}

static void json_lone_surrogate(struct json_reader *r, const char *at)
{
	if (!r->problems)
		return;
	struct span span = { r->source, (uint32_t)(at - r->text), 6 };
	problems_add(r->problems, SEVERITY_WARNING, "json-lone-surrogate", span,
	             "%.6s is half of a surrogate pair and no character; it is read as U+FFFD", at);
}

/* The character of the escape \uXXXX at *p, which moves behind it, or behind the
 * pair. */
static uint32_t json_rune(struct json_reader *r, const char **p, const char *end)
{
	const char *start = *p;
	uint32_t unit = (uint32_t)json_escape_unit(start, end), low = 0;
	*p += 6;
	if (unit < 0xd800 || unit > 0xdfff)
		return unit;
	if (unit < 0xdc00)
		low = (uint32_t)json_escape_unit(*p, end);
	if (low >= 0xdc00 && low <= 0xdfff) {
		*p += 6;
		return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
	}
	json_lone_surrogate(r, start);
	return UTF8_REPLACEMENT;
}

static char json_short_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

/* Decoding never makes a text longer. */
static struct str json_decode(struct json_reader *r, const char *p, const char *end)
{
	char *out = arena_alloc(r->arena, (size_t)(end - p)), *start = out;
	while (p < end) {
		const char *escape = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((escape ? escape : end) - p);
		memcpy(out, p, plain);
		out += plain;
		p += plain;
		if (!escape)
			break;
		if (p[1] == 'u') {
			out += utf8_encode(json_rune(r, &p, end), out);
			continue;
		}
		*out++ = json_short_escape(p[1]);
		p += 2;
	}
	return (struct str){ start, (size_t)(out - start) };
}

/* r->at stands at the opening quote. */
static bool json_string(struct json_reader *r, struct str *ret_text)
{
	bool escaped = false;
	const char *start = ++r->at, *quote = json_string_end(start, r->end, &escaped);
	if (quote == r->end || *quote != '"') {
		json_explain_string(r, start - 1, quote);
		return false;
	}
	*ret_text = escaped ? json_decode(r, start, quote)
	                    : (struct str){ start, (size_t)(quote - start) };
	r->at = quote + 1;
	return true;
}

static struct value *json_string_value(struct json_reader *r)
{
	const char *start = r->at;
	struct str text;
	if (!json_string(r, &text))
		return NULL;
	struct value *v = json_node(r, VALUE_STRING, start);
	node_set_text(v, text);
	return v;
}

/* ---- numbers and words ---- */

static struct value *json_number(struct json_reader *r)
{
	enum value_type type;
	const char *start = r->at, *wrong, *end = json_number_end(start, r->end, &type, &wrong);
	if (!end)
		return json_explain_number(r, start, wrong);
	r->at = end;
	struct value *v = json_node(r, type, start);
	node_set_text(v, (struct str){ start, (size_t)(end - start) });
	return v;
}

static struct value *json_word(struct json_reader *r, char after)
{
	enum value_type type;
	const char *start = r->at, *end = json_word_end(start, r->end, &type);
	if (!end)
		return json_explain_value(r, after);
	r->at = end;
	struct value *v = json_node(r, type, start);
	if (*start == 't')
		v->json.type ^= cJSON_False | cJSON_True;
	node_set_text(v, (struct str){ start, (size_t)(end - start) });
	return v;
}

/* ---- containers ---- */

static struct value *json_open(struct json_reader *r, enum value_type type)
{
	if (r->depth == VALUE_DEPTH_MAX)
		return json_fail(r, r->at, 1, "arrays and objects are nested deeper than %d; "
		                 "that is the most that is read", VALUE_DEPTH_MAX);
	r->depth++;
	return json_node(r, type, r->at);
}

static void json_forget_children(struct value *container, uint32_t count)
{
	container->text_n = count;
	container->json.child = &container->json;
	container->json.type |= NODE_UNREAD;
	node_wide(container)->members = NULL;
}

/* Most containers are small and never looked into; those of which there are many are
 * written once.  So a small one is kept as its text, now known to be right, and
 * what it holds is forgotten. */
static struct value *json_close(struct json_reader *r, struct value *container,
                                struct arena_mark mark)
{
	r->depth--;
	container->size = (uint32_t)(r->at - r->text) - container->at;
	if (r->keeps_text && container->size <= JSON_UNREAD_MAX && container->text_n) {
		arena_rewind(r->arena, mark);
		json_forget_children(container, container->text_n);
	}
	return container;
}

/* The same without ever making the children, when a quick look suffices.  No byte is
 * looked at quickly more than once: a large container would be for each that holds it. */
static bool json_keep(struct json_reader *r, struct value *container)
{
	const char *end = r->end - r->at > JSON_UNREAD_MAX ? r->at + JSON_UNREAD_MAX : r->end;
	uint32_t count;
	if (!r->keeps_text || r->at < r->checked)
		return false;
	const char *behind = json_check_container(r->at, end, VALUE_DEPTH_MAX + 1 - r->depth, &count);
	r->checked = behind ? behind : end;
	if (!behind || !count)
		return false;
	r->at = behind;
	r->depth--;
	container->size = (uint32_t)(r->at - r->text) - container->at;
	json_forget_children(container, count);
	container->json.type |= NODE_PLAIN;
	return true;
}

static void json_duplicate(struct json_reader *r, const struct value *member)
{
	if (!r->problems)
		return;
	struct str key = node_key(member);
	if (key.n > 80)
		key.n = 80;
	problems_add(r->problems, SEVERITY_WARNING, "json-duplicate-key", value_key_span(member),
	             "the key \"%.*s\" stands here a second time; this last one counts, "
	             "remove the other", STR_ARG(key));
}

static bool json_member(struct json_reader *r, struct value *object, char after)
{
	struct str key;
	const char *start = r->at;
	if (start == r->end || *start != '"')
		return json_explain_key(r, after);
	if (!json_string(r, &key))
		return false;
	uint32_t key_size = (uint32_t)(r->at - start);
	json_skip(r);
	if (!json_take(r, ':'))
		return json_fail(r, r->at, r->at < r->end, "a colon is missing behind the key: "
		                 "write \"key\": value");
	json_skip(r);
	struct value *v = json_value(r, ':');
	if (!v)
		return false;
	v->key_at = (uint32_t)(start - r->text);
	v->key_size = key_size;
	node_set_key(v, key);
	if (node_put(object, v))
		json_duplicate(r, v);
	return true;
}

static bool json_element(struct json_reader *r, struct value *array, char after)
{
	struct value *v = json_value(r, after);
	if (v)
		node_link(array, v);
	return v != NULL;
}

/* r->at stands at the bracket that opens the container, then behind the last. */
static bool json_children(struct json_reader *r, struct value *container)
{
	bool object = node_type(container) == VALUE_OBJECT;
	char after = *r->at++, last = object ? '}' : ']';
	json_skip(r);
	if (json_take(r, last))
		return true;
	for (;; after = ',') {
		if (object ? !json_member(r, container, after) : !json_element(r, container, after))
			return false;
		json_skip(r);
		if (json_take(r, last))
			return true;
		if (!json_take(r, ','))
			return json_explain_next(r, container);
		json_skip(r);
	}
}

static struct value *json_container(struct json_reader *r, enum value_type type)
{
	struct value *container = json_open(r, type);
	if (!container || json_keep(r, container))
		return container;
	struct arena_mark mark = arena_mark(r->arena);
	return json_children(r, container) ? json_close(r, container, mark) : NULL;
}

void json_read_unread(struct value *v)
{
	const char *text = v->source->text.p;
	struct json_reader r = {
		.arena = node_wide(v)->arena, .source = v->source,
		.text = text, .at = text + v->at, .end = text + v->at + v->size,
	};
	CHECK(json_children(&r, v));
}

static struct value *json_value(struct json_reader *r, char after)
{
	if (r->at == r->end)
		return json_explain_value(r, after);
	switch (*r->at) {
	case '"':
		return json_string_value(r);
	case '{':
		return json_container(r, VALUE_OBJECT);
	case '[':
		return json_container(r, VALUE_ARRAY);
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return json_number(r);
	default:
		return json_word(r, after);
	}
}

/* ---- documents ---- */

static const struct value *json_document(struct json_reader *r)
{
	if (r->end - r->at > (ptrdiff_t)UINT32_MAX - 1)
		return json_fail(r, r->at, 0, "the text is larger than 4 GiB; split it");
	json_skip(r);
	struct value *root = json_value(r, 0);
	if (!root)
		return NULL;
	json_skip(r);
	if (r->at < r->end)
		return json_explain_rest(r);
	/* It stands: whoever appends it elsewhere gets a copy of its head. */
	root->json.prev = &root->json;
	return root;
}

static bool json_read(struct json_reader *r, struct str text, const struct value **ret_value)
{
	r->text = r->at = text.p ? text.p : "";
	r->end = r->text + text.n;
	r->checked = r->text;
	r->keeps_text = r->source != NULL;
	const struct value *root = json_document(r);
	if (root)
		*ret_value = root;
	return root != NULL;
}

bool value_read_json(struct arena *a, const struct source *source, struct problems *problems,
                     const struct value **ret_value)
{
	struct json_reader r = { .arena = a, .source = source, .problems = problems };
	return json_read(&r, source->text, ret_value);
}

bool value_parse_json(struct arena *a, struct str text, const struct value **ret_value,
                      struct error *err)
{
	struct json_reader r = { .arena = a, .err = err };
	return json_read(&r, text, ret_value);
}
