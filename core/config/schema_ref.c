/* Documents, ids, and where references lead. */
#include "core/base/check.h"
#include "core/config/schema_inside.h"
#include "core/config/toml.h"
#include "core/config/uri.h"
#include "core/value/json.h"

struct schema_doc *schema_doc_new(struct schema_maker *m, const char *name,
                                  const struct value *root, unsigned draft)
{
	struct schema_doc *doc = arena_alloc(m->arena, sizeof *doc);
	doc->name = name;
	doc->root = root;
	doc->draft = draft;
	doc->next = m->schema->docs;
	m->schema->docs = doc;
	return doc;
}

static struct str schema_without_fragment(struct str uri)
{
	return str_slice(uri, 0, str_find(uri, '#'));
}

/* http: and https: name the same drafts, with # behind or without. */
static const struct schema_meta *schema_meta_find(struct str uri)
{
	uri = schema_without_fragment(uri);
	bool secure = str_has_prefix(uri, STR("https:"));
	for (const struct schema_meta *meta = schema_metas; meta->draft; meta++) {
		struct str known = str_of(meta->uri);
		if (str_eq(str_slice(uri, secure ? 6 : 5, uri.n), str_slice(known, 5, known.n)) &&
		    (secure || str_has_prefix(uri, STR("http:"))))
			return meta;
	}
	return NULL;
}

unsigned schema_draft(struct schema_maker *m, const struct schema_doc *doc,
                      const struct value *root, unsigned inherited)
{
	const struct value *name = value_get(root, STR("$schema"));
	if (!name || value_type(name) != VALUE_STRING)
		return inherited;
	const struct schema_meta *meta = schema_meta_find(value_text(name));
	if (meta)
		return meta->draft;
	schema_wrong(m, doc, name, "mortar knows draft-04, draft-06 and draft-07 "
	             "(http://json-schema.org/draft-06/schema#), not the schema language '%.*s'",
	             STR_ARG(value_text(name)));
	return 0;
}

/* ---- metaschemas ---- */

static void schema_resolve_from(struct schema_maker *, size_t from);

static struct schema_node *schema_meta_load(struct schema_maker *m, const struct schema_meta *meta)
{
	struct str uri = str_of(meta->uri);
	struct schema_node *node = map_get(&m->resources, uri);
	const struct value *root;
	struct error err;
	if (node && node->doc->is_meta)
		return node;
	CHECK(value_parse_json(m->arena, str_of(meta->text), &root, &err));
	struct schema_doc *doc = schema_doc_new(m, meta->uri, root, meta->draft);
	doc->is_meta = true;
	map_set(&m->resources, uri, NULL);
	node = schema_node_make(m, doc, STR(""), uri, root);
	map_set(&m->resources, uri, node);
	return node;
}

struct schema_node *schema_meta_node(struct schema_maker *m, unsigned draft)
{
	const struct schema_meta *meta = schema_metas;
	size_t from = m->npending;
	while (meta->draft != draft)
		meta++;
	struct schema_node *node = schema_meta_load(m, meta);
	schema_resolve_from(m, from);
	return node;
}

/* What is wrong in a document of another file is told where the root refers to it. */
bool schema_is_valid(struct schema_maker *m, const struct schema_doc *doc, const struct value *v,
                     struct str pointer)
{
	if (doc->is_meta)
		return true;
	const struct schema_node *meta = schema_meta_node(m, doc->draft);
	if (!doc->via.source)
		return schema_check_node(m->schema, meta, v, pointer, "schema-invalid", SEVERITY_ERROR,
		                         m->problems);
	owned(problems) struct problems *inside = problems_new();
	schema_check_node(m->schema, meta, v, pointer, "schema-invalid", SEVERITY_ERROR, inside);
	for (size_t i = 0; i < problems_count(inside); i++) {
		owned_buf struct buf text = { 0 };
		problem_print(&text, problems_get(inside, i));
		problems_add(m->problems, SEVERITY_ERROR, "schema-invalid", doc->via,
		             "what it refers to is wrong: %s", buf_text(&text));
	}
	return problems_count(inside) == 0;
}

/* ---- files that stand for URIs ---- */

