#include "core/project/preferences.h"

#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/base/similar.h"
#include "core/config/toml.h"
#include "core/project/preferences_engine.h"

/* Reading: one file at a time, the project's after the user's, each key through its
 * row in the table below. */
struct preferences_reader {
	struct preferences *p;
	struct problems *problems;
	bool trusted;                   /* the user's own file */
	const char *root;               /* of the project; NULL: none is meant */
	const struct value *pools;      /* they name engines, which may come later */
};

/* False when the value is wrong; the reader has said so then. */
typedef bool preferences_set_fn(struct preferences_reader *, const struct value *);

struct preferences_key {
	const char *name;
	bool user_only;
	preferences_set_fn *set;
};

static bool preferences_wrong(struct preferences_reader *r, const struct value *value,
                              const char *right)
{
	struct str key = value_key(value);
	return problems_add(r->problems, SEVERITY_ERROR, "preferences-type", value_span(value),
	                    "%.*s must be %s", STR_ARG(key), right);
}

bool preferences_is_name(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '-'))
			return false;
	}
	return text.n > 0;
}

/* A text of at least one character without control characters. */
static bool preferences_text(struct preferences_reader *r, const struct value *value,
                             const char *right, const char **ret_text)
{
	struct str text = value_text(value);
	bool plain = value_type(value) == VALUE_STRING && text.n > 0;
	for (size_t i = 0; plain && i < text.n; i++)
		plain = (unsigned char)text.p[i] >= 0x20 && text.p[i] != 0x7f;
	if (!plain)
		return preferences_wrong(r, value, right);
	*ret_text = arena_text(r->p->arena, text);
	return true;
}

static bool preferences_profiles(struct preferences_reader *r, const struct value *value)
{
	const char *right = "an array of profile names, each of letters, digits, _ and -: "
	                    "[\"gpu\", \"stateful\"]";
	if (value_type(value) != VALUE_ARRAY)
		return preferences_wrong(r, value, right);
	const char **names = arena_array(r->p->arena, value_count(value) + 1, sizeof *names);
	size_t n = 0;
	for (const struct value *v = value_child(value); v; v = value_next(v)) {
		if (value_type(v) != VALUE_STRING || !preferences_is_name(value_text(v)))
			return problems_add(r->problems, SEVERITY_ERROR, "preferences-type",
			                    value_span(v), "profiles must be %s", right);
		names[n++] = arena_text(r->p->arena, value_text(v));
	}
	r->p->profiles = names;
	r->p->nprofiles = n;
	return true;
}

static bool preferences_merge(struct preferences_reader *r, const struct value *value)
{
	bool deep = str_eq(value_text(value), STR("deep"));
	if (value_type(value) != VALUE_STRING || (!deep && !str_eq(value_text(value), STR("root"))))
		return preferences_wrong(r, value, "\"root\" or \"deep\"");
	r->p->rule = deep ? CASCADE_DEEP : CASCADE_ROOT;
	r->p->has_rule = true;
	return true;
}

static bool preferences_cache(struct preferences_reader *r, const struct value *value)
{
	r->p->level_at = value_span(value);
	return preferences_text(r, value, "the name of a cache level: \"none\", \"all\", \"C1\"",
	                        &r->p->level);
}

static bool preferences_theme(struct preferences_reader *r, const struct value *value)
{
	return preferences_text(r, value, "the name of a theme: \"dark\", \"light\"", &r->p->theme);
}

static bool preferences_engine(struct preferences_reader *r, const struct value *value)
{
	if (!r->trusted && value_type(value) == VALUE_STRING &&
	    !preferences_is_name(value_text(value))) {
		problems_add(r->problems, SEVERITY_WARNING, "preferences-untrusted",
		             value_span(value), "a project may only name an engine (auto, "
		             "buildkit, classic, podman, buildah, or a name from your "
		             "config.toml), not give its address: ignored");
		return true;
	}
	return preferences_text(r, value, "the name of an engine: \"auto\", \"buildah\"",
	                        &r->p->engine);
}

