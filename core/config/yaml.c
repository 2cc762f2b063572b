#include "core/config/yaml.h"

#include <stdarg.h>

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/map.h"
#include "core/base/utf8.h"
#include "core/ext/yaml.h"

/* What an anchor stands for; value NULL: it is still being read. */
struct yaml_anchor {
	const struct value *value;
	uint64_t weight;
};

/* A node that has been read and hangs nowhere yet. */
struct yaml_node {
	struct str key;
	struct span key_at;
	struct value *value;
};

/* A container that is being read; its nodes are the pending ones from `base` on. */
struct yaml_frame {
	bool is_map, has_key, is_merge;         /* a key waits for its value; which are merged */
	struct str key;
	struct span key_at;
	size_t base, merges;                    /* from where on in pending and in merges */
	uint64_t weight;                        /* with all that aliases in it stand for */
	size_t at, end;                         /* bytes: its first, and behind its last node */
	struct yaml_anchor *anchor;
	struct str tag;
};

struct yaml_tree {
	struct arena *arena;
	const struct source *source;
	const struct yaml_options *options;
	struct problems *problems;
	struct yaml_text *yaml;
	enum yaml_scalars scalars;              /* of this document */
	struct map anchors;
	uint64_t aliased;                       /* what all aliases stand for */
	struct yaml_frame frames[YAML_DEPTH_MAX];
	size_t nframes;
	struct yaml_node *pending;
	size_t npending, pending_cap;
	const struct value **merges;            /* in the order in which they are written */
	size_t nmerges, merges_cap;
	const struct value **documents;
	size_t ndocuments, documents_cap;
};

static struct span yaml_span(const struct yaml_tree *t, size_t at, size_t end)
{
	return (struct span){ t->source, (uint32_t)at, (uint32_t)(end > at ? end - at : 0) };
}

__attribute__((format(printf, 3, 4), cold))
static bool yaml_wrong(struct yaml_tree *t, struct span at, const char *fmt, ...)
{
	owned_buf struct buf text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return problems_add(t->problems, SEVERITY_ERROR, "yaml-syntax", at, "%s", buf_text(&text));
}

static void *yaml_grow(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	*cap = *cap ? 2 * *cap : 32;
	return xrealloc(items, *cap, size);
}

/* Where the node itself begins: libyaml's places begin with its anchor and tag. */
static size_t yaml_behind_properties(const struct yaml_tree *t, const struct yaml_event *e)
{
	struct str text = t->source->text;
	size_t at = e->at, end = e->kind == YAML_EVENT_SCALAR ? e->at + e->size : text.n;
	if (!e->anchor.p && !e->tag.p)
		return at;
	while (at < end) {
		char c = text.p[at];
		if (c == '&' || c == '!')
			while (at < end && !strchr(" \t\r\n", text.p[at]))
				at++;
		else if (c == '#')
			while (at < end && text.p[at] != '\n')
				at++;
		else if (strchr(" \t\r\n", c))
			at++;
		else
			break;
	}
	return at;
}

/* ---- what nodes weigh ---- */

static void yaml_weigh(struct yaml_tree *t, uint64_t weight)
{
	if (t->nframes)
		t->frames[t->nframes - 1].weight += weight;
}

static bool yaml_weigh_alias(struct yaml_tree *t, uint64_t weight, struct span at)
{
	yaml_weigh(t, weight);
	t->aliased += weight;
	return t->aliased <= YAML_WEIGHT_MAX ||
	       yaml_wrong(t, at, "what aliases stand for is larger than %d MiB by now when it is "
	                  "written out", YAML_WEIGHT_MAX >> 20);
}

/* ---- merges ---- */

static void yaml_add_merge(struct yaml_tree *t, const struct value *v)
{
	t->merges = yaml_grow(t->merges, t->nmerges, &t->merges_cap, sizeof *t->merges);
	t->merges[t->nmerges++] = v;
}

static bool yaml_merge(struct yaml_tree *t, const struct value *v, struct span at)
{
	if (value_type(v) == VALUE_OBJECT)
		return yaml_add_merge(t, v), true;
	if (value_type(v) != VALUE_ARRAY)
		return yaml_wrong(t, at, "<< takes a mapping or a list of mappings");
	for (const struct value *c = value_child(v); c; c = value_next(c)) {
		if (value_type(c) != VALUE_OBJECT)
			return yaml_wrong(t, at, "<< takes a mapping or a list of mappings");
		yaml_add_merge(t, c);
	}
	return true;
}

