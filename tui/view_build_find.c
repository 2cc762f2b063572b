/* Search in the log, and jumps to what went wrong.  Lines are looked at in slices from
 * a timer, so that a million of them stop no key and no frame. */
#include "core/base/check.h"
#include "tui/app.h"
#include "tui/view_build_inside.h"

/* Some milliseconds of the slowest pattern. */
enum { FIND_SLICE = 8000 };

static void find_slice_later(struct view_build *b);

/* ---- jumps ---- */

static void find_reveal(struct view_build *b, size_t line)
{
	if (!view_build_log_shows(b, line)) {
		view_build_filter_drop(b);
		app_say(b->view.app, "the filter hid this line: all lines are shown");
	}
	view_build_log_go(b, line);
}

void view_build_find_reach(struct view_build *b, size_t line)
{
	size_t n;
	int step = journal_line_step(b->journal, line, &n);
	b->leads = false;
	if (b->all || step < 0 || (size_t)step >= b->build->nsteps) {
		if (!b->all) {
			b->all = true;
			view_build_log_update(b, true);
		}
		find_reveal(b, line);
		return;
	}
	view_build_steps_go(b, step);
	find_reveal(b, n);
}

static void find_arrive(struct view_build *b, size_t hit)
{
	struct app *app = b->view.app;
	bool down = b->wanted_down;
	if (b->wanted_from != STR_NONE && (down ? hit <= b->wanted_from : hit >= b->wanted_from))
		app_say(app, hit == b->wanted_from ? "this is the only one" :
		        down ? "past the end: from the beginning" : "past the beginning: from the end");
	if (b->wanted != b->search)
		view_build_find_reach(b, hit);
	else {
		b->leads = false;
		find_reveal(b, hit);
	}
}

static void find_nothing(struct view_build *b)
{
	bool errors = b->wanted == b->errors, warnings = b->wanted == b->warnings;
	b->wanted = NULL;
	if (errors && view_build_find_fatal(b))
		return;
	if (errors || warnings)
		app_say(b->view.app, "no line of the log looks like %s",
		        errors ? "an error" : "a warning");
	else
		app_say(b->view.app, "%s is not found%s", buf_text(&b->pattern),
		        b->all ? "" : " in this step (a: all steps)");
}

/* Jumps if it can be said where to; true when nothing is waited for any more. */
static bool find_settle(struct view_build *b)
{
	size_t hit;
	if (!b->wanted)
		return true;
	switch (history_search_near(b->wanted, b->wanted_from, b->wanted_down, &hit)) {
	case HISTORY_NOT_YET: return false;
	case HISTORY_FOUND: find_arrive(b, hit); break;
	case HISTORY_NOT_FOUND: find_nothing(b); break;
	}
	b->wanted = NULL;
	return true;
}

static void find_want(struct view_build *b, struct history_search *search, size_t from, bool down)
{
	b->wanted = search;
	b->wanted_from = from;
	b->wanted_down = down;
	history_search_more(search, FIND_SLICE / 2);
	find_settle(b);
	find_slice_later(b);
}

/* ---- slices ---- */

static void find_slice(struct loop *loop, void *data)
{
	struct view_build *b = data;
	(void)loop;
	b->slice = 0;
	struct history_search *first = b->wanted ? b->wanted : b->search;
	bool filters = b->filter && !line_filter_is_done(b->filter);
	if (filters) {
		line_filter_more(b->filter, FIND_SLICE);
		view_build_log_refresh(b);
	}
	if (first && (!filters || b->wanted))
		history_search_more(first, filters ? FIND_SLICE / 2 : FIND_SLICE);
	bool waits = b->wanted != NULL;
	if (find_settle(b) && waits)
		app_dirty(b->view.app);
	else
		view_build_dirty(b);
	find_slice_later(b);
}

static void find_slice_later(struct view_build *b)
{
	bool more = (b->wanted && !history_search_is_done(b->wanted)) ||
	            (b->search && !history_search_is_done(b->search)) ||
	            (b->filter && !line_filter_is_done(b->filter));
	if (more && !b->slice)
		b->slice = loop_timer(b->loop, 0, find_slice, b);
}

void view_build_find_go_on(struct view_build *b)
{
	find_slice_later(b);
}

void view_build_find_update(struct view_build *b, bool anew)
{
	if (b->errors) {
		history_search_grew(b->errors);
		history_search_grew(b->warnings);
	}
	/* What can be said at once is: a line that is kept has its row then. */
	if (b->filter && anew) {
		line_filter_over(b->filter, b->journal, view_build_log_step(b));
		line_filter_more(b->filter, FIND_SLICE);
	} else if (b->filter) {
		line_filter_grew(b->filter);
	}
	if (b->search && anew)
		history_search_over(b->search, b->journal, view_build_log_step(b));
	else if (b->search)
		history_search_grew(b->search);
	if (b->wanted && b->wanted == b->search && anew)
		b->wanted = NULL;
	find_slice_later(b);
}

