#ifndef CORE_PROJECT_FILES_GIT_H
#define CORE_PROJECT_FILES_GIT_H

#include "core/os/files.h"

/* The files of a git work tree as a revision has them, whatever lies on disk.  dir: a
 * folder in the work tree, as paths name it.  What lies outside of the work tree is asked
 * of `elsewhere`, which is borrowed; relative paths mean those of elsewhere.
 *
 * Links are followed as far as the revision has their targets.  What lies in a submodule
 * fails with a sentence: its files are in another repository.  NULL: err says why: no
 * repository, no commit yet, no such revision.
 *
 * Reads a repository, which may take long: in a worker or for a command, never in the
 * screen's process. */
struct files *files_git(const char *dir, const char *revision, struct files *elsewhere,
                        struct error *err);
/* Both of what files_git has returned: the work tree as dir names it, absolute, and whether
 * a path lies in it. */
const char *files_git_top(const struct files *);
bool files_git_holds(const struct files *, const char *path);

#endif
