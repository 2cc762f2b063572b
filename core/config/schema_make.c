/* Nodes and rules out of a schema's text. */
#include <stdio.h>

#include "core/base/check.h"
#include "core/config/schema_inside.h"
#include "core/config/uri.h"

void schema_wrong(struct schema_maker *m, const struct schema_doc *doc, const struct value *at,
                  const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	struct span span = value_span(at);
	if (doc->via.source) {
		/* The document ends with the schema: its place is told as text. */
		struct origin origin = span_origin(span);
		buf_printf(&text, "what it refers to is wrong: %s:%u:%u: ", doc->name, origin.line,
		           origin.column);
		span = doc->via;
	}
	va_list args;
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	problems_add(m->problems, SEVERITY_ERROR, "schema-invalid", span, "%s", buf_text(&text));
}

/* ---- nodes ---- */

/* Its id, when it has one that counts. */
static struct str schema_id(const struct schema_doc *doc, const struct value *v)
{
	const struct value *id = value_get(v, doc->draft == DRAFT_4 ? STR("id") : STR("$id"));
	return id && value_type(id) == VALUE_STRING ? value_text(id) : (struct str){ 0 };
}

/* The node stands for its id: a URI, which is the base of what is inside, or a name. */
static void schema_take_id(struct schema_maker *m, struct schema_node *node)
{
	struct str id = schema_id(node->doc, node->value), uri;
	owned_buf struct buf whole = { 0 };
	if (!id.n)
		return;
	uri_resolve(&whole, node->base, id);
	uri = arena_str(m->arena, buf_str(&whole));
	size_t hash = str_find(uri, '#');
	if (hash != STR_NONE && hash + 1 < uri.n) {
		if (!map_has(&m->resources, uri))
			map_set(&m->resources, uri, node);
		return;
	}
	node->base = str_slice(uri, 0, hash);
	if (!map_has(&m->resources, node->base))
		map_set(&m->resources, node->base, node);
}

static void schema_add_rule(struct schema_maker *m, struct schema_node *node,
                            const struct schema_keyword *keyword, const struct value *v)
{
	struct schema_rule rule = { .keyword = keyword, .value = v };
	if (!keyword->make(m, node, &rule))
		return;
	struct schema_rule *kept = arena_alloc(m->arena, sizeof *kept), **last = &node->rules;
	*kept = rule;
	while (*last)
		last = &(*last)->next;
	*last = kept;
}

static void schema_wait_for(struct schema_maker *m, struct schema_node *node)
{
	if (m->npending == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 16;
		m->pending = xrealloc(m->pending, m->cap, sizeof *m->pending);
	}
	m->pending[m->npending++] = node;
}

/* Beside a $ref nothing counts, but what stands in definitions may be referred to. */
static void schema_fill(struct schema_maker *m, struct schema_node *node)
{
	const struct value *v = node->value, *ref = value_get(v, STR("$ref")), *found;
	bool is_ref = ref && value_type(ref) == VALUE_STRING;
	if (value_type(v) != VALUE_OBJECT) {
		node->never = value_type(v) == VALUE_BOOL && !value_is_true(v);
		return;
	}
	if (is_ref)
		schema_wait_for(m, node);
	else
		schema_take_id(m, node);
	for (const struct schema_keyword *k = schema_keywords; k->name; k++)
		if ((k->drafts & node->doc->draft) && (!is_ref || strcmp(k->name, "definitions") == 0) &&
		    (found = value_get(v, str_of(k->name))))
			schema_add_rule(m, node, k, found);
}

struct schema_node *schema_node_make(struct schema_maker *m, struct schema_doc *doc,
                                     struct str pointer, struct str base,
                                     const struct value *v)
{
	struct schema_node *node = map_get(&doc->nodes, pointer);
	if (node)
		return node;
	node = arena_alloc(m->arena, sizeof *node);
	node->doc = doc;
	node->value = v;
	node->pointer = arena_str(m->arena, pointer);
	node->base = base;
	node->next = m->schema->nodes;
	m->schema->nodes = node;
	map_set(&doc->nodes, node->pointer, node);
	schema_fill(m, node);
	return node;
}

const struct schema_node *schema_child(struct schema_maker *m, struct schema_node *parent,
                                       const char *keyword, struct str key,
                                       const struct value *v)
{
	owned_buf struct buf pointer = { 0 };
	buf_append(&pointer, parent->pointer);
	value_pointer_append(&pointer, str_of(keyword));
	if (key.p)
		value_pointer_append(&pointer, key);
	return schema_node_make(m, parent->doc, buf_str(&pointer), parent->base, v);
}

static const struct schema_node *schema_child_at(struct schema_maker *m,
                                                 struct schema_node *parent,
                                                 const char *keyword, size_t i,
                                                 const struct value *v)
{
	char index[24];
	snprintf(index, sizeof index, "%zu", i);
	return schema_child(m, parent, keyword, str_of(index), v);
}

static bool schema_is_schema(const struct value *v)
{
	return value_type(v) == VALUE_OBJECT || value_type(v) == VALUE_BOOL;
}

/* ---- rules made of schemas ---- */

