#ifndef CORE_OS_TREE_BENEATH_H
#define CORE_OS_TREE_BENEATH_H

#include "core/os/tree.h"

/* Private to core/os/tree*. */
struct tree {
	int fd;                 /* O_PATH */
	bool by_parts;          /* there is no openat2 here */
	uid_t me;               /* asked once: a tree has 100,000 names */
	char *dir;
	struct tree_item root;
};

/* openat below the tree and through no link; -1: errno. */
int tree_beneath(struct tree *, const char *path, int flags);
/* Sets err to "what 'dir/path': strerror(errno)"; false. */
bool tree_failed(const struct tree *, const char *what, const char *path, struct error *);

#endif
