#ifndef TUI_PROJECT_H
#define TUI_PROJECT_H

#include "core/kind/kind.h"
#include "core/project/preferences.h"
#include "core/job/request.h"
#include "tui/args.h"

/* A project as a front end has it open: recognised once, read again whenever a
 * file or the selection changes.  Screen and commands share it. */
struct project {
	struct arena *arena;            /* of the opening: target, selection */
	const char *argument;           /* absolute, or name:version */
	const struct kind *kind;
	struct target target;
	struct preferences *preferences;
	struct selection selection;     /* change with project_select_*, then read again */
	const char *engine;             /* spec for engine_new */
	bool lints;                     /* set it: project_read runs the rules too */
	/* Texts that stand for the disk's, by path: the next project_read uses them; borrowed. */
	const struct pair *edited;
	size_t nedited;

	/* Of the last project_read; lent until the next. */
	struct files *files;            /* what was asked for: what to watch */
	struct files *disk;             /* below it where texts were edited; or NULL */
	struct problems *problems;
	struct problems *unlinted;      /* those that no rule has found; NULL: it does not lint */
	struct arena *found;            /* sources of files that only findings name; or NULL */
	struct settings *settings;      /* may be NULL */
	struct plan *plan;              /* NULL when problems keep it from being built */
	/* While plan is NULL: what was last read without a problem, or NULL. */
	struct settings *good_settings;
	struct plan *good_plan;
};

/* Recognises the project args name (operand i, "." when there is none), reads
 * preferences and settles the selection: command line over .mortar.toml over
 * config.toml.  NULL: err says why.  Problems of the preferences are reported by
 * project_read as well. */
struct project *project_open(const struct args *, size_t operand, struct error *);
void project_free(struct project *);
OWN_DEFINE(project)

/* Reads settings and plan anew.  false when there are problems that are errors. */
bool project_read(struct project *);
/* Adds what the rules find in what was read; context: scanned, told: findings made by
 * somebody else (lint.h), both NULL where nobody may wait for them.  project_read does so
 * without them when lints is set. */
void project_lint(struct project *, const struct context *, const struct problems *told);
/* Findings of somebody who had the same texts (core/job/findings.h) in the place of those of the
 * last project_read, which lints.  Returns the problems that were; the caller's. */
struct problems *project_lint_told(struct project *, const struct value *findings);
/* The settings alone, without a plan and what making it would find. */
bool project_read_settings(struct project *);

/* Copies; the next project_read uses them. */
void project_select_profiles(struct project *, const char *const *names, size_t n);
/* A level's name of the kind, its alias; where the kind takes any, a line or stage, which
 * planning checks.  False when there is none. */
bool project_select_level(struct project *, const char *level);
/* As --engine names it. */
void project_select_engine(struct project *, const char *name);
void project_select_rule(struct project *, enum cascade_rule);
/* One more option of the selection, over those of the command line; borrowed. */
void project_add_option(struct project *, const char *name, const char *value);
/* Another build file of the kind, relative to the root (pesto/build/build.p2.json). */
bool project_select_file(struct project *, const char *file);

/* Prints the problems to stderr, errors last; returns 3 if there is an error,
 * else 0. */
int project_print_problems(const struct project *);

/* For commands: opens operand 0, reads it, prints what is wrong.  NULL when there is
 * no plan; *ret_code is then the exit code. */
struct project *project_open_planned(const struct args *, int *ret_code);

/* The texts read through these files by their absolute paths, in the arena: what a request
 * carries. */
const struct pair *project_texts(const struct files *, struct arena *, size_t *ret_n);
/* What a job needs to build exactly what was read: borrows from the project, id
 * set.  In the arena. */
struct request project_request(const struct project *, struct arena *, const char *id);

#endif
