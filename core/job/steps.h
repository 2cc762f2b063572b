#ifndef CORE_JOB_STEPS_H
#define CORE_JOB_STEPS_H

#include "core/history/forecast.h"
#include "core/plan/plan.h"

/* The lines of a build, numbered: tasks that images are made from first, then images and runs
 * in the plan's order, an image's lines being every instruction of a reachable stage, then
 * pushes; what the engine adds comes after them. */
struct steps;

/* Borrows the plan. */
struct steps *steps_new(const struct plan *);
void steps_free(struct steps *);
OWN_DEFINE(steps)

/* The step of a task that builds no image, or of an instruction of one that does;
 * -1: it has none. */
int steps_of_task(const struct steps *, size_t task);
int steps_of_instruction(const struct steps *, size_t task, int instruction);
/* A step that could not be foreseen. */
int steps_add(struct steps *);

/* build.start's `steps`, in the arena. */
struct value *steps_describe(const struct steps *, struct arena *);
/* Sets `forecast` in such a list. */
void steps_foretell(struct arena *, struct value *list, const struct forecast *);
/* The name of an instruction's step: it in one line, continuations joined, a heredoc's text
 * left out; in the arena. */
struct str steps_name(struct arena *, struct str text);
/* The recipe that is sent: the level's own, if it needs one. */
const struct recipe *steps_recipe(const struct image_task *);

#endif
