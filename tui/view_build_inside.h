#ifndef TUI_VIEW_BUILD_INSIDE_H
#define TUI_VIEW_BUILD_INSIDE_H

#include "core/history/line_filter.h"
#include "core/history/new_lines.h"
#include "core/journal/build.h"
#include "tui/list.h"
#include "tui/usual.h"
#include "tui/view_build.h"

/* The build view's state, for its own files alone: view_build.c (life, keys, layout),
 * _head (the lines above and below), _steps and _steps_draw (left), _log (right), _find
 * (search and errors), _replay (an old build as if it ran). */

/* A walk through all lines for one that is new. */
struct build_walk {
	size_t line, left;              /* left: how many are still to be looked at */
	bool down;
	uint64_t timer;
};

enum view_build_pane { BUILD_STEPS, BUILD_LOG };

/* What stands before a line of the log: seconds since its step began (of all: the build),
 * since the line above it, the time of day, or nothing. */
enum log_times { LOG_SINCE_START, LOG_SINCE_LINE, LOG_OF_DAY, LOG_NO_TIMES };

/* Steps that stand under one head: a group of the Dockerfile, a stage, or what is no
 * instruction. */
struct build_section {
	struct str name;                /* of the build */
	size_t n, done, cached;         /* steps that make a layer or are no instruction */
	enum step_state state;
	double seconds;                 /* of the intervals that have ended */
	double running, started;        /* steps that run, and the sum of when they began */
	bool folded, internal;
	bool kept;                      /* folded or unfolded by hand: stays so */
};

struct build_row {
	int step;                       /* -1: the head of its section */
	size_t section;
};

/* A clock of its own; at 0: no replay. */
struct build_replay {
	double at;                      /* seconds since the epoch */
	int speed;                      /* power of two */
	bool paused;
	int64_t last_ms;                /* when `at` was moved last */
	uint64_t timer;
};

struct view_build {
	struct view view;
	struct loop *loop;
	char *dir;
	struct journal *journal;
	struct build *build;
	enum journal_state state;
	double last_t;                  /* of the last event */
	struct build_replay replay;
	struct usual *usual;            /* NULL: of former builds nothing is known */
	bool usual_asked;
	bool cancels;                   /* asked for here; the job has not said so yet, maybe */

	struct build_section *sections;
	struct build_row *rows;
	size_t nsections, nrows, rows_cap;
	struct list steps;
	bool metas;                     /* instructions without a layer are shown */
	bool leads;                     /* the cursor goes to the step that runs */

	struct list log;
	int step;                       /* whose lines the log shows, when not all */
	bool all, follows, wraps;
	enum log_times times;
	size_t left_at;                 /* lines there were when following ended */
	struct log_text text;
	struct buf scratch;

	struct known_lines *known;      /* NULL: nobody has asked yet */
	struct worker *knower;          /* fills it */
	struct build_walk walk;

	struct line_filter *filter;     /* NULL: all lines are shown */
	struct buf filter_pattern;
	size_t filter_context;
	bool filter_asked;              /* what is typed is a filter, else to be searched for */

	struct history_search *search;  /* NULL: nothing searched for */
	struct history_search *errors;  /* over all lines, once asked for */
	struct history_search *warnings;
	struct buf pattern;
	struct history_search *wanted;  /* the one of them that a jump waits for; or NULL */
	size_t wanted_from;
	bool wanted_down;
	uint64_t slice;                 /* timer of the next slice of lines */

	enum view_build_pane pane;
	bool zoomed;
	int64_t drawn_ms, frame_due;
	uint64_t frame;                 /* timer of the next frame */
};

/* Seconds since the epoch as far as this build is concerned: a clock only while it
 * runs. */
double view_build_now(const struct view_build *);
bool view_build_runs(const struct view_build *);
/* The picture changed; it is drawn at once, or, ten times a second being enough,
 * a little later. */
void view_build_dirty(struct view_build *);
/* '=' '+' '>' '.' '!' 'x' '-', and how it is drawn. */
char view_build_mark(const struct view_build *, enum step_state);
enum style view_build_style(enum step_state);
/* "12s", "3m02s"; runs: of something that has not ended. */
void view_build_append_took(const struct view_build *, double seconds, bool runs, struct buf *out);

/* New events of the journal, if there are any. */
void view_build_more(struct journal *, void *data);
/* What is known of the build goes; the journal has been rewound. */
void view_build_forget(struct view_build *);

/* In view_build_nav.c. */
extern const struct view_nav view_build_nav;

/* ---- replay ---- */
bool view_build_replays(const struct view_build *);
void view_build_replay_start(struct view_build *);
/* False: the action is not about replays, or nothing is replayed. */
bool view_build_replay_act(struct view_build *, enum action);
/* "REPLAY 4x", "PAUSED"; the rest of the clock is view_build_now's. */
void view_build_replay_tell(const struct view_build *, struct buf *out);
void view_build_replay_finish(struct view_build *);

/* ---- head ---- */
/* Steps by state: those that make a layer, so that the numbers are those of the
 * Dockerfile. */
struct step_counts {
	size_t of[STEP_SKIPPED + 1], all;
};
struct step_counts view_build_count(const struct build *);
void view_build_head_draw(const struct view_build *, struct surface *, struct area);
/* Rows that the last lines need, and the lines: how it ended, what is amiss. */
int view_build_end_rows(const struct view_build *, struct area);
void view_build_end_draw(const struct view_build *, struct surface *, struct area);

