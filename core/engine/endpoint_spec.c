#include "core/engine/endpoint_spec.h"

#include <string.h>

/* buildkitd has no registered port; 1234 is what its own manual listens at. */
#define SPEC_PORTS_BUILDKIT ((struct address_ports){ .plain = 1234, .tls = 1234 })
#define SPEC_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* sun_path less its NUL: what a socket's path may have. */
enum { SPEC_PATH_MAX = 107, SPEC_NAME_MAX = 253 };

static bool spec_is_plain(struct str text, const char *plain)
{
	for (size_t i = 0; i < text.n; i++)
		if (!text.p[i] || !strchr(plain, text.p[i]))
			return false;
	return text.n > 0;
}

/* ---- ssh ---- */

#define SPEC_RIGHT_SSH "right would be ssh://user@host, ssh://host:22 or " \
	"ssh://host/run/docker.sock"

/* Never with the text, which may hold a password. */
static bool spec_no_ssh(struct error *err, const char *what, const char *rule)
{
	return error_set(err, ERROR_USAGE, "an address ssh:// with %s cannot be used: %s; "
	                 SPEC_RIGHT_SSH, what, rule);
}

static bool spec_ssh_user(struct arena *a, struct str user, struct endpoint_spec *s,
                          struct error *err)
{
	if (str_find(user, ':') != STR_NONE)
		return spec_no_ssh(err, "a password", "ssh asks for it, or takes a key");
	if (!spec_is_plain(user, SPEC_LETTERS "-._+=@") || user.p[0] == '-')
		return spec_no_ssh(err, "such a user", "letters, digits and -._+=@ are a user, and no '-' "
		                   "comes first");
	s->user = arena_text(a, user);
	return true;
}

bool endpoint_is_remote_path(struct str path)
{
	return spec_is_plain(path, SPEC_LETTERS "-._+=@,/") && path.p[0] == '/' &&
	       path.n <= SPEC_PATH_MAX;
}

static bool spec_ssh_path(struct arena *a, struct str path, struct endpoint_spec *s,
                          struct error *err)
{
	if (path.n <= 1)
		return true;
	if (!endpoint_is_remote_path(path))
		return spec_no_ssh(err, "such a path", "letters, digits and -._+=@,/ are the path of a "
		                   "socket, 107 at most");
	s->path = arena_text(a, path);
	return true;
}

static bool spec_ssh_host(struct arena *a, struct str host, struct endpoint_spec *s,
                          struct error *err)
{
	unsigned long long port;
	size_t colon = str_find_last(host, ':');
	if (colon != STR_NONE && !str_has_suffix(host, STR("]"))) {
		if (!str_number(str_slice(host, colon + 1, host.n), 65535, &port) || !port)
			return spec_no_ssh(err, "such a port", "a port is a number up to 65535");
		s->port = (uint16_t)port;
		host = str_slice(host, 0, colon);
	}
	/* A zone's '%' would be a pattern in ssh_config. */
	if (!address_is_host(host) || str_find(host, '%') != STR_NONE)
		return spec_no_ssh(err, "such a host", "letters, digits and -._ are a host, or an IPv6 "
		                   "address in [], and no '-' comes first");
	s->host = arena_text(a, host);
	return true;
}

static bool spec_ssh(struct arena *a, struct str rest, struct endpoint_spec *s,
                     struct error *err)
{
	size_t slash = str_find(rest, '/');
	struct str host = str_slice(rest, 0, slash);
	size_t at = str_find_last(host, '@');
	s->way = ENDPOINT_SSH;
	if (at != STR_NONE && !spec_ssh_user(a, str_slice(host, 0, at), s, err))
		return false;
	if (at != STR_NONE)
		host = str_slice(host, at + 1, host.n);
	return spec_ssh_host(a, host, s, err) &&
	       (slash == STR_NONE || spec_ssh_path(a, str_slice(rest, slash, rest.n), s, err));
}

/* ---- kube ---- */

static bool spec_is_kube_name(const char *name)
{
	return spec_is_plain(str_of(name), SPEC_LETTERS "-.") && name[0] != '-' &&
	       strlen(name) <= SPEC_NAME_MAX;
}

