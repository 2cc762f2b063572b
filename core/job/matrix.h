#ifndef CORE_JOB_MATRIX_H
#define CORE_JOB_MATRIX_H

#include "core/job/combo.h"
#include "core/kind/kind.h"

/* A project in several combinations of profiles: what each of them is, what they have in
 * common, and in which order they are best built.  No combination is made up here: of
 * twenty profiles there are more than anybody can read. */

enum { MATRIX_MAX = 256 };              /* combinations; REQUEST_COMBOS_MAX */
/* Problems of a combination that are kept as text; all are counted. */
enum { MATRIX_PROBLEMS = 20 };

/* What an instruction is, all before it included: equal hashes are equal beginnings. */
struct matrix_key {
	size_t hash;
	bool works;                     /* makes a layer by doing something: worth waiting for */
};

struct matrix_row {
	struct combo combo;
	const char *name;               /* combo_append_name */
	bool read;                      /* what follows is known */
	size_t errors, warnings;
	const char *const *problems;    /* as problem_print has them, errors first */
	size_t nproblems;
	const char *image;              /* NULL: it cannot be built */
	bool no_cache;                  /* its level takes nothing from the cache */
	const struct matrix_key *keys;  /* one an instruction that is reached */
	size_t nkeys;
	/* By matrix_relate. */
	size_t with, shared;            /* the row with the longest equal beginning; STR_NONE */
	size_t clash;                   /* an earlier row of the same image; STR_NONE */
};

struct matrix {
	struct arena *arena;
	struct matrix_row *rows;
	size_t n, next;                 /* next: the first row that is not read */
	const char *project;            /* its name, from the first row that tells it; or NULL */
};

struct matrix *matrix_new(void);
void matrix_free(struct matrix *);
OWN_DEFINE(matrix)
/* The row of these profiles in this order, added when there is none; STR_NONE when there
 * are MATRIX_MAX already. */
size_t matrix_add(struct matrix *, const char *const *profiles, size_t n);
/* The base and each of the profiles by itself. */
void matrix_add_known(struct matrix *, const char *const *profiles, size_t n);
size_t matrix_find(const struct matrix *, const char *const *profiles, size_t n);

/* What is read: lent for the call; the selection's profiles count for nothing. */
struct matrix_source {
	const struct kind *kind;
	const struct target *target;
	const struct selection *selection;
	struct files *files;
};
/* Reads the next row, which takes milliseconds; false when all are read. */
bool matrix_read_next(struct matrix *, const struct matrix_source *);
/* Fills with, shared and clash of the rows read so far. */
void matrix_relate(struct matrix *);

/* Nothing keeps the row from being built. */
bool matrix_can_build(const struct matrix_row *);
/* Errors, the clash included. */
size_t matrix_errors(const struct matrix_row *);

/* How many instructions at the beginning of both are the same; *ret_works (may be NULL):
 * how many of them do something whose result the one can leave to the other. */
size_t matrix_common(const struct matrix_row *, const struct matrix_row *, size_t *ret_works);
/* An order of these rows in which shared work is begun first: those that share nothing
 * with one before them, then the others, both as they were given. */
void matrix_order(const struct matrix *, const size_t *rows, size_t n, size_t *ret_order);

/* A row that is being built; done: instructions at its beginning that are. */
struct matrix_running {
	size_t row, done;
};
/* False while one of those works at what this row shares with it: a moment later the
 * cache has it. */
bool matrix_may_start(const struct matrix *, size_t row, const struct matrix_running *, size_t n);

#endif
