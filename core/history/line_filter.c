#include "core/history/line_filter.h"

#include <stdlib.h>

#include "core/base/check.h"
#include "core/history/line_set.h"

struct line_filter {
	struct history_search *search;
	struct journal *journal;
	int step;
	size_t context;
	size_t taken;                   /* hits of the search that are among the lines */
	struct line_set lines;
};

struct line_filter *line_filter_new(struct str pattern, size_t context, struct error *err)
{
	struct history_search *search = history_search_new(pattern, err);
	if (!search)
		return NULL;
	struct line_filter *f = xcalloc(1, sizeof *f);
	f->search = search;
	f->step = -1;
	f->context = context < LINE_FILTER_CONTEXT_MAX ? context : LINE_FILTER_CONTEXT_MAX;
	return f;
}

void line_filter_free(struct line_filter *f)
{
	if (!f)
		return;
	history_search_free(f->search);
	line_set_finish(&f->lines);
	free(f);
}

void line_filter_over(struct line_filter *f, struct journal *journal, int step)
{
	history_search_over(f->search, journal, step);
	f->journal = journal;
	f->step = step;
	f->taken = f->lines.n = 0;
}

/* The match and the lines around it that are not there yet. */
static void filter_take(struct line_filter *f, size_t hit)
{
	size_t end = journal_lines(f->journal, f->step);
	size_t from = hit > f->context ? hit - f->context : 0;
	if (f->lines.n && f->lines.lines[f->lines.n - 1] >= from)
		from = f->lines.lines[f->lines.n - 1] + 1;
	for (; from < end && from <= hit + f->context; from++)
		line_set_add(&f->lines, from);
}

static void filter_take_all(struct line_filter *f)
{
	for (; f->taken < history_search_count(f->search); f->taken++)
		filter_take(f, history_search_hit(f->search, f->taken));
}

/* The search forgets its last lines; so do we, and the last match that stays is taken
 * again: there may be more lines behind it now. */
void line_filter_grew(struct line_filter *f)
{
	if (!f->journal)
		return;
	history_search_grew(f->search);
	size_t stay = history_search_count(f->search);
	stay = stay < f->taken ? stay : f->taken;
	f->taken = stay ? stay - 1 : 0;
	size_t hit = stay ? history_search_hit(f->search, stay - 1) : 0;
	size_t from = stay && hit > f->context ? hit - f->context : 0;
	line_set_cut(&f->lines, from);
	filter_take_all(f);
}

bool line_filter_more(struct line_filter *f, size_t lines)
{
	bool more = history_search_more(f->search, lines);
	if (f->journal)
		filter_take_all(f);
	return more;
}

bool line_filter_is_done(const struct line_filter *f)
{
	return history_search_is_done(f->search);
}

size_t line_filter_count(const struct line_filter *f)
{
	return f->lines.n;
}

size_t line_filter_matches(const struct line_filter *f)
{
	return history_search_count(f->search);
}

size_t line_filter_line(const struct line_filter *f, size_t i)
{
	CHECK(i < f->lines.n);
	return f->lines.lines[i];
}

size_t line_filter_find(const struct line_filter *f, size_t line)
{
	return line_set_before(&f->lines, line);
}

bool line_filter_skips(const struct line_filter *f, size_t i)
{
	const uint32_t *lines = f->lines.lines;
	CHECK(i < f->lines.n);
	return i ? lines[i] > lines[i - 1] + 1 : lines[0] > 0;
}
