#include "core/engine/endpoint_context.h"

#include <stdlib.h>
#include <string.h>

#include "core/engine/stream.h"
#include "core/ext/crypto.h"
#include "core/value/json.h"

#define CONTEXT_SOCKET "unix:///var/run/docker.sock"

/* CONTEXT_NAMES: how many a message lists. */
enum { CONTEXT_FILE_MAX = 1 << 20, CONTEXT_NAMES = 8 };

const char *context_docker_dir(struct arena *a)
{
	const char *dir = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
	if (dir && *dir)
		return files_absolute(a, dir);
	return files_join(a, home && *home ? home : "/", ".docker");
}

static const char *context_variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* A file of the store as JSON; false with code 0: it is not there. */
static bool context_read(struct arena *a, struct files *files, const char *path,
                         const struct value **ret_value, struct error *err)
{
	struct str text;
	enum files_result result = files_read(files, path, a, &text, err);
	if (result != FILES_OK)
		return false;
	if (text.n > CONTEXT_FILE_MAX)
		return error_set(err, ERROR_LIMIT, "%s is over %d MiB", path, CONTEXT_FILE_MAX >> 20);
	if (!value_parse_json(a, text, ret_value, err)) {
		err->code = ERROR_PROJECT;
		return error_prefix(err, "%s", path);
	}
	if (value_type(*ret_value) != VALUE_OBJECT)
		return error_set(err, ERROR_PROJECT, "%s is no JSON object", path);
	return true;
}

const char *context_of_docker(struct arena *a, struct files *files, const char *docker_dir)
{
	const char *host = context_variable("DOCKER_HOST"), *name = context_variable("DOCKER_CONTEXT");
	const struct value *config;
	struct error ignored = { 0 };
	if (host)
		return host;
	const char *path = files_join(a, docker_dir, "config.json");
	if (!name && context_read(a, files, path, &config, &ignored))
		name = arena_text(a, stream_text(config, "currentContext"));
	if (!name || !*name || strcmp(name, "default") == 0)
		return CONTEXT_SOCKET;
	return arena_printf(a, "context:%s", name);
}

/* ---- one context ---- */

static bool context_meta_from(struct arena *a, const struct value *v, struct context_meta *ret_meta,
                              struct error *err)
{
	const struct value *endpoints = value_get(v, STR("Endpoints")), *docker = NULL, *skips = NULL;
	if (endpoints && value_type(endpoints) == VALUE_OBJECT)
		docker = value_get(endpoints, STR("docker"));
	if (!docker || value_type(docker) != VALUE_OBJECT)
		return error_set(err, ERROR_PROJECT, "it has no endpoint for docker");
	skips = value_get(docker, STR("SkipTLSVerify"));
	*ret_meta = (struct context_meta){
		.name = arena_text(a, stream_text(v, "Name")),
		.host = arena_text(a, stream_text(docker, "Host")),
		.skips_verify = skips && value_is_true(skips),
	};
	return true;
}

bool context_read_meta(struct arena *a, struct str json, struct context_meta *ret_meta,
                       struct error *err)
{
	const struct value *v;
	if (!value_parse_json(a, json, &v, err))
		return false;
	if (value_type(v) != VALUE_OBJECT)
		return error_set(err, ERROR_PROJECT, "it is no JSON object");
	return context_meta_from(a, v, ret_meta, err);
}

static bool context_unknown(struct arena *a, struct files *files, const char *docker_dir,
                            const char *name, struct error *err)
{
	const char *dir = files_join(a, docker_dir, "contexts/meta");
	owned_buf struct buf known = { 0 };
	struct files_list list = { 0 };
	struct error ignored;
	if (files_list(files, dir, a, &list, &ignored) != FILES_OK)
		list.n = 0;
	for (size_t i = 0, told = 0; i < list.n && told < CONTEXT_NAMES; i++) {
		const char *meta = arena_printf(a, "%s/%s/meta.json", dir, list.entries[i].name);
		const struct value *v;
		if (!list.entries[i].is_dir || !context_read(a, files, meta, &v, &ignored))
			continue;
		buf_printf(&known, ", %.*s", STR_ARG(stream_text(v, "Name")));
		told++;
	}
	return error_set(err, ERROR_USAGE, "docker has no context '%s'; there are default%s (docker "
	                 "context ls)", name, buf_text(&known));
}

