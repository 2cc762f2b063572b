#include "core/kind/poetry_project.h"

/* The next character as indexes have it, past a run of -, _ and .; '\0' at the end. */
static char name_next(struct str *rest)
{
	if (!rest->n)
		return '\0';
	char c = rest->p[0];
	*rest = str_slice(*rest, 1, rest->n);
	if (c >= 'A' && c <= 'Z')
		return (char)(c | 0x20);
	if (c != '-' && c != '_' && c != '.')
		return c;
	while (rest->n && strchr("-_.", rest->p[0]) && rest->p[0])
		*rest = str_slice(*rest, 1, rest->n);
	return '-';
}

bool poetry_name_eq(struct str a, struct str b)
{
	while (a.n && b.n)
		if (name_next(&a) != name_next(&b))
			return false;
	return !a.n && !b.n;
}

void poetry_name_append(struct buf *out, struct str name)
{
	while (name.n)
		buf_append_char(out, name_next(&name));
}

struct str poetry_requirement_name(struct str requirement)
{
	struct str text = str_trim(requirement);
	size_t n = 0;
	while (n < text.n && text.p[n] && !strchr(" \t[(<>=!~;@,", text.p[n]))
		n++;
	return str_slice(text, 0, n);
}