void view_build_find_finish(struct view_build *b)
{
	loop_untimer(b->loop, b->slice);
	history_search_free(b->search);
	history_search_free(b->errors);
	history_search_free(b->warnings);
	line_filter_free(b->filter);
	buf_finish(&b->pattern);
	buf_finish(&b->filter_pattern);
}

/* ---- searching ---- */

static void find_forget(struct view_build *b)
{
	if (b->wanted == b->search)
		b->wanted = NULL;
	history_search_free(b->search);
	b->search = NULL;
	buf_clear(&b->pattern);
}

void view_build_find_typed(struct view_build *b, struct str pattern)
{
	struct error err;
	if (b->filter_asked) {
		view_build_filter_typed(b, pattern);
		return;
	}
	if (!pattern.n) {
		find_forget(b);
		return;
	}
	struct history_search *search = history_search_new(pattern, &err);
	if (!search) {
		app_alert(b->view.app, "%s", err.text);
		return;
	}
	find_forget(b);
	b->search = search;
	buf_append(&b->pattern, pattern);
	history_search_over(search, b->journal, view_build_log_step(b));
	/* The line under the cursor counts, and from the end there is no forward. */
	size_t at = view_build_log_here(b);
	bool from_start = b->follows || at == STR_NONE || at == 0 || b->log.cursor + 1 >= b->log.n;
	find_want(b, search, from_start ? STR_NONE : at - 1, true);
}

static bool find_again(struct view_build *b, bool down)
{
	if (!b->search) {
		app_say(b->view.app, "/ searches first");
		return true;
	}
	if (b->log.n == 0)
		return false;
	find_want(b, b->search, view_build_log_here(b), down);
	return true;
}

/* ---- errors ---- */

static struct history_search *find_pattern(const char *pattern)
{
	struct error err;
	struct history_search *search = history_search_new(str_of(pattern), &err);
	CHECK(search);
	return search;
}

static void find_need_errors(struct view_build *b)
{
	if (b->errors)
		return;
	b->errors = find_pattern(history_search_errors);
	b->warnings = find_pattern(history_search_warnings);
	history_search_over(b->errors, b->journal, -1);
	history_search_over(b->warnings, b->journal, -1);
}

char view_build_find_kind(struct view_build *b, struct str text)
{
	size_t at, size;
	find_need_errors(b);
	text = str_slice(text, 0, 4096);
	return history_search_line(b->errors, text, 0, &at, &size) ? 'E' :
	       history_search_line(b->warnings, text, 0, &at, &size) ? 'W' : ' ';
}

size_t view_build_find_here(const struct view_build *b)
{
	size_t line = view_build_log_here(b);
	/* From the steps' pane, or while following, the first one is meant. */
	if (b->pane != BUILD_LOG || line == STR_NONE)
		return STR_NONE;
	return journal_line_of_all(b->journal, view_build_log_step(b), line);
}

static bool find_trouble(struct view_build *b, bool errors, bool down)
{
	find_need_errors(b);
	find_want(b, errors ? b->errors : b->warnings,
	          down && b->follows ? STR_NONE : view_build_find_here(b), down);
	return true;
}

bool view_build_find_fatal(struct view_build *b)
{
	int step = build_failed_step(b->build);
	if (step < 0)
		return false;
	b->leads = false;
	b->all = false;
	view_build_steps_go(b, step);
	view_build_log_update(b, true);
	b->pane = BUILD_LOG;
	return true;
}

bool view_build_find_act(struct view_build *b, enum action action)
{
	switch (action) {
	case ACTION_SEARCH:
		b->filter_asked = false;
		app_prompt(b->view.app, "/");
		return true;
	case ACTION_SEARCH_NEXT: return find_again(b, true);
	case ACTION_SEARCH_PREV: return find_again(b, false);
	case ACTION_NEXT_ERROR: return find_trouble(b, true, true);
	case ACTION_PREV_ERROR: return find_trouble(b, true, false);
	case ACTION_NEXT_WARNING: return find_trouble(b, false, true);
	case ACTION_PREV_WARNING: return find_trouble(b, false, false);
	case ACTION_NEXT_NEW: view_build_new_go(b, true); return true;
	case ACTION_PREV_NEW: view_build_new_go(b, false); return true;
	case ACTION_FATAL:
		if (!view_build_find_fatal(b))
			app_say(b->view.app, "no step failed");
		return true;
	default: return false;
	}
}

void view_build_find_tell(const struct view_build *b, struct buf *out)
{
	if (!b->search)
		return;
	size_t n = history_search_count(b->search), at = 0;
	struct str pattern = str_slice(buf_str(&b->pattern), 0, 24);
	buf_append(out, STR(" /"));
	buf_append(out, pattern);
	/* Which of them is under the cursor. */
	size_t here = view_build_log_here(b), low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (history_search_hit(b->search, middle) < here)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < n && history_search_hit(b->search, low) == here)
		at = low + 1;
	if (at)
		buf_printf(out, " %zu of", at);
	buf_printf(out, " %zu%s", n, history_search_is_done(b->search) ? "" : "+");
}
