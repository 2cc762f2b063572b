#ifndef CORE_ENGINE_ADDRESS_H
#define CORE_ENGINE_ADDRESS_H

#include "core/base/arena.h"
#include "core/ext/http.h"

/* Where a service listens, as people write it: unix:///path, or tcp://host:port (http://
 * means the same) with what TLS needs behind it, escaped as in any URL:
 * ?ca=/path&cert=/path&key=/path&server_name=NAME, or tls=1 for the system's authorities,
 * tls=0 for none at all.  Without a port: dockerd's, 2375, with TLS 2376 (IANA). */

/* What is returned borrows from spec and the arena.  Messages name no password, which is
 * refused in it like any user. */
bool address_parse(struct arena *, const char *spec, struct http_address *ret_at,
                   struct error *err);
/* The same with other ports, and what the spec itself decides. */
struct address_ports {
	uint16_t plain, tls;
};
#define ADDRESS_PORTS ((struct address_ports){ .plain = 2375, .tls = 2376 })
struct address_said {
	bool tls, port;
};
bool address_parse_ports(struct arena *, const char *spec, struct address_ports,
                         struct http_address *ret_at, struct address_said *ret_said,
                         struct error *err);
/* The spec that leads there, whatever the environment says. */
void address_append(struct buf *, const struct http_address *);
/* The same without TLS, for people. */
void address_append_shown(struct buf *, const struct http_address *);

/* A name, an IPv4 address, or an IPv6 address in brackets: nothing that a shell or a
 * program's options could take for something else. */
bool address_is_host(struct str);

/* "name=value&…" behind a spec's '?', unescaped, each name once and one of `names` (NULL at
 * the end), whose values are left in ret_values (NULL: not said).  spec is for messages. */
bool address_query(struct arena *, const char *spec, struct str query, const char *const *names,
                   const char **ret_values, struct error *err);

#endif
