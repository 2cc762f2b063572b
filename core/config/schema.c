#include "core/config/schema.h"

#include "core/base/check.h"
#include "core/config/schema_inside.h"

static struct schema *schema_blank(const struct schema_options *o)
{
	struct schema *s = xcalloc(1, sizeof *s);
	s->arena = arena_new();
	s->formats = o && o->formats;
	return s;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	for (struct schema_regexes *r = s->regexes; r; r = r->next)
		regex_free(r->regex);
	for (struct schema_members *m = s->members; m; m = m->next)
		map_finish(&m->properties);
	for (struct schema_doc *d = s->docs; d; d = d->next)
		map_finish(&d->nodes);
	arena_free(s->arena);
	free(s);
}

static const char *schema_name(const struct value *root, const struct schema_options *o)
{
	const struct source *source = value_span(root).source;
	if (o && o->name)
		return o->name;
	return source && source->path ? source->path : "";
}

/* The root's document, valid by its metaschema, or NULL. */
static struct schema_doc *schema_begin(struct schema_maker *m, const struct value *root)
{
	struct schema_doc *doc = schema_doc_new(m, "", root, 0);
	doc->name = arena_text(m->arena, str_of(schema_name(root, m->options)));
	doc->draft = schema_draft(m, doc, root, DRAFT_6);
	return doc->draft && schema_is_valid(m, doc, root, STR("")) ? doc : NULL;
}

static void schema_maker_finish(struct schema_maker *m)
{
	map_finish(&m->resources);
	free(m->pending);
}

struct schema *schema_new(const struct value *root, const struct schema_options *o,
                          struct problems *problems)
{
	owned(schema) struct schema *s = schema_blank(o);
	struct schema_maker m = { .schema = s, .arena = s->arena, .options = o,
		.problems = problems };
	size_t before = problems_errors(problems);
	struct schema_doc *doc = schema_begin(&m, root);
	if (doc) {
		s->root = schema_node_make(&m, doc, STR(""), STR(""), root);
		map_set(&m.resources, STR(""), s->root);
		schema_resolve(&m);
		schema_find_circles(&m);
	}
	schema_maker_finish(&m);
	return doc && problems_errors(problems) == before ? take(s) : NULL;
}

bool schema_check_schema(const struct value *root, const struct schema_options *o,
                         struct problems *problems)
{
	owned(schema) struct schema *s = schema_blank(o);
	struct schema_maker m = { .schema = s, .arena = s->arena, .options = o,
		.problems = problems };
	bool ok = schema_begin(&m, root) != NULL;
	schema_maker_finish(&m);
	return ok;
}

bool schema_check(const struct schema *s, const struct value *v, enum severity severity,
                  struct problems *problems)
{
	return schema_check_node(s, s->root, v, STR(""), "schema", severity, problems);
}
