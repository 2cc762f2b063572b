#include "core/engine/address.h"

#include <stdlib.h>

enum { ADDRESS_PORT = 2375 };   /* dockerd's without TLS (IANA) */

static bool address_tcp(struct arena *a, const char *spec, struct str rest,
                        struct http_address *ret_at, struct error *err)
{
	unsigned long long port = ADDRESS_PORT;
	size_t slash = str_find(rest, '/');
	struct str host = str_slice(rest, 0, slash == STR_NONE ? rest.n : slash);
	size_t colon = str_find_last(host, ':');
	bool has_port = colon != STR_NONE && !str_has_suffix(host, STR("]"));
	if (has_port && !str_number(str_slice(host, colon + 1, host.n), 65535, &port))
		port = 0;
	if (has_port)
		host = str_slice(host, 0, colon);
	if (!host.n || !port)
		return error_set(err, ERROR_USAGE, "'%s' is no address; right would be "
		                 "tcp://host:port", spec);
	ret_at->host = arena_text(a, host);
	ret_at->port = (uint16_t)port;
	return true;
}

bool address_parse(struct arena *a, const char *spec, struct http_address *ret_at,
                   struct error *err)
{
	struct str all = str_of(spec);
	*ret_at = (struct http_address){ 0 };
	if (str_has_prefix(all, STR("unix://")) && all.n > 7) {
		ret_at->unix_path = spec + 7;
		return true;
	}
	if (str_has_prefix(all, STR("tcp://")))
		return address_tcp(a, spec, str_slice(all, 6, all.n), ret_at, err);
	if (str_has_prefix(all, STR("http://")))
		return address_tcp(a, spec, str_slice(all, 7, all.n), ret_at, err);
	return error_set(err, ERROR_USAGE, "'%s' is no address this version can use; right would "
	                 "be unix:///path or tcp://host:port", spec);
}

const char *address_of_docker(void)
{
	const char *host = getenv("DOCKER_HOST");
	return host && *host ? host : "unix:///var/run/docker.sock";
}
