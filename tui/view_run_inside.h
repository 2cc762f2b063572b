#ifndef TUI_VIEW_RUN_INSIDE_H
#define TUI_VIEW_RUN_INSIDE_H

#include "core/history/log_text.h"
#include "core/history/search.h"
#include "core/job/run.h"
#include "tui/list.h"
#include "tui/run_log.h"
#include "tui/view_run.h"

/* The run view's state, for view_run.c (life, news, keys), view_run_draw.c and tests. */
struct view_run {
	struct view view;
	struct loop *loop;
	struct arena *arena;            /* of build */
	struct run_build build;
	struct run *run;                /* NULL in tests, and where it could not start */
	const struct run_report *report;
	const char *engine;             /* "dockerd 20.10.24", "" */
	struct run_log log;
	struct list list;
	bool follows, times, asked, ended;
	size_t left_at;                 /* lines there were when following ended */
	struct run_end end;
	struct log_text text;
	struct history_search *search;
	struct buf pattern;
	int64_t drawn_ms;
	uint64_t frame;                 /* timer of the next frame */
};

/* Without a container; run is set by who starts one. */
struct view_run *view_run_new(struct loop *, const struct run_build *);
/* What a run tells, data: the view. */
struct run_events view_run_events(struct view_run *);
void view_run_draw(struct view *, struct surface *, struct area);

#endif
