#ifndef CORE_PROJECT_GIT_H
#define CORE_PROJECT_GIT_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

/* What git says of the files of a project.  Opening and scanning a repository
 * may take long: called in a worker, never in the screen's process. */
enum git_state { GIT_CLEAN, GIT_MODIFIED, GIT_UNTRACKED, GIT_IGNORED };

struct git_file {
	const char *path;               /* relative to the folder asked for, "." for itself */
	enum git_state state;
};

struct git_facts {
	bool is_repository;
	const char *branch;             /* short name, or the commit's first 7 digits, or NULL */
	const char *commit;             /* 40 hex digits, or NULL before the first commit */
	int64_t time;                   /* of the commit, seconds since the epoch */
	const char *source;             /* git_public_url of the remote, or NULL */
	bool dirty;                     /* something in the folder is modified or untracked */
	const struct git_file *files;   /* by path; clean ones are left out */
	size_t nfiles;
};

/* Facts about the folder, in the arena.  No repository is no error; one that belongs
 * to another user (git's safe.directory) is.  Deleted files count as modified, a wholly
 * ignored folder is listed once, a changed submodule as one modified path. */
bool git_read(struct arena *, const char *dir, struct git_facts *ret_facts, struct error *);
/* What is built of the folder, as `git describe --always --dirty` would name it, but that
 * an untracked file in the folder makes it dirty as well: it may be in the image.  NULL:
 * there is no repository, or no commit yet.  In the arena. */
bool git_describe(struct arena *, const char *dir, const char **ret_described, struct error *);

/* A repository's address as everybody may see it: without user, password, query and
 * fragment (ssh keeps the user, which is no secret there).  NULL: it is none that others
 * could use, such as a path of this machine.  In the arena. */
const char *git_public_url(struct arena *, const char *url);

#endif
