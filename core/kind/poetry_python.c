#include "core/kind/poetry_python.h"

/* More patches than any minor release of Python has had. */
enum { PYTHON_PATCHES = 64, PYTHON_PARTS = 3 };

struct python_version {
	unsigned parts[PYTHON_PARTS];
	unsigned n;                     /* parts that were written */
	bool wildcard;                  /* behind them stands .* */
};

static bool python_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == ',' || c == '(' || c == ')';
}

static bool python_is_sign(char c)
{
	return c == '<' || c == '>' || c == '=' || c == '!' || c == '~' || c == '^';
}

/* "3.11", "3.11.*", "*"; what stands behind the numbers ("rc1") is left out. */
static bool python_version_read(struct str text, struct python_version *ret)
{
	struct python_version v = { .n = 0 };
	struct str part;
	while (str_next(&text, '.', &part)) {
		unsigned long long number;
		size_t digits = 0;
		if (str_eq(part, STR("*"))) {
			v.wildcard = true;
			break;
		}
		while (digits < part.n && part.p[digits] >= '0' && part.p[digits] <= '9')
			digits++;
		if (!str_number(str_slice(part, 0, digits), 10000, &number))
			return false;
		if (v.n < PYTHON_PARTS)
			v.parts[v.n++] = (unsigned)number;
		if (digits < part.n)
			break;
	}
	*ret = v;
	return v.n || v.wildcard;
}

static int python_cmp(const unsigned a[PYTHON_PARTS], const unsigned b[PYTHON_PARTS])
{
	for (unsigned i = 0; i < PYTHON_PARTS; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* At least v, and alike in the first `same` parts. */
static bool python_is_from(const unsigned is[PYTHON_PARTS], const struct python_version *v,
                           unsigned same)
{
	for (unsigned i = 0; i < same; i++)
		if (is[i] != v->parts[i])
			return false;
	return python_cmp(is, v->parts) >= 0;
}

static bool python_fits(struct str sign, const struct python_version *v,
                        const unsigned is[PYTHON_PARTS], bool *unreadable)
{
	int order = python_cmp(is, v->parts);
	bool equal = v->wildcard ? python_is_from(is, v, v->n) : order == 0;
	if (str_eq(sign, STR("^")))
		return python_is_from(is, v, v->parts[0] || v->n < 2 ? 1 : 2);
	if (str_eq(sign, STR("~")))
		return python_is_from(is, v, v->n > 1 ? 2 : 1);
	if (str_eq(sign, STR("~=")))
		return python_is_from(is, v, v->n > 2 ? 2 : 1);
	if (str_eq(sign, STR(">=")))
		return order >= 0;
	if (str_eq(sign, STR(">")))
		return order > 0 && !equal;
	if (str_eq(sign, STR("<=")))
		return order <= 0 || equal;
	if (str_eq(sign, STR("<")))
		return order < 0;
	if (str_eq(sign, STR("!=")))
		return !equal;
	*unreadable = sign.n && !str_eq(sign, STR("=")) && !str_eq(sign, STR("==")) &&
	              !str_eq(sign, STR("==="));
	return equal;
}

/* The next comparison of a run that are all to hold; false at its end. */
static bool python_term(struct str *rest, struct str *ret_sign, struct str *ret_version)
{
	size_t at = 0, from;
	while (at < rest->n && python_is_blank(rest->p[at]))
		at++;
	for (from = at; at < rest->n && python_is_sign(rest->p[at]); at++)
		continue;
	*ret_sign = str_slice(*rest, from, at - from);
	while (at < rest->n && python_is_blank(rest->p[at]))
		at++;
	for (from = at; at < rest->n && !python_is_blank(rest->p[at]) &&
	     !python_is_sign(rest->p[at]); at++)
		continue;
	*ret_version = str_slice(*rest, from, at - from);
	*rest = str_slice(*rest, at, STR_NONE);
	return ret_sign->n || ret_version->n;
}

static enum poetry_allows python_run(struct str run, const unsigned is[PYTHON_PARTS])
{
	struct str sign, text;
	bool fits = true, unreadable = false;
	while (python_term(&run, &sign, &text)) {
		struct python_version v;
		if (!python_version_read(text, &v))
			return POETRY_UNREADABLE;
		fits = python_fits(sign, &v, is, &unreadable) && fits;
		if (unreadable)
			return POETRY_UNREADABLE;
	}
	return fits ? POETRY_ALLOWED : POETRY_FORBIDDEN;
}

enum poetry_allows poetry_python_allows(struct str constraint, unsigned minor)
{
	unsigned is[PYTHON_PARTS] = { 3, minor, 0 };
	struct str rest = constraint, run;
	bool allowed = false;
	while (str_next(&rest, '|', &run)) {
		bool between = !str_trim(run).n && constraint.n;        /* of "||" */
		for (is[2] = 0; !between && is[2] < PYTHON_PATCHES; is[2]++) {
			enum poetry_allows allows = python_run(run, is);
			if (allows == POETRY_UNREADABLE)
				return allows;
			allowed = allowed || allows == POETRY_ALLOWED;
		}
	}
	return allowed ? POETRY_ALLOWED : POETRY_FORBIDDEN;
}

bool poetry_python_newest(struct str constraint, const struct poetry_version *poetry,
                          unsigned *ret_minor)
{
	/* By `python` of its pyproject.toml and by what was released when it was. */
	static const struct { unsigned major, minor, oldest, newest; } ages[] = {
		{ 2, 3, 10, 14 }, { 2, 0, 9, 13 }, { 1, 7, 8, 12 }, { 1, 6, 8, 11 },
		{ 1, 3, 7, 11 }, { 1, 2, 7, 10 }, { 0, 0, 6, 10 },
	};
	size_t age = 0;
	while (!poetry_version_at_least(poetry, ages[age].major, ages[age].minor, 0) && ages[age].major)
		age++;
	for (unsigned minor = ages[age].newest; minor >= ages[age].oldest; minor--)
		if (!constraint.n || poetry_python_allows(constraint, minor) == POETRY_ALLOWED) {
			*ret_minor = minor;
			return true;
		}
	return false;
}