static bool spec_kube(struct arena *a, const char *spec, struct str rest,
                      struct endpoint_spec *s, struct error *err)
{
	static const char *const names[] = { "namespace", "container", "context", NULL };
	const char *said[3];
	size_t mark = str_find(rest, '?');
	struct str query = mark == STR_NONE ? STR("") : str_slice(rest, mark + 1, rest.n);
	if (!address_query(a, spec, query, names, said, err))
		return false;
	*s = (struct endpoint_spec){ .way = ENDPOINT_KUBE, .speaks = ENDPOINT_BUILDKIT,
	                             .pod = arena_text(a, str_slice(rest, 0, mark)),
	                             .namespace = said[0], .container = said[1], .context = said[2] };
	if (!spec_is_kube_name(s->pod) || (s->namespace && !spec_is_kube_name(s->namespace)) ||
	    (s->container && !spec_is_kube_name(s->container)))
		return error_set(err, ERROR_USAGE, "'%s' names no pod; right would be kube-pod://POD or "
		                 "kube-pod://POD?namespace=NAME&container=NAME&context=NAME", spec);
	return true;
}

/* ---- all of them ---- */

static bool spec_buildkit(struct arena *a, const char *spec, struct endpoint_spec *s,
                          struct error *err)
{
	s->speaks = ENDPOINT_BUILDKIT;
	return address_parse_ports(a, spec + strlen("buildkit+"), SPEC_PORTS_BUILDKIT, &s->at, &s->said,
	                           err);
}

bool endpoint_spec_parse(struct arena *a, const char *spec, struct endpoint_spec *ret_spec,
                         struct error *err)
{
	struct str all = str_of(spec);
	struct endpoint_spec *s = ret_spec;
	*s = (struct endpoint_spec){ 0 };
	if (str_has_prefix(all, STR("ssh://")))
		return spec_ssh(a, str_slice(all, 6, all.n), s, err);
	if (str_has_prefix(all, STR("podman+ssh://"))) {
		s->is_podman = true;
		return spec_ssh(a, str_slice(all, 13, all.n), s, err);
	}
	if (str_has_prefix(all, STR("kube-pod://")))
		return spec_kube(a, spec, str_slice(all, 11, all.n), s, err);
	if (str_has_prefix(all, STR("buildkit+unix://")) || str_has_prefix(all, STR("buildkit+tcp://")))
		return spec_buildkit(a, spec, s, err);
	if (str_has_prefix(all, STR("unix://")) || str_has_prefix(all, STR("tcp://")) ||
	    str_has_prefix(all, STR("http://")))
		return address_parse_ports(a, spec, ADDRESS_PORTS, &s->at, &s->said, err);
	size_t scheme = str_find_str(all, STR("://"));
	return error_set(err, ERROR_USAGE, "mortar knows no address '%.*s'; it takes unix://, tcp://, "
	                 "ssh://, podman+ssh://, buildkit+unix://, buildkit+tcp://, kube-pod:// and "
	                 "context:NAME", (int)(scheme == STR_NONE ? all.n : scheme + 3), spec);
}

/* ---- back to text ---- */

static void spec_append_ssh(struct buf *out, const struct endpoint_spec *s)
{
	buf_printf(out, "%sssh://%s%s%s", s->is_podman ? "podman+" : "", s->user ? s->user : "",
	           s->user ? "@" : "", s->host);
	if (s->port)
		buf_printf(out, ":%u", s->port);
	buf_append_text(out, s->path ? s->path : "");
}

static void spec_append_kube(struct buf *out, const struct endpoint_spec *s)
{
	const char *const names[] = { "namespace", "container", "context" };
	const char *const values[] = { s->namespace, s->container, s->context };
	const char *mark = "?";
	buf_printf(out, "kube-pod://%s", s->pod);
	for (size_t i = 0; i < 3; i++) {
		if (!values[i])
			continue;
		buf_printf(out, "%s%s=", mark, names[i]);
		http_append_escaped(out, str_of(values[i]));
		mark = "&";
	}
}

static void spec_append(struct buf *out, const struct endpoint_spec *s,
                        void (*direct)(struct buf *, const struct http_address *))
{
	if (s->way == ENDPOINT_SSH)
		spec_append_ssh(out, s);
	else if (s->way == ENDPOINT_KUBE)
		spec_append_kube(out, s);
	else if (s->speaks == ENDPOINT_BUILDKIT)
		buf_append(out, STR("buildkit+"));
	if (s->way == ENDPOINT_DIRECT)
		direct(out, &s->at);
}

void endpoint_spec_append(struct buf *out, const struct endpoint_spec *s)
{
	spec_append(out, s, address_append);
}

void endpoint_spec_append_shown(struct buf *out, const struct endpoint_spec *s)
{
	spec_append(out, s, address_append_shown);
}
