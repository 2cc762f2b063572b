#include "core/value/value.h"

#include "core/base/check.h"
#include "core/value/members.h"
#include "core/value/node.h"

static const int value_cjson_types[] = {
	[VALUE_NULL] = cJSON_NULL,
	[VALUE_BOOL] = cJSON_False,
	[VALUE_INTEGER] = cJSON_Number,
	[VALUE_FLOAT] = cJSON_Number,
	[VALUE_STRING] = cJSON_String,
	[VALUE_ARRAY] = cJSON_Array,
	[VALUE_OBJECT] = cJSON_Object,
	[VALUE_DATETIME] = cJSON_Raw,
	[VALUE_DATETIME_LOCAL] = cJSON_Raw,
	[VALUE_DATE_LOCAL] = cJSON_Raw,
	[VALUE_TIME_LOCAL] = cJSON_Raw,
};

struct value *node_new(struct arena *a, enum value_type type)
{
	bool wide = type == VALUE_ARRAY || type == VALUE_OBJECT;
	struct value *v = arena_alloc(a, wide ? sizeof(struct node_wide) : sizeof *v);
	v->json.type = value_cjson_types[type] | (int)type << NODE_TYPE_SHIFT;
	if (wide) {
		v->json.type |= NODE_WIDE;
		node_wide(v)->arena = a;
	}
	return v;
}

/* ---- looking ---- */

enum value_type value_type(const struct value *v)
{
	return node_type(v);
}

bool value_is_container(const struct value *v)
{
	return node_is_container(v);
}

struct str value_text(const struct value *v)
{
	return node_is_container(v) ? (struct str){ 0 } : node_text(v);
}

bool value_is_true(const struct value *v)
{
	return (v->json.type & cJSON_True) != 0;
}

struct str value_key(const struct value *v)
{
	return node_key(v);
}

struct span value_span(const struct value *v)
{
	return (struct span){ v->source, v->at, v->size };
}

struct span value_key_span(const struct value *v)
{
	if (!v->key_size)
		return (struct span){ 0 };
	return (struct span){ v->source, v->key_at, v->key_size };
}

struct origin value_origin(const struct value *v)
{
	return span_origin(value_span(v));
}

const struct value *value_child(const struct value *v)
{
	cJSON *first = node_first(v);
	return first ? node_of(first) : NULL;
}

const struct value *value_next(const struct value *v)
{
	return v->json.next ? node_of(v->json.next) : NULL;
}

size_t value_count(const struct value *v)
{
	/* How many its text holds is known. */
	if (!v->text_n)
		node_first(v);
	return node_is_container(v) ? v->text_n : 0;
}

const struct value *value_get(const struct value *object, struct str key)
{
	if (!object || node_type(object) != VALUE_OBJECT)
		return NULL;
	return members_find(object, key);
}

const struct value *value_under(const struct value *v)
{
	const struct node_wide *wide = node_wide(v);
	return wide ? wide->under : NULL;
}

/* ---- pointers: RFC 6901 ---- */

void value_pointer_append(struct buf *b, struct str token)
{
	buf_append_char(b, '/');
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '~')
			buf_append(b, STR("~0"));
		else if (token.p[i] == '/')
			buf_append(b, STR("~1"));
		else
			buf_append_char(b, token.p[i]);
	}
}

bool value_pointer_unescape(struct str token, struct buf *ret_key)
{
	buf_clear(ret_key);
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];
		if (c == '~') {
			if (++i == token.n || (token.p[i] != '0' && token.p[i] != '1'))
				return false;
			c = token.p[i] == '0' ? '~' : '/';
		}
		buf_append_char(ret_key, c);
	}
	return true;
}

static const struct value *value_element(const struct value *array, struct str token)
{
	unsigned long long index;
	if (!str_number(token, UINT32_MAX, &index) || (token.n > 1 && token.p[0] == '0') ||
	    index >= value_count(array))
		return NULL;
	const cJSON *at = node_first(array);
	while (index--)
		at = at->next;
	return (const struct value *)at;
}

