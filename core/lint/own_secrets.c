/* Secrets that would get into an image.  Their values are never told. */
#include "core/lint/own.h"
#include "core/lint/own_rules.h"

/* ---- by value ---- */

static bool secret_is_letter(char c, const char *more)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(more, c));
}

/* What keys of well-known services begin with, how many characters follow at least, and
 * which others than letters and digits are among them. */
struct secret_shape {
	const char *prefix, *more, *what;
	size_t least;
	bool upper;                     /* no small letters */
};

static const struct secret_shape secret_shapes[] = {
	{ "AKIA", "", "an AWS access key", 16, true },
	{ "ASIA", "", "an AWS access key", 16, true },
	{ "ghp_", "", "a GitHub token", 30, false }, { "gho_", "", "a GitHub token", 30, false },
	{ "ghu_", "", "a GitHub token", 30, false }, { "ghs_", "", "a GitHub token", 30, false },
	{ "ghr_", "", "a GitHub token", 30, false },
	{ "github_pat_", "_", "a GitHub token", 22, false },
	{ "glpat-", "_-", "a GitLab token", 20, false },
	{ "xoxb-", "-", "a Slack token", 20, false }, { "xoxp-", "-", "a Slack token", 20, false },
	{ "sk_live_", "", "a Stripe key", 20, false }, { "rk_live_", "", "a Stripe key", 20, false },
	{ "sk-ant-", "_-", "an Anthropic key", 20, false },
	{ "sk-proj-", "_-", "an OpenAI key", 20, false },
	{ "AIza", "_-", "a Google API key", 35, false }, { "npm_", "", "an npm token", 36, false },
	{ "pypi-AgEI", "_-", "a PyPI token", 40, false },
	{ "hf_", "", "a Hugging Face token", 34, false },
	{ "dckr_pat_", "_-", "a Docker token", 20, false },
	{ "SG.", "._-", "a SendGrid key", 50, false },
};

static size_t secret_length(const struct secret_shape *shape, struct str rest)
{
	size_t n = 0;
	while (n < rest.n && secret_is_letter(rest.p[n], shape->more) &&
	       !(shape->upper && rest.p[n] >= 'a' && rest.p[n] <= 'z'))
		n++;
	return n;
}

/* Documentation's own keys say so. */
static bool secret_is_example(struct str text)
{
	return str_search(text, STR("example"), 0) != STR_NONE ||
	       str_search(text, STR("xxxxxxxx"), 0) != STR_NONE;
}

/* The next one at or behind *at; *ret_size: its bytes. */
static const char *secret_by_shape(struct str text, size_t at, size_t *ret_size)
{
	if (at && secret_is_letter(text.p[at - 1], "_"))
		return NULL;
	for (size_t i = 0; i < sizeof secret_shapes / sizeof *secret_shapes; i++) {
		const struct secret_shape *shape = &secret_shapes[i];
		struct str rest = str_slice(text, at, STR_NONE), prefix = str_of(shape->prefix);
		if (!str_has_prefix(rest, prefix))
			continue;
		size_t n = secret_length(shape, str_slice(rest, prefix.n, STR_NONE));
		bool fits = shape->upper ? n == shape->least : n >= shape->least;
		*ret_size = prefix.n + n;
		if (fits && !secret_is_example(str_slice(rest, 0, *ret_size)))
			return shape->what;
	}
	return NULL;
}

/* -----BEGIN … PRIVATE KEY----- */
static const char *secret_by_armour(struct str text, size_t at, size_t *ret_size)
{
	struct str rest = str_slice(text, at, 60);
	size_t end = str_find_str(rest, STR("PRIVATE KEY-----"));
	if (!str_has_prefix(rest, STR("-----BEGIN ")) || end == STR_NONE)
		return NULL;
	*ret_size = end + 16;
	return "a private key";
}

/* scheme://user:password@host, where the password stands there as it is. */
static const char *secret_by_url(struct str text, size_t at, size_t *ret_size)
{
	struct str rest = str_slice(text, at, 300);
	if (!str_has_prefix(rest, STR("://")))
		return NULL;
	size_t n = 3, colon = 0;
	while (n < rest.n && !strchr(" \t\n/\"'<>\\#?", rest.p[n]) && rest.p[n] != '@') {
		if (rest.p[n] == '$' || rest.p[n] == '{' || rest.p[n] == '*')
			return NULL;
		colon = rest.p[n] == ':' ? n : colon;
		n++;
	}
	if (n >= rest.n || rest.p[n] != '@' || colon < 4 || n - colon < 5)
		return NULL;
	struct str word = str_slice(rest, colon + 1, n - colon - 1);
	static const char *const holders[] = { "password", "pass", "secret", "changeme", "xxxx",
		"token", "PASSWORD", "TOKEN", NULL };
	*ret_size = n + 1;
	return own_is_one_of(word, holders) ? NULL : "a password in an address";
}

