#include "tui/project_options.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/check.h"
#include "core/recipe/quote.h"
#include "tui/project_options_inside.h"

#define OPTIONS_PROXY "MORTAR_PROXY"

bool options_add(struct options *o, const char *name, struct str value, struct error *err)
{
	if (o->n == OPTIONS_MAX)
		return error_set(err, ERROR_USAGE, "more than %d options", OPTIONS_MAX);
	o->pairs[o->n++] = (struct pair){ str_of(arena_text(o->arena, str_of(name))),
	                                  arena_str(o->arena, value) };
	return true;
}

/* With something in the place of what braces in the tag stand for. */
static const char *options_tag_sample(struct options *o, struct str value)
{
	static const char *const marks[] = { "{git}", "{content}" };
	owned_buf struct buf sample = { 0 };
	size_t slash = str_find_last(value, '/'), colon = str_find_last(value, ':'), at;
	if (slash != STR_NONE && colon != STR_NONE && colon < slash)
		colon = STR_NONE;
	buf_append(&sample, value);
	for (size_t i = 0; colon != STR_NONE && i < sizeof marks / sizeof *marks; i++)
		while ((at = str_find_str(str_slice(buf_str(&sample), colon, sample.n),
		                          str_of(marks[i]))) != STR_NONE)
			buf_replace(&sample, colon + at, strlen(marks[i]), STR("x"));
	return arena_text(o->arena, buf_str(&sample));
}

/* An image is named by name and tag; a digest is what it comes to have. */
static bool options_tag(struct options *o, const char *name, struct str value, struct error *err)
{
	struct error why;
	if (str_find(value, '@') != STR_NONE)
		return error_set(err, ERROR_USAGE, "--tag is NAME:TAG without a digest, not '%.*s'",
		                 STR_ARG(value));
	const char *sample = options_tag_sample(o, value);
	if (str_find(str_of(sample), '{') != STR_NONE)
		return error_set(err, ERROR_USAGE, "--tag: behind the ':' of '%.*s' may stand {git} and "
		                 "{content}, and no other braces", STR_ARG(value));
	if (!quote_check_image(str_of(sample), &why))
		return error_set(err, ERROR_USAGE, "--tag: %s", why.text);
	return options_add(o, name, value, err);
}

static bool options_plain(struct options *o, const char *name, struct str value,
                          struct error *err)
{
	return options_add(o, name, value, err);
}

static bool options_flag(struct options *o, const char *name, struct str value, struct error *err)
{
	(void)value;
	return options_add(o, name, STR("true"), err);
}

static bool options_platform(struct options *o, const char *name, struct str value,
                             struct error *err)
{
	struct error why;
	(void)name;
	if (!platform_check(value, &why))
		return error_set(err, ERROR_USAGE, "--target-platform %s", why.text);
	return options_add(o, "platform", value, err);
}

/* The part behind "://" up to the host, with its @; n 0: there are none. */
static struct str options_credentials(struct str url)
{
	size_t scheme = str_find_str(url, STR("://")), end;
	struct str rest = str_slice(url, scheme == STR_NONE ? url.n : scheme + 3, url.n);
	for (end = 0; end < rest.n && !strchr("/?#", rest.p[end]); end++)
		continue;
	size_t at = str_find_last(str_slice(rest, 0, end), '@');
	return str_slice(rest, 0, at == STR_NONE ? 0 : at + 1);
}

static bool options_proxy(struct options *o, const char *name, struct str value,
                          struct error *err)
{
	static const char *const schemes[] = { "http://", "https://", "socks5://", "socks5h://" };
	bool right = false;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		right = right || (str_has_prefix(value, str_of(schemes[i])) &&
		                  value.n > strlen(schemes[i]));
	for (size_t i = 0; i < value.n; i++)
		right = right && (unsigned char)value.p[i] > 0x20 && value.p[i] != 0x7f;
	/* What is wrong may have credentials: it is not told. */
	if (!right)
		return error_set(err, ERROR_USAGE, "--proxy needs an address such as "
		                 "http://proxy.example:3128 (or https, socks5, socks5h)");
	return options_add(o, name, options_credentials(value).n ? STR("") : value, err);
}

