#include "core/config/cascade.h"
#include "core/value/json.h"

/* Walks the resolved tree together with what every layer holds at the pointer. */
struct origins {
	struct buf *out;
	struct arena *scratch;
	const struct document *document;
	struct buf pointer;
	bool any;
};

/* What one layer holds; an array's elements as a table, so that walking long arrays
 * side by side stays linear. */
struct origins_layer {
	const struct value *value;
	const struct value **elements;
};

/* All of them at one pointer, the top layer first. */
struct origins_stack {
	struct origins_layer *items;
	size_t n;
};

static void origins_walk(struct origins *o, const struct value *v, struct origins_stack stack);

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

/* v is NULL for a pointer that the resolved tree does not have. */
static void origins_row(struct origins *o, const struct value *v, struct origins_stack stack)
{
	buf_append_text(o->out, o->any ? ",\n    {\"file\": " : "\n    {\"file\": ");
	o->any = true;
	origins_string(o->out, o->document->path);
	buf_append(o->out, STR(", \"pointer\": "));
	value_write_json_string(o->out, buf_str(&o->pointer), false);
	buf_append(o->out, STR(", "));
	size_t first = 0;
	if (v) {
		origins_value(o, v);
		buf_append(o->out, STR(", "));
		while (first < stack.n && !value_is_same(stack.items[first].value, v))
			first++;
		first = first < stack.n ? first + 1 : 0;
	}
	buf_append(o->out, STR("\"shadowed\": ["));
	for (size_t i = first; i < stack.n; i++) {
		buf_append(o->out, i > first ? STR(", {") : STR("{"));
		origins_value(o, stack.items[i].value);
		buf_append_char(o->out, '}');
	}
	buf_append(o->out, STR("]}"));
}

/* ---- layers ---- */

static struct origins_layer origins_layer(struct origins *o, const struct value *v)
{
	struct origins_layer l = { .value = v };
	if (!v || value_type(v) != VALUE_ARRAY || !value_child(v))
		return l;
	size_t n = 0;
	l.elements = arena_array(o->scratch, value_count(v), sizeof *l.elements);
	for (const struct value *e = value_child(v); e; e = value_next(e))
		l.elements[n++] = e;
	return l;
}

static size_t origins_depth(const struct value *v)
{
	size_t n = 0;
	for (; v; v = value_under(v))
		n += !value_is_merged(v);
	return n;
}

/* v and all it shadows; a merged object only stands for the layers below it. */
static void origins_push(struct origins *o, struct origins_stack *stack, const struct value *v)
{
	for (; v; v = value_under(v))
		if (!value_is_merged(v))
			stack->items[stack->n++] = origins_layer(o, v);
}

static const struct value *origins_child(const struct origins_layer *l, struct str token)
{
	unsigned long long index;
	if (value_type(l->value) == VALUE_OBJECT)
		return value_get(l->value, token);
	if (!l->elements || (token.n > 1 && token.p[0] == '0') ||
	    !str_number(token, value_count(l->value) - 1, &index))
		return NULL;
	return l->elements[index];
}

static bool origins_knows(struct origins_stack stack, const struct value *v)
{
	for (size_t i = 0; i < stack.n; i++)
		if (value_is_same(stack.items[i].value, v))
			return true;
	return false;
}

/* What the layers of the parent hold under this token. */
static struct origins_stack origins_derive(struct origins *o, struct origins_stack parents,
                                           struct str token)
{
	struct origins_stack stack = { 0 };
	size_t room = 0;
	for (size_t i = 0; i < parents.n; i++)
		room += origins_depth(origins_child(&parents.items[i], token));
	if (room)
		stack.items = arena_array(o->scratch, room, sizeof *stack.items);
	for (size_t i = 0; i < parents.n; i++)
		origins_push(o, &stack, origins_child(&parents.items[i], token));
	return stack;
}

/* The same, unless v was put here from elsewhere: then what it shadows itself. */
static struct origins_stack origins_stack(struct origins *o, const struct value *v,
                                          struct origins_stack parents, struct str token)
{
	struct origins_stack stack = origins_derive(o, parents, token);
	if (!v || !value_under(v) || origins_knows(stack, value_is_merged(v) ? value_under(v) : v))
		return stack;
	stack.items = arena_array(o->scratch, origins_depth(v), sizeof *stack.items);
	stack.n = 0;
	origins_push(o, &stack, v);
	return stack;
}

/* ---- walking ---- */

static void origins_step(struct origins *o, const struct value *child,
                         struct origins_stack parents, struct str token)
{
	size_t length = o->pointer.n;
	value_pointer_append(&o->pointer, token);
	origins_walk(o, child, origins_stack(o, child, parents, token));
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

/* True when the resolved value, or a layer lower than the one at `at`, holds this
 * child: then it was listed already. */
static bool origins_listed(const struct origins_layer *resolved, struct origins_stack stack,
                           size_t at, struct str token)
{
	if (resolved->value && origins_child(resolved, token))
		return true;
	for (size_t i = at + 1; i < stack.n; i++)
		if (origins_child(&stack.items[i], token))
			return true;
	return false;
}

/* Pointers that only layers have, in the order in which they appeared. */
static void origins_dropped(struct origins *o, const struct value *v, struct origins_stack stack)
{
	owned_buf struct buf scratch = { 0 };
	struct origins_layer resolved = origins_layer(o, stack.n ? v : NULL);
	for (size_t i = stack.n; i-- > 0;) {
		size_t index = 0;
		const struct value *parent = stack.items[i].value;
		for (const struct value *c = value_child(parent); c; c = value_next(c)) {
			struct str token = origins_token(parent, c, index++, &scratch);
			if (!origins_listed(&resolved, stack, i, token))
				origins_step(o, NULL, stack, token);
		}
	}
}

static bool origins_is_leaf(const struct value *v)
{
	return !value_child(v);
}

static bool origins_has_leaf(struct origins_stack stack)
{
	for (size_t i = 0; i < stack.n; i++)
		if (origins_is_leaf(stack.items[i].value))
			return true;
	return false;
}

static void origins_walk(struct origins *o, const struct value *v, struct origins_stack stack)
{
	owned_buf struct buf scratch = { 0 };
	size_t index = 0;
	if (v ? origins_is_leaf(v) : origins_has_leaf(stack))
		origins_row(o, v, stack);
	for (const struct value *c = v ? value_child(v) : NULL; c; c = value_next(c))
		origins_step(o, c, stack, origins_token(v, c, index++, &scratch));
	origins_dropped(o, v, stack);
}

void cascade_write_origins(struct buf *out, const struct document *documents, size_t ndocuments)
{
	owned(arena) struct arena *scratch = arena_new();
	struct origins o = { .out = out, .scratch = scratch };
	buf_append_char(out, '[');
	for (size_t i = 0; i < ndocuments; i++) {
		const struct value *v = documents[i].value;
		struct origins_stack none = { 0 };
		o.document = &documents[i];
		if (v)
			origins_walk(&o, v, origins_stack(&o, v, none, STR("")));
	}
	buf_append(out, o.any ? STR("\n]") : STR("]"));
	buf_finish(&o.pointer);
}
