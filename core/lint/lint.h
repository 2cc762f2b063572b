#ifndef CORE_LINT_LINT_H
#define CORE_LINT_LINT_H

#include "core/lint/shell_commands.h"
#include "core/plan/plan.h"
#include "core/project/preferences.h"
#include "core/recipe/values.h"

/* What is no error and yet worth a word.  Rules stand in tables: BuildKit's own, ours about
 * any Dockerfile, and those of a kind.  They look at what was read and planned, and at
 * nothing else: no file, no engine. */

struct subject {
	const struct settings *settings;
	const struct plan *plan;        /* NULL: errors keep it from being made */
	const struct selection *selection;
	const struct context *context;  /* of the main image, scanned; NULL: nobody may wait for it */
	const struct preferences *preferences;          /* what they ignore; NULL: nothing */
	/* Findings of such rules that somebody else has made, told unless they are ignored; NULL:
	 * none. */
	const struct problems *told;
	/* Tables of all kinds, ended by NULL, so that a word about another kind's rule is not
	 * taken for a mistyped one.  May be NULL. */
	const struct rule *const *known;
	/* What follows from the plan; lint_run fills it in. */
	const struct recipe *recipe;    /* of its main image, or NULL */
	const struct values *values;    /* of that recipe; NULL: there is none */
	bool for_derived;               /* made, not read: rules about a file's text say nothing */
	/* Of each instruction of the recipe what its RUN runs; NULL: whoever asks reads it. */
	const struct shell_commands *scripts;
};

struct rule {
	const char *id;                 /* of its problems; documented in docs/lint.md */
	const char *reason;             /* why it matters: a sentence for whoever asks */
	enum severity severity;
	void (*check)(const struct rule *, const struct subject *, struct problems *);
	const char *sentence;           /* what it asks for: a sentence */
	const char *url;                /* of its page; NULL: docs/lint.md */
	bool is_off;                    /* until somebody asks for it by name */
	bool is_global;                 /* BuildKit's about the whole file: its own comment at an
	                                 * instruction (# check=skip=) does not reach it */
};

/* BuildKit's (check_*.c), ours (own_*.c), and those that have no check of their own: about
 * what is ignored, and what a front end had to wait for; each ended by a NULL id. */
extern const struct rule lint_check_rules[], lint_own_rules[], lint_quiet_rules[];

/* Checks the kind's rules (ended by a NULL id; NULL: no table) and, where the plan makes an
 * image, those of the two tables above.  What comments in the Dockerfile and preferences
 * ignore is left out, severities are as preferences have them. */
void lint_run(const struct rule *rules, const struct subject *, struct problems *);

/* Looks at the build context of the plan's main image, which takes its time: what a subject's
 * context is.  NULL: there is none, or it cannot be looked at, which is told (`lint-context`)
 * unless it is one that has to be made first.  plan may be NULL. */
const struct context *lint_scan(const struct plan *, struct problems *);

/* The subject's scripts, in the arena. */
const struct shell_commands *lint_scripts(const struct subject *, struct arena *);

/* A finding of the rule, at its severity or, where it concerns nothing that was selected,
 * as a note. */
void lint_report(const struct rule *, bool selected, struct problems *, struct span at,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* With the edits of the source that mend it, which are copied. */
void lint_report_fix(const struct rule *, bool selected, struct problems *, struct span at,
                     const struct edit *fix, size_t nfix, const char *fmt, ...)
	__attribute__((format(printf, 7, 8)));

/* By its name a build argument or a variable of the image holds a secret (BuildKit's rule
 * SecretsUsedInArgOrEnv). */
bool lint_is_secret(struct str name);

/* The rule of this id in the table (NULL: none), or NULL. */
const struct rule *lint_find(const struct rule *rules, const char *id);
/* The same in the kind's table and in those above. */
const struct rule *lint_find_any(const struct rule *rules, const char *id);

#endif
