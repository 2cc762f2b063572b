#ifndef TESTS_CORE_BASE_TESTING_H
#define TESTS_CORE_BASE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/str.h"

static inline void assert_str(struct str got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	if (got.n)
		assert_memory_equal(got.p, want, got.n);
}

/* True when `body` ends its process badly (a sanitizer may exit where we abort); its
 * stderr is not shown. */
static inline bool testing_dies(void (*body)(void))
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		/* cmocka's handler would make a failure of it. */
		signal(SIGABRT, SIG_DFL);
		close(2);
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

#endif
