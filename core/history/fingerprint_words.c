/* What commands name: a file that is named is taken to be read. */
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "core/history/fingerprint_inputs.h"

/* '#' begins a comment where a word could begin. */
struct str inputs_command(struct arena *a, struct str shell)
{
	owned_buf struct buf out = { 0 };
	char quote = 0, before = ' ';
	bool comment = false;
	for (size_t i = 0; i < shell.n; i++) {
		char c = shell.p[i];
		comment = comment ? c != '\n' : !quote && c == '#' && strchr(" \t\n;&|(", before);
		if (comment)
			continue;
		buf_append_char(&out, c);
		if (c == '\\' && quote != '\'' && i + 1 < shell.n)
			buf_append_char(&out, c = shell.p[++i]);
		else if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? 0 : c;
		before = c ? c : ' ';
	}
	return arena_str(a, str_trim(buf_str(&out)));
}

static bool words_has(struct str text, const char *any)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] && strchr(any, text.p[i]))
			return true;
	return false;
}

static void words_take(struct arena *a, struct inputs_words *w, struct str word)
{
	while (word.n > 1 && word.p[word.n - 1] == '/')
		word.n--;
	size_t slash = str_find_last(word, '/');
	struct str name = slash == STR_NONE ? word : str_slice(word, slash + 1, STR_NONE);
	if (str_eq(name, STR(".")) || str_eq(name, STR("..")) || str_eq(name, STR("...")) ||
	    str_eq(name, STR("*"))) {
		w->all = true;
	} else if (words_has(name, "*?")) {
		struct str *all = arena_array(a, w->npatterns + 1, sizeof *all);
		if (w->npatterns)
			memcpy(all, w->patterns, w->npatterns * sizeof *all);
		all[w->npatterns++] = arena_str(a, name);
		w->patterns = all;
	} else if (name.n) {
		map_set(&w->words, arena_str(a, name), w);
	}
}

void inputs_words_add(struct arena *a, struct inputs_words *w, struct str text)
{
	size_t from = 0;
	for (size_t i = 0; i <= text.n; i++) {
		if (i < text.n && (isalnum((unsigned char)text.p[i]) || (unsigned char)text.p[i] > 127 ||
		                   (text.p[i] && strchr("_./*?@+-", text.p[i]))))
			continue;
		if (i > from)
			words_take(a, w, str_slice(text, from, i - from));
		from = i + 1;
	}
}

void inputs_words_finish(struct inputs_words *w)
{
	map_finish(&w->words);
}

static bool words_is_data(struct str name)
{
	static const char *const ends[] = { ".txt", ".csv", ".tsv", ".lock", ".md" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_has_suffix(name, str_of(ends[i])))
			return true;
	return false;
}

enum inputs_named inputs_words_name(const struct inputs_words *w, const char *path)
{
	struct str rest = str_of(path), part = { 0 };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	if (w->all)
		return INPUTS_NAMED;
	while (str_next(&rest, '/', &part))
		if (rest.p && map_has(&w->words, part))
			return INPUTS_NAMED;
	for (size_t i = 0; i < w->npatterns; i++)
		if (fnmatch(w->patterns[i].p, name, 0) == 0)
			return INPUTS_NAMED;
	if (!map_has(&w->words, part))
		return INPUTS_NOT_NAMED;
	return words_is_data(part) ? INPUTS_NAMED_DATA : INPUTS_NAMED;
}
