#ifndef CORE_KIND_KIND_H
#define CORE_KIND_KIND_H

#include "core/config/settings.h"
#include "core/lint/lint.h"
#include "core/plan/plan.h"

/* A project kind: recognise a project, name its configuration files, turn the
 * resolved configuration into a plan.  A sixth kind is one file and one line in
 * kinds[]. */

enum kind_match {
	KIND_NO,
	KIND_FILE,              /* the argument is one of its files */
	KIND_FOLDER,            /* the argument is, or lies in, a project */
	KIND_BROKEN,            /* it is ours, but err says why it cannot be opened */
};

/* Interned or in the arena given. */
struct target {
	const char *root;       /* the project's folder, as to be opened */
	const char *file;       /* the build file chosen, relative to root; or NULL */
	const char *name;       /* for titles until the configuration is read */
	unsigned distance;      /* folders between the argument and root */
};

/* A variable of mortar's own environment that a build of a kind is given as a secret.  The
 * selection has "secret:ID" for one that is set: a file's absolute path, or "" for a value,
 * which stays in the environment. */
struct kind_variable { const char *id, *variable; bool is_file; };

/* What was built of a project, told from a name. */
struct variant {
	struct str version;
	const char *const *profiles;
	size_t nprofiles;
};
/* The files of which a build is made from one, relative to the project's root. */
struct choices {
	const char *const *files;
	size_t n;
	const char *chosen;             /* NULL: none is, and none can be taken for it */
};
/* What a tool has kept of a build on this machine's disk. */
struct workspace {
	struct variant variant;
	const char *path;
	double modified;                /* seconds since the epoch; 0: not known */
};
struct workspaces { const char *root; const struct workspace *items; size_t n; };

/* Work of its own tools that a kind does in a container, planned as a build is: the selection's
 * option `action` names it, `action-word` (may be repeated) has what it is to work on, and
 * kind->plan then makes that work's plan. */
struct kind_action {
	const char *name, *sentence;
	const char *words;              /* how further words are written, "PACKAGE…"; NULL: none */
	bool changes_files;             /* of the project */
};

struct kind {
	const char *name;
	const struct level *levels;             /* ended by a NULL name; first is the default */
	bool any_level;                         /* a line or a stage of its Dockerfile is one too */
	/* The options of option.def that mean something to it, NULL-terminated. */
	const char *const *options;
	const struct rule *rules;               /* ended by a NULL id; NULL: none */
	const struct kind_variable *variables;  /* ended by a NULL id */
	const struct kind_action *actions;      /* ended by a NULL name; NULL: none */
	enum kind_match (*recognise)(struct files *, const char *argument, struct arena *,
	                             struct target *ret_target, struct error *);
	/* Reads every configuration file.  NULL only when there is nothing to show;
	 * otherwise what could be read, and problems. */
	struct settings *(*settings)(const struct target *, const struct selection *,
	                             struct files *, struct problems *);
	/* Validates and plans, telling all that is wrong, also of settings with errors.
	 * NULL when problems has an error, be it an earlier one. */
	struct plan *(*plan)(const struct settings *, const struct selection *, struct files *,
	                     struct problems *);
	/* Version and profiles of a tag that a build of the project gives, in the arena; a tag that
	 * it does not give is a version. */
	struct variant (*variant)(const struct settings *, struct arena *, struct str tag);
	/* By version and profiles, in the arena; root NULL: the kind has none.  May be NULL. */
	void (*workspaces)(const struct settings *, struct files *, struct arena *,
	                   struct workspaces *ret_workspaces);
	/* In the arena; the option `file` of a selection chooses.  May be NULL: there is one file. */
	void (*choices)(const struct settings *, struct files *, struct arena *,
	                struct choices *ret_choices);
};

/* In order of preference, ended by NULL. */
extern const struct kind *const kinds[];
const struct kind *kind_find(const char *name);
/* The tables of rules that kinds have, ended by NULL; in the arena. */
const struct rule *const *kind_rules(struct arena *);
/* The action of that name, or NULL. */
const struct kind_action *kind_action_find(const struct kind *, const char *name);

/* Which kind and project the argument means: a named file beats a folder, the
 * nearest folder upwards beats a farther one, then kinds[] order, with a note
 * when several would fit.  only: a kind's name or NULL.  false: err says what
 * was looked for. */
bool kind_recognise(struct files *, const char *argument, const char *only, struct arena *,
                    const struct kind **ret_kind, struct target *ret_target, struct problems *,
                    struct error *);

#endif
