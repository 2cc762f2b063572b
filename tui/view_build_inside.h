#ifndef TUI_VIEW_BUILD_INSIDE_H
#define TUI_VIEW_BUILD_INSIDE_H

#include "core/history/search.h"
#include "core/journal/build.h"
#include "tui/list.h"
#include "tui/view_build.h"

/* The build view's state, for its own files alone: view_build.c (life, keys, layout),
 * _head (the lines above and below), _steps and _steps_draw (left), _log (right), _find
 * (search and errors), _replay (an old build as if it ran). */

enum view_build_pane { BUILD_STEPS, BUILD_LOG };

/* Steps that stand under one head: a group of the Dockerfile, a stage, or what is no
 * instruction. */
struct build_section {
	struct str name;                /* of the build */
	size_t n, done, cached;         /* steps that make a layer or are no instruction */
	enum step_state state;
	double seconds;
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
	bool cancels;                   /* asked for here; the job has not said so yet, maybe */

	struct build_section *sections;
	struct build_row *rows;
	size_t nsections, nrows, rows_cap;
	struct list steps;
	bool metas;                     /* instructions without a layer are shown */
	bool leads;                     /* the cursor goes to the step that runs */

	struct list log;
	int step;                       /* whose lines the log shows, when not all */
	bool all, follows, wraps, times;
	size_t left_at;                 /* lines there were when following ended */
	struct log_text text;
	struct buf scratch;

	struct history_search *search;  /* NULL: nothing searched for */
	struct history_search *errors;  /* over all lines, once asked for */
	struct history_search *warnings;        /* for marks alone */
	struct buf pattern;
	struct history_search *wanted;  /* the one of both that a jump waits for; or NULL */
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

/* ---- log ---- */
/* The step whose lines are shown; -1: all. */
int view_build_log_step(const struct view_build *);
/* The selection or the journal changed. */
void view_build_log_update(struct view_build *, bool anew);
void view_build_log_draw(struct view_build *, struct surface *, struct area);
bool view_build_log_act(struct view_build *, enum action, unsigned count);
void view_build_log_go(struct view_build *, size_t line);
void view_build_log_follow(struct view_build *, bool on);

/* ---- find ---- */
void view_build_find_typed(struct view_build *, struct str pattern);
bool view_build_find_act(struct view_build *, enum action);
/* Other lines are shown, or there are more of them. */
void view_build_find_update(struct view_build *, bool anew);
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
