#include "core/engine/address.h"

#include <string.h>

static int address_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False: an escape is none, or hides a control character. */
static bool address_unescape(struct arena *a, struct str text, const char **ret_text)
{
	owned_buf struct buf plain = { 0 };
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '%') {
			int high = i + 2 < text.n ? address_digit(text.p[i + 1]) : -1;
			int low = i + 2 < text.n ? address_digit(text.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return false;
		buf_append_char(&plain, c);
	}
	*ret_text = arena_text(a, buf_str(&plain));
	return true;
}

bool address_query(struct arena *a, const char *spec, struct str query, const char *const *names,
                   const char **ret_values, struct error *err)
{
	owned_buf struct buf known = { 0 };
	struct str part;
	for (size_t i = 0; names[i]; i++) {
		ret_values[i] = NULL;
		buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
	}
	while (query.n && str_next(&query, '&', &part)) {
		size_t equals = str_find(part, '='), i = 0;
		struct str name = str_slice(part, 0, equals);
		while (names[i] && !str_eq(name, str_of(names[i])))
			i++;
		if (!names[i])
			return error_set(err, ERROR_USAGE, "'%s': nothing is called '%.*s' there; known are %s",
			                 spec, STR_ARG(name), buf_text(&known));
		if (ret_values[i])
			return error_set(err, ERROR_USAGE, "'%s' says %s twice", spec, names[i]);
		struct str value = equals == STR_NONE ? STR("") : str_slice(part, equals + 1, part.n);
		if (!value.n || !address_unescape(a, value, &ret_values[i]))
			return error_set(err, ERROR_USAGE, "'%s': %s= wants a value, with %%XX for what a URL "
			                 "cannot hold", spec, names[i]);
	}
	return true;
}

/* ---- TLS ---- */

enum { SAYS_CA, SAYS_CERT, SAYS_KEY, SAYS_SERVER_NAME, SAYS_TLS, SAYS };

static bool address_tls(struct arena *a, const char *spec, struct str query,
                        struct http_address *at, struct address_said *ret_said, struct error *err)
{
	static const char *const names[] = { "ca", "cert", "key", "server_name", "tls", NULL };
	const char *said[SAYS], *tls;
	if (!address_query(a, spec, query, names, said, err))
		return false;
	tls = said[SAYS_TLS];
	bool has_more = said[SAYS_CA] || said[SAYS_CERT] || said[SAYS_KEY] || said[SAYS_SERVER_NAME];
	if (tls && strcmp(tls, "1") != 0 && (strcmp(tls, "0") != 0 || has_more))
		return error_set(err, ERROR_USAGE, "'%s': tls= is 1, or 0 where nothing else is said of "
		                 "TLS", spec);
	for (int i = SAYS_CA; i <= SAYS_KEY; i++)
		if (said[i] && said[i][0] != '/')
			return error_set(err, ERROR_USAGE, "'%s': %s= wants an absolute path", spec, names[i]);
	if (!said[SAYS_CERT] != !said[SAYS_KEY])
		return error_set(err, ERROR_USAGE, "'%s': a certificate of ours needs both, cert= and key=",
		                 spec);
	at->ca = said[SAYS_CA];
	at->cert = said[SAYS_CERT];
	at->key = said[SAYS_KEY];
	at->server_name = said[SAYS_SERVER_NAME];
	at->tls = has_more || (tls && tls[0] == '1');
	ret_said->tls = at->tls || tls;
	return true;
}

/* ---- hosts ---- */

#define ADDRESS_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

bool address_is_host(struct str host)
{
	bool is_v6 = str_has_prefix(host, STR("[")) && str_has_suffix(host, STR("]"));
	const char *plain = is_v6 ? ADDRESS_LETTERS ":.%" : ADDRESS_LETTERS "-._";
	if (is_v6)
		host = str_slice(host, 1, host.n - 2);
	for (size_t i = 0; i < host.n; i++)
		if (!host.p[i] || !strchr(plain, host.p[i]))
			return false;
	return host.n && host.p[0] != '-';
}

