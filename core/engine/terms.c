#include "core/engine/terms.h"

#include <stdlib.h>

#include "core/recipe/quote.h"

bool terms_each(const struct image_task *t, const char *name, terms_value_fn *each,
                void *data, struct error *err)
{
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, str_of(name)) && !each(data, t->options[i].value, err)) {
			if (err->code == ERROR_USAGE)
				error_prefix(err, "--%s", name);
			return false;
		}
	return true;
}

static const char *const terms_engines[] = {
	[TERMS_CLASSIC] = "the classic builder", [TERMS_PODMAN] = "podman's service",
	[TERMS_BUILDAH] = "buildah", [TERMS_BUILDKIT] = "a BuildKit without sessions",
};

#define ON(engine) (1u << TERMS_##engine)

/* Who has an option; a name that ends in ':' is the front of several. */
static const struct {
	const char *name;
	unsigned engines;
	const char *instead;
} terms_known[] = {
	{ "ssh", ON(BUILDAH), "--engine buildkit and buildah have it" },
	{ "shm-size", ON(CLASSIC) | ON(PODMAN) | ON(BUILDAH), "--engine classic, podman and buildah "
	  "have it" },
	{ "ulimit", ON(CLASSIC) | ON(PODMAN) | ON(BUILDAH), "--engine classic, podman and buildah "
	  "have it" },
	{ "cgroup-parent", ON(CLASSIC) | ON(PODMAN) | ON(BUILDAH), "--engine classic, podman and "
	  "buildah have it" },
	{ "cache-to", ON(PODMAN) | ON(BUILDAH), "--engine podman and buildah keep one in a registry, "
	  "buildkit puts it into the image (type=inline)" },
	{ "no-cache-filter", 0, "--engine buildkit has it" },
	{ "build-context:", ON(BUILDAH), "--engine buildah has it, and BuildKit of dockerd from "
	  "23.0" },
};

/* False with the error where something is to be attested. */
static bool terms_is_off(const struct image_task *t, const char *name, struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct str value = work_option(t, name), attrs;
	if (!value.p)
		return true;
	if (!attest_read(a, value, &attrs, err))
		return error_prefix(err, "--%s", name);
	return !attrs.p || error_set(err, ERROR_REFUSED, "--%s is BuildKit's: dockerd from 24.0 with "
	                             "containerd's image store has it, and a buildkitd", name);
}

static bool terms_lack(enum terms_engine e, const char *what, const char *instead,
                          struct error *err)
{
	return error_set(err, ERROR_REFUSED, "%s has no %s: %s", terms_engines[e], what, instead);
}

static bool terms_table(const struct image_task *t, enum terms_engine e, struct error *err)
{
	for (size_t i = 0; i < t->noptions; i++)
		for (size_t k = 0; k < sizeof terms_known / sizeof *terms_known; k++) {
			struct str name = str_of(terms_known[k].name), given = t->options[i].name;
			bool is_front = name.p[name.n - 1] == ':';
			bool same = is_front ? str_has_prefix(given, name) : str_eq(given, name);
			owned_buf struct buf what = { 0 };
			if (!same || terms_known[k].engines & (1u << e))
				continue;
			buf_printf(&what, "--%.*s", (int)(name.n - is_front), name.p);
			return terms_lack(e, buf_text(&what), terms_known[k].instead, err);
		}
	return true;
}

struct terms_reader {
	struct arena *arena;
	enum terms_engine engine;
	const char *version;
	enum cache_way way;
	size_t nwritten;                /* outputs that are files and folders */
	size_t ncaches;                 /* of this way */
};

