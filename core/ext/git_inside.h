#ifndef CORE_EXT_GIT_INSIDE_H
#define CORE_EXT_GIT_INSIDE_H

#include <git2.h>

#include "core/ext/git.h"

/* Private to core/ext/git*.c. */
struct git_repo {
	git_repository *handle;
	char *top;              /* the work tree, links resolved; NULL when bare */
	char *prefix;           /* of the folder in it, "a/b/" or ""; NULL when bare */
};

#endif