/* The first mapping of a list wins, and what stands beside << wins over all of them. */
static void yaml_put_merges(struct yaml_tree *t, const struct yaml_frame *f, struct value *object)
{
	while (t->nmerges > f->merges) {
		const struct value *from = t->merges[--t->nmerges];
		for (const struct value *c = value_child(from); c; c = value_next(c))
			value_append(object, value_key(c), value_key_span(c),
			             value_share(t->arena, c));
	}
}

/* ---- nodes ---- */

/* A node is whole: into its container, or a document. */
static bool yaml_put(struct yaml_tree *t, struct value *v, size_t end)
{
	struct yaml_frame *f = t->nframes ? &t->frames[t->nframes - 1] : NULL;
	if (!f) {
		t->documents = yaml_grow(t->documents, t->ndocuments, &t->documents_cap,
		                         sizeof *t->documents);
		t->documents[t->ndocuments++] = v;
		return true;
	}
	f->end = end;
	if (f->is_map && f->is_merge) {
		f->has_key = f->is_merge = false;
		return yaml_merge(t, v, f->key_at);
	}
	t->pending = yaml_grow(t->pending, t->npending, &t->pending_cap, sizeof *t->pending);
	t->pending[t->npending++] = (struct yaml_node){ f->key, f->key_at, v };
	f->has_key = false;
	return true;
}

static bool yaml_is_key(const struct yaml_tree *t)
{
	const struct yaml_frame *f = t->nframes ? &t->frames[t->nframes - 1] : NULL;
	return f && f->is_map && !f->has_key;
}

static void yaml_set_key(struct yaml_tree *t, struct str key, struct span at, bool is_merge)
{
	struct yaml_frame *f = &t->frames[t->nframes - 1];
	f->has_key = true;
	f->key = key;
	f->key_at = at;
	f->is_merge = is_merge;
}

static struct yaml_anchor *yaml_anchor(struct yaml_tree *t, struct str name)
{
	if (!name.p)
		return NULL;
	struct yaml_anchor *anchor = arena_alloc(t->arena, sizeof *anchor);
	map_set(&t->anchors, arena_str(t->arena, name), anchor);
	return anchor;
}

/* ---- tags ---- */

#define YAML_TAG "tag:yaml.org,2002:"

static bool yaml_unknown_tag(struct yaml_tree *t, struct str tag, const struct value *v)
{
	if (t->options->tag && t->options->tag(t->options->data, tag, v))
		return true;
	return yaml_wrong(t, value_span(v), "the tag %.*s is not known here", STR_ARG(tag));
}

/* A scalar's own type: false for a tag that its text does not fit, or that is an application's. */
static bool yaml_standard_tag(struct yaml_tree *t, struct str name, struct str written,
                              enum value_type *type, struct str *text)
{
	static const struct { const char *name; enum value_type type; } tags[] = {
		{ "null", VALUE_NULL }, { "bool", VALUE_BOOL }, { "int", VALUE_INTEGER },
		{ "float", VALUE_FLOAT },
	};
	if (str_eq(name, STR("str")) || str_eq(name, STR("binary"))) {
		*type = VALUE_STRING;
		*text = written;
		return true;
	}
	*type = yaml_scalar(t->arena, t->scalars, written, text);
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (str_eq(name, str_of(tags[i].name))) {
			bool is_whole = tags[i].type == VALUE_FLOAT && *type == VALUE_INTEGER;
			if (is_whole)
				*text = str_of(arena_printf(t->arena, "%.*s.0", STR_ARG(*text)));
			bool fits = is_whole || *type == tags[i].type;
			*type = tags[i].type;
			return fits;
		}
	return str_eq(name, STR("timestamp")) &&
	       (*type == VALUE_DATETIME || *type == VALUE_DATETIME_LOCAL || *type == VALUE_DATE_LOCAL);
}