static bool address_no_tcp(const char *spec, struct error *err)
{
	if (strchr(spec, '@'))
		return error_set(err, ERROR_USAGE, "an address tcp:// takes neither user nor password; "
		                 "right would be tcp://host:port");
	return error_set(err, ERROR_USAGE, "'%s' is no address; right would be tcp://host:port", spec);
}

static bool address_tcp(struct arena *a, const char *spec, struct str rest,
                        struct address_ports ports, struct http_address *at,
                        struct address_said *ret_said, struct error *err)
{
	unsigned long long port = 0;
	size_t mark = str_find(rest, '?');
	struct str query = mark == STR_NONE ? STR("") : str_slice(rest, mark + 1, rest.n);
	struct str host = str_slice(rest, 0, mark);
	size_t slash = str_find(host, '/');
	if (slash != STR_NONE && slash + 1 < host.n)
		return address_no_tcp(spec, err);
	host = str_slice(host, 0, slash);
	size_t colon = str_find_last(host, ':');
	bool has_port = colon != STR_NONE && !str_has_suffix(host, STR("]"));
	if (has_port && (!str_number(str_slice(host, colon + 1, host.n), 65535, &port) || !port))
		return address_no_tcp(spec, err);
	if (has_port)
		host = str_slice(host, 0, colon);
	if (!address_is_host(host))
		return address_no_tcp(spec, err);
	if (!address_tls(a, spec, query, at, ret_said, err))
		return false;
	ret_said->port = has_port;
	at->host = arena_text(a, host);
	at->port = has_port ? (uint16_t)port : at->tls ? ports.tls : ports.plain;
	return true;
}

bool address_parse_ports(struct arena *a, const char *spec, struct address_ports ports,
                         struct http_address *ret_at, struct address_said *ret_said,
                         struct error *err)
{
	struct str all = str_of(spec);
	*ret_at = (struct http_address){ 0 };
	*ret_said = (struct address_said){ 0 };
	if (str_has_prefix(all, STR("unix://")) && all.n > 7) {
		ret_at->unix_path = spec + 7;
		return true;
	}
	if (str_has_prefix(all, STR("tcp://")))
		return address_tcp(a, spec, str_slice(all, 6, all.n), ports, ret_at, ret_said, err);
	if (str_has_prefix(all, STR("http://")))
		return address_tcp(a, spec, str_slice(all, 7, all.n), ports, ret_at, ret_said, err);
	return error_set(err, ERROR_USAGE, "'%s' is no address; right would be unix:///path or "
	                 "tcp://host:port", spec);
}

bool address_parse(struct arena *a, const char *spec, struct http_address *ret_at,
                   struct error *err)
{
	struct address_said said;
	return address_parse_ports(a, spec, ADDRESS_PORTS, ret_at, &said, err);
}

/* ---- back to text ---- */

static void address_say(struct buf *out, const char **mark, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(out, "%s%s=", *mark, name);
	http_append_escaped(out, str_of(value));
	*mark = "&";
}

void address_append_shown(struct buf *out, const struct http_address *at)
{
	if (at->unix_path)
		buf_printf(out, "unix://%s", at->unix_path);
	else
		buf_printf(out, "tcp://%s:%u", at->host, at->port);
}

void address_append(struct buf *out, const struct http_address *at)
{
	const char *mark = "?";
	address_append_shown(out, at);
	if (at->unix_path)
		return;
	if (!at->tls || (!at->ca && !at->cert && !at->server_name))
		address_say(out, &mark, "tls", at->tls ? "1" : "0");
	address_say(out, &mark, "ca", at->ca);
	address_say(out, &mark, "cert", at->cert);
	address_say(out, &mark, "key", at->key);
	address_say(out, &mark, "server_name", at->server_name);
}
