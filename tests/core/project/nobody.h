#ifndef TESTS_CORE_PROJECT_NOBODY_H
#define TESTS_CORE_PROJECT_NOBODY_H

#include "tests/core/os/scratch.h"

/* libgit2 1.5.1 forgets PCRE2's memory at each submodule it looks for; nothing of ours
 * calls PCRE2 here. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

/* A folder of the test's own, and git with nobody's configuration. */
static inline int nobody_setup(void **state)
{
	scratch_setup(state);
	struct scratch *s = *state;
	setenv("HOME", s->dir, 1);
	setenv("XDG_CONFIG_HOME", s->dir, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	static const char *const names[] = {
		"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		setenv(names[i], "someone", 1);
	return 0;
}

#endif
