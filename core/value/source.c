#include "core/value/source.h"

#include "core/base/intern.h"

struct source *source_new(struct arena *a, struct str path, const char *profile, struct str text)
{
	struct source *s = arena_alloc(a, sizeof *s);
	s->path = intern(path);
	s->profile = profile ? intern(str_of(profile)) : NULL;
	s->text = text;
	s->arena = a;
	return s;
}

static size_t source_count_lines(struct str text)
{
	size_t n = 1;
	for (size_t at; (at = str_find(text, '\n')) != STR_NONE; n++)
		text = str_slice(text, at + 1, text.n);
	return n;
}

/* A cache: filling it changes nothing that a caller can see. */
static void source_index(struct source *s)
{
	size_t n = source_count_lines(s->text), line = 0;
	uint32_t *lines = arena_array(s->arena, n, sizeof *lines);
	const char *p = s->text.p, *end = p + s->text.n;
	lines[line++] = 0;
	while (line < n) {
		p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
		lines[line++] = (uint32_t)(p - s->text.p);
	}
	s->lines = lines;
	s->nlines = n;
}

/* The last line that starts at or before `at`. */
static size_t source_line(const struct source *s, uint32_t at)
{
	size_t low = 0, high = s->nlines;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (s->lines[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct origin span_origin(struct span span)
{
	const struct source *s = span.source;
	if (!s)
		return (struct origin){ 0 };
	struct origin origin = { .path = s->path, .profile = s->profile };
	if (!s->text.p)
		return origin;
	if (!s->lines)
		source_index((struct source *)(uintptr_t)s);
	size_t line = source_line(s, span.at);
	origin.line = (unsigned)line + 1;
	origin.column = span.at - s->lines[line] + 1;
	return origin;
}

struct str span_text(struct span span)
{
	if (!span.source)
		return (struct str){ 0 };
	return str_slice(span.source->text, span.at, span.size);
}