bool preferences_bytes(struct str text, unsigned long long *ret_bytes)
{
	static const char units[] = "KMGT";
	size_t digits = 0;
	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	struct str unit = str_trim(str_slice(text, digits, text.n));
	unsigned shift = 0;
	if (unit.n && unit.p[0] != 'B') {
		const char *at = unit.p[0] ? strchr(units, unit.p[0] & ~0x20) : NULL;
		if (!at)
			return false;
		shift = 10 * (unsigned)(at - units + 1);
		unit = str_slice(unit, 1, unit.n);
	}
	if (unit.n && !str_eq(unit, STR("B")) && !(shift && str_eq(unit, STR("iB"))))
		return false;
	unsigned long long number;
	if (!str_number(str_slice(text, 0, digits), (1ull << 62) >> shift, &number))
		return false;
	*ret_bytes = number << shift;
	return number > 0;
}

/* A TOML integer over 0, which the reader has seen to lie within 64 bits. */
static bool preferences_positive(struct str text, unsigned long long *ret_number)
{
	owned_buf struct buf digits = { 0 };
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '_')
			buf_append_char(&digits, text.p[i]);
	const char *p = buf_text(&digits);
	int base = p[0] != '0' || !p[1] ? 10 : p[1] == 'x' ? 16 : p[1] == 'o' ? 8 : 2;
	*ret_number = p[0] == '-' ? 0 : strtoull(p + (base == 10 ? 0 : 2), NULL, base);
	return *ret_number > 0;
}

static bool preferences_log_limit(struct preferences_reader *r, const struct value *value)
{
	unsigned long long bytes = 0;
	bool right = false;
	if (value_type(value) == VALUE_INTEGER)
		right = preferences_positive(value_text(value), &bytes);
	else if (value_type(value) == VALUE_STRING)
		right = preferences_bytes(value_text(value), &bytes);
	if (!right)
		return preferences_wrong(r, value, "a number of bytes over 0, or a text with "
		                         "a unit: \"256MB\", \"1GB\"");
	r->p->log_limit = bytes;
	return true;
}

static bool preferences_pesto_profile(struct preferences_reader *r, const struct value *value)
{
	bool version = str_eq(value_text(value), STR("version"));
	if (value_type(value) != VALUE_STRING ||
	    (!version && !str_eq(value_text(value), STR("profile"))))
		return preferences_wrong(r, value, "\"profile\" or \"version\"");
	r->p->pesto_profile_version = version;
	return true;
}

static bool preferences_keep_caches(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_BOOL)
		return preferences_wrong(r, value, "true or false");
	r->p->pesto_keep_caches = value_is_true(value);
	return true;
}

static bool preferences_git_labels(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_BOOL)
		return preferences_wrong(r, value, "true or false");
	r->p->no_git_labels = !value_is_true(value);
	return true;
}

static bool preferences_mouse(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_BOOL)
		return preferences_wrong(r, value, "true or false");
	r->p->mouse = value_is_true(value);
	return true;
}

static bool preferences_clipboard(struct preferences_reader *r, const struct value *value)
{
	static const char *const words[] = {
		[CLIPBOARD_AUTO] = "auto", [CLIPBOARD_OSC52] = "osc52", [CLIPBOARD_FILE] = "file",
	};
	for (unsigned i = 0; value_type(value) == VALUE_STRING && i < 3; i++)
		if (str_eq(value_text(value), str_of(words[i]))) {
			r->p->clipboard = (enum clipboard)i;
			return true;
		}
	return preferences_wrong(r, value, "\"auto\", \"osc52\" or \"file\"");
}

/* Tables of kinds, which read them themselves. */
static bool preferences_kind(struct preferences_reader *r, const struct value *value)
{
	if (r->trusted)
		problems_add(r->problems, SEVERITY_WARNING, "preferences-unknown", value_key_span(value),
		             "%.*s is ignored here: it is a project's, in its .mortar.toml",
		             STR_ARG(value_key(value)));
	return true;
}

