#ifndef CORE_EXT_GIT_H
#define CORE_EXT_GIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/own.h"

/* The door to libgit2.  Everything here reads the disk and may take long. */
struct git_repo;

enum git_opened { GIT_OPENED, GIT_NONE, GIT_FAILED };

/* The repository that holds the folder, looked for upwards.  GIT_NONE: no folder
 * above is one.  GIT_FAILED: err says why, a repository of another user too. */
enum git_opened git_repo_open(const char *dir, struct git_repo **ret_repo, struct error *);
void git_repo_free(struct git_repo *);
OWN_DEFINE(git_repo)
/* The work tree, without links, and where the folder lies in it ("a/b/", or "" for the
 * top); lent.  NULL when the repository is bare. */
const char *git_repo_top(const struct git_repo *);
const char *git_repo_prefix(const struct git_repo *);

/* What is checked out: the branch's short name (NULL when HEAD is detached) and the
 * commit's 40 hex digits (NULL before the first commit), in the arena. */
bool git_repo_head(struct git_repo *, struct arena *, const char **ret_branch,
                   const char **ret_commit, struct error *);

/* When a commit, by its 40 hex digits, was committed: seconds since the epoch. */
bool git_repo_time(struct git_repo *, const char *commit, int64_t *ret_time, struct error *);
/* The address of the remote "origin", or of the only one; NULL: there is none.  As it was
 * configured, which may have credentials.  In the arena. */
bool git_repo_remote(struct git_repo *, struct arena *, const char **ret_url, struct error *);

/* A commit, by its 40 hex digits, as `git describe --always` has it: by the nearest annotated
 * tag ("v1.2-3-gabcdef0"), else its first digits.  Reads the history up to that tag. */
bool git_repo_describe(struct git_repo *, struct arena *, const char *commit,
                       const char **ret_described, struct error *);

enum git_change { GIT_CHANGE_TRACKED, GIT_CHANGE_NEW, GIT_CHANGE_IGNORED };

/* Calls each for every path under the folder given to git_repo_open that differs from
 * the commit (in the index or in the work tree), is unknown to git, or is ignored (a
 * folder wholly ignored counts once).  Paths are relative to the folder, without a
 * slash at the end, "." for itself, in no promised order, lent for the call.  A bare
 * repository has none. */
bool git_repo_changes(struct git_repo *,
                      void (*each)(void *data, const char *path, enum git_change), void *data,
                      struct error *);

#endif
