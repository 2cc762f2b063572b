#ifndef TUI_DOCKERFILE_H
#define TUI_DOCKERFILE_H

#include "core/base/map.h"
#include "core/plan/plan.h"
#include "tui/foretold.h"
#include "tui/list.h"

struct values;

/* The Dockerfile pane: its text with stages and groups as separators and the level's
 * boundary, from which on everything certainly runs anew.  A file that was read is shown as
 * its author wrote it, also where the level adds an instruction of ours to what is sent. */
enum dockerfile_kind { DOCKERFILE_TEXT, DOCKERFILE_GROUP, DOCKERFILE_STAGE, DOCKERFILE_BOUNDARY };

struct dockerfile_row {
	enum dockerfile_kind kind;
	int instruction;                /* -1: a comment, a blank line, a separator */
	int stage;                      /* STAGE: the one that begins here; else -1 */
	unsigned line;                  /* in the Dockerfile, from 1; 0: not in it */
	struct str text;
	struct str filled;              /* with the values put in; p NULL: it is the same */
	const struct dockerfile_run *runs;      /* those values in it, ascending */
	size_t nruns;
	char mark;                      /* ! ? i of the worst finding on this line; 0: none */
	size_t problem;                 /* that finding; STR_NONE */
	uint32_t from, to;              /* its bytes of text; to 0: no run of them */
	size_t advice;                  /* of what was advised, by its number; STR_NONE */
};

struct dockerfile_run {
	uint32_t at, size;
};

/* What is worth a line at an instruction, from a worker; by the file's line. */
struct dockerfile_advice {
	unsigned line;
	struct str text;
};

struct dockerfile {
	struct arena *arena;
	const struct recipe *recipe;    /* borrowed; NULL: there is none */
	const struct level_effect *level;
	int forced;                     /* of recipe, behind the level's boundary; -1: none is */
	bool is_part;                   /* behind it RUN is anew, what is copied only if it changed */
	struct values *values;          /* what its variables are; NULL: no recipe */
	struct dockerfile_row *rows;
	struct list list;
	bool *lit;                      /* one an instruction */
	char *marks;                    /* the same: ! ? or 0, for problems of what causes it */
	bool *changed;                  /* the same, of those that an edit made; NULL: none */
	const struct forecast_step **foretold;  /* the same; NULL where nothing is; of foretold */
	bool has_times, is_guess;       /* any step was timed; what is foretold is stale */
	bool stale;
	bool is_filled;                 /* the rows have their text with values */
	bool fills;                     /* values are shown in the place of variables */
};

void dockerfile_finish(struct dockerfile *);
/* Shows the plan's Dockerfile (NULL: none); the cursor stays on its line. */
void dockerfile_show(struct dockerfile *, const struct plan *, bool stale);
/* Marks lines with what was found at them, and the instructions that follow from something
 * with a problem. */
void dockerfile_mark(struct dockerfile *, const struct problems *);
/* Whether it was found in the text that is shown; in this row of it. */
bool dockerfile_has(const struct dockerfile *, const struct problem *);
bool dockerfile_is_at(const struct dockerfile *, const struct dockerfile_row *,
                      const struct problem *);
/* Marks each instruction with what is foretold of it, which lives until the next call. */
void dockerfile_foretell(struct dockerfile *, const struct foretold *);
/* Marks lines with advice. */
void dockerfile_advise(struct dockerfile *, const struct dockerfile_advice *, size_t n);
/* As written, or with the values of variables put in. */
void dockerfile_fill(struct dockerfile *, bool fills);
/* The instruction under the cursor, or -1. */
int dockerfile_instruction(const struct dockerfile *);
/* The same; of a comment, a blank line or a separator the one above it. */
int dockerfile_instruction_above(const struct dockerfile *);
/* The row under the cursor, or NULL. */
const struct dockerfile_row *dockerfile_row(const struct dockerfile *);
/* Whether what is shown is a file's own text, as somebody wrote it. */
bool dockerfile_is_read(const struct dockerfile *);
/* Marks the instructions whose text is none of these; returns how many.  NULL: no marks. */
size_t dockerfile_mark_changed(struct dockerfile *, const struct map *texts);
void dockerfile_go(struct dockerfile *, int instruction);
/* To the file's line; false: it has none of this number. */
bool dockerfile_go_to_line(struct dockerfile *, unsigned line);
/* Cursor to the next lit instruction from here, around the end; false: none. */
bool dockerfile_go_lit(struct dockerfile *);
/* Scrolls, without the cursor, so that the first lit instruction shows. */
void dockerfile_show_lit(struct dockerfile *);
bool dockerfile_is_lit(const struct dockerfile *, size_t row);
/* To the next group or stage; false at the end. */
bool dockerfile_section(struct dockerfile *, bool down);
bool dockerfile_search(struct dockerfile *, struct str needle, bool down);
/* In dockerfile_draw.c. */
void dockerfile_draw(struct dockerfile *, struct surface *, struct area, bool focused);

#endif
