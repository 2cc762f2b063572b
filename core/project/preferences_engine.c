#include "core/project/preferences_engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/os/files.h"

struct engine_table {
	struct arena *arena;
	const struct value *value;
	struct problems *problems;
	struct buf query;
};

static bool engine_wrong(struct engine_table *t, const struct value *at, const char *right)
{
	return problems_add(t->problems, SEVERITY_ERROR, "preferences-type", value_span(at),
	                    "%.*s must be %s", STR_ARG(value_key(at)), right);
}

/* A member's text of at least one character, none of them a control character; NULL: it is
 * not there, or *ret_ok is false. */
static const char *engine_text(struct engine_table *t, const char *name, const char *right,
                               bool *ret_ok)
{
	const struct value *v = value_get(t->value, str_of(name));
	struct str text = v ? value_text(v) : (struct str){ 0 };
	bool plain = v && value_type(v) == VALUE_STRING && text.n > 0;
	for (size_t i = 0; plain && i < text.n; i++)
		plain = (unsigned char)text.p[i] >= 0x20 && text.p[i] != 0x7f;
	if (v && !plain)
		*ret_ok = engine_wrong(t, v, right);
	return plain ? arena_text(t->arena, text) : NULL;
}

/* What is not unreserved (RFC 3986) becomes %XX. */
static void engine_say(struct engine_table *t, const char *name, const char *text)
{
	buf_printf(&t->query, "%c%s=", t->query.n ? '&' : '?', name);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		             strchr("-._~", c);
		buf_printf(&t->query, plain ? "%c" : "%%%02X", c);
	}
}

/* Absolute, or below the home folder. */
static bool engine_file(struct engine_table *t, const char *name)
{
	const char *right = "the path of a PEM file: \"/etc/mortar/ca.pem\", \"~/certs/ca.pem\"";
	const char *home = getenv("HOME");
	bool ok = true;
	const char *path = engine_text(t, name, right, &ok);
	if (!path)
		return ok;
	if (str_has_prefix(str_of(path), STR("~/")) && home && home[0] == '/')
		path = files_join(t->arena, home, path + 2);
	if (path[0] != '/')
		return engine_wrong(t, value_get(t->value, str_of(name)), right);
	engine_say(t, name, path);
	return true;
}

static bool engine_tls(struct engine_table *t)
{
	const struct value *cert = value_get(t->value, STR("cert"));
	const struct value *key = value_get(t->value, STR("key"));
	bool ok = engine_file(t, "ca") && engine_file(t, "cert") && engine_file(t, "key");
	const char *name = !ok ? NULL : engine_text(t, "server_name", "the name in the engine's "
	                                            "certificate: \"build.example\"", &ok);
	if (name)
		engine_say(t, "server_name", name);
	if (ok && !cert != !key)
		return problems_add(t->problems, SEVERITY_ERROR, "preferences-type",
		                    value_key_span(cert ? cert : key), "cert and key go together");
	return ok;
}

bool preferences_read_engine(struct arena *a, const struct value *engine, struct problems *problems,
                             struct pair *ret_engine)
{
	struct engine_table t = { .arena = a, .value = engine, .problems = problems };
	bool ok = true;
	const char *endpoint = engine_text(&t, "endpoint", "an address: \"unix:///run/docker.sock\", "
	                                   "\"ssh://user@host\"", &ok);
	if (ok && !endpoint)
		return engine_wrong(&t, engine, "given an endpoint: endpoint = "
		                    "\"unix:///run/docker.sock\"");
	ok = ok && engine_tls(&t);
	struct str spec = str_of(endpoint);
	bool takes_tls = str_has_prefix(spec, STR("tcp://")) ||
	                 str_has_prefix(spec, STR("buildkit+tcp://"));
	if (ok && t.query.n && (!takes_tls || strchr(endpoint, '?')))
		ok = problems_add(problems, SEVERITY_ERROR, "preferences-type",
		                  value_span(value_get(engine, STR("endpoint"))), "ca, cert, key and "
		                  "server_name belong to an endpoint tcp://host:port or "
		                  "buildkit+tcp://host:port");
	if (ok)
		*ret_engine = (struct pair){ arena_str(a, value_key(engine)),
		                             str_of(arena_printf(a, "%s%s", endpoint,
		                                                 buf_text(&t.query))) };
	buf_finish(&t.query);
	return ok;
}