const struct value *value_at(const struct value *root, struct str pointer)
{
	owned_buf struct buf key = { 0 };
	struct str token;
	if (pointer.n == 0)
		return root;
	if (pointer.p[0] != '/')
		return NULL;
	pointer = str_slice(pointer, 1, pointer.n);
	while (root && str_next(&pointer, '/', &token)) {
		if (!value_pointer_unescape(token, &key))
			return NULL;
		if (node_type(root) == VALUE_ARRAY)
			root = value_element(root, token);
		else
			root = value_get(root, buf_str(&key));
	}
	return root;
}

/* ---- comparing ---- */

static bool value_equal_members(const struct value *a, const struct value *b)
{
	for (const struct value *m = value_child(a); m; m = value_next(m)) {
		const struct value *other = members_find(b, node_key(m));
		if (!other || !value_equal(m, other))
			return false;
	}
	return true;
}

static bool value_equal_elements(const struct value *a, const struct value *b)
{
	const struct value *y = value_child(b);
	for (const struct value *x = value_child(a); x; x = value_next(x), y = value_next(y))
		if (!value_equal(x, y))
			return false;
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (!a || !b || a == b)
		return a == b;
	if (node_type(a) != node_type(b))
		return false;
	const cJSON *first = node_first(a), *other = node_first(b);
	if (a->text_n != b->text_n)
		return false;
	if (first && first == other)
		return true;
	switch (node_type(a)) {
	case VALUE_OBJECT:
		return value_equal_members(a, b);
	case VALUE_ARRAY:
		return value_equal_elements(a, b);
	default:
		return str_eq(node_text(a), node_text(b));
	}
}

/* ---- making ---- */

struct value *value_new(struct arena *a, enum value_type type, struct str text, struct span at)
{
	struct value *v = node_new(a, type);
	CHECK(text.n <= UINT32_MAX);
	if (type == VALUE_BOOL && str_eq(text, STR("true")))
		v->json.type ^= cJSON_False | cJSON_True;
	if (type == VALUE_BOOL)
		text = v->json.type & cJSON_True ? STR("true") : STR("false");
	if (type == VALUE_NULL)
		text = STR("null");
	if (!node_is_container(v))
		node_set_text(v, text.p ? text : STR(""));
	if (at.source) {
		v->source = at.source;
		v->at = at.at;
		v->size = at.size;
	}
	return v;
}

struct value *value_new_object(struct arena *a)
{
	return node_new(a, VALUE_OBJECT);
}

struct value *value_new_array(struct arena *a)
{
	return node_new(a, VALUE_ARRAY);
}

struct value *value_new_string(struct arena *a, struct str text)
{
	return value_new(a, VALUE_STRING, arena_str(a, text), (struct span){ 0 });
}

struct value *value_new_integer(struct arena *a, long long number)
{
	struct str text = str_of(arena_printf(a, "%lld", number));
	return value_new(a, VALUE_INTEGER, text, (struct span){ 0 });
}

struct value *value_new_bool(struct arena *a, bool is_true)
{
	return value_new(a, VALUE_BOOL, is_true ? STR("true") : STR("false"), (struct span){ 0 });
}

struct value *value_share(struct arena *a, const struct value *v)
{
	return value_over(a, v, value_under(v));
}

struct value *value_over(struct arena *a, const struct value *upper, const struct value *lower)
{
	const struct node_wide *wide = node_wide(upper);
	bool keep_wide = lower || node_is_container(upper);
	struct node_wide *copy = arena_alloc(a, keep_wide ? sizeof *copy : sizeof copy->value);
	memcpy(copy, upper, sizeof copy->value);
	copy->value.json.next = copy->value.json.prev = NULL;
	copy->value.json.type &= ~NODE_WIDE;
	if (copy->value.json.child)
		copy->value.json.type |= NODE_BORROWS;
	if (keep_wide) {
		copy->value.json.type |= NODE_WIDE;
		copy->under = lower;
		copy->arena = a;
	}
	/* The hash depends on the arena. */
	if (wide && wide->arena == a && !node_is_unread(upper))
		copy->members = wide->members;
	return &copy->value;
}

