/* Formats of URIs, IRIs and their templates. */
#include "core/base/utf8.h"
#include "core/config/schema_format.h"
#include "core/config/uri.h"

static bool format_is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool format_is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* ucschar of RFC 3987; private: iprivate too. */
static bool format_is_iri(uint32_t c, bool private)
{
	bool private_use = (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
	if (private_use)
		return private && (c & 0xffff) < 0xfffe;
	if (c < 0xa0 || (c >= 0xfdd0 && c <= 0xfdef) || c == UTF8_BAD)
		return false;
	if (c < 0x10000)
		return c < 0xfff0;
	return (c & 0xffff) < 0xfffe && !(c >= 0xe0000 && c < 0xe1000);
}

/* unreserved, percent-encoded, sub-delims, and these others. */
static bool format_chars(struct str s, const char *others, bool iri, bool private)
{
	static const char always[] = "-._~!$&'()*+,;=";
	size_t size;
	for (size_t i = 0; i < s.n; i += size) {
		uint32_t c = utf8_decode(str_slice(s, i, s.n), &size);
		if (c == '%') {
			if (i + 2 >= s.n || !format_is_hex(s.p[i + 1]) || !format_is_hex(s.p[i + 2]))
				return false;
		} else if (c >= 0x80) {
			if (!iri || !format_is_iri(c, private))
				return false;
		} else if (!c || (!format_is_alnum(c) && !strchr(always, (int)c) &&
		                  !strchr(others, (int)c))) {
			return false;
		}
	}
	return true;
}

/* [v1.…] is an address of the future. */
static bool format_literal(struct str s)
{
	size_t dot = str_find(s, '.');
	if (!s.n || (s.p[0] != 'v' && s.p[0] != 'V'))
		return format_ipv6(s);
	for (size_t i = 1; i < dot && i < s.n; i++)
		if (!format_is_hex(s.p[i]))
			return false;
	return dot != STR_NONE && dot > 1 && dot + 1 < s.n &&
	       str_find(s, '%') == STR_NONE &&
	       format_chars(str_slice(s, dot + 1, s.n), ":", false, false);
}

static bool format_authority(struct str s, bool iri)
{
	size_t user = str_find(s, '@');
	if (user != STR_NONE) {
		if (!format_chars(str_slice(s, 0, user), ":", iri, false))
			return false;
		s = str_slice(s, user + 1, s.n);
	}
	size_t port = str_find(s, ':');
	if (format_take(&s, '[')) {
		size_t end = str_find(s, ']');
		if (end == STR_NONE || !format_literal(str_slice(s, 0, end)))
			return false;
		s = str_slice(s, end + 1, s.n);
		if (s.n && s.p[0] != ':')
			return false;
		port = s.n ? 0 : STR_NONE;
	} else if (!format_chars(str_slice(s, 0, port), "", iri, false)) {
		return false;
	}
	struct str digits = port == STR_NONE ? STR("") : str_slice(s, port + 1, s.n);
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
	return true;
}

static bool format_any_uri(struct str s, bool iri, bool needs_scheme)
{
	struct uri u = uri_split(s);
	if (needs_scheme && !u.scheme.p)
		return false;
	if (u.authority.p && !format_authority(u.authority, iri))
		return false;
	/* Without scheme a first segment with a colon would be one. */
	size_t colon = str_find(str_slice(u.path, 0, str_find(u.path, '/')), ':');
	if (!u.scheme.p && !u.authority.p && colon != STR_NONE)
		return false;
	return format_chars(u.path, ":@/", iri, false) && format_chars(u.query, ":@/?", iri, true) &&
	       format_chars(u.fragment, ":@/?", iri, false);
}

bool format_uri(struct str s)
{
	return format_any_uri(s, false, true);
}

bool format_uri_reference(struct str s)
{
	return format_any_uri(s, false, false);
}

bool format_iri(struct str s)
{
	return format_any_uri(s, true, true);
}

bool format_iri_reference(struct str s)
{
	return format_any_uri(s, true, false);
}

/* ---- RFC 6570 ---- */

static bool format_variable_name(struct str s)
{
	bool was_dot = true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			if (i + 2 >= s.n || !format_is_hex(s.p[i + 1]) || !format_is_hex(s.p[i + 2]))
				return false;
			i += 2;
		} else if (c == '.' ? was_dot : !format_is_alnum((unsigned char)c) && c != '_') {
			return false;
		}
		was_dot = c == '.';
	}
	return !was_dot;
}

/* name, name* or name:9 */
static bool format_variable(struct str s)
{
	size_t colon = str_find(s, ':');
	unsigned long long length;
	if (s.n && s.p[s.n - 1] == '*')
		return format_variable_name(str_slice(s, 0, s.n - 1));
	if (colon == STR_NONE)
		return format_variable_name(s);
	struct str digits = str_slice(s, colon + 1, s.n);
	return str_number(digits, 9999, &length) && length > 0 && digits.p[0] != '0' &&
	       format_variable_name(str_slice(s, 0, colon));
}

static bool format_expression(struct str s)
{
	struct str variable;
	if (s.n && strchr("+#./;?&=,!@|", s.p[0]))
		s = str_slice(s, 1, s.n);
	while (str_next(&s, ',', &variable))
		if (!format_variable(variable))
			return false;
	return true;
}

static bool format_is_literal(struct str s, size_t at, size_t *ret_size)
{
	uint32_t c = utf8_decode(str_slice(s, at, s.n), ret_size);
	if (c == '%')
		return at + 2 < s.n && format_is_hex(s.p[at + 1]) && format_is_hex(s.p[at + 2]);
	if (c >= 0x80)
		return format_is_iri(c, true);
	return c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}", (int)c);
}

bool format_uri_template(struct str s)
{
	size_t size;
	for (size_t i = 0; i < s.n; i += size) {
		if (s.p[i] == '{') {
			struct str rest = str_slice(s, i + 1, s.n);
			size_t end = str_find(rest, '}');
			if (end == STR_NONE || !end || !format_expression(str_slice(rest, 0, end)))
				return false;
			size = end + 2;
		} else if (!format_is_literal(s, i, &size)) {
			return false;
		}
	}
	return true;
}
