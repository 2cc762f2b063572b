#ifndef TUI_DOCKERFILE_H
#define TUI_DOCKERFILE_H

#include "core/base/map.h"
#include "core/plan/plan.h"
#include "tui/foretold.h"
#include "tui/list.h"

/* The Dockerfile pane: its text with the groups as separators and the level's
 * boundary, from which on everything certainly runs anew. */
enum dockerfile_kind { DOCKERFILE_TEXT, DOCKERFILE_GROUP, DOCKERFILE_BOUNDARY };

struct dockerfile_row {
	enum dockerfile_kind kind;
	int instruction;                /* -1: a comment, a blank line, a separator */
	unsigned line;                  /* in the Dockerfile, from 1; 0: not in it */
	struct str text;
};

struct dockerfile {
	struct arena *arena;
	const struct recipe *recipe;    /* borrowed; NULL: there is none */
	const struct level_effect *level;
	struct dockerfile_row *rows;
	struct list list;
	bool *lit;                      /* one an instruction */
	char *marks;                    /* the same: ! ? or 0, for problems of what causes it */
	bool *changed;                  /* the same, of those that an edit made; NULL: none */
	const struct forecast_step **foretold;  /* the same; NULL where nothing is; of foretold */
	bool has_times, is_guess;       /* any step was timed; what is foretold is stale */
	bool stale;
};

void dockerfile_finish(struct dockerfile *);
/* Shows the plan's Dockerfile (NULL: none); the cursor stays on its line. */
void dockerfile_show(struct dockerfile *, const struct plan *, bool stale);
/* Marks the instructions that follow from something with a problem. */
void dockerfile_mark(struct dockerfile *, const struct problems *);
/* Marks each instruction with what is foretold of it, which lives until the next call. */
void dockerfile_foretell(struct dockerfile *, const struct foretold *);
/* The instruction under the cursor, or -1. */
int dockerfile_instruction(const struct dockerfile *);
/* Marks the instructions whose text is none of these; returns how many.  NULL: no marks. */
size_t dockerfile_mark_changed(struct dockerfile *, const struct map *texts);
void dockerfile_go(struct dockerfile *, int instruction);
/* Cursor to the next lit instruction from here, around the end; false: none. */
bool dockerfile_go_lit(struct dockerfile *);
/* Scrolls, without the cursor, so that the first lit instruction shows. */
void dockerfile_show_lit(struct dockerfile *);
/* To the next group or stage; false at the end. */
bool dockerfile_section(struct dockerfile *, bool down);
bool dockerfile_search(struct dockerfile *, struct str needle, bool down);
void dockerfile_draw(struct dockerfile *, struct surface *, struct area, bool focused);

#endif