/* ---- steps ---- */
/* After new events: sections and rows anew, the cursor on the same step, or on the one
 * that runs. */
void view_build_steps_update(struct view_build *);
void view_build_steps_draw(struct view_build *, struct surface *, struct area);
bool view_build_steps_act(struct view_build *, enum action, unsigned count);
/* Cursor to the step, its section unfolded; the log becomes its log. */
void view_build_steps_go(struct view_build *, int step);
/* By one step among those shown, whatever pane has the keys. */
bool view_build_steps_by(struct view_build *, bool down);
/* The step that the log shows belongs to a line under the cursor: mark it. */
void view_build_steps_mark(struct view_build *, int step);
void view_build_steps_finish(struct view_build *);

/* ---- why ---- */
void view_build_why(struct view_build *);

/* ---- parts ---- */
/* "45% " of all that a step loads, "12.3M " where nobody knows how much it is, or nothing. */
void view_build_append_share(const struct step *, struct buf *out);
/* Lines that its parts want while it runs, and the lines. */
int view_build_parts_rows(const struct step *);
void view_build_parts_draw(const struct view_build *, struct surface *, struct area,
                           const struct step *);

/* ---- log ---- */
/* The step whose lines are shown; -1: all. */
int view_build_log_step(const struct view_build *);
/* The selection or the journal changed. */
void view_build_log_update(struct view_build *, bool anew);
void view_build_log_draw(struct view_build *, struct surface *, struct area);
bool view_build_log_act(struct view_build *, enum action, unsigned count);
/* Rows of the log pane are its lines, or those that a filter leaves: the line of a row,
 * that under the cursor (STR_NONE: there is none), whether a line has a row. */
size_t view_build_log_line(const struct view_build *, size_t row);
size_t view_build_log_here(const struct view_build *);
bool view_build_log_shows(const struct view_build *, size_t line);
/* The filter has found more, or is another one. */
void view_build_log_refresh(struct view_build *);
/* Cursor to the line, or the next that has a row; go: and the keys to the log. */
void view_build_log_put(struct view_build *, size_t line);
void view_build_log_go(struct view_build *, size_t line);
void view_build_log_follow(struct view_build *, bool on);

/* ---- a line of it ---- */
enum { VIEW_BUILD_MATCHES = 64 };       /* of a line, marked */
struct view_build_line {
	const struct log_text *text;
	struct { size_t at, end; } matches[VIEW_BUILD_MATCHES];
	size_t nmatches, run, match;
	bool clipped;
};
/* Of the line last read; text: the part of it that can be seen. */
void view_build_line_begin(struct view_build *, struct str text, struct view_build_line *ret_line);
/* Bytes [from, to) of the text; called with pieces in order. */
void view_build_line_draw(struct view_build_line *, struct pen *, size_t from, size_t to);
/* What is said behind it. */
void view_build_line_end(const struct view_build_line *, struct pen *);
/* 'E' error, 'W' warning (small: most good builds have it too), 'C' clipped; and in a
 * second column, if there is one, '+' for a line that no good build had. */
void view_build_line_marks(struct view_build *, struct pen *, int step, int columns);
/* Whether it tells that output is missing here. */
bool view_build_line_is_clipped(struct str text);

/* ---- filter ---- */
void view_build_filter_typed(struct view_build *, struct str pattern);
void view_build_filter_ask(struct view_build *, unsigned context);
/* All lines again; the cursor stays on its own. */
void view_build_filter_drop(struct view_build *);
/* "&pattern 12 of 3456 lines", or nothing. */
void view_build_filter_tell(const struct view_build *, struct buf *out);

/* ---- lines that are new ---- */
/* Asks a worker what good builds said, as soon as it is known which build this is. */
void view_build_new_update(struct view_build *);
bool view_build_new_is_known(const struct view_build *);
enum known_line view_build_new_tell(struct view_build *, int step, struct str text);
/* To the next or the one before, among all steps' lines. */
void view_build_new_go(struct view_build *, bool down);
void view_build_new_finish(struct view_build *);

/* ---- find ---- */
void view_build_find_typed(struct view_build *, struct str pattern);
bool view_build_find_act(struct view_build *, enum action);
/* Other lines are shown, or there are more of them. */
void view_build_find_update(struct view_build *, bool anew);
/* Where the cursor is among the lines of all steps; STR_NONE: nowhere, so that a jump
 * begins at an end. */
size_t view_build_find_here(const struct view_build *);
/* The cursor to a line of all: to its step, or in the log of all; no filter hides it. */
void view_build_find_reach(struct view_build *, size_t line);
/* What is still to be looked at, for a search or a filter, is in slices. */
void view_build_find_go_on(struct view_build *);
/* To the first step that failed, and the last of its lines. */
bool view_build_find_fatal(struct view_build *);
/* "/pattern 3 of 17", or nothing. */
void view_build_find_tell(const struct view_build *, struct buf *out);
/* 'E', 'W' or ' ' for a line of text. */
char view_build_find_kind(struct view_build *, struct str text);
void view_build_find_finish(struct view_build *);

/* In _news: for the ops. */
void view_build_news(struct view *, struct view_news *);

#endif