static preferences_set_fn preferences_pesto, preferences_engines, preferences_terminal,
	preferences_notice, preferences_history, preferences_project, preferences_pools,
	preferences_lint;

static const struct preferences_key preferences_keys[] = {
	{ "profiles", false, preferences_profiles },
	{ "cache", false, preferences_cache },
	{ "merge", false, preferences_merge },
	{ "engine", false, preferences_engine },
	{ "theme", false, preferences_theme },
	{ "git_labels", false, preferences_git_labels },
	{ "pesto", false, preferences_pesto },
	{ "image", false, preferences_kind },
	{ "poetry", false, preferences_kind },
	{ "lint", false, preferences_lint },
	{ "log_limit", true, preferences_log_limit },
	{ "mouse", true, preferences_mouse },
	{ "clipboard", true, preferences_clipboard },
	{ "engines", true, preferences_engines },
	{ "pools", true, preferences_pools },
	{ "terminal", true, preferences_terminal },
	{ "notice", true, preferences_notice },
	{ "history", true, preferences_history },
	{ "project", true, preferences_project },
	{ NULL, false, NULL },
};

static const struct preferences_key preferences_pesto_keys[] = {
	{ "pesto_profile", false, preferences_pesto_profile },
	{ "keep_caches", false, preferences_keep_caches },
	{ NULL, false, NULL },
};

/* A number over 0, or 0 for no limit. */
static bool preferences_keep(struct preferences_reader *r, const struct value *value,
                             unsigned long long *ret_number)
{
	unsigned long long number = 0;
	if (value_type(value) != VALUE_INTEGER || (!preferences_positive(value_text(value), &number) &&
	                                           !str_eq(value_text(value), STR("0"))))
		return preferences_wrong(r, value, "a whole number, 0 for no limit");
	*ret_number = number;
	return true;
}

static bool preferences_keep_days(struct preferences_reader *r, const struct value *value)
{
	return preferences_keep(r, value, &r->p->keep_days);
}

static bool preferences_keep_builds(struct preferences_reader *r, const struct value *value)
{
	return preferences_keep(r, value, &r->p->keep_builds);
}

static bool preferences_keep_size(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_STRING)
		return preferences_keep(r, value, &r->p->keep_size);
	return preferences_bytes(value_text(value), &r->p->keep_size) ||
	       preferences_wrong(r, value, "a number of bytes, 0 for no limit, or a text with a unit: "
	                         "\"500MB\", \"2GB\"");
}

static const struct preferences_key preferences_history_keys[] = {
	{ "keep_days", true, preferences_keep_days },
	{ "keep_builds", true, preferences_keep_builds },
	{ "keep_size", true, preferences_keep_size },
	{ NULL, false, NULL },
};

/* ---- unknown keys ---- */

static void preferences_unknown(struct preferences_reader *r, const struct value *value,
                                const struct preferences_key *keys)
{
	struct str key = value_key(value);
	struct similar similar = { .typed = key };
	owned_buf struct buf known = { 0 };
	for (size_t i = 0; keys[i].name; i++)
		similar_try(&similar, keys[i].name);
	for (size_t i = 0; !similar.best && keys[i].name; i++)
		if (r->trusted ? keys[i].set != preferences_kind : !keys[i].user_only)
			buf_printf(&known, "%s%s", known.n ? ", " : "", keys[i].name);
	problems_add(r->problems, SEVERITY_WARNING, "preferences-unknown", value_key_span(value),
	             "mortar knows no setting %.*s here: %s %s", STR_ARG(key),
	             similar.best ? "is it" : "known are",
	             similar.best ? similar.best : buf_text(&known));
}

