#include "core/journal/line.h"

#include <limits.h>
#include <stdlib.h>

static void line_skip_blanks(struct str line, size_t *at)
{
	while (*at < line.n && (line.p[*at] == ' ' || line.p[*at] == '\t'))
		++*at;
}

static bool line_take(struct str line, size_t *at, char c)
{
	line_skip_blanks(line, at);
	if (*at >= line.n || line.p[*at] != c)
		return false;
	++*at;
	return true;
}

/* From behind the opening quote to behind the closing one. */
static bool line_skip_string(struct str line, size_t *at)
{
	while (*at < line.n) {
		char c = line.p[(*at)++];
		if (c == '"')
			return true;
		if (c == '\\' && *at < line.n)
			++*at;
	}
	return false;
}

/* A container, by counting: what is inside is the tree reader's to judge. */
static bool line_skip_container(struct str line, size_t *at)
{
	size_t depth = 0;
	while (*at < line.n) {
		char c = line.p[(*at)++];
		if (c == '"' && !line_skip_string(line, at))
			return false;
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && --depth == 0)
			return true;
	}
	return false;
}

static bool line_skip_value(struct str line, size_t *at)
{
	if (*at >= line.n)
		return false;
	char c = line.p[*at];
	if (c == '{' || c == '[')
		return line_skip_container(line, at);
	if (c == '"') {
		++*at;
		return line_skip_string(line, at);
	}
	size_t from = *at;
	while (*at < line.n && !strchr(",}] \t", line.p[*at]))
		++*at;
	return *at > from;
}

bool line_next(struct str line, size_t *at, struct line_member *ret_member)
{
	size_t i = *at;
	if (!line_take(line, &i, i ? ',' : '{') || !line_take(line, &i, '"'))
		return false;
	struct line_member m;
	size_t from = i;
	if (!line_skip_string(line, &i))
		return false;
	m.key = str_slice(line, from, i - 1 - from);
	if (!line_take(line, &i, ':'))
		return false;
	line_skip_blanks(line, &i);
	from = i;
	if (!line_skip_value(line, &i))
		return false;
	m.value = str_slice(line, from, i - from);
	*at = i;
	*ret_member = m;
	return true;
}

static uint64_t line_count(struct str text)
{
	unsigned long long n = 0;
	return str_number(text, UINT64_MAX, &n) ? n : 0;
}

static int line_small(struct str text, int otherwise)
{
	unsigned long long n = 0;
	return str_number(text, INT_MAX, &n) ? (int)n : otherwise;
}

static double line_seconds(struct str text)
{
	char copy[64];
	if (text.n >= sizeof copy)
		return 0;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	double t = strtod(copy, NULL);
	return t >= 0 && t < 1e12 ? t : 0;
}

static enum event_kind line_kind(struct str value)
{
	if (value.n < 2 || value.p[0] != '"')
		return EVENT_UNKNOWN;
	struct str name = str_slice(value, 1, value.n - 2);
	for (int kind = 0; kind < EVENT_UNKNOWN; kind++)
		if (str_eq(name, str_of(event_name((enum event_kind)kind))))
			return (enum event_kind)kind;
	return EVENT_UNKNOWN;
}

static void line_head_member(struct line_head *head, struct str key, struct str value)
{
	if (str_eq(key, STR("t")))
		head->t = line_seconds(value);
	else if (str_eq(key, STR("ev")))
		head->kind = line_kind(value);
	else if (str_eq(key, STR("step")))
		head->step = line_small(value, -1);
	else if (str_eq(key, STR("stream")))
		head->stream = line_small(value, 0);
	else if (str_eq(key, STR("offset")))
		head->offset = line_count(value);
	else if (str_eq(key, STR("length")))
		head->length = line_count(value);
	else if (str_eq(key, STR("gap")))
		head->gap = line_count(value);
}

bool line_head(struct str line, struct line_head *ret_head)
{
	struct line_head head = { .kind = EVENT_UNKNOWN, .step = -1 };
	struct line_member m;
	size_t at = 0;
	bool any = false;
	while (line_next(line, &at, &m)) {
		line_head_member(&head, m.key, m.value);
		any = true;
	}
	if (!any || !line_take(line, &at, '}'))
		return false;
	line_skip_blanks(line, &at);
	if (at != line.n)
		return false;
	*ret_head = head;
	return true;
}
