#include "core/recipe/parts.h"
#include "core/recipe/shell.h"
#include "core/recipe/text.h"

static size_t heredoc_quotes(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\'' || s.p[i] == '"';
	return n;
}

/* digits "<<" ["-"] blanks word, and no further '<'. */
bool heredoc_find(struct arena *arena, struct str word, struct heredoc *ret_heredoc)
{
	size_t at = 0;
	while (at < word.n && word.p[at] >= '0' && word.p[at] <= '9')
		at++;
	if (!str_has_prefix(str_slice(word, at, STR_NONE), STR("<<")))
		return false;
	at += 2;
	bool strip = at < word.n && word.p[at] == '-';
	struct str rest = text_trim_left(str_slice(word, at + strip, STR_NONE)), name;
	const struct str *words;
	size_t n;
	struct error ignored;
	if (rest.n == 0 || str_find(rest, '<') != STR_NONE || !shell_words(arena, rest, &words, &n) ||
	    n != 1)
		return false;
	if (shell_expand(arena, words[0], '\\', NULL, NULL, &name, &ignored) != SHELL_DONE)
		return false;
	/* Quotes that are gone say that the text is taken literally. */
	bool expand = heredoc_quotes(name) == heredoc_quotes(words[0]);
	*ret_heredoc = (struct heredoc){ .name = name, .expand = expand, .strip_tabs = strip };
	return true;
}

static bool heredoc_allowed(enum instruction_kind kind, const struct instruction_parts *parts)
{
	if (kind == INSTRUCTION_ONBUILD && parts->trigger) {
		kind = parts->trigger_kind;
		parts = parts->trigger;
	}
	return parts->form == FORM_SHELL && (kind == INSTRUCTION_RUN || kind == INSTRUCTION_COPY ||
	                                     kind == INSTRUCTION_ADD);
}

/* The body: whole lines of the source up to the one that is the name alone. */
static bool heredoc_read(struct lines *lines, struct line *line, struct heredoc *h)
{
	size_t from = lines->at;
	for (struct str raw; lines_raw(lines, &raw);) {
		struct str end = raw;
		while (h->strip_tabs && end.n && end.p[0] == '\t')
			end = str_slice(end, 1, STR_NONE);
		line->end = (size_t)(raw.p + raw.n - lines->source->text.p);
		line->last = lines->number;
		if (str_eq(end, h->name)) {
			size_t size = (size_t)(raw.p - lines->source->text.p) - from;
			h->text = str_slice(lines->source->text, from, size);
			return true;
		}
	}
	return false;
}

static size_t heredoc_list(struct lines *lines, const struct line *line, struct heredoc **ret_list)
{
	const struct str *words;
	size_t nwords, n = 0;
	if (!shell_words(lines->arena, line->text, &words, &nwords))
		return 0;
	struct heredoc *list = arena_array(lines->arena, nwords, sizeof *list);
	for (size_t i = 0; i < nwords; i++)
		n += heredoc_find(lines->arena, words[i], &list[n]);
	*ret_list = list;
	return n;
}

bool parts_heredocs(struct lines *lines, struct line *line, enum instruction_kind kind,
                    struct instruction_parts *parts)
{
	struct heredoc *list;
	size_t opened = str_find_str(line->text, STR("<<"));
	if (opened == STR_NONE || !heredoc_allowed(kind, parts))
		return true;
	size_t n = heredoc_list(lines, line, &list);
	for (size_t i = 0; i < n; i++)
		if (!heredoc_read(lines, line, &list[i]))
			return problems_add(lines->problems, SEVERITY_ERROR, "dockerfile-syntax",
			                    line_span(line, opened, 2), "the heredoc '%.*s' is not closed: "
			                    "a line that is only %.*s must end it", STR_ARG(list[i].name),
			                    STR_ARG(list[i].name));
	if (n) {
		parts->heredocs = list;
		parts->nheredocs = n;
	}
	return true;
}
