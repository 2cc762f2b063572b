#include "core/plan/spec.h"

#include <string.h>

/* Hosts, limits and named contexts: the texts without commas. */

/* Digits, hex and what stands between them; whether it is an address is for its engine. */
static bool host_is_address(struct str a)
{
	bool any = false;
	for (size_t i = 0; i < a.n; i++) {
		if (!strchr("0123456789abcdefABCDEF.:%", a.p[i]) || !a.p[i])
			return false;
		any = any || a.p[i] == '.' || a.p[i] == ':';
	}
	return any;
}

bool host_read(struct str text, struct host *ret_host, struct error *err)
{
	size_t at = str_find(text, '=');
	at = at == STR_NONE ? str_find(text, ':') : at;
	struct str name = str_slice(text, 0, at == STR_NONE ? 0 : at);
	struct str address = str_slice(text, at == STR_NONE ? text.n : at + 1, text.n);
	bool right = name.n > 0;
	if (address.n > 2 && address.p[0] == '[' && address.p[address.n - 1] == ']')
		address = str_slice(address, 1, address.n - 2);
	for (size_t i = 0; i < name.n; i++)
		right = right && (unsigned char)name.p[i] > 0x20 && !strchr(",\"'=\x7f", name.p[i]);
	if (!right || (!host_is_address(address) && !str_eq(address, STR("host-gateway"))))
		return error_set(err, ERROR_USAGE, "it needs NAME=ADDRESS, such as db=10.0.0.7 or "
		                 "here=host-gateway, not '%.*s'", STR_ARG(text));
	*ret_host = (struct host){ name, address };
	return true;
}

/* -1 or a number. */
static bool ulimit_number(struct str text, int64_t *ret_number)
{
	unsigned long long n;
	*ret_number = -1;
	if (str_eq(text, STR("-1")) || str_eq(text, STR("unlimited")))
		return true;
	if (!str_number(text, INT64_MAX, &n))
		return false;
	*ret_number = (int64_t)n;
	return true;
}

bool ulimit_read(struct str text, struct ulimit *ret_limit, struct error *err)
{
	static const char *const names[] = {
		"core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile",
		"nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
	};
	size_t equals = str_find(text, '=');
	struct str name = str_slice(text, 0, equals == STR_NONE ? text.n : equals);
	struct str value = str_slice(text, equals == STR_NONE ? text.n : equals + 1, text.n);
	size_t colon = str_find(value, ':');
	struct str soft = str_slice(value, 0, colon == STR_NONE ? value.n : colon);
	struct str hard = colon == STR_NONE ? soft : str_slice(value, colon + 1, value.n);
	struct ulimit limit = { .name = name };
	bool known = false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		known = known || str_eq(name, str_of(names[i]));
	if (!ulimit_number(soft, &limit.soft) || !ulimit_number(hard, &limit.hard))
		return error_set(err, ERROR_USAGE, "it needs NAME=SOFT[:HARD], such as "
		                 "nofile=1024:2048, not '%.*s'", STR_ARG(text));
	if (!known)
		return error_set(err, ERROR_USAGE, "there is no limit '%.*s': nofile, nproc, core, "
		                 "memlock, stack and the others of setrlimit", STR_ARG(name));
	if (limit.hard != -1 && (limit.soft == -1 || limit.soft > limit.hard))
		return error_set(err, ERROR_USAGE, "the soft limit may not be over the hard one: '%.*s'",
		                 STR_ARG(text));
	*ret_limit = limit;
	return true;
}

bool size_read(struct str text, uint64_t *ret_bytes, struct error *err)
{
	static const char units[] = "bkmgt";
	struct str number = text;
	unsigned long long n;
	unsigned shift = 0;
	if (number.n > 1 && strchr("bB", number.p[number.n - 1]))
		number.n--;
	const char *unit = number.n ? strchr(units, number.p[number.n - 1] | 0x20) : NULL;
	if (unit && *unit && number.p[number.n - 1] > '9') {
		shift = 10 * (unsigned)(unit - units);
		number.n--;
	}
	if (!str_number(number, UINT64_MAX >> 1 >> shift, &n) || !n)
		return error_set(err, ERROR_USAGE, "it needs a number of bytes over 0, or of k, m or g, "
		                 "such as 64m, not '%.*s'", STR_ARG(text));
	*ret_bytes = (uint64_t)n << shift;
	return true;
}

bool build_context_is_local(struct str value)
{
	return str_find_str(value, STR("://")) == STR_NONE && !str_has_prefix(value, STR("git@"));
}

/* docker.io/library/ and :latest go without saying. */
static struct str build_context_name(struct str name)
{
	static const char *const fronts[] = { "docker.io/", "library/" };
	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
		if (str_has_prefix(name, str_of(fronts[i])))
			name = str_slice(name, strlen(fronts[i]), name.n);
	if (str_has_suffix(name, STR(":latest")))
		name = str_slice(name, 0, name.n - strlen(":latest"));
	return name;
}

bool build_context_read(struct arena *arena, struct str text, struct pair *ret_context,
                        struct error *err)
{
	static const char *const schemes[] = { "docker-image://", "http://", "https://", "git://",
	                                       "ssh://", "git@" };
	size_t equals = str_find(text, '=');
	struct str name = str_slice(text, 0, equals == STR_NONE ? 0 : equals);
	struct str value = str_slice(text, equals == STR_NONE ? text.n : equals + 1, text.n);
	bool right = name.n && value.n, known = build_context_is_local(value);
	for (size_t i = 0; i < name.n; i++)
		right = right && ((name.p[i] >= 'a' && name.p[i] <= 'z') || name.p[i] == '@' ||
		                  (name.p[i] >= '-' && name.p[i] <= ':') || name.p[i] == '_');
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		known = known || str_has_prefix(value, str_of(schemes[i]));
	if (!right)
		return error_set(err, ERROR_USAGE, "it needs NAME=PATH or NAME=docker-image://IMAGE, the "
		                 "name in small letters as of an image, not '%.*s'", STR_ARG(text));
	if (!known)
		return error_set(err, ERROR_USAGE, "a context is a folder here, docker-image://IMAGE or "
		                 "an address of http, https, git or ssh, not '%.*s'", STR_ARG(value));
	name = build_context_name(name);
	if (build_context_is_local(value) &&
	    (str_eq(name, STR("context")) || str_eq(name, STR("dockerfile"))))
		return error_set(err, ERROR_USAGE, "'%.*s' is what the build context itself is sent as: "
		                 "another name is needed", STR_ARG(name));
	*ret_context = (struct pair){ arena_str(arena, name), value };
	return true;
}

/* os/architecture[/variant], as containerd's platforms has it. */
static bool platform_is_one(struct str value)
{
	size_t parts = 0, letters = 0;
	bool right = true;
	for (size_t i = 0; i <= value.n; i++) {
		char c = i < value.n ? value.p[i] : '/';
		if (c == '/') {
			parts++;
			right = right && letters;
			letters = 0;
			continue;
		}
		letters++;
		right = right && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
		                  (letters > 1 && (c == '-' || c == '.')));
	}
	return right && parts >= 2 && parts <= 3;
}

bool platform_check(struct str text, struct error *err)
{
	struct str rest = text, one = text;
	bool right = text.n > 0;
	while (right && str_next(&rest, ',', &one))
		right = platform_is_one(one);
	return right || error_set(err, ERROR_USAGE, "needs OS/ARCHITECTURE, such as linux/arm64 or "
	                          "linux/arm/v7, not '%.*s'", STR_ARG(one));
}
