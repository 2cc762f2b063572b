#ifndef TUI_ARGS_H
#define TUI_ARGS_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* The command line, taken apart by option.def. */
struct args {
	const char *const *operands;    /* NULL-terminated */
	size_t noperands;
	const char *const *profiles;    /* in order */
	size_t nprofiles;
	bool has_profiles;              /* given, be it as "" for none */
	const struct pair *options;     /* all others by long name, in order; NONE: value "" */
	size_t noptions;
};

/* allowed: the long names a command takes, separated by blanks; profile, help and
 * kind need naming too.  "--" ends options.  Borrows argv; lists in the arena. */
bool args_parse(struct arena *, const char *allowed, int argc, char *const *argv,
                struct args *ret_args, struct error *);
/* The last value given, "" for NONE, or NULL. */
const char *args_get(const struct args *, const char *name);
bool args_has(const struct args *, const char *name);
/* A usage line and the options of a command, for --help. */
void args_describe(struct buf *, const char *allowed);

#endif