static bool terms_read_output(void *data, struct str value, struct error *err)
{
	struct terms_reader *r = data;
	struct output o;
	owned_buf struct buf what = { 0 };
	if (!output_read(r->arena, value, &o, err))
		return false;
	if (o.type == OUTPUT_IMAGE && !o.nattrs)
		return true;
	if (r->engine == TERMS_BUILDAH && (o.type == OUTPUT_LOCAL || o.type == OUTPUT_TAR))
		return !r->nwritten++ || terms_lack(r->engine, "--output of two files or folders",
		                                    "build again for the other", err);
	buf_printf(&what, "--output type=%s", output_name(o.type));
	if (o.type == OUTPUT_IMAGE)
		buf_printf(&what, ",%.*s=", STR_ARG(o.attrs[0].name));
	return terms_lack(r->engine, buf_text(&what),
	                     o.type == OUTPUT_LOCAL || o.type == OUTPUT_TAR
	                     ? "--engine buildkit and buildah have it"
	                     : o.type == OUTPUT_NONE ? "--engine buildkit has it"
	                     : "a buildkitd has it; docker save writes an image that is there", err);
}

/* As an image is named, without a tag and a digest. */
static bool terms_is_repository(struct str ref)
{
	size_t slash = str_find_last(ref, '/');
	struct str last = str_slice(ref, slash == STR_NONE ? 0 : slash, ref.n);
	return ref.n && str_find(last, ':') == STR_NONE && str_find(ref, '@') == STR_NONE;
}

bool terms_is_since(const char *version, unsigned major, unsigned minor)
{
	char *rest;
	unsigned long has = version ? strtoul(version, &rest, 10) : 0;
	unsigned long then = version && *rest == '.' ? strtoul(rest + 1, NULL, 10) : 0;
	return has > major || (has == major && then >= minor);
}

/* From which version on there are caches in registries, and lists of them (pkg/cli/common.go
 * of buildah at its tags; podman's: docker_options.h).  An older buildah takes --cache-from and
 * does nothing with it; of several both take one. */
static const struct {
	unsigned first[2], list[2];
} terms_caches[] = {
	[TERMS_CLASSIC] = { { 0, 0 }, { 0, 0 } },
	[TERMS_PODMAN] = { { 0, 0 }, { 4, 4 } },
	[TERMS_BUILDAH] = { { 1, 27 }, { 1, 29 } },
	[TERMS_BUILDKIT] = { { 0, 0 }, { 0, 0 } },
};

static bool terms_cache_age(struct terms_reader *r, struct error *err)
{
	const unsigned *first = terms_caches[r->engine].first, *list = terms_caches[r->engine].list;
	const char *way = r->way == CACHE_TO ? "to" : "from";
	if (!terms_is_since(r->version, first[0], first[1]))
		return error_set(err, ERROR_REFUSED, "%s %s has no --cache-%s: %u.%u has it",
		                 terms_engines[r->engine], r->version, way, first[0], first[1]);
	if (++r->ncaches > 1 && !terms_is_since(r->version, list[0], list[1]))
		return error_set(err, ERROR_REFUSED, "%s %s has no --cache-%s more than once: %u.%u has it",
		                 terms_engines[r->engine], r->version, way, list[0], list[1]);
	return true;
}

/* What these engines do with a registry anyway is all that may be asked of them. */
static bool terms_cache_attrs(const struct terms_reader *r, const struct cache_spec *c,
                              struct error *err)
{
	for (size_t i = 0; i < c->nattrs; i++) {
		owned_buf struct buf what = { 0 };
		struct pair a = c->attrs[i];
		if (str_eq(a.name, STR("ref")) || (r->way == CACHE_TO && str_eq(a.name, STR("mode")) &&
		                                   str_eq(a.value, STR("max"))))
			continue;
		buf_printf(&what, "--cache-%s with %.*s=%.*s", r->way == CACHE_TO ? "to" : "from",
		           STR_ARG(a.name), STR_ARG(a.value));
		return terms_lack(r->engine, buf_text(&what), "--engine buildkit may have it", err);
	}
	return true;
}