/* The base whose URI is the longest that this one begins with; *ret_rest: behind it. */
static const struct schema_base *schema_base_find(const struct schema_maker *m, struct str uri,
                                                  struct str *ret_rest)
{
	const struct schema_options *o = m->options;
	const struct schema_base *best = NULL;
	size_t longest = 0;
	for (size_t i = 0; o && o->files && i < o->nbases; i++) {
		struct str base = o->bases[i].uri;
		while (base.n && base.p[base.n - 1] == '/')
			base.n--;
		if (!str_has_prefix(uri, base) || base.n < longest || uri.n <= base.n ||
		    uri.p[base.n] != '/')
			continue;
		longest = base.n;
		best = &o->bases[i];
		*ret_rest = str_slice(uri, base.n + 1, uri.n);
	}
	return best;
}

/* The file's path, or NULL when the URI leaves the folder. */
static const char *schema_file(struct schema_maker *m, const struct schema_base *base,
                               struct str rest)
{
	owned_buf struct buf name = { 0 };
	if (!uri_decode(&name, rest) || str_find(buf_str(&name), '\0') != STR_NONE)
		return NULL;
	const char *clean = files_clean(m->arena, buf_text(&name));
	bool leaves = clean[0] == '/' || strcmp(clean, "..") == 0 || strncmp(clean, "../", 3) == 0;
	return leaves ? NULL : files_join(m->arena, base->dir, clean);
}

static const struct value *schema_read(struct schema_maker *m, const char *path,
                                       struct problems *problems, struct error *err)
{
	struct str text;
	const struct value *root = NULL;
	enum files_result result = files_read(m->options->files, path, m->arena, &text, err);
	if (result == FILES_ABSENT)
		error_set(err, ERROR_MISSING, "there is no file '%s'", path);
	if (result != FILES_OK)
		return NULL;
	struct source *source = source_new(m->arena, str_of(path), NULL, text);
	bool ok = str_has_suffix(str_of(path), STR(".toml"))
	                  ? toml_read(m->arena, source, problems, &root)
	                  : value_read_json(m->arena, source, problems, &root);
	if (ok)
		return root;
	owned_buf struct buf why = { 0 };
	problem_print(&why, problems_get(problems, 0));
	error_set(err, ERROR_SYNTAX, "%s", buf_text(&why));
	return NULL;
}

/* Its node, or NULL after a problem at the reference. */
static struct schema_node *schema_load(struct schema_maker *m, const struct schema_node *from,
                                       const struct value *ref, const char *path, struct str uri)
{
	struct error err;
	owned(problems) struct problems *problems = problems_new();
	const struct value *root = schema_read(m, path, problems, &err);
	if (!root) {
		schema_wrong(m, from->doc, ref, "'$ref' leads to what cannot be read: %s", err.text);
		return NULL;
	}
	struct schema_doc *doc = schema_doc_new(m, path, root, from->doc->draft);
	doc->via = from->doc->via.source ? from->doc->via : value_span(ref);
	doc->draft = schema_draft(m, doc, root, from->doc->draft);
	uri = arena_str(m->arena, uri);
	map_set(&m->resources, uri, NULL);
	if (!doc->draft || !schema_is_valid(m, doc, root, STR("")))
		return NULL;
	struct schema_node *node = schema_node_make(m, doc, STR(""), uri, root);
	map_set(&m->resources, uri, node);
	return node;
}

static struct schema_node *schema_find(struct schema_maker *m, const struct schema_node *from,
                                       const struct value *ref, struct str uri)
{
	struct schema_node *node = map_get(&m->resources, uri);
	const struct schema_meta *meta = schema_meta_find(uri);
	struct str rest = { 0 };
	if (node || map_has(&m->resources, uri))
		return node;
	if (meta)
		return schema_meta_load(m, meta);
	const struct schema_base *base = schema_base_find(m, uri, &rest);
	const char *path = base ? schema_file(m, base, rest) : NULL;
	if (path)
		return schema_load(m, from, ref, path, uri);
	schema_wrong(m, from->doc, ref, "'$ref' leads to '%.*s', which is not in this document, and "
	             "nothing is downloaded", STR_ARG(uri));
	return NULL;
}

/* ---- fragments ---- */

/* The base of the innermost node around the pointer. */
static struct str schema_base_at(const struct schema_doc *doc, struct str pointer)
{
	for (;;) {
		const struct schema_node *node = map_get(&doc->nodes, pointer);
		if (node)
			return node->base;
		size_t slash = str_find_last(pointer, '/');
		if (slash == STR_NONE)
			return (struct str){ "", 0 };
		pointer.n = slash;
	}
}

