#ifndef CORE_KIND_POETRY_PROJECT_H
#define CORE_KIND_POETRY_PROJECT_H

#include "core/value/problem.h"
#include "core/value/value.h"

/* A pyproject.toml as Poetry understands it: [tool.poetry] and [project] (PEP 621) with
 * [dependency-groups] (PEP 735) read into one.  Everything lives in the arena it was read
 * into and lends the tree's values, whose spans lie in the file: so each fact has its origin,
 * and an edit its place. */

/* What is depended on, by name.  Poetry lets [tool.poetry.dependencies] say more of what
 * [project] names (a source, a path), so one may stand in both. */
struct poetry_dependency {
	struct str name;                /* as first written; compare with poetry_name_eq */
	const struct value *standard;   /* the PEP 508 string; NULL: [tool.poetry] alone has it */
	const struct value *poetry;     /* string, table or array of [tool.poetry]; or NULL */
	bool optional;                  /* installed only with an extra that names it */
};

struct poetry_group {
	struct str name;                /* "main" is the first one */
	/* What it was read from; both may be set.  Of main: [project] dependencies (an array) and
	 * [tool.poetry.dependencies]; of others an array of [dependency-groups] and
	 * [tool.poetry.group.NAME] (or the dev-dependencies of old, which are of the group dev). */
	const struct value *standard, *poetry;
	bool optional;                  /* left out unless --with names it */
	const struct poetry_dependency *dependencies;
	size_t ndependencies;
	const struct value *const *includes;    /* strings: names of groups it holds as well */
	size_t nincludes;
};

struct poetry_extra {
	struct str name;
	const struct value *value;      /* the array: requirements in [project], else names */
	bool is_standard;               /* of [project.optional-dependencies] */
	const struct poetry_extra_item { struct str name; const struct value *value; } *items;
	size_t nitems;
};

struct poetry_project {
	const struct value *root;
	const struct value *project, *poetry;   /* the tables [project], [tool.poetry]; NULL */
	/* Each NULL when nobody says it; [project] before [tool.poetry]. */
	const struct value *name, *version, *description, *readme;
	const struct value *requires_python;    /* or tool.poetry.dependencies.python */
	const struct value *packages, *include; /* of [tool.poetry]: what the project's code is */
	const struct value *requires_poetry;    /* what Poetry may work on it: ">=2.0" */
	const struct value *build_requires;     /* build-system.requires */
	bool package_mode;                      /* false: dependencies alone, nothing to install */
	const struct poetry_group *groups;      /* main first, then as they stand */
	size_t ngroups;
	const struct poetry_extra *extras;      /* as they stand */
	size_t nextras;
	const struct value *const *scripts;     /* by value_key: what is installed as a command */
	size_t nscripts;
	const struct value *const *sources;     /* tables of [[tool.poetry.source]] */
	size_t nsources;
};

/* True for a root that says so itself: it has [tool.poetry], or [project] with poetry-core as
 * its build backend.  Without either, a poetry.lock beside it may still make it Poetry's. */
bool poetry_is_project(const struct value *root);
/* Reads the root table of a pyproject.toml.  What has not the type it must have is an error
 * at its place ("poetry-type") and left out; never NULL.  Borrows the tree. */
struct poetry_project *poetry_project_read(struct arena *, const struct value *root,
                                           struct problems *);
/* NULL: there is none of that name. */
const struct poetry_group *poetry_project_group(const struct poetry_project *, struct str name);
const struct poetry_extra *poetry_project_extra(const struct poetry_project *, struct str name);
/* In any group. */
const struct poetry_dependency *poetry_project_dependency(const struct poetry_project *,
                                                          struct str name);

/* Python's names mean the same whatever their case, with -, _ and . runs alike (PEP 503). */
bool poetry_name_eq(struct str a, struct str b);
/* Appends the name as indexes have it: "Flask_Login" is "flask-login". */
void poetry_name_append(struct buf *, struct str name);
/* "requests" of "requests[socks] (>=2) ; python_version > '3'" (PEP 508). */
struct str poetry_requirement_name(struct str requirement);

/* Lines that a merge of git has left ("<<<<<<<", "|||||||", "=======", ">>>>>>>") as errors
 * of this rule, for a text that cannot be read: so that nobody has to guess at a syntax
 * error.  How many there are; 0 and nothing told unless one opens a conflict. */
size_t poetry_conflicts(const struct source *, const char *rule, struct problems *);
/* The text of a pyproject.toml or poetry.lock: toml_read, and for what it cannot read the
 * conflicts instead if there are any ("poetry-conflict").  *ret_conflicts: how many. */
bool poetry_toml_read(struct arena *, const struct source *, struct problems *,
                      const struct value **ret_root, size_t *ret_conflicts);

#endif
