#include "core/config/uri.h"

static size_t uri_scheme(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
		if (c == ':')
			return i ? i : STR_NONE;
		if (!letter && !(i && later))
			return STR_NONE;
	}
	return STR_NONE;
}

/* Cuts what follows the byte off *s. */
static struct str uri_cut(struct str *s, char c)
{
	size_t at = str_find(*s, c);
	if (at == STR_NONE)
		return (struct str){ 0 };
	struct str part = { s->p + at + 1, s->n - at - 1 };
	s->n = at;
	return part;
}

struct uri uri_split(struct str s)
{
	struct uri u = { 0 };
	s.p = s.p ? s.p : "";
	u.fragment = uri_cut(&s, '#');
	u.query = uri_cut(&s, '?');
	size_t scheme = uri_scheme(s);
	if (scheme != STR_NONE) {
		u.scheme = str_slice(s, 0, scheme);
		s = str_slice(s, scheme + 1, s.n);
	}
	if (str_has_prefix(s, STR("//"))) {
		s = str_slice(s, 2, s.n);
		size_t end = str_find(s, '/');
		u.authority = str_slice(s, 0, end);
		s = str_slice(s, u.authority.n, s.n);
	}
	u.path = s;
	return u;
}

/* RFC 3986, 5.2.4, for a path in out from `from` on: segments come one by one. */
static void uri_append_segments(struct buf *out, struct str path)
{
	size_t from = out->n;
	struct str rest = path, segment;
	bool absolute = path.n && path.p[0] == '/';
	if (absolute)
		rest = str_slice(path, 1, path.n);
	while (path.n && str_next(&rest, '/', &segment)) {
		bool is_last = !rest.p, up = str_eq(segment, STR(".."));
		if (up) {
			/* Back to behind the slash before the last segment. */
			size_t end = out->n > from ? out->n - 1 : from;
			while (end > from && out->p[end - 1] != '/')
				end--;
			out->n = end;
			if (absolute && out->n == from)
				buf_append_char(out, '/');
			continue;
		}
		if (absolute && out->n == from)
			buf_append_char(out, '/');
		if (str_eq(segment, STR(".")))
			continue;
		buf_append(out, segment);
		if (!is_last)
			buf_append_char(out, '/');
	}
	if (absolute && out->n == from)
		buf_append_char(out, '/');
}

/* The base's path with the reference's in place of its last segment. */
static void uri_merge(struct buf *out, const struct uri *base, struct str path)
{
	owned_buf struct buf merged = { 0 };
	size_t slash = str_find_last(base->path, '/');
	if (base->authority.p && !base->path.n)
		buf_append_char(&merged, '/');
	else if (slash != STR_NONE)
		buf_append(&merged, str_slice(base->path, 0, slash + 1));
	buf_append(&merged, path);
	uri_append_segments(out, buf_str(&merged));
}

static void uri_append_part(struct buf *out, char mark, struct str part)
{
	if (!part.p)
		return;
	buf_append_char(out, mark);
	buf_append(out, part);
}

void uri_resolve(struct buf *out, struct str base_text, struct str reference)
{
	struct uri base = uri_split(base_text), r = uri_split(reference), t = r;
	bool whole = r.scheme.p != NULL, has_authority = whole || r.authority.p;
	if (!whole)
		t.scheme = base.scheme;
	if (!has_authority)
		t.authority = base.authority;
	if (!has_authority && !r.path.n && !r.query.p)
		t.query = base.query;
	if (t.scheme.p) {
		buf_append(out, t.scheme);
		buf_append_char(out, ':');
	}
	if (t.authority.p)
		buf_append_text(out, "//");
	buf_append(out, t.authority);
	if (!has_authority && !r.path.n)
		buf_append(out, base.path);
	else if (whole && !r.authority.p && (!r.path.n || r.path.p[0] != '/'))
		buf_append(out, r.path);
	else if (has_authority || r.path.p[0] == '/')
		uri_append_segments(out, r.path);
	else
		uri_merge(out, &base, r.path);
	uri_append_part(out, '?', t.query);
	uri_append_part(out, '#', r.fragment);
}

static int uri_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool uri_decode(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%') {
			buf_append_char(out, s.p[i]);
			continue;
		}
		int high = i + 2 < s.n ? uri_hex(s.p[i + 1]) : -1;
		int low = high >= 0 ? uri_hex(s.p[i + 2]) : -1;
		if (low < 0)
			return false;
		buf_append_char(out, (char)(high << 4 | low));
		i += 2;
	}
	return true;
}
