/* The text of a script, each byte with its place. */
#include "core/base/buf.h"
#include "core/base/check.h"
#include "core/lint/shell_script.h"

/* Bytes and places while they are collected. */
struct text_maker {
	struct buf bytes;
	uint32_t *at;
	size_t cap;
};

static void text_finish(struct text_maker *m)
{
	buf_finish(&m->bytes);
	free(m->at);
}
#define owned_text __attribute__((cleanup(text_finish)))

static void text_add(struct text_maker *m, char c, size_t at)
{
	if (m->bytes.n + 1 >= m->cap) {
		m->cap = m->cap ? m->cap * 2 : 64;
		m->at = xrealloc(m->at, m->cap, sizeof *m->at);
	}
	m->at[m->bytes.n] = (uint32_t)at;
	buf_append_char(&m->bytes, c);
}

static struct shell_text text_keep(struct text_maker *m, struct arena *arena, size_t end)
{
	size_t n = m->bytes.n;
	uint32_t *at = arena_array(arena, n + 1, sizeof *at);
	if (n)
		memcpy(at, m->at, n * sizeof *at);
	at[n] = (uint32_t)end;
	return (struct shell_text){ arena_str(arena, buf_str(&m->bytes)).p, at, n };
}

struct shell_text shell_text_plain(struct arena *arena, struct str text, uint32_t at)
{
	uint32_t *places = arena_array(arena, text.n + 1, sizeof *places);
	for (size_t i = 0; i <= text.n; i++)
		places[i] = at + (uint32_t)i;
	return (struct shell_text){ text.p, places, text.n };
}

/* The line from `at` on, without its end. */
static struct str text_line(struct str source, size_t at, size_t end)
{
	struct str rest = str_slice(source, at, end - at);
	return str_slice(rest, 0, str_find(rest, '\n'));
}

/* Bytes of the line before the escape that continues it; STR_NONE: it is not continued. */
static size_t text_continued(struct str line, char escape)
{
	size_t n = line.n;
	while (n && (line.p[n - 1] == ' ' || line.p[n - 1] == '\t' || line.p[n - 1] == '\r'))
		n--;
	bool is = n && line.p[n - 1] == escape && (n == 1 || line.p[n - 2] != escape);
	return is ? n - 1 : STR_NONE;
}

struct shell_text shell_text_joined(struct arena *arena, struct str source, uint32_t at,
                                    uint32_t end, char escape)
{
	struct text_maker m owned_text = { 0 };
	bool more = true;
	for (size_t pos = at, first = at; more && pos < end;) {
		struct str line = text_line(source, pos, end), trimmed = str_trim(line);
		bool skip = pos != first && (trimmed.n == 0 || trimmed.p[0] == '#');
		size_t n = text_continued(line, escape);
		for (size_t i = 0; !skip && i < (n == STR_NONE ? line.n : n); i++)
			text_add(&m, line.p[i], pos + i);
		more = skip || n != STR_NONE;
		pos += line.n + 1;
	}
	return text_keep(&m, arena, end);
}

/* ---- strings of a JSON array ---- */

static uint32_t text_hex(struct str four)
{
	uint32_t v = 0;
	for (size_t i = 0; i < four.n; i++) {
		char c = four.p[i];
		v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return v;
}

/* The escape at pos, its bytes all at its place; returns where it ends. */
static size_t text_escape(struct text_maker *m, struct str source, size_t pos, size_t end)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	char c = pos + 1 < end ? source.p[pos + 1] : '\\';
	const char *known = strchr(from, c);
	if (c == 'u' && pos + 6 <= end) {
		owned_buf struct buf rune = { 0 };
		buf_append_rune(&rune, text_hex(str_slice(source, pos + 2, 4)));
		for (size_t i = 0; i < rune.n; i++)
			text_add(m, rune.p[i], pos);
		return pos + 6;
	}
	text_add(m, known && c ? to[known - from] : c, pos);
	return pos + 2;
}

size_t shell_text_strings(struct arena *arena, struct str source, uint32_t at, uint32_t end,
                          struct shell_text **ret_strings)
{
	size_t n = 0, most = 1;
	for (size_t i = at; i < end; i++)
		most += source.p[i] == '"';
	struct shell_text *list = arena_array(arena, most, sizeof *list);
	for (size_t pos = at; pos < end; pos++) {
		struct text_maker m owned_text = { 0 };
		if (source.p[pos] != '"')
			continue;
		for (pos++; pos < end && source.p[pos] != '"';)
			if (source.p[pos] == '\\') {
				pos = text_escape(&m, source, pos, end);
			} else {
				text_add(&m, source.p[pos], pos);
				pos++;
			}
		list[n++] = text_keep(&m, arena, pos < end ? pos : end);
	}
	*ret_strings = list;
	return n;
}
