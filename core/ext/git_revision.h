#ifndef CORE_EXT_GIT_REVISION_H
#define CORE_EXT_GIT_REVISION_H

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/ext/git.h"

/* The files of a revision, as git keeps them.  Paths are from the top of the work tree,
 * without a slash at either end, "" for the top itself; links are not followed. */
struct git_revision;

/* revision: whatever `git rev-parse` takes: HEAD, v1.2, main~3.  Borrows the repository.
 * NULL: err says that there is no such revision (ERROR_USAGE), that nothing was committed
 * yet (ERROR_PROJECT), or what libgit2 says. */
struct git_revision *git_revision_open(struct git_repo *, const char *revision, struct error *);
void git_revision_free(struct git_revision *);
OWN_DEFINE(git_revision)

enum git_entry {
	GIT_ENTRY_NONE, GIT_ENTRY_FILE, GIT_ENTRY_LINK, GIT_ENTRY_FOLDER,
	GIT_ENTRY_MODULE,       /* a submodule: its files are in another repository */
};
enum git_entry git_revision_find(struct git_revision *, const char *path);
/* The bytes of a file or the target of a link, in the arena. */
bool git_revision_read(struct git_revision *, const char *path, struct arena *,
                       struct str *ret_text, struct error *);
/* Calls each for what lies in the folder itself, in no promised order; name is lent. */
bool git_revision_list(struct git_revision *, const char *path,
                       void (*each)(void *data, const char *name, enum git_entry), void *data,
                       struct error *);

#endif
