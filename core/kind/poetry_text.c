#include "core/config/toml.h"
#include "core/kind/poetry_project.h"

/* Seven of the same, alone or with a blank behind them: as git writes them. */
static char text_mark(struct str line)
{
	char c = line.n ? line.p[0] : '\0';
	size_t n = 0;
	if (!c || !strchr("<|=>", c))
		return '\0';
	while (n < line.n && line.p[n] == c)
		n++;
	return n == 7 && (n == line.n || line.p[n] == ' ' || line.p[n] == '\r') ? c : '\0';
}

static const char *text_side(char mark)
{
	switch (mark) {
	case '<': return "here our side of it begins";
	case '|': return "here what both sides had begins";
	case '=': return "here the other side begins";
	default: return "here it ends";
	}
}

static size_t text_marks(const struct source *source, const char *rule, struct problems *problems)
{
	struct str rest = source->text, line;
	size_t n = 0;
	while (str_next(&rest, '\n', &line)) {
		char mark = text_mark(line);
		if (!mark)
			continue;
		n++;
		struct span at = { source, (uint32_t)(line.p - source->text.p), 7 };
		problems_add(problems, SEVERITY_ERROR, rule, at, "a merge has left a conflict: %s; choose "
		             "a side and remove the line", text_side(mark));
	}
	return n;
}

size_t poetry_conflicts(const struct source *source, const char *rule, struct problems *problems)
{
	struct str text = source->text;
	if (text.n >= UINT32_MAX || (!str_has_prefix(text, STR("<<<<<<<")) &&
	    str_find_str(text, STR("\n<<<<<<<")) == STR_NONE))
		return 0;
	return text_marks(source, rule, problems);
}

bool poetry_toml_read(struct arena *arena, const struct source *source, struct problems *problems,
                      const struct value **ret_root, size_t *ret_conflicts)
{
	owned(problems) struct problems *own = problems_new();
	*ret_conflicts = 0;
	if (toml_read(arena, source, own, ret_root))
		return true;
	*ret_conflicts = poetry_conflicts(source, "poetry-conflict", problems);
	for (size_t i = 0; !*ret_conflicts && i < problems_count(own); i++)
		problems_add_problem(problems, problems_get(own, i));
	return false;
}
