#include "core/history/search.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/ext/regex.h"
#include "core/history/line_set.h"

/* Lines of so many lanes may be half there while the journal grows. */
enum { SEARCH_AGAIN = 64 };

struct history_search {
	struct regex *regex;
	struct journal *journal;
	int step;
	size_t next;                    /* the first line not looked at */
	struct line_set hits;
	struct buf scratch;
	struct log_text text;
};

#define SEARCH_WORD "(?<![\\w.\\/$-])(?<!\\b0 )(?<!\\bno )(?:"
#define SEARCH_END ")(?![\\w\\/-]|\\.\\w)"

const char history_search_errors[] =
	"(?i)" SEARCH_WORD "errors?|fatal|failed|failures?|traceback|exceptions?|panic(?:ked)?|"
	"[\\w.]+(?:error|exception)|segmentation fault|no such file or directory|command not found|"
	"permission denied|undefined reference|out of memory|no space left|unable to|could not|"
	"cannot" SEARCH_END "|\\berr!|^E: |^\\s*✗";
const char history_search_warnings[] = "(?i)" SEARCH_WORD "warn(?:ings?)?|deprecated|deprecation"
	SEARCH_END "|^W: ";

struct history_search *history_search_new(struct str pattern, struct error *err)
{
	struct regex *regex = regex_new(pattern, REGEX_SMART_CASE, err);
	if (!regex)
		return NULL;
	struct history_search *s = xcalloc(1, sizeof *s);
	s->regex = regex;
	s->step = -1;
	return s;
}

void history_search_free(struct history_search *s)
{
	if (!s)
		return;
	regex_free(s->regex);
	line_set_finish(&s->hits);
	buf_finish(&s->scratch);
	log_text_finish(&s->text);
	free(s);
}

bool history_search_line(struct history_search *s, struct str text, size_t from, size_t *ret_at,
                         size_t *ret_size)
{
	return regex_find(s->regex, text, from, ret_at, ret_size);
}

void history_search_over(struct history_search *s, struct journal *journal, int step)
{
	s->journal = journal;
	s->step = step;
	s->next = s->hits.n = 0;
}

void history_search_grew(struct history_search *s)
{
	s->next = s->next > SEARCH_AGAIN ? s->next - SEARCH_AGAIN : 0;
	line_set_cut(&s->hits, s->next);
}

static size_t search_end(const struct history_search *s)
{
	return s->journal ? journal_lines(s->journal, s->step) : 0;
}

bool history_search_more(struct history_search *s, size_t lines)
{
	size_t end = search_end(s), at, size;
	for (; lines > 0 && s->next < end; lines--, s->next++) {
		struct str line = journal_line(s->journal, s->step, s->next, &s->scratch, NULL);
		log_text_read(&s->text, line);
		if (regex_find(s->regex, s->text.text, 0, &at, &size))
			line_set_add(&s->hits, s->next);
	}
	return s->next < end;
}

bool history_search_is_done(const struct history_search *s)
{
	return s->next >= search_end(s);
}

size_t history_search_count(const struct history_search *s)
{
	return s->hits.n;
}

size_t history_search_hit(const struct history_search *s, size_t i)
{
	CHECK(i < s->hits.n);
	return s->hits.lines[i];
}

enum history_search_result history_search_near(const struct history_search *s, size_t line,
                                               bool down, size_t *ret_hit)
{
	bool done = history_search_is_done(s);
	size_t i = !down ? line_set_before(&s->hits, line) :
	           line == STR_NONE ? 0 : line_set_before(&s->hits, line + 1);
	if (down ? i < s->hits.n : i > 0 && (done || (line != STR_NONE && s->next >= line))) {
		*ret_hit = s->hits.lines[down ? i : i - 1];
		return HISTORY_FOUND;
	}
	if (!done)
		return HISTORY_NOT_YET;
	if (s->hits.n == 0)
		return HISTORY_NOT_FOUND;
	*ret_hit = s->hits.lines[down ? 0 : s->hits.n - 1];
	return HISTORY_FOUND;
}