static const char *context_pem(struct arena *a, struct files *files, const char *dir,
                               const char *name)
{
	const char *path = arena_printf(a, "%s/%s.pem", dir, name);
	return files_has(files, path) ? path : NULL;
}

/* TLS by what is in the folder, for a host. */
static bool context_tls(struct arena *a, struct files *files, const char *dir,
                        struct endpoint_spec *s, struct error *err)
{
	struct http_address *at = &s->at;
	if (!at->host)
		return true;
	at->ca = context_pem(a, files, dir, "ca");
	at->cert = context_pem(a, files, dir, "cert");
	at->key = context_pem(a, files, dir, "key");
	if (!at->cert != !at->key)
		return error_set(err, ERROR_PROJECT, "%s has %s.pem without %s.pem", dir,
		                 at->cert ? "cert" : "key", at->cert ? "key" : "cert");
	at->tls = at->ca || at->cert;
	if (at->tls && !s->said.port)
		at->port = ADDRESS_PORTS.tls;
	return true;
}

static bool context_load(struct arena *a, struct files *files, const char *docker_dir,
                         const char *name, struct endpoint_spec *ret_spec, struct error *err)
{
	char hex[SHA256_HEX_SIZE];
	const struct value *v;
	struct context_meta meta;
	sha256_hex(str_of(name), hex);
	const char *path = arena_printf(a, "%s/contexts/meta/%s/meta.json", docker_dir, hex);
	err->code = ERROR_NONE;
	if (!context_read(a, files, path, &v, err))
		return err->code ? false : context_unknown(a, files, docker_dir, name, err);
	if (!context_meta_from(a, v, &meta, err))
		return false;
	if (meta.skips_verify)
		return error_set(err, ERROR_REFUSED, "it says SkipTLSVerify, so anybody in between could "
		                 "be the engine; give it the engine's authority: docker context update %s "
		                 "--docker host=%s,ca=FILE", name, meta.host);
	return endpoint_spec_parse(a, meta.host, ret_spec, err) &&
	       context_tls(a, files, arena_printf(a, "%s/contexts/tls/%s/docker", docker_dir, hex),
	                   ret_spec, err);
}

bool context_resolve(struct arena *a, struct files *files, const char *docker_dir, const char *name,
                     struct endpoint_spec *ret_spec, struct error *err)
{
	const char *host = context_variable("DOCKER_HOST");
	struct error why = { 0 };
	if (strcmp(name, "default") == 0)
		return endpoint_spec_parse(a, host ? host : CONTEXT_SOCKET, ret_spec, err) &&
		       context_environment_tls(a, files, docker_dir, ret_spec, err);
	if (context_load(a, files, docker_dir, name, ret_spec, &why))
		return true;
	*err = why;
	return why.code == ERROR_USAGE ? false : error_prefix(err, "docker's context '%s'", name);
}

/* ---- the environment ---- */

bool context_environment_tls(struct arena *a, struct files *files, const char *docker_dir,
                             struct endpoint_spec *s, struct error *err)
{
	const char *dir = context_variable("DOCKER_CERT_PATH");
	if (s->way != ENDPOINT_DIRECT || !s->at.host || s->said.tls ||
	    s->speaks != ENDPOINT_DOCKER)
		return true;
	if (!context_variable("DOCKER_TLS_VERIFY"))
		return !context_variable("DOCKER_TLS") ||
		       error_set(err, ERROR_REFUSED, "DOCKER_TLS without DOCKER_TLS_VERIFY would let "
		                 "anybody in between be the engine; set DOCKER_TLS_VERIFY=1");
	dir = dir ? files_absolute(a, dir) : docker_dir;
	if (!context_tls(a, files, dir, s, err))
		return false;
	if (!s->at.ca)
		return error_set(err, ERROR_PROJECT, "DOCKER_TLS_VERIFY is set, but there is no %s/ca.pem; "
		                 "set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem",
		                 dir);
	return true;
}
