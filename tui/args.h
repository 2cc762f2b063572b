#ifndef TUI_ARGS_H
#define TUI_ARGS_H

#include "core/base/arena.h"
#include "core/base/error.h"

/* The command line, taken apart by option.def. */
struct args {
	const char *const *operands;    /* NULL-terminated */
	size_t noperands;
	size_t nbefore;                 /* of them before "--"; all where there is none */
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

/* ---- the tables themselves, for help, manual and completion ---- */

/* A row of option.def. */
enum option_takes { NONE, ONE, MANY };
struct option {
	char letter;                    /* 0: none */
	const char *name;
	enum option_takes takes;
	const char *value, *text;
};
/* The next option of a command in the table's order, NULL behind the last; allowed NULL:
 * of all commands.  *i is 0 to begin. */
const struct option *args_next(const char *allowed, size_t *i);
/* "-c, --cache LEVEL" */
void args_append_option(struct buf *, const struct option *);

/* A row of word.def. */
enum word_source {
	WORD_PATH, WORD_FILE, WORD_DIR, WORD_PROFILE, WORD_LEVEL, WORD_KIND, WORD_ENGINE,
	WORD_BUILD, WORD_STEP, WORD_COMMAND, WORD_SUCH_AS, WORD_ONE_OF,
};
struct word {
	const char *name;
	enum word_source source;
	const char *words;              /* separated by blanks */
};
/* NULL: free text. */
const struct word *word_find(struct str name);
/* ERROR_USAGE when the word is ONE_OF and value is none of them; who: "--builder". */
bool word_check(struct str name, const char *who, struct str value, struct error *);

/* A command line that is still being typed: what is wrong with it is passed over. */
struct args_typed {
	struct args args;
	const struct option *open;      /* the next word is, or may be (MANY), its value */
	bool ended;                     /* by "--": the next word is an operand */
};
void args_guess(struct arena *, const char *allowed, int argc, char *const *argv,
                struct args_typed *ret_typed);

#endif