/* An array of schemas, or one. */
bool make_list(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	bool is_one = schema_is_schema(r->value);
	size_t n = is_one ? 1 : value_count(r->value), i = 0;
	r->nodes = arena_array(m->arena, n, sizeof *r->nodes);
	r->nnodes = n;
	if (is_one) {
		r->nodes[0] = schema_child(m, node, r->keyword->name, (struct str){ 0 }, r->value);
		return true;
	}
	for (const struct value *v = value_child(r->value); v; v = value_next(v), i++)
		r->nodes[i] = schema_child_at(m, node, r->keyword->name, i, v);
	return true;
}

bool make_if(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	static const char *const names[] = { "if", "then", "else" };
	r->nnodes = 3;
	r->nodes = arena_array(m->arena, 3, sizeof *r->nodes);
	for (size_t i = 0; i < 3; i++) {
		const struct value *v = value_get(node->value, str_of(names[i]));
		if (v)
			r->nodes[i] = schema_child(m, node, names[i], (struct str){ 0 }, v);
	}
	return true;
}

/* Schemas that ask for nothing here: definitions by their names, then without if. */
bool make_only(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	const char *name = r->keyword->name;
	if (strcmp(name, "definitions") != 0) {
		schema_child(m, node, name, (struct str){ 0 }, r->value);
		return false;
	}
	for (const struct value *v = value_child(r->value); v; v = value_next(v))
		schema_child(m, node, name, value_key(v), v);
	return false;
}

bool make_dependencies(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	size_t i = 0;
	r->nnodes = value_count(r->value);
	r->nodes = arena_array(m->arena, r->nnodes, sizeof *r->nodes);
	for (const struct value *v = value_child(r->value); v; v = value_next(v), i++)
		if (schema_is_schema(v))
			r->nodes[i] = schema_child(m, node, r->keyword->name, value_key(v), v);
	return true;
}

bool make_items(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	const struct value *more = value_get(node->value, STR("additionalItems"));
	size_t i = 0;
	if (schema_is_schema(r->value)) {
		r->each = schema_child(m, node, "items", (struct str){ 0 }, r->value);
		return true;
	}
	r->nitems = value_count(r->value);
	r->items = arena_array(m->arena, r->nitems, sizeof *r->items);
	for (const struct value *v = value_child(r->value); v; v = value_next(v), i++)
		r->items[i] = schema_child_at(m, node, "items", i, v);
	if (more)
		r->each = schema_child(m, node, "additionalItems", (struct str){ 0 }, more);
	return true;
}

bool make_contains(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	r->each = schema_child(m, node, r->keyword->name, (struct str){ 0 }, r->value);
	return true;
}

/* ---- rules for the members of objects ---- */

struct schema_pattern *schema_pattern_make(struct schema_maker *m, struct schema_node *node,
                                           const struct value *at, struct str text)
{
	struct error err;
	struct regex *regex = regex_new(text, REGEX_ECMA, &err);
	if (!regex) {
		schema_wrong(m, node->doc, at, "'%.*s': %s", STR_ARG(text), err.text);
		return NULL;
	}
	struct schema_regexes *kept = arena_alloc(m->arena, sizeof *kept);
	*kept = (struct schema_regexes){ m->schema->regexes, regex };
	m->schema->regexes = kept;
	struct schema_pattern *pattern = arena_alloc(m->arena, sizeof *pattern);
	*pattern = (struct schema_pattern){ .text = text, .regex = regex };
	return pattern;
}

static void schema_make_patterns(struct schema_maker *m, struct schema_node *node,
                                 struct schema_members *members, const struct value *patterns)
{
	struct schema_pattern **last = &members->patterns;
	for (const struct value *v = value_child(patterns); v; v = value_next(v)) {
		const struct schema_node *child =
			schema_child(m, node, "patternProperties", value_key(v), v);
		*last = schema_pattern_make(m, node, v, value_key(v));
		if (!*last)
			continue;
		(*last)->node = child;
		last = &(*last)->next;
	}
}

/* One rule for the three keywords, made at the first of them. */
bool make_members(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	const struct value *properties = value_get(node->value, STR("properties"));
	const struct value *patterns = value_get(node->value, STR("patternProperties"));
	const struct value *more = value_get(node->value, STR("additionalProperties"));
	if (node->has_members)
		return false;
	node->has_members = true;
	struct schema_members *members = arena_alloc(m->arena, sizeof *members);
	members->next = m->schema->members;
	m->schema->members = members;
	r->members = members;
	for (const struct value *v = properties ? value_child(properties) : NULL; v;
	     v = value_next(v)) {
		const struct schema_node *child = schema_child(m, node, "properties", value_key(v), v);
		map_set(&members->properties, value_key(v), (void *)(uintptr_t)child);
	}
	if (patterns)
		schema_make_patterns(m, node, members, patterns);
	if (more)
		members->additional =
			schema_child(m, node, "additionalProperties", (struct str){ 0 }, more);
	return true;
}

bool make_required(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	(void)m;
	(void)node;
	return value_count(r->value) > 0;
}

/* ---- rules with a number ---- */

bool make_count(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	struct decimal number;
	if (!decimal_parse(value_text(r->value), &number)) {
		schema_wrong(m, node->doc, r->value, "'%s' is too large a number", r->keyword->name);
		return false;
	}
	r->count = decimal_to_size(&number);
	return true;
}

bool make_unique(struct schema_maker *m, struct schema_node *node, struct schema_rule *r)
{
	(void)m;
	(void)node;
	return value_is_true(r->value);
}
