#ifndef CORE_RECIPE_VALUES_INSIDE_H
#define CORE_RECIPE_VALUES_INSIDE_H

#include "core/base/map.h"
#include "core/recipe/shell.h"
#include "core/recipe/values.h"

/* Private to values*.c.
 *
 * Stages that stand on stages are a tree.  It is walked once, every instruction gets its place on
 * that walk, and each name has a line of what it is bound to from which place on; where a stage's
 * branch is left, what the stage bound is unbound again.  So a name's value for an instruction is
 * found by halves, however many stages stand on one another. */
struct binding {
	struct variable variable;
	const struct binding *env;      /* what ENVs alone say: itself, or what stood before; NULL */
	int stage;
};

struct binding_from {
	unsigned at;
	const struct binding *binding;  /* NULL: nothing any more */
};

struct timeline {
	struct binding_from *list;      /* ascending */
	size_t n, cap;
};

struct values {
	struct arena *arena;
	const struct recipe *recipe;
	const struct pair *args;
	size_t nargs;
	bool ends_args;
	struct map given;               /* name to pair */
	struct map globals, locals;     /* name to timeline; a global's place is that behind its ARG */
	unsigned *at;                   /* of each instruction */
	unsigned *end;                  /* of each stage: behind its last instruction */
	int *bases;                     /* the stage it stands on, or -1 */
	struct str *images;             /* else what it stands on */
	bool *is_scratch;               /* of each stage: below it there is nothing */
	struct map predefined;          /* proxies that are given, to variable */
	bool *is_posix;                 /* of each instruction: its shell is like sh */
	const struct pair **unused;
	size_t nunused;
};

/* As values_find, and with what the instruction itself does if it is an ARG or ENV. */
const struct variable *values_find_behind(const struct values *, int instruction, struct str name);
/* What shell_expand asks; data is a struct values_asking. */
struct values_asking {
	const struct values *values;
	int instruction;
	bool behind;                    /* with what the instruction itself has bound so far */
};
enum shell_variable values_lookup(void *data, struct str name, struct str *ret_value);

/* ---- values_platform.c ---- */
/* TARGETARCH and its like.  False: no such name; ret_value.p NULL where it is not known. */
bool values_platform(struct arena *, const struct recipe *, const char *platform, size_t i,
                     struct pair *ret);
/* Names that a builder takes without any ARG. */
bool values_is_builders(struct str name);
bool values_is_proxy(struct str name);

#endif