static void preferences_table(struct preferences_reader *r, const struct value *table,
                              const struct preferences_key *keys)
{
	for (const struct value *v = value_child(table); v; v = value_next(v)) {
		const struct preferences_key *key = keys;
		while (key->name && !str_eq(value_key(v), str_of(key->name)))
			key++;
		if (!key->name)
			preferences_unknown(r, v, keys);
		else if (key->user_only && !r->trusted)
			problems_add(r->problems, SEVERITY_WARNING, "preferences-untrusted",
			             value_key_span(v), "%s is ignored here: it comes with "
			             "the project, and only your own config.toml may set it",
			             key->name);
		else
			key->set(r, v);
	}
}

static bool preferences_pesto(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_OBJECT)
		return preferences_wrong(r, value, "a table: [pesto]");
	preferences_table(r, value, preferences_pesto_keys);
	return true;
}

static bool preferences_lint(struct preferences_reader *r, const struct value *value)
{
	return preferences_read_lint(r->p, value, r->trusted, r->problems);
}

/* ---- [terminal], [notice] ---- */

static bool preferences_switch(struct preferences_reader *r, const struct value *value,
                               enum preferences_switch *ret_switch)
{
	if (value_type(value) != VALUE_BOOL)
		return preferences_wrong(r, value, "true or false");
	*ret_switch = value_is_true(value) ? SWITCH_ON : SWITCH_OFF;
	return true;
}

#define PREFERENCES_SWITCH(name) \
	static bool preferences_##name(struct preferences_reader *r, const struct value *value) \
	{ \
		return preferences_switch(r, value, &r->p->name); \
	}
PREFERENCES_SWITCH(title)
PREFERENCES_SWITCH(progress)
PREFERENCES_SWITCH(synchronized)
PREFERENCES_SWITCH(notice_bell)
PREFERENCES_SWITCH(notice_terminal)
PREFERENCES_SWITCH(notice_desktop)
#undef PREFERENCES_SWITCH

static bool preferences_notice_after(struct preferences_reader *r, const struct value *value)
{
	unsigned long long seconds = 0;
	if (value_type(value) != VALUE_INTEGER ||
	    !preferences_positive(value_text(value), &seconds))
		return preferences_wrong(r, value, "a number of seconds over 0");
	r->p->notice_after = seconds;
	return true;
}

static bool preferences_terminal(struct preferences_reader *r, const struct value *value)
{
	static const struct preferences_key keys[] = {
		{ "title", true, preferences_title },
		{ "progress", true, preferences_progress },
		{ "synchronized", true, preferences_synchronized },
		{ NULL, false, NULL },
	};
	if (value_type(value) != VALUE_OBJECT)
		return preferences_wrong(r, value, "a table: [terminal]");
	preferences_table(r, value, keys);
	return true;
}

static bool preferences_notice(struct preferences_reader *r, const struct value *value)
{
	static const struct preferences_key keys[] = {
		{ "after", true, preferences_notice_after },
		{ "bell", true, preferences_notice_bell },
		{ "terminal", true, preferences_notice_terminal },
		{ "desktop", true, preferences_notice_desktop },
		{ NULL, false, NULL },
	};
	if (value_type(value) != VALUE_OBJECT)
		return preferences_wrong(r, value, "a table: [notice]");
	preferences_table(r, value, keys);
	return true;
}

static bool preferences_history(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_OBJECT)
		return preferences_wrong(r, value, "a table: [history]");
	preferences_table(r, value, preferences_history_keys);
	return true;
}

/* ---- [engines.NAME] ---- */

