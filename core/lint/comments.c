#include "core/lint/comments.h"

#include "core/lint/check.h"

/* Splits "name = value" as BuildKit's directives are written. */
static bool comment_split(struct str text, struct str *ret_name, struct str *ret_value)
{
	size_t n = 0;
	while (n < text.n && ((text.p[n] >= 'a' && text.p[n] <= 'z') ||
	                      (text.p[n] >= 'A' && text.p[n] <= 'Z') ||
	                      (n && text.p[n] >= '0' && text.p[n] <= '9')))
		n++;
	struct str rest = str_trim(str_slice(text, n, STR_NONE));
	*ret_name = str_slice(text, 0, n);
	*ret_value = str_trim(str_slice(rest, 1, STR_NONE));
	return n && rest.n && rest.p[0] == '=' && ret_value->n;
}

static bool comment_is_name(struct str name, const char *lower)
{
	if (name.n != strlen(lower))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((name.p[i] | 0x20) != lower[i])
			return false;
	return true;
}

struct str comment_check(struct str comment)
{
	struct str name, value;
	if (!comment_split(comment, &name, &value) || !comment_is_name(name, "check"))
		return (struct str){ 0 };
	return str_slice(value, 0, str_find(value, ' '));
}

/* The comment on the line; p NULL: it is none. */
static struct str comment_of(struct str line)
{
	line = str_trim(line);
	return line.n && line.p[0] == '#' ? str_trim(str_slice(line, 1, STR_NONE))
	                                  : (struct str){ 0 };
}

/* Where the directives end; *ret_check: the value of check among them. */
static size_t comments_top(struct str text, struct str *ret_check)
{
	static const char *const names[] = { "syntax", "escape", "check" };
	struct str rest = text, line, name, value;
	*ret_check = (struct str){ 0 };
	if (str_has_prefix(rest, STR("\xef\xbb\xbf")))
		rest = str_slice(rest, 3, STR_NONE);
	for (size_t end = 0;; end = rest.p ? (size_t)(rest.p - text.p) : text.n) {
		bool known = false;
		if (!str_next(&rest, '\n', &line) ||
		    !comment_split(comment_of(line), &name, &value))
			return end;
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			known |= comment_is_name(name, names[i]);
		if (!known)
			return end;
		if (comment_is_name(name, "check") && !ret_check->p)
			*ret_check = str_slice(value, 0, str_find(value, ' '));
	}
}

struct str comments_check(const struct recipe *r, struct span *ret_at)
{
	const struct source *source = r->ninstructions ? r->instructions[0].at.source : NULL;
	struct str check = { 0 };
	if (source)
		comments_top(source->text, &check);
	if (check.p)
		*ret_at = (struct span){ source, (uint32_t)(check.p - source->text.p),
		                         (uint32_t)check.n };
	return check;
}

size_t comments_above(struct arena *arena, const struct recipe *r, size_t instruction,
                      struct comment **ret_comments)
{
	const struct source *source = r->ninstructions ? r->instructions[0].at.source : NULL;
	struct str check, line;
	size_t n = 0, from = 0;
	if (!source)
		return 0;
	if (instruction)
		from = r->instructions[instruction - 1].at.at + r->instructions[instruction - 1].at.size;
	else
		from = comments_top(source->text, &check);
	size_t end = instruction < r->ninstructions ? r->instructions[instruction].at.at
	                                            : source->text.n;
	struct str gap = str_slice(source->text, from, end > from ? end - from : 0), rest = gap;
	size_t lines = 1;
	for (size_t i = 0; i < gap.n; i++)
		lines += gap.p[i] == '\n';
	struct comment *comments = arena_array(arena, lines, sizeof *comments);
	while (str_next(&rest, '\n', &line)) {
		struct str text = comment_of(line);
		if (!text.p)
			continue;
		line = str_trim(line);
		comments[n++] = (struct comment){
			text, { source, (uint32_t)(line.p - source->text.p), (uint32_t)line.n } };
	}
	*ret_comments = comments;
	return n;
}

/* A # alone ends what stands above it. */
struct str check_comment(struct arena *arena, const struct recipe *r, size_t instruction)
{
	struct comment *comments;
	size_t n = comments_above(arena, r, instruction, &comments);
	return n && comments[n - 1].text.n ? comments[n - 1].text : (struct str){ 0 };
}
