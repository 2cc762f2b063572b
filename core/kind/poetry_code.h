#ifndef CORE_KIND_POETRY_CODE_H
#define CORE_KIND_POETRY_CODE_H

#include "core/kind/poetry_lock.h"
#include "core/os/files.h"

/* Which files of the folder the project is made of: what a build needs beside pyproject.toml
 * and poetry.lock, and nothing else, so that nothing else makes it run anew. */

struct poetry_path {
	const char *path;               /* relative to the root; "." is all of it */
	bool is_dir;
	const struct value *cause;      /* what names it */
};

struct poetry_code {
	const struct poetry_path *paths;        /* readme and the like, then packages */
	size_t npaths;
	const struct poetry_path *readmes;      /* those of pyproject.toml that are there */
	size_t nreadmes;
	/* Dependencies that are folders or files of this project (path = "…"). */
	const struct poetry_path *folders;
	size_t nfolders;
	bool editable;                  /* one of those is installed by reference (develop) */
};

/* Packages as poetry-core looks for them: what `packages` lists, else NAME/ or NAME.py, else
 * the same below src/.  Without package mode what packages and include list, else all.  What
 * is not there, or leads out of the folder, is an error of the rule "poetry-code" at its
 * place; a readme that is missing is lint's to tell. */
void poetry_code_find(struct arena *, struct files *, const char *root,
                      const struct poetry_project *, const struct poetry_lock *,
                      struct problems *, struct poetry_code *ret_code);

#endif