static bool preferences_endpoint(struct preferences_reader *r, const struct value *engine,
                                 struct pair *ret_engine)
{
	static const struct preferences_key keys[] = {
		{ "endpoint", true, NULL }, { "ca", true, NULL }, { "cert", true, NULL },
		{ "key", true, NULL }, { "server_name", true, NULL }, { NULL, true, NULL },
	};
	if (value_type(engine) != VALUE_OBJECT || !preferences_is_name(value_key(engine)))
		return preferences_wrong(r, engine, "a table under a name of letters, "
		                         "digits, _ and -: [engines.remote]");
	for (const struct value *v = value_child(engine); v; v = value_next(v)) {
		const struct preferences_key *key = keys;
		while (key->name && !str_eq(value_key(v), str_of(key->name)))
			key++;
		if (!key->name)
			preferences_unknown(r, v, keys);
	}
	return preferences_read_engine(r->p->arena, engine, r->problems, ret_engine);
}

static bool preferences_engines(struct preferences_reader *r, const struct value *value)
{
	if (value_type(value) != VALUE_OBJECT)
		return preferences_wrong(r, value, "tables: [engines.NAME]");
	struct pair *engines = arena_array(r->p->arena, value_count(value) + 1, sizeof *engines);
	size_t n = 0;
	for (const struct value *v = value_child(value); v; v = value_next(v))
		n += preferences_endpoint(r, v, &engines[n]);
	r->p->engines = engines;
	r->p->nengines = n;
	return true;
}

/* ---- [project."/root"] ---- */

static bool preferences_project_engine(struct preferences_reader *r, const struct value *value)
{
	return preferences_text(r, value, "the name of an engine: \"auto\", \"buildah\"",
	                        &r->p->project_engine);
}

static bool preferences_project(struct preferences_reader *r, const struct value *value)
{
	static const struct preferences_key keys[] = {
		{ "engine", true, preferences_project_engine },
		{ NULL, false, NULL },
	};
	if (value_type(value) != VALUE_OBJECT)
		return preferences_wrong(r, value, "tables: [project.\"/its/folder\"]");
	for (const struct value *v = value_child(value); v; v = value_next(v)) {
		if (value_type(v) != VALUE_OBJECT)
			preferences_wrong(r, v, "a table under a project's folder: "
			                  "[project.\"/its/folder\"]");
		else if (r->root && str_eq(value_key(v), str_of(r->root)))
			preferences_table(r, v, keys);
	}
	return true;
}

static bool preferences_pools(struct preferences_reader *r, const struct value *value)
{
	r->pools = value;
	return true;
}

/* ---- files ---- */

static void preferences_file(struct preferences_reader *r, struct files *files, const char *path)
{
	struct arena *arena = r->p->arena;
	struct str text = { 0 };
	struct error err;
	const struct value *root;
	enum files_result result = files_read(files, path, arena, &text, &err);
	struct source *source = source_new(arena, str_of(path), NULL, text);
	if (result == FILES_FAILED)
		problems_add(r->problems, SEVERITY_ERROR, "preferences-file",
		             (struct span){ .source = source }, "%s", err.text);
	else if (result == FILES_OK && toml_read(arena, source, r->problems, &root))
		preferences_table(r, root, preferences_keys);
}

struct preferences *preferences_read(struct files *files, const char *config_path,
                                     const char *root, struct problems *problems)
{
	struct preferences *p = xcalloc(1, sizeof *p);
	p->arena = arena_new();
	p->log_limit = PREFERENCES_LOG_LIMIT;
	p->notice_after = PREFERENCES_NOTICE_AFTER;
	p->keep_days = PREFERENCES_KEEP_DAYS;
	p->keep_builds = PREFERENCES_KEEP_BUILDS;
	p->keep_size = PREFERENCES_KEEP_SIZE;
	struct preferences_reader r = { .p = p, .problems = problems, .trusted = true };
	r.root = root ? files_absolute(p->arena, root) : NULL;
	if (config_path)
		preferences_file(&r, files, config_path);
	if (r.pools)
		preferences_read_pools(p, r.pools, problems);
	r.trusted = false;
	if (root)
		preferences_file(&r, files, files_join(p->arena, root, ".mortar.toml"));
	return p;
}

void preferences_free(struct preferences *p)
{
	if (!p)
		return;
	arena_free(p->arena);
	free(p);
}
