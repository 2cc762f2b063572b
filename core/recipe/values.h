#ifndef CORE_RECIPE_VALUES_H
#define CORE_RECIPE_VALUES_H

#include "core/recipe/recipe.h"

/* The variables of a recipe as every instruction sees them (BuildKit's
 * dockerfile2llb): ARG before FROM counts for FROM alone, until an ARG without a
 * value takes it up; of ARG and ENV with one name the later one counts; a stage that
 * stands on a stage sees what that one had, ENV before ARG.  Pure. */

enum variable_from {
	VARIABLE_GIVEN,                 /* by a build-arg */
	VARIABLE_DEFAULT,               /* of an ARG */
	VARIABLE_ENV,
	VARIABLE_PLATFORM,              /* TARGETARCH and its like, which the platform says */
	VARIABLE_PREDEFINED,            /* HTTP_PROXY and its like: RUN sees it without an ARG */
	VARIABLE_UNKNOWN,               /* declared, but nothing here says its value */
};

struct variable {
	struct str name, value;
	enum variable_from from;
	bool is_set;                    /* false: value says nothing */
	bool is_arg;                    /* declared by ARG (or by nobody), not by ENV */
	int instruction;                /* that declared it last; -1: none */
};

struct values_given {
	const struct pair *args;        /* build-args; of two with one name the later one; value.p
	                                 * NULL: it has a value, which only the build knows */
	size_t nargs;
	const char *platform;           /* "os/arch[/variant]"; NULL: not known */
	bool ends_args;                 /* an ARG ends with its stage (classic builder, buildah),
	                                 * and ENV counts whatever an ARG says */
};

struct values;
/* Copies what is given; borrows the recipe.  Never NULL: a default that cannot be
 * expanded makes its variable an unknown one. */
struct values *values_new(const struct recipe *, const struct values_given *);
void values_free(struct values *);
OWN_DEFINE(values)

/* As that instruction sees it, before it has done anything itself; CMD, ENTRYPOINT and
 * HEALTHCHECK run later and see the ENVs of their whole stage.  NULL: nobody
 * declared it (the base image may have).  Lives as long as the values. */
const struct variable *values_find(const struct values *, int instruction, struct str name);

struct variable_use {
	struct str name;
	struct span at;                 /* "$X", "${X:-…}" whole, in the file; source NULL when
	                                 * derived, at then counts from the instruction's text */
	const struct variable *variable;        /* NULL: nobody declared it */
	bool has_default;               /* ${X:-…} and its kin say what stands there without it */
	bool is_shells;                 /* a shell puts it in when the command runs, no builder */
};
/* The variables that the builder puts into that instruction, as they stand in it; of the
 * shell forms of RUN, CMD, ENTRYPOINT and HEALTHCHECK, and of RUN's heredocs, those that a
 * shell puts in: not in '…', and none that the command sets itself.  In the arena. */
size_t values_uses(const struct values *, int instruction, struct arena *,
                   struct variable_use **ret_uses);

/* The instruction's text as it would run: variables whose value is known put in, an ARG with
 * the value that it comes to, all else as written, quotes too.  As many lines as before, so
 * that it can stand beside the file: line ends and other control characters of values become
 * visible text.  In the arena. */
struct str values_text(const struct values *, struct arena *, int instruction);
/* The whole Dockerfile so, comments and empty lines as written.  The same. */
struct str values_recipe_text(const struct values *, struct arena *);

/* What a stage stands on with these variables: the stage's number, or -1 and in ret_base the
 * image's name (as written where only the build knows it).  recipe->stages says it for the
 * defaults alone. */
int values_base(const struct values *, int stage, struct str *ret_base);

/* One word as that instruction sees it, quotes and escapes taken off; false when it has a
 * variable whose value is not known. */
bool values_expand(const struct values *, int instruction, struct arena *, struct str word,
                   struct str *ret_text);

/* build-args that no ARG before FROM or of a reachable stage takes, and no builder by
 * itself.  Lives as long as the values. */
size_t values_unused(const struct values *, const struct pair *const **ret_args);

#endif