static bool terms_read_cache(void *data, struct str value, struct error *err)
{
	struct terms_reader *r = data;
	bool keeps = r->engine == TERMS_PODMAN || r->engine == TERMS_BUILDAH;
	struct cache_spec c;
	struct error wrong;
	owned_buf struct buf what = { 0 };
	if (!cache_read(r->arena, value, r->way, &c, err))
		return false;
	struct str ref = spec_find(c.attrs, c.nattrs, "ref");
	if (!str_eq(c.type, STR("registry"))) {
		buf_printf(&what, "--cache-%s type=%.*s", r->way == CACHE_TO ? "to" : "from",
		           STR_ARG(c.type));
		return terms_lack(r->engine, buf_text(&what), "type=registry,ref=... is what it takes",
		                     err);
	}
	if (keeps && !terms_is_repository(ref))
		return error_set(err, ERROR_REFUSED, "%s keeps a cache in a repository of its own: ref= "
		                 "without a tag, not '%.*s'", terms_engines[r->engine], STR_ARG(ref));
	if (keeps && !quote_check_repository(ref, &wrong))
		return error_set(err, ERROR_USAGE, "ref= is no repository: %s", wrong.text);
	return terms_cache_attrs(r, &c, err) && terms_cache_age(r, err);
}

static bool terms_read_host(void *data, struct str value, struct error *err)
{
	struct host h;
	(void)data;
	return host_read(value, &h, err);
}

static bool terms_read_ulimit(void *data, struct str value, struct error *err)
{
	struct ulimit u;
	(void)data;
	return ulimit_read(value, &u, err);
}

static bool terms_read_size(void *data, struct str value, struct error *err)
{
	uint64_t bytes;
	(void)data;
	return size_read(value, &bytes, err);
}

static bool terms_read_ssh(void *data, struct str value, struct error *err)
{
	struct pair ssh;
	(void)data;
	return ssh_read(value, &ssh, err);
}

bool terms_can(const struct image_task *t, enum terms_engine e, const char *version,
               struct error *err)
{
	owned(arena) struct arena *a = arena_new();
	struct terms_reader r = { .arena = a, .engine = e, .way = CACHE_FROM,
	                          .version = version ? version : "" };
	if (!terms_table(t, e, err) || !terms_is_off(t, "provenance", err) ||
	    !terms_is_off(t, "sbom", err) ||
	    !terms_each(t, "output", terms_read_output, &r, err) ||
	    !terms_each(t, "cache-from", terms_read_cache, &r, err) ||
	    !terms_each(t, "add-host", terms_read_host, NULL, err) ||
	    !terms_each(t, "ulimit", terms_read_ulimit, NULL, err) ||
	    !terms_each(t, "shm-size", terms_read_size, NULL, err) ||
	    !terms_each(t, "ssh", terms_read_ssh, NULL, err))
		return false;
	r.way = CACHE_TO;
	r.ncaches = 0;
	if (!terms_each(t, "cache-to", terms_read_cache, &r, err))
		return false;
	if (str_find(work_option(t, "platform"), ',') != STR_NONE)
		return terms_lack(e, "images for several platforms", "build one after the other, or by a "
		                     "buildkitd", err);
	return true;
}

bool terms_output(struct arena *a, const struct image_task *t, struct output *ret_output)
{
	struct error ignored;
	for (size_t i = 0; i < t->noptions; i++)
		if (str_eq(t->options[i].name, STR("output")) &&
		    output_read(a, t->options[i].value, ret_output, &ignored) && ret_output->dest)
			return true;
	return false;
}

bool terms_want_image(const struct image_task *t)
{
	bool any = false;
	for (size_t i = 0; i < t->noptions; i++) {
		if (!str_eq(t->options[i].name, STR("output")))
			continue;
		any = true;
		if (str_has_prefix(t->options[i].value, STR("type=image")))
			return true;
	}
	return !any;
}

struct str terms_cache_ref(struct arena *a, struct str value, enum cache_way way)
{
	struct cache_spec c = { 0 };
	struct error ignored;
	cache_read(a, value, way, &c, &ignored);
	return spec_find(c.attrs, c.nattrs, "ref");
}
