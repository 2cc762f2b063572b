#ifndef CORE_HISTORY_FINGERPRINT_SCOPE_H
#define CORE_HISTORY_FINGERPRINT_SCOPE_H

#include "core/base/arena.h"
#include "core/history/fingerprint_chain.h"

/* Private to fingerprints: the variables that an instruction sees, as builders put them in. */
struct scope_variable {
	struct str name, value;
	bool is_arg;                    /* else of an ENV */
	bool is_set;                    /* an ARG without a value is declared alone */
	bool is_fresh;                  /* another value in every build */
};

struct scope {
	struct arena *arena;
	char escape;
	const struct scope *global;     /* the ARGs before the first FROM; NULL: this is it */
	const struct fingerprint_arg *args;     /* what the build is given */
	size_t nargs;
	struct scope_variable *variables;       /* in the order in which they were last set */
	size_t n, cap;
	struct str workdir, user, shell;        /* n 0: the base image's */
};

/* Quotes and escapes taken off, variables put in; one that only the base image may know
 * stays as "${NAME}". */
struct str scope_expand(const struct scope *, struct str word);
/* ARG, ENV, WORKDIR, USER, SHELL change it; others do not. */
void scope_take(struct scope *, const struct instruction *);
const struct scope_variable *scope_find(const struct scope *, struct str name);
/* A copy for a stage that stands on another. */
struct scope scope_inherit(const struct scope *, bool with_args);

#endif
