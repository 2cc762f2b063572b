#include "core/engine/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "core/engine/base64.h"
#include "core/engine/stream.h"
#include "core/os/files.h"
#include "core/value/json.h"

/* The word with which helpers and docker's own files say that a secret is an identity token
 * (docker-credential-helpers, credentials/helper.go). */
#define CREDENTIALS_TOKEN_USER "<token>"
#define CREDENTIALS_HELPER_PREFIX "docker-credential-"

#define CREDENTIALS_DOCKER_IO "https://index.docker.io/v1/"

const char *credentials_path(struct arena *a)
{
	const char *dir = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
	if (dir && *dir)
		return files_absolute(a, files_join(a, dir, "config.json"));
	return files_join(a, home && *home ? home : "/", ".docker/config.json");
}

/* "https://host:5000/v2/" as the host alone. */
static struct str credentials_host(struct str key)
{
	static const char *const schemes[] = { "https://", "http://" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (str_has_prefix(key, str_of(schemes[i])))
			key = str_slice(key, strlen(schemes[i]), key.n);
	return str_slice(key, 0, str_find(key, '/'));
}

static bool credentials_is_docker_io(struct str key)
{
	static const char *const names[] = { "docker.io", "index.docker.io", "registry-1.docker.io" };
	struct str host = credentials_host(key);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(host, str_of(names[i])))
			return true;
	return false;
}

const char *credentials_key(const char *host)
{
	return credentials_is_docker_io(str_of(host)) ? CREDENTIALS_DOCKER_IO : host;
}

/* The member for the registry: of its very name, else the first one that comes to it. */
static const struct value *credentials_member(const struct value *object, const char *key)
{
	struct str host = credentials_host(str_of(key));
	const struct value *exact;
	if (!object || value_type(object) != VALUE_OBJECT)
		return NULL;
	exact = value_get(object, str_of(key));
	if (exact)
		return exact;
	for (const struct value *v = value_child(object); v; v = value_next(v))
		if (str_eq(credentials_host(value_key(v)), host) ||
		    (credentials_is_docker_io(host) && credentials_is_docker_io(value_key(v))))
			return v;
	return NULL;
}

/* "USER:PASSWORD" in base64; a password may have colons, and NULs of padding behind it. */
static bool credentials_decode(struct arena *a, struct str text, struct credential *c)
{
	owned_buf struct buf plain = { 0 };
	bool ok = base64_decode(&plain, text);
	size_t colon = str_find(buf_str(&plain), ':');
	if (ok && colon != STR_NONE) {
		struct str all = arena_str(a, buf_str(&plain));
		c->user = str_slice(all, 0, colon);
		c->secret = str_slice(all, colon + 1, all.n);
		while (c->secret.n && c->secret.p[c->secret.n - 1] == '\0')
			c->secret.n--;
	}
	if (plain.p)
		explicit_bzero(plain.p, plain.n);
	return ok && colon != STR_NONE && c->user.n;
}

/* An entry of auths; one without anything is what credsStore leaves there. */
static bool credentials_of_entry(struct arena *a, const char *path, const struct value *entry,
                                 struct credentials_found *ret_found, struct error *err)
{
	struct credential c = { .user = stream_text(entry, "username"),
	                        .secret = stream_text(entry, "password") };
	struct str auth = stream_text(entry, "auth");
	struct str identity = stream_text(entry, "identitytoken");
	struct str registry = stream_text(entry, "registrytoken");
	if (auth.n && !credentials_decode(a, auth, &c))
		return error_set(err, ERROR_PROJECT, "%s: \"auth\" of \"%.*s\" is no USER:PASSWORD in "
		                 "base64; log in anew with docker login", path,
		                 STR_ARG(value_key(entry)));
	if (identity.n || registry.n) {
		c.secret = identity.n ? identity : registry;
		c.user = (struct str){ 0 };
		c.is_identity_token = identity.n > 0;
		c.is_registry_token = !identity.n;
	}
	if (c.secret.n) {
		ret_found->kind = CREDENTIALS_KNOWN;
		ret_found->known = c;
	}
	return true;
}

/* A helper is a program of the user's PATH: its name leads nowhere else. */
static bool credentials_of_store(struct arena *a, const char *path, struct str name,
                                 struct credentials_found *ret_found, struct error *err)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_' || c == '.'))
			return error_set(err, ERROR_PROJECT, "%s: '%.*s' is no name of a credential helper: "
			                 "it is what follows docker-credential- in a program's name", path,
			                 STR_ARG(str_slice(name, 0, 80)));
	}
	ret_found->kind = CREDENTIALS_HELPER;
	ret_found->helper = arena_printf(a, CREDENTIALS_HELPER_PREFIX "%.*s", STR_ARG(name));
	return true;
}

/* Where the text stops being JSON, without a byte of it: it may be a password's. */
static bool credentials_no_json(const char *path, const struct error *why, struct error *err)
{
	struct str text = str_of(why->text);
	size_t end = str_find(text, ')');
	return error_set(err, ERROR_PROJECT, "%s: %.*s", path,
	                 STR_ARG(str_slice(text, 0, end == STR_NONE ? 7 : end + 1)));
}

bool credentials_find(struct arena *a, const char *path, struct str text, const char *host,
                      struct credentials_found *ret_found, struct error *err)
{
	const char *key = credentials_key(host);
	const struct value *root, *helpers, *entry;
	struct error why = { 0 };
	struct str store;
	*ret_found = (struct credentials_found){ 0 };
	if (!str_trim(text).n)
		return true;
	if (!value_parse_json(a, text, &root, &why))
		return credentials_no_json(path, &why, err);
	if (value_type(root) != VALUE_OBJECT)
		return error_set(err, ERROR_PROJECT, "%s: it is no JSON object, as docker login "
		                 "writes one", path);
	store = stream_text(root, "credsStore");
	helpers = credentials_member(value_get(root, STR("credHelpers")), key);
	if (helpers && value_type(helpers) == VALUE_STRING)
		store = value_text(helpers);
	if (store.n)
		return credentials_of_store(a, path, store, ret_found, err);
	entry = credentials_member(value_get(root, STR("auths")), key);
	return !entry || value_type(entry) != VALUE_OBJECT ||
	       credentials_of_entry(a, path, entry, ret_found, err);
}

bool credentials_of_helper(struct arena *a, const char *helper, struct str text,
                           struct credential *ret_credential, struct error *err)
{
	const struct value *root;
	struct error ignored = { 0 };
	if (!value_parse_json(a, text, &root, &ignored) || value_type(root) != VALUE_OBJECT ||
	    !stream_text(root, "Secret").n)
		return error_set(err, ERROR_PROTOCOL, "%s get printed no credential "
		                 "({\"Username\": …, \"Secret\": …})", helper);
	*ret_credential = (struct credential){ .user = stream_text(root, "Username"),
	                                       .secret = stream_text(root, "Secret") };
	if (str_eq(ret_credential->user, STR(CREDENTIALS_TOKEN_USER))) {
		ret_credential->is_identity_token = true;
		ret_credential->user = (struct str){ 0 };
	}
	return true;
}
