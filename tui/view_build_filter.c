/* The log of a build, only the lines in which a pattern stands, and those around them. */
#include "tui/app.h"
#include "tui/view_build_inside.h"

/* Lines looked at before the next frame; the rest comes in slices. */
enum { FILTER_AT_ONCE = 8000 };

void view_build_filter_ask(struct view_build *b, unsigned context)
{
	b->filter_asked = true;
	b->filter_context = context;
	app_prompt(b->view.app, "&");
}

/* Other rows: the line under the cursor stays, or the end is followed on. */
static void filter_set(struct view_build *b, struct line_filter *filter)
{
	size_t line = view_build_log_here(b);
	bool follows = b->follows;
	line_filter_free(b->filter);
	b->filter = filter;
	if (filter) {
		line_filter_over(filter, b->journal, view_build_log_step(b));
		line_filter_more(filter, FILTER_AT_ONCE);
	}
	b->log.top = b->log.cursor = 0;
	view_build_log_refresh(b);
	view_build_find_go_on(b);
	if (line != STR_NONE && !follows)
		view_build_log_put(b, line);
	else
		view_build_log_follow(b, true);
}

void view_build_filter_drop(struct view_build *b)
{
	if (!b->filter)
		return;
	buf_clear(&b->filter_pattern);
	filter_set(b, NULL);
}

void view_build_filter_typed(struct view_build *b, struct str pattern)
{
	struct error err;
	if (!pattern.n) {
		view_build_filter_drop(b);
		return;
	}
	struct line_filter *filter = line_filter_new(pattern, b->filter_context, &err);
	if (!filter) {
		app_alert(b->view.app, "%s", err.text);
		return;
	}
	buf_clear(&b->filter_pattern);
	buf_append(&b->filter_pattern, pattern);
	filter_set(b, filter);
}

void view_build_filter_tell(const struct view_build *b, struct buf *out)
{
	if (!b->filter)
		return;
	size_t all = journal_lines(b->journal, view_build_log_step(b));
	buf_append(out, STR(" &"));
	buf_append(out, str_slice(buf_str(&b->filter_pattern), 0, 24));
	if (b->filter_context)
		buf_printf(out, " +-%zu", b->filter_context);
	buf_printf(out, "  %zu%s of %zu lines", line_filter_matches(b->filter),
	           line_filter_is_done(b->filter) ? "" : "+", all);
}