struct value *value_new_merged(struct arena *a, const struct value *place,
                               const struct value *under)
{
	struct value *v = value_new(a, VALUE_OBJECT, (struct str){ 0 }, value_span(place));
	v->json.type |= NODE_MERGED;
	node_wide(v)->under = under;
	return v;
}

bool value_is_merged(const struct value *v)
{
	return (v->json.type & NODE_MERGED) && value_under(v);
}

/* A head may hang under another key. */
bool value_is_same(const struct value *a, const struct value *b)
{
	if (node_type(a) != node_type(b) || a->source != b->source ||
	    value_is_unread(a) != value_is_unread(b))
		return false;
	if (value_is_unread(a) ? a->json.child != b->json.child : node_first(a) != node_first(b))
		return false;
	return a->source ? a->at == b->at : a->json.valuestring == b->json.valuestring &&
	                                    a->json.string == b->json.string;
}

/* ---- putting together ---- */

void node_link(struct value *parent, struct value *child)
{
	cJSON *first = parent->json.child;
	CHECK(parent->text_n < UINT32_MAX);
	parent->text_n++;
	if (!first) {
		parent->json.child = child->json.prev = &child->json;
		return;
	}
	cJSON *last = first->prev;
	last->next = &child->json;
	child->json.prev = last;
	first->prev = &child->json;
}

static void node_replace(struct value *parent, struct value *old, struct value *child)
{
	cJSON *first = parent->json.child, *last = first->prev;
	child->json.next = old->json.next;
	child->json.prev = old->json.prev;
	if (first == &old->json)
		parent->json.child = first = &child->json;
	else
		old->json.prev->next = &child->json;
	if (last == &old->json)
		first->prev = &child->json;
	else
		old->json.next->prev = &child->json;
	old->json.next = NULL;
}

bool node_put(struct value *object, struct value *child)
{
	struct value *old = members_put(object, child);
	if (old)
		node_replace(object, old, child);
	else
		node_link(object, child);
	return old != NULL;
}

/* Children in another's list are given heads of their own before the list grows. */
static void value_unshare(struct node_wide *parent)
{
	cJSON *children = parent->value.json.child;
	parent->value.json.type &= ~NODE_BORROWS;
	parent->value.json.child = NULL;
	parent->value.text_n = 0;
	parent->members = NULL;
	for (cJSON *j = children; j; j = j->next)
		node_link(&parent->value, value_share(parent->arena, node_of(j)));
}

/* The child as it will hang below parent: with key and its place. */
static struct value *value_adopt(struct value *parent, struct str key, struct span key_at,
                                 struct value *child)
{
	CHECK(node_is_container(parent) && parent != child);
	struct node_wide *wide = node_wide(parent);
	node_first(parent);
	if (parent->json.type & NODE_BORROWS)
		value_unshare(wide);
	if (child->json.prev)
		child = value_share(wide->arena, child);
	bool key_stands = key_at.source && key_at.source == child->source;
	child->key_at = key_stands ? key_at.at : 0;
	child->key_size = key_stands ? key_at.size : 0;
	CHECK(key.n <= UINT32_MAX);
	node_set_key(child, key);
	return child;
}

void value_append(struct value *parent, struct str key, struct span key_at, struct value *child)
{
	child = value_adopt(parent, key, key_at, child);
	if (node_type(parent) == VALUE_OBJECT) {
		node_put(parent, child);
		return;
	}
	child->json.string = NULL;
	child->key_n = 0;
	node_link(parent, child);
}

void value_append_new(struct value *object, struct str key, struct span key_at,
                      struct value *child)
{
	child = value_adopt(object, key, key_at, child);
	members_note_new(object, child);
	node_link(object, child);
}

void value_set(struct arena *a, struct value *object, const char *key, struct value *child)
{
	value_append(object, arena_str(a, str_of(key)), (struct span){ 0 }, child);
}
