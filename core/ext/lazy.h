#ifndef CORE_EXT_LAZY_H
#define CORE_EXT_LAZY_H

#include <stdbool.h>
#include <stddef.h>

#include "lazy_libraries.h"

/* Libraries that most commands never call.  What a program is linked with costs every
 * process its start: libcurl 5.7 ms and 5 MB with what it brings, libgit2 3.2 ms,
 * libarchive 2.4 ms (Debian 12).  So their doors load them with the first call:
 *
 *     #define GIT_CALLS(CALL) CALL(libgit2_init) CALL(error_last)
 *     static LAZY_TABLE(git, GIT_CALLS) git;          then: git.error_last()
 *
 * LAZY_LIBRARY_git, the file's name, comes from the build (config.mk: LIBS_LAZY). */
#define LAZY_CALL_git(name)     __typeof__(git_##name) *name;
#define LAZY_CALL_curl(name)    __typeof__(curl_##name) *name;
#define LAZY_CALL_archive(name) __typeof__(archive_##name) *name;
#define LAZY_NAME(name)         #name,

#define LAZY_TABLE(prefix, calls) struct { calls(LAZY_CALL_##prefix) }

/* Fills the table with the functions prefix_NAME of the library, in the order of names;
 * nothing is done when it is filled.  A library that is not there ends the process with
 * 127 and a sentence, as the dynamic linker would have ended it. */
#define LAZY_LOAD(prefix, calls, table)                                                 \
	do {                                                                            \
		static const char *const names[] = { calls(LAZY_NAME) };                \
		_Static_assert(sizeof names == sizeof *(table), "one name a call");     \
		lazy_load(LAZY_LIBRARY_##prefix, #prefix "_", names,                    \
		          sizeof names / sizeof *names, (table));                       \
	} while (0)

void lazy_load(const char *file, const char *prefix, const char *const *names, size_t n,
               void *table);

#endif