static const struct schema_node *schema_at(struct schema_maker *m, const struct schema_node *from,
                                           const struct value *ref,
                                           const struct schema_node *resource, struct str inside)
{
	owned_buf struct buf pointer = { 0 };
	struct schema_doc *doc = resource->doc;
	buf_append(&pointer, resource->pointer);
	buf_append(&pointer, inside);
	struct schema_node *node = map_get(&doc->nodes, buf_str(&pointer));
	if (node)
		return node;
	const struct value *v = value_at(resource->value, inside);
	if (!v) {
		schema_wrong(m, from->doc, ref, "'$ref' leads to '%.*s', where nothing is",
		             STR_ARG(value_text(ref)));
		return NULL;
	}
	if (!schema_is_valid(m, doc, v, buf_str(&pointer)))
		return NULL;
	return schema_node_make(m, doc, buf_str(&pointer), schema_base_at(doc, buf_str(&pointer)), v);
}

static const struct schema_node *schema_lead(struct schema_maker *m,
                                             const struct schema_node *from)
{
	const struct value *ref = value_get(from->value, STR("$ref"));
	owned_buf struct buf whole = { 0 }, fragment = { 0 };
	uri_resolve(&whole, from->base, value_text(ref));
	struct str uri = schema_without_fragment(buf_str(&whole));
	struct schema_node *named = map_get(&m->resources, buf_str(&whole));
	if (named)
		return named;
	if (uri.n < whole.n && !uri_decode(&fragment, str_slice(buf_str(&whole), uri.n + 1, whole.n))) {
		schema_wrong(m, from->doc, ref, "'$ref' has a %% without two hex digits: '%.*s'",
		             STR_ARG(value_text(ref)));
		return NULL;
	}
	const struct schema_node *resource = schema_find(m, from, ref, uri);
	if (!resource || !fragment.n)
		return resource;
	if (fragment.p[0] == '/')
		return schema_at(m, from, ref, resource, buf_str(&fragment));
	named = map_get(&m->resources, buf_str(&whole));
	if (!named)
		schema_wrong(m, from->doc, ref, "'$ref' leads to '#%.*s', a name that no %s has",
		             STR_ARG(buf_str(&fragment)),
		             from->doc->draft == DRAFT_4 ? "\"id\"" : "\"$id\"");
	return named;
}

static void schema_resolve_from(struct schema_maker *m, size_t from)
{
	for (size_t i = from; i < m->npending; i++) {
		struct schema_node *node = m->pending[i];
		node->ref = schema_lead(m, node);
	}
	m->npending = from;
}

void schema_resolve(struct schema_maker *m)
{
	schema_resolve_from(m, 0);
}

/* ---- circles: schemas that ask each other about the same value for ever ---- */

static void schema_visit(struct schema_maker *, struct schema_node *, unsigned depth);

static void schema_visit_next(struct schema_maker *m, struct schema_node *node,
                              const struct schema_node *next, unsigned depth)
{
	struct schema_node *child = (struct schema_node *)(uintptr_t)next;
	const struct schema_node *told = node->ref || !child || !child->ref ? node : child;
	const struct value *at = told->ref ? value_get(told->value, STR("$ref")) : told->value;
	if (!child)
		return;
	if (child->visit == NODE_OPEN) {
		schema_wrong(m, told->doc, at, "the schema refers to itself in a circle: it can "
		             "never be checked");
		return;
	}
	if (child->visit == NODE_NEW)
		schema_visit(m, child, depth + 1);
	if (node->height <= child->height)
		node->height = child->height + 1;
	if (node->height == SCHEMA_CHAIN_MAX || depth == SCHEMA_CHAIN_MAX)
		schema_wrong(m, told->doc, at, "the schema leads through more than %d others",
		             SCHEMA_CHAIN_MAX);
}

static void schema_visit(struct schema_maker *m, struct schema_node *node, unsigned depth)
{
	node->visit = NODE_OPEN;
	if (depth <= SCHEMA_CHAIN_MAX) {
		schema_visit_next(m, node, node->ref, depth);
		for (const struct schema_rule *r = node->rules; r; r = r->next)
			for (size_t i = 0; i < r->nnodes; i++)
				schema_visit_next(m, node, r->nodes[i], depth);
	}
	node->visit = NODE_DONE;
}

void schema_find_circles(struct schema_maker *m)
{
	for (struct schema_node *node = m->schema->nodes; node; node = node->next)
		if (node->visit == NODE_NEW)
			schema_visit(m, node, 0);
}
