/* What comes out of a build, and the caches. */
#include "core/engine/solve_inside.h"
#include "core/value/json.h"

/* ---- caches ---- */

struct solve_parts { struct solve_part *items; size_t n; };

static void solve_part_add(struct solve_maker *m, struct solve_parts *parts, const char *type,
                           const struct pair *attrs, size_t nattrs)
{
	if (!parts->items)
		parts->items = arena_array(m->arena, m->task->noptions + 2, sizeof *parts->items);
	parts->items[parts->n++] = (struct solve_part){ type, attrs, nattrs };
}

static bool solve_no_local(struct solve_maker *m, const char *option)
{
	return error_set(m->err, ERROR_REFUSED, "this mortar offers no folder for a cache to %s: "
	                 "--%s type=registry,ref=IMAGE keeps one in a registry", solve_daemon(m),
	                 option);
}

static bool solve_import(struct solve_maker *m, struct str value, void *data)
{
	struct cache_spec c;
	if (!cache_read(m->arena, value, CACHE_FROM, &c, m->err))
		return false;
	if (str_eq(c.type, STR("local")))
		return solve_no_local(m, "cache-from");
	solve_part_add(m, data, arena_text(m->arena, c.type), c.attrs, c.nattrs);
	return true;
}

static bool solve_export(struct solve_maker *m, struct str value, void *data)
{
	struct cache_spec c;
	if (!cache_read(m->arena, value, CACHE_TO, &c, m->err))
		return false;
	if (!str_eq(c.type, STR("inline")) &&
	    !solve_needs_store(m, arena_printf(m->arena, "--cache-to type=%.*s", STR_ARG(c.type)),
	                       "type=inline puts it into the image"))
		return false;
	if (str_eq(c.type, STR("local")))
		return solve_no_local(m, "cache-to");
	solve_part_add(m, data, arena_text(m->arena, c.type), c.attrs, c.nattrs);
	return true;
}

/* As BuildKit's clients know it from before there was an option. */
static bool solve_asks_inline(const struct solve_maker *m, const struct solve_parts *exports)
{
	struct str arg = work_option(m->task, "build-arg:BUILDKIT_INLINE_CACHE");
	for (size_t i = 0; i < exports->n; i++)
		if (str_eq(str_of(exports->items[i].type), STR("inline")))
			return false;
	return str_eq(arg, STR("1")) || str_eq(arg, STR("true"));
}

/* The frontend asks for them itself, and is told as JSON. */
static struct str solve_imports_json(struct solve_maker *m, const struct solve_parts *imports)
{
	struct value *list = value_new_array(m->arena);
	owned_buf struct buf out = { 0 };
	for (size_t i = 0; i < imports->n; i++) {
		const struct solve_part *part = &imports->items[i];
		struct value *o = value_new_object(m->arena), *attrs = value_new_object(m->arena);
		for (size_t k = 0; k < part->nattrs; k++)
			value_append(attrs, part->attrs[k].name, (struct span){ 0 },
			             value_new_string(m->arena, part->attrs[k].value));
		value_append(o, STR("Type"), (struct span){ 0 },
		             value_new_string(m->arena, str_of(part->type)));
		value_append(o, STR("Attrs"), (struct span){ 0 }, attrs);
		value_append(list, (struct str){ 0 }, (struct span){ 0 }, o);
	}
	value_write_json(&out, list, JSON_LINE);
	return arena_str(m->arena, buf_str(&out));
}

bool solve_caches(struct solve_maker *m)
{
	struct solve_parts imports = { 0 }, exports = { 0 };
	if (!solve_each(m, "cache-from", solve_import, &imports) ||
	    !solve_each(m, "cache-to", solve_export, &exports))
		return false;
	if (solve_asks_inline(m, &exports))
		solve_part_add(m, &exports, "inline", NULL, 0);
	if (exports.n > 1 && !solve_needs(m, 11, "--cache-to more than once", NULL))
		return false;
	if (imports.n)
		solve_pairs_add(m, &m->attrs, STR("cache-imports"), solve_imports_json(m, &imports));
	m->plan->imports = imports.items;
	m->plan->nimports = imports.n;
	m->plan->exports = exports.items;
	m->plan->nexports = exports.n;
	return true;
}

/* ---- outputs ---- */

struct solve_outputs {
	struct solve_parts parts;
	struct session_export *exports;
	size_t nwritten;                /* of them, those that have a path */
	bool is_pushed;                 /* with --push */
	bool has_image, any;
};

