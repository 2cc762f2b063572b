#include "core/engine/push.h"

#include "core/engine/base64.h"
#include "core/engine/sentence.h"
#include "core/recipe/quote.h"
#include "core/value/json.h"

/* PUSH_REASON: of the engine's words. */
enum { PUSH_REASON = 240 };

static bool push_says(struct str message, const char *const *parts)
{
	for (; *parts; parts++)
		if (str_find_str(message, str_of(*parts)) != STR_NONE)
			return true;
	return false;
}

/* The words are those of distribution's client in dockerd and of containers/image in podman
 * and buildah, below them those of Go's net and net/http. */
enum push_fault push_fault(struct str message)
{
	static const char *const login[] = {
		"unauthorized", "no basic auth credentials", "authentication required",
		"requested access to the resource is denied", "insufficient_scope",
		"invalid username/password", "status: 401", "status: 403", "401 Unauthorized",
		"403 Forbidden", NULL,
	};
	static const char *const passing[] = {
		"connection refused", "connection reset", "broken pipe", "timeout", "deadline exceeded",
		"EOF", "network is unreachable", "no route to host", "server misbehaving",
		"Temporary failure", "use of closed network connection", "toomanyrequests",
		"Too Many Requests", "too many requests", "status: 429", "status: 5",
		"code from registry 429", "code from registry 5", "500 Internal", "502 Bad", "503 Service",
		"504 Gateway", "GOAWAY", "blob upload unknown", "blob upload invalid", NULL,
	};
	if (push_says(message, login))
		return PUSH_FAULT_LOGIN;
	return push_says(message, passing) ? PUSH_FAULT_PASSING : PUSH_FAULT_OTHER;
}

static void push_refused(const char *name, const struct push_login *login, struct error *ret_err)
{
	owned(arena) struct arena *a = arena_new();
	const char *host = push_registry(a, name);
	if (login->why.code)
		error_set(ret_err, ERROR_BUILD, "%s wants a login to take %s, and there is none: %s", host,
		          name, login->why.text);
	else if (login->is_known)
		error_set(ret_err, ERROR_BUILD, "%s does not take %s with the login that %s has for it: it "
		          "is wrong or may not write there; docker login %s stores another", host, name,
		          login->path, host);
	else
		error_set(ret_err, ERROR_BUILD, "%s wants a login to take %s, and %s has none for it: "
		          "docker login %s stores one", host, name, login->path, host);
}

void push_append_shown(struct buf *b, struct str text)
{
	size_t url, query;
	while ((url = str_find_str(text, STR("://"))) != STR_NONE) {
		buf_append(b, str_slice(text, 0, url + 3));
		text = str_slice(text, url + 3, text.n);
		for (query = 0; query < text.n && !strchr("?\" '\n", text.p[query]); query++)
			continue;
		buf_append(b, str_slice(text, 0, query));
		text = str_slice(text, query, text.n);
		if (!text.n || text.p[0] != '?')
			continue;
		for (query = 0; query < text.n && !strchr("\" '\n", text.p[query]); query++)
			continue;
		text = str_slice(text, query, text.n);
	}
	buf_append(b, text);
}

void push_failed(struct str message, const char *name, const struct push_login *login,
                 struct work_result *ret_result)
{
	owned_buf struct buf shown = { 0 };
	push_append_shown(&shown, sentence_reason(message));
	struct str reason = str_slice(buf_str(&shown), 0, PUSH_REASON);
	enum push_fault fault = push_fault(message);
	ret_result->ok = false;
	ret_result->is_passing = fault == PUSH_FAULT_PASSING;
	if (fault == PUSH_FAULT_LOGIN)
		push_refused(name, login, &ret_result->error);
	else
		error_set(&ret_result->error, ERROR_BUILD, "pushing %s failed: %.*s", name,
		          STR_ARG(reason));
}

void push_split(struct str name, struct str *ret_repository, struct str *ret_tag)
{
	size_t slash = str_find_last(name, '/'), from = slash == STR_NONE ? 0 : slash + 1;
	size_t colon = str_find(str_slice(name, from, name.n), ':');
	*ret_repository = str_slice(name, 0, colon == STR_NONE ? name.n : from + colon);
	*ret_tag = colon == STR_NONE ? STR("latest") : str_slice(name, from + colon + 1, name.n);
}

void push_append_reference(struct buf *b, struct str name)
{
	struct str registry = quote_image_registry(name), repository, tag;
	push_split(name, &repository, &tag);
	if (!str_has_prefix(name, registry) || name.n <= registry.n || name.p[registry.n] != '/')
		buf_printf(b, "%.*s/%s", STR_ARG(registry),
		           str_find(repository, '/') == STR_NONE ? "library/" : "");
	buf_printf(b, "%.*s:%.*s", STR_ARG(repository), STR_ARG(tag));
}

const char *push_registry(struct arena *a, const char *name)
{
	return arena_text(a, quote_image_registry(str_of(name)));
}

bool push_is_loopback(struct str host)
{
	size_t colon = str_find_last(host, ':'), bracket = str_find_last(host, ']');
	struct str part;
	size_t parts = 0;
	if (colon != STR_NONE && (bracket == STR_NONE || colon > bracket))
		host = str_slice(host, 0, colon);
	if (str_eq(host, STR("localhost")) || str_eq(host, STR("[::1]")))
		return true;
	if (!str_has_prefix(host, STR("127.")))
		return false;
	/* "127.0.0.1.example.org" is somewhere else. */
	for (; str_next(&host, '.', &part); parts++) {
		unsigned long long n;
		if (!str_number(part, 255, &n))
			return false;
	}
	return parts == 4;
}

static void push_append_member(struct buf *b, const char *key, struct str value)
{
	buf_printf(b, "%s\"%s\":", b->p[b->n - 1] == '{' ? "" : ",", key);
	value_write_json_string(b, value, false);
}

/* explicit_bzero as the memory goes: it has had a password in it. */
static void push_forget(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->n);
	buf_finish(b);
}

void push_append_header(struct buf *out, const char *registry, const struct credential *c)
{
	struct buf json = { 0 };
	buf_append_char(&json, '{');
	if (c && c->is_identity_token)
		push_append_member(&json, "identitytoken", c->secret);
	else if (c && c->is_registry_token)
		push_append_member(&json, "registrytoken", c->secret);
	else if (c) {
		push_append_member(&json, "username", c->user);
		push_append_member(&json, "password", c->secret);
	}
	if (c)
		push_append_member(&json, "serveraddress", str_of(credentials_key(registry)));
	buf_append_char(&json, '}');
	base64_encode_url(out, buf_str(&json));
	push_forget(&json);
}

void push_append_authfile(struct buf *out, const char *registry, const struct credential *c)
{
	struct buf plain = { 0 }, text = { 0 };
	buf_printf(&plain, "%.*s:%.*s", STR_ARG(c->user),
	           STR_ARG(c->is_identity_token ? (struct str){ 0 } : c->secret));
	base64_encode(&text, buf_str(&plain));
	buf_append(out, STR("{\"auths\":{"));
	value_write_json_string(out, str_of(registry), false);
	buf_append(out, STR(":{"));
	push_append_member(out, "auth", buf_str(&text));
	if (c->is_identity_token)
		push_append_member(out, "identitytoken", c->secret);
	buf_append(out, STR("}}}"));
	push_forget(&plain);
	push_forget(&text);
}
