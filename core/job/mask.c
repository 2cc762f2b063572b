#include "core/job/mask.h"

#include <stdlib.h>

#include "core/base/check.h"

struct mask {
	struct arena *arena;
	struct str *secrets;            /* longest first */
	size_t n, cap;
	bool first[256];                /* bytes a secret begins with */
};

struct mask *mask_new(void)
{
	struct mask *m = xcalloc(1, sizeof *m);
	m->arena = arena_new();
	return m;
}

void mask_free(struct mask *m)
{
	if (!m)
		return;
	arena_free(m->arena);
	free(m->secrets);
	free(m);
}

void mask_add(struct mask *m, struct str secret)
{
	if (secret.n < MASK_MIN)
		return;
	size_t at = 0;
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->secrets[i], secret))
			return;
	while (at < m->n && m->secrets[at].n >= secret.n)
		at++;
	if (m->n == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 8;
		m->secrets = xrealloc(m->secrets, m->cap, sizeof *m->secrets);
	}
	memmove(m->secrets + at + 1, m->secrets + at, (m->n - at) * sizeof *m->secrets);
	m->secrets[at] = arena_str(m->arena, secret);
	m->n++;
	m->first[(unsigned char)secret.p[0]] = true;
}

static int mask_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void mask_add_decoded(struct mask *m, struct str text)
{
	owned_buf struct buf plain = { 0 };
	for (size_t i = 0; i < text.n; i++) {
		int high = text.p[i] == '%' && i + 2 < text.n ? mask_digit(text.p[i + 1]) : -1;
		int low = high >= 0 ? mask_digit(text.p[i + 2]) : -1;
		buf_append_char(&plain, low >= 0 ? (char)(high << 4 | low) : text.p[i]);
		i += low >= 0 ? 2 : 0;
	}
	mask_add(m, text);
	mask_add(m, buf_str(&plain));
}

void mask_add_urls(struct mask *m, struct str text)
{
	for (;;) {
		size_t scheme = str_find_str(text, STR("://"));
		if (scheme == STR_NONE)
			return;
		text = str_slice(text, scheme + 3, text.n);
		size_t end = 0;
		while (end < text.n && !strchr("/?# \t\r\n\"'", text.p[end]))
			end++;
		struct str authority = str_slice(text, 0, end);
		size_t at = str_find_last(authority, '@');
		if (at == STR_NONE)
			continue;
		struct str user = str_slice(authority, 0, at);
		size_t colon = str_find(user, ':');
		mask_add_decoded(m, user);
		if (colon != STR_NONE)
			mask_add_decoded(m, str_slice(user, colon + 1, user.n));
	}
}

bool mask_is_empty(const struct mask *m)
{
	return m->n == 0;
}

/* The length of the secret that stands at the front of text; 0: none; STR_NONE: it
 * takes more bytes to tell. */
static size_t mask_match(const struct mask *m, struct str text)
{
	size_t hit = 0;
	for (size_t i = 0; i < m->n; i++) {
		struct str secret = m->secrets[i];
		if (text.n < secret.n && str_has_prefix(secret, text))
			return STR_NONE;
		if (!hit && str_has_prefix(text, secret))
			hit = secret.n;
	}
	return hit;
}

static size_t mask_longest(const struct mask *m, struct str text)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_has_prefix(text, m->secrets[i]))
			return m->secrets[i].n;
	return 0;
}

/* Appends text with secrets replaced; returns how many bytes it could not tell yet
 * (0 when final). */
static size_t mask_scan(const struct mask *m, struct str text, bool final, struct buf *out)
{
	size_t plain = 0, i = 0;
	while (i < text.n) {
		if (!m->first[(unsigned char)text.p[i]]) {
			i++;
			continue;
		}
		struct str rest = { text.p + i, text.n - i };
		size_t hit = final ? mask_longest(m, rest) : mask_match(m, rest);
		if (hit == STR_NONE)
			break;
		if (hit == 0) {
			i++;
			continue;
		}
		buf_append(out, str_slice(text, plain, i - plain));
		buf_append_text(out, "***");
		i += hit;
		plain = i;
	}
	buf_append(out, str_slice(text, plain, i - plain));
	return text.n - i;
}

struct str mask_text(const struct mask *m, struct arena *arena, struct str text)
{
	owned_buf struct buf clean = { 0 };
	if (!m->n || !text.n)
		return text;
	mask_scan(m, text, true, &clean);
	return str_eq(buf_str(&clean), text) ? text : arena_str(arena, buf_str(&clean));
}

struct value *mask_value(const struct mask *m, struct arena *arena, struct value *v)
{
	if (!m->n)
		return v;
	if (value_type(v) == VALUE_STRING)
		return value_new_string(arena, mask_text(m, arena, value_text(v)));
	if (!value_is_container(v))
		return value_new(arena, value_type(v), value_text(v), (struct span){ 0 });
	struct value *copy = value_type(v) == VALUE_OBJECT ? value_new_object(arena)
	                                                   : value_new_array(arena);
	for (const struct value *c = value_child(v); c; c = value_next(c))
		value_append(copy, value_key(c), (struct span){ 0 },
		             mask_value(m, arena, (struct value *)c));
	return copy;
}

void mask_stream_finish(struct mask_stream *s)
{
	buf_finish(&s->held);
}

void mask_feed(const struct mask *m, struct mask_stream *s, struct str bytes, struct buf *out)
{
	if (!m->n) {
		buf_append(out, bytes);
		return;
	}
	if (s->held.n) {
		buf_append(&s->held, bytes);
		bytes = buf_str(&s->held);
	}
	size_t left = mask_scan(m, bytes, false, out);
	struct str rest = str_slice(bytes, bytes.n - left, left);
	if (s->held.n)
		buf_shift(&s->held, s->held.n - left);
	else
		buf_append(&s->held, rest);
}

void mask_flush(const struct mask *m, struct mask_stream *s, struct buf *out)
{
	mask_scan(m, buf_str(&s->held), true, out);
	buf_clear(&s->held);
}
