#include "core/config/cascade.h"
#include "core/value/json.h"

/* Walks the merged tree together with what lower layers hold at the same
 * pointer: what a node shadows itself, and what its ancestors' shadows hold. */
struct origins {
	struct buf *out;
	struct arena *scratch;
	const struct document *document;
	struct buf pointer;
	bool any;
};

/* A value at the pointer; an array's elements as a table, so that walking long
 * arrays side by side stays linear. */
struct origins_lower {
	const struct value *value;
	const struct value **elements;
};

struct origins_lowers {
	struct origins_lower *items;    /* nearest layer first */
	size_t n;
};

static void origins_walk(struct origins *o, const struct value *v, struct origins_lowers lowers);

/* ---- rows ---- */

static void origins_string(struct buf *out, const char *text)
{
	if (text)
		value_write_json_string(out, str_of(text), false);
	else
		buf_append(out, STR("null"));
}

/* "value": …, "origin": {…} */
static void origins_value(struct origins *o, const struct value *v)
{
	struct span span = value_span(v);
	struct origin at = span_origin(span);
	buf_append(o->out, STR("\"value\": "));
	value_write_json(o->out, v, (struct json_style){ 0 });
	buf_append(o->out, STR(", \"origin\": {\"file\": "));
	origins_string(o->out, span.source && span.source->name ? span.source->name : at.path);
	if (at.line)
		buf_printf(o->out, ", \"line\": %u, \"column\": %u", at.line, at.column);
	buf_append(o->out, STR(", \"profile\": "));
	origins_string(o->out, at.profile);
	buf_append_char(o->out, '}');
}

static void origins_row(struct origins *o, const struct value *v, struct origins_lowers lowers)
{
	buf_append_text(o->out, o->any ? ",\n    {\"file\": " : "\n    {\"file\": ");
	o->any = true;
	origins_string(o->out, o->document->path);
	buf_append(o->out, STR(", \"pointer\": "));
	value_write_json_string(o->out, buf_str(&o->pointer), false);
	buf_append(o->out, STR(", "));
	if (v) {
		origins_value(o, v);
		buf_append(o->out, STR(", "));
	}
	buf_append(o->out, STR("\"shadowed\": ["));
	for (size_t i = 0; i < lowers.n; i++) {
		buf_append(o->out, i ? STR(", {") : STR("{"));
		origins_value(o, lowers.items[i].value);
		buf_append_char(o->out, '}');
	}
	buf_append(o->out, STR("]}"));
}

/* ---- lower layers ---- */

static size_t origins_depth(const struct value *v)
{
	size_t n = 0;
	for (; v; v = value_under(v))
		n++;
	return n;
}

static struct origins_lower origins_lower(struct origins *o, const struct value *v)
{
	struct origins_lower l = { .value = v };
	if (!v || value_type(v) != VALUE_ARRAY || !value_child(v))
		return l;
	size_t n = 0;
	l.elements = arena_array(o->scratch, value_count(v), sizeof *l.elements);
	for (const struct value *e = value_child(v); e; e = value_next(e))
		l.elements[n++] = e;
	return l;
}

/* v and all it shadows. */
static void origins_add(struct origins *o, struct origins_lowers *lowers, const struct value *v)
{
	for (; v; v = value_under(v))
		lowers->items[lowers->n++] = origins_lower(o, v);
}

static const struct value *origins_child(const struct origins_lower *l, struct str token)
{
	unsigned long long index;
	if (value_type(l->value) == VALUE_OBJECT)
		return value_get(l->value, token);
	if (!l->elements || (token.n > 1 && token.p[0] == '0') ||
	    !str_number(token, value_count(l->value) - 1, &index))
		return NULL;
	return l->elements[index];
}

