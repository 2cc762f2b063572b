#ifndef CORE_BASE_ERROR_H
#define CORE_BASE_ERROR_H

#include <stdbool.h>

#include "core/base/buf.h"

/* What went wrong, where, and in words the user can act on.
 *
 * The caller owns it, on the stack: no allocation, nothing to release.  A
 * function that can fail takes `struct error *err` last and returns false;
 * on success *err is untouched, on failure the ret_ parameters are.  Callers
 * branch on .code, never on .text. */
enum error_code {
	ERROR_NONE = 0,
	ERROR_SYSTEM,           /* a system call failed; .sys holds errno */
	ERROR_SYNTAX,           /* the user's file is wrong; .at says where */
	ERROR_MISSING,          /* what was named is not there */
	ERROR_REFUSED,          /* the engine said no */
	ERROR_PROTOCOL,         /* the engine said nonsense */
	ERROR_LIMIT,            /* a documented ceiling was reached */
	ERROR_CANCELLED,
	ERROR_USAGE,            /* the command line is wrong */
	ERROR_PROJECT,          /* the project or its configuration is wrong */
	ERROR_UNREACHABLE,      /* nothing answers at the engine's address */
	ERROR_BUILD,            /* the build itself failed: a step's exit code */
	ERROR_CHANGED,          /* a file is not as it was when it was read */
	ERROR_LAST = ERROR_CHANGED,
};

/* A place in a file the user can open.  path and profile are interned: compare
 * and copy freely, never free.  line 0 means "the file as a whole", path NULL
 * "nowhere"; lines and columns count from 1, columns in bytes. */
struct origin {
	const char *path;
	const char *profile;    /* the overlay's profile, or NULL for the base */
	unsigned line, column;
};

struct error {
	enum error_code code;
	int sys;
	struct origin at;
	char text[512];
};

#define ERROR_FORMAT(f, a) __attribute__((format(printf, f, a), cold))

/* All return false, so that `return error_set(err, ...)` is the whole of a
 * failing branch.  Control characters in what is quoted become visible text. */
bool error_set(struct error *err, enum error_code, const char *fmt, ...) ERROR_FORMAT(3, 4);
/* Appends ": strerror(errno)" and keeps errno in .sys; code ERROR_SYSTEM. */
bool error_set_errno(struct error *err, const char *fmt, ...) ERROR_FORMAT(2, 3);
/* ERROR_SYNTAX at a place. */
bool error_set_at(struct error *err, struct origin, const char *fmt, ...) ERROR_FORMAT(3, 4);
/* Prepends what the caller was trying to do: "sending context: <text>". */
bool error_prefix(struct error *err, const char *fmt, ...) ERROR_FORMAT(2, 3);

/* The process's exit code for a fault (DESIGN: 2 usage, 3 project, 4 engine,
 * 130 cancelled, every other 1; 0 for ERROR_NONE).  The only place that knows. */
int error_exit_code(enum error_code);
/* "file:line:column: text", or the text alone when it has no place. */
void error_print(struct buf *, const struct error *);

#endif