static const char *secret_at(struct str text, size_t at, size_t *ret_size)
{
	char c = text.p[at];
	const char *what = NULL;
	/* What any of them begins with. */
	if (!c || !strchr("-:AghxsrnpdS", c))
		return NULL;
	if (c == '-')
		what = secret_by_armour(text, at, ret_size);
	else if (c == ':')
		what = secret_by_url(text, at, ret_size);
	return what ? what : secret_by_shape(text, at, ret_size);
}

void own_secret_value(const struct rule *rule, const struct subject *s, struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	for (size_t i = 0; i < o.recipe->ninstructions; i++) {
		const struct instruction *in = &o.recipe->instructions[i];
		struct str text = span_text(in->at);
		for (size_t at = 0, size = 0; at < text.n; at += size ? size : 1, size = 0) {
			const char *what = secret_at(text, at, &size);
			if (!what) {
				size = 0;
				continue;
			}
			uint32_t from = in->at.at + (uint32_t)at;
			lint_report(rule, own_is_reached(&o, in), problems,
			            own_span(in, from, from + (uint32_t)size),
			            "this looks like %s: whoever has the image or this file can read it; mount "
			            "it with --mount=type=secret, and have it replaced", what);
		}
	}
}

/* ---- by file ---- */

/* Names that are nearly always secret, wherever they lie. */
static bool secret_is_file(struct str name)
{
	static const char *const names[] = { ".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519",
		".netrc", "_netrc", ".pypirc", ".git-credentials", ".htpasswd", ".pgpass", ".my.cnf",
		"credentials.json", "service-account.json", "service_account.json", "kubeconfig",
		"terraform.tfstate", ".dockercfg", "secrets.yml", "secrets.yaml", "secrets.json", NULL };
	static const char *const ends[] = { ".p12", ".pfx", ".jks", ".keystore", ".ppk", ".kdbx" };
	static const char *const samples[] = { "example", "sample", "template", "dist", "default" };
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		if (str_find_str(name, str_of(samples[i])) != STR_NONE)
			return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_has_suffix(name, str_of(ends[i])))
			return true;
	return own_is_one_of(name, names) || str_has_prefix(name, STR(".env."));
}

/* A key by its ending, when it is copied by name; certificates end so as well. */
static bool secret_is_key(struct str name)
{
	static const char *const open[] = { "ca", "cert", "chain", "pub", "root", "bundle", "apt",
		"gpg", "signing", "archive", "keyring" };
	if (!str_has_suffix(name, STR(".key")) && !str_has_suffix(name, STR(".pem")))
		return false;
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (str_search(name, str_of(open[i]), 0) != STR_NONE)
			return false;
	return true;
}

static bool secret_is_folder(struct str name)
{
	static const char *const names[] = { ".ssh", ".aws", ".gnupg", ".kube", ".azure", NULL };
	return own_is_one_of(name, names);
}

/* Inside folders of tests and of packages there are such names by the dozen. */
static bool secret_is_elsewhere(const char *path)
{
	static const char *const parts[] = { "node_modules/", "site-packages/", "test", "fixtures/",
		"example", "vendor/" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(path, parts[i]))
			return true;
	return false;
}

/* COPY . takes along what nobody has named; told where it is first done in each stage. */
static void secret_in_whole(struct own *o, const struct instruction *in, struct span at)
{
	const struct context *context = o->subject->context;
	const char *first = NULL;
	size_t n = 0;
	for (size_t i = 0; context && i < context_count(context); i++) {
		const struct entry *e = context_entry(context, i);
		if (!S_ISREG(e->mode) || !secret_is_file(own_base_name(str_of(e->path))) ||
		    secret_is_elsewhere(e->path))
			continue;
		first = first ? first : e->path;
		n++;
	}
	if (!n)
		return;
	const char *more = n > 1 ? arena_printf(o->arena, " and %zu more like it", n - 1) : "";
	lint_report(o->rule, own_is_final(o, in), o->problems, at,
	            "this takes %s%s into a layer: leave it out with .dockerignore, and mount what a "
	            "step needs with --mount=type=secret", first, more);
}

void own_secret_copied(const struct rule *rule, const struct subject *s,
                       struct problems *problems)
{
	struct own o owned_own = own_open(rule, s, problems);
	int stage = -1;
	for (size_t i = 0; i < o.recipe->ninstructions; i++) {
		const struct instruction *in = &o.recipe->instructions[i];
		for (size_t k = 0; own_copies_context(in) && k < own_sources(in); k++) {
			struct str source = own_source(&o, in, k), name = own_base_name(source);
			struct span at = in->parts->args_at[k];
			bool whole = own_is_whole(source);
			if (whole && in->stage != stage)
				secret_in_whole(&o, in, at);
			stage = whole ? in->stage : stage;
			if (secret_is_file(name) || secret_is_key(name) || secret_is_folder(name))
				lint_report(rule, own_is_final(&o, in), problems, at,
				            "%.*s is for nobody's eyes, and whoever has the layer can read it: "
				            "mount it with --mount=type=secret in the step that needs it",
				            STR_ARG(source));
		}
	}
}