static bool yaml_scalar_value(struct yaml_tree *t, const struct yaml_event *e, struct span at,
                              struct value **ret_value)
{
	struct str written = arena_str(t->arena, e->text), text = written;
	enum value_type type = VALUE_STRING;
	bool is_own = e->tag.p && !str_eq(e->tag, STR("!")) && !str_has_prefix(e->tag, STR(YAML_TAG));
	if (e->tag.p && !is_own && !str_eq(e->tag, STR("!"))) {
		struct str name = str_slice(e->tag, sizeof YAML_TAG - 1, e->tag.n);
		if (!yaml_standard_tag(t, name, written, &type, &text))
			return yaml_wrong(t, at, "this is no !!%.*s", STR_ARG(name));
	} else if (e->is_plain && (!e->tag.p || is_own)) {
		type = yaml_scalar(t->arena, t->scalars, written, &text);
	}
	*ret_value = value_new(t->arena, type, text, at);
	return !is_own || yaml_unknown_tag(t, e->tag, *ret_value);
}

/* ---- events ---- */

static bool yaml_take_scalar(struct yaml_tree *t, const struct yaml_event *e)
{
	size_t end = e->at + e->size;
	struct span at = yaml_span(t, yaml_behind_properties(t, e), end);
	struct yaml_anchor *anchor = yaml_anchor(t, e->anchor);
	struct value *v = NULL;
	if (!yaml_scalar_value(t, e, at, &v))
		return false;
	uint64_t weight = YAML_NODE_WEIGHT + e->text.n;
	if (anchor)
		*anchor = (struct yaml_anchor){ v, weight };
	yaml_weigh(t, weight);
	if (!yaml_is_key(t))
		return yaml_put(t, v, end);
	bool is_merge = e->is_plain && !e->tag.p && str_eq(e->text, STR("<<"));
	yaml_set_key(t, arena_str(t->arena, e->text), at, is_merge);
	return true;
}

static bool yaml_take_alias(struct yaml_tree *t, const struct yaml_event *e)
{
	size_t end = e->at + e->size;
	struct span at = yaml_span(t, e->at, end);
	const struct yaml_anchor *anchor = map_get(&t->anchors, e->anchor);
	if (!anchor)
		return yaml_wrong(t, at, "there is no anchor &%.*s before this", STR_ARG(e->anchor));
	if (!anchor->value)
		return yaml_wrong(t, at, "*%.*s stands inside what it stands for", STR_ARG(e->anchor));
	if (!yaml_weigh_alias(t, anchor->weight, at))
		return false;
	if (!yaml_is_key(t))
		return yaml_put(t, value_share(t->arena, anchor->value), end);
	if (value_is_container(anchor->value))
		return yaml_wrong(t, at, "a key is a scalar, and *%.*s is none", STR_ARG(e->anchor));
	yaml_set_key(t, value_text(anchor->value), at, false);
	return true;
}

static bool yaml_open_container(struct yaml_tree *t, const struct yaml_event *e)
{
	if (yaml_is_key(t))
		return yaml_wrong(t, yaml_span(t, e->at, e->at + 1),
		                  "a key is a scalar: a %s cannot be one",
		                  e->kind == YAML_EVENT_MAPPING ? "mapping" : "list");
	struct yaml_anchor *anchor = yaml_anchor(t, e->anchor);
	t->frames[t->nframes++] = (struct yaml_frame){
		.is_map = e->kind == YAML_EVENT_MAPPING, .base = t->npending, .merges = t->nmerges,
		.weight = YAML_NODE_WEIGHT, .at = yaml_behind_properties(t, e),
		.end = e->at + e->size, .anchor = anchor,
		.tag = e->tag.p ? arena_str(t->arena, e->tag) : e->tag,
	};
	return true;
}

/* A few are compared; many are looked up. */
enum { YAML_FEW = 16 };

static void yaml_put_members(struct yaml_tree *t, const struct yaml_frame *f, struct value *object)
{
	owned_map struct map seen = { 0 };
	size_t n = t->npending - f->base;
	for (size_t i = f->base; i < t->npending; i++) {
		const struct yaml_node *node = &t->pending[i];
		bool is_there = false;
		if (n > YAML_FEW)
			is_there = map_set(&seen, node->key, node->value);
		for (size_t k = f->base; n <= YAML_FEW && k < i && !is_there; k++)
			is_there = str_eq(t->pending[k].key, node->key);
		if (is_there)
			problems_add(t->problems, SEVERITY_WARNING, "duplicate-key", node->key_at,
			             "the key '%.*s' is here already: the last one counts",
			             STR_ARG(node->key));
		value_append(object, node->key, node->key_at, node->value);
	}
}

