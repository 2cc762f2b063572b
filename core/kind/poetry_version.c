#include "core/kind/poetry_version.h"

/* The largest number that a part of a version may have here. */
enum { VERSION_PART_MAX = 1000000000 };

static bool version_is_digit(struct str rest)
{
	return rest.n && rest.p[0] >= '0' && rest.p[0] <= '9';
}

static bool version_number(struct str *rest, unsigned *ret_number)
{
	unsigned long long number;
	size_t n = 0;
	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	if (!n || !str_number(str_slice(*rest, 0, n), VERSION_PART_MAX, &number))
		return false;
	*ret_number = (unsigned)number;
	*rest = str_slice(*rest, n, rest->n);
	return true;
}

/* "rc1", ".dev0", "-post2": a separator, a word, a number that may be missing. */
static bool version_suffix(struct str *rest, bool *ret_pre)
{
	static const struct { struct str word; bool is_pre; } words[] = {
		{ STR("alpha"), true }, { STR("beta"), true }, { STR("preview"), true },
		{ STR("pre"), true }, { STR("post"), false }, { STR("dev"), true },
		{ STR("rc"), true }, { STR("a"), true }, { STR("b"), true }, { STR("c"), true },
	};
	struct str word = *rest;
	unsigned ignored;
	if (word.n && strchr(".-_", word.p[0]))
		word = str_slice(word, 1, word.n);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!str_has_prefix(word, words[i].word))
			continue;
		word = str_slice(word, words[i].word.n, word.n);
		if (version_is_digit(word) && !version_number(&word, &ignored))
			return false;
		*ret_pre = words[i].is_pre;
		*rest = word;
		return true;
	}
	return false;
}

bool poetry_version_parse(struct str text, struct poetry_version *ret_version)
{
	struct poetry_version v = { 0 };
	struct str rest = str_trim(text);
	size_t local = str_find(rest, '+');
	unsigned part;
	bool is_pre, is_post = false;
	if (local != STR_NONE)
		rest.n = local;
	if (rest.n && rest.p[0] == 'v')
		rest = str_slice(rest, 1, rest.n);
	for (size_t i = 0;; i++) {
		if (!version_number(&rest, &part))
			return false;
		if (i < 3)
			v.release[i] = part;
		if (rest.n < 2 || rest.p[0] != '.' || !version_is_digit(str_slice(rest, 1, 1)))
			break;
		rest = str_slice(rest, 1, rest.n);
	}
	while (rest.n) {
		if (!version_suffix(&rest, &is_pre))
			return false;
		is_post |= !is_pre;
		v.is_pre |= is_pre && !is_post;
	}
	*ret_version = v;
	return true;
}

int poetry_version_cmp(const struct poetry_version *a, const struct poetry_version *b)
{
	for (size_t i = 0; i < 3; i++)
		if (a->release[i] != b->release[i])
			return a->release[i] < b->release[i] ? -1 : 1;
	return (int)b->is_pre - (int)a->is_pre;
}

bool poetry_version_at_least(const struct poetry_version *v, unsigned major, unsigned minor,
                             unsigned patch)
{
	return poetry_version_cmp(v, &(struct poetry_version){ { major, minor, patch }, false }) >= 0;
}