/* The child's own shadows first, then what the lower layers hold at its pointer. */
static struct origins_lowers origins_under(struct origins *o, const struct value *v,
                                           struct origins_lowers parents, struct str token)
{
	size_t room = v ? origins_depth(value_under(v)) : 0;
	for (size_t i = 0; i < parents.n; i++)
		room += origins_depth(origins_child(&parents.items[i], token));
	struct origins_lowers lowers = { 0 };
	if (!room)
		return lowers;
	lowers.items = arena_array(o->scratch, room, sizeof *lowers.items);
	if (v)
		origins_add(o, &lowers, value_under(v));
	for (size_t i = 0; i < parents.n; i++)
		origins_add(o, &lowers, origins_child(&parents.items[i], token));
	return lowers;
}

/* ---- walking ---- */

static void origins_step(struct origins *o, const struct value *child,
                         struct origins_lowers parents, struct str token)
{
	size_t length = o->pointer.n;
	value_pointer_append(&o->pointer, token);
	origins_walk(o, child, origins_under(o, child, parents, token));
	o->pointer.n = length;
}

/* The token of a child: its key, or its index written into the scratch. */
static struct str origins_token(const struct value *parent, const struct value *child,
                                size_t index, struct buf *scratch)
{
	if (value_type(parent) == VALUE_OBJECT)
		return value_key(child);
	buf_clear(scratch);
	buf_printf(scratch, "%zu", index);
	return buf_str(scratch);
}

/* True when v, or a layer lower than the one at `at`, holds this child: then it
 * was listed already. */
static bool origins_listed(const struct origins_lower *v, struct origins_lowers lowers, size_t at,
                           struct str token)
{
	if (v->value && origins_child(v, token))
		return true;
	for (size_t i = at + 1; i < lowers.n; i++)
		if (origins_child(&lowers.items[i], token))
			return true;
	return false;
}

/* Pointers that only lower layers have, in the order in which they appeared. */
static void origins_dropped(struct origins *o, const struct value *v, struct origins_lowers lowers)
{
	owned_buf struct buf scratch = { 0 };
	struct origins_lower own = origins_lower(o, lowers.n ? v : NULL);
	for (size_t i = lowers.n; i-- > 0;) {
		size_t index = 0;
		const struct value *parent = lowers.items[i].value;
		for (const struct value *c = value_child(parent); c; c = value_next(c)) {
			struct str token = origins_token(parent, c, index++, &scratch);
			if (!origins_listed(&own, lowers, i, token))
				origins_step(o, NULL, lowers, token);
		}
	}
}

static bool origins_is_leaf(const struct value *v)
{
	return !value_child(v);
}

static bool origins_has_leaf(struct origins_lowers lowers)
{
	for (size_t i = 0; i < lowers.n; i++)
		if (origins_is_leaf(lowers.items[i].value))
			return true;
	return false;
}

/* v is NULL for a pointer that only lower layers have. */
static void origins_walk(struct origins *o, const struct value *v, struct origins_lowers lowers)
{
	owned_buf struct buf scratch = { 0 };
	size_t index = 0;
	if (v ? origins_is_leaf(v) : origins_has_leaf(lowers))
		origins_row(o, v, lowers);
	for (const struct value *c = v ? value_child(v) : NULL; c; c = value_next(c))
		origins_step(o, c, lowers, origins_token(v, c, index++, &scratch));
	origins_dropped(o, v, lowers);
}

void cascade_write_origins(struct buf *out, const struct document *documents, size_t ndocuments)
{
	owned(arena) struct arena *scratch = arena_new();
	struct origins o = { .out = out, .scratch = scratch };
	buf_append_char(out, '[');
	for (size_t i = 0; i < ndocuments; i++) {
		const struct value *v = documents[i].value;
		struct origins_lowers none = { 0 };
		o.document = &documents[i];
		if (v)
			origins_walk(&o, v, origins_under(&o, v, none, STR("")));
	}
	buf_append(out, o.any ? STR("\n]") : STR("]"));
	buf_finish(&o.pointer);
}
