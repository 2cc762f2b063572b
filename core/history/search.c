#include "core/history/search.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/ext/regex.h"

/* Lines of so many lanes may be half there while the journal grows. */
enum { SEARCH_AGAIN = 64 };

struct history_search {
	struct regex *regex;
	struct journal *journal;
	int step;
	size_t next;                    /* the first line not looked at */
	uint32_t *hits;
	size_t n, cap;
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
	free(s->hits);
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
	s->next = s->n = 0;
}

void history_search_grew(struct history_search *s)
{
	s->next = s->next > SEARCH_AGAIN ? s->next - SEARCH_AGAIN : 0;
	while (s->n && s->hits[s->n - 1] >= s->next)
		s->n--;
}

static void search_add(struct history_search *s, size_t line)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->hits = xrealloc(s->hits, s->cap, sizeof *s->hits);
	}
	s->hits[s->n++] = (uint32_t)line;
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
			search_add(s, s->next);
	}
	return s->next < end;
}

bool history_search_is_done(const struct history_search *s)
{
	return s->next >= search_end(s);
}

size_t history_search_count(const struct history_search *s)
{
	return s->n;
}

size_t history_search_hit(const struct history_search *s, size_t i)
{
	CHECK(i < s->n);
	return s->hits[i];
}

/* How many of those found stand before the line. */
static size_t search_before(const struct history_search *s, size_t line)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->hits[middle] < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum history_search_result history_search_near(const struct history_search *s, size_t line,
                                               bool down, size_t *ret_hit)
{
	bool done = history_search_is_done(s);
	size_t i = down ? line == STR_NONE ? 0 : search_before(s, line + 1) : search_before(s, line);
	if (down ? i < s->n : i > 0 && (done || (line != STR_NONE && s->next >= line))) {
		*ret_hit = s->hits[down ? i : i - 1];
		return HISTORY_FOUND;
	}
	if (!done)
		return HISTORY_NOT_YET;
	if (s->n == 0)
		return HISTORY_NOT_FOUND;
	*ret_hit = s->hits[down ? 0 : s->n - 1];
	return HISTORY_FOUND;
}