/* !!map, !!seq, or an application's. */
static bool yaml_container_tag(struct yaml_tree *t, const struct yaml_frame *f,
                               const struct value *v)
{
	if (!f->tag.p || str_eq(f->tag, STR("!")) ||
	    str_eq(f->tag, f->is_map ? STR(YAML_TAG "map") : STR(YAML_TAG "seq")))
		return true;
	return yaml_unknown_tag(t, f->tag, v);
}

static bool yaml_close_container(struct yaml_tree *t, const struct yaml_event *e)
{
	struct yaml_frame f = t->frames[--t->nframes];
	size_t end = e->is_flow ? e->at + e->size : f.end;
	struct value *v = value_new(t->arena, f.is_map ? VALUE_OBJECT : VALUE_ARRAY,
	                            (struct str){ 0 }, yaml_span(t, f.at, end));
	if (f.is_map) {
		yaml_put_merges(t, &f, v);
		yaml_put_members(t, &f, v);
	} else {
		for (size_t i = f.base; i < t->npending; i++)
			value_append(v, (struct str){ 0 }, (struct span){ 0 }, t->pending[i].value);
	}
	t->npending = f.base;
	if (f.anchor)
		*f.anchor = (struct yaml_anchor){ v, f.weight };
	yaml_weigh(t, f.weight);
	return yaml_container_tag(t, &f, v) && yaml_put(t, v, end);
}

static bool yaml_take(struct yaml_tree *t, const struct yaml_event *e)
{
	switch (e->kind) {
	case YAML_EVENT_DOCUMENT:
		map_finish(&t->anchors);
		t->anchors = (struct map){ 0 };
		t->scalars = e->major == 1 && e->minor == 1 ? YAML_SCALARS_1_1 : t->options->scalars;
		return true;
	case YAML_EVENT_SCALAR:
		return yaml_take_scalar(t, e);
	case YAML_EVENT_ALIAS:
		return yaml_take_alias(t, e);
	case YAML_EVENT_SEQUENCE:
	case YAML_EVENT_MAPPING:
		return yaml_open_container(t, e);
	case YAML_EVENT_CLOSE:
		return yaml_close_container(t, e);
	case YAML_EVENT_DOCUMENT_END:
	case YAML_EVENT_END:
		return true;
	}
	return true;
}

static bool yaml_read_events(struct yaml_tree *t)
{
	struct yaml_event e;
	struct error err;
	size_t at = utf8_invalid(t->source->text);
	if (at != STR_NONE)
		return yaml_wrong(t, yaml_span(t, at, at + 1), "this is not UTF-8");
	do {
		if (!yaml_text_next(t->yaml, &e, &at, &err)) {
			at = at < t->source->text.n ? at : t->source->text.n;
			return yaml_wrong(t, yaml_span(t, at, at), "%s", err.text);
		}
		if (!yaml_take(t, &e))
			return false;
	} while (e.kind != YAML_EVENT_END);
	return true;
}

bool yaml_read(struct arena *arena, const struct source *source,
               const struct yaml_options *options, struct problems *problems,
               const struct value *const **ret_documents, size_t *ret_n)
{
	owned(yaml_text) struct yaml_text *yaml = yaml_text_new(source->text);
	struct yaml_tree *t = xcalloc(1, sizeof *t);
	t->arena = arena;
	t->source = source;
	t->options = options;
	t->problems = problems;
	t->yaml = yaml;
	bool ok = yaml_read_events(t);
	if (ok) {
		const struct value **documents = arena_array(arena, t->ndocuments + 1, sizeof *documents);
		if (t->ndocuments)
			memcpy(documents, t->documents, t->ndocuments * sizeof *documents);
		*ret_documents = documents;
		*ret_n = t->ndocuments;
	}
	map_finish(&t->anchors);
	free(t->pending);
	free(t->merges);
	free(t->documents);
	free(t);
	return ok;
}