/* NAME=VALUE; of a build argument NAME alone takes what the environment has, if anything. */
static bool options_named(struct options *o, const char *name, struct str value,
                          struct error *err)
{
	size_t equals = str_find(value, '=');
	bool is_arg = strcmp(name, "build-arg") == 0;
	struct str key = str_slice(value, 0, equals == STR_NONE ? value.n : equals);
	if (!key.n || (equals == STR_NONE && !is_arg))
		return error_set(err, ERROR_USAGE, "--%s needs NAME=VALUE%s, not '%.*s'", name,
		                 is_arg ? ", or NAME for the environment's" : "", STR_ARG(value));
	const char *option = arena_printf(o->arena, "%s:%.*s", name, STR_ARG(key));
	const char *here = equals == STR_NONE ? getenv(arena_text(o->arena, key)) : NULL;
	if (equals == STR_NONE)
		return !here || options_add(o, option, str_of(here), err);
	return options_add(o, option, str_slice(value, equals + 1, value.n), err);
}

/* Those that go to the kind and the engine. */
static const struct {
	const char *name;
	bool (*add)(struct options *, const char *name, struct str value, struct error *);
} options_known[] = {
	{ "tag", options_tag }, { "network", options_plain }, { "pull", options_flag },
	{ "push", options_flag }, { "derive", options_flag },
	{ "builder", options_plain }, { "target-platform", options_platform },
	{ "target", options_plain },
	{ "proxy", options_proxy }, { "allow-secret-in-layer", options_flag },
	{ "no-git-labels", options_flag }, { "build-arg", options_named },
	{ "label", options_named },
	{ "secret", options_secret }, { "ssh", options_ssh }, { "add-host", options_host },
	{ "shm-size", options_size }, { "ulimit", options_ulimit },
	{ "cgroup-parent", options_word }, { "cache-from", options_cache },
	{ "cache-to", options_cache }, { "output", options_output },
	{ "provenance", options_attest }, { "sbom", options_attest },
	{ "action", options_plain }, { "action-word", options_plain }, { "stage", options_word },
	{ "no-cache-filter", options_stages }, { "build-context", options_context },
};

static bool options_given(struct options *o, const struct args *args, struct error *err)
{
	for (size_t i = 0; i < args->noptions; i++)
		for (size_t k = 0; k < sizeof options_known / sizeof *options_known; k++)
			if (str_eq(args->options[i].name, str_of(options_known[k].name)) &&
			    !options_known[k].add(o, options_known[k].name, args->options[i].value, err))
				return false;
	return true;
}

/* /dev/null is how pip is told to read no file. */
static bool options_variables(struct options *o, const struct kind *kind, struct error *err)
{
	for (const struct kind_variable *v = kind->variables; v && v->id; v++) {
		const char *value = getenv(v->variable);
		if (!value || !value[0] || (v->is_file && strcmp(value, "/dev/null") == 0))
			continue;
		if (!options_add(o, arena_printf(o->arena, "secret:%s", v->id),
		                 str_of(v->is_file ? files_absolute(o->arena, value) : ""), err))
			return false;
	}
	return true;
}

bool project_options_read(struct arena *arena, const struct args *args, const struct kind *kind,
                          const struct preferences *preferences, const char *engine,
                          struct selection *selection, struct error *err)
{
	struct options o = { .arena = arena };
	o.pairs = arena_array(arena, OPTIONS_MAX, sizeof *o.pairs);
	if (preferences->pesto_profile_version)
		options_add(&o, "pesto-profile", STR("version"), err);
	if (preferences->pesto_keep_caches)
		options_add(&o, "keep-caches", STR("true"), err);
	if (preferences->no_git_labels)
		options_add(&o, "no-git-labels", STR("true"), err);
	if (strcmp(engine, "classic") == 0)
		options_add(&o, "builder", STR("classic"), err);
	if (!options_given(&o, args, err) || !options_variables(&o, kind, err) ||
	    !options_agree(&o, err))
		return false;
	selection->options = o.pairs;
	selection->noptions = o.n;
	return true;
}

void project_options_export(const struct args *args)
{
	const char *proxy = args_get(args, "proxy");
	if (proxy && options_credentials(str_of(proxy)).n)
		setenv(OPTIONS_PROXY, proxy, 1);
}