/* The image's names, as an exporter takes them. */
static void solve_names(struct solve_maker *m, struct solve_pairs *attrs)
{
	owned_buf struct buf names = { 0 };
	for (const char *const *tag = m->task->tags; tag && *tag; tag++)
		buf_printf(&names, "%s%s", names.n ? "," : "", *tag);
	if (names.n)
		solve_pairs_add(m, attrs, STR("name"), arena_str(m->arena, buf_str(&names)));
}

static bool solve_attested(const struct solve_maker *m)
{
	for (size_t i = 0; i < m->attrs.n; i++)
		if (str_has_prefix(m->attrs.items[i].name, STR("attest:")))
			return true;
	return false;
}

/* An archive of the image. */
static bool solve_archive(struct solve_maker *m, const struct output *o)
{
	bool several = str_find(work_option(m->task, "platform"), ',') != STR_NONE;
	if (!solve_needs_store(m, arena_printf(m->arena, "--output type=%s", output_name(o->type)),
	                       "docker save writes the image that it has built"))
		return false;
	if (o->type == OUTPUT_DOCKER && (several || solve_attested(m)))
		return error_set(m->err, ERROR_REFUSED, "an archive of type=docker holds one image alone, "
		                 "no list for platforms, provenance or sbom: type=oci does");
	return true;
}

static bool solve_image(struct solve_maker *m, const struct output *o, struct solve_outputs *out,
                        struct solve_pairs *attrs)
{
	bool is_dockerd = m->facts->daemon == SOLVE_DOCKERD;
	out->has_image = true;
	if (is_dockerd && o->nattrs)
		return solve_needs_store(m, arena_printf(m->arena, "--output type=image,%.*s=",
		                                         STR_ARG(o->attrs[0].name)), NULL);
	if (!is_dockerd && (o->push || out->is_pushed))
		solve_pairs_add(m, attrs, STR("push"), STR("true"));
	return true;
}

static bool solve_add_output(struct solve_maker *m, const struct output *o,
                             struct solve_outputs *out)
{
	static const char *const types[] = { "image", "local", "tar", "oci", "docker" };
	bool is_dockerd = m->facts->daemon == SOLVE_DOCKERD, is_image = o->type == OUTPUT_IMAGE;
	struct solve_pairs attrs = { 0 };
	out->any = true;
	if (o->type == OUTPUT_NONE)
		return true;
	if (o->type != OUTPUT_LOCAL && o->type != OUTPUT_TAR)
		solve_names(m, &attrs);
	if (is_image && !solve_image(m, o, out, &attrs))
		return false;
	if ((o->type == OUTPUT_OCI || o->type == OUTPUT_DOCKER) && !solve_archive(m, o))
		return false;
	for (size_t i = 0; i < o->nattrs; i++)
		solve_pairs_add(m, &attrs, o->attrs[i].name, o->attrs[i].value);
	out->exports[out->parts.n] = (struct session_export){ o->type == OUTPUT_LOCAL, o->dest };
	out->nwritten += o->dest != NULL;
	solve_part_add(m, &out->parts, is_image && is_dockerd ? "moby" : types[o->type],
	               attrs.items, attrs.n);
	return true;
}

static bool solve_output(struct solve_maker *m, struct str value, void *data)
{
	struct output o;
	return output_read(m->arena, value, &o, m->err) && solve_add_output(m, &o, data);
}

bool solve_outputs(struct solve_maker *m)
{
	struct solve_outputs out = { .is_pushed = work_option_is_on(m->task, "push") };
	const struct output image = { .type = OUTPUT_IMAGE };
	struct solve_plan *plan = m->plan;
	out.exports = arena_array(m->arena, m->task->noptions + 1, sizeof *out.exports);
	if (!solve_each(m, "output", solve_output, &out) ||
	    (!out.any && !solve_add_output(m, &image, &out)))
		return false;
	if (out.is_pushed && !out.has_image)
		return error_set(m->err, ERROR_USAGE, "--push needs an image: --output type=image beside "
		                 "the other");
	if (out.parts.n > 1 && !solve_needs(m, 13, "--output more than once", NULL))
		return false;
	plan->has_image = out.has_image && m->facts->daemon == SOLVE_DOCKERD;
	plan->exporter = out.parts.n ? out.parts.items[0].type : "";
	plan->exporter_attrs = out.parts.n ? out.parts.items[0].attrs : NULL;
	plan->nexporter_attrs = out.parts.n ? out.parts.items[0].nattrs : 0;
	plan->exporters = out.parts.n > 1 ? out.parts.items : NULL;
	plan->nexporters = out.parts.n > 1 ? out.parts.n : 0;
	plan->outputs = out.exports;
	plan->noutputs = out.nwritten ? out.parts.n : 0;
	return true;
}
