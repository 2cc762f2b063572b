#ifndef CORE_OS_STANDARD_H
#define CORE_OS_STANDARD_H

#include "core/base/error.h"

/* Opens what a command line names for reading, whatever it is but a folder or a terminal;
 * waits for a pipe's writer.  "-": the standard input, in whose place the terminal then
 * stands, or nothing where there is none.  The fd is the caller's; -1: err. */
int standard_open(const char *path, struct error *);
/* Reads to the end, so that who writes there comes to no harm; blocks. */
void standard_drain(int fd);

#endif
